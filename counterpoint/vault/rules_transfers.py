"""What a transfer of cash may do next 现金调拨, as a table; and its route."""

from __future__ import annotations

from counterpoint.kit.states import Machine, Move, State
from counterpoint.vault.data_cash import Place
from counterpoint.vault.data_cash import TransferState as T

#: What of the pieces is not fit to be paid out, as the row and the effect ``vault.faces`` name it.
QUALITIES = ("unfit", "damaged")

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
    moves=(
        Move(T.REQUESTED, T.ISSUED, "the giver counts out 出库"),
        Move(T.REQUESTED, T.CANCELLED, "nobody needs it any more 撤销"),
        Move(T.ISSUED, T.IN_TRANSIT, "a carrier takes it, sealed 交接押运"),
        Move(T.ISSUED, T.RECEIVED, "the receiver's blind count agrees 入库"),
        Move(T.ISSUED, T.REJECTED, "the receiver does not take it 拒收"),
        Move(T.ISSUED, T.CANCELLED, "the giver takes it back before it has left 撤销"),
        Move(T.IN_TRANSIT, T.RECEIVED, "the receiver's blind count agrees 入库"),
        Move(T.IN_TRANSIT, T.REJECTED, "the receiver does not take it 拒收"),
    ),
)


def route(source: Place, target: Place, *, between_branches: bool, vault: bool) -> str:
    """The route by which the rule decides: central_bank, branches, vault or boxes."""
    if Place.CENTRAL_BANK in (source, target):
        return "central_bank"
    if between_branches:
        return "branches"
    return "vault" if vault else "boxes"
