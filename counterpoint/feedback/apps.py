from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "counterpoint.feedback"
    label = "feedback"

    def ready(self) -> None:
        from counterpoint.feedback import frame
        from counterpoint.feedback.services import compensating, letters

        compensating.appear()
        letters.bring()
        frame.appear()
