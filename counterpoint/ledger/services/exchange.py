"""Exchange 外汇买卖: how an entry may hold two currencies and still sum to zero in each."""

from __future__ import annotations

from django.utils.translation import gettext as _

from counterpoint.kit.money import Money
from counterpoint.ledger.data import Leg, PostingMalformed, UnknownAccount, WrongCurrency
from counterpoint.ledger.services.accounts import accounts, internal_account

POSITION = "3101"


def exchange_legs(*, branch: int, pays: int, gives: Money, receives: int, takes: Money) -> tuple[Leg, ...]:
    """The four legs of an exchange: ``pays`` gives one currency, ``receives`` takes the other.

    Both go through the branch's exchange position, so that each currency sums to zero and the open
    position of the bank is a balance like any other. Works from and to customer accounts.
    """
    if gives.currency == takes.currency:
        raise PostingMalformed(_("An exchange has two currencies."))
    if gives.minor <= 0 or takes.minor <= 0:
        raise PostingMalformed(_("The amounts of an exchange are more than nothing."))
    about = accounts([pays, receives])
    for id, money in ((pays, gives), (receives, takes)):
        if id not in about:
            raise UnknownAccount(_("There is no such account."), account=id)
        if about[id].currency != money.currency:
            raise WrongCurrency(_("The account is kept in another currency."), account=id)
    taken_in = internal_account(branch=branch, gl=POSITION, currency=gives.currency)
    given_out = internal_account(branch=branch, gl=POSITION, currency=takes.currency)
    return (
        Leg(pays, gives.minor, gives.currency),
        Leg(taken_in, -gives.minor, gives.currency),
        Leg(given_out, takes.minor, takes.currency),
        Leg(receives, -takes.minor, takes.currency),
    )
