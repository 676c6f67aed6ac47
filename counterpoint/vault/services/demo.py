"""Boxes and opening stock of the demo branches."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Q

from counterpoint.kit.data import SYSTEM, Actor
from counterpoint.kit.keys import key_from
from counterpoint.kit.verbs import declare
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import Effect, Leg, Posting
from counterpoint.org import services as org
from counterpoint.vault import queries
from counterpoint.vault.data import BoxKind, BoxView, faces_sum
from counterpoint.vault.services.boxes import make_box

STOCKED = declare("vault.stock.received", summary="Notes came into the vault 入库.", where=__name__)
MOVED = declare("vault.stock.moved", summary="Notes went from box to box 调拨.", where=__name__)

#: What the demo vault holds, and what goes into each desk's box. Pieces of each face.
DEMO_VAULT = {
    "10000": 8000, "5000": 2000, "2000": 2000, "1000": 3000, "500": 3000, "100": 5000, "50": 4000, "10": 4000,
    "c100": 4000, "c50": 4000, "c10": 4000,
}  # fmt: skip
DEMO_DESK = {
    "10000": 600, "5000": 200, "2000": 200, "1000": 300, "500": 300, "100": 400, "50": 200, "10": 200,
    "c100": 200, "c50": 200, "c10": 200,
}  # fmt: skip
DEMO_LIMIT = 20_000_000


def ensure_demo_boxes(*, by: Actor = SYSTEM) -> list[BoxView]:
    """Boxes for the demo branches' vaults and desks, with their opening stock; again: nothing changes."""
    made = []
    for branch in org.branches():
        vault = _ensure(f"{branch.id:04d}-V", branch.id, BoxKind.VAULT, None, 0, by)
        _stock(vault, DEMO_VAULT, source=None, by=by)
        made.append(vault)
        for desk in org.desks(branch.id):
            mine = _ensure(
                f"{branch.id:04d}-{desk.number}", branch.id, BoxKind.TELLER, desk.id, DEMO_LIMIT, by
            )
            _stock(mine, DEMO_DESK, source=vault, by=by)
            made.append(mine)
    return made


def _ensure(number: str, branch: int, kind: BoxKind, desk: int | None, limit: int, by: Actor) -> BoxView:
    found = queries.first(queries.boxes(Q(number=number)))
    return found or make_box(
        number=number, branch=branch, kind=kind, currency="CNY", by=by, desk=desk, limit=limit
    )


def _opening_key(number: str) -> UUID:
    return key_from(f"opening stock of {number}", owner="vault.demo")


def _stock(into: BoxView, faces: Mapping[str, int], *, source: BoxView | None, by: Actor) -> None:
    """The opening stock, once: from the central bank into the vault, or from the vault into a box."""
    key = _opening_key(into.number)
    if ledger.posted_by_key(key) is not None:
        return
    worth = faces_sum(faces)
    other = (
        source.account if source
        else ledger.internal_account(branch=into.branch, gl="1003", currency=into.currency, by=by)
    )  # fmt: skip
    effects = [Effect("vault.faces", {"box": into.id, "faces": dict(faces)})]
    if source is not None:
        effects.append(Effect("vault.faces", {"box": source.id, "faces": {f: -n for f, n in faces.items()}}))
    ledger.post(
        Posting(
            key=key, verb=MOVED if source else STOCKED, branch=into.branch,
            business_date=org.business_day(into.branch).date,
            legs=(Leg(into.account, worth), Leg(other, -worth)), by=by, subject=f"box:{into.id}",
            summary="开箱库存", effects=tuple(effects),
        )
    )  # fmt: skip
