from django.apps import AppConfig


class LobbyConfig(AppConfig):
    name = "counterpoint.lobby"
    label = "lobby"
