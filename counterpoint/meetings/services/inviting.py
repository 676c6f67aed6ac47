"""Invitations 邀请: as iCalendar for mail, answered here or by a calendar program, and as a subscription."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, AlreadyDone, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.meetings import calendars, queries
from counterpoint.meetings.calendars import Guest, Single, Whole
from counterpoint.meetings.data import (
    Invitation,
    MeetingState,
    NotInvited,
    Reply,
    ReplyMalformed,
    UnknownFeed,
    WrongState,
)
from counterpoint.meetings.models import Attendance, Feed, Meeting, Series
from counterpoint.meetings.models import Invitation as InvitationRow
from counterpoint.meetings.services import calling, parts
from counterpoint.org import services as org
from counterpoint.people import services as people

S = MeetingState
#: What lies further back is no news for a calendar.
BACK_DAYS = 60


def _guest(person: object, reply: str = Reply.ACCEPTED) -> Guest:
    number, name = person.username, person.name  # type: ignore[attr-defined]
    return Guest(name, f"{number}@{_domain()}".lower(), Reply(reply))


def _domain() -> str:
    return str(org.value(key="meetings.mail_domain", at=clock.today()))


def wholes(rows: Iterable[Series], *, only: int = 0) -> list[Whole]:
    """Series as calendars see them; ``only`` names a person whose answer alone is shown (a feed)."""
    rows = list(rows)
    ids = [row.pk for row in rows]
    asked = InvitationRow.objects.filter(series__in=ids, ended=None).select_related("person")
    if only:
        asked = asked.filter(person=only)
    guests: dict[int, list[InvitationRow]] = {}
    for one in asked.order_by("person__username"):
        guests.setdefault(one.series_id, []).append(one)
    since = clock.now() - timedelta(days=BACK_DAYS)
    differ = Meeting.objects.filter(series__in=ids, sequence__gt=0, recurrence__gte=since)
    singles: dict[int, list[Meeting]] = {}
    for meeting in differ.exclude(state=S.REPLACED).order_by("recurrence"):
        singles.setdefault(meeting.series_id, []).append(meeting)
    with org.one_book():
        return [_whole(row, guests.get(row.pk, []), singles.get(row.pk, [])) for row in rows]


def _whole(row: Series, asked: list[InvitationRow], differ: list[Meeting]) -> Whole:
    # What does not repeat has one event, which changes with its one meeting.
    own = [] if row.rule else differ
    return Whole(
        uid=f"{row.uid}@{_domain()}", title=row.title, first=row.first, minutes=row.minutes,
        place=row.place, rule=row.rule, ends_on=row.ends_on, skipped=row.skipped, added=row.added,
        sequence=max([row.sequence, *(one.sequence for one in own)]), organiser=_guest(row.organiser),
        guests=tuple(_guest(one.person, one.reply) for one in asked),
        made=max([row.changed, *(one.changed for one in own)]),
        singles=tuple(_single(one) for one in differ), cancelled=_is_off(row, differ),
    )  # fmt: skip


def _is_off(row: Series, differ: list[Meeting]) -> bool:
    alone = not row.rule and any(one.state == S.CANCELLED for one in differ)
    return alone or calling.begins_after_its_end(row)


def _single(one: Meeting, guests: tuple[Guest, ...] = ()) -> Single:
    return Single(
        recurrence=one.recurrence, start=one.start, minutes=one.minutes, place=one.place,
        sequence=one.sequence, made=one.changed, cancelled=one.state == S.CANCELLED, guests=guests,
    )  # fmt: skip


def series_invitations(series: int) -> list[Invitation]:
    """What the calendars of everybody in a series have to be told: all of it, and who fell out of it."""
    row = Series.objects.select_related("organiser").get(pk=series)
    [whole] = wholes([row])
    method = "CANCEL" if whole.cancelled else "REQUEST"
    content = calendars.request(whole)
    found = [Invitation(id, method, content) for id in queries.invited_ids(series) if id != row.organiser_id]
    gone = InvitationRow.objects.filter(series=series, ended__isnull=False).select_related("person")
    for one in gone.order_by("person"):
        alone = calendars.cancel_for(whole, _guest(one.person, Reply.NEEDS_ACTION))
        found.append(Invitation(one.person_id, "CANCEL", alone))
    return found


def invitations(meeting: int) -> list[Invitation]:
    """What calendars have to be told of one meeting: moved or cancelled, or else its whole series."""
    row = Meeting.objects.select_related("series__organiser").get(pk=meeting)
    if not row.sequence:
        return series_invitations(row.series_id)
    [whole] = wholes([row.series])
    asked = list(queries.invited(row.series_id))
    own = dict(Attendance.objects.filter(meeting=row).exclude(reply="").values_list("person", "reply"))
    with org.one_book():
        guests = tuple(_guest(one.person, own.get(one.person_id, one.reply)) for one in asked)
    one = _single(row, guests)
    content, method = calendars.single(whole, one), "CANCEL" if one.cancelled else "REQUEST"
    return [
        Invitation(guest.person_id, method, content)
        for guest in asked
        if guest.person_id != row.series.organiser_id
    ]


@verb("meetings.invitation.answered")
def answer(*, meeting: int, reply: Reply, whole: bool, by: Actor) -> None:
    """Answer an invitation 回复邀请: for one meeting, or for the whole series."""
    parts.check_person(by)
    row = parts.locked(meeting)
    parts.check_state(row, S.PLANNED, S.RUNNING)
    if not queries.is_invited(row.series_id, by.id):
        raise NotInvited(_("You are not invited to this meeting."))
    _answer(row, by.id, Reply(reply), whole)
    parts.say(row, {"reply": str(reply), "whole": whole}, by.id)


def _answer(row: Meeting, person: int, reply: Reply, whole: bool) -> None:
    if whole:
        asked = InvitationRow.objects.filter(series=row.series_id, person=person)
        asked.update(reply=reply, replied=clock.now())
        later = Attendance.objects.filter(meeting__series=row.series_id, meeting__state=S.PLANNED)
        later.filter(person=person).update(reply="")
        return
    Attendance.objects.bulk_create(
        [Attendance(meeting=row, person_id=person, reply=reply)],
        update_conflicts=True, unique_fields=["meeting", "person"], update_fields=["reply"],
    )  # fmt: skip


@verb("meetings.reply.taken")
def take_reply(*, content: bytes, by: Actor) -> int:
    """Take over what a calendar program answered 导入回复: one's own, or for who called the meeting."""
    parts.check_person(by)
    try:
        answers = calendars.read_reply(content)
    except ReplyMalformed as error:
        raise ReplyMalformed(_("This file is no answer of a calendar program to an invitation.")) from error
    taken: list[dict[str, Any]] = []
    for one in answers:
        row = _answered_meeting(one)
        number = one.address.partition("@")[0]
        person = people.person_by_number(number) if one.address == f"{number}@{_domain()}".lower() else None
        if person is None or not queries.is_invited(row.series_id, person.id):
            raise ReplyMalformed(_("The answer is of nobody who is invited."))
        if person.id != by.id and not parts.manages(row.series, by):
            raise NotInvited(_("This is the answer of somebody else."))
        if one.sequence < (row.sequence if one.recurrence else row.series.sequence):
            raise WrongState(_("The answer is to an invitation that was changed since."))
        _answer(row, person.id, one.reply, one.recurrence is None)
        taken.append({"meeting": row.pk, "person": person.id, "reply": str(one.reply)})
    row = parts.locked(taken[0]["meeting"])
    parts.say(row, {"answers": taken}, *[one["person"] for one in taken])
    return len(taken)


