"""Reads of the room, as views from ``data.py``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from counterpoint.kit import clock
from counterpoint.meetings import rules
from counterpoint.meetings.data import (
    Action,
    ActionState,
    Attendee,
    Item,
    ItemKind,
    Kind,
    Meeting,
    MeetingState,
    MinutesView,
    Presence,
    Reply,
)
from counterpoint.meetings.models import Action as ActionRow
from counterpoint.meetings.models import (
    ActionStep,
    Attendance,
    Decision,
    Editor,
    Escalation,
    Invitation,
    MeetingStateRow,
    Minutes,
    Series,
)
from counterpoint.meetings.models import Item as ItemRow
from counterpoint.meetings.models import Meeting as MeetingRow

SIZE, MOST = 30, 400
#: A day has no more meetings for one person than this.
DAY = 40
HIDDEN = (MeetingState.REPLACED,)


def rows() -> QuerySet[MeetingRow]:
    return MeetingRow.objects.select_related("series", "series__organiser")


def meeting(row: Any) -> Meeting:
    series, reply = row.series, getattr(row, "reply", None)
    return Meeting(
        id=row.pk, series=series.pk, chain=series.chain, kind=Kind(series.kind), title=series.title,
        start=row.start.astimezone(clock.CHINA), minutes=row.minutes, place=row.place,
        state=MeetingState(row.state), branch=series.branch_id, organiser=series.organiser_id,
        organiser_name=series.organiser.name, rule=series.rule, moved=row.start != row.recurrence,
        current=row.current_id, current_since=row.current_since, filled=row.filled,
        reply=Reply(reply) if reply else None,
    )  # fmt: skip


def by_id(id: int) -> Meeting | None:
    found = rows().filter(pk=id).exclude(state__in=HIDDEN).first()
    return meeting(found) if found else None


def is_invited(series: int, person: int) -> bool:
    return Invitation.objects.filter(series=series, person=person, ended=None).exists()


def of_person(person: int, since: datetime, before: datetime) -> list[Meeting]:
    """The meetings to which somebody is invited in these days, with their answer; one question."""
    mine = Invitation.objects.filter(series=OuterRef("series"), person=person, ended=None)
    own = Attendance.objects.filter(meeting=OuterRef("pk"), person=person).exclude(reply="")
    found = rows().filter(Exists(mine), start__gte=since, start__lt=before).exclude(state__in=HIDDEN)
    found = found.annotate(own=Subquery(own.values("reply")[:1]), whole=Subquery(mine.values("reply")[:1]))
    shown: list[Any] = list(found.order_by("start", "pk")[:MOST])
    for row in shown:
        row.reply = row.own or row.whole
    return [meeting(row) for row in shown]


def series_of(person: int) -> list[Series]:
    """The series that somebody's calendar has: that last still, or ended lately."""
    mine = Invitation.objects.filter(series=OuterRef("pk"), person=person, ended=None)
    lasts = Q(ends_on=None) | Q(ends_on__gte=F("first__date")) & Q(ends_on__gte=clock.today().replace(day=1))
    return list(Series.objects.filter(lasts, Exists(mine)).select_related("organiser").order_by("pk")[:200])


def invited(series: int) -> list[Invitation]:
    found = Invitation.objects.filter(series=series, ended=None).select_related("person")
    return list(found.order_by("person__username")[:MOST])


def invited_ids(series: int) -> list[int]:
    found = Invitation.objects.filter(series=series, ended=None).order_by("person")
    return list(found.values_list("person", flat=True)[:MOST])


def attendees(row: Meeting) -> list[Attendee]:
    """Everybody who is invited, and who was there without being so."""
    marks = {one.person_id: one for one in Attendance.objects.filter(meeting=row.id).select_related("person")}
    found = []
    for one in invited(row.series):
        mark = marks.pop(one.person_id, None)
        found.append(_attendee(one.person, one.reply, mark, True))
    found += [_attendee(mark.person, "", mark, False) for mark in marks.values() if mark.presence]
    return found


def _attendee(person: Any, reply: str, mark: Attendance | None, invited: bool) -> Attendee:
    own = mark.reply if mark and mark.reply else reply
    return Attendee(
        person=person.pk, name=person.name, reply=Reply(own or Reply.NEEDS_ACTION),
        presence=Presence(mark.presence) if mark and mark.presence else None,
        reason=mark.reason if mark else "", invited=invited,
    )  # fmt: skip


