"""Running a meeting 开会: starting it, one item after the other, who is there."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor
from counterpoint.kit.verbs import verb
from counterpoint.meetings import queries
from counterpoint.meetings.data import MeetingState, NotInvited, Presence, UnknownMeeting
from counterpoint.meetings.models import Attendance, Item, Meeting, Minutes
from counterpoint.meetings.services import parts
from counterpoint.org import services as org
from counterpoint.people import services as people

S = MeetingState
LONGEST_REASON = 200


@verb("meetings.meeting.started")
def start(*, meeting: int, by: Actor) -> None:
    """Start a meeting 开始; who has signed in is marked present, and the minutes are opened."""
    row = parts.locked(meeting)
    parts.check_person(by)
    parts.check_takes_part(row, by)
    parts.check_state(row, S.PLANNED)
    first = Item.objects.filter(meeting=row, dropped=None).order_by("position", "pk").first()
    parts.enter(row, S.RUNNING, by, current=first, current_since=clock.now())
    Minutes.objects.create(meeting=row, version=1, writer_id=by.id, written_at=clock.now())
    asked = queries.invited_ids(row.series_id)
    _mark(row, sorted({*people.here(asked), by.id}), Presence.PRESENT)
    parts.say(row, {"present": Attendance.objects.filter(meeting=row, presence="present").count()})


def _mark(row: Meeting, ids: list[int], presence: str, reason: str = "") -> None:
    Attendance.objects.bulk_create(
        [
            Attendance(meeting=row, person_id=id, presence=presence, reason=reason, marked_at=clock.now())
            for id in ids
        ],
        update_conflicts=True, unique_fields=["meeting", "person"],
        update_fields=["presence", "reason", "marked_at"],
    )  # fmt: skip


@verb("meetings.item.turned_to")
def turn_to(*, meeting: int, step: int, by: Actor) -> None:
    """Turn to the next or the last item 下一项; how long the one before took is added to it."""
    row = parts.locked(meeting)
    parts.check_takes_part(row, by)
    parts.check_state(row, S.RUNNING)
    ids = [one.id for one in queries.items(row.pk)]
    if not ids:
        raise UnknownMeeting(_("There is no item on the agenda."))
    at = ids.index(row.current_id) if row.current_id in ids else -1 if step > 0 else len(ids)
    there = min(max(at + (1 if step > 0 else -1), 0), len(ids) - 1)
    _spend(row)
    row.current_id, row.current_since = ids[there], clock.now()
    row.save(update_fields=["current", "current_since"])
    parts.say(row, {"item": ids[there]})


def _spend(row: Meeting) -> None:
    if row.current is not None and row.current_since is not None:
        row.current.spent += max(0, int((clock.now() - row.current_since).total_seconds()))
        row.current.save(update_fields=["spent"])


def stop_clock(row: Meeting) -> None:
    """The last item is over; the caller saves the meeting with what it enters."""
    _spend(row)
    row.current, row.current_since = None, None


@verb("meetings.attendance.marked")
def mark(*, meeting: int, person: int, presence: Presence, reason: str, by: Actor) -> None:
    """Say that somebody is there, late, or absent with a reason 签到: oneself, or any who takes part."""
    row = parts.locked(meeting)
    parts.check_takes_part(row, by)
    parts.check_open(row)
    if not queries.is_invited(row.series_id, person):
        raise NotInvited(_("This person is not invited."))
    said = parts.words(reason, field="reason", longest=LONGEST_REASON, needed=presence is Presence.ABSENT)
    minutes = int(org.value(key="meetings.late_minutes", at=clock.today()))
    late = row.state == S.RUNNING and clock.now() > row.start + timedelta(minutes=minutes)
    if presence is Presence.PRESENT and late and person == by.id:
        # Whoever marks themselves after the bell comes late; others may be put right by hand.
        presence = Presence.LATE
    _mark(row, [person], presence, said)
    parts.say(row, {"person": person, "presence": str(presence)}, person)
