"""Small books for the tests of accounts, holds, interest and corrections."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from counterpoint.kit.data import SYSTEM, Actor, ActorKind
from counterpoint.kit.keys import new_key
from counterpoint.kit.verbs import CATALOGUE, declare
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind, AccountView, Leg, Posted, Posting
from counterpoint.org import services as org
from counterpoint.org.data import CodeTaken, UnitKind

TELLER = Actor(kind=ActorKind.PERSON, id=7, name="王芳")
BANK = 901
DAY = date(2026, 11, 24)
VERB = "ledger.test.posted"
if VERB not in CATALOGUE:
    declare(VERB, summary="A posting of the tests.", where=__name__)


def branch(*, opened: date = DAY, code: str = "t1") -> int:
    """A branch with its day open."""
    with suppress(CodeTaken):
        org.add_unit(id=BANK, kind=UnitKind.BANK, code="bank", name_zh="银行", name_en="Bank", by=SYSTEM)
    unit = org.add_unit(
        kind=UnitKind.BRANCH, parent=BANK, code=code, name_zh="支行", name_en="Branch", by=SYSTEM
    )
    org.open_day(branch=unit.id, date=opened, by=SYSTEM, on_holiday=True)
    return unit.id


def next_day(branch: int, day: date) -> None:
    if org.business_day(branch).open:
        org.close_day(branch=branch, by=SYSTEM)
    org.open_day(branch=branch, date=day, by=SYSTEM, on_holiday=True)


def customer(branch: int, *, currency: str = "CNY", **terms: object) -> AccountView:
    kind = terms.pop("kind", AccountKind.DEMAND)
    return ledger.open_account(
        party=1,
        kind=kind,
        currency=currency,
        branch=branch,
        by=TELLER,
        name="张三",
        **terms,  # type: ignore[arg-type]
    )


def cash(branch: int, currency: str = "CNY") -> int:
    return ledger.internal_account(branch=branch, gl="1001", currency=currency)


def move(branch: int, debit: int, credit: int, amount: int, **rest: object) -> Posted:
    return ledger.post(
        Posting(
            key=new_key(), verb=VERB, branch=branch, business_date=org.business_day(branch).date,
            legs=(Leg(debit, amount), Leg(credit, -amount)), by=TELLER, subject=f"account:{credit}",
            summary="test", **rest,  # type: ignore[arg-type]
        )
    )  # fmt: skip


def deposit(branch: int, account: int, amount: int) -> Posted:
    return move(branch, cash(branch), account, amount)


def withdraw(branch: int, account: int, amount: int) -> Posted:
    return move(branch, account, cash(branch), amount)


def findings() -> list[str]:
    """What verify finds in the open transaction."""
    from django.db import connection

    from counterpoint.ledger import verify

    connection.ensure_connection()
    return [f"{f.code} {f.place()} {f.message}" for f in verify.check(connection.connection)]
