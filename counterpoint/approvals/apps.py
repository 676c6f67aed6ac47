from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "counterpoint.approvals"
    label = "approvals"

    def ready(self) -> None:
        from counterpoint.approvals import closing, services  # noqa: F401  (enters its verbs into the catalogue)
        from counterpoint.approvals.effects import Use
        from counterpoint.ledger.services import register_effect

        closing.appear()
        register_effect(Use())
