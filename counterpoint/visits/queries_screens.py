"""Reads that only the screens of visits need: the list of a day, and whom somebody watches now."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from counterpoint.visits import queries
from counterpoint.visits.data import VisitState, VisitView
from counterpoint.visits.models import HandOff, HelpCall, Onlooker, Parking, Serving, Visit

#: A person has a few visits open at once: the one served, and some looked at.
WATCHED = 6
_NUMBER = re.compile(r"[vV]?0*(\d{1,9})\Z")


def watched(person: int, branch: int) -> list[int]:
    """The open visits of a branch that this person serves or has open, the newest first."""
    served = Serving.objects.filter(visit=OuterRef("pk"), person=person, ended=None)
    seen = Onlooker.objects.filter(visit=OuterRef("pk"), person=person)
    rows = Visit.objects.filter(Exists(served) | Exists(seen), branch_id=branch, ended=None)
    return list(rows.order_by("-pk").values_list("pk", flat=True)[:WATCHED])


def number_in(text: str) -> int | None:
    """``V000012`` or ``12`` → 12."""
    found = _NUMBER.match(text.strip())
    return int(found[1]) if found else None


def visit_of_number(number: int, branch: int) -> int | None:
    rows = Visit.objects.filter(pk=number, branch_id=branch)
    return rows.values_list("pk", flat=True).first()


_OPEN_SERVING = Exists(Serving.objects.filter(visit=OuterRef("pk"), ended=None))
_OPEN_HAND_OFF = Exists(HandOff.objects.filter(queries.OPEN_HAND_OFF, visit=OuterRef("pk")))
_OPEN_PARKING = Exists(Parking.objects.filter(visit=OuterRef("pk"), ended=None))
_STATES = {
    VisitState.ENDED: Q(ended__isnull=False),
    VisitState.SERVING: Q(ended=None) & Q(_OPEN_SERVING),
    VisitState.HANDED: Q(ended=None) & Q(_OPEN_HAND_OFF),
    VisitState.PARKED: Q(ended=None) & Q(_OPEN_PARKING) & ~Q(_OPEN_SERVING) & ~Q(_OPEN_HAND_OFF),
    VisitState.WAITING: Q(ended=None) & ~Q(_OPEN_PARKING) & ~Q(_OPEN_SERVING) & ~Q(_OPEN_HAND_OFF),
}


def day(
    branch: int, since: datetime, *, state: VisitState | None = None, number: int | None = None,
    parties: Collection[int] | None = None, before: int | None = None, limit: int = 50,
) -> list[VisitView]:  # fmt: skip
    """A branch's visits since ``since``, and older ones that are still open; the newest first."""
    where = Q(branch_id=branch) & (Q(at__gte=since) | Q(ended=None))
    if state is not None:
        where &= _STATES[state]
    if number is not None or parties is not None:
        where &= Q(pk=number or 0) | Q(party_id__in=parties or ())
    if before is not None:
        where &= Q(pk__lt=before)
    ids = list(Visit.objects.filter(where).order_by("-pk").values_list("pk", flat=True)[:limit])
    found = {one.id: one for one in queries.visits(Q(pk__in=ids))}
    return [found[one] for one in ids if one in found]


def counted(branch: int, since: datetime) -> dict[VisitState, int]:
    """How many visits stand how, of those that ``day`` lists."""
    rows = Visit.objects.filter(Q(branch_id=branch) & (Q(at__gte=since) | Q(ended=None)))
    found = rows.aggregate(**{f"n_{state}": Count("pk", filter=where) for state, where in _STATES.items()})
    return {state: found[f"n_{state}"] for state in _STATES}


def busy(branch: int) -> set[int]:
    """Who serves somebody at the branch now."""
    rows = Serving.objects.filter(ended=None, visit__branch_id=branch)
    return set(rows.values_list("person_id", flat=True)[: queries.MOST])


def parked_before(visit: VisitView) -> tuple[str, str, list[str]] | None:
    """Reason, words and papers for which the visit was parked just before it is served now."""
    if visit.serving is None:
        return None
    # A parking ends just after the serving has begun; what is parked later ends that serving.
    row = Parking.objects.filter(visit=visit.id, ended__gte=visit.serving.at).first()
    return (row.reason, row.words, list(row.papers)) if row else None


def help_of(person: int) -> list[int]:
    """Calls that this person has joined and not ended."""
    return list(HelpCall.objects.filter(queries.OPEN_HELP, helper=person).values_list("pk", flat=True)[:5])
