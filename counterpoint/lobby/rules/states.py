"""The states of a ticket 排队号状态 and what may follow what."""

from __future__ import annotations

from counterpoint.kit.states import Machine, Move, State
from counterpoint.lobby.data import IN_LINE, TicketState

S = TicketState

_LINE = "called, transferred, left, voided"
STATES = (
    State(S.WAITING, "waits 等候", _LINE),
    State(S.PREWORK, "does pre-work in the line 预处理中", _LINE),
    State(S.TRANSFERRED, "waits after a transfer 转号等候", _LINE),
    State(S.RETURNED, "waits again, in the old place 退回等候", _LINE),
    State(S.CALLED, "called to a desk 已叫号", "recall, serving, no-show"),
    State(S.RECALLED, "called again 重复叫号", "recall, serving, no-show"),
    State(S.SERVING, "served at a desk 办理中", "park, hand over, transfer, finish"),
    State(S.PARKED, "waits for something 暂存", "serving again, called"),
    State(S.HANDED_OVER, "on its way to another desk 转交中", "serving, back to the line"),
    State(S.NO_SHOW, "did not come 过号", "back to the line within the grace"),
    State(S.LEFT, "left 离开", "reopened on the same day"),
    State(S.SERVED, "finished 办结", "reopened on the same day"),
    State(S.VOIDED, "void 作废"),
)


def _moves() -> tuple[Move, ...]:
    moves = [Move(S.WAITING, S.PREWORK, "pre-work begun"), Move(S.PREWORK, S.WAITING, "pre-work done")]
    for start in IN_LINE:
        moves.append(Move(start, S.CALLED, "called"))
        if start is not S.TRANSFERRED:
            moves.append(Move(start, S.TRANSFERRED, "transferred"))
        moves.append(Move(start, S.LEFT, "customer left"))
        moves.append(Move(start, S.VOIDED, "voided"))
        if start in (S.TRANSFERRED, S.RETURNED):
            moves.append(Move(start, S.PREWORK, "pre-work begun"))
    for start in (S.CALLED, S.RECALLED):
        moves += [
            Move(start, S.SERVING, "service begun"),
            Move(start, S.NO_SHOW, "did not come"),
            Move(start, S.RETURNED, "the desk let go of it"),
            Move(start, S.LEFT, "customer left"),
            Move(start, S.TRANSFERRED, "transferred"),
        ]
    moves.append(Move(S.CALLED, S.RECALLED, "called again"))
    moves.append(Move(S.RECALLED, S.RECALLED, "called again"))
    moves += [
        Move(S.SERVING, S.SERVED, "finished"),
        Move(S.SERVING, S.PARKED, "parked"),
        Move(S.SERVING, S.HANDED_OVER, "handed over"),
        Move(S.SERVING, S.TRANSFERRED, "transferred"),
        Move(S.SERVING, S.RETURNED, "the desk let go of it"),
        Move(S.SERVING, S.LEFT, "customer left"),
        Move(S.PARKED, S.SERVING, "resumed"),
        Move(S.PARKED, S.CALLED, "called"),
        Move(S.PARKED, S.LEFT, "customer left"),
        Move(S.PARKED, S.SERVED, "finished"),
        Move(S.PARKED, S.VOIDED, "voided"),
        Move(S.HANDED_OVER, S.SERVING, "accepted"),
        Move(S.HANDED_OVER, S.RETURNED, "came back"),
        Move(S.HANDED_OVER, S.LEFT, "customer left"),
        Move(S.HANDED_OVER, S.SERVED, "finished"),
        Move(S.NO_SHOW, S.RETURNED, "came within the grace"),
        Move(S.SERVED, S.RETURNED, "reopened"),
        Move(S.LEFT, S.RETURNED, "reopened"),
    ]
    return tuple(moves)


TICKET = Machine("lobby_ticket", "Ticket 排队号", STATES, S.WAITING, _moves())
