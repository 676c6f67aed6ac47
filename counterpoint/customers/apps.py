from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "counterpoint.customers"
    label = "customers"
