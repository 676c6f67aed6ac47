"""Interest 计息: what the sums of daily balances earn, booked the day after the settlement day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from counterpoint.kit.data import Actor, Refusal
from counterpoint.kit.keys import key_from
from counterpoint.kit.verbs import declare
from counterpoint.ledger.data import AccountKind, AccountStatus, AccountView, Effect, Leg, Posted, Posting
from counterpoint.ledger.effects import Carried, EffectKind, Payload, Query, Rows
from counterpoint.ledger.models import Accumulation
from counterpoint.ledger.policy import interest_rule, today_of
from counterpoint.ledger.rules_interest import booking_day, interest, is_settlement_day, term_interest
from counterpoint.ledger.services.accounts import account as account_view
from counterpoint.ledger.services.accounts import agreement, internal_account
from counterpoint.ledger.services.accrual import RECKON, Progress, accrue_interest, nothing, portions
from counterpoint.ledger.services.posting import post, post_many
from counterpoint.ledger.terms import InterestRule, Settled

SETTLED = declare(
    "ledger.interest.settled",
    summary="Book the interest of a period 结息.",
    where=f"{__name__}.settle_interest",
)


@dataclass(frozen=True, slots=True)
class _Reckoned:
    """Where an account's sum stands, and where it would stand at the end of a day."""

    known: bool
    stored: int
    through: date
    product: int
    version: int
    balance: int
    settled: date | None


def _reckoned(account: int, through: date, base: int) -> _Reckoned:
    row = Accumulation.objects.filter(account_id=account).first()
    if row is None:
        terms = agreement(account)
        opened = terms.opened if terms else through
        return _Reckoned(
            False, 0, opened - timedelta(days=1), *_from_nothing(account, opened, through, base), None
        )
    product, version, balance = row.product, row.version, row.balance
    if row.through < through:
        with connection.cursor() as db:
            db.execute(
                RECKON.format(where="c.account_id = %(account)s"),
                {"account": account, "day": through, "base": base},
            )
            found = db.fetchone()
        if found is not None:
            product, version, balance = product + int(found[1]), found[2], int(found[3])
    return _Reckoned(True, row.product, row.through, product, version, balance, row.settled)


def _from_nothing(account: int, opened: date, through: date, base: int) -> tuple[int, int, int]:
    """The sum of an account that no day end has seen yet."""
    if through < opened:
        return 0, 0, 0
    start = (
        "(SELECT %(account)s::bigint AS account_id, %(before)s::date AS through, 0 AS version, 0 AS balance)"
    )
    sql = RECKON.replace("ledger_accumulation c", f"{start} c").format(where="c.account_id = %(account)s")
    with connection.cursor() as db:
        db.execute(
            sql, {"account": account, "before": opened - timedelta(days=1), "day": through, "base": base}
        )
        found = db.fetchone()
        db.execute("SELECT coalesce(sum(product), 0) FROM ledger_adjustment WHERE account_id = %s", [account])
        adjusted = int(db.fetchone()[0])
    return (int(found[1]) + adjusted, found[2], int(found[3])) if found else (adjusted, 0, 0)


def closing_interest(*, account: int, on: date) -> int:
    """What the account would earn (a loan: owe) if it were settled on ``on``, that day not counted."""
    view = account_view(account)
    if view.kind is AccountKind.INTERNAL:
        return 0
    return _owed(view, on)[0]


def _owed(view: AccountView, on: date) -> tuple[int, _Reckoned, dict[str, Any]]:
    terms = agreement(view.id)
    rule, hit = interest_rule(kind=AccountKind.DEMAND, currency=view.currency, at=on)
    if view.kind is AccountKind.LOAN:
        rule, hit = interest_rule(kind=AccountKind.LOAN, currency=view.currency, at=on)
    state = _reckoned(view.id, on - timedelta(days=1), rule.base)
    if view.kind is AccountKind.TERM and terms is not None and terms.term_months:
        if state.settled is not None and state.settled >= on:
            return 0, state, hit
        amount = term_interest(
            principal=view.balance, rate=terms.rate or 0, opened=terms.opened, months=terms.term_months,
            demand_rate=rule.rate, closed=on, rule=rule,
        )  # fmt: skip
        return amount, state, hit | {"contract": terms.rate}
    rate = terms.rate if terms is not None and terms.rate is not None else rule.rate
    return interest(state.product, rate, rule), state, hit | {"rate": rate}


