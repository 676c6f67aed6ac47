from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "counterpoint.insight"
    label = "insight"
