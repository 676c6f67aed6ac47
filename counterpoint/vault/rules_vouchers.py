"""Pure rules of blank vouchers: what may follow what, and sums over ranges of serials."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from counterpoint.kit.states import Machine, Move, State
from counterpoint.vault.data_vouchers import (
    BOOKED,
    PIECES_MAX_VOUCHERS,
    Part,
    Run,
    VoucherAct,
    VoucherMalformed,
    VoucherState,
)

VOUCHER = Machine(
    name="voucher",
    title="Important blank voucher 重要空白凭证",
    states=(
        State("held", "in stock 在库", "issue, use, void; ¥1 outside the balance sheet"),
        State("skipped", "skipped 跳号", "void or restore; ¥1 outside the balance sheet"),
        State("used", "used 已使用", "nothing but to be made void"),
        State("void", "void 作废", "return, destroy"),
        State("lost", "lost 遗失", "being found"),
        State("returned", "returned 上缴", "nothing: it left the branch"),
        State("destroyed", "destroyed 销毁", "nothing"),
    ),
    start="held",
    moves=(
        Move("held", "used", "given to a customer, lowest number first"),
        Move("held", "skipped", "passed over, with reason and second person"),
        Move("skipped", "held", "put back in its place"),
        Move("held", "void", "spoiled, with reason and second person"),
        Move("skipped", "void", "the passed-over number is given up"),
        Move("used", "void", "spoiled after it was registered as used"),
        Move("held", "lost", "not found at a count"),
        Move("skipped", "lost", "not found at a count"),
        Move("void", "lost", "not found at a count"),
        Move("lost", "held", "found again"),
        Move("held", "returned", "handed in"),
        Move("void", "returned", "handed in"),
        Move("void", "destroyed", "destroyed by two people"),
    ),
)

HAND_OVER = Machine(
    name="hand_over",
    title="Hand-over 交接班",
    states=(
        State("proposed", "awaiting the receiver 待接", "counting, signing, refusing"),
        State("accepted", "handed over 已交接", "nothing: custody has changed"),
        State("refused", "refused 已拒绝", "nothing: the giver's custody is as it was"),
        State("cancelled", "cancelled 已撤销", "nothing: the giver's custody is as it was"),
    ),
    start="proposed",
    moves=(
        Move("proposed", "accepted", "the count agrees, three people sign"),
        Move("proposed", "refused", "the receiver does not take it"),
        Move("proposed", "cancelled", "the giver takes it back"),
    ),
)


@dataclass(frozen=True, slots=True)
class Conduct:
    """How one act is done: from which states to which, by how many, in which order."""

    sources: tuple[VoucherState, ...]
    target: VoucherState
    second: bool = True
    reason: bool = True
    lowest: bool = False


_HELD, _SKIPPED, _USED, _VOID = VoucherState.HELD, VoucherState.SKIPPED, VoucherState.USED, VoucherState.VOID
_LOST = VoucherState.LOST
CONDUCT: dict[VoucherAct, Conduct] = {
    VoucherAct.RECEIVE: Conduct((), _HELD, reason=False),
    VoucherAct.MOVE: Conduct((_HELD,), _HELD, reason=False, lowest=True),
    VoucherAct.USE: Conduct((_HELD,), _USED, second=False, reason=False, lowest=True),
    VoucherAct.SKIP: Conduct((_HELD,), _SKIPPED),
    VoucherAct.RESTORE: Conduct((_SKIPPED,), _HELD, second=False),
    VoucherAct.VOID: Conduct((_HELD, _SKIPPED, _USED), _VOID),
    VoucherAct.LOSE: Conduct((_HELD, _SKIPPED, _VOID), _LOST),
    VoucherAct.FIND: Conduct((_LOST,), _HELD),
    VoucherAct.RETURN: Conduct((_HELD, _VOID), VoucherState.RETURNED),
    VoucherAct.DESTROY: Conduct((_VOID,), VoucherState.DESTROYED),
}


def span(first: int, last: int, digits: int) -> tuple[int, int]:
    """``first`` and ``last`` if they are a range of register numbers; else said clearly."""
    if type(first) is not int or type(last) is not int or not 0 <= first <= last:
        raise VoucherMalformed(_("The last number lies before the first."), first=first, last=last)
    if len(str(last)) > digits:
        raise VoucherMalformed(_("This number is too long for the form."), last=last, digits=digits)
    if last - first >= PIECES_MAX_VOUCHERS:
        raise VoucherMalformed(_("That is too many at once."), first=first, last=last)
    return first, last


def merged(runs: Iterable[Run]) -> list[Run]:
    """The same serials in as few runs as possible, in order."""
    whole: list[Run] = []
    for run in sorted(runs, key=lambda r: r.first):
        before = whole[-1] if whole else None
        if before and before.last + 1 == run.first and (before.state, before.box) == (run.state, run.box):
            whole[-1] = replace(before, last=run.last)
        else:
            whole.append(run)
    return whole


def lowest(runs: Iterable[Run], box: int, state: VoucherState = VoucherState.HELD) -> int | None:
    """The lowest number of a box that may be given out next."""
    return min((r.first for r in runs if r.box == box and r.state is state), default=None)


def covered(runs: Iterable[Run], first: int, last: int) -> list[Run]:
    """The pieces of ``runs`` that lie between ``first`` and ``last``, in order."""
    cut = [
        replace(run, first=max(run.first, first), last=min(run.last, last))
        for run in runs
        if run.first <= last and run.last >= first
    ]
    return sorted(cut, key=lambda r: r.first)


def carve(runs: Sequence[Run], first: int, last: int, state: VoucherState, box: int) -> list[Run]:
    """``runs`` after ``first`` to ``last``, all of them known, came into ``state`` in ``box``."""
    rest: list[Run] = []
    for run in runs:
        if run.last < first or run.first > last:
            rest.append(run)
            continue
        if run.first < first:
            rest.append(replace(run, last=first - 1))
        if run.last > last:
            rest.append(replace(run, first=last + 1))
    return merged([*rest, Run(first, last, state, box)])


def pieces(runs: Iterable[Run], states: Iterable[VoucherState] = BOOKED) -> int:
    wanted = set(states)
    return sum(run.count for run in runs if run.state in wanted)


type Spans = list[tuple[int, int]]


def joined(spans: Iterable[tuple[int, int]]) -> Spans:
    """Ranges in order, neighbours put together; an overlap is refused, as one form is counted once."""
    whole: Spans = []
    for first, last in sorted(spans):
        if whole and first <= whole[-1][1]:
            raise VoucherMalformed(_("A number is entered twice."), first=first)
        if whole and whole[-1][1] + 1 == first:
            whole[-1] = (whole[-1][0], last)
        else:
            whole.append((first, last))
    return whole


def without(spans: Spans, others: Spans) -> Spans:
    """What of ``spans`` is in none of ``others``."""
    left: Spans = []
    for first, last in spans:
        at = first
        for low, high in others:
            if high < at or low > last:
                continue
            if low > at:
                left.append((at, low - 1))
            at = max(at, high + 1)
        if at <= last:
            left.append((at, last))
    return left


_SPAN = re.compile(r"(\d{1,16})(?:\s*[-–—~至]\s*(\d{1,16}))?")
_BETWEEN = re.compile(r"[\s,，;；、]+")


def parse_spans(text: str, prefix: str = "") -> Spans:
    """``101-150, 160`` as ranges. Full-width signs are read; anything else is refused, not passed over."""
    plain = unicodedata.normalize("NFKC", text)
    if prefix:
        plain = plain.replace(prefix, "")
    spans, at = [], 0
    plain = plain.strip()
    while at < len(plain):
        found = _SPAN.match(plain, at)
        if found is None:
            raise VoucherMalformed(_("Write numbers as 101-150, 160."), text=text[:80])
        first = int(found[1])
        last = int(found[2]) if found[2] else first
        if last < first:
            raise VoucherMalformed(_("The last number lies before the first."), first=first, last=last)
        spans.append((first, last))
        at = found.end()
        gap = _BETWEEN.match(plain, at)
        if gap is None and at < len(plain):
            raise VoucherMalformed(_("Write numbers as 101-150, 160."), text=text[:80])
        at = gap.end() if gap else at
    return joined(spans)


def differences(
    expected: Mapping[str, Spans], counted: Mapping[str, Spans]
) -> tuple[list[tuple[str, int, int]], list[tuple[str, int, int]]]:
    """What a count misses and what it has too much, by kind. Never netted."""
    missing, extra = [], []
    for kind in sorted({*expected, *counted}):
        want, have = expected.get(kind, []), counted.get(kind, [])
        missing += [(kind, *one) for one in without(want, have)]
        extra += [(kind, *one) for one in without(have, want)]
    return missing, extra


#: Parts that one person may not hold together: any two of the three, and a key with its combination.
_APART = ({Part.SEAL, Part.CODE, Part.VOUCHER}, {Part.KEY, Part.COMBINATION})


def together(parts: Iterable[Part], people: int = 3) -> tuple[Part, ...]:
    """The parts in one hand that must be apart; empty when all is well.

    ``people`` is the rule's number: 3 keeps each of the three with another person, 2 only forbids all
    three in one hand.
    """
    mine = set(parts)
    for group in _APART:
        common = sorted(mine & group)
        most = 1 if len(group) == 2 or people >= 3 else 2
        if len(common) > most:
            return tuple(common)
    return ()
