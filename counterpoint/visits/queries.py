"""Reads of visits, as views from ``data.py``: a list costs the same number of queries however long."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Min, Q

from counterpoint.kit.database import planned
from counterpoint.people.services import name_of
from counterpoint.visits.data import (
    Channel,
    DraftSource,
    DraftView,
    HandOffState,
    HandOffView,
    HelpMode,
    HelpState,
    HelpTimes,
    HelpView,
    NoteView,
    Onlooker,
    PaperLink,
    PassView,
    ServingEnd,
    ServingView,
    Target,
    VisitState,
    VisitView,
)
from counterpoint.visits.models import (
    Draft,
    HandOff,
    HelpCall,
    Note,
    Pass,
    Serving,
    Visit,
    VisitPaper,
)
from counterpoint.visits.models import Onlooker as OnlookerRow
from counterpoint.visits.rules import state_of

OPEN_HAND_OFF = Q(state=HandOffState.OPEN)
OPEN_HELP = Q(state__in=[HelpState.CALLED, HelpState.JOINED])
#: Nothing is listed beyond this; a branch has never so many visits open at once.
MOST = 500


#: What stands beside a visit: the newest serving (the open one, if any is; else it says how the last one
#: ended), the open hand-off, and for what it is parked.
VISITS = """
SELECT v.id, v.key, v.branch_id, v.party_id, v.reason, v.channel, v.at, v.opener_id, v.ended,
 v.ticket_id, v.label,
 s.person_id, sp.name_zh, sp.name_en, s.desk_id, s.at, s.ended, s.why,
 h.id, h.state, h.giver_id, hp.name_zh, hp.name_en, h.giver_desk_id, h.target, h.desk_id, h.duty, h.person_id,
 h.note, h.at, h.due, h.answerer_id, h.answered, h.words,
 k.at, k.reason, k.person_id, k.words, k.papers
FROM visits_visit v
LEFT JOIN LATERAL (
  SELECT * FROM visits_serving x WHERE x.visit_id = v.id ORDER BY x.id DESC LIMIT 1) s ON TRUE
LEFT JOIN people_staff sp ON sp.id = s.person_id
LEFT JOIN visits_handoff h ON h.visit_id = v.id AND h.state = 'open'
LEFT JOIN people_staff hp ON hp.id = h.giver_id
LEFT JOIN visits_parking k ON k.visit_id = v.id AND k.ended IS NULL
WHERE v.id IN ({chosen}) ORDER BY {order} LIMIT %s
"""


def visits(where: Q, *, limit: int = MOST, newest: bool = False) -> list[VisitView]:
    """The visits for which ``where`` holds, oldest arrival first, in one query.

    Every page of the counter asks this, and the four queries of the ORM cost more than all else on it.
    """
    try:
        chosen, given = Visit.objects.filter(where).order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    order = "v.at DESC, v.id DESC" if newest else "v.at, v.id"
    with planned() as cursor:
        cursor.execute(VISITS.format(chosen=chosen, order=order), [*given, limit])
        rows = cursor.fetchall()
    return [_visit(row[:11], row[11:18], row[18:34], row[34:]) for row in rows]


type _Row = tuple[Any, ...]


def _visit(row: _Row, last: _Row, handed: _Row, parked: _Row) -> VisitView:
    id, key, branch, party, reason, channel, at, opener, ended, ticket, label = row
    serving = last if last[0] is not None and last[5] is None else None
    away = parked[0] is not None
    state = state_of(
        ended=ended is not None, serving=serving is not None, handed=handed[0] is not None, parked=away
    )
    back = last[0] if state is VisitState.WAITING and last[-1] == ServingEnd.HANDED else None
    return VisitView(
        id=id, key=key, branch=branch, state=state, party=party, reason=reason,
        channel=Channel(channel), at=at, opened=opener, serving=_serving(serving) if serving else None,
        hand_off=_hand_off(id, handed) if handed[0] is not None else None,
        parked=parked[0], parked_for=parked[1] or "", parked_by=parked[2], parked_words=parked[3] or "",
        parked_papers=tuple(_loaded(parked[4])) if away else (), waits_for=back, ended=ended,
        ticket=ticket, label=label,
    )  # fmt: skip


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _serving(row: _Row) -> ServingView:
    person, name_zh, name_en, desk, at, ended, why = row
    return ServingView(person, name_of(name_zh, name_en), desk, at, ended, why)


def _hand_off(visit: int, row: _Row) -> HandOffView:
    id, state, giver, name_zh, name_en, giver_desk, target, *rest = row
    return HandOffView(
        id, visit, HandOffState(state), giver, name_of(name_zh, name_en), giver_desk, Target(target), *rest
    )


def serving_view(row: Serving) -> ServingView:
    return ServingView(row.person_id, row.person.name, row.desk_id, row.at, row.ended, row.why)


def servings(visit: int) -> list[ServingView]:
    """Every time that somebody served the visit, the oldest first."""
    rows = Serving.objects.filter(visit=visit).select_related("person").order_by("id")[:MOST]
    return [serving_view(row) for row in rows]


def serving_among(persons: Iterable[int]) -> set[int]:
    return set(Serving.objects.filter(person__in=set(persons), ended=None).values_list("person", flat=True))


def open_serving(person: int) -> int | None:
    """The visit that this person serves now."""
    return Serving.objects.filter(person=person, ended=None).values_list("visit_id", flat=True).first()


def hand_off_view(row: HandOff) -> HandOffView:
    return HandOffView(
        id=row.id, visit=row.visit_id, state=HandOffState(row.state), giver=row.giver_id,
        giver_name=row.giver.name, giver_desk=row.giver_desk_id, target=Target(row.target), desk=row.desk_id,
        duty=row.duty, person=row.person_id, note=row.note, at=row.at, due=row.due, answerer=row.answerer_id,
        answered=row.answered, words=row.words,
    )  # fmt: skip


def hand_offs(where: Q, *, limit: int = MOST) -> list[HandOffView]:
    """Hand-offs, the oldest first."""
    rows = HandOff.objects.filter(where).select_related("giver").order_by("id")[:limit]
    return [hand_off_view(row) for row in rows]


def for_me(*, person: int, desk: int | None, branch: int, duties: Iterable[str]) -> Q:
    """Open hand-offs that this person may accept: to the person, to the desk, to one of the duties."""
    mine = Q(target=Target.PERSON, person=person)
    if desk is not None:
        mine |= Q(target=Target.DESK, desk_id=desk)
    held = sorted(str(duty) for duty in duties)
    if held:
        mine |= Q(target=Target.DUTY, duty__in=held) & ~Q(giver=person)
    return OPEN_HAND_OFF & Q(visit__branch_id=branch) & mine


def help_view(row: HelpCall) -> HelpView:
    return HelpView(
        id=row.id, visit=row.visit_id, branch=row.branch_id, desk=row.desk_id, asker=row.asker_id,
        asker_name=row.asker.name, duty=row.duty, operation=row.operation, page=row.page, words=row.words,
        at=row.at, state=HelpState(row.state), helper=row.helper_id,
        helper_name=row.helper.name if row.helper else "", joined=row.joined, mode=HelpMode(row.mode),
        ended=row.ended,
    )  # fmt: skip


def help_calls(where: Q, *, limit: int = 100) -> list[HelpView]:
    """Calls for help, the oldest first."""
    rows = HelpCall.objects.filter(where).select_related("asker", "helper").order_by("at", "id")[:limit]
    return [help_view(row) for row in rows]


def help_times(branch: int, start: datetime, end: datetime) -> HelpTimes:
    """How long it took until somebody came, for the calls of a time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(joined),"
            " percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM joined - at)),"
            " percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM joined - at))"
            " FROM visits_helpcall WHERE branch_id = %s AND at >= %s AND at < %s",
            [branch, start, end],
        )
        calls, joined, median, p90 = cursor.fetchone()
    return HelpTimes(
        int(calls),
        int(joined),
        None if median is None else float(median),
        None if p90 is None else float(p90),
    )


