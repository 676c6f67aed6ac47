from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "counterpoint.desk"
    label = "desk"

    def ready(self) -> None:
        from counterpoint.desk import frame

        frame.appear()
