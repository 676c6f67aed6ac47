"""Pure sums over limits 限额: what is passed, what to hand in 上缴, what to draw 领款."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from counterpoint.vault.data import FACES, face_value, faces_sum, is_coin
from counterpoint.vault.data_boxes import Excess, Limits, LimitState


@dataclass(frozen=True, slots=True)
class Keeping:
    """What a box works with: pieces of each face, and in which sizes notes and coins are bound."""

    pieces: Mapping[str, int]
    keep_percent: int
    low_percent: int
    strap: int
    roll: int

    def unit(self, face: str) -> int:
        return self.roll if is_coin(face) else self.strap


def excesses(faces: Mapping[str, int], limits: Limits) -> list[Excess]:
    """Every limit that ``faces`` pass, the hard ones first; each once, by the worse of its two figures."""
    found = []
    for face, have, soft, hard in (
        ("", faces_sum(faces), limits.soft or None, limits.hard or None),
        *((face, faces.get(face, 0), one.soft, one.hard) for face, one in limits.faces.items()),
    ):
        if hard is not None and have > hard:
            found.append(Excess(face, have, hard, hard=True))
        elif soft is not None and have > soft:
            found.append(Excess(face, have, soft, hard=False))
    return sorted(found, key=lambda one: not one.hard)


def state_of(found: list[Excess]) -> LimitState:
    if not found:
        return LimitState.WITHIN
    return LimitState.HARD if found[0].hard else LimitState.OVER


def grown(before: list[Excess], after: list[Excess]) -> list[Excess]:
    """Those of ``after`` that are worse than before: what leaves a box is never refused for a limit."""
    had = {one.face: one.have for one in before}
    return [one for one in after if one.have > had.get(one.face, -1)]


def surplus(
    faces: Mapping[str, int], payable: Mapping[str, int], limits: Limits, keeping: Keeping
) -> dict[str, int]:
    """What to hand in so that no limit is passed and a working stock stays, in whole straps where possible.

    The working stock gives way before the limit does.
    """
    given: dict[str, int] = {}
    for face, one in limits.faces.items():
        most = min(limit for limit in (one.soft, one.hard, payable.get(face, 0)) if limit is not None)
        if faces.get(face, 0) > most < payable.get(face, 0):
            goal = min(most, max(keeping.pieces.get(face, 0), most * keeping.keep_percent // 100))
            spare = payable[face]
            given[face] = min(spare, _whole(faces[face] - goal, spare, keeping.unit(face)))
    limit = min((one for one in (limits.soft, limits.hard) if one), default=0)
    if limit and faces_sum(faces) > limit:
        goal = limit * keeping.keep_percent // 100
        for kept, sum_left, whole in (
            (keeping.pieces, goal, True), (keeping.pieces, limit, False), ({}, limit, False)
        ):  # fmt: skip
            rest = faces_sum(faces) - faces_sum(given) - sum_left
            _give(given, rest, {f: n - kept.get(f, 0) for f, n in payable.items()}, keeping, whole=whole)
    order = {face: place for place, face in enumerate(payable)}
    return {face: given[face] for face in sorted(given, key=order.__getitem__) if given[face] > 0}


def _give(
    given: dict[str, int], rest: int, there: Mapping[str, int], keeping: Keeping, *, whole: bool
) -> None:
    """Add to ``given``, from the largest face down, until ``rest`` is given or nothing is spare.

    ``whole``: nothing but whole straps and rolls.
    """
    for face in sorted(there, key=face_value, reverse=True):
        if rest <= 0:
            return
        spare, unit = there[face] - given.get(face, 0), keeping.unit(face)
        if whole:
            spare -= spare % unit
        if spare > 0:
            pieces = min(spare, _whole(-(-rest // face_value(face)), spare, unit))
            given[face] = given.get(face, 0) + pieces
            rest -= pieces * face_value(face)


def _whole(pieces: int, spare: int, unit: int) -> int:
    """``pieces`` in whole straps or rolls if ``spare`` has so many."""
    whole = -(-pieces // unit) * unit
    return whole if whole <= spare else pieces


def wanted(
    faces: Mapping[str, int], payable: Mapping[str, int], there: Mapping[str, int], limits: Limits,
    keeping: Keeping,
) -> dict[str, int]:  # fmt: skip
    """What to draw where a face runs low, from what is ``there``, without passing a limit; change first."""
    limit = min((one for one in (limits.soft, limits.hard) if one), default=None)
    room = None if limit is None else limit - faces_sum(faces)
    drawn = {}
    for face in sorted(keeping.pieces, key=face_value):
        have, keep = payable.get(face, 0), keeping.pieces[face]
        if face not in faces or have * 100 >= keep * keeping.low_percent:
            continue
        most = there.get(face, 0)
        one = limits.faces.get(face)
        for cap in (one.soft, one.hard) if one else ():
            most = most if cap is None else min(most, cap - faces[face])
        pieces = min(most, _whole(keep - have, most, keeping.unit(face)))
        if room is not None:
            pieces = min(pieces, room // face_value(face))
            room -= max(pieces, 0) * face_value(face)
        if pieces > 0:
            drawn[face] = pieces
    return {face: drawn[face] for face in faces if face in drawn}


def known_faces(limits: Mapping[str, object], currency: str) -> bool:
    return all(face in FACES.get(currency, ()) for face in limits)
