"""Whether two records are one person 疑似重复: points for what agrees, with the reasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from counterpoint.customers.data import Reason
from counterpoint.customers.rules.names import plain_letters, toneless

#: From here on a second record needs a word that it is somebody else.
LIKELY = 60
#: Below this nothing is said at all.
WORTH_SAYING = 30


@dataclass(frozen=True, slots=True)
class Facts:
    """What two records are compared by."""

    name_zh: str = ""
    name_latin: str = ""
    birth_date: date | None = None
    documents: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    phones: frozenset[str] = field(default_factory=frozenset)


def compare(one: Facts, two: Facts) -> tuple[int, tuple[Reason, ...]]:
    """Points to 100 and the reasons for them."""
    if one.documents & two.documents:
        return 100, (Reason.SAME_DOCUMENT,)
    reasons: list[Reason] = []
    same_name = (bool(one.name_zh) and one.name_zh == two.name_zh) or _same_latin(one, two)
    same_sound = (
        not same_name
        and bool(one.name_zh and two.name_zh)
        and (toneless(one.name_zh) == toneless(two.name_zh) != "")
    )
    born = one.birth_date is not None and one.birth_date == two.birth_date
    phone = bool(one.phones & two.phones)
    near = any(_one_slip(a, b) for space, a in one.documents for other, b in two.documents if space == other)
    points = 0
    for holds, reason, worth in (
        (near, Reason.SIMILAR_DOCUMENT, 45),
        (same_name, Reason.SAME_NAME, 45),
        (same_sound, Reason.SAME_SOUND, 30),
        # A similar number has the birth date in it: that is no second thing.
        (born, Reason.SAME_BIRTH_DATE, 0 if near else 30),
        (phone, Reason.SAME_PHONE, 30),
    ):
        if holds:
            reasons.append(reason)
            points += worth
    # One thing alone proves nothing: a namesake, a twin, a family telephone.
    if len(reasons) < 2:
        points = min(points, WORTH_SAYING)
    # Both have a valid document of one register, and they differ in more than a slip: two people.
    if not near and {s for s, _ in one.documents} & {s for s, _ in two.documents}:
        points = min(points, LIKELY - 1)
    return min(points, 99), tuple(reasons)


def _same_latin(one: Facts, two: Facts) -> bool:
    a = sorted(map(plain_letters, one.name_latin.replace(",", " ").split()))
    b = sorted(map(plain_letters, two.name_latin.replace(",", " ").split()))
    return bool(a) and a == b


def _one_slip(a: str, b: str) -> bool:
    """One character wrong, or two neighbours exchanged, in numbers of one length."""
    if len(a) != len(b) or a == b:
        return False
    apart = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    # The check digit differs whenever another one does.
    inner = [i for i in apart if i != len(a) - 1]
    if len(inner) <= 1:
        return True
    return (
        len(inner) == 2
        and inner[1] == inner[0] + 1
        and a[inner[0]] == b[inner[1]]
        and a[inner[1]] == b[inner[0]]
    )
