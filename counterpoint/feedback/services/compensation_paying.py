"""A compensation is paid 补偿入账: one entry, in one transaction with the use of its approvals; once."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import Approval
from counterpoint.feedback import queries_compensation as queries
from counterpoint.feedback import queries_complaints as complaints
from counterpoint.feedback import rules_compensation as rules
from counterpoint.feedback.data_compensation import (
    CompensationNotApproved,
    CompensationOver,
    CompensationState,
)
from counterpoint.feedback.models import Compensation as CompensationRow
from counterpoint.feedback.models import CompensationEnd
from counterpoint.feedback.models import Complaint as ComplaintRow
from counterpoint.feedback.services import compensation_checks as checks
from counterpoint.feedback.services import complaints_parts as parts
from counterpoint.feedback.services import complaints_rights as rights
from counterpoint.feedback.services.compensating import check_due, found, over
from counterpoint.feedback.services.compensation_matter import hash_of
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Why
from counterpoint.kit.keys import key_from
from counterpoint.kit.verbs import declare, verb
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountView, DateClosed, Effect, Posted, Posting
from counterpoint.org import services as org
from counterpoint.org.data import DayNotOpen
from counterpoint.people import services as people
from counterpoint.people.data import Duty

BOOKED = declare(
    "feedback.compensation.booked",
    summary="A compensation came to the customer 投诉补偿分录.",
    where=__name__,
)
#: 营业外支出, kept apart from other such expense by the label of its account.
EXPENSE, LABEL = "6711", "客户投诉补偿"
#: 系统内往来.
BETWEEN = "3002"
SUMMARY, BACK = "投诉补偿", "投诉补偿冲回"


def pay_compensation(*, compensation: int, by: Actor) -> int:
    """Pay an approved compensation, or take back a paid one; its entry. A second press gets the first's."""
    reverses = CompensationRow.objects.filter(pk=compensation, reverses__isnull=False).exists()
    try:
        return (_take_back if reverses else _pay)(compensation=compensation, by=by)
    except CompensationOver:
        entry = queries.entry_of(compensation)
        if entry is None:
            raise
        return entry


@verb("feedback.compensation.paid")
def _pay(*, compensation: int, by: Actor) -> int:
    """Pay a compensation to the customer 补偿入账; everything is looked at once more."""
    return _carry_out(compensation, by)


@verb("feedback.compensation.reversed")
def _take_back(*, compensation: int, by: Actor) -> int:
    """Take back a compensation that was paid in error 补偿冲回, by a reversal of its entry."""
    return _carry_out(compensation, by)


def _carry_out(compensation: int, by: Actor) -> int:
    row, made = found(compensation)
    rights.check_deals(row, by)
    parts.check_handler(row, by)
    view = queries.compensation(made.pk)
    assert view is not None
    if not view.open:
        raise over(view)
    checks.check_unrelated(row, by)
    account, total = check_due(row, made), made.amount
    if made.reverses_id is None:
        total += queries.paid(queries.compensations(row.pk))
        checks.check_limit(row, total, by)
    used = _check_approved(row, made, total)
    key = key_from("paid", owner=queries.subject(made.pk))
    posted = _post(row, made, account, used, key, by)
    CompensationEnd.objects.create(
        compensation=made, state=CompensationState.PAID, person_id=by.id, at=clock.now(),
        entry=posted.entry, key=key,
    )  # fmt: skip
    data = {"compensation": made.pk, "amount": made.amount, "currency": made.currency}
    parts.say(row, data | {"entry": posted.entry, "reverses": made.reverses_id})
    return posted.entry


def _check_approved(row: ComplaintRow, made: CompensationRow, total: int) -> list[Approval]:
    """The approvals to be used: of people who still may, and whom the complaint does not concern."""
    need, _decision = checks.need(row, total, made.currency)
    payload_hash, concerned = hash_of(row, made), complaints.concerned(row.pk)
    able = [
        one
        for one in approvals.approvals_for(payload_hash=payload_hash)
        if one.approver not in concerned
        and people.may(person=one.approver, duty=Duty(one.duty), branch=row.branch_id)
    ]
    standing = approvals.standing_of(payload_hash=payload_hash, requirement=need, approvals=able)
    if not standing.met:
        raise CompensationNotApproved(
            _("%(n)s other person(s) must approve this first.") % {"n": standing.missing},
            why=org.why(
                key=checks.APPROVAL, at=clock.today(),
                remedy=_("Have it decided at the approval desk and pay it, or withdraw it."),
            ),
        )  # fmt: skip
    return able


def _open_day(branch: int) -> date:
    """The business date of the branch, which has to be open."""
    remedy = Why(remedy=_("Pay it when the next business day is open; if it has lapsed, propose it again."))
    try:
        day = org.business_day(branch)
    except DayNotOpen as error:
        raise DateClosed(str(error), why=remedy) from error
    if not day.open:
        raise DateClosed(_("The business day of this branch is closed."), why=remedy)
    return day.date


def _post(
    row: ComplaintRow, made: CompensationRow, account: AccountView, used: list[Approval], key: UUID, by: Actor
) -> Posted:
    """The entry, in the open transaction, with the use of every approval."""
    payload_hash, day = hash_of(row, made), _open_day(row.branch_id)
    data = {"complaint": row.pk, "compensation": made.pk, "payload_hash": payload_hash}
    uses = tuple(Effect("approval.use", {"id": one.id, "payload_hash": payload_hash}) for one in used)
    if made.reverses_id is not None:
        entry = queries.entry_of(made.reverses_id)
        assert entry is not None
        kind, _style = ledger.reversible(entry=entry)
        return ledger.reverse(entry=entry, key=key, kind=kind, reason=BACK, by=by, effects=uses, data=data)
    expense = ledger.internal_account(branch=row.branch_id, gl=EXPENSE, currency=made.currency, label=LABEL)
    legs = rules.legs(
        amount=made.amount, currency=made.currency, expense=expense, account=account.id,
        branch=row.branch_id, account_branch=account.branch,
        between=lambda one: ledger.internal_account(branch=one, gl=BETWEEN, currency=made.currency),
    )  # fmt: skip
    return ledger.post_within(
        Posting(
            key=key, verb=BOOKED, branch=row.branch_id, business_date=day, legs=legs, by=by,
            subject=queries.subject(made.pk), summary=SUMMARY, data=data, effects=uses,
        )
    )  # fmt: skip
