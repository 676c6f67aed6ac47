from django.apps import AppConfig


class TellerConfig(AppConfig):
    name = "counterpoint.teller"
    label = "teller"
