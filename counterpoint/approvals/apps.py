from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "counterpoint.approvals"
    label = "approvals"
