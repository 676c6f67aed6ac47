"""Addresses: each room brings its own."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("customers/", include("counterpoint.customers.urls")),
    path("org/", include("counterpoint.org.urls")),
    path("ui/", include("counterpoint.ui.urls")),
    path("", include("counterpoint.people.urls")),
]
