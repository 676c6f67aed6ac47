"""Who has a visit open now 同屏: overwritten as they move, announced without an event, soon forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from counterpoint.kit import clock, journal
from counterpoint.kit.data import Actor, ActorKind
from counterpoint.org import services as org
from counterpoint.visits import queries
from counterpoint.visits.data import Onlooker, VisitEnded, VisitMalformed
from counterpoint.visits.models import Onlooker as Row
from counterpoint.visits.rules import clean_words
from counterpoint.visits.services import reach

#: What pages hear when somebody comes, moves or goes; it is no event and stands in no catalogue.
VERB = "visits.presence"
MINUTES = "visits.presence_minutes"


def onlookers(visit: int) -> list[Onlooker]:
    """Who has the visit open, and in which field; who was not seen lately is not shown."""
    return queries.onlookers(visit, _lately())


def look(*, visit: int, by: Actor, field: str = "") -> list[Onlooker]:
    """Say that one has the visit open, and in which field one is. Only a change is announced."""
    if by.kind is not ActorKind.PERSON:
        raise VisitMalformed(_("Only people look."))
    at = clean_words(field, 40)
    if at is None:
        raise VisitMalformed(_("There is no such field."), field="field")
    if reach.visit_here(visit, by).ended is not None:
        raise VisitEnded(_("This visit has ended."), visit=visit)
    before = Row.objects.filter(visit=visit, person=by.id).values_list("field", "seen").first()
    Row.objects.bulk_create(
        [Row(visit_id=visit, person_id=by.id, desk_id=by.desk, field=at, seen=clock.now())],
        update_conflicts=True, unique_fields=["visit", "person"], update_fields=["desk_id", "field", "seen"],
    )  # fmt: skip
    if before is None or before[0] != at or before[1] <= _lately():
        _announce(visit)
    return onlookers(visit)


def gone(*, visit: int, by: Actor) -> None:
    """Say that one has closed the visit."""
    if Row.objects.filter(visit=visit, person=by.id).delete()[0]:
        _announce(visit)


def _lately() -> datetime:
    return clock.now() - timedelta(minutes=int(org.value(key=MINUTES, at=clock.today())))


def _announce(visit: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_notify(%s, %s)", [journal.SIGNAL, journal.signal(0, VERB, [f"visit:{visit}"])]
        )
