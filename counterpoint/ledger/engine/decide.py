"""What one posting does to the books: a pure decision, all or nothing. No I/O, no clock."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Refusal, Why
from counterpoint.kit.money import MINOR_MAX
from counterpoint.ledger.data import (
    AccountClosed,
    AccountFrozen,
    AmountTooLarge,
    DateClosed,
    InsufficientFunds,
    Posting,
    Unbalanced,
    UnknownAccount,
    WrongCurrency,
)
from counterpoint.ledger.effects import effect_kind

#: An account as the batch found it, locked: id, currency, sign, status, balance, held, floor, version.
type AccountRow = tuple[int, str, int, str, int, int, int | None, int]


@dataclass(slots=True)
class Books:
    """The part of the world that a batch has loaded: days, accounts, the states of effects.

    ``moved`` holds (balance, version) of the accounts that accepted postings have touched.
    """

    days: dict[int, tuple[date, bool]] = field(default_factory=dict)
    accounts: dict[int, AccountRow] = field(default_factory=dict)
    moved: dict[int, tuple[int, int]] = field(default_factory=dict)
    effects: dict[str, Any] = field(default_factory=dict)


type LegRow = tuple[int, int, int, int]


@dataclass(slots=True)
class Decision:
    """What is to be written: the legs as (account, amount, version, balance), the effects' changes."""

    legs: list[LegRow]
    after: dict[int, tuple[int, int]]
    changes: list[tuple[str, Any]]
    answers: Mapping[str, Any]


def decide(books: Books, posting: Posting) -> Decision:
    """What ``posting`` would do to ``books``, which stay as they are. Raises a ``Refusal``."""
    day = books.days.get(posting.branch)
    if day is None or not day[1] or day[0] != posting.business_date:
        raise DateClosed(
            _("The branch is not open for this business date."),
            why=Why(rule="ledger.business_date", since=str(day[0]) if day else ""),
            business_date=posting.business_date.isoformat(),
        )
    legs, after = _move(books, posting)
    changes, answers = _effects(books.effects, posting) if posting.effects else ([], {})
    return Decision(legs, after, changes, answers)


def fold(books: Books, decision: Decision) -> None:
    """Take an accepted decision into the books, for the postings that follow in the batch."""
    books.moved.update(decision.after)
    for name, change in decision.changes:
        effect_kind(name).fold(books.effects[name], change)


def _move(books: Books, posting: Posting) -> tuple[list[LegRow], dict[int, tuple[int, int]]]:
    legs: list[LegRow] = []
    after: dict[int, tuple[int, int]] = {}
    totals: dict[str, int] = {}
    for id, amount, wanted in posting.legs:
        account = books.accounts.get(id)
        if account is None:
            raise UnknownAccount(_("There is no such account."), account=id)
        _id, currency, sign, status, balance, _held, _floor, version = account
        if wanted is not None and wanted != currency:
            raise WrongCurrency(_("The account is kept in another currency."), account=id)
        move = sign * amount
        if status != "active":
            _check_status(id, status, move)
        now = after.get(id) or books.moved.get(id)
        if now is not None:
            balance, version = now
        balance += move
        version += 1
        if not -MINOR_MAX <= balance <= MINOR_MAX:
            raise AmountTooLarge(_("The amount is too large."), account=id)
        after[id] = (balance, version)
        legs.append((id, amount, version, balance))
        totals[currency] = totals.get(currency, 0) + amount
    if any(totals.values()):
        raise Unbalanced(_("Debit and credit differ in a currency."), totals=totals)
    for id, (balance, _version) in after.items():
        account = books.accounts[id]
        held, floor = account[5], account[6]
        if floor is not None and balance - held < floor:
            before = books.moved[id][0] if id in books.moved else account[4]
            # What makes a balance grow is let through, even where the floor is not reached by it.
            if balance < before:
                raise InsufficientFunds(
                    _("The free balance is not enough."),
                    why=Why(rule="ledger.floor"),
                    account=id,
                    short=floor - (balance - held),
                )
    return legs, after


def _check_status(id: int, status: str, move: int) -> None:
    if status == "closed":
        raise AccountClosed(_("The account is closed."), account=id)
    if status == "frozen" or move < 0:
        raise AccountFrozen(
            _("The state of the account does not allow this."),
            why=Why(rule=f"ledger.status.{status}"),
            account=id,
            status=status,
        )


def _effects(states: Mapping[str, Any], posting: Posting) -> tuple[list[tuple[str, Any]], Mapping[str, Any]]:
    if len(posting.effects) == 1:
        effect = posting.effects[0]
        kind = effect_kind(effect.kind)
        change = kind.decide(states[effect.kind], effect.payload, posting)
        return [(effect.kind, change)], kind.answer(change)
    changes: list[tuple[str, Any]] = []
    answers: dict[str, Any] = {}
    # A second effect of one kind must see the first, but the state only when all are accepted.
    names = [effect.kind for effect in posting.effects]
    scratch = {name: copy.deepcopy(states[name]) for name in {n for n in names if names.count(n) > 1}}
    for effect in posting.effects:
        kind = effect_kind(effect.kind)
        state = scratch.get(effect.kind)
        change = kind.decide(states[effect.kind] if state is None else state, effect.payload, posting)
        if state is not None:
            kind.fold(state, change)
        changes.append((effect.kind, change))
        answers.update(kind.answer(change))
    return changes, answers


__all__ = ["Books", "Decision", "Refusal", "decide", "fold"]
