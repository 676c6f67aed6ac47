"""Plans of services on accounts: open, close, look, hold, loss, password."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from counterpoint.customers import services as customers
from counterpoint.customers.data import MandateScope, PartyKind
from counterpoint.kit.data import Malformed, Why
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind, AccountStatus, NotClosable
from counterpoint.org import services as org
from counterpoint.teller import models, queries
from counterpoint.teller.data import (
    Charge,
    LimitReached,
    Line,
    LossKind,
    NotReported,
    Payout,
    SameAccount,
)
from counterpoint.teller.services import consult, money
from counterpoint.teller.services.consult import Consultation
from counterpoint.teller.services.context import Context, Owned, Plan, amount_in, demand_only, owned
from counterpoint.teller.services.people_at_counter import check_agent, check_mandate


def _consulted(ctx: Context, facts: dict[str, Any], one: Owned | None, amount: int = 0) -> Consultation:
    """Approval and identity, as nearly every service on an account asks them."""
    said, agent = Consultation(), bool(facts.get("agent"))
    currency = one.account.currency if one else "CNY"
    consult.approval(ctx, said, amount=amount, currency=currency, owned=one, agent=agent)
    consult.identity(ctx, said, facts, amount=amount, currency=currency, owned=one, agent=agent)
    return said


def _plan(one: Owned, facts: dict[str, Any], summary: str, said: Consultation, **more: Any) -> Plan:
    details: dict[str, Any] = {"amount": 0, "shown": (one.account,), "party": one.party} | said.parts() | more
    return Plan(
        subject=f"account:{one.account.id}",
        summary=summary,
        currency=one.account.currency,
        facts=facts,
        **details,
    )


def open_account(facts: dict[str, Any], ctx: Context) -> Plan:
    """1301 开户, for a customer who is known."""
    party = customers.party(int(facts["customer"]))
    kind = str(facts.get("account_class", "I"))
    if party.kind is PartyKind.NATURAL and kind == "I":
        mine = [
            view for view in ledger.accounts_of(party.id)
            if view.kind is AccountKind.DEMAND and view.status is not AccountStatus.CLOSED
        ]  # fmt: skip
        classes = queries.account_classes(view.id for view in mine)
        most = int(org.value_or(1, key="accounts.class_one_per_person", at=ctx.day))
        if sum(classes.get(view.id, "I") == "I" for view in mine) >= most:
            raise LimitReached(
                _("This customer has a class I account already."),
                why=Why(
                    rule="accounts.class_one_per_person", remedy=str(_("Open a class II or III account."))
                ),
                field="account_class",
            )
    if not models.Secret.objects.filter(pk=int(facts.get("secret") or 0)).exists():
        raise Malformed(_("The password was used already. Enter it again."), field="password")
    said = _consulted(ctx, facts, None)
    return Plan(
        subject=f"party:{party.id}", summary="开户", currency=str(facts.get("currency") or "CNY"), amount=0,
        facts=facts, party=party.id, after="open", **said.parts(),
    )  # fmt: skip


def close_account(facts: dict[str, Any], ctx: Context) -> Plan:
    """1302 销户: interest settled, the balance paid out, then closed."""
    one = owned(facts["account"])
    demand_only(one.account)
    view, currency = one.account, one.account.currency
    if [hold for hold in ledger.holds(view.id) if hold.active]:
        raise NotClosable(
            _("An account is closed when nothing is on it and nothing is held."),
            why=Why(remedy=str(_("Release the holds first."))), held=view.held,
        )  # fmt: skip
    money.check_out(one, view.balance)
    interest = ledger.closing_interest(account=view.id, on=ctx.day)
    rest = view.balance + interest
    agent = check_agent(facts, one)
    remarks = check_mandate(ctx, one, agent, scope=MandateScope.WITHDRAW, amount=rest) if rest else ()
    said = _consulted(ctx, facts, one, rest)
    lines: list[Line] = []
    notes: dict[str, Any] = {"cash": 0}
    if rest and facts.get("payout") == Payout.TRANSFER:
        to = owned(facts.get("to") or 0)
        demand_only(to.account)
        money.check_currency(facts, view, to.account)
        if to.account.id == view.id:
            raise SameAccount(_("Both accounts are the same."), field="to")
        lines = [
            Line(view.id, rest, view.branch, "close"),
            Line(to.account.id, -rest, to.account.branch, "transfer_in"),
        ]
    elif rest:
        consult.large_value(ctx, said, kind="cash_out", amount=rest, currency=currency, owned=one)
        notes = money.cash(ctx, facts, net=-rest, currency=currency)
        lines = [Line(view.id, rest, view.branch, "close"), *money.cash_line(ctx, -rest)]
    return _plan(
        one, facts, "销户", said, amount=rest, lines=money.closed(ctx, lines, currency), after="close",
        extra={"interest": interest}, notes=remarks, **notes,
    )  # fmt: skip


def balance(facts: dict[str, Any], ctx: Context) -> Plan:
    """1401 余额查询."""
    one = owned(facts["account"])
    said = _consulted(ctx, facts, one)
    return _plan(one, facts, "余额查询", said, after="balance")


def statement(facts: dict[str, Any], ctx: Context) -> Plan:
    """1402 明细查询."""
    one = owned(facts["account"])
    since, until = date.fromisoformat(facts["since"]), date.fromisoformat(facts["until"])
    if until < since:
        raise Malformed(_("The end lies before the beginning."), field="until")
    page = ledger.statement(account=one.account.id, since=since, until=until, limit=1)
    said = _consulted(ctx, facts, one)
    return _plan(one, facts, "明细查询", said, after="statement", extra={"closing": page.closing})


def place_hold(facts: dict[str, Any], ctx: Context) -> Plan:
    """1501 冻结."""
    one = owned(facts["account"])
    amount = amount_in(facts) if facts.get("amount") is not None else 0
    said = _consulted(ctx, facts, one, amount)
    return _plan(one, facts, "冻结", said, amount=amount, after="hold")


def release_hold(facts: dict[str, Any], ctx: Context) -> Plan:
    """1502 解冻."""
    one = owned(facts["account"])
    found = ledger.hold(int(facts["hold"]))
    if found.account != one.account.id or not found.active:
        raise Malformed(_("This account has no such hold."), field="hold")
    said = _consulted(ctx, facts, one)
    return _plan(one, facts, "解冻", said, amount=found.amount or 0, after="release")


def loss(facts: dict[str, Any], ctx: Context) -> Plan:
    """1601 挂失: payment stops at once; 5 days to write after an oral report, 7 until a replacement."""
    one = owned(facts["account"])
    report, action = queries.loss_report(one.account.id), facts.get("action")
    said = _consulted(ctx, facts, one)
    if action == "lift":
        if report is None:
            raise NotReported(_("No loss is reported for this account."), field="action")
        return _plan(one, facts, "解挂", said, after="lift", extra={"report": report.pk})
    kind = LossKind(str(action))
    if report is not None and not (report.kind == LossKind.TEMPORARY and kind is LossKind.FORMAL):
        raise NotReported(
            _("A loss is reported for this account already."),
            why=Why(
                since=report.business_date.isoformat(), remedy=str(_("Lift the report, or make it formal."))
            ),
            field="action",
        )
    form = "oral" if kind is LossKind.TEMPORARY else "written"
    decision = org.decide_if_any(table="teller.loss_report", facts={"form": form}, at=ctx.day)
    said.hits.extend(consult.hits_of(decision))
    outcome = decision.outcome if decision else {}
    days = (
        outcome.get("written_within_days")
        if kind is LossKind.TEMPORARY
        else outcome.get("replace_after_days")
    )
    until = (ctx.day + timedelta(days=int(days))).isoformat() if days else None
    extra = {"kind": str(kind), "report": report.pk if report else None, "until": until}
    # A temporary report that is made formal was charged when it was made.
    fee = 0 if report else consult.charge(ctx, said, amount=0, currency=one.account.currency)
    return _plan(one, facts, "挂失", said, after="loss", extra=extra, **_fee(ctx, facts, one, fee))


def _fee(ctx: Context, facts: dict[str, Any], one: Owned, fee: int) -> dict[str, Any]:
    """The legs of a charge, from the account or in cash. A frozen account is not charged."""
    if not fee:
        return {}
    currency, in_cash = one.account.currency, facts.get("fee") == "cash"
    income = Line(ctx.internal(ctx.branch, "6021", currency), -fee, ctx.branch, "fee_income")
    charge = (Charge("teller.charges", fee, None if in_cash else one.account.id),)
    if in_cash:
        notes = money.cash(ctx, facts, net=fee, currency=currency)
        return {"amount": fee, "lines": (*money.cash_line(ctx, fee), income), "charges": charge, **notes}
    money.check_out(one, fee)
    lines = [Line(one.account.id, fee, one.account.branch, "fee"), income]
    return {"amount": fee, "lines": money.closed(ctx, lines, currency), "charges": charge}


def password_reset(facts: dict[str, Any], ctx: Context) -> Plan:
    """1602 密码重置."""
    one = owned(facts["account"])
    if not models.Secret.objects.filter(pk=int(facts.get("secret") or 0)).exists():
        raise Malformed(_("The password was used already. Enter it again."), field="password")
    said = _consulted(ctx, facts, one)
    return _plan(one, facts, "密码重置", said, after="password")
