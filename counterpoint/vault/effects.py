"""``vault.faces``: notes move in the same batch as the money they are 券别随账."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Why
from counterpoint.ledger.data import Posting
from counterpoint.ledger.services import Carried, EffectKind, Payload, Query, Rows
from counterpoint.vault.data import (
    FACES,
    PIECES_MAX,
    BoxStopped,
    FacesDoNotSum,
    NoBox,
    NotEnoughOfFace,
    OverHardLimit,
    UnknownBox,
    UnknownFace,
    face_value,
)
from counterpoint.vault.data_cash import Stop
from counterpoint.vault.labels import face_name
from counterpoint.vault.models import Box
from counterpoint.vault.rules import clean_faces

#: Of each currency, every face's place in the stock row and its worth.
_PLACES = {
    currency: {face: (place, face_value(face)) for place, face in enumerate(faces)}
    for currency, faces in FACES.items()
}

STOPPED_REMEDIES = {
    Stop.PAUSED: _("The custodian resumes it first."),
    Stop.FROZEN: _("Whoever examines the box ends that first."),
}

#: What the account of a box carries 券别随账: the box, its stop, its hard limit, how many faces, and then the
#: pieces of each face; with unfit or damaged pieces, as many numbers again for each of the two.
STOPS = (Stop.NONE, Stop.PAUSED, Stop.FROZEN)
CUSTODIANS = """
SELECT box_id, person_id FROM vault_custody WHERE box_id = ANY($1::bigint[]) AND until IS NULL ORDER BY box_id
"""

#: The box, the pieces at their places, and how many of them are unfit and damaged where a payload names any.
type Change = tuple[int, list[tuple[int, int]], list[tuple[int, int, int]]]
QUALITIES = ("unfit", "damaged")


@dataclass(slots=True)
class Held:
    """A box while a batch is decided."""

    box: int
    account: int
    currency: str
    custodian: int | None
    stopped: Stop
    hard: int
    counts: list[int]
    #: Unfit and damaged pieces; ``None`` where a box has neither.
    aside: tuple[list[int], list[int]] | None = None
    touched: bool = False

    @property
    def number(self) -> str:
        """Words for a refusal; looked up by whoever reads it, as deciding asks the database nothing."""
        return _numbered(self.box)


class Boxes(dict[int, Held]):
    """The boxes whose accounts a batch has locked, each read when a posting first names it."""

    def __init__(self, carried: Carried, custodians: Mapping[int, int]) -> None:
        super().__init__()
        self._carried, self._custodians = carried, custodians
        self._accounts = {numbers[0]: account for account, (_currency, numbers) in carried.items()}

    def __missing__(self, box: int) -> Held:
        account = self._accounts[box]
        currency, (_box, stop, hard, faces, *pieces) = self._carried[account]
        held = self[box] = Held(
            box, account, currency, self._custodians.get(box), STOPS[stop], hard, pieces[:faces]
        )
        more = len(_PLACES[currency]) - faces
        if more > 0:
            held.counts.extend([0] * more)
        if len(pieces) > faces:
            held.aside = _aside(len(held.counts), pieces[faces : 2 * faces], pieces[2 * faces :])
        return held


def _number(box: int) -> str:
    return Box.objects.values_list("number", flat=True).get(pk=box)


_numbered = lazy(_number, str)


class Faces(EffectKind):
    """Payload: ``{"box": 7, "faces": {"10000": 3, "c100": -1}}``, and ``"person"`` if it must hold the box.

    The faces are worth exactly what the posting moves on the box's own account. ``"unfit"`` and
    ``"damaged"`` say how many of these pieces are; unnamed, such pieces stay in the box. Nothing moves
    while it is stopped, and it does not grow above its hard limit.
    """

    name = "vault.faces"

    def load(self, payloads: Sequence[Payload]) -> list[Query]:
        # The pieces stand on the row of the box's account, which a posting has locked before this: a row of
        # their own, read and written, cost a tenth of the whole posting.
        asked = sorted({int(payload["box"]) for payload in payloads if "person" in payload})
        return [(CUSTODIANS, (asked,))] if asked else []

    def read(self, rows: Sequence[Rows], carried: Carried) -> Boxes:
        return Boxes(carried, dict(rows[0]) if rows else {})

    def decide(self, state: Boxes, payload: Payload, posting: Posting) -> Change:
        try:
            held = state[payload["box"]]
        except KeyError:
            raise UnknownBox(_("There is no such box."), box=payload["box"]) from None
        if held.stopped or "person" in payload:
            _check_usable(held, payload.get("person"))
        places, faces, worth, changes = _PLACES[held.currency], payload["faces"], 0, []
        for face, pieces in faces.items():
            place = places.get(face)
            if place is None or type(pieces) is not int or not -PIECES_MAX <= pieces <= PIECES_MAX:
                clean_faces(faces, held.currency)
                place = places[face]
            at, value = place
            worth += value * pieces
            changes.append((at, pieces))
        _check_worth(held, worth, posting)
        if held.hard and worth > 0 and "counted" not in payload:
            _check_hard(held, worth)
        qualities = _qualities(held, payload) if "unfit" in payload or "damaged" in payload else []
        if qualities:
            _check_qualities(held, changes, qualities)
        else:
            counts = held.counts
            for at, pieces in changes:
                if pieces < 0 and (counts[at] + pieces < 0 or (held.aside and _free(held, at) + pieces < 0)):
                    raise _short(held, at, pieces)
        return payload["box"], changes, qualities

    def fold(self, state: Boxes, change: Change) -> None:
        held = state[change[0]]
        held.touched = True
        for at, pieces in change[1]:
            held.counts[at] += pieces
        if change[2]:
            if held.aside is None:
                held.aside = ([0] * len(held.counts), [0] * len(held.counts))
            for at, unfit, damaged in change[2]:
                held.aside[0][at] += unfit
                held.aside[1][at] += damaged

    def apply(self, state: Boxes) -> list[Query]:
        return []

    def carry(self, state: Boxes) -> dict[int, list[int]]:
        return {held.account: _carried(held) for held in state.values() if held.touched}

    def check(self, payload: Payload) -> None:
        if type(payload.get("box")) is not int or not isinstance(payload.get("faces"), dict):
            raise UnknownBox(_("There is no such box."))
        for name in QUALITIES:
            if name in payload and not isinstance(payload[name], dict):
                raise UnknownFace(f"{name} is no pieces of each face")


def _carried(held: Held) -> list[int]:
    """What the account of a box carries; that no piece is unfit or damaged is not written at all."""
    aside = held.aside
    put_aside = [*aside[0], *aside[1]] if aside and (any(aside[0]) or any(aside[1])) else []
    return [held.box, STOPS.index(held.stopped), held.hard, len(held.counts), *held.counts, *put_aside]


def _aside(size: int, *qualities: list[int]) -> tuple[list[int], list[int]]:
    """How many pieces of each face are unfit, and damaged. Older ones know fewer faces."""
    unfit, damaged = ([*row, *[0] * (size - len(row))] for row in qualities)
    return unfit, damaged


def _qualities(held: Held, payload: Mapping[str, Any]) -> list[tuple[int, int, int]]:
    """The changes of unfit and of damaged pieces, by place."""
    unfit, damaged = (clean_faces(payload.get(name) or {}, held.currency) for name in QUALITIES)
    places = _PLACES[held.currency]
    return [(places[face][0], unfit.get(face, 0), damaged.get(face, 0)) for face in {**unfit, **damaged}]


def _check_qualities(
    held: Held, changes: list[tuple[int, int]], qualities: list[tuple[int, int, int]]
) -> None:
    """Neither fit, unfit nor damaged pieces of a face go below zero."""
    pieces = dict(changes)
    moved = {at: (unfit, damaged) for at, unfit, damaged in qualities}
    for at in {**pieces, **moved}:
        unfit, damaged = moved.get(at, (0, 0))
        fit = pieces.get(at, 0) - unfit - damaged
        if fit < 0 and _free(held, at) + fit < 0:
            raise _short(held, at, fit)
        for quality, change in enumerate((unfit, damaged)):
            have = held.aside[quality][at] if held.aside else 0
            if change < 0 and have + change < 0:
                raise NotEnoughOfFace(
                    format_lazy(
                        _("Box {box} holds only {have} unfit or damaged × {face}."),
                        box=held.number, have=have, face=face_name(FACES[held.currency][at], held.currency),
                    ),
                    face=FACES[held.currency][at], have=have, wanted=-change, quality=QUALITIES[quality],
                )  # fmt: skip


def _check_usable(held: Held, person: int | None) -> None:
    if held.stopped:
        raise BoxStopped(
            format_lazy(_("Nothing may move in box {box} now."), box=held.number),
            why=Why(remedy=str(STOPPED_REMEDIES[held.stopped])), stop=held.stopped,
        )  # fmt: skip
    if person is not None and held.custodian != person:
        raise NoBox(
            format_lazy(_("Box {box} is not in your custody."), box=held.number),
            why=Why(remedy=str(_("Claim the box first."))),
        )


def _check_worth(held: Held, worth: int, posting: Posting) -> None:
    """The posting moves just that much on the box's account, and does touch it: its lock guards the notes."""
    moved, there = 0, False
    for leg in posting.legs:
        if leg.account == held.account:
            moved += leg.amount
            there = True
    if worth != moved or not there:
        raise FacesDoNotSum(
            _("The faces do not add up to the cash of this entry."), counted=worth, expected=moved
        )


def _check_hard(held: Held, worth: int) -> None:
    """The box does not grow above its limit; what was ``counted`` there is there already, and is booked."""
    faces = zip(FACES[held.currency], held.counts, strict=True)
    total = worth + sum(face_value(face) * pieces for face, pieces in faces)
    if total > held.hard:
        raise OverHardLimit(
            format_lazy(_("Box {box} may not hold that much."), box=held.number),
            why=Why(remedy=str(_("Hand cash in to the vault first."))), limit=held.hard, total=total,
        )  # fmt: skip


def _free(held: Held, at: int) -> int:
    free = held.counts[at]
    return free - held.aside[0][at] - held.aside[1][at] if held.aside else free


def _short(held: Held, at: int, pieces: int) -> NotEnoughOfFace:
    face, have = FACES[held.currency][at], _free(held, at)
    return NotEnoughOfFace(
        format_lazy(
            _("Box {box} holds only {have} × {face}."),
            box=held.number, have=have, face=face_name(face, held.currency),
        ),
        why=Why(remedy=str(_("Pay with other faces, or draw some from the vault."))),
        face=face, have=have, wanted=-pieces,
    )  # fmt: skip
