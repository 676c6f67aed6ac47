"""The cash of a branch as at any moment 现金头寸: from the ledger's legs and what moved with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from counterpoint.ledger import services as ledger
from counterpoint.org import services as org
from counterpoint.vault import queries
from counterpoint.vault.data import BoxView, face_value
from counterpoint.vault.rules import as_faces
from counterpoint.vault.services.marks import last_marks

#: Under this name the day's end leaves the faces of each box: from there on only a day is added up.
STEP = "vault.position"


@dataclass(frozen=True, slots=True)
class BoxAt:
    """A box as it stood: its books, and its pieces by face."""

    box: BoxView
    version: int
    balance: int
    faces: dict[str, int]

    @property
    def counted(self) -> int:
        return sum(face_value(face) * count for face, count in self.faces.items())


@dataclass(frozen=True, slots=True)
class BranchAt:
    """All boxes of a branch at one moment 网点现金头寸."""

    branch: int
    at: datetime
    boxes: tuple[BoxAt, ...]

    def total(self, currency: str) -> int:
        return sum(one.balance for one in self.boxes if one.box.currency == currency)

    @property
    def currencies(self) -> list[str]:
        return sorted({one.box.currency for one in self.boxes})


def branch_position(*, branch: int, at: datetime) -> BranchAt:
    """What every box of a branch held at a moment, in money and by face."""
    boxes = queries.boxes(Q(branch_id=branch))
    books = ledger.balances_at(accounts=[box.account for box in boxes], at=at)
    left = org.last_result(branch, STEP, at=at) or {}
    marks = last_marks({box.id: books[box.account].version for box in boxes})
    spans, known = [], {}
    for box in boxes:
        version, faces = _left(left, box.id)
        if version > books[box.account].version:  # it was taken in the same instant
            version, faces = 0, {}
        marked, counts = marks.get(box.id, (0, []))
        if marked > version:
            version, faces = marked, as_faces(counts, box.currency)
        known[box.account] = faces
        spans.append(ledger.Span(box.account, box.id, version, books[box.account].version))
    moved = ledger.effects_moved(kind="vault.faces", key="box", counts="faces", spans=spans)
    lines = [
        BoxAt(
            box, books[box.account].version, books[box.account].balance,
            _added(known[box.account], moved.get(box.account, {}), box),
        )
        for box in boxes
    ]  # fmt: skip
    return BranchAt(branch, at, tuple(lines))


def _left(left: Mapping[str, Any], box: int) -> tuple[int, Mapping[str, int]]:
    version, faces = left.get("boxes", {}).get(str(box), (0, {}))
    return int(version), faces


def _added(before: Mapping[str, int], moved: Mapping[str, int], box: BoxView) -> dict[str, int]:
    every = [*box.faces, *(face for face in {*before, *moved} if face not in box.faces)]
    return {face: before.get(face, 0) + moved.get(face, 0) for face in every}


def kept(position: BranchAt) -> dict[str, Any]:
    """The position as the day's end keeps it."""
    return {
        "boxes": {
            str(one.box.id): [one.version, {face: n for face, n in one.faces.items() if n}]
            for one in position.boxes
        }
    }
