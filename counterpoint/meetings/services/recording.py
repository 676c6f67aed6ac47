"""The record of a meeting 纪要: written together, decided, finalised, and taken up again as a new version."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from counterpoint.kit import clock, journal
from counterpoint.kit.data import Actor, Why
from counterpoint.kit.verbs import verb
from counterpoint.meetings import queries
from counterpoint.meetings.data import MeetingState, MinutesChanged, MinutesView, UnknownMeeting
from counterpoint.meetings.labels import ACTIONS, ITEMS, KINDS, PRESENCES
from counterpoint.meetings.models import Decision, Editor, Meeting, Minutes
from counterpoint.meetings.services import parts, running
from counterpoint.org import services as org

S = MeetingState
LONGEST_MINUTES, LONGEST_DECISION = 20_000, 1000
VERB = "meetings.presence"


def _current(row: Meeting) -> Minutes:
    found = Minutes.objects.select_for_update(of=("self",)).select_related("writer", "finalised_by")
    return found.filter(meeting=row).latest("version")


@verb("meetings.minutes.written")
def write(*, meeting: int, text: str, revision: int, by: Actor) -> MinutesView:
    """Write the minutes 记录纪要. ``revision`` is what one saw: what others wrote since is never lost."""
    row = parts.locked(meeting)
    parts.check_person(by)
    parts.check_takes_part(row, by)
    parts.check_open(row)
    said = parts.words(text, field="text", longest=LONGEST_MINUTES, needed=False)
    minutes = _current(row)
    if minutes.revision != revision:
        words = {"name": minutes.writer.name}
        raise MinutesChanged(
            _("%(name)s has written into the minutes meanwhile.") % words,
            why=Why(remedy=_("Look at both, and keep what belongs there.")), revision=minutes.revision,
        )  # fmt: skip
    minutes.text, minutes.revision, minutes.writer_id = said, revision + 1, by.id
    minutes.written_at = clock.now()
    minutes.save(update_fields=["text", "revision", "writer", "written_at"])
    _seen(row.pk, by)
    parts.say(
        row, {"version": minutes.version, "revision": minutes.revision, "length": len(said)}, about="minutes"
    )
    return minutes_of(row.pk)[0]


def minutes_of(meeting: int) -> list[MinutesView]:
    """The versions of the minutes, the newest first; none before it was started."""
    return queries.versions(meeting)


# ---- who writes now ------------------------------------------------------------------------------------


def look(*, meeting: int, by: Actor) -> None:
    """Say that one has begun to write. It is no event; only a change is announced."""
    before = Editor.objects.filter(meeting=meeting, person=by.id).values_list("seen", flat=True).first()
    _seen(meeting, by)
    if before is None or before <= _lately():
        _announce(meeting)


def gone(*, meeting: int, by: Actor) -> None:
    """Say that one writes no longer."""
    if Editor.objects.filter(meeting=meeting, person=by.id).delete()[0]:
        _announce(meeting)


def editors(meeting: int, *, but: int = 0) -> list[str]:
    """Who writes the minutes now, others than ``but``."""
    return [name for id, name in queries.editors(meeting, _lately()) if id != but]


def _lately() -> datetime:
    return clock.now() - timedelta(minutes=int(org.value(key="meetings.presence_minutes", at=clock.today())))


def _seen(meeting: int, by: Actor) -> None:
    Editor.objects.bulk_create(
        [Editor(meeting_id=meeting, person_id=by.id, seen=clock.now())],
        update_conflicts=True, unique_fields=["meeting", "person"], update_fields=["seen"],
    )  # fmt: skip


def _announce(meeting: int) -> None:
    series = Meeting.objects.values_list("series", flat=True).get(pk=meeting)
    told = journal.signal(0, VERB, list(parts.channels(series)), f"minutes:{meeting}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [journal.SIGNAL, told])


# ---- decisions, the end, and taking up again -----------------------------------------------------------


@verb("meetings.decision.made")
def decide(*, meeting: int, text: str, by: Actor) -> int:
    """Note a decision 记录决议."""
    row = parts.locked(meeting)
    parts.check_person(by)
    parts.check_takes_part(row, by)
    parts.check_open(row)
    said = parts.words(text, field="text", longest=LONGEST_DECISION)
    made = Decision.objects.create(meeting=row, text=said, person_id=by.id, at=clock.now())
    parts.say(row, {"decision": made.pk})
    return made.pk


@verb("meetings.decision.withdrawn")
def withdraw_decision(*, meeting: int, decision: int, by: Actor) -> None:
    """Withdraw a decision 撤销决议, while the minutes are open."""
    row = parts.locked(meeting)
    parts.check_takes_part(row, by)
    parts.check_open(row)
    found = Decision.objects.filter(pk=decision, meeting=row, withdrawn=None)
    if not found.update(withdrawn=clock.now()):
        raise UnknownMeeting(_("There is no such decision."))
    parts.say(row, {"decision": decision})


@verb("meetings.minutes.finalised")
def finalise(*, meeting: int, revision: int, by: Actor) -> int:
    """Finalise the minutes 定稿: nothing of the record changes from here on. The version."""
    row = parts.locked(meeting)
    parts.check_person(by)
    parts.check_manages(row.series, by)
    parts.check_open(row)
    minutes = _current(row)
    if minutes.revision != revision:
        raise MinutesChanged(
            _("%(name)s has written into the minutes meanwhile.") % {"name": minutes.writer.name},
            why=Why(remedy=_("Read what was added, then finalise.")), revision=minutes.revision,
        )  # fmt: skip
    running.stop_clock(row)
    with translation.override("zh-hans"):
        minutes.record = record_of(row)
    minutes.finalised_at, minutes.finalised_by_id = clock.now(), by.id
    minutes.save(update_fields=["record", "finalised_at", "finalised_by"])
    parts.enter(row, S.FINALISED, by, current=None, current_since=None)
    parts.say(row, {"version": minutes.version, "revision": minutes.revision})
    return minutes.version


def record_of(row: Meeting) -> dict[str, Any]:
    """The whole record as it stands, so that its paper is the same for ever."""
    seen = queries.meeting(row)
    return {
        "kind": str(KINDS[seen.kind].words), "title": seen.title, "place": seen.place,
        "start": seen.start.isoformat(), "minutes": seen.minutes, "organiser": seen.organiser_name,
        "agenda": [
            [str(ITEMS[one.kind].words), one.title, one.spent] for one in queries.items(row.pk)
        ],
        "attendance": [
            [one.name, str(PRESENCES[one.presence].words) if one.presence else "—", one.reason]
            for one in queries.attendees(seen)
        ],
        "decisions": [one.text for one in queries.decisions(row.pk)],
        "actions": [
            [one.text, one.owner_name, one.due.isoformat(), str(ACTIONS[one.state].words)]
            for one in queries.actions_of(row.pk)
        ],
        "carried": [
            [one.text, one.owner_name, one.due.isoformat()] for one in queries.carried(seen.chain, row.pk)
        ],
    }  # fmt: skip


@verb("meetings.minutes.reopened")
def reopen(*, meeting: int, reason: str, by: Actor) -> int:
    """Take finalised minutes up again 重新开启, with a reason: the next version begins. The version."""
    row = parts.locked(meeting)
    parts.check_person(by)
    parts.check_manages(row.series, by)
    parts.check_state(row, S.FINALISED)
    said = parts.words(reason, field="reason", longest=parts.LONGEST_NOTE)
    last = _current(row)
    made = Minutes.objects.create(
        meeting=row, version=last.version + 1, text=last.text, writer_id=by.id, written_at=clock.now(),
        reason=said,
    )  # fmt: skip
    parts.enter(row, S.REOPENED, by, said)
    parts.say(row, {"version": made.version})
    return made.version
