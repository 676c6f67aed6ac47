from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "counterpoint.vault"
    label = "vault"
