"""The agenda 议程: filled from what the house knows, and with what people put on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from counterpoint.feedback import services as feedback
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, ActorKind
from counterpoint.kit.verbs import verb
from counterpoint.lobby import services as lobby
from counterpoint.meetings import queries
from counterpoint.meetings.data import ItemKind, Kind, MeetingMalformed, MeetingState, UnknownMeeting
from counterpoint.meetings.models import Item, Meeting
from counterpoint.meetings.services import parts
from counterpoint.notices import services as notices
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.vault import services as vault

S = MeetingState
LONGEST_TITLE, LONGEST_TEXT, MOST_ITEMS, MOST_NOTICES = 200, 4000, 60, 10
#: The order of the agenda: what was filled first, own items from here on.
OWN = 1000


class Found(NamedTuple):
    """An item that is filled in, with what it was filled from."""

    kind: ItemKind
    source: str
    title: str
    data: dict[str, Any]
    minutes: int


@verb("meetings.agenda.filled")
def fill(*, meeting: int, by: Actor) -> int:
    """Fill the agenda 生成议程 from notices, figures, staffing, late reports and open actions.

    Again: figures are brought up to date; what somebody took off the agenda stays off.
    """
    row = parts.locked(meeting)
    if by.kind is not ActorKind.SYSTEM:
        parts.check_takes_part(row, by)
    parts.check_state(row, S.PLANNED, S.RUNNING)
    with translation.override("zh-hans"):
        # Titles are kept as the bank wrote them, whoever fills the agenda.
        found = list(_found(row))
    known = set(Item.objects.filter(meeting=row).values_list("source", flat=True))
    Item.objects.bulk_create(
        [
            Item(
                meeting=row, kind=one.kind, source=one.source, title=one.title[:LONGEST_TITLE], data=one.data,
                minutes=one.minutes, position=at,
            )
            for at, one in enumerate(found)
        ],
        update_conflicts=True, unique_fields=["meeting", "source"], update_fields=["title", "data"],
    )  # fmt: skip
    row.filled = clock.now()
    row.save(update_fields=["filled"])
    added = sum(one.source not in known for one in found)
    parts.say(row, {"items": added})
    return added


def _found(row: Meeting) -> Iterator[Found]:
    series, day = row.series, parts.local(row.start).date()
    with org.one_book():
        if series.kind in (Kind.MORNING, Kind.EVENING):
            yield from _notices(row, day)
            before = day if series.kind == Kind.EVENING else org.last_working_day(day - timedelta(days=1))
            yield _figures(series.branch_id, before)
            if series.kind == Kind.MORNING:
                yield _staffing(series.branch_id)
            yield from _late_reports(row)
        if queries.carried(series.chain, row.pk):
            yield Found(ItemKind.ACTIONS, "actions", "", {}, 5)


def _notices(row: Meeting, day: date) -> Iterator[Found]:
    """What takes effect on this working day or the next, or is in force and unread by some."""
    until = clock.start_of(org.next_working_day(day) + timedelta(days=1))
    asked = queries.invited_ids(row.series_id)
    for one in notices.for_meeting(people=asked, since=clock.start_of(day), until=until, limit=MOST_NOTICES):
        data = {
            "version": one.version, "name": one.name, "effective": one.effective.isoformat(),
            "unread": one.unread, "of": one.reached,
        }  # fmt: skip
        yield Found(ItemKind.NOTICE, f"notice:{one.version}", one.title, data, 3)


def _figures(branch: int, day: date) -> Found:
    """The day's queue and cash differences, from the rows themselves."""
    seen = lobby.statistics(branch=branch, since=day, until=day)
    differ = [one for one in vault.differences_of(branch=branch) if one.date == day]
    data = {
        "day": day.isoformat(), "tickets": seen.total.tickets, "called": seen.total.called,
        "p50": seen.total.p50, "p90": seen.total.p90, "left": seen.left, "kept": seen.promise.kept,
        "csat": seen.ratings.csat, "ratings": seen.ratings.given, "differences": len(differ),
        "amount": sum(abs(one.amount) for one in differ if one.currency == "CNY"),
    }  # fmt: skip
    return Found(ItemKind.FIGURES, "figures", "", data, 5)


