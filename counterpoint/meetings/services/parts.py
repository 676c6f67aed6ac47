"""What the verbs share: rows locked, states entered, who may, whom it is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, Told, Why
from counterpoint.kit.verbs import tell
from counterpoint.meetings import queries, rules
from counterpoint.meetings.data import (
    MeetingMalformed,
    MeetingState,
    NotInvited,
    NotTheOrganiser,
    UnknownMeeting,
    WrongState,
)
from counterpoint.meetings.labels import STATES
from counterpoint.meetings.models import Meeting as MeetingRow
from counterpoint.meetings.models import MeetingStateRow, Series
from counterpoint.people import services as people
from counterpoint.people.data import Duty

#: One announcement names so many people at most; beyond, everybody's page looks for itself.
MOST_TOLD = 60
EVERYBODY = "meetings"
LONGEST_NOTE = 500


def locked(meeting: int) -> MeetingRow:
    """The meeting, locked, with its series."""
    found = MeetingRow.objects.select_for_update(of=("self",)).select_related("series", "series__organiser")
    row = found.filter(pk=meeting).first()
    if row is None:
        raise UnknownMeeting(_("There is no such meeting."))
    return row


def locked_series(series: int) -> Series:
    found = Series.objects.select_for_update(of=("self",)).select_related("organiser")
    row = found.filter(pk=series).first()
    if row is None:
        raise UnknownMeeting(_("There is no such meeting."))
    return row


def manages(series: Series | None, by: Actor, *, organiser: int = 0, branch: int = 0) -> bool:
    """May the actor change a meeting: who called it, and who answers for the branch."""
    if by.kind is ActorKind.SYSTEM:
        return True
    organiser, branch = (series.organiser_id, series.branch_id) if series else (organiser, branch)
    if by.kind is not ActorKind.PERSON:
        return False
    return organiser == by.id or people.holds(person=by.id, duty=Duty.AUTHORIZE, branch=branch)


def check_manages(series: Series, by: Actor) -> None:
    if not manages(series, by):
        raise NotTheOrganiser(
            _("This meeting was called by %(name)s.") % {"name": series.organiser.name},
            why=Why(
                rule=_("A meeting is changed by who called it, or by who authorizes at its branch."),
                helper=series.organiser.name,
            ),
        )


def check_takes_part(row: MeetingRow, by: Actor) -> None:
    if by.kind is ActorKind.PERSON and queries.is_invited(row.series_id, by.id):
        return
    if not manages(row.series, by):
        raise NotInvited(_("Only who is invited writes into the record of this meeting."))


def check_person(by: Actor) -> None:
    if by.kind is not ActorKind.PERSON:
        raise NotInvited(_("Meetings are for people."))


def check_state(row: MeetingRow, *states: MeetingState) -> None:
    if row.state not in states:
        words = {"state": STATES[MeetingState(row.state)].words}
        raise WrongState(_("The meeting is “%(state)s” now.") % words, state=row.state)


def check_open(row: MeetingRow) -> None:
    check_state(row, MeetingState.RUNNING, MeetingState.REOPENED)


def words(text: str, *, field: str, longest: int, needed: bool = True) -> str:
    """What somebody wrote, plain and bounded."""
    plain = rules.plain(text).strip()
    if needed and not plain:
        raise MeetingMalformed(_("Something has to be written here."), field=field)
    if len(plain) > longest:
        raise MeetingMalformed(_("At most %(n)s characters.") % {"n": longest}, field=field)
    return plain


def enter(row: MeetingRow, state: MeetingState, by: Actor, note: str = "", **changed: Any) -> None:
    """Move a meeting on, with who and when."""
    if not rules.MACHINE.may(row.state, state):
        check_state(row, state)
    for name, value in changed.items():
        setattr(row, name, value)
    row.state = state
    row.save(update_fields=["state", *changed])
    stepped(row, by, note)


def stepped(row: MeetingRow, by: Actor, note: str = "") -> None:
    MeetingStateRow.objects.create(
        meeting=row, state=row.state, person_id=by.id or None, at=clock.now(), start=row.start, note=note
    )


def channels(series: int, *also: int) -> tuple[str, ...]:
    """Whom a change reaches: the people invited, or everybody where they are many."""
    ids = dict.fromkeys([*queries.invited_ids(series), *also])
    return tuple(f"person:{one}" for one in ids) if len(ids) <= MOST_TOLD else (EVERYBODY,)


def say(row: MeetingRow, data: dict[str, Any] | None = None, *also: int, about: str = "meeting") -> None:
    """The event of a verb on one meeting; ``about`` names the part of its page that changes."""
    facts = {"meeting": row.pk, "series": row.series_id, "state": row.state, "sequence": row.sequence}
    tell(
        Told(
            subject=f"meeting:{row.pk}", branch=row.series.branch_id, data=facts | (data or {}),
            channels=channels(row.series_id, row.series.organiser_id, *also), about=f"{about}:{row.pk}",
        )
    )  # fmt: skip


def say_series(row: Series, change: str, data: dict[str, Any] | None = None, *also: int) -> None:
    """The event of a verb on a series; ``change`` says which message its people's calendars need."""
    facts = {"series": row.pk, "sequence": row.sequence, "change": change}
    tell(
        Told(
            subject=f"meeting-series:{row.pk}", branch=row.branch_id, data=facts | (data or {}),
            channels=channels(row.pk, row.organiser_id, *also),
        )
    )  # fmt: skip


def local(moment: datetime) -> datetime:
    """The wall clock in China, without a zone: what rules of repetition reckon with."""
    return moment.astimezone(clock.CHINA).replace(tzinfo=None)


def aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=clock.CHINA)
