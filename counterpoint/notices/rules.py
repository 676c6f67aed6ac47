"""Pure decisions: what may follow, where a version stands, whom it is for, what a search looks for."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from counterpoint.kit.states import Machine, Move, State
from counterpoint.notices.data import (
    Audience,
    Choice,
    NoticeMalformed,
    Phase,
    Question,
    VersionState,
)

S = VersionState
MACHINE = Machine(
    name="notice",
    title="A version of a notice 通知版本",
    states=(
        State(S.DRAFT, "being written 起草", "changes by its author"),
        State(S.SUBMITTED, "waits for approval 待审批", "approval or return by somebody else"),
        State(S.PUBLISHED, "published 已发布", "reading; nothing of it changes"),
        State(S.WITHDRAWN, "withdrawn 已撤回"),
        State(S.DROPPED, "given up 已放弃"),
    ),
    start=S.DRAFT,
    moves=(
        Move(S.DRAFT, S.SUBMITTED, "the author submits"),
        Move(S.SUBMITTED, S.DRAFT, "returned with a reason"),
        Move(S.SUBMITTED, S.PUBLISHED, "somebody else approves"),
        Move(S.PUBLISHED, S.WITHDRAWN, "withdrawn with a reason"),
        Move(S.DRAFT, S.DROPPED, "the author gives it up"),
    ),
)


def phase(
    state: VersionState, effective: datetime | None, expires: datetime | None, ends: datetime | None,
    at: datetime,
) -> Phase:  # fmt: skip
    """What the clock makes of a version."""
    if state is not S.PUBLISHED or effective is None:
        return Phase(str(state))
    if ends is not None and ends <= at:
        return Phase.SUPERSEDED
    if expires is not None and expires <= at:
        return Phase.EXPIRED
    return Phase.SCHEDULED if at < effective else Phase.LIVE


def reaches(audience: Audience, *, person: int, branch: int, roles: Iterable[str]) -> bool:
    """Is the notice for this person?"""
    if audience.everybody or person in audience.people:
        return True
    if not audience.branches and not audience.roles:
        return False
    here = not audience.branches or branch in audience.branches
    return here and (not audience.roles or bool(set(audience.roles) & set(roles)))


# ---- questions, as they are written ------------------------------------------------------------------


def questions_of(text: str) -> tuple[Question, ...]:
    """Questions from lines: ``?`` asks, ``+`` is the right choice, ``-`` a wrong one, ``!`` explains.

    After a ``|`` follows the English.
    """
    blocks: list[list[tuple[str, str, str]]] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line:
            continue
        mark, zh, en = line[0], *_both(line[1:])
        if mark not in "?？+-!！" or not zh:
            raise NoticeMalformed(f"{number}: {line[:40]}", field="questions", word="line")
        mark = {"？": "?", "！": "!"}.get(mark, mark)
        if mark == "?":
            blocks.append([])
        elif not blocks:
            raise NoticeMalformed(f"{number}: {line[:40]}", field="questions", word="line")
        blocks[-1].append((mark, zh, en))
    return tuple(_question(block) for block in blocks)


def _both(text: str) -> tuple[str, str]:
    zh, _bar, en = text.partition("|")
    return zh.strip(), en.strip()


def _question(block: list[tuple[str, str, str]]) -> Question:
    _mark, zh, en = block[0]
    choices = tuple(Choice(zh, en, mark == "+") for mark, zh, en in block if mark in "+-")
    if sum(one.right for one in choices) != 1 or len(choices) < 2:
        raise NoticeMalformed(zh[:40], field="questions", word="choices")
    why = next(((zh, en) for mark, zh, en in block if mark == "!"), ("", ""))
    return Question(zh, en, choices, *why)


def questions_text(questions: Sequence[Question]) -> str:
    """The same, written down again."""
    lines = []
    for one in questions:
        lines.append(_written("?", one.zh, one.en))
        lines += [_written("+" if c.right else "-", c.zh, c.en) for c in one.choices]
        if one.why_zh:
            lines.append(_written("!", one.why_zh, one.why_en))
        lines.append("")
    return "\n".join(lines).strip()


def _written(mark: str, zh: str, en: str) -> str:
    return f"{mark} {zh} | {en}" if en else f"{mark} {zh}"


def dump(questions: Sequence[Question]) -> list[dict[str, Any]]:
    return [asdict(one) for one in questions]


def load(rows: Iterable[dict[str, Any]]) -> tuple[Question, ...]:
    return tuple(
        Question(**(row | {"choices": tuple(Choice(**choice) for choice in row["choices"])})) for row in rows
    )


# ---- the difference between two versions -------------------------------------------------------------


def difference(before: str, after: str) -> list[tuple[str, str]]:
    """The lines of both texts, each with ``same``, ``gone`` or ``new``."""
    words = {" ": "same", "-": "gone", "+": "new"}
    compared = difflib.ndiff(before.splitlines(), after.splitlines())
    return [(words[line[0]], line[2:]) for line in compared if line[0] in words]


# ---- search ------------------------------------------------------------------------------------------

_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")


def grams(text: str, *, asked: bool = False) -> set[str]:
    """Short pieces by which a text is found: pairs of Chinese characters, threes of letters or figures.

    A text also keeps single characters and the beginnings of its words, for short questions; what is
    ``asked`` keeps those only where it has nothing longer.
    """
    found: set[str] = set()
    for word in _WORD.findall(text.lower()):
        size = 3 if word.isascii() else 2
        found |= {word[at : at + size] for at in range(len(word) - size + 1)}
        if not word.isascii():
            short = set(word)
        else:
            short = {f" {word[:length]}" for length in (1, 2) if len(word) >= length}
        if not asked:
            found |= short
        elif len(word) < size:
            found.add(word if not word.isascii() else f" {word}")
    return found


def index(texts: Iterable[str], spoken: Iterable[str], pinyin: Callable[[str], str]) -> list[str]:
    """Everything by which a version is found: its texts, and the pinyin of its titles."""
    found: set[str] = set()
    for text in texts:
        found |= grams(text)
    for text in spoken:
        found |= grams(pinyin(text))
    return sorted(found)


AROUND = 36


def excerpt(text: str, query: str) -> tuple[tuple[str, bool], ...]:
    """Where a word of the query stands in the text, with what is around it; the hit is marked."""
    plain = " ".join(text.split())
    terms = sorted({term for term in query.lower().split() if term}, key=len, reverse=True)
    pieces = terms + sorted(grams(query, asked=True), key=len, reverse=True)
    lower = plain.lower()
    for piece in pieces:
        at = lower.find(piece.strip())
        if at >= 0 and piece.strip():
            end = at + len(piece.strip())
            start, stop = max(0, at - AROUND), min(len(plain), end + AROUND)
            head, tail = "…" if start else "", "…" if stop < len(plain) else ""
            return ((head + plain[start:at], False), (plain[at:end], True), (plain[end:stop] + tail, False))
    return ((plain[: 2 * AROUND] + ("…" if len(plain) > 2 * AROUND else ""), False),) if plain else ()
