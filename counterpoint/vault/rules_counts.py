"""Pure sums over what was counted: bundles 捆, straps 把, rolls 卷 and loose pieces 散."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from counterpoint.kit.data import Why
from counterpoint.vault.data import FACES, PIECES_MAX, UnknownFace, is_coin
from counterpoint.vault.data_counts import CountMalformed, FaceWithdrawn, PieceUnit


@dataclass(frozen=True, slots=True)
class Binding:
    """How many pieces a strap, a bundle and a roll hold, as the dated rule ``cash.bundle`` says."""

    strap: int
    bundle: int
    roll: int

    def pieces(self, unit: PieceUnit) -> int:
        sizes = {
            PieceUnit.STRAPS: self.strap,
            PieceUnit.BUNDLES: self.bundle,
            PieceUnit.ROLLS: self.roll,
            PieceUnit.LOOSE: 1,
        }
        return sizes[unit]


def units_of(face: str) -> tuple[PieceUnit, ...]:
    """Notes are bound in bundles and straps, coins in rolls."""
    return (
        (PieceUnit.ROLLS, PieceUnit.LOOSE)
        if is_coin(face)
        else (PieceUnit.BUNDLES, PieceUnit.STRAPS, PieceUnit.LOOSE)
    )


def clean_typed(
    typed: Mapping[str, object], currency: str, usable: Collection[str], says: Mapping[str, object]
) -> dict[str, dict[str, int]]:
    """``typed`` without zeros; a face or figure that cannot be is refused by name. ``says``: the words."""
    clean: dict[str, dict[str, int]] = {}
    for face in typed:
        if face not in FACES.get(currency, ()):
            raise UnknownFace(says["unknown"], face=str(face), field=str(face))
        if face not in usable:
            raise FaceWithdrawn(says["withdrawn"], why=Why(rule="cash.faces"), face=face, field=face)
    for face in FACES[currency]:
        given = typed.get(face)
        if given is None:
            continue
        if not isinstance(given, Mapping):
            raise CountMalformed(says["malformed"], face=face, field=face)
        figures = {str(unit): count for unit, count in given.items() if count != 0 or count is False}
        for unit, count in figures.items():
            if unit not in units_of(face):
                raise CountMalformed(says["unit"], face=face, field=f"{face}_{unit}")
            if type(count) is not int or not 0 <= count <= PIECES_MAX:
                raise CountMalformed(says["malformed"], face=face, field=f"{face}_{unit}")
        if figures:
            clean[face] = {str(unit): figures[unit] for unit in units_of(face) if unit in figures}
    return clean


def pieces_of(
    typed: Mapping[str, Mapping[str, int]], binding: Binding, says: Mapping[str, object]
) -> dict[str, int]:
    """Pieces by face; more than any box holds is no count."""
    faces = {
        face: sum(binding.pieces(PieceUnit(unit)) * count for unit, count in given.items())
        for face, given in typed.items()
    }
    for face, pieces in faces.items():
        if pieces > PIECES_MAX:
            raise CountMalformed(says["malformed"], face=face, field=face)
    return {face: pieces for face, pieces in faces.items() if pieces}
