from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "counterpoint.visits"
    label = "visits"
