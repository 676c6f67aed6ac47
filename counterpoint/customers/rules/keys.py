"""Search keys 检索键: what a customer is found by, and what a typed query means.

Every key is searched by its beginning. So a number that people know by its end is stored backwards,
and a name once from each of its characters on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from counterpoint.customers.data import KeyKind, PartyKind, QueryTooShort
from counterpoint.customers.rules.documents import from_fifteen
from counterpoint.customers.rules.names import first_letters, latin_keys, plain_letters, readings
from counterpoint.customers.rules.text import is_han, readable
from counterpoint.kit.data import Why

LONGEST_QUERY = 120
SHORTEST_NUMBER = 4
SHORTEST_ACCOUNT = 6
#: How much of a name is kept as one key: enough to tell firms apart, short enough for an index.
KEY_LENGTH = 60
CUSTOMER_NUMBER_LENGTH = 10
#: Between a number and the hint of a name. Below every digit, so that a whole number sorts first.
GAP = " "
HINT_LENGTH = 20

Key = tuple[KeyKind, str]


@dataclass(frozen=True, slots=True)
class Probe:
    """One place to look: keys of ``kind`` that begin with ``prefix``. Lower ``rank`` comes first."""

    kind: KeyKind
    prefix: str
    rank: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a query means: any of ``probes``; ``both`` names a person who also has a number."""

    probes: tuple[Probe, ...]
    both: tuple[tuple[Probe, ...], tuple[Probe, ...]] | None = None

    @property
    def kinds(self) -> list[str]:
        sides = (*self.both[0], *self.both[1]) if self.both else ()
        return sorted({p.kind.name.lower() for p in (*self.probes, *sides)})


def name_keys(kind: PartyKind, name_zh: str, name_latin: str) -> set[Key]:
    """The keys of a party's names."""
    keys: set[Key] = set()
    if name_zh:
        name = folded_name(name_zh)
        keys.add((KeyKind.NAME, name[:KEY_LENGTH]))
        last = len(name) - 1 if kind is PartyKind.LEGAL else len(name)
        keys |= {(KeyKind.NAME_PART, name[i : i + KEY_LENGTH]) for i in range(1, last)}
        for full, initials in readings(name_zh):
            keys |= {(KeyKind.PINYIN, full[:KEY_LENGTH]), (KeyKind.INITIALS, initials[:KEY_LENGTH])}
    keys |= {(KeyKind.PINYIN, k[:KEY_LENGTH]) for k in latin_keys(name_latin)}
    return keys


def hint(name_zh: str, name_latin: str = "") -> str:
    """What a number's key says of the name beside it, so that 张三 1234 need not look at everybody.

    Empty for a long name: such a key says nothing, and the customer's name is looked at.
    """
    name = folded_name(name_zh)
    if len(name) > HINT_LENGTH:
        return ""
    letters = first_letters(name_zh) if name_zh else set()
    letters |= {key[0] for key in latin_keys(name_latin)}
    return f"{name}/{''.join(sorted(letters))}"


def may_be(probe: Probe, key: str) -> bool:
    """Whether the key of a number leaves it open that the name fits ``probe``."""
    _number, _gap, said = key.partition(GAP)
    name, _slash, letters = said.partition("/")
    if not said:
        return True
    if probe.kind in {KeyKind.NAME, KeyKind.NAME_PART}:
        return probe.prefix in name
    return probe.prefix[0] in letters


def is_whole(probe: Probe, key: str) -> bool:
    """Whether the whole number or name was typed, and not only its beginning or end."""
    return key.partition(GAP)[0] == probe.prefix


def _backwards(kind: KeyKind, number: str, said: str) -> Key:
    return kind, number[::-1] + (GAP + said if said else "")


def document_keys(number: str, said: str = "") -> set[Key]:
    """The key of a document; ``said`` is the ``hint`` of its owner's name."""
    return {_backwards(KeyKind.DOCUMENT, number, said)}


def phone_keys(phone: str, said: str = "") -> set[Key]:
    return {_backwards(KeyKind.PHONE, digits(phone.removeprefix("+86")), said)}


def account_keys(*numbers: str, said: str = "") -> set[Key]:
    return {_backwards(KeyKind.ACCOUNT, n, said) for n in map(digits, numbers) if n}


def digits(text: str) -> str:
    return "".join(c for c in text if c.isdecimal() and c.isascii())


