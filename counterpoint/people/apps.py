"""Room people."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "counterpoint.people"
    label = "people"

    def ready(self) -> None:
        from counterpoint.people import frame, listeners

        listeners.listen()
        frame.appear(_("Staff"))
