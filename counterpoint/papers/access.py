"""Who may keep papers here, and whom a paper is shown to."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from counterpoint.papers import services
from counterpoint.papers.data import Paper, UnknownPaper
from counterpoint.papers.services.rights import KEEPERS
from counterpoint.people import services as people
from counterpoint.people.services import signed_in as signed_in

#: Whoever serves customers at the branch where the session works.
keeps = people.has_any(*KEEPERS)


def shown(request: HttpRequest, id: int) -> tuple[Paper, str]:
    """The paper, and for whose sake this person may see it; else there is no such paper."""
    found = services.paper(id)
    subject = services.subject_for(paper=id, by=people.actor_from(request))
    if subject is None:
        raise UnknownPaper(_("There is no such paper here."), paper=id)
    return found, subject
