"""Addresses of the staff's faces of the room."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
