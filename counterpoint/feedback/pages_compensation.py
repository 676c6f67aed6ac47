"""What the page of a complaint shows of its compensation."""

from __future__ import annotations

from typing import Any

from counterpoint.feedback import queries_compensation as queries
from counterpoint.feedback import services
from counterpoint.feedback.data_compensation import Compensation, CompensationState
from counterpoint.feedback.data_complaints import Complaint, ComplaintState
from counterpoint.feedback.forms.compensation import CompensationForm
from counterpoint.feedback.labels import COMPENSATION_STATES

S = CompensationState


def _line(one: Compensation, *, deals: bool, handles: bool) -> dict[str, Any]:
    return {
        "one": one, "amount": -one.amount if one.reverses else one.amount,
        "state": COMPENSATION_STATES[one.state], "deals": deals and one.open,
        "may_pay": handles and one.state is S.APPROVED,
    }  # fmt: skip


def section(found: Complaint, *, deals: bool, handles: bool, reads: bool) -> dict[str, Any]:
    """The proposals with how each stands, what was paid in all, and what this person may do."""
    if not reads:
        return {"compensations": (), "compensated": 0, "compensation_form": None}
    known = queries.compensations(found.id)
    running = found.state in (ComplaintState.INVESTIGATING, ComplaintState.ANSWERED)
    # What was paid in error is taken back after the close, too.
    acts = running or found.state is ComplaintState.CLOSED
    waits = any(one.open for one in known)
    return {
        "compensations": [
            _line(one, deals=deals and acts, handles=handles and acts)
            | {"may_return": handles and acts and one.paid and not waits}
            for one in known
        ],
        "compensated": queries.paid(known),
        "compensated_currency": known[0].currency if known else "",
        "compensation_form": form(found) if handles and running and not waits else None,
        "compensation_signals": ", ".join(
            f"signal:{name} from:body throttle:400ms" for name in (f"complaint:{found.id}", *_requests(known))
        ),
    }  # fmt: skip


def _requests(known: list[Compensation]) -> list[str]:
    return [f"request:{one.request}" for one in known if one.open and one.request]


def form(found: Complaint, data: Any = None) -> CompensationForm | None:
    """The form to propose one; none where the customer has no account for it."""
    currency, accounts = services.compensation_accounts(found)
    return CompensationForm(data, accounts=accounts, currency=currency) if accounts else None
