"""Room people."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "counterpoint.people"
    label = "people"

    def ready(self) -> None:
        from counterpoint.kit.live import end_streams_on
        from counterpoint.people import frame, listeners

        listeners.listen()
        for verb in listeners.ENDING_STREAMS:
            end_streams_on(verb)
        frame.appear(_("Staff"))
