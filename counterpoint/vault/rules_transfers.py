"""What may happen to a transfer of cash 现金调拨, and by whom, as one table; and its route."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from counterpoint.kit.states import Machine, Move, State
from counterpoint.vault.data_cash import Place
from counterpoint.vault.data_cash import TransferState as T
from counterpoint.vault.data_counts import PieceUnit
from counterpoint.vault.data_transfers import TransferAct as A
from counterpoint.vault.data_transfers import TransferPart as P
from counterpoint.vault.data_transfers import TransferView
from counterpoint.vault.rules_counts import Binding, units_of

#: What of the pieces is not fit to be paid out, as the row and the effect ``vault.faces`` name it.
QUALITIES = ("unfit", "damaged")


@dataclass(frozen=True, slots=True)
class Line:
    """In a state, an act of somebody leads to another state."""

    start: T
    act: A
    parts: tuple[P, ...]
    end: T
    cause: str


TABLE = (
    Line(T.REQUESTED, A.ISSUE, (P.GIVER,), T.ISSUED, "the giver counts out 出库"),
    Line(T.REQUESTED, A.CANCEL, (P.GIVER, P.REQUESTER, P.SUPERVISOR), T.CANCELLED,
         "nobody needs it any more: giver, who asked, or supervisor 撤销; or nobody issued it in time 逾期"),
    Line(T.ISSUED, A.CARRY, (P.GIVER,), T.IN_TRANSIT, "a carrier takes it from the giver, sealed 交接押运"),
    Line(T.ISSUED, A.COUNT, (P.RECEIVER,), T.ISSUED, "the receiver counts blind 盲点"),
    Line(T.ISSUED, A.RECEIVE, (P.RECEIVER,), T.RECEIVED, "the receiver's blind count agrees 入库"),
    Line(T.ISSUED, A.REJECT, (P.RECEIVER,), T.REJECTED, "the receiver does not take it 拒收"),
    Line(T.ISSUED, A.CANCEL, (P.GIVER,), T.CANCELLED, "the giver takes it back before it has left 撤销"),
    Line(T.IN_TRANSIT, A.COUNT, (P.RECEIVER,), T.IN_TRANSIT, "the receiver counts blind 盲点"),
    Line(T.IN_TRANSIT, A.RECEIVE, (P.RECEIVER,), T.RECEIVED, "the receiver's blind count agrees 入库"),
    Line(T.IN_TRANSIT, A.REJECT, (P.RECEIVER,), T.REJECTED, "the receiver does not take it 拒收"),
)  # fmt: skip

TRANSFER = Machine(
    name="cash_transfer",
    title="Transfer of cash 现金调拨",
    states=(
        State(T.REQUESTED, "requested 申请", "nothing has moved"),
        State(T.ISSUED, "issued 出库", "the notes have left the giver; their money is in transit"),
        State(T.IN_TRANSIT, "in transit 在途", "a carrier has the sealed notes"),
        State(T.RECEIVED, "received 入库", "nothing, for good"),
        State(T.REJECTED, "rejected 拒收", "nothing; the notes are with the giver again"),
        State(T.CANCELLED, "cancelled 撤销", "nothing; the notes are with the giver, or never left"),
    ),
    start=T.REQUESTED,
    moves=tuple(Move(line.start, line.end, line.cause) for line in TABLE if line.start is not line.end),
)


def line_of(state: T, act: A) -> Line | None:
    """The line of the table, if this may happen in this state at all."""
    return next((line for line in TABLE if line.start is state and line.act is act), None)


def too_early(view: TransferView, act: A) -> bool:
    """Between branches nobody counts, takes or refuses what no carrier has brought."""
    arriving = act in (A.COUNT, A.RECEIVE, A.REJECT)
    return arriving and view.between_branches and view.state is not T.IN_TRANSIT


def needless(view: TransferView, act: A) -> bool:
    """Within the branch nothing is carried; at the central bank nobody of ours counts."""
    if act is A.CARRY:
        return not view.needs_carrier
    return act is A.COUNT and view.target is None


def acts(view: TransferView, parts: Collection[P]) -> list[A]:
    """What somebody with these parts in it may do next."""
    return [
        line.act for line in TABLE
        if line.start is view.state and set(line.parts) & set(parts)
        and not too_early(view, line.act) and not needless(view, line.act)
    ]  # fmt: skip


def route(source: Place, target: Place, *, between_branches: bool, vault: bool) -> str:
    """The route by which the rule decides: central_bank, branches, vault or boxes."""
    if Place.CENTRAL_BANK in (source, target):
        return "central_bank"
    if between_branches:
        return "branches"
    return "vault" if vault else "boxes"


def split(face: str, pieces: int, binding: Binding) -> dict[PieceUnit, int]:
    """Pieces as they are bound: bundles 捆 as far as they go, straps 把 or rolls 卷, the rest loose 散."""
    found = {}
    for unit in units_of(face):
        found[unit], pieces = divmod(pieces, binding.pieces(unit))
    return found
