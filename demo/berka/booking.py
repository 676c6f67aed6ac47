"""Which account stands opposite, and the posting of one step. Pure but for the ids it is given."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from counterpoint.kit.data import SYSTEM
from counterpoint.kit.keys import key_from
from counterpoint.kit.verbs import declare
from counterpoint.ledger.data import Leg, Posting
from demo.berka.data import Operation, Symbol, Transaction
from demo.berka.resequence import Step

CURRENCY = "CZK"
CASH, CLEARING, SUSPENSE = "1001", "3001", "2241"
INTEREST_PAID, INTEREST_EARNED, FEES, ROUNDING = "6411", "6011", "6021", "6301"
SUBJECTS = (CASH, CLEARING, SUSPENSE, INTEREST_PAID, INTEREST_EARNED, FEES, ROUNDING)

REPLAYED = declare(
    "demo.transaction.replayed", summary="Replay a transaction of another bank 迁入交易.", where=__name__
)

_WORDS = {
    CASH: ("现金存款 cash deposit", "现金取款 cash withdrawal"),
    CLEARING: ("他行转入 from another bank", "转至他行 to another bank"),
    SUSPENSE: ("待查 unexplained", "待查 unexplained"),
    INTEREST_PAID: ("利息 interest", "利息更正 interest corrected"),
    INTEREST_EARNED: ("罚息退回 penalty returned", "罚息 penalty interest"),
    FEES: ("手续费退回 fee returned", "对账单费 statement fee"),
}


def key_of(transaction: int) -> UUID:
    """The same key in every run: what was posted once is not posted again."""
    return key_from(f"transaction:{transaction}", owner="berka")


def opposite(row: Transaction) -> str:
    """The subject on the other side. What it was for decides before how it moved."""
    match row.symbol, row.operation:
        case Symbol.INTEREST, _:
            return INTEREST_PAID
        case Symbol.PENALTY, _:
            return INTEREST_EARNED
        case Symbol.FEE, _:
            return FEES
        case _, Operation.CASH_IN | Operation.CASH_OUT | Operation.CARD:
            return CASH
        case _, Operation.TO_BANK | Operation.FROM_BANK:
            return CLEARING
    return SUSPENSE


def posting_of(step: Step, *, account: int, internal: Mapping[str, int], branch: int) -> Posting:
    """The entry of a step: the amount against its subject, and the source's rounding apart from it.

    A customer's account grows on the credit side, so what came in is a credit (negative) leg.
    """
    row, subject = step.transaction, opposite(step.transaction)
    legs = [Leg(account, -row.signed, CURRENCY), Leg(internal[subject], row.signed, CURRENCY)]
    if step.rounding:
        legs += [Leg(account, -step.rounding, CURRENCY), Leg(internal[ROUNDING], step.rounding, CURRENCY)]
    about = {"transaction": row.id, "operation": row.operation, "symbol": row.symbol}
    if row.partner:
        about |= {"bank": row.bank, "account": row.partner}
    return Posting(
        key=key_of(row.id), verb=REPLAYED, branch=branch, business_date=row.day, legs=tuple(legs),
        by=SYSTEM, subject=f"account:{account}", summary=_WORDS[subject][row.signed < 0],
        data={"berka": about},
    )  # fmt: skip
