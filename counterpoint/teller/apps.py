from django.apps import AppConfig


class TellerConfig(AppConfig):
    name = "counterpoint.teller"
    label = "teller"

    def ready(self) -> None:
        from functools import partial

        from counterpoint.approvals.services import register_check
        from counterpoint.ledger.services import register_effect
        from counterpoint.notices.services import add_operations
        from counterpoint.org.services import register_fact_source
        from counterpoint.teller import closing, served, services
        from counterpoint.teller.effects import Issue
        from counterpoint.teller.operations import names
        from counterpoint.teller.services.matters import KIND, check_request

        closing.appear()
        add_operations("teller", names)
        served.appear()
        register_effect(Issue())
        register_check(KIND, check_request)
        for table in ("teller.approval",):
            register_fact_source(table, partial(services.asked, table))
