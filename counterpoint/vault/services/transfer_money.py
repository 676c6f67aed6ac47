"""The entries of a transfer 调拨分录: out of a box into transit, out of transit into a box."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor, Why
from counterpoint.kit.keys import key_from
from counterpoint.kit.verbs import declare
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import Effect, Leg, Posting
from counterpoint.org import services as org
from counterpoint.vault.data_transfers import NotesPromised, TransferView
from counterpoint.vault.models import Box
from counterpoint.vault.rules_transfers import QUALITIES
from counterpoint.vault.services.bookings import promised_of
from counterpoint.vault.services.boxes import box as box_view
from counterpoint.vault.services.limits import check_limit

MOVED = "vault.transfer.booked"
TRANSIT = "在途现金"
#: 存放中央银行款项, 系统内往来.
CENTRAL_BANK, BRANCHES = "1003", "3002"

declare(MOVED, summary="Cash left a box for another, or arrived there 现金调拨分录.", where=__name__)


def issue(view: TransferView, *, by: Actor, second: Actor | None, voucher: str) -> tuple[int, int]:
    """Out of the giver into transit: the account in transit, and the entry."""
    transit = ledger.internal_account(
        branch=view.source_branch, gl="1001", currency=view.currency, label=TRANSIT, by=by
    )
    if view.source is not None:
        check_promised(view.source, view)
    source, effects = _end(view, view.source, view.source_branch, -1, by, mine=True)
    legs = (Leg(transit, view.amount), Leg(source, -view.amount))
    entry = _post(view, "issue", view.source_branch, legs, effects, "调拨出库", by, second, voucher)
    return transit, entry


def receive(view: TransferView, *, transit: int | None, by: Actor, second: Actor | None, voucher: str) -> int:
    """Out of transit into the receiver; between branches through 系统内往来, so that each balances."""
    assert transit is not None
    if view.target is not None:
        check_limit(box=box_view(view.target), change=view.faces)
    target, effects = _end(view, view.target, view.target_branch, 1, by, mine=True)
    legs = [Leg(target, view.amount), Leg(transit, -view.amount)]
    if view.between_branches:
        ours, theirs = (
            ledger.internal_account(branch=branch, gl=BRANCHES, currency=view.currency, by=by)
            for branch in (view.target_branch, view.source_branch)
        )
        legs += [Leg(ours, -view.amount), Leg(theirs, view.amount)]
    return _post(view, "receive", view.target_branch, tuple(legs), effects, "调拨入库", by, second, voucher)


def give_back(view: TransferView, *, transit: int | None, by: Actor, why: str) -> int:
    """Out of transit to where it came from, notes and money."""
    assert transit is not None
    source, effects = _end(view, view.source, view.source_branch, 1, by, mine=False)
    legs = (Leg(source, view.amount), Leg(transit, -view.amount))
    return _post(view, why, view.source_branch, legs, effects, "调拨退回", by, None, "")


def check_promised(box: int, view: TransferView) -> None:
    """What is promised to a customer is not given away."""
    # Who books a withdrawal has locked the box as well: what it promises is seen here, or waits for this.
    Box.objects.select_for_update(no_key=True).get(pk=box)
    faces = box_view(box).faces
    # Within the branch, on the day itself, the notes go to the counter that pays them out.
    promised = promised_of(box=box, besides=None if view.between_branches or not view.target else view.date)
    short = [
        face for face, pieces in view.faces.items()
        if promised.get(face) and faces.get(face, 0) - promised[face] < pieces
    ]  # fmt: skip
    if short:
        raise NotesPromised(
            _("Some of these notes are promised to a customer."),
            why=Why(remedy=str(_("Send other faces, or order some from the central bank."))), faces=short,
        )  # fmt: skip


def _end(
    view: TransferView, box: int | None, branch: int, sign: int, by: Actor, *, mine: bool
) -> tuple[int, tuple[Effect, ...]]:  # fmt: skip
    """The account at one end, and the notes that go in or out there; ``mine``: only with ``by``'s own box."""
    if box is None:
        account = ledger.internal_account(branch=branch, gl=CENTRAL_BANK, currency=view.currency, by=by)
        return account, ()
    payload: dict[str, Any] = {"box": box, "faces": {face: sign * n for face, n in view.faces.items()}}
    for quality, pieces in zip(QUALITIES, (view.unfit, view.damaged), strict=True):
        if pieces:
            payload[quality] = {face: sign * n for face, n in pieces.items()}
    held = {"person": by.id} if mine else {}
    return box_view(box).account, (Effect("vault.faces", payload | held),)


def _post(
    view: TransferView, step: str, branch: int, legs: tuple[Leg, ...], effects: tuple[Effect, ...],
    summary: str, by: Actor, second: Actor | None, voucher: str,
) -> int:  # fmt: skip
    posted = ledger.post_within(
        Posting(
            key=key_from(f"transfer:{view.id}:{step}", owner="vault.transfer"), verb=MOVED, branch=branch,
            business_date=org.business_day(branch).date, legs=legs, by=by, subject=f"transfer:{view.id}",
            summary=f"{summary} {view.number}",
            data={"transfer": view.id, "second": second.id if second else None, "voucher": voucher},
            effects=effects,
        )
    )  # fmt: skip
    return posted.entry
