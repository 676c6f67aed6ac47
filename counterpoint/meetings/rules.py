"""Pure decisions: what may follow, how a rule of repetition is read and bounded, on which days it falls."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from dateutil.rrule import rrule, rrulestr

from counterpoint.kit.states import Machine, Move, State
from counterpoint.meetings.data import ActionState, MeetingState, RuleRefused

S, A = MeetingState, ActionState
MACHINE = Machine(
    name="meeting",
    title="A meeting 会议",
    states=(
        State(S.PLANNED, "planned 待召开", "it may be moved, cancelled, filled and started"),
        State(S.RUNNING, "running 进行中", "those invited write minutes, decisions, actions, attendance"),
        State(S.FINALISED, "finalised 纪要已定稿", "nothing of its record changes; actions go on"),
        State(S.REOPENED, "reopened 纪要修订中", "the next version of the minutes is written"),
        State(S.CANCELLED, "cancelled 已取消", "its people were told"),
        State(S.REPLACED, "replaced 已由新安排代替", "the series goes on as another one"),
    ),
    start=S.PLANNED,
    moves=(
        Move(S.PLANNED, S.RUNNING, "started"),
        Move(S.PLANNED, S.CANCELLED, "cancelled with a reason"),
        Move(S.PLANNED, S.REPLACED, "this and the following ones were changed"),
        Move(S.RUNNING, S.FINALISED, "the minutes are finalised"),
        Move(S.FINALISED, S.REOPENED, "taken up again with a reason"),
        Move(S.REOPENED, S.FINALISED, "the next version is finalised"),
    ),
)
ACTION_MACHINE = Machine(
    name="meeting_action",
    title="An action of a meeting 会议行动项",
    states=(
        State(A.OPEN, "open 未完成", "it stands on the agenda of every following meeting"),
        State(A.DONE, "done 已完成", "its owner says so"),
        State(A.DROPPED, "dropped 不再办理", "with a reason"),
    ),
    start=A.OPEN,
    moves=(Move(A.OPEN, A.DONE, "done"), Move(A.OPEN, A.DROPPED, "dropped with a reason")),
)

#: A rule is looked at for so long after its beginning, and gives so many meetings at most.
YEARS, MOST = 6, 2000
_KEYS = frozenset(
    {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST", "COUNT", "UNTIL"}
)
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_RULE = re.compile(r"[A-Z0-9;=,+\-]{1,200}\Z")
_UNTIL = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(T[0-9]{6}Z?)?\Z")
WORKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"


def parts_of(text: str) -> dict[str, str]:
    """A rule of repetition as its parts; what could fall more than once a day is refused."""
    plain = text.strip().upper().removeprefix("RRULE:")
    if not _RULE.match(plain):
        raise RuleRefused("a rule has letters, figures and ; = , + - only")
    found: dict[str, str] = {}
    for piece in plain.strip(";").split(";"):
        key, equals, value = piece.partition("=")
        if key not in _KEYS or not equals or not value or key in found:
            raise RuleRefused(f"{piece[:40]} is not taken in a rule")
        found[key] = value
    if found.get("FREQ") not in _FREQUENCIES:
        raise RuleRefused("FREQ has to be DAILY, WEEKLY, MONTHLY or YEARLY")
    if "COUNT" in found and "UNTIL" in found:
        raise RuleRefused("COUNT and UNTIL exclude each other")
    for key, most in (("INTERVAL", 366), ("COUNT", MOST)):
        if key in found and not (found[key].isdigit() and 0 < int(found[key][:6]) <= most):
            raise RuleRefused(f"{key} goes from 1 to {most}")
    return found


def joined(parts: dict[str, str]) -> str:
    return ";".join(f"{key}={value}" for key, value in parts.items())


def normal(text: str, first: datetime, until: date | None) -> tuple[str, datetime, date | None]:
    """A rule without its end; the first meeting, which has to be one of the rule's; the last day.

    ``first`` has no time zone. COUNT becomes a last day, so that a series can be cut in two.
    """
    parts = parts_of(text)
    count, end = parts.pop("COUNT", None), parts.pop("UNTIL", None)
    if end is not None:
        until = min(filter(None, (until, _until(end))))
    rule = joined(parts)
    found = starts(rule, first, until, first.date(), _limit(first.date()), most=int(count or 1))
    if not found:
        raise RuleRefused("the rule never gives a meeting")
    if count is not None:
        until = min(filter(None, (until, found[-1].date())))
    return rule, found[0], until


def _until(text: str) -> date:
    read = _UNTIL.match(text)
    try:
        if read is None:
            raise ValueError(text)
        day = date(int(read[1]), int(read[2]), int(read[3]))
        if read[4] and read[4].endswith("Z"):
            moment = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) + timedelta(hours=8)
            day = moment.date()
    except ValueError as error:
        raise RuleRefused("UNTIL is a day such as 20261231") from error
    return day


def _limit(first: date) -> date:
    # The 29th of February comes eight years apart at most, and twice within thirteen.
    return first + timedelta(days=366 * (YEARS + 3))


def starts(
    rule: str, first: datetime, until: date | None, since: date, before: date, *, most: int = MOST
) -> list[datetime]:
    """When the rule gives a meeting in these days, both included; never more than ``most``."""
    last = min(one for one in (until, before, _limit(max(first.date(), since))) if one is not None)
    if not rule:
        return [first] if since <= first.date() <= last else []
    try:
        # With an end, a rule that never gives a day is found out soon.
        made = rrulestr(rule, dtstart=first)
        assert isinstance(made, rrule)
        bounded = made.replace(until=datetime.combine(last, time.max))
        found = bounded.xafter(datetime.combine(since, time.min), inc=True)
        return list(islice(found, most))
    except (ValueError, TypeError, AssertionError, OverflowError) as error:
        raise RuleRefused("the rule cannot be read") from error


def each_workday(rule: str) -> bool:
    """Does the rule mean every working day, so that make-up days at weekends belong to it?"""
    parts = parts_of(rule) if rule else {}
    if parts.get("INTERVAL", "1") != "1" or parts.get("BYMONTH") or parts.get("BYMONTHDAY"):
        return False
    return set(parts.get("BYDAY", "").split(",")) == {"MO", "TU", "WE", "TH", "FR"}


def fitted(
    found: Iterable[datetime], days: Iterable[date], works: Callable[[date], bool], *, each: bool
) -> tuple[list[date], list[date]]:
    """Which of the rule's days fall out because nobody works; which make-up days come in."""
    given = {one.date() for one in found}
    skipped = sorted(day for day in given if not works(day))
    added = [day for day in days if each and day not in given and works(day)]
    return skipped, added


def weekly(days: Iterable[int]) -> str:
    """Every week on these days, Monday being 0."""
    names = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    return "FREQ=WEEKLY;BYDAY=" + ",".join(names[day] for day in sorted(set(days)))


_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def plain(text: str) -> str:
    """What somebody typed, with one kind of line end, without control characters."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def late(due: date, state: ActionState, today: date) -> bool:
    return state is ActionState.OPEN and due < today
