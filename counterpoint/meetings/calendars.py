"""Meetings as iCalendar 日历文件 (RFC 5545, 5546): what calendar programs are sent, and what they answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Component, Event, Timezone, TimezoneStandard, vCalAddress, vRecur, vText

from counterpoint.kit.clock import CHINA
from counterpoint.meetings.data import Reply, ReplyMalformed

ZONE = "Asia/Shanghai"
PRODUCT = "-//Counterpoint//Meetings//ZH"
LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody as a calendar program knows them."""

    name: str
    address: str
    reply: Reply = Reply.NEEDS_ACTION


@dataclass(frozen=True, slots=True)
class Single:
    """One meeting that differs from its series: moved, or cancelled."""

    recurrence: datetime
    start: datetime
    minutes: int
    place: str
    sequence: int
    made: datetime
    cancelled: bool = False
    guests: tuple[Guest, ...] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    """A series, or one meeting, as calendars see it."""

    uid: str
    title: str
    first: datetime
    minutes: int
    place: str
    rule: str
    ends_on: date | None
    skipped: Sequence[date]
    added: Sequence[date]
    sequence: int
    organiser: Guest
    guests: tuple[Guest, ...]
    made: datetime
    singles: tuple[Single, ...] = ()
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What a calendar program answered."""

    uid: str
    address: str
    reply: Reply
    recurrence: datetime | None = None
    sequence: int = 0


def calendar(method: str = "") -> Calendar:
    """An empty calendar with the one time zone that it needs."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    if method:
        made.add("method", method)
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", ZONE)
    # There is no summer time in China since 1991, and no meeting before.
    standard.add("dtstart", datetime(1992, 1, 1))  # noqa: DTZ001
    standard.add("tzoffsetfrom", timedelta(hours=8))
    standard.add("tzoffsetto", timedelta(hours=8))
    standard.add("tzname", "CST")
    zone.add_component(standard)
    made.add_component(zone)
    return made


def _guest(guest: Guest, *, role: str = "") -> vCalAddress:
    found = vCalAddress(f"mailto:{guest.address}")
    found.params["CN"] = vText(guest.name)
    if role:
        found.params["ROLE"] = vText(role)
        found.params["PARTSTAT"] = vText(guest.reply.upper())
        found.params["RSVP"] = vText("TRUE" if guest.reply is Reply.NEEDS_ACTION else "FALSE")
    return found


def _event(whole: Whole, one: Whole | Single, start: datetime) -> Event:
    made = Event()
    made.add("uid", whole.uid)
    made.add("dtstamp", one.made.astimezone(UTC))
    made.add("sequence", one.sequence)
    made.add("summary", whole.title)
    made.add("dtstart", start.astimezone(CHINA))
    made.add("dtend", start.astimezone(CHINA) + timedelta(minutes=one.minutes))
    if one.place:
        made.add("location", one.place)
    made.add("organizer", _guest(whole.organiser))
    return made


def series_event(whole: Whole) -> Event:
    """The series itself: its rule, the holidays that it leaves out, the make-up days that it takes in."""
    made = _event(whole, whole, whole.first)
    made.add("status", "CANCELLED" if whole.cancelled else "CONFIRMED")
    for guest in whole.guests:
        made.add("attendee", _guest(guest, role="REQ-PARTICIPANT"), encode=False)
    if whole.rule and not whole.cancelled:
        rule = vRecur.from_ical(whole.rule)
        if whole.ends_on is not None:
            end = datetime.combine(whole.ends_on, datetime.max.time(), CHINA).replace(microsecond=0)
            rule["UNTIL"] = [end.astimezone(UTC)]
        made.add("rrule", rule)
        clock = whole.first.astimezone(CHINA).time()
        for day in whole.skipped:
            made.add("exdate", datetime.combine(day, clock, CHINA))
        for single in whole.singles:
            if single.cancelled:
                made.add("exdate", single.recurrence.astimezone(CHINA))
        for day in whole.added:
            made.add("rdate", datetime.combine(day, clock, CHINA))
    return made


def single_event(whole: Whole, single: Single) -> Event:
    """One meeting of the series by its RECURRENCE-ID; of one that does not repeat, the meeting itself."""
    made = _event(whole, single, single.start)
    if whole.rule:
        made.add("recurrence-id", single.recurrence.astimezone(CHINA))
    made.add("status", "CANCELLED" if single.cancelled else "CONFIRMED")
    for guest in single.guests or whole.guests:
        made.add("attendee", _guest(guest, role="REQ-PARTICIPANT"), encode=False)
    return made


def request(whole: Whole) -> bytes:
    """METHOD:REQUEST of a whole series, with the meetings of it that were moved; or CANCEL of all of it."""
    made = calendar("CANCEL" if whole.cancelled else "REQUEST")
    _put(made, whole)
    return bytes(made.to_ical())


def single(whole: Whole, one: Single) -> bytes:
    """METHOD:REQUEST or CANCEL of one meeting."""
    made = calendar("CANCEL" if one.cancelled else "REQUEST")
    made.add_component(single_event(whole, one))
    return bytes(made.to_ical())


def feed(wholes: Sequence[Whole]) -> bytes:
    """Everything of one person, for a calendar program that subscribes."""
    made = calendar()
    for whole in wholes:
        _put(made, whole)
    return bytes(made.to_ical())


def _put(made: Calendar, whole: Whole) -> None:
    moved = [one for one in whole.singles if not one.cancelled]
    if not whole.rule and moved:
        made.add_component(single_event(whole, moved[0]))
        return
    made.add_component(series_event(whole))
    for one in moved if not whole.cancelled else ():
        made.add_component(single_event(whole, one))


def read_reply(content: bytes) -> list[Answered]:
    """The answers in a METHOD:REPLY file; anything else is refused."""
    if not 0 < len(content) <= LARGEST:
        raise ReplyMalformed("the file is empty or too large")
    try:
        found = Calendar.from_ical(content)
        if str(found.get("method", "")).upper() != "REPLY":
            raise ReplyMalformed("the file is no answer to an invitation")
        answers = [_answered(one) for one in found.walk("VEVENT")]
    except ReplyMalformed:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ReplyMalformed("the file cannot be read as a calendar") from error
    if not 0 < len(answers) <= 20:
        raise ReplyMalformed("the file answers nothing")
    return answers


def _answered(event: Component) -> Answered:
    people = event.get("attendee")
    if people is None or isinstance(people, list):
        raise ReplyMalformed("an answer is of one person")
    reply = str(people.params.get("PARTSTAT", "")).lower()
    if reply not in {Reply.ACCEPTED, Reply.TENTATIVE, Reply.DECLINED}:
        raise ReplyMalformed("the answer says neither yes, perhaps nor no")
    which = event.get("recurrence-id")
    moment = which.dt if which is not None else None
    if moment is not None and not isinstance(moment, datetime):
        raise ReplyMalformed("the answer names a day, not a meeting")
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=CHINA)
    return Answered(
        uid=str(event["uid"]), address=str(people).lower().removeprefix("mailto:"), reply=Reply(reply),
        recurrence=moment, sequence=int(event.get("sequence", 0)),
    )  # fmt: skip


def cancel_for(whole: Whole, guest: Guest) -> bytes:
    """METHOD:CANCEL of a whole series for one person, who belongs to it no longer."""
    alone = replace(whole, guests=(guest,), singles=(), cancelled=True)
    return request(alone)