def _answered_meeting(one: calendars.Answered) -> Meeting:
    found = Meeting.objects.exclude(state=S.REPLACED).select_related("series__organiser")
    if one.recurrence is not None:
        found = found.filter(recurrence=one.recurrence)
    try:
        row = found.filter(series__uid=UUID(one.uid.partition("@")[0])).order_by("recurrence").first()
    except ValueError:
        row = None
    if row is None:
        raise ReplyMalformed(_("The answer is to no meeting of this house."))
    return row


# ---- the subscription ----------------------------------------------------------------------------------


@verb("meetings.feed.issued")
def issue_feed(*, by: Actor) -> str:
    """Make the secret address of one's own calendar 日历订阅地址; an earlier one is void. Shown once."""
    parts.check_person(by)
    secret = secrets.token_urlsafe(32)
    Feed.objects.filter(person=by.id, ended=None).update(ended=clock.now())
    Feed.objects.create(person_id=by.id, digest=_digest(secret), at=clock.now())
    tell(Told(subject=f"person:{by.id}", branch=by.branch or org.home(), channels=(by.key,)))
    return secret


@verb("meetings.feed.ended")
def end_feed(*, by: Actor) -> None:
    """Make the address void 停用订阅; calendar programs get nothing any more."""
    if not Feed.objects.filter(person=by.id, ended=None).update(ended=clock.now()):
        raise AlreadyDone(_("You have no calendar address."))
    tell(Told(subject=f"person:{by.id}", branch=by.branch or org.home(), channels=(by.key,)))


def feed_since(person: int) -> datetime | None:
    """Since when somebody has a calendar address; its secret cannot be shown again."""
    return Feed.objects.filter(person=person, ended=None).values_list("at", flat=True).first()


def feed(secret: str) -> tuple[bytes, str]:
    """The calendar behind a secret address, and its ETag; void, forged or somebody gone: there is none."""
    found = Feed.objects.filter(digest=_digest(secret), ended=None, person__is_active=True).first()
    if found is None:
        raise UnknownFeed(_("There is no such calendar."))
    content = calendars.feed(wholes(queries.series_of(found.person_id), only=found.person_id))
    return content, hashlib.sha256(content).hexdigest()[:32]


def _digest(secret: str) -> str:
    # A random secret of 256 bits needs no slow hash.
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
