"""The room in Django's list."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgConfig(AppConfig):
    name = "counterpoint.org"
    label = "org"

    def ready(self) -> None:
        from counterpoint.org import frame
        from counterpoint.org.data_closing import Step
        from counterpoint.org.services import closing, running

        frame.appear()
        closing.register_step(
            Step("org.shut", _("No more postings on this date"), order=10, run=running.shut_day)
        )
