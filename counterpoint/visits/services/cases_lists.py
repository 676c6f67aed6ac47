"""A person's own cases 我的事项: in hand, opened, named in."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from counterpoint.kit.data import Actor
from counterpoint.visits import queries_cases as queries
from counterpoint.visits.data_cases import CaseView
from counterpoint.visits.models_cases import OPEN
from counterpoint.visits.services import cases_access as access
from counterpoint.visits.services import cases_parts as parts

#: What each list of a person shows, and the list on the page of a customer or an account.
LISTED, NAMED, SHOWN = 100, 20, 8


@dataclass(frozen=True, slots=True)
class MyCases:
    """The lists of one person."""

    owned: list[CaseView]
    opened: list[CaseView]
    named: list[CaseView]


def cases_in_hand(*, by: Actor, limit: int) -> list[CaseView]:
    """The most urgent of the cases that somebody owns."""
    return parts.views(queries.by_urgency(OPEN & Q(owner=by.id), limit=limit))


def for_person(*, by: Actor) -> MyCases:
    """In my hands; opened by me and in other hands; where a comment names me and I may look."""
    owned = queries.by_urgency(OPEN & Q(owner=by.id), limit=LISTED)
    others = Q(owner=None) | ~Q(owner=by.id)
    opened = queries.by_urgency(OPEN & Q(opener=by.id) & others, limit=LISTED)
    named = queries.mentioning(by.id, access.shown(by), limit=NAMED)
    views = {one.id: one for one in parts.views([*owned, *opened, *named])}
    return MyCases(*([views[row.pk] for row in rows] for rows in (owned, opened, named)))
