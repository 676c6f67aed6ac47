from django.apps import AppConfig


class TalkConfig(AppConfig):
    name = "counterpoint.talk"
    label = "talk"

    def ready(self) -> None:
        from counterpoint.talk import frame, listeners

        listeners.listen()
        frame.appear()
