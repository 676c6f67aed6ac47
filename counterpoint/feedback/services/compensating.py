"""Compensation 投诉补偿: proposed by who handles the complaint, approved by others, taken back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import RequestView
from counterpoint.feedback import queries_compensation as queries
from counterpoint.feedback import rules_compensation as rules
from counterpoint.feedback.data_compensation import (
    Compensation,
    CompensationNoRule,
    CompensationOpen,
    CompensationOver,
    CompensationState,
    UnknownCompensation,
)
from counterpoint.feedback.data_complaints import Complaint, ComplaintState
from counterpoint.feedback.labels import COMPENSATION_STATES
from counterpoint.feedback.models import Compensation as CompensationRow
from counterpoint.feedback.models import CompensationEnd
from counterpoint.feedback.models import Complaint as ComplaintRow
from counterpoint.feedback.services import compensation_checks as checks
from counterpoint.feedback.services import complaints_parts as parts
from counterpoint.feedback.services import complaints_rights as rights
from counterpoint.feedback.services.compensation_matter import KIND, matter_of
from counterpoint.feedback.services.parts import words
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Why
from counterpoint.kit.verbs import verb
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountView
from counterpoint.org import services as org

#: While a complaint is in these, it can be compensated.
OPEN = (ComplaintState.INVESTIGATING, ComplaintState.ANSWERED)
LONGEST_REASON = 500


@verb("feedback.compensation.proposed")
def propose_compensation(*, complaint: int, amount: int, account: int, reason: str, by: Actor) -> int:
    """Propose what a complaint is compensated with 提出补偿, and ask for its approval."""
    row = parts.locked(complaint)
    rights.check_deals(row, by)
    parts.check_state(row, *OPEN)
    parts.check_handler(row, by)
    checks.check_unrelated(row, by)
    earlier = queries.compensations(row.pk)
    _check_room(earlier)
    minor = checks.check_amount(amount)
    currency = checks.check_limit(row, queries.paid(earlier) + minor, by).currency
    view = checks.check_account(row, account, currency)
    return _ask(row, earlier, minor, view, reason, by)


@verb("feedback.compensation.reversal_proposed")
def propose_taking_back(*, compensation: int, reason: str, by: Actor) -> int:
    """Propose to take back what was paid in error 提出冲回, and ask for its approval."""
    row, made = found(compensation)
    rights.check_deals(row, by)
    parts.check_state(row, *OPEN, ComplaintState.CLOSED)
    parts.check_handler(row, by)
    checks.check_unrelated(row, by)
    earlier = queries.compensations(row.pk)
    _check_room(earlier)
    check_paid(made.pk)
    return _ask(row, earlier, made.amount, ledger.account(made.account_id), reason, by, made.pk)


def check_paid(compensation: int) -> None:
    """Raise unless the customer has the money of it."""
    one = queries.compensation(compensation)
    assert one is not None
    if not one.paid:
        raise over(one)


def _ask(
    row: ComplaintRow, earlier: list[Compensation], amount: int, account: AccountView, reason: str, by: Actor,
    reverses: int | None = None,
) -> int:  # fmt: skip
    """Write the proposal, ask for its approval, and say so."""
    total = amount + (0 if reverses else queries.paid(earlier))
    need, decision = checks.need(row, total, account.currency)
    made = CompensationRow.objects.create(
        complaint=row, count=len(earlier) + 1, amount=amount, total=total, currency=account.currency,
        account_id=account.id, reason=words(reason, field="reason", longest=LONGEST_REASON),
        reverses_id=reverses, person_id=by.id, at=clock.now(),
    )  # fmt: skip
    matter = matter_of(row, made, account, earlier, need, decision)
    asked = approvals.ask(matter=matter, follows=_mended(earlier, reverses, by), by=by)
    data = {
        "compensation": made.pk, "amount": amount, "currency": account.currency, "account": account.id,
        "request": asked.id, "reverses": reverses,
    }  # fmt: skip
    parts.say(row, data)
    return made.pk


def _check_room(earlier: list[Compensation]) -> None:
    waits = next((one for one in earlier if one.open), None)
    if waits is not None:
        raise _open(waits, _("Another compensation of this complaint is not decided or not paid yet."))
    if len(earlier) >= queries.MOST:
        raise CompensationOpen(_("A complaint has at most %(n)s proposals.") % {"n": queries.MOST})


def _open(waits: Compensation, said: str) -> CompensationOpen:
    return CompensationOpen(
        said,
        why=Why(
            rule=_("One compensation of a complaint is ended before the next one, and before the complaint."),
            since=f"{waits.at:%Y-%m-%d}",
            remedy=_("Have it decided at the approval desk and pay it, or withdraw it."),
            helper=waits.proposer_name,
        ),
    )


def _mended(earlier: list[Compensation], reverses: int | None, by: Actor) -> int | None:
    """The returned request that a new one of the same person mends."""
    last = earlier[0] if earlier else None
    if last is None or last.state is not CompensationState.RETURNED:
        return None
    return last.request if (last.proposer, last.reverses) == (by.id, reverses) else None


def check_none_open(row: ComplaintRow) -> None:
    """Raise while a proposal waits: a complaint does not end over it."""
    waits = next((one for one in queries.compensations(row.pk) if one.open), None)
    if waits is not None:
        raise _open(waits, _("A compensation of this complaint is not decided or not paid yet."))


def compensation_accounts(complaint: Complaint) -> tuple[str, list[AccountView]]:
    """The currency, and the accounts of the complaining customer to which compensation can go."""
    try:
        currency = checks.limits().currency
    except CompensationNoRule:
        return "", []
    return currency, checks.accounts(complaint.party, currency)


def complaint_of_compensation(id: int) -> int | None:
    """To which complaint a proposal belongs."""
    return CompensationRow.objects.filter(pk=id).values_list("complaint_id", flat=True).first()


def found(compensation: int) -> tuple[ComplaintRow, CompensationRow]:
    """The complaint of a proposal, locked, and the proposal."""
    made = CompensationRow.objects.filter(pk=compensation).first()
    if made is None:
        raise UnknownCompensation(_("There is no such proposal."))
    return parts.locked(made.complaint_id), made


def over(one: Compensation) -> CompensationOver:
    return CompensationOver(
        _("This compensation is “%(state)s” now.") % {"state": COMPENSATION_STATES[one.state].words},
        why=Why(remedy=_("Propose it again, if it is still due.")),
    )


@verb("feedback.compensation.withdrawn")
def withdraw_compensation(*, compensation: int, note: str, by: Actor) -> None:
    """Take a proposal back 撤回补偿: what was asked for, or granted and not paid, is void."""
    row, made = found(compensation)
    rights.check_deals(row, by)
    view = queries.compensation(made.pk)
    assert view is not None
    if not rules.MACHINE.may(view.state, CompensationState.WITHDRAWN):
        raise over(view)
    _take_back(made, words(note, field="reason", longest=LONGEST_REASON), "given_up", by)
    parts.say(row, {"compensation": made.pk})


def _take_back(made: CompensationRow, note: str, reason: str, by: Actor) -> None:
    approvals.recall(subject=queries.subject(made.pk), reason=reason, by=by)
    CompensationEnd.objects.create(
        compensation=made, state=CompensationState.WITHDRAWN, person_id=by.id, at=clock.now(), note=note
    )


def keep_out(row: ComplaintRow, person: int, by: Actor) -> None:
    """Somebody turns out to be concerned 回避: has no part in any request, and what waits is void."""
    for one in queries.compensations(row.pk):
        subject = queries.subject(one.id)
        approvals.keep_out(subject=subject, persons=[person])
        if one.open:
            _take_back(CompensationRow.objects.get(pk=one.id), "回避 / recused", "recused", by)


def check_due(row: ComplaintRow, made: CompensationRow) -> AccountView:
    """Raise unless it could be paid now, but for who approves it: the complaint's state, the account."""
    if made.reverses_id is not None:
        parts.check_state(row, *OPEN, ComplaintState.CLOSED)
        check_paid(made.reverses_id)
        return ledger.account(made.account_id)
    parts.check_state(row, *OPEN)
    return checks.check_account(row, made.account_id, made.currency)


def check_request(view: RequestView) -> None:
    """The approval desk asks: could this still be paid as it was proposed?"""
    made = CompensationRow.objects.select_related("complaint").get(pk=queries.id_of(view.subject))
    check_due(made.complaint, made)


def appear() -> None:
    """Let the approval desk look again, and the rule be replayed."""
    approvals.register_check(KIND, check_request)
    org.register_fact_source(checks.APPROVAL, queries.asked)
