"""Cash on its way 现金调拨: asked for, counted out, carried, counted in blind; its money stands somewhere."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import queries_transfers as queries
from counterpoint.vault.data import BoxView, faces_sum
from counterpoint.vault.data_cash import Place, TransferState
from counterpoint.vault.data_transfers import (
    NotTheirTransfer,
    TransferAct,
    TransferDiffers,
    TransferEnded,
    TransferMalformed,
    TransferStepView,
    TransferToItself,
    TransferTry,
    TransferView,
    UnknownTransfer,
)
from counterpoint.vault.data_vouchers import ReasonMissing
from counterpoint.vault.models_cash import LimitBreach, Transfer, TransferCount, TransferStep
from counterpoint.vault.rules import clean_faces
from counterpoint.vault.rules_transfers import QUALITIES
from counterpoint.vault.services import transfer_money as money
from counterpoint.vault.services.boxes import box as box_view
from counterpoint.vault.services.counts import faces_in_use
from counterpoint.vault.services.numbers import take_number
from counterpoint.vault.services.transfer_checks import check_act, check_second

LAPSE = "vault.transfer_request_hours"


def transfer(id: int) -> TransferView:
    """The transfer with this id."""
    found = queries.transfers(Q(pk=id))
    if not found:
        raise UnknownTransfer(_("There is no such transfer."), transfer=id)
    return found[0]


def transfers_of(
    *, branch: int, open_only: bool = False, ended_only: bool = False, before: int | None = None
) -> list[TransferView]:
    """Transfers from or to a branch, the newest first, a page at a time."""
    wanted = queries.of_branch(branch)
    if open_only or ended_only:
        wanted &= queries.OPEN if open_only else ~queries.OPEN
    return queries.transfers(wanted, before=before)


def open_transfers(*, branch: int) -> list[TransferView]:
    """What is asked for or on its way: it stops hand-overs and the day's close."""
    return queries.transfers(queries.of_branch(branch) & queries.OPEN, limit=500)


def open_transfers_of_box(*, box: int) -> list[TransferView]:
    """Open transfers that begin or end in a box."""
    return queries.transfers((Q(source=box) | Q(target=box)) & queries.OPEN)


def transfer_steps(*, transfer: int) -> list[TransferStepView]:
    return queries.steps(transfer)


def transfer_tries(*, transfer: int) -> list[TransferTry]:
    """The blind counts of what arrived, every one."""
    return queries.tries(transfer)


@verb("vault.transfer.requested")
def request_transfer(
    *, source: int | None, target: int | None, faces: Mapping[str, int], by: Actor, reason: str = "",
    unfit: Mapping[str, int] | None = None, damaged: Mapping[str, int] | None = None,
) -> TransferView:  # fmt: skip
    """Ask for cash to be moved 调拨申请. ``None`` is the central bank 人民银行. Nothing moves yet.

    ``unfit`` and ``damaged`` say how many of these pieces are. The same wish of the same person while it
    is still waiting is the first one again.
    """
    if source == target:
        raise TransferToItself(_("A transfer goes from one place to another."))
    ends = [box_view(box) if box is not None else None for box in (source, target)]
    ours = ends[0] or ends[1]
    assert ours is not None
    _check_requester(by, ends)
    day = org.business_day((ends[1] or ours).branch)
    clean = _faces_to_move(faces, ends, ours, day.date)
    wanted = clean | _qualities(clean, unfit, damaged, ours.currency)
    giver, taker = (end or ours for end in ends)
    number = take_number("DB", Transfer, taker.branch, day.date)
    waiting = Transfer.objects.filter(
        source=source, target=target, requester_id=by.id, state=TransferState.REQUESTED, faces=wanted
    ).first()
    if waiting is not None:
        _tell(waiting, {"again": True})
        return transfer(waiting.pk)
    breach = LimitBreach.objects.filter(box=source, until=None).order_by("pk").first() if source else None
    row = Transfer.objects.create(
        number=number, source_id=source, target_id=target, breach=breach,
        source_kind=Place.BOX if ends[0] else Place.CENTRAL_BANK,
        target_kind=Place.BOX if ends[1] else Place.CENTRAL_BANK, source_branch=giver.branch,
        target_branch=taker.branch, business_date=day.date, currency=ours.currency,
        amount=faces_sum(clean), faces=wanted, requester_id=by.id,
    )  # fmt: skip
    _step(row, TransferState.REQUESTED, by, reason=reason)
    return transfer(row.pk)


