"""Room customers."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "counterpoint.customers"
    label = "customers"

    def ready(self) -> None:
        from counterpoint.customers import frame

        frame.appear()
