"""Plans by which notes move: deposit, withdrawal, several operations at once."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext_lazy as _

from counterpoint.customers.data import MandateScope
from counterpoint.kit.data import Malformed
from counterpoint.teller.data import Line, LineKind, SameAccount
from counterpoint.teller.rules import cash_net
from counterpoint.teller.services import consult, money
from counterpoint.teller.services.consult import Consultation
from counterpoint.teller.services.context import (
    Context,
    Owned,
    Plan,
    amount_in,
    demand_only,
    owned,
    usable,
)
from counterpoint.teller.services.people_at_counter import check_agent, check_mandate
from counterpoint.vault import services as vault

LINES_MAX = 12


def deposit(facts: dict[str, Any], ctx: Context) -> Plan:
    """1101 现金存款: counted first, then posted."""
    one, amount = owned(facts["account"]), amount_in(facts)
    demand_only(one.account)
    currency = money.check_currency(facts, one.account)
    agent = check_agent(facts, one)
    money.check_in(one)
    said = Consultation()
    consult.approval(ctx, said, amount=amount, currency=currency, owned=one, agent=bool(agent))
    consult.identity(ctx, said, facts, amount=amount, currency=currency, owned=one, agent=bool(agent))
    consult.class_limit(ctx, said, one.account, amount=amount, direction="in")
    consult.large_value(ctx, said, kind="cash_in", amount=amount, currency=currency, owned=one)
    consult.advice(ctx, said, amount=amount, currency=currency)
    notes = money.cash(ctx, facts, net=amount, currency=currency)
    lines = [*money.cash_line(ctx, amount), Line(one.account.id, -amount, one.account.branch, "deposit")]
    return Plan(
        subject=f"account:{one.account.id}", summary=facts.get("narrative") or "现金存款", currency=currency,
        amount=amount, facts=facts, lines=money.closed(ctx, lines, currency), shown=(one.account,),
        party=one.party, **notes, **said.parts(),
    )  # fmt: skip


def withdrawal(facts: dict[str, Any], ctx: Context) -> Plan:
    """1102 现金取款: posted first, then paid."""
    one, amount = owned(facts["account"]), amount_in(facts)
    demand_only(one.account)
    currency = money.check_currency(facts, one.account)
    agent = check_agent(facts, one)
    remarks = check_mandate(ctx, one, agent, scope=MandateScope.WITHDRAW, amount=amount)
    money.check_out(one, amount)
    said = Consultation()
    consult.approval(
        ctx, said, amount=amount, currency=currency, owned=one, agent=bool(agent), out_of=one.account.id
    )
    consult.identity(ctx, said, facts, amount=amount, currency=currency, owned=one, agent=bool(agent))
    consult.class_limit(ctx, said, one.account, amount=amount, direction="out")
    consult.large_value(ctx, said, kind="cash_out", amount=amount, currency=currency, owned=one)
    consult.advice(ctx, said, amount=amount, currency=currency)
    collected = _booking(ctx, said, one, amount, currency)
    notes = money.cash(ctx, facts, net=-amount, currency=currency)
    lines = [Line(one.account.id, amount, one.account.branch, "withdrawal"), *money.cash_line(ctx, -amount)]
    return Plan(
        subject=f"account:{one.account.id}", summary=facts.get("narrative") or "现金取款", currency=currency,
        amount=amount, facts=facts, lines=money.closed(ctx, lines, currency), shown=(one.account,),
        party=one.party, notes=(*remarks, *said.remarks), **_ending(collected), **notes, **said.parts(),
    )  # fmt: skip


def _booking(ctx: Context, said: Consultation, one: Owned, amount: int, currency: str) -> list[int]:
    """Ask the rule on bookings 大额预约; the booking that this withdrawal ends, if there is one."""
    booking = vault.booking_for(account=one.account.id, branch=ctx.branch, day=ctx.day, currency=currency)
    consult.booked(ctx, said, amount=amount, currency=currency, booking=booking.amount if booking else 0)
    if booking is None:
        return []
    said.remarks.append("booked")
    return [booking.id] if amount >= booking.amount else []


def _ending(bookings: list[int]) -> dict[str, Any]:
    """The parts of a plan that ends bookings."""
    return {"after": "booking", "extra": {"bookings": bookings}} if bookings else {}


class _Service:
    """A multi-leg service while its lines are read."""

    def __init__(self, ctx: Context, facts: dict[str, Any]) -> None:
        self.ctx, self.facts = ctx, facts
        self.accounts: dict[int, Owned] = {}
        self.lines: list[Line] = []
        self.moves: list[tuple[LineKind, int, bool]] = []
        self.out: dict[int, int] = defaultdict(int)
        self.into: dict[int, int] = defaultdict(int)
        self.by_owner: dict[tuple[str, int], tuple[Owned, int]] = {}
        self.notes: list[str] = []

    def account(self, given: object) -> Owned:
        if type(given) is not int:
            raise Malformed(_("This line needs an account."), field="lines")
        if given not in self.accounts:
            self.accounts[given] = owned(given)
            demand_only(self.accounts[given].account)
        return self.accounts[given]

    def add(self, row: dict[str, Any]) -> None:
        kind, amount = LineKind(row.get("kind", "")), amount_in(row)
        in_cash = kind is LineKind.FEE and not row.get("account")
        self.moves.append((kind, amount, in_cash))
        one = None if in_cash else self.account(row.get("account"))
        if kind is LineKind.DEPOSIT and one:
            self._credit(one, amount, "deposit", "cash_in")
        elif kind is LineKind.WITHDRAWAL and one:
            self._debit(one, amount, "withdrawal", "cash_out", MandateScope.WITHDRAW)
        elif kind is LineKind.TRANSFER and one:
            other = self.account(row.get("to"))
            if other.account.id == one.account.id:
                raise SameAccount(_("Both accounts are the same."), field="lines")
            self._debit(one, amount, "transfer_out", "transfer", MandateScope.TRANSFER)
            self._credit(other, amount, "transfer_in", None)
        elif kind is LineKind.FEE:
            if one:
                self._debit(one, amount, "fee", None, MandateScope.WITHDRAW)
            self.lines.append(Line(self._income(), -amount, self.ctx.branch, "fee_income"))

    def _income(self) -> int:
        return self.ctx.internal(self.ctx.branch, "6021", str(self.facts["currency"]))

    def _credit(self, one: Owned, amount: int, label: str, counted: str | None) -> None:
        money.check_in(one)
        self.into[one.account.id] += amount
        self.lines.append(Line(one.account.id, -amount, one.account.branch, label))
        self._count(one, amount, counted)

    def _debit(self, one: Owned, amount: int, label: str, counted: str | None, scope: MandateScope) -> None:
        self.out[one.account.id] += amount
        self.lines.append(Line(one.account.id, amount, one.account.branch, label))
        agent = check_agent(self.facts, one)
        self.notes += check_mandate(self.ctx, one, agent, scope=scope, amount=self.out[one.account.id])
        self._count(one, amount, counted)

    def _count(self, one: Owned, amount: int, counted: str | None) -> None:
        if counted and one.party:
            before = self.by_owner.get((counted, one.party), (one, 0))[1]
            self.by_owner[counted, one.party] = (one, before + amount)

    def check_money(self) -> None:
        for account, amount in self.out.items():
            # What the same service brings in first may be spent by it.
            money.check_out(self.accounts[account], max(0, amount - self.into[account]))


_CODES = {"cash_in": "1101", "cash_out": "1102", "transfer": "1201"}


def service(facts: dict[str, Any], ctx: Context) -> Plan:
    """1701 综合业务: several lines, one cash net, one posting, one receipt."""
    rows = facts.get("lines")
    if not isinstance(rows, list) or not 0 < len(rows) <= LINES_MAX:
        raise Malformed(_("Enter at least one line."), field="lines")
    facts = facts | {"currency": _currency(rows, facts)}
    currency = facts["currency"]
    work = _Service(ctx, facts)
    for row in rows:
        work.add(row)
    work.check_money()
    check_agent(facts, *work.accounts.values())
    views = tuple(one.account for one in work.accounts.values())
    if views:
        money.check_currency(facts, *views)
    said = _consult_service(ctx, facts, work, currency)
    collected = [
        booking
        for (counted, _party), (one, amount) in work.by_owner.items()
        if counted == "cash_out"
        for booking in _booking(ctx, said, one, amount, currency)
    ]
    net = cash_net(work.moves)
    notes = money.cash(ctx, facts, net=net, currency=currency)
    lines = [*money.cash_line(ctx, net), *work.lines]
    first = next(iter(work.accounts.values()), None)
    return Plan(
        subject=f"account:{first.account.id}" if first else f"branch:{ctx.branch}",
        summary=facts.get("narrative") or "综合业务", currency=currency,
        amount=sum(amount for kind, amount, _cash in work.moves if kind is not LineKind.FEE), facts=facts,
        lines=money.closed(ctx, lines, currency), shown=views, party=first.party if first else None,
        notes=tuple(dict.fromkeys([*work.notes, *said.remarks])), **_ending(collected), **notes,
        **said.parts(),
    )  # fmt: skip


def _currency(rows: list[dict[str, Any]], facts: dict[str, Any]) -> str:
    for row in rows:
        if type(row.get("account")) is int:
            return usable(row["account"]).currency
    return str(facts.get("currency") or "CNY")


def _consult_service(ctx: Context, facts: dict[str, Any], work: _Service, currency: str) -> Consultation:
    """Every rule for every part, so that splitting an operation into lines dodges none of them."""
    said, agent = Consultation(), bool(facts.get("agent"))
    totals: dict[str, int] = defaultdict(int)
    for (counted, _party), (one, amount) in work.by_owner.items():
        totals[counted] += amount
        consult.large_value(ctx, said, kind=counted, amount=amount, currency=currency, owned=one)
        code = _CODES[counted]
        consult.approval(
            ctx, said, operation=code, amount=amount, currency=currency, owned=one, agent=agent,
            out_of=one.account.id if counted != "cash_in" else None,
        )  # fmt: skip
        if counted != "transfer":
            consult.identity(
                ctx, said, facts, operation=code, amount=amount, currency=currency, owned=one, agent=agent
            )
    for direction, sums in (("in", work.into), ("out", work.out)):
        for account, amount in sums.items():
            view = work.accounts[account].account
            consult.class_limit(ctx, said, view, amount=amount, direction=direction)
    consult.approval(
        ctx, said, amount=max(totals.values(), default=0), currency=currency, owned=None, agent=agent
    )
    return said
