"""Addresses of the face: ``path("ui/", include("counterpoint.ui.urls"))``."""

from django.urls import path

from counterpoint.ui import views

app_name = "ui"
urlpatterns = [
    path("language/", views.language, name="language"),
    path("counters/", views.counters, name="counters"),
    path("palette/", views.palette, name="palette"),
    path("ticket/", views.ticket, name="ticket"),
    path("guide/", views.guide, name="guide"),
]
