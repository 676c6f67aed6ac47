from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "counterpoint.meetings"
    label = "meetings"

    def ready(self) -> None:
        from counterpoint.meetings import frame
        from counterpoint.meetings.services import letters

        letters.bring()
        frame.appear()
