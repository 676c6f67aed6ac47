"""Asking the dated rules, and keeping what they say with reason, source and date 规则问询."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from counterpoint.approvals import services as approvals
from counterpoint.customers.data import PartyKind
from counterpoint.kit import clock
from counterpoint.kit.data import ActorKind, Why
from counterpoint.ledger.data import AccountView
from counterpoint.org import services as org
from counterpoint.org.data import RuleDecision
from counterpoint.teller import queries
from counterpoint.teller.data import BookingNeeded, IdentityNeeded, LimitReached, Need, RuleHit
from counterpoint.teller.services.context import Context, Owned


def hits_of(decision: RuleDecision | None) -> tuple[RuleHit, ...]:
    if decision is None:
        return ()
    return tuple(
        RuleHit(
            hit.rule_key, hit.version, hit.reason_zh, hit.reason_en, hit.source,
            hit.since.isoformat() if hit.since else "", hit.unverified,
        )
        for hit in decision.hits
    )  # fmt: skip


def reason(hit: RuleHit | None) -> str:
    """Why, in the reader's language."""
    return hit.reason(get_language() or "zh") if hit else ""


@dataclass(slots=True)
class Consultation:
    """What the rules said so far about one operation."""

    hits: list[RuleHit] = field(default_factory=list)
    need: Need | None = None
    reports: list[dict[str, str]] = field(default_factory=list)
    asked: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def parts(self) -> dict[str, Any]:
        """The keyword arguments of a plan that come from here."""
        unique = tuple(dict.fromkeys(self.hits))
        return {"hits": unique, "need": self.need, "reports": tuple(self.reports), "asked": self.asked}


def _usd(amount: int, currency: str) -> dict[str, int]:
    # Only the dollar is its own worth in dollars; other currencies wait for the rates' own room.
    return {"usd_minor": amount} if currency == "USD" else {}


def _minute() -> int:
    now = clock.now().astimezone(clock.CHINA)
    return now.hour * 60 + now.minute


def approval(
    ctx: Context, into: Consultation, *, amount: int, currency: str, owned: Owned | None, agent: bool,
    operation: str | None = None, out_of: int | None = None,
) -> None:  # fmt: skip
    """Whether other people must approve 授权; what was asked is kept for the replay of rules."""
    code = operation or ctx.operation.code
    facts: dict[str, Any] = {
        "operation": code, "amount_minor": amount, "currency": currency, "agent": agent,
        "day_total_minor": amount + (queries.out_of_account(out_of, ctx.day) if out_of else 0),
        "channel": "machine" if ctx.by.kind is ActorKind.MACHINE else "counter",
        "minute_of_day": _minute(),
    } | _usd(amount, currency)  # fmt: skip
    if owned and owned.owner:
        facts["customer_risk"] = str(owned.owner.risk)
    if owned:
        facts["product"] = str(owned.account.kind)
    if owned and owned.account.opened:
        facts["account_age_days"] = (ctx.day - owned.account.opened).days
    decision = org.decide_if_any(table="teller.approval", facts=facts, at=ctx.day)
    if decision is None:
        return
    hits = hits_of(decision)
    into.hits.extend(hits)
    into.asked["teller.approval"] = {"facts": facts, "outcome": decision.outcome, "version": decision.version}
    requirement = approvals.requirement_of(decision.outcome)
    if requirement and (into.need is None or into.need.people < requirement.people):
        into.need = Need(requirement, decision.table, decision.version, hits)


def identity(
    ctx: Context, into: Consultation, facts: Mapping[str, Any], *, amount: int, currency: str,
    owned: Owned | None, agent: bool, operation: str | None = None,
) -> None:  # fmt: skip
    """Whether the document must be checked and copied; refuses until the teller says that it was."""
    asked: dict[str, Any] = {
        "operation": operation or ctx.operation.code, "amount_minor": amount, "currency": currency,
        "agent": agent,
    } | _usd(amount, currency)  # fmt: skip
    if owned and owned.owner:
        asked["customer_risk"] = str(owned.owner.risk)
    decision = org.decide_if_any(table="teller.identity", facts=asked, at=ctx.day)
    if decision is None:
        return
    hits = hits_of(decision)
    into.hits.extend(hits)
    wanted, first = decision.outcome, hits[0] if hits else None
    missing = [
        name
        for name, done in (("id_check", "id_checked"), ("copy", "id_copied"))
        if wanted.get(name) and not facts.get(done)
    ]
    if missing:
        remedy = _("Check the document and keep a copy, then tick both.")
        raise IdentityNeeded(
            _("The customer's identity must be checked first."),
            why=Why(
                rule="；".join(dict.fromkeys(reason(hit) for hit in hits)),
                source=first.source if first else "", since=first.since if first else "", remedy=str(remedy),
            ),
            missing=missing,
        )  # fmt: skip