def draft_view(row: Draft) -> DraftView:
    return DraftView(
        id=row.id, visit=row.visit_id, operation=row.operation, fields=dict(row.fields), version=row.version,
        source=DraftSource(row.source), person=row.person_id, at=row.at, confirmed=frozenset(row.confirmed),
    )  # fmt: skip


def drafts(visit: int) -> list[DraftView]:
    """The open drafts of a visit, the one last touched first."""
    rows = Draft.objects.filter(visit=visit, ended=None).order_by("-at", "-id")[:MOST]
    return [draft_view(row) for row in rows]


def notes(visit: int, *, limit: int = 200) -> list[NoteView]:
    """The notes of a visit, the newest last."""
    rows = list(Note.objects.filter(visit=visit).select_related("person").order_by("-id")[:limit])
    return [NoteView(row.id, row.person_id, row.person.name, row.words, row.at) for row in reversed(rows)]


def papers(visit: int, *, limit: int = 200) -> list[PaperLink]:
    """The papers that lie with a visit, the oldest first."""
    rows = VisitPaper.objects.filter(visit=visit).order_by("id")[:limit]
    return [PaperLink(row.paper_id, row.kind, row.person_id, row.at) for row in rows]


def onlookers(visit: int, since: datetime) -> list[Onlooker]:
    """Who was seen at the visit after ``since``, in the order of their ids."""
    rows = OnlookerRow.objects.filter(visit=visit, seen__gt=since).select_related("person").order_by("person")
    return [Onlooker(row.person_id, row.person.name, row.desk_id, row.field, row.seen) for row in rows[:50]]


def pass_view(row: Pass) -> PassView:
    return PassView(row.id, row.visit_id, row.expires, row.used, row.revoked is not None)


def desk_marks(branch: int) -> tuple[dict[int, Any], dict[int, datetime], dict[int, datetime]]:
    """For the board: servings by person, the oldest call for help by asker, hand-offs waiting by desk."""
    serving = {
        one.person_id: one
        for one in Serving.objects.filter(ended=None, visit__branch_id=branch).select_related(
            "visit", "person"
        )[:MOST]
    }
    calls = dict(
        HelpCall.objects.filter(branch_id=branch, state=HelpState.CALLED)
        .values_list("asker").annotate(since=Min("at"))[:MOST]
    )  # fmt: skip
    waiting = dict(
        HandOff.objects.filter(OPEN_HAND_OFF, target=Target.DESK, visit__branch_id=branch)
        .values_list("desk_id").annotate(since=Min("at"))[:MOST]
    )  # fmt: skip
    return serving, calls, waiting


def operations_of(visits: Iterable[int]) -> dict[int, str]:
    """The operation under way in each visit: that of the draft last touched."""
    rows = Draft.objects.filter(visit__in=list(visits), ended=None).order_by("visit", "-at", "-id")
    return dict(rows.distinct("visit").values_list("visit_id", "operation"))


def waiting_since(hand_offs: Q) -> list[datetime]:
    """Since when each of these hand-offs waits."""
    return list(HandOff.objects.filter(hand_offs).values_list("at", flat=True)[:MOST])
