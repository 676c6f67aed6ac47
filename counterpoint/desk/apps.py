from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "counterpoint.desk"
    label = "desk"
