from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "counterpoint.people"
    label = "people"
