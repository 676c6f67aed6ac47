"""What the dated rules say to the ledger: interest, terms of holds. Rules are data of ``org``."""

from __future__ import annotations

from datetime import date
from typing import Any

from counterpoint.kit import clock
from counterpoint.ledger.data import AccountKind
from counterpoint.ledger.rules_interest import add_months
from counterpoint.ledger.terms import InterestRule
from counterpoint.org import services as org
from counterpoint.org.data import DayNotOpen


def today_of(branch: int) -> date:
    """The business date of a branch; before its first day was opened, the calendar's."""
    try:
        return org.business_day(branch).date
    except DayNotOpen:
        return clock.today()


_ROUNDINGS = {"half_up_fen": "half_up"}


def interest_rule(
    *, kind: AccountKind, currency: str, at: date, term_months: int = 0
) -> tuple[InterestRule, dict[str, Any]]:
    """The interest rule for a kind of account on a day, and what decided it (for the event)."""
    facts = {"product": str(kind), "currency": currency, "term_months": term_months or 0}
    decision = org.decide_if_any(table="ledger.interest", facts=facts, at=at)
    if decision is None:
        # No rule at all: nothing is paid rather than something invented.
        return InterestRule(rate=0), {}
    out = decision.outcome
    settled = _settlement(at)
    rule = InterestRule(
        rate=int(out.get("rate_ppm", 0)),
        day_basis=int(out.get("day_basis", 360)),
        base=max(1, int(out.get("base_minor", 100))),
        rounding=_ROUNDINGS.get(str(out.get("rounding")), str(out.get("rounding", "half_up"))),
        settle_months=tuple(sorted({month for month, _ in settled})),
        settle_day=settled[0][1],
    )
    return rule, {"rule": "ledger.interest", "version": decision.version, "rate": rule.rate}


def _settlement(at: date) -> list[tuple[int, int]]:
    quarterly = ["03-20", "06-20", "09-20", "12-20"]
    days = org.value_or(quarterly, key="ledger.interest_settlement_days", at=at)
    return [(int(day[:2]), int(day[3:])) for day in days]


def hold_limit(*, authority: str, starts: date) -> tuple[date, int]:
    """The last day that a hold for ``authority`` may reach, and how many officers must bring it."""
    if authority == "bank":
        return add_months(starts, 12), 0
    decision = org.decide_if_any(table="ledger.freeze", facts={"authority": authority}, at=starts)
    outcome = decision.outcome if decision else {}
    return add_months(starts, int(outcome.get("months", 6))), int(outcome.get("officers", 1))