def _posting(
    view: AccountView, amount: int, *, on: date, key: UUID, by: Actor, effect: Effect, hit: Mapping[str, Any],
    own: Callable[[str, str], int],
) -> Posting:  # fmt: skip
    if view.kind is AccountKind.LOAN:
        debit, credit = own("1132", view.currency), own("6011", view.currency)
    else:
        debit, credit = own("6411", view.currency), view.id
    # A corrected sum can be negative: then the same accounts stand on the other sides.
    return Posting(
        key=key, verb=SETTLED, branch=view.branch, business_date=on,
        legs=(Leg(debit, amount), Leg(credit, -amount)), by=by, subject=f"account:{view.id}",
        summary="结息 interest", data={"interest": dict(hit)}, effects=(effect,),
    )  # fmt: skip


def _effect(account: int, state: _Reckoned, on: date) -> Effect:
    return Effect(
        SettlementEffect.name,
        {
            "account": account, "known": state.known, "stored": state.stored,
            "stood": state.through.isoformat(), "through": (on - timedelta(days=1)).isoformat(),
            "version": state.version, "balance": state.balance, "on": on.isoformat(),
            "product": state.product,
        },
    )  # fmt: skip


def settle_account(*, account: int, key: UUID, by: Actor) -> Posted | None:
    """Settle one account now, before it is closed 销户结息. ``None`` when nothing is owed."""
    view = account_view(account)
    if view.kind is AccountKind.INTERNAL:
        return None
    on = today_of(view.branch)
    amount, state, hit = _owed(view, on)
    if amount == 0:
        return None
    own = _Book(view.branch, on, on, by).own
    effect = _effect(account, state, on)
    return post(_posting(view, amount, on=on, key=key, by=by, effect=effect, hit=hit, own=own))


def settlement_due(*, date: date) -> bool:
    """Whether interest is booked on ``date``: the day after a settlement day."""
    rule, _hit = interest_rule(kind=AccountKind.DEMAND, currency="CNY", at=date)
    before = date - timedelta(days=1)
    return is_settlement_day(before, rule) and booking_day(before) == date


def settle_between(
    *, branch: int, since: date, date: date, by: Actor, report: Progress = nothing
) -> list[Settled]:
    """Book on ``date`` every period that ended on ``since`` or later and before ``date``.

    A settlement day may fall on a weekend: its interest is booked on the next day that the branch opens.
    """
    done: list[Settled] = []
    for ends in (since + timedelta(days=n) for n in range((date - since).days)):
        rule, _hit = interest_rule(kind=AccountKind.DEMAND, currency="CNY", at=ends)
        if is_settlement_day(ends, rule):
            accrue_interest(branch=branch, date=ends, by=by)
            done += settle_interest(branch=branch, date=date, through=ends, by=by, report=report)
    return done


def settle_interest(
    *, branch: int, date: date, by: Actor, through: date | None = None, report: Progress = nothing
) -> list[Settled]:
    """Book on ``date`` the interest of the period that ended with ``through`` 结息入账; else the day before.

    Each account's key is made of account and period: a run that was cut off is simply run again. A sum
    too small for one minor unit stays and counts in the next period.
    """
    through = through or date - timedelta(days=1)
    ids = list(
        Accumulation.objects.filter(
            account__branch_id=branch, through=through, account__status__in=_PAYABLE
        ).exclude(product=0).order_by("account_id").values_list("account_id", flat=True)
    )  # fmt: skip
    book = _Book(branch, date, through, by)
    done: list[Settled] = []
    for start, portion in portions(ids):
        due = Accumulation.objects.filter(account_id__in=portion, through=through).exclude(product=0)
        rows = due.select_related("account").order_by("account_id")
        done += _post_all([line for row in rows if (line := book.line(row)) is not None])
        report(start + len(portion), len(ids))
    return done


