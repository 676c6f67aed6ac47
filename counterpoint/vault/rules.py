"""Pure sums over faces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from counterpoint.vault.data import FACES, PIECES_MAX, UnknownFace, face_value


def clean_faces(faces: Mapping[str, object], currency: str) -> dict[str, int]:
    """``faces`` with zeros dropped and in the fixed order; a face that is none is refused by name."""
    known = FACES.get(currency, ())
    for face, count in faces.items():
        if face not in known:
            raise UnknownFace(f"{face!r} is no face of {currency}", face=str(face))
        if type(count) is not int or abs(count) > PIECES_MAX:
            raise UnknownFace(f"{count!r} is no number of pieces", face=str(face))
    return {face: int(str(faces[face])) for face in known if faces.get(face)}


def as_counts(faces: Mapping[str, int], currency: str) -> list[int]:
    """The stock row of ``faces``: counts in the fixed order."""
    return [faces.get(face, 0) for face in FACES[currency]]


def as_faces(counts: Sequence[int], currency: str) -> dict[str, int]:
    """The other way round. A row written before a face was added is shorter; that face is zero."""
    padded = [*counts, *[0] * (len(FACES[currency]) - len(counts))]
    return dict(zip(FACES[currency], padded, strict=True))


def shortest(counts: Sequence[int], change: Sequence[int]) -> int | None:
    """The index of the first face that ``change`` would take below zero."""
    for index, (have, delta) in enumerate(zip(counts, change, strict=True)):
        if have + delta < 0:
            return index
    return None


def suggest(amount: int, stock: Mapping[str, int]) -> dict[str, int] | None:
    """Faces that make up ``amount`` with the fewest pieces, from what the box holds.

    Greedy from the largest, with one step back where greed fails; ``None`` when none is found.
    """
    faces = sorted((f for f, n in stock.items() if n > 0), key=face_value, reverse=True)

    def fill(start: int, rest: int) -> dict[str, int] | None:
        if rest == 0:
            return {}
        if start == len(faces):
            return None
        face = faces[start]
        most = min(stock[face], rest // face_value(face))
        for count in (most, most - 1) if most else (0,):
            found = fill(start + 1, rest - count * face_value(face))
            if found is not None:
                return ({face: count} if count else {}) | found
        return None

    return fill(0, amount)
