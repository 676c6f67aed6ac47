from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "counterpoint.insight"
    label = "insight"

    def ready(self) -> None:
        from counterpoint.insight import frame

        frame.appear()
