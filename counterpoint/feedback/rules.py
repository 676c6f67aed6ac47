"""Pure decisions: what may follow, who owns an operation, what of a text may be kept, what closes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from counterpoint.feedback.data import Department, Effect, FeedbackRuleMalformed, ItemState
from counterpoint.kit.states import Machine, Move, State
from counterpoint.people.data import Duty

S = ItemState
MACHINE = Machine(
    name="feedback",
    title="A problem or an idea 问题与建议",
    states=(
        State(S.REPORTED, "reported 已上报", "anybody of its department may take it; the clock runs"),
        State(S.TRIAGED, "being looked into 处理中", "its owner asks, plans or answers; the clock runs"),
        State(S.WAITING, "waits for the reporter 待反映人", "the clock stands"),
        State(S.PLANNED, "planned 已列计划", "it is due on the day that was promised"),
        State(S.ANSWERED, "answered 已答复", "the reporter rates it or reopens it once"),
        State(S.CLOSED, "closed 已办结", "it may still be reopened for some working days"),
        State(S.DUPLICATE, "a duplicate 重复", "its people follow the other one"),
    ),
    start=S.REPORTED,
    moves=(
        Move(S.REPORTED, S.TRIAGED, "somebody of the department takes it"),
        Move(S.REPORTED, S.DUPLICATE, "merged into another"),
        Move(S.TRIAGED, S.REPORTED, "handed to another department"),
        Move(S.TRIAGED, S.WAITING, "the reporter is asked"),
        Move(S.TRIAGED, S.PLANNED, "it will be done by a day"),
        Move(S.TRIAGED, S.ANSWERED, "answered"),
        Move(S.TRIAGED, S.DUPLICATE, "merged into another"),
        Move(S.WAITING, S.TRIAGED, "the reporter replies"),
        Move(S.PLANNED, S.PLANNED, "planned for another day"),
        Move(S.PLANNED, S.ANSWERED, "done, and answered"),
        Move(S.ANSWERED, S.CLOSED, "a measured effect, or a reason"),
        Move(S.ANSWERED, S.REPORTED, "reopened once by the reporter"),
        Move(S.CLOSED, S.REPORTED, "reopened once by the reporter"),
    ),
)

#: The states in which somebody of the department has something to do.
OPEN = (S.REPORTED, S.TRIAGED, S.WAITING, S.PLANNED, S.ANSWERED)
#: The states in which the clock runs.
RUNNING = frozenset({S.REPORTED, S.TRIAGED})


def marks(steps: Sequence[tuple[datetime, ItemState]]) -> list[tuple[datetime, bool]]:
    """When the clock ran, by the states since the item was reported, or reopened, for the last time.

    Being handed to another department does not start it again.
    """
    begun = 0
    for at in range(1, len(steps)):
        if steps[at][1] is S.REPORTED and steps[at - 1][1] in (S.ANSWERED, S.CLOSED):
            begun = at
    return [(at, state in RUNNING) for at, state in steps[begun:]]


# ---- what the dated rules say --------------------------------------------------------------------------


def departments_of(value: Any) -> dict[str, Department]:
    """The departments as the dated rule writes them."""
    found: dict[str, Department] = {}
    for one in _lines(value):
        texts = [one.get(name) for name in ("key", "zh", "en")]
        duty, superior = one.get("duty"), one.get("superior", "")
        if not all(isinstance(text, str) and 0 < len(text) <= 40 for text in texts) or duty not in set(Duty):
            raise FeedbackRuleMalformed(f"a department needs key, zh, en and a duty: {one!r}"[:300])
        key, zh, en = map(str, texts)
        found[key] = Department(key, zh, en, str(duty), one.get("of_branch") is True, str(superior))
    if not found or any(one.superior and one.superior not in found for one in found.values()):
        raise FeedbackRuleMalformed("a department's superior is missing")
    return found


def route(value: Any, operation: str, departments: Mapping[str, Department]) -> Department:
    """Who owns an operation: the longest prefix that fits; the empty one is for everything else."""
    best: tuple[int, str] | None = None
    for one in _lines(value):
        prefix, key = one.get("prefix"), one.get("department")
        if not isinstance(prefix, str) or key not in departments:
            raise FeedbackRuleMalformed(f"a route needs a prefix and a department: {one!r}"[:300])
        if operation.startswith(prefix) and (best is None or len(prefix) > best[0]):
            best = (len(prefix), str(key))
    if best is None:
        raise FeedbackRuleMalformed("no route is for everything else")
    return departments[best[1]]


def _lines(value: Any) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or len(value) > 200 or not all(isinstance(one, dict) for one in value):
        raise FeedbackRuleMalformed("a short list of objects is needed")
    return value


# ---- what people write ---------------------------------------------------------------------------------

_NUMBER = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){10,21}[Xx]?(?![0-9])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_OPERATION = re.compile(r"[0-9]{4}\Z")


def plain(text: str) -> str:
    """What somebody typed, with one kind of line end, without control characters or space around it."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def masked(text: str) -> str:
    """A text in which numbers of accounts, cards, papers and phones keep their last four characters."""
    return _NUMBER.sub(lambda found: "****" + re.sub(r"[ -]", "", found.group())[-4:], text)


def address_of(url: str) -> str:
    """The bare address of a screen: what was searched for on it, after the ``?``, may name a customer."""
    try:
        path = urlsplit(url.strip()).path
    except ValueError:
        return ""
    return path[:200] if path.startswith("/") and path.isprintable() else ""


def operation_of(text: str) -> str:
    return text if _OPERATION.match(text) else ""


def closes(effect: Effect) -> bool:
    """Is this enough to close an item: something measured, or a reason why nothing is?"""
    return effect.measured or (bool(effect.reason) and not effect.text)
