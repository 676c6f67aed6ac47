from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "counterpoint.papers"
    label = "papers"