class _Book:
    """Makes the postings of one settlement; what repeats is looked up once."""

    def __init__(self, branch: int, date: date, through: date, by: Actor) -> None:
        self.branch, self.date, self.on, self.by = branch, date, through + timedelta(days=1), by
        self.rules: dict[tuple[str, str], tuple[InterestRule, dict[str, Any]]] = {}
        self.accounts: dict[tuple[str, str], int] = {}

    def own(self, gl: str, currency: str) -> int:
        """The bank's account of a subject at this branch."""
        pair = (gl, currency)
        if pair not in self.accounts:
            self.accounts[pair] = internal_account(branch=self.branch, gl=gl, currency=currency)
        return self.accounts[pair]

    def line(self, row: Accumulation) -> tuple[Settled, Posting] | None:
        """What is booked for an account; nothing when its sum is too small."""
        view = _light(row)
        pair = (str(view.kind), view.currency)
        if pair not in self.rules:
            self.rules[pair] = interest_rule(kind=view.kind, currency=view.currency, at=self.on)
        rule, hit = self.rules[pair]
        amount = interest(row.product, rule.rate, rule)
        if amount == 0:
            return None
        state = _Reckoned(True, row.product, row.through, row.product, row.version, row.balance, row.settled)
        key = key_from(f"interest:{view.id}:{self.on.isoformat()}", owner="ledger")
        effect = _effect(view.id, state, self.on)
        order = _posting(
            view, amount, on=self.date, key=key, by=self.by, effect=effect, hit=hit, own=self.own
        )
        return Settled(view.id, None, row.product, amount), order


_PAYABLE = ("active", "debit_frozen", "dormant")


def _light(row: Accumulation) -> AccountView:
    a = row.account
    return AccountView(
        id=a.id, number=a.number, name=a.name, kind=AccountKind(a.kind), gl=a.gl, currency=a.currency,
        sign=a.sign, status=AccountStatus(a.status), balance=a.balance, held=a.held, floor=a.floor,
        branch=a.branch_id, version=a.version,
    )  # fmt: skip


def _post_all(postings: Sequence[tuple[Settled, Posting]]) -> list[Settled]:
    answers = post_many([order for _line, order in postings])
    done = []
    for (line, _order), answer in zip(postings, answers, strict=True):
        if isinstance(answer, Posted):
            done.append(Settled(line.account, answer.entry, line.product, line.interest))
        elif isinstance(answer, Refusal):
            # One account that may not be credited keeps its sum; the others are not held up by it.
            done.append(line)
        else:
            raise answer
    return done


class StaleInterest(Refusal):
    """The sum moved between reckoning and booking; reckon again."""

    code = "interest_stale"


@dataclass(slots=True)
class _State:
    rows: dict[int, tuple[int, str]]
    folded: dict[int, Payload] = field(default_factory=dict)


class SettlementEffect(EffectKind):
    """Starts an account's sum anew in the same transaction that books its interest."""

    name = "ledger.settlement"

    def load(self, payloads: Sequence[Payload]) -> list[Query]:
        ids = sorted({int(p["account"]) for p in payloads})
        sql = (
            "SELECT account_id, product, through::text FROM ledger_accumulation"
            " WHERE account_id = ANY($1::bigint[]) ORDER BY account_id FOR NO KEY UPDATE"
        )
        return [(sql, (ids,))]

    def read(self, rows: Sequence[Rows], carried: Carried) -> _State:
        return _State({account: (product, through) for account, product, through in rows[0]})

    def decide(self, state: _State, payload: Payload, posting: Posting) -> Payload:
        row = state.rows.get(payload["account"])
        expected = (payload["stored"], payload["stood"]) if payload["known"] else None
        if row != expected or payload["account"] in state.folded:
            raise StaleInterest(_("The interest has just been settled or accrued; look again."))
        return payload

    def fold(self, state: _State, change: Payload) -> None:
        state.folded[change["account"]] = change

    def apply(self, state: _State) -> list[Query]:
        if not state.folded:
            return []
        lines = [state.folded[account] for account in sorted(state.folded)]
        sql = """
        INSERT INTO ledger_accumulation AS c (account_id, through, version, balance, product, settled)
        SELECT a, t::date, v, b, 0, s::date
        FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::text[]) AS u(a, t, v, b, s)
        ON CONFLICT (account_id) DO UPDATE SET through = excluded.through, version = excluded.version,
            balance = excluded.balance, product = 0, settled = excluded.settled
        """
        columns = ("account", "through", "version", "balance", "on")
        return [(sql, tuple([line[name] for line in lines] for name in columns))]
