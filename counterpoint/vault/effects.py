"""``vault.faces``: notes move in the same batch as the money they are 券别随账."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Why
from counterpoint.ledger.data import Posting
from counterpoint.ledger.services import EffectKind, Payload, Query, Rows
from counterpoint.vault.data import FACES, FacesDoNotSum, NoBox, NotEnoughOfFace, UnknownBox, face_value
from counterpoint.vault.labels import face_name
from counterpoint.vault.rules import as_counts, clean_faces, shortest


@dataclass(slots=True)
class Held:
    """A box while a batch is decided."""

    account: int
    currency: str
    number: str
    custodian: int | None
    counts: list[int]
    touched: bool = False


class Faces(EffectKind):
    """Payload: ``{"box": 7, "faces": {"10000": 3, "c100": -1}}``, and ``"person"`` if it must hold the box.

    A face never goes below zero, and the faces are worth exactly what the posting moves on the box's
    own account.
    """

    name = "vault.faces"

    def load(self, payloads: Sequence[Payload]) -> list[Query]:
        boxes = sorted({int(payload["box"]) for payload in payloads})
        # Custody is read after the lock is held, by a statement of its own: a joined row would be the
        # one of before the wait.
        return [
            (
                "SELECT s.box_id, b.account_id, b.currency, b.number, s.counts FROM vault_stock s"
                " JOIN vault_box b ON b.id = s.box_id WHERE s.box_id = ANY($1::bigint[])"
                " ORDER BY s.box_id FOR NO KEY UPDATE OF s",
                (boxes,),
            ),
            (
                "SELECT box_id, person_id FROM vault_custody WHERE until IS NULL"
                " AND box_id = ANY($1::bigint[]) ORDER BY box_id",
                (boxes,),
            ),
        ]

    def read(self, rows: Sequence[Rows]) -> dict[int, Held]:
        custody: dict[int, int] = dict(rows[1])
        held = {}
        for box, account, currency, number, counts in rows[0]:
            padded = [*counts, *[0] * (len(FACES[currency]) - len(counts))]
            held[box] = Held(account, currency, number, custody.get(box), padded)
        return held

    def decide(self, state: dict[int, Held], payload: Payload, posting: Posting) -> tuple[int, list[int]]:
        held = state.get(payload["box"])
        if held is None:
            raise UnknownBox(_("There is no such box."))
        person = payload.get("person")
        if person is not None and held.custodian != person:
            raise NoBox(
                format_lazy(_("Box {box} is not in your custody."), box=held.number),
                why=Why(remedy=str(_("Claim the box first."))),
            )
        faces = clean_faces(payload["faces"], held.currency)
        worth = sum(face_value(face) * count for face, count in faces.items())
        moved = sum(leg.amount for leg in posting.legs if leg.account == held.account)
        if worth != moved:
            raise FacesDoNotSum(
                _("The faces do not add up to the cash of this entry."), counted=worth, expected=moved
            )
        change = as_counts(faces, held.currency)
        short = shortest(held.counts, change)
        if short is not None:
            face = FACES[held.currency][short]
            raise NotEnoughOfFace(
                format_lazy(
                    _("Box {box} holds only {have} × {face}."),
                    box=held.number, have=held.counts[short], face=face_name(face, held.currency),
                ),
                why=Why(remedy=str(_("Pay with other faces, or draw some from the vault."))),
                face=face, have=held.counts[short], wanted=-change[short],
            )  # fmt: skip
        return int(payload["box"]), change

    def fold(self, state: dict[int, Held], change: tuple[int, list[int]]) -> None:
        held = state[change[0]]
        held.counts = [have + delta for have, delta in zip(held.counts, change[1], strict=True)]
        held.touched = True

    def apply(self, state: dict[int, Held]) -> list[Query]:
        touched = {box: held for box, held in sorted(state.items()) if held.touched}
        if not touched:
            return []
        rows = ["{" + ",".join(map(str, held.counts)) + "}" for held in touched.values()]
        return [
            (
                "UPDATE vault_stock s SET counts = u.counts::bigint[]"
                " FROM (SELECT unnest($1::bigint[]) AS box, unnest($2::text[]) AS counts) AS u"
                " WHERE s.box_id = u.box",
                (list(touched), rows),
            )
        ]

    def check(self, payload: Payload) -> None:
        if type(payload.get("box")) is not int or not isinstance(payload.get("faces"), dict):
            raise UnknownBox(_("There is no such box."))

    def answer(self, change: tuple[int, list[int]]) -> dict[str, Any]:
        return {"box": change[0]}
