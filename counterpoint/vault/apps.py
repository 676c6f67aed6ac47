from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "counterpoint.vault"
    label = "vault"

    def ready(self) -> None:
        from counterpoint.ledger.services import register_effect
        from counterpoint.vault import services  # noqa: F401  (enters its verbs into the catalogue)
        from counterpoint.vault.effects import Faces

        register_effect(Faces())
