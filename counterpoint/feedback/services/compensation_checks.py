"""What a compensation has to pass, when it is proposed and again when it is approved and paid."""

from __future__ import annotations

from django.utils.translation import gettext as _

from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import Requirement
from counterpoint.customers import services as customers
from counterpoint.customers.data import Relation
from counterpoint.feedback import queries_compensation as queries
from counterpoint.feedback import rules_compensation as rules
from counterpoint.feedback.data_compensation import (
    CompensationAccount,
    CompensationMalformed,
    CompensationNoRule,
    CompensationTooHigh,
    Limits,
)
from counterpoint.feedback.data_complaints import Recused
from counterpoint.feedback.models import Complaint as ComplaintRow
from counterpoint.feedback.services import complaints_rights as rights
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Why
from counterpoint.kit.money import Money
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind, AccountStatus, AccountView
from counterpoint.org import services as org
from counterpoint.org.data import RuleDecision

LIMITS, APPROVAL = "feedback.compensation_limits", "feedback.compensation_approval"
#: A customer has no more accounts to choose from.
MOST_ACCOUNTS = 50


def limits() -> Limits:
    found = org.value_or(None, key=LIMITS, at=clock.today())
    if found is None:
        raise CompensationNoRule(_("No rule says up to how much a complaint may be compensated."))
    return rules.limits_of(found)


def accounts(party: int | None, currency: str) -> list[AccountView]:
    """The accounts of the complaining customer to which compensation can go."""
    return [one for one in _owned(party) if _fits(one, currency) and one.status is AccountStatus.ACTIVE]


def _owned(party: int | None) -> list[AccountView]:
    links = customers.links_of_party(party) if party else []
    owned = [one.account for one in links if one.relation is Relation.OWNER][:MOST_ACCOUNTS]
    return list(ledger.accounts(owned).values()) if owned else []


def _fits(account: AccountView, currency: str) -> bool:
    return account.kind is AccountKind.DEMAND and account.currency == currency


def check_account(row: ComplaintRow, account: int, currency: str) -> AccountView:
    """The account, if it is an active one of the complaining customer."""
    if row.party_id is None:
        raise CompensationAccount(
            _("The complaint names no customer."),
            why=Why(remedy=_("Register the complaint again, with the customer's number.")),
        )
    found = next((one for one in _owned(row.party_id) if one.id == account and _fits(one, currency)), None)
    if found is not None and found.status is AccountStatus.ACTIVE:
        return found
    if found is None:
        said = _("Compensation cannot go to this account.")
    elif found.status is AccountStatus.CLOSED:
        said = _("The account is closed.")
    else:
        said = _("The state of the account does not allow this.")
    raise CompensationAccount(
        said,
        why=Why(
            rule=_("It goes to an active demand account of the customer who complained."),
            remedy=_("Choose another account of the customer; what waits is withdrawn and proposed again."),
        ),
        field="account",
    )


def check_amount(amount: object) -> int:
    if not rules.good_amount(amount):
        raise CompensationMalformed(_("An amount is above zero and fits the books."), field="amount")
    return int(str(amount))


def check_unrelated(row: ComplaintRow, by: Actor) -> None:
    """Nobody compensates themselves, or somebody to whom they have declared a relation."""
    if any(one.party == row.party_id for one in approvals.interests_of(person=by.id)):
        raise Recused(
            _("You have declared a relation to this customer."),
            why=Why(
                rule=_("Whoever a complaint concerns has no part in it."),
                remedy=_("Somebody else who handles complaints takes it."),
            ),
        )


def check_limit(row: ComplaintRow, total: int, by: Actor) -> Limits:
    """Raise where all that the complaint was compensated with is more than ``by`` may propose."""
    found = limits()
    handles, oversees = rights.ways(by, row.pk, row.branch_id)
    most = max(found.handle if handles else 0, found.oversee if oversees else 0)
    if total > most:
        raise CompensationTooHigh(
            _("You may propose %(most)s for a complaint in all.")
            % {"most": Money(most, found.currency)},
            why=org.why(
                key=LIMITS, at=clock.today(),
                remedy=_("Propose less."),
            ),
            field="amount", total=total,
        )  # fmt: skip
    return found


def need(row: ComplaintRow, total: int, currency: str) -> tuple[Requirement, RuleDecision]:
    """Who must approve: decided by all that the complaint costs, so that two halves need no less."""
    facts = queries.facts(row.channel, total, currency)
    decision = org.decide_if_any(table=APPROVAL, facts=facts, at=clock.today())
    requirement = approvals.requirement_of(decision.outcome) if decision else None
    if decision is None or requirement is None:
        raise CompensationNoRule(_("No rule says who approves a compensation."))
    return requirement, decision
