from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "counterpoint.feedback"
    label = "feedback"

    def ready(self) -> None:
        from counterpoint.feedback import frame
        from counterpoint.feedback.services import letters

        letters.bring()
        frame.appear()
