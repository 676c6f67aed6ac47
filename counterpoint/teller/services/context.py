"""What a plan stands on: who, where, which day, which box; and the plan itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from counterpoint.customers import services as customers
from counterpoint.customers.data import PartyView, Relation
from counterpoint.kit.data import Actor, ActorKind, NotAllowed, Why
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountClosed, AccountKind, AccountStatus, AccountView, DateClosed
from counterpoint.org import services as org
from counterpoint.org.data import DayNotOpen
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.teller import rules
from counterpoint.teller.data import (
    AmountRefused,
    Charge,
    Line,
    Need,
    NoDesk,
    NotCorrectable,
    Operation,
    RuleHit,
)
from counterpoint.vault import services as vault
from counterpoint.vault.data import BoxView


class Context:
    """One teller at one desk on one business date."""

    def __init__(self, operation: Operation, by: Actor) -> None:
        if by.kind not in (ActorKind.PERSON, ActorKind.MACHINE) or by.branch is None:
            raise NoDesk(_("Operations are done by a person at a branch."))
        self.operation = operation
        self.by = by
        self.branch: int = by.branch
        people.check_may(person=by.id, duty=Duty(operation.duty), branch=self.branch)
        try:
            day = org.business_day(self.branch)
        except DayNotOpen as error:
            raise DateClosed(error.message, why=Why(remedy=str(_("Open the business day first.")))) from error
        if not day.open:
            raise DateClosed(
                _("The business day of this branch is closed."),
                why=Why(remedy=str(_("Open the business day first."))),
                business_date=day.date.isoformat(),
            )
        self.day: date = day.date

    @cached_property
    def box(self) -> BoxView:
        """The box in the teller's own custody; it must stand at the desk of the session."""
        box = vault.box_of(person=self.by.id)
        if box.branch != self.branch:
            raise NotAllowed(_("Your box belongs to another branch."))
        return box

    def internal(self, branch: int, gl: str, currency: str) -> int:
        return ledger.internal_account(branch=branch, gl=gl, currency=currency)


@dataclass(frozen=True, slots=True)
class Owned:
    """A customer's account with who owns it."""

    account: AccountView
    owner: PartyView | None

    @property
    def party(self) -> int | None:
        return self.owner.id if self.owner else None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything an operation would do, worked out and not yet done."""

    subject: str
    summary: str
    currency: str
    amount: int
    facts: dict[str, Any]
    lines: tuple[Line, ...] = ()
    cash: int = 0
    box: int | None = None
    faces: dict[str, int] = field(default_factory=dict)
    over_limit: bool = False
    charges: tuple[Charge, ...] = ()
    shown: tuple[AccountView, ...] = ()
    party: int | None = None
    hits: tuple[RuleHit, ...] = ()
    need: Need | None = None
    reports: tuple[dict[str, str], ...] = ()
    asked: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    after: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    corrects: int | None = None
    reverses: int | None = None


def usable(account: int | str) -> AccountView:
    """The customer account with this id or number; a refusal where no customer's operation may use it."""
    view = ledger.account(account) if isinstance(account, int) else ledger.account_by_number(account)
    if view.kind is AccountKind.INTERNAL:
        raise NotCorrectable(_("This is an account of the bank itself."))
    if view.status is AccountStatus.CLOSED:
        raise AccountClosed(_("The account is closed."), account=view.id)
    return view


def owned(account: int | str) -> Owned:
    """A usable account, with whom it belongs to."""
    view = usable(account)
    parties = customers.parties_of_account(view.id)
    owner = next((party for party, relation in parties if relation is Relation.OWNER), None)
    return Owned(view, owner)


def demand_only(view: AccountView) -> None:
    """Cash and transfers are of demand accounts; terms and loans have ways of their own."""
    if view.kind is not AccountKind.DEMAND:
        raise NotCorrectable(
            _("Only a demand account can be used here."),
            why=Why(remedy=str(_("Choose a demand account of the customer."))),
        )


def amount_in(facts: dict[str, Any], name: str = "amount") -> int:
    """A good amount, or a refusal; services do not rely on forms."""
    minor = facts.get(name)
    if not rules.good_amount(minor):
        raise AmountRefused(_("An amount is above zero and fits the books."), field=name)
    return int(str(minor))