def large_value(
    ctx: Context,
    into: Consultation,
    *,
    kind: str,
    amount: int,
    currency: str,
    owned: Owned,
    exempt: bool = False,
) -> None:
    """Whether a large-value report is due 大额交易报告, and by when; never shown to the customer."""
    if owned.owner is None:
        return
    total = amount + queries.moved_by_party(owned.owner.id, ctx.day, kind, currency)
    facts: dict[str, Any] = {
        "kind": kind,
        "party": "natural" if owned.owner.kind is PartyKind.NATURAL else "legal",
        "currency": currency, "day_total_minor": total, "exempt": exempt,
    } | _usd(total, currency)  # fmt: skip
    decision = org.decide_if_any(table="teller.large_value_report", facts=facts, at=ctx.day)
    if decision is None or not decision.outcome.get("report"):
        return
    into.hits.extend(hits_of(decision))
    days = int(org.value_or(5, key="aml.large_value_deadline", at=ctx.day))
    due = org.add_working_days(ctx.day, days)
    for criterion in decision.outcome.get("reports") or ["large_value"]:
        into.reports.append(
            {"criterion": str(criterion), "due": due.isoformat(), "party": str(owned.owner.id),
             "direction": kind, "version": str(decision.version)}
        )  # fmt: skip


def advice(ctx: Context, into: Consultation, *, amount: int, currency: str) -> None:
    """The rule that advises: recount by a second person."""
    cash = {"amount_minor": amount, "currency": currency}
    into.hits.extend(hits_of(org.decide_if_any(table="teller.cash_recount", facts=cash, at=ctx.day)))


def booked(ctx: Context, into: Consultation, *, amount: int, currency: str, booking: int) -> None:
    """Large withdrawals are booked ahead 大额预约; ``booking`` is the amount booked for today.

    Without a booking a supervisor waives it, where the rule lets the branch.
    """
    facts = {"operation": "1102", "amount_minor": amount, "currency": currency}
    decision = org.decide_if_any(table="teller.cash_booking", facts=facts, at=ctx.day)
    if decision is None or not decision.outcome.get("booking") or booking >= amount:
        return
    hits = hits_of(decision)
    into.hits.extend(hits)
    if not decision.outcome.get("waivable"):
        raise BookingNeeded(
            _("So much cash has to be booked first."),
            why=Why(
                rule=reason(hits[0]), source=hits[0].source, since=hits[0].since,
                remedy=str(_("Book it for another day, or pay out less.")),
            ),
        )  # fmt: skip
    if into.need is None:
        requirement = approvals.requirement_of({"approvals": 1} | decision.outcome)
        assert requirement is not None
        into.need = Need(requirement, decision.table, decision.version, hits)


def class_limit(
    ctx: Context, into: Consultation, account: AccountView, *, amount: int, direction: str
) -> None:
    """The limits of class II and III accounts 账户分类; class I has none."""
    kind = queries.account_class(account.id)
    if kind == "I" or account.currency != "CNY":
        return
    decision = org.decide_if_any(
        table="teller.account_class_limit", facts={"account_class": kind, "direction": direction}, at=ctx.day
    )
    if decision is None:
        return
    hits = hits_of(decision)
    into.hits.extend(hits)
    day, year = queries.moved_on_account(account.id, ctx.day, direction)
    outcome = decision.outcome
    over = [
        name
        for name, reached in (
            ("day_limit_minor", day + amount),
            ("year_limit_minor", year + amount),
            ("balance_limit_minor", account.balance + amount if direction == "in" else 0),
        )
        if outcome.get(name) is not None and reached > int(outcome[name])
    ]
    if over:
        hit = hits[0] if hits else None
        raise LimitReached(
            _("The limit of this class of account would be passed."),
            why=Why(
                rule=reason(hit),
                source=hit.source if hit else "", since=hit.since if hit else "",
                remedy=str(_("Use a class I account, or a smaller amount.")),
            ),
            limits={name: outcome[name] for name in over},
        )  # fmt: skip


def charge(ctx: Context, into: Consultation, *, amount: int, currency: str) -> int:
    """The charge of this operation in minor units 手续费."""
    facts = {"operation": ctx.operation.code, "amount_minor": amount, "currency": currency}
    decision = org.decide_if_any(table="teller.charges", facts=facts, at=ctx.day)
    if decision is None or not decision.hits:
        return 0
    into.hits.extend(hits_of(decision))
    out = decision.outcome
    fee = int(out.get("fee_minor") or 0) + amount * int(out.get("fee_ppm") or 0) // 1_000_000
    most = out.get("fee_max_minor")
    return min(fee, int(most)) if most else fee
