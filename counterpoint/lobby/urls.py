"""Addresses of the room: the customer's faces, and those of the staff. Included at ``lobby/``."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "lobby"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("counterpoint.lobby.urls_public")),
    path("", include("counterpoint.lobby.urls_staff")),
]
