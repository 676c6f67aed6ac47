from django.apps import AppConfig


class LobbyConfig(AppConfig):
    name = "counterpoint.lobby"
    label = "lobby"

    def ready(self) -> None:
        from counterpoint.lobby import closing, frame, slip_words
        from counterpoint.lobby.services import reminders

        closing.appear()
        frame.appear()
        slip_words.appear()
        reminders.bring()
