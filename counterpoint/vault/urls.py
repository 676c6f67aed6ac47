"""Addresses of the room. Included at ``vault/``."""

from django.urls import URLPattern

app_name = "vault"
urlpatterns: list[URLPattern] = []
