from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "counterpoint.visits"
    label = "visits"

    def ready(self) -> None:
        from counterpoint.papers.services import register_reader
        from counterpoint.visits import closing, frame, frame_cases, matters, moments, phone
        from counterpoint.visits.services.notes import may_see_paper

        closing.appear()
        frame.appear()
        moments.appear()
        frame_cases.appear()
        matters.appear()
        phone.appear()
        register_reader("visits", may_see_paper)
