"""Pure decisions on cases 协同事项: what may follow, when it is due, what a rule means, who is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from counterpoint.kit.clock import CHINA
from counterpoint.kit.states import Machine, Move, State
from counterpoint.visits.data_cases import (
    CaseKind,
    CaseRuleMalformed,
    CaseState,
    ItemSpec,
    Mentioned,
    PaperSpec,
    PaperStatus,
    TaskSpec,
)

S = CaseState

CASE = Machine(
    name="case",
    title="A case that outlives the visit 协同事项",
    states=(
        State(S.NEW, "new 待办", "anybody of its team may take it"),
        State(S.DOING, "being done 办理中", "its owner works on it; the clock runs"),
        State(
            S.WAITING_CUSTOMER, "waiting for the customer 待客户", "the clock stands where its kind says so"
        ),
        State(S.WAITING_OTHER, "waiting for others 待外部", "the clock stands where its kind says so"),
        State(S.DONE, "done 已办结", "it may be reopened for some working days"),
        State(S.CANCELLED, "cancelled 已撤销", "nothing, for good"),
    ),
    start=S.NEW,
    moves=(
        Move(S.NEW, S.DOING, "somebody takes it 认领"),
        Move(S.NEW, S.CANCELLED, "given up, with a reason 撤销"),
        Move(S.DOING, S.NEW, "given back, or handed to another team 退回/转交"),
        Move(S.DOING, S.WAITING_CUSTOMER, "the customer has to bring or decide something 待客户"),
        Move(S.DOING, S.WAITING_OTHER, "somebody outside the team has to act 待外部"),
        Move(S.DOING, S.DONE, "checklist and papers are complete 办结"),
        Move(S.DOING, S.CANCELLED, "given up, with a reason 撤销"),
        Move(S.WAITING_CUSTOMER, S.DOING, "the customer came back 恢复办理"),
        Move(S.WAITING_CUSTOMER, S.CANCELLED, "given up, with a reason 撤销"),
        Move(S.WAITING_OTHER, S.DOING, "the answer came 恢复办理"),
        Move(S.WAITING_OTHER, S.CANCELLED, "given up, with a reason 撤销"),
        Move(S.DONE, S.DOING, "reopened within some working days 重开"),
    ),
)
P = PaperStatus

PAPER = Machine(
    name="case_paper",
    title="A paper that a case asks for 应收资料",
    states=(
        State(P.MISSING, "missing 缺", "stops a case from being done where it is required"),
        State(P.PRESENT, "present 已收", "counts; more pages may be added"),
        State(P.REFUSED, "refused 不合格", "stops a case as a missing one does"),
        State(P.WAIVED, "waived 免收", "does not stop the case; who waived it and why stands there"),
    ),
    start=P.MISSING,
    moves=(
        Move(P.MISSING, P.PRESENT, "it was handed in 收到"),
        Move(P.MISSING, P.WAIVED, "not needed here, with a reason 免收"),
        Move(P.PRESENT, P.REFUSED, "it does not do, with a reason 退件"),
        Move(P.REFUSED, P.PRESENT, "a better one was handed in 补正"),
        Move(P.REFUSED, P.WAIVED, "not needed here, with a reason 免收"),
        Move(P.WAIVED, P.PRESENT, "it was handed in all the same 收到"),
    ),
)

#: The board's columns. What waits stands before what is being done, so that all work flows one way.
COLUMNS = (S.NEW, S.WAITING_OTHER, S.WAITING_CUSTOMER, S.DOING, S.DONE)


def neighbours(state: CaseState) -> tuple[CaseState | None, CaseState | None]:
    """The nearest columns left and right into which a case may move."""
    if state not in COLUMNS:
        return None, None
    here = COLUMNS.index(state)
    left = [one for one in reversed(COLUMNS[:here]) if CASE.may(state, one)]
    right = [one for one in COLUMNS[here + 1 :] if CASE.may(state, one)]
    return next(iter(left), None), next(iter(right), None)


def offered(state: CaseState, *, owned: bool, member: bool) -> tuple[CaseState, ...]:
    """The states that a button leads to. What nobody has goes on only in the hands of a member."""
    after = (S(one) for one in CASE.after(state))
    return tuple(one for one in after if one is not S.DOING or owned or member)


# Working time 工作时间

Working = Callable[[date], bool]
#: No target is so long, nor any closure; a search that goes on means that the calendar is broken.
LONGEST_DAYS = 3_000
_ZERO = timedelta()
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """The spans of a working day 营业时段, in order, without overlap."""

    spans: tuple[tuple[time, time], ...]


def hours_of(value: Any) -> Hours:
    """The hours as the dated rule writes them: ``{"spans": [["09:00", "12:00"], …]}``."""
    try:
        spans = tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in value["spans"])
    except (TypeError, ValueError, KeyError) as trouble:
        raise CaseRuleMalformed("working hours cannot be read") from trouble
    flat = [moment for span in spans for moment in span]
    if not spans or flat != sorted(set(flat)):
        raise CaseRuleMalformed("working hours overlap or are empty")
    return Hours(spans)


def _spans(day: date, hours: Hours) -> list[tuple[datetime, datetime]]:
    return [
        (datetime.combine(day, a, CHINA), datetime.combine(day, b, CHINA)) for a, b in hours.spans
    ]  # fmt: skip


def worked(start: datetime, end: datetime, hours: Hours, working: Working) -> timedelta:
    """How much working time lies between two moments."""
    day, last, total = start.astimezone(CHINA).date(), end.astimezone(CHINA).date(), _ZERO
    while day <= last:
        if working(day):
            total += sum(
                (max(_ZERO, min(end, b) - max(start, a)) for a, b in _spans(day, hours)), start=_ZERO
            )
        day += _DAY
    return total


def after(start: datetime, amount: timedelta, hours: Hours, working: Working) -> datetime:
    """The moment at which ``amount`` of working time has passed since ``start``."""
    if amount <= _ZERO:
        return start
    day = start.astimezone(CHINA).date()
    for _ in range(LONGEST_DAYS):
        if working(day):
            for a, b in _spans(day, hours):
                room = b - max(start, a)
                if room > _ZERO and amount <= room:
                    return max(start, a) + amount
                amount -= max(_ZERO, room)
        day += _DAY
    raise CaseRuleMalformed("no working time within reach")


@dataclass(frozen=True, slots=True)
class Mark:
    """From ``at`` on, the clock runs or stands."""

    at: datetime
    runs: bool


def due_of(marks: Sequence[Mark], target: timedelta, hours: Hours, working: Working) -> datetime | None:
    """When the working time of the running spans reaches ``target`` 到期时间.

    ``None`` while the clock stands and the target was not reached before.
    """
    used = _ZERO
    for place, mark in enumerate(marks):
        if not mark.runs:
            continue
        if place + 1 == len(marks):
            return after(mark.at, target - used, hours, working)
        # The computer's clock can go back; a span that ends before it begins holds no time.
        until = max(mark.at, marks[place + 1].at)
        span = worked(mark.at, until, hours, working)
        if used + span >= target:
            return after(mark.at, target - used, hours, working)
        used += span
    return None


def marks_of(states: Iterable[tuple[datetime, CaseState]], pauses: frozenset[CaseState]) -> list[Mark]:
    """When the clock ran, by the states a case went through. An ended case's clock stands too."""
    still = pauses | {S.DONE, S.CANCELLED}
    marks: list[Mark] = []
    for at, state in states:
        runs = state not in still
        if not marks or marks[-1].runs != runs:
            marks.append(Mark(at, runs))
    return marks


