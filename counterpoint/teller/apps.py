from django.apps import AppConfig


class TellerConfig(AppConfig):
    name = "counterpoint.teller"
    label = "teller"

    def ready(self) -> None:
        from functools import partial

        from counterpoint.ledger.services import register_effect
        from counterpoint.org.services import register_fact_source
        from counterpoint.teller import closing, services
        from counterpoint.teller.effects import Issue

        closing.appear()
        register_effect(Issue())
        for table in ("teller.approval",):
            register_fact_source(table, partial(services.asked, table))
