from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "counterpoint.ledger"
    label = "ledger"

    def ready(self) -> None:
        from counterpoint.kit.sealer import register_check
        from counterpoint.ledger import closing, frame
        from counterpoint.ledger.effects import register_effect
        from counterpoint.ledger.services.interest import SettlementEffect
        from counterpoint.ledger.services.reversals import ReversalEffect
        from counterpoint.ledger.verify import CHECKS

        frame.appear()
        closing.appear()
        register_effect(ReversalEffect())
        register_effect(SettlementEffect())
        for name, check in CHECKS.items():
            register_check(name, check)