def folded_name(name: str) -> str:
    """A name without dots, brackets and spaces, which nobody types alike."""
    return "".join(c for c in name.lower() if c.isalnum() or is_han(c))


def understand(query: str) -> Plan:
    """What is looked for. Refuses a query that would list half the bank."""
    text = readable(query, limit=LONGEST_QUERY)
    words = _words(text)
    if not words:
        raise _too_short(_("Type a name, its initials, or at least 4 digits."))
    joined = "".join(words)
    numbers = [w for w in words if _is_number(w)]
    others = [w for w in words if not _is_number(w)]
    if not others:
        return Plan(_number_probes(joined))
    found = _name_probes(others)
    if numbers:
        probes, number = _whole_probes(joined), "".join(numbers)
        if found and len(number) >= SHORTEST_NUMBER:
            return Plan(probes, (found, _number_probes(number, person=True)))
        found = probes
    if not found:
        raise _too_short(_("Type at least 4 digits of the number."))
    return Plan(found)


def _too_short(message: str) -> QueryTooShort:
    return QueryTooShort(message, why=Why(rule=_("Searching for customers"), remedy=_("Type more of it.")))


def _words(text: str) -> list[str]:
    """The words of a query: Chinese runs, letters, numbers. 张三1234 is two, E1234 is one."""
    text = re.sub(r"(?<=[0-9])[\s\-]+(?=[0-9]|[Xx]\b)", "", text)
    words: list[str] = []
    for word in re.split(r"[\s\-_,，()（）/·]+", text):
        if any(map(is_han, word)):
            words += re.findall(r"[0-9]+[Xx]?|[^0-9]+", word)
        else:
            words.append("".join(c for c in word if c.isalnum()))
    return [w for w in words if any(c.isalnum() or is_han(c) for c in w)]


def _is_number(word: str) -> bool:
    return bool(re.fullmatch(r"[0-9]+[Xx]?", word))


def _number_probes(number: str, *, person: bool = False) -> tuple[Probe, ...]:
    """Where a row of digits is looked for, by its end."""
    number = number.upper()
    if len(number) < SHORTEST_NUMBER:
        raise _too_short(_("Type at least 4 digits of the number."))
    backwards = number[::-1]
    probes = []
    if len(number) == CUSTOMER_NUMBER_LENGTH and not person:
        probes.append(Probe(KeyKind.NUMBER, number, 0))
    if not number.endswith("X"):
        phone = number[2:] if len(number) == 13 and number.startswith("86") else number
        probes.append(Probe(KeyKind.PHONE, phone[::-1], 1 if len(number) == 11 else 3))
    probes.append(Probe(KeyKind.DOCUMENT, backwards, 2))
    if len(number) == 15:
        probes.append(Probe(KeyKind.DOCUMENT, from_fifteen(number)[::-1], 2))
    if len(number) >= SHORTEST_ACCOUNT and not number.endswith("X"):
        probes.append(Probe(KeyKind.ACCOUNT, backwards, 4))
    return tuple(probes)


def _name_probes(words: list[str]) -> tuple[Probe, ...]:
    joined = "".join(words)
    if any(map(is_han, joined)):
        name = folded_name(joined)[:KEY_LENGTH]
        return Probe(KeyKind.NAME, name, 0), Probe(KeyKind.NAME_PART, name, 5)
    if any(c.isdecimal() for c in joined):
        return _whole_probes(joined)
    letters = plain_letters(joined)[:KEY_LENGTH]
    if not letters:
        raise _too_short(_("Type a name, its initials, or at least 4 digits."))
    return Probe(KeyKind.INITIALS, letters, 1), Probe(KeyKind.PINYIN, letters, 2)


def _whole_probes(joined: str) -> tuple[Probe, ...]:
    """Letters and digits as one thing: a document's number, or a firm's name."""
    if any(map(is_han, joined)):
        name = folded_name(joined)[:KEY_LENGTH]
        military = (Probe(KeyKind.DOCUMENT, joined[::-1], 2),) if "字第" in joined else ()
        return Probe(KeyKind.NAME, name, 0), Probe(KeyKind.NAME_PART, name, 5), *military
    if len(joined) < SHORTEST_NUMBER:
        return ()
    probes = [Probe(KeyKind.DOCUMENT, joined.upper()[::-1], 2)]
    if re.fullmatch(r"[HhMm][0-9]{10}", joined):
        probes.append(Probe(KeyKind.DOCUMENT, joined.upper()[:9][::-1], 2))
    return tuple(probes)
