"""The workbench of differences 差错查找: causes that would explain one, from the day's own figures. Pure.

``difference`` is what was counted less what the books say: over zero long, under it short. A movement's
``amount`` is over zero where cash came in. Books too high by ``x`` show as a difference of ``-x``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from counterpoint.vault.data import face_value
from counterpoint.vault.data_counts import Cause, Moved, OtherBox, PieceUnit, Proposal
from counterpoint.vault.rules_counts import Binding

#: A proposal must be checkable by hand: more than this many confuse more than they help.
PROPOSALS_MAX = 12
#: So many pieces of one face are taken for another, at most; more is no slip of the hand.
CONFUSED_MAX = 200
UNITS_MAX = 20


def swapped(amount: int) -> Iterator[int]:
    """The figures that ``amount`` becomes when two neighbouring digits change places."""
    digits = str(amount)
    for at in range(len(digits) - 1):
        if digits[at] != digits[at + 1] and (at or digits[1] != "0"):
            yield int(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :])


def transposed(difference: int, moved: Sequence[Moved]) -> Iterator[Proposal]:
    """Two digits changed places 数字换位: the difference is divisible by 9, and a booked figure fits."""
    if difference % 9:
        return
    for one in moved:
        sign = 1 if one.amount > 0 else -1
        for real in swapped(abs(one.amount)):
            # Booked ``amount`` where ``real`` was handed over: the box differs by what is between.
            if sign * real - one.amount == difference:
                yield Proposal(
                    Cause.TRANSPOSED, 85, one.entry, evidence={"booked": abs(one.amount), "real": real}
                )


def repeated(difference: int, moved: Sequence[Moved]) -> Iterator[Proposal]:
    """An entry of exactly this amount that was booked and not done; surer when there are two alike."""
    fitting = [one for one in moved if one.amount == -difference]
    for one in fitting:
        twin = len(fitting) > 1
        near = twin and min(
            abs((one.at - other.at).total_seconds()) for other in fitting if other is not one
        ) <= 900  # fmt: skip
        likely = 90 if near else 75 if twin else 45
        evidence = {"amount": abs(one.amount), "times": len(fitting), "near": near}
        yield Proposal(Cause.DOUBLED, likely, one.entry, evidence=evidence)


def missing(difference: int, moved: Sequence[Moved], all_moved: Sequence[Moved]) -> Iterator[Proposal]:
    """Done and not booked: like an entry of the same amount and side, or one that was taken back."""
    for one in all_moved:
        if one.undone and one.amount == difference:
            yield Proposal(Cause.MISSING, 80, one.entry, evidence={"amount": abs(difference), "undone": True})
    for one in moved:
        if one.amount == difference:
            yield Proposal(
                Cause.MISSING, 35, one.entry, evidence={"amount": abs(difference), "undone": False}
            )


def wrong_side(difference: int, moved: Sequence[Moved]) -> Iterator[Proposal]:
    """In booked as out or out as in 收付反向: an entry of half the difference."""
    if difference % 2:
        return
    for one in moved:
        if one.amount == -difference // 2:
            yield Proposal(Cause.WRONG_SIDE, 70, one.entry, evidence={"amount": abs(one.amount)})


def zeros(difference: int, moved: Sequence[Moved]) -> Iterator[Proposal]:
    """A zero too many or too few 多位少位: ten or a hundred times the figure."""
    for one in moved:
        for factor in (10, 100):
            for real in (one.amount * factor, one.amount // factor if one.amount % factor == 0 else 0):
                if real and real - one.amount == difference:
                    yield Proposal(
                        Cause.ZEROS, 80, one.entry, evidence={"booked": abs(one.amount), "real": abs(real)}
                    )


def mirrors(difference: int, others: Iterable[OtherBox]) -> Iterator[Proposal]:
    """The same amount on the other side in another box of the branch 对方柜员相反差错."""
    for other in others:
        if other.amount == -difference:
            yield Proposal(Cause.MIRROR, 88, other=other, evidence={"amount": abs(difference)})


def units(
    off: Mapping[str, int], typed: Mapping[str, Mapping[str, int]], binding: Binding
) -> Iterator[Proposal]:
    """A bundle counted by another unit than it is 捆把误点: the pieces differ by whole ones."""
    for face, pieces in off.items():
        if face.startswith("c"):
            confusions = [
                (PieceUnit.ROLLS, PieceUnit.LOOSE, binding.roll - 1),
                (PieceUnit.ROLLS, None, binding.roll),
            ]
        else:
            confusions = [
                (PieceUnit.BUNDLES, PieceUnit.STRAPS, binding.bundle - binding.strap),
                (PieceUnit.BUNDLES, PieceUnit.LOOSE, binding.bundle - 1),
                (PieceUnit.STRAPS, PieceUnit.LOOSE, binding.strap - 1),
                (PieceUnit.BUNDLES, None, binding.bundle),
                (PieceUnit.STRAPS, None, binding.strap),
            ]
        for large, small, step in confusions:
            times, rest = divmod(abs(pieces), step)
            if rest or not 0 < times <= UNITS_MAX:
                continue
            # Too many counted: small ones were typed as large ones; too few: the other way round.
            taken_for = large if pieces > 0 else small
            had = typed.get(face, {}).get(str(taken_for), 0) if taken_for else times
            evidence = {"face": face, "times": times, "pieces": abs(pieces), "long": pieces > 0,
                        "large": str(large), "small": str(small or "")}  # fmt: skip
            if had >= times:
                yield Proposal(Cause.UNIT, 82 if small else 60, evidence=evidence)


def confused(difference: int, off: Mapping[str, int]) -> Iterator[Proposal]:
    """Pieces of one face taken for another 券别误认: some of one too many, as many of another too few."""
    for one, other in combinations(off, 2):
        more, less = (one, other) if off[one] > 0 else (other, one)
        count = min(abs(off[one]), abs(off[other]))
        if off[more] <= 0 or off[less] >= 0 or count > CONFUSED_MAX:
            continue
        explained = count * (face_value(more) - face_value(less))
        whole = off[more] == -off[less]
        evidence = {"more": more, "less": less, "count": count}
        if explained == difference:
            yield Proposal(Cause.FACE, 86 if whole else 65, evidence=evidence)
        elif whole:
            yield Proposal(Cause.FACE, 40, evidence=evidence)


def exchanged(difference: int, off: Mapping[str, int]) -> Iterator[Proposal]:
    """The sum agrees and the faces do not: notes were changed 兑换零钞 and it was not booked."""
    if not difference and off:
        yield Proposal(Cause.EXCHANGED, 75, evidence={"faces": dict(off)})


def propose(
    *, difference: int, off: Mapping[str, int], typed: Mapping[str, Mapping[str, int]],
    moved: Sequence[Moved], others: Iterable[OtherBox], binding: Binding,
) -> list[Proposal]:  # fmt: skip
    """Everything that would explain the difference, the likeliest first; each cause and entry once."""
    standing = [one for one in moved if not one.undone]
    found = [
        *mirrors(difference, others),
        *transposed(difference, standing),
        *repeated(difference, standing),
        *wrong_side(difference, standing),
        *zeros(difference, standing),
        *missing(difference, standing, moved),
        *units(off, typed, binding),
        *confused(difference, off),
        *exchanged(difference, off),
    ]
    best: dict[tuple[object, ...], Proposal] = {}
    for one in found:
        about = (
            one.cause,
            one.entry,
            one.other,
            *(f"{v}" for v in one.evidence.values() if one.entry is None),
        )
        if about not in best or best[about].likelihood < one.likelihood:
            best[about] = one
    ranked = sorted(best.values(), key=lambda p: (-p.likelihood, p.entry or 0))
    return [_close(one, off) for one in ranked[:PROPOSALS_MAX]]


def _close(one: Proposal, off: Mapping[str, int]) -> Proposal:
    """A figure slip shows in many faces or in one; a unit slip never in several."""
    if one.cause is Cause.UNIT and len(off) > 1:
        return replace(one, likelihood=max(5, one.likelihood - 25))
    return one
