from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "counterpoint.ui"
    label = "ui"