def _check_requester(by: Actor, ends: list[BoxView | None]) -> None:
    """Whoever holds one of the boxes, or answers for one of the branches."""
    if by.id in [end.custodian for end in ends if end]:
        return
    branches = {end.branch for end in ends if end}
    if not any(people.may(person=by.id, duty=Duty.AUTHORIZE, branch=branch) for branch in branches):
        raise NotTheirTransfer(_("Only who holds one of the boxes, or a supervisor, asks for a transfer."))


def _faces_to_move(
    faces: Mapping[str, int], ends: list[BoxView | None], ours: BoxView, day: Any
) -> dict[str, int]:
    clean = clean_faces(faces, ours.currency)
    if not clean or min(clean.values()) < 0:
        raise TransferMalformed(_("Say how many pieces of which face."), field="faces")
    if any(end is not None and end.currency != ours.currency for end in ends):
        raise TransferMalformed(_("The two boxes hold different currencies."))
    if ends[1] is not None and ends[0] is None:
        old = set(clean) - set(faces_in_use(currency=ours.currency, at=day))
        if old:
            raise TransferMalformed(_("This face is no longer in use."), field="faces", faces=sorted(old))
    return clean


def _qualities(
    pieces: dict[str, int], unfit: Mapping[str, int] | None, damaged: Mapping[str, int] | None, currency: str
) -> dict[str, Any]:
    """How many of the pieces are unfit and damaged, never more than there are."""
    named = [clean_faces(one or {}, currency) for one in (unfit, damaged)]
    for face in {**named[0], **named[1]}:
        each = [one.get(face, 0) for one in named]
        if min(each) < 0 or sum(each) > pieces.get(face, 0):
            raise TransferMalformed(
                _("More pieces are unfit or damaged than there are."), field="faces", faces=[face]
            )
    return {quality: one for quality, one in zip(QUALITIES, named, strict=True) if one}


@verb("vault.transfer.issued")
def issue_transfer(
    *, transfer: int, by: Actor, second: Actor | None = None, voucher: str = ""
) -> TransferView:  # fmt: skip
    """Count out 出库: the notes leave the giver's box, their money is in transit from now on.

    From the central bank it is its cash that left; ``voucher`` is the number of its slip.
    """
    row, view = _locked(transfer, TransferAct.ISSUE, by)
    check_second(view, by, second)
    if view.source is None and not voucher.strip():
        raise ReasonMissing(_("Write the number of the central bank's slip."), field="voucher")
    row.transit, entry = money.issue(view, by=by, second=second, voucher=voucher.strip()[:60])
    return _move(row, TransferState.ISSUED, by, second=second, entry=entry, reason=voucher)


@verb("vault.transfer.carried")
def carry_transfer(*, transfer: int, carrier: str, seals: str, by: Actor) -> TransferView:
    """Give the sealed notes to a carrier 交押运; between branches, and to the central bank."""
    row, _view = _locked(transfer, TransferAct.CARRY, by)
    if not carrier.strip() or not seals.strip():
        raise ReasonMissing(_("Name the carrier and the numbers of the seals."), field="carrier")
    row.carrier, row.seals = carrier.strip()[:60], seals.strip()[:120]
    return _move(row, TransferState.IN_TRANSIT, by, reason=f"{row.carrier} · {row.seals}")


@verb("vault.transfer.counted")
def count_transfer(*, transfer: int, faces: Mapping[str, int], by: Actor) -> bool:
    """The receiver's blind count 盲点入库. Says whether it agrees, not by how much; every try is kept."""
    row, view = _locked(transfer, TransferAct.COUNT, by)
    counted = clean_faces(faces, view.currency)
    if counted and min(counted.values()) < 0:
        raise TransferMalformed(_("This is no number of pieces."), field="faces")
    agrees = counted == view.faces
    last = TransferCount.objects.filter(transfer=row).order_by("-pk").first()
    if agrees and last is not None and last.agrees and last.person_id == by.id:
        _tell(row, {"agrees": True, "again": True})
        return True
    TransferCount.objects.create(transfer=row, person_id=by.id, faces=counted, agrees=agrees)
    _tell(row, {"agrees": agrees})
    return agrees


@verb("vault.transfer.received")
def receive_transfer(
    *, transfer: int, by: Actor, second: Actor | None = None, voucher: str = ""
) -> TransferView:  # fmt: skip
    """Take it in 入库: only after a blind count that agrees, by who counted.

    To the central bank it is its receipt that ends it; ``voucher`` is the receipt's number.
    """
    row, view = _locked(transfer, TransferAct.RECEIVE, by)
    if view.target is not None:
        _check_counted(row, by)
    check_second(view, by, second)
    if view.target is None and not voucher.strip():
        raise ReasonMissing(_("Write the number of the central bank's slip."), field="voucher")
    entry = money.receive(view, transit=row.transit, by=by, second=second, voucher=voucher.strip()[:60])
    return _move(row, TransferState.RECEIVED, by, second=second, entry=entry, reason=voucher)


