"""Addresses of the customer's faces: kiosk, phone, display. No sign-in leads there."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
