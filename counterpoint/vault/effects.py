"""``vault.faces``: notes move in the same batch as the money they are 券别随账."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Why
from counterpoint.ledger.data import Posting
from counterpoint.ledger.services import EffectKind, Payload, Query, Rows
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

#: Stands between what belongs to one box and what belongs to the next; no text of a box holds it.
BETWEEN = "\x1f"


def _held(custodian: str, holders: str = "") -> str:
    # One value a column, not one row a box: half the work for the client. What few boxes have comes apart.
    return f"""
    SELECT array_agg(box_id), array_agg(account_id), array_agg(currency::text),
        string_agg(number, E'\\x1f'), string_agg(counts, '],['),
        json_object_agg(box_id, json_build_array(stopped, hard_minor, unfit, damaged))
            FILTER (WHERE stopped <> '' OR hard_minor <> 0 OR unfit <> '{{}}' OR damaged <> '{{}}'),
        array_agg(custodian)
    FROM (
        SELECT s.box_id, s.account_id, s.currency, s.number, s.stopped, s.hard_minor, s.unfit, s.damaged,
            array_to_string(s.counts, ',') AS counts, {custodian} AS custodian
        FROM vault_stock s {holders} WHERE s.box_id = ANY($1::bigint[]) ORDER BY s.box_id
    ) AS held
    """


HELD = _held("NULL::bigint")
HELD_BY_SOMEBODY = _held(
    "c.person_id", "LEFT JOIN vault_custody c ON c.box_id = s.box_id AND c.until IS NULL"
)

#: The box, the pieces at their places, and how many of them are unfit and damaged where a payload names any.
type Change = tuple[int, list[tuple[int, int]], list[tuple[int, int, int]]]
QUALITIES = ("unfit", "damaged")


@dataclass(slots=True)
class Held:
    """A box while a batch is decided."""

    account: int
    currency: str
    number: str
    custodian: int | None
    counts: list[int]
    stopped: str = ""
    hard: int = 0
    #: Unfit and damaged pieces; ``None`` where a box has neither.
    aside: tuple[list[int], list[int]] | None = None
    touched: bool = False
    sorted: bool = False


class Faces(EffectKind):
    """Payload: ``{"box": 7, "faces": {"10000": 3, "c100": -1}}``, and ``"person"`` if it must hold the box.

    The faces are worth exactly what the posting moves on the box's own account. ``"unfit"`` and
    ``"damaged"`` say how many of these pieces are; unnamed, such pieces stay in the box. Nothing moves
    while it is stopped, and it does not grow above its hard limit.
    """

    name = "vault.faces"

    def load(self, payloads: Sequence[Payload]) -> list[Query]:
        # No lock of its own: whoever changes a stock row holds the lock of the box's account, which a
        # posting has taken before this. A second row lock cost a tenth of the whole posting.
        held = HELD_BY_SOMEBODY if any("person" in payload for payload in payloads) else HELD
        return [(held, (sorted({int(payload["box"]) for payload in payloads}),))]

    def read(self, rows: Sequence[Rows]) -> dict[int, Held]:
        boxes, accounts, currencies, numbers, counts, few, custodians = rows[0][0]
        if boxes is None:
            return {}
        columns = (
            accounts, currencies, numbers.split(BETWEEN), custodians, orjson.loads(f"[[{counts}]]"),
        )  # fmt: skip
        held = {box: Held(*facts) for box, facts in zip(boxes, zip(*columns, strict=True), strict=True)}
        for one in held.values():
            if len(one.counts) < len(FACES[one.currency]):
                one.counts.extend([0] * (len(FACES[one.currency]) - len(one.counts)))
        for box, (stopped, hard, unfit, damaged) in (few or {}).items():
            one = held[int(box)]
            one.stopped, one.hard = stopped, hard
            if unfit or damaged:
                one.aside = _aside(len(one.counts), unfit, damaged)
        return held

    def decide(self, state: dict[int, Held], payload: Payload, posting: Posting) -> Change:
        held = state.get(payload["box"])
        if held is None:
            raise UnknownBox(_("There is no such box."))
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

    def fold(self, state: dict[int, Held], change: Change) -> None:
        held = state[change[0]]
        held.touched = True
        for at, pieces in change[1]:
            held.counts[at] += pieces
        if change[2]:
            held.sorted = True
            if held.aside is None:
                held.aside = ([0] * len(held.counts), [0] * len(held.counts))
            for at, unfit, damaged in change[2]:
                held.aside[0][at] += unfit
                held.aside[1][at] += damaged

    def apply(self, state: dict[int, Held]) -> list[Query]:
        touched = {box: held for box, held in state.items() if held.touched}
        if not touched:
            return []
        written: list[Query] = [
            (
                "UPDATE vault_stock s SET counts = u.counts::bigint[]"
                " FROM (SELECT unnest($1::bigint[]) AS box, unnest($2::text[]) AS counts) AS u"
                " WHERE s.box_id = u.box",
                (list(touched), _literal([held.counts for held in touched.values()])),
            )
        ]
        aside = {box: held.aside for box, held in touched.items() if held.sorted and held.aside}
        if aside:
            # All zero is written as none at all: that is what costs the next posting nothing.
            unfit, damaged = (
                _literal([pair[at] if any(pair[at]) else [] for pair in aside.values()]) for at in (0, 1)
            )
            written.append((
                "UPDATE vault_stock s SET unfit = u.unfit::bigint[], damaged = u.damaged::bigint[]"
                " FROM (SELECT unnest($1::bigint[]) AS box, unnest($2::text[]) AS unfit,"
                " unnest($3::text[]) AS damaged) AS u WHERE s.box_id = u.box",
                (list(aside), unfit, damaged),
            ))  # fmt: skip
        return written

    def check(self, payload: Payload) -> None:
        if type(payload.get("box")) is not int or not isinstance(payload.get("faces"), dict):
            raise UnknownBox(_("There is no such box."))
        for name in QUALITIES:
            if name in payload and not isinstance(payload[name], dict):
                raise UnknownFace(f"{name} is no pieces of each face")


def _literal(rows: list[list[int]]) -> str:
    """An array of the texts of arrays: JSON in other brackets, which is the fastest way to write it."""
    return '{"{' + orjson.dumps(rows)[2:-2].decode().replace("],[", '}","{') + '}"}'


def _aside(size: int, *qualities: list[int]) -> tuple[list[int], list[int]]:
    """How many pieces of each face are unfit, and damaged. Older rows are shorter."""
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
            why=Why(remedy=str(STOPPED_REMEDIES[Stop(held.stopped)])), stop=held.stopped,
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