# What the dated rules say

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_PAUSES = {str(S.WAITING_CUSTOMER), str(S.WAITING_OTHER)}
MOST_LINES = 40


def _words(given: Mapping[str, Any], what: str, key: str = "key") -> tuple[str, str, str]:
    name, zh, en = given.get(key), given.get("zh"), given.get("en")
    fits = isinstance(name, str) and _KEY.match(name)
    if not fits or not all(isinstance(one, str) and 0 < len(one) <= 80 for one in (zh, en)):
        raise CaseRuleMalformed(f"{what} needs {key}, zh and en: {given!r}"[:300])
    return str(name), str(zh), str(en)


def _lines(value: Mapping[str, Any], part: str) -> list[Mapping[str, Any]]:
    lines = value.get(part, [])
    if not isinstance(lines, list) or len(lines) > MOST_LINES or not all(isinstance(o, dict) for o in lines):
        raise CaseRuleMalformed(f"{part} is a short list of objects")
    return lines


def kind_of(key: str, value: Any) -> CaseKind:
    """A kind of case as its dated rule writes it."""
    if not isinstance(value, dict):
        raise CaseRuleMalformed(f"the kind {key} cannot be read")
    _, zh, en = _words({**value, "key": key}, "a kind")
    target, team, pauses = value.get("target_minutes"), value.get("team"), value.get("pauses", [])
    if type(target) is not int or not 0 < target <= 1_000_000 or not isinstance(team, str):
        raise CaseRuleMalformed(f"the kind {key} needs a team and minutes")
    if not isinstance(pauses, list) or not set(map(str, pauses)) <= _PAUSES:
        raise CaseRuleMalformed(f"the clock of {key} cannot stand in {pauses!r}")
    items = [(*_words(o, "a line"), o.get("required", True) is True) for o in _lines(value, "checklist")]
    papers = [
        (*_words(o, "a paper", "kind"), o.get("required", True) is True, str(o.get("shows", "proof"))[:20])
        for o in _lines(value, "papers")
    ]
    for names in ([one[0] for one in items], [one[0] for one in papers]):
        if len(set(names)) != len(names):
            raise CaseRuleMalformed(f"something stands twice in {key}")
    return CaseKind(
        key=key, zh=zh, en=en, team=team, target=target, pauses=frozenset(S(str(one)) for one in pauses),
        confined=value.get("confined") is True, task=value.get("task") is True,
        items=tuple(ItemSpec(*one) for one in items), papers=tuple(PaperSpec(*one) for one in papers),
    )  # fmt: skip