def _staffing(branch: int) -> Found:
    staff = people.staff_of(branches=[branch])
    here = people.here(one.id for one in staff)
    barred = list(dict.fromkeys(one.name for one in people.restricted_at(branch=branch)))
    data = {
        "people": len(staff), "here": len(here), "barred": barred[:20],
        "away": [one.id for one in staff if one.id not in here][:20],
    }  # fmt: skip
    return Found(ItemKind.STAFFING, "staffing", "", data, 3)


def _late_reports(row: Meeting) -> Iterator[Found]:
    """Late reports of the organiser's departments, by their numbers."""
    who = row.series.organiser
    by = Actor(kind=ActorKind.PERSON, id=who.pk, name=who.name, branch=row.series.branch_id)
    found = feedback.board(by=by, query="", kind="", state="", department="", page=1)
    late = [one.item for one in found.lines if one.item.due is not None and one.item.due <= clock.now()]
    if late:
        data = {"reports": [[one.id, one.name] for one in late[:20]]}
        yield Found(ItemKind.FEEDBACK, "feedback", "", data, 3)


@verb("meetings.item.added")
def add_item(*, meeting: int, title: str, text: str, minutes: int, by: Actor) -> int:
    """Put an item on the agenda 增加议题."""
    row = parts.locked(meeting)
    parts.check_takes_part(row, by)
    parts.check_state(row, S.PLANNED, S.RUNNING)
    said = parts.words(title, field="title", longest=LONGEST_TITLE)
    more = parts.words(text, field="text", longest=LONGEST_TEXT, needed=False)
    if not 1 <= minutes <= 240:
        raise MeetingMalformed(_("An item lasts 1 to 240 minutes."), field="minutes")
    mine = Item.objects.filter(meeting=row)
    if mine.filter(dropped=None).count() >= MOST_ITEMS:
        raise MeetingMalformed(_("An agenda has at most %(n)s items.") % {"n": MOST_ITEMS})
    last = mine.aggregate(last=Max("position"))["last"] or 0
    number = max(last, OWN) + 1
    made = Item.objects.create(
        meeting=row, kind=ItemKind.OWN, source=f"own:{row.pk}:{number}", position=number, title=said,
        text=more, minutes=minutes,
    )  # fmt: skip
    parts.say(row, {"item": made.pk})
    return made.pk


@verb("meetings.item.dropped")
def drop_item(*, meeting: int, item: int, by: Actor) -> None:
    """Take an item off the agenda 移除议题; filling it again does not bring it back."""
    row = parts.locked(meeting)
    parts.check_takes_part(row, by)
    parts.check_state(row, S.PLANNED, S.RUNNING)
    if not Item.objects.filter(pk=item, meeting=row, dropped=None).update(dropped=clock.now()):
        raise UnknownMeeting(_("There is no such item."))
    if row.current_id == item:
        row.current, row.current_since = None, None
        row.save(update_fields=["current", "current_since"])
    parts.say(row, {"item": item})


def fill_due() -> int:
    """Fill the agendas of the meetings that are near; how many."""
    minutes = int(org.value(key="meetings.fill_minutes", at=clock.today()))
    before = clock.now() + timedelta(minutes=minutes)
    near = Meeting.objects.filter(
        state=S.PLANNED, filled=None, start__gte=clock.now() - timedelta(hours=4), start__lte=before
    ).exclude(series__kind=Kind.OTHER)
    ids = list(near.order_by("start").values_list("pk", flat=True)[:200])
    for id in ids:
        fill(meeting=id, by=SYSTEM)
    return len(ids)
