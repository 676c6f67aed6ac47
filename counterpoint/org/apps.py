"""The room in Django's list."""

from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "counterpoint.org"
    label = "org"

    def ready(self) -> None:
        from counterpoint.org import closing, frame

        frame.appear()
        closing.appear()