def items(meeting: int) -> list[Item]:
    found = ItemRow.objects.filter(meeting=meeting, dropped=None).order_by("position", "pk")[:200]
    return [
        Item(one.pk, ItemKind(one.kind), one.title, one.text, one.data, one.minutes, one.spent)
        for one in found
    ]


def minutes(row: Minutes) -> MinutesView:
    return MinutesView(
        version=row.version, text=row.text, revision=row.revision, writer_name=row.writer.name,
        written=row.written_at, finalised=row.finalised_at,
        finaliser_name=row.finalised_by.name if row.finalised_by else "", reason=row.reason,
        record=row.record,
    )  # fmt: skip


def versions(meeting: int) -> list[MinutesView]:
    """The versions of the minutes, the newest first."""
    found = Minutes.objects.filter(meeting=meeting).select_related("writer", "finalised_by")
    return [minutes(row) for row in found.order_by("-version")[:50]]


def steps(meeting: int) -> list[MeetingStateRow]:
    found = MeetingStateRow.objects.filter(meeting=meeting).select_related("person")
    return list(found.order_by("-pk")[:50])


def decisions(meeting: int) -> list[Decision]:
    return list(Decision.objects.filter(meeting=meeting, withdrawn=None).order_by("pk")[:200])


def _actions() -> QuerySet[ActionRow]:
    told = Escalation.objects.filter(action=OuterRef("pk"), owner=OuterRef("owner"), due=OuterRef("due"))
    found = ActionRow.objects.select_related("owner", "meeting__series")
    return found.annotate(escalated=Exists(told))


def action(row: Any, today: date | None = None) -> Action:
    state, origin = ActionState(row.state), row.meeting
    return Action(
        id=row.pk, meeting=row.meeting_id, text=row.text, owner=row.owner_id, owner_name=row.owner.name,
        due=row.due, state=state, reason=row.reason, from_title=origin.series.title,
        from_day=origin.start.astimezone(clock.CHINA).date(), escalated=row.escalated,
        late=rules.late(row.due, state, today or clock.today()),
    )  # fmt: skip


def action_by_id(id: int) -> Action | None:
    found = _actions().filter(pk=id).first()
    return action(found) if found else None


def action_steps(id: int) -> list[ActionStep]:
    """What became of an action, the newest first."""
    found = ActionStep.objects.filter(action=id).select_related("owner", "person")
    return list(found.order_by("-pk")[:50])


def actions_of(meeting: int) -> list[Action]:
    """What was agreed in this very meeting, whatever became of it."""
    return [action(row) for row in _actions().filter(meeting=meeting).order_by("pk")[:200]]


def carried(chain: UUID, before: int) -> list[Action]:
    """What is open from other meetings of the chain; the most urgent first."""
    found = _actions().filter(chain=chain, state=ActionState.OPEN).exclude(meeting=before)
    return [action(row) for row in found.order_by("due", "pk")[:200]]


def actions_for(person: int, *, show: str = "", page: int = 1) -> tuple[list[Action], bool]:
    """What somebody has to do, and what was told them because it is late; one question."""
    told = Escalation.objects.filter(
        action=OuterRef("pk"), owner=OuterRef("owner"), due=OuterRef("due"), told__contains=[person]
    )
    found = _actions().filter(Q(owner=person) | Q(Exists(told)))
    if show == "all":
        found = found.order_by("-pk")
    else:
        found = found.filter(state=ActionState.OPEN).order_by("due", "pk")
    part = list(found[(page - 1) * SIZE : page * SIZE + 1])
    return [action(row) for row in part[:SIZE]], len(part) > SIZE


def overdue(today: date, limit: int = 500) -> list[ActionRow]:
    """Open actions that are late, or whose owner is gone, of which nobody was told yet."""
    told = Escalation.objects.filter(action=OuterRef("pk"), owner=OuterRef("owner"), due=OuterRef("due"))
    late = Q(due__lt=today) | Q(owner__is_active=False)
    found = ActionRow.objects.filter(late, ~Exists(told), state=ActionState.OPEN)
    return list(found.select_related("meeting__series__organiser", "owner").order_by("pk")[:limit])


def editors(meeting: int, since: datetime) -> list[tuple[int, str]]:
    found = Editor.objects.filter(meeting=meeting, seen__gt=since).select_related("person").order_by("pk")
    return [(one.person_id, one.person.name) for one in found[:20]]


def open_counts(chains: Iterable[UUID]) -> dict[UUID, int]:
    """How many actions are open in each chain."""
    found = ActionRow.objects.filter(chain__in=set(chains), state=ActionState.OPEN)
    return dict(found.values_list("chain").annotate(n=Count("pk")))
