"""Addresses of the room. Included at ``vault/``."""

from django.urls import URLPattern, path

from counterpoint.vault.views import positions

app_name = "vault"
urlpatterns: list[URLPattern] = [
    path("position/", positions.position, name="position"),
    path("position/paper.<str:kind>", positions.position_file, name="position_paper"),
]
