"""Pure decisions on compensation 投诉补偿: how a proposal stands, what it is signed by, how it is posted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counterpoint.approvals.data import RequestState
from counterpoint.feedback.data import FeedbackRuleMalformed
from counterpoint.feedback.data_compensation import CompensationState, Limits
from counterpoint.kit.money import EXPONENTS, MINOR_MAX
from counterpoint.kit.states import Machine, Move, State
from counterpoint.ledger.data import Leg

S = CompensationState
MACHINE = Machine(
    name="compensation",
    title="Compensation of a complaint 投诉补偿",
    states=(
        State(S.PROPOSED, "waits for approval 待授权", "others approve, return or refuse it"),
        State(S.APPROVED, "approved 已授权", "its handler pays it, once"),
        State(S.PAID, "paid 已入账"),
        State(S.RETURNED, "to be corrected 退回补正", "a new proposal that follows it"),
        State(S.REFUSED, "refused 已拒绝", "a new proposal, which says so"),
        State(S.LAPSED, "not decided or not paid in time 已失效", "a new proposal"),
        State(S.WITHDRAWN, "taken back 已撤回", "a new proposal"),
    ),
    start=S.PROPOSED,
    moves=(
        Move(S.PROPOSED, S.APPROVED, "enough people whom it does not concern approve"),
        Move(S.PROPOSED, S.RETURNED, "an approver asks for a correction"),
        Move(S.PROPOSED, S.REFUSED, "one approver refuses"),
        Move(S.PROPOSED, S.LAPSED, "nobody decides in time"),
        Move(
            S.PROPOSED, S.WITHDRAWN, "who deals with it takes it back, or somebody turns out to be concerned"
        ),
        Move(S.APPROVED, S.PAID, "the entry is posted"),
        Move(S.APPROVED, S.LAPSED, "it is not paid in time"),
        Move(
            S.APPROVED, S.WITHDRAWN, "who deals with it takes it back, or somebody turns out to be concerned"
        ),
    ),
)
#: How a request for approval left the proposal.
_ENDS = {
    RequestState.RETURNED: S.RETURNED,
    RequestState.REFUSED: S.REFUSED,
    RequestState.WITHDRAWN: S.WITHDRAWN,
    RequestState.EXPIRED: S.LAPSED,
}


def state_of(*, ended: str, request: RequestState | None, in_time: bool) -> CompensationState:
    """How a proposal stands: by its own end, or else by its request, as long as that holds."""
    if ended:
        return CompensationState(ended)
    if request in _ENDS:
        return _ENDS[request]
    if request is None or not in_time:
        return S.LAPSED
    return S.APPROVED if request is RequestState.APPROVED else S.PROPOSED


def limits_of(value: Any) -> Limits:
    """The limits as the dated rule writes them."""
    try:
        found = Limits(value["currency"], value["handle"], value["oversee"])
    except (TypeError, KeyError) as trouble:
        raise FeedbackRuleMalformed("compensation needs a currency and two limits") from trouble
    if found.currency not in EXPONENTS or not all(good_amount(n) for n in (found.handle, found.oversee)):
        raise FeedbackRuleMalformed("compensation has limits above zero in a currency of the bank")
    return found


def good_amount(minor: object) -> bool:
    """Whether ``minor`` can be paid: whole, above zero, and it fits the books."""
    return type(minor) is int and 0 < minor <= MINOR_MAX


def legs(
    *, amount: int, currency: str, expense: int, account: int, branch: int, account_branch: int,
    between: Callable[[int], int],
) -> tuple[Leg, ...]:  # fmt: skip
    """Dr expense, Cr the customer; an account of another branch goes through 系统内往来 (``between``)."""
    ends = (Leg(expense, amount, currency), Leg(account, -amount, currency))
    if branch == account_branch:
        return ends
    via = (Leg(between(branch), -amount, currency), Leg(between(account_branch), amount, currency))
    return (ends[0], *via, ends[1])
