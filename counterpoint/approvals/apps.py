from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "counterpoint.approvals"
    label = "approvals"

    def ready(self) -> None:
        from counterpoint.approvals import closing, frame
        from counterpoint.approvals.effects import Use
        from counterpoint.ledger.services import register_effect

        closing.appear()
        frame.appear()
        register_effect(Use())
