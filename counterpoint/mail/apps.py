from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "counterpoint.mail"
    label = "mail"

    def ready(self) -> None:
        from counterpoint.mail import frame

        frame.appear()