@verb("vault.transfer.rejected")
def reject_transfer(*, transfer: int, reason: str, by: Actor) -> TransferView:
    """Do not take it 拒收: notes and money go back to where they came from, by an entry of their own."""
    row, view = _locked(transfer, TransferAct.REJECT, by)
    if not reason.strip():
        raise ReasonMissing(_("Say why."), field="reason")
    entry = money.give_back(view, transit=row.transit, by=by, why="rejected")
    return _move(row, TransferState.REJECTED, by, entry=entry, reason=reason)


@verb("vault.transfer.cancelled")
def cancel_transfer(*, transfer: int, by: Actor, reason: str = "") -> TransferView:
    """Give it up 撤销: by who asked for it, who answers for the branch, or the giver.

    What was counted out goes back to its box; once a carrier has it, only the receiver sends it back.
    """
    row, view = _locked(transfer, TransferAct.CANCEL, by)
    entry = money.give_back(view, transit=row.transit, by=by, why="cancelled") if view.on_the_way else None
    return _move(row, TransferState.CANCELLED, by, entry=entry, reason=reason)


def lapse_requests() -> int:
    """End every request that nobody issued within the hours of the dated rule; how many."""
    waiting = Transfer.objects.filter(state=TransferState.REQUESTED).order_by("pk")
    lapsed = 0
    for id, branch, at in waiting.values_list("pk", "target_branch", "at"):
        hours = int(org.value(key=LAPSE, at=org.business_day(branch).date))
        if clock.now() - at >= timedelta(hours=hours):
            with suppress(TransferEnded):  # somebody was faster
                lapse_transfer(transfer=id, by=SYSTEM)
                lapsed += 1
    return lapsed


@verb("vault.transfer.lapsed")
def lapse_transfer(*, transfer: int, by: Actor) -> TransferView:
    """End a request that nobody issued in time 申请逾期; nothing had moved."""
    row = Transfer.objects.select_for_update(no_key=True, of=("self",)).get(pk=transfer)
    if row.state != TransferState.REQUESTED:
        raise TransferEnded(_("The state of this transfer does not allow it."), state=row.state)
    return _move(row, TransferState.CANCELLED, by)


def _check_counted(row: Transfer, by: Actor) -> None:
    last = TransferCount.objects.filter(transfer=row).order_by("-pk").first()
    if last is None or last.person_id != by.id or not last.agrees:
        raise TransferDiffers(
            _("The count is not what was issued."),
            why=Why(remedy=str(_("Count again; or refuse it, and it goes back to the giver."))),
        )


def _locked(id: int, act: TransferAct, by: Actor) -> tuple[Transfer, TransferView]:
    """The row, locked, and what it says now, if ``by`` may do this with it."""
    row = (
        Transfer.objects.select_for_update(no_key=True, of=("self",))
        .select_related("source", "target").filter(pk=id).first()
    )  # fmt: skip
    if row is None:
        raise UnknownTransfer(_("There is no such transfer."), transfer=id)
    view = transfer(id)
    check_act(view, act, by)
    return row, view


def _move(
    row: Transfer, state: TransferState, by: Actor, *, second: Actor | None = None, entry: int | None = None,
    reason: str = "",
) -> TransferView:  # fmt: skip
    row.state = state
    row.save(update_fields=["state", "transit", "carrier", "seals"])
    _step(row, state, by, second=second, entry=entry, reason=reason)
    return transfer(row.pk)


def _step(
    row: Transfer, state: TransferState, by: Actor, *, second: Actor | None = None, entry: int | None = None,
    reason: str = "",
) -> None:  # fmt: skip
    TransferStep.objects.create(
        transfer=row, state=state, person_id=by.id, second_id=second.id if second else None, entry=entry,
        reason=reason.strip()[:200],
    )  # fmt: skip
    _tell(row, {"entry": entry, "second": second.id if second else None, "reason": reason.strip()[:200]})


def _tell(row: Transfer, data: dict[str, Any]) -> None:
    branches = {row.source_branch, row.target_branch}
    tell(
        Told(
            subject=f"transfer:{row.pk}", branch=row.target_branch, business_date=row.business_date,
            data={"number": row.number, "state": str(row.state), "amount": row.amount, **data},
            channels=tuple(sorted(f"branch:{branch}" for branch in branches)),
        )
    )  # fmt: skip
