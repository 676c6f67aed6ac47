"""Words of this room for the pages of rooms above."""

from __future__ import annotations

from django.utils.translation import gettext as _

from counterpoint.people import services as people
from counterpoint.visits import queries_screens
from counterpoint.visits.data import DraftSource, HandOffView, VisitView
from counterpoint.visits.labels import SOURCES, missing_paper, parked_for


def source_words(source: DraftSource) -> str:
    """Who filled a draft in."""
    return str(SOURCES[source])


def receiver_words(one: HandOffView, desks: dict[int, str]) -> str:
    """To whom a visit is on its way; ``desks`` are the numbers of the branch's desks."""
    if one.desk is not None:
        return _("desk %(number)s") % {"number": desks.get(one.desk, "—")}
    if one.person is not None:
        return people.person(one.person).name
    return str(people.duty_name(one.duty))


def came_back_with(visit: VisitView) -> str:
    """What the visit was parked for until it went on just now; empty where it was not parked."""
    found = queries_screens.parked_before(visit)
    if found is None:
        return ""
    reason, words, papers = found
    what = "、".join(missing_paper(one) for one in papers)
    return " · ".join(part for part in (parked_for(reason), what, words) if part)
