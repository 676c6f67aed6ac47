from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "counterpoint.vault"
    label = "vault"

    def ready(self) -> None:
        from counterpoint.kit.sealer import register_check
        from counterpoint.ledger.services import register_effect
        from counterpoint.vault import services  # noqa: F401  (enters its verbs into the catalogue)
        from counterpoint.vault.effects import Faces
        from counterpoint.vault.verify import check

        register_effect(Faces())
        register_check("vault.faces", check)
