"""Pure decisions: what a text may be, what of it is masked, how it is found, what is worth a notice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from counterpoint.talk.data import Kind, Retention, SubjectKind, TalkMalformed

CLASS_OF = {
    Kind.DIRECT: Retention.PERSONAL,
    Kind.GROUP: Retention.WORK,
    Kind.BRANCH: Retention.WORK,
    Kind.THREAD: Retention.RECORD,
}

# ---- what people write ---------------------------------------------------------------------------------

#: Control, format and half characters: an invisible one could turn words around or split a number.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
#: Eleven figures are a phone, more an account, a card or an identity document.
_NUMBER = re.compile(r"(?<![0-9])[0-9](?:[ .\-‐‑–—]{0,2}[0-9]){10,21}[Xx]?(?![0-9])")
_LINK = re.compile(r"https?://[^\s<>\"'“”‘’（）《》【】，。；、！？\u3000]{1,1000}", re.I)
_TRAILING = ".,;:!?)]}"


def plain(text: str) -> str:
    """What somebody typed: one kind of line end, plain figures, nothing invisible, no space around it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (_kept(one) for one in lines if one in "\n\t" or unicodedata.category(one) not in _UNSEEN)
    return "".join(kept).strip()


def _kept(letter: str) -> str:
    # Wide and foreign figures would pass by the mask.
    figure = None if letter.isascii() else unicodedata.decimal(letter, None)
    return letter if figure is None else str(figure)


def masked(text: str) -> str:
    """The text with the numbers of accounts, cards, papers and phones cut to their last four 脱敏."""
    return _NUMBER.sub(lambda found: "****" + re.sub(r"[^0-9Xx]", "", found.group())[-4:], text)


class Piece(NamedTuple):
    """A stretch of a text: ``link`` is an address, ``name`` somebody who is mentioned, ``mask`` a number."""

    what: str
    text: str


def pieces(text: str, names: Iterable[str] = ()) -> list[Piece]:
    """A masked text cut into what is drawn differently; everything in it stays text."""
    found = sorted({f"@{name}" for name in names if name}, key=len, reverse=True)
    marks = [_LINK.pattern, r"\*{4}[0-9]{3}[0-9Xx]", *(re.escape(one) for one in found)]
    cut: list[Piece] = []
    at = 0
    for hit in re.finditer("|".join(marks), text, re.I):
        word = hit.group()
        if _LINK.match(word):
            word = word.rstrip(_TRAILING)
        what = "link" if _LINK.match(word) else "mask" if word.startswith("****") else "name"
        if hit.start() > at:
            cut.append(Piece("", text[at : hit.start()]))
        cut.append(Piece(what, word))
        at = hit.start() + len(word)
    if at < len(text):
        cut.append(Piece("", text[at:]))
    return cut


def mentioned(text: str, names: Mapping[int, str]) -> set[int]:
    """Who is named with an ``@``; of two people with one name both are, and the longer name counts."""
    found: set[int] = set()
    rest = text
    for name in sorted(set(names.values()), key=len, reverse=True):
        if name and f"@{name}" in rest:
            found |= {person for person, one in names.items() if one == name}
            rest = rest.replace(f"@{name}", " ")
    return found


# ---- search --------------------------------------------------------------------------------------------

_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")


def index(text: str) -> list[str]:
    """By what a message is found: pairs of Chinese characters, threes of letters, and what is shorter."""
    found: set[str] = set()
    for word in _WORD.findall(text.lower()):
        size = 3 if word.isascii() else 2
        found |= {word[at : at + size] for at in range(len(word) - size + 1)}
        found |= {f" {word[:size]}" for size in (1, 2)} if word.isascii() else set(word)
    return sorted(found)


def asked(query: str) -> list[str]:
    """What a message must have to be found by these words."""
    found: set[str] = set()
    for word in _WORD.findall(query.lower()):
        size = 3 if word.isascii() else 2
        whole = {word[at : at + size] for at in range(len(word) - size + 1)}
        found |= whole or {f" {word}" if word.isascii() else word}
    return sorted(found)


def excerpt(text: str, query: str, *, around: int = 40) -> tuple[tuple[str, bool], ...]:
    """Where the longest word of the query stands in the text, with what is around it."""
    line = " ".join(text.split())
    lower = line.lower()
    for word in sorted(query.lower().split(), key=len, reverse=True):
        at = lower.find(word)
        if at >= 0:
            start, end = max(0, at - around), min(len(line), at + len(word) + around)
            before = ("…" if start else "") + line[start:at]
            after = line[at + len(word) : end] + ("…" if end < len(line) else "")
            return ((before, False), (line[at : at + len(word)], True), (after, False))
    return ((line[: 2 * around] + ("…" if len(line) > 2 * around else ""), False),)


# ---- what interrupts, what is kept ---------------------------------------------------------------------


def interrupts(
    *, kind: Kind, urgent: bool, named: bool, own_visit: bool, serving: bool, let_through: Iterable[str]
) -> bool:
    """Is a message worth a notice on the screen now? Who serves is let alone, but for what the rule names.

    ``own_visit``: it was said in the thread of the visit that the reader serves.
    """
    if not serving:
        return urgent or named or kind is Kind.DIRECT
    through = set(let_through)
    return (urgent and "urgent" in through) or (named and own_visit and "mention" in through)


def days_of(value: Any) -> dict[Retention, int]:
    """For how many days each class is kept, from the rule."""
    if not isinstance(value, dict):
        raise TalkMalformed("talk.retention_days is a table of classes and days")
    found = {}
    for one in Retention:
        days = value.get(one)
        if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= 36_500:
            raise TalkMalformed(f"talk.retention_days has no days for {one}")
        found[one] = days
    return found


def subject_name(kind: SubjectKind, id: int) -> str:
    """The event subject of what a thread is about."""
    return f"{kind}:{id}"
