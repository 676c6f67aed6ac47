from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "counterpoint.notices"
    label = "notices"

    def ready(self) -> None:
        from counterpoint.notices import frame, listeners
        from counterpoint.notices.services import letters
        from counterpoint.notices.services.gate import check_read
        from counterpoint.people.services import add_bar

        add_bar("notices", check_read)
        listeners.listen()
        letters.bring()
        frame.appear()
