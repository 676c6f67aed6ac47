"""The room in Django's list."""

from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "counterpoint.org"
    label = "org"
