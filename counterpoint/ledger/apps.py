from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "counterpoint.ledger"
    label = "ledger"