def _minute(text: Any) -> int:
    try:
        moment = time.fromisoformat(text)
    except (TypeError, ValueError) as trouble:
        raise CaseRuleMalformed(f"no time of the day: {text!r}"[:200]) from trouble
    return moment.hour * 60 + moment.minute


def tasks_of(value: Any) -> list[TaskSpec]:
    """The recurring tasks as the dated rule writes them."""
    if not isinstance(value, dict):
        raise CaseRuleMalformed("recurring tasks cannot be read")
    found = []
    for one in _lines(value, "tasks"):
        key, kind, weekday, monthday = (one.get(part) for part in ("key", "kind", "weekday", "monthday"))
        named = all(isinstance(name, str) and _KEY.match(name) for name in (key, kind))
        whole = all(n is None or type(n) is int for n in (weekday, monthday))
        within = whole and (weekday or 0) in range(7) and (monthday or 1) in range(1, 29)
        if not named or not within or None not in (weekday, monthday):
            raise CaseRuleMalformed(f"a recurring task cannot be read: {one!r}"[:300])
        found.append(
            TaskSpec(
                str(key), str(kind), _minute(one.get("due")), str(one.get("team", "")), weekday, monthday
            )
        )
    if len({one.key for one in found}) != len(found):
        raise CaseRuleMalformed("a recurring task stands twice")
    return found


def falls_on(task: TaskSpec, day: date, previous: date | None) -> bool:
    """Whether a task is to be done on the business day ``day``; ``previous`` is the one before.

    One whose day was no business day moves to the next one that is, and is not left out.
    """
    if task.weekday is None and task.monthday is None:
        return True
    first = day if previous is None else min(day, max(previous + _DAY, day - timedelta(days=62)))
    days = (first + timedelta(days=n) for n in range((day - first).days + 1))
    return any(one.weekday() == task.weekday or one.day == task.monthday for one in days)


def due_on(task: TaskSpec, day: date) -> datetime:
    return datetime.combine(day, time(task.due // 60, task.due % 60), CHINA)


# Words that people write

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def plain(text: str) -> str:
    """What somebody typed, without the space around it and with one kind of line end."""
    return text.replace("\r\n", "\n").strip()


def is_text(text: str) -> bool:
    """Whether it is text at all: no control characters, no halves of characters."""
    return _CONTROLS.search(text) is None


_AT = re.compile(r"(?<![A-Za-z0-9._-])[@＠]")
_NUMBER = re.compile(r"[0-9]{4,12}(?![0-9])")
_TOKEN = re.compile(r"[^\s,.;:!?，。；：！？、（）()]{1,20}")


def mentions_in(text: str, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Whom a text names with ``@``: numbers and known names, in order; and what names nobody.

    Chinese goes on without a space, so the longest known name that fits is the one that is meant.
    """
    known = sorted(names, key=len, reverse=True)
    found, unknown = [], []
    for mark in _AT.finditer(text):
        rest = text[mark.end() :]
        if number := _NUMBER.match(rest):
            found.append(number.group())
            continue
        name = next((one for one in known if rest.casefold().startswith(one.casefold())), None)
        if name is not None:
            found.append(name)
        elif token := _TOKEN.match(rest):
            unknown.append(token.group())
    return list(dict.fromkeys(found)), list(dict.fromkeys(unknown))


def segments(text: str, mentions: Iterable[Mentioned]) -> list[tuple[str, bool]]:
    """The text in pieces; those that name somebody are marked."""
    names = {name for one in mentions for name in (one.number, *one.names) if name}
    if not names:
        return [(text, False)]
    ordered = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    pieces = re.split(f"([@＠](?:{ordered}))", text, flags=re.IGNORECASE)
    return [(piece, place % 2 == 1) for place, piece in enumerate(pieces) if piece]


def papers_in_force(rows: Sequence[tuple[PaperStatus, int | None]]) -> tuple[int, ...]:
    """The papers that count: those handed in since the last refusal."""
    found: list[int] = []
    for status, paper in rows:
        if status is P.REFUSED:
            found.clear()
        elif status is P.PRESENT and paper is not None:
            found.append(paper)
    return tuple(found)
