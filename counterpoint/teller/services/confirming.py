"""Confirmation 记账: everything is checked again, then posted as one entry with one receipt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import OperationalError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from psycopg import errors

from counterpoint.approvals import services as approvals
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Told, Why
from counterpoint.kit.keys import digest, key_from
from counterpoint.kit.verbs import declare, tell, verb
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AlreadyReversed, Effect, Leg, Posting, ReversalKind
from counterpoint.ledger.data import KeyReused as LedgerKeyReused
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.teller import models, operations, queries, rules
from counterpoint.teller.data import (
    ApprovalNeeded,
    KeyReused,
    NotTheMaker,
    QuoteChanged,
    QuoteEnded,
    QuoteExpired,
    QuoteState,
    Receipt,
    UnknownQuote,
)
from counterpoint.teller.services.aftermath import DEEDS, before_posting
from counterpoint.teller.services.consult import reason
from counterpoint.teller.services.context import Context, Plan
from counterpoint.teller.services.planning import plan
from counterpoint.teller.services.quoting import locked_quote, payload_of

for _operation in operations.OPERATIONS.values():
    if _operation.posts and not _operation.verb.startswith("ledger."):
        declare(_operation.verb, summary=f"{_operation.en} {_operation.zh}.", where=__name__)

#: How often a transaction that met another one head-on is tried again.
TRIES = 4


def confirm(*, quote: int, key: UUID, by: Actor, approval: int | Sequence[int] | None = None) -> Receipt:
    """Do what ``quote`` says. The same ``key`` again gives the same receipt.

    Rules, balances, business date, mandates, faces and approval are all looked at again; what would
    differ from the quote is refused rather than posted.
    """
    posting_key = key_from(str(key), owner=f"teller:{by.key}")
    earlier = _earlier(posting_key, quote)
    if earlier is not None:
        return earlier
    row = models.Quote.objects.select_related("end").filter(pk=quote).first()
    if row is None:
        raise UnknownQuote(_("There is no such quote."))
    _check_open(row, by)
    ctx = Context(operations.operation(row.operation), by)
    if ctx.day != row.business_date or ctx.branch != row.branch_id:
        raise QuoteExpired(_("The business date has changed. Quote again."))
    people.check_operation(by=by, operation=row.operation)
    made = plan(row.operation, dict(row.payload["facts"]), ctx)
    _check_same(row, ctx, made)
    used = _check_approvals(row, made, approval)
    try:
        _carry_out(row, ctx, made, used, posting_key)
    except (LedgerKeyReused, QuoteEnded, AlreadyReversed):
        # Two presses at once: the other one was first.
        again = _earlier(posting_key, quote)
        if again is None:
            raise
        return again
    done = queries.receipt_by_key(posting_key)
    if done is None:
        raise RuntimeError("a confirmation without a receipt")
    return done


def _earlier(posting_key: UUID, quote: int) -> Receipt | None:
    found = queries.receipt_by_key(posting_key)
    if found is None:
        return None
    if found.quote != quote:
        raise KeyReused(_("This key has been used for something else."), receipt=found.number)
    return replace(found, repeated=True)


def _check_open(row: models.Quote, by: Actor) -> None:
    if row.person_id != by.id:
        raise NotTheMaker(_("This quote was made by somebody else."))
    end: models.QuoteEnd | None = getattr(row, "end", None)
    if end is not None:
        raise QuoteEnded(_("This quote was confirmed or cancelled before."), state=end.state)
    if row.expires <= clock.now():
        raise QuoteExpired(
            _("The quote has expired. Quote again."), expired=row.expires.isoformat(timespec="seconds")
        )


def _check_same(row: models.Quote, ctx: Context, made: Plan) -> None:
    """What would be posted is what was quoted, to the last leg and rule."""
    now = payload_of(ctx, made, row.key)
    if digest(now) == row.payload_hash:
        return
    changed = sorted(name for name in now if now[name] != row.payload.get(name))
    raise QuoteChanged(
        _("Something changed since the quote. Quote again."),
        why=Why(remedy=str(_("Quote again and look at what is different."))),
        changed=changed,
    )


def _check_approvals(row: models.Quote, made: Plan, given: int | Sequence[int] | None) -> list[int]:
    """The approvals to be used. Early words; the engine decides once more with the rows locked."""
    ids = [given] if isinstance(given, int) else sorted(set(given or ()))
    if made.need is None:
        return []
    found = [approvals.approval(id) for id in ids]
    able = [
        one for one in found if people.may(person=one.approver, duty=Duty(one.duty), branch=row.branch_id)
    ]
    standing = approvals.standing_of(
        payload_hash=row.payload_hash, requirement=made.need.requirement, approvals=able
    )
    if not standing.met:
        first = made.need.hits[0] if made.need.hits else None
        raise ApprovalNeeded(
            format_lazy(_("{n} other person(s) must approve this first."), n=standing.missing),
            why=Why(
                rule=reason(first) or made.need.rule, source=first.source if first else "",
                since=first.since if first else "",
                helper="、".join(
                    person.name
                    for person in people.people_with(duty=Duty(made.need.duty), branch=row.branch_id)
                    if person.id != row.person_id
                ),
            ),
            people=standing.missing, duty=made.need.duty,
        )  # fmt: skip
    return [one.id for one in able]


def _carry_out(row: models.Quote, ctx: Context, made: Plan, used: list[int], key: UUID) -> None:
    effects = _effects(row, ctx, made, used)
    if made.reverses is not None:
        ledger.reverse(
            entry=made.reverses, key=key, kind=ReversalKind(made.extra["kind"]), reason=made.summary,
            by=ctx.by,
            cash_returned=made.extra["cash_returned"], effects=effects, data=_data(row, made),
        )  # fmt: skip
    elif not made.lines:
        _retried(lambda: ACTS[row.operation](row=row, ctx=ctx, made=made, used=used, key=key, by=ctx.by))
    elif made.after is None:
        ledger.post(_posting(row, ctx, made, effects, key))
    else:
        _retried(lambda: _post_and_act(row, ctx, made, effects, key))


def _posting(row: models.Quote, ctx: Context, made: Plan, effects: tuple[Effect, ...], key: UUID) -> Posting:
    return Posting(
        key=key, verb=ctx.operation.verb, branch=ctx.branch, business_date=ctx.day,
        legs=tuple(Leg(line.account, line.amount, made.currency) for line in made.lines), by=ctx.by,
        subject=made.subject, summary=made.summary, data=_data(row, made), effects=effects,
        correlation=row.visit,
    )  # fmt: skip


def _data(row: models.Quote, made: Plan) -> dict[str, Any]:
    """What the event keeps: references and rule versions, never a name or a document."""
    agent = made.facts.get("agent")
    return {
        "quote": row.pk, "operation": row.operation, "rules": row.payload["rules"],
        "charges": row.payload["charges"], "reports": list(made.reports),
        "agent": agent["party"] if agent else None, "payload_hash": row.payload_hash,
    }  # fmt: skip


def receipt_payload(row: models.Quote, ctx: Context, made: Plan, used: list[int]) -> dict[str, Any]:
    """The columns of the receipt that the effect writes."""
    return {
        "quote": row.pk, "branch": ctx.branch, "day": ctx.day.isoformat(), "operation": row.operation,
        "person": ctx.by.id, "desk": ctx.by.desk or 0, "approval": used[0] if used else 0,
        "box": made.box or 0,
        "subject": made.subject, "party": made.party or 0, "currency": made.currency, "amount": made.amount,
        "cash": made.cash, "corrects": made.corrects or 0, "reports": list(made.reports),
    }  # fmt: skip


def _effects(row: models.Quote, ctx: Context, made: Plan, used: list[int]) -> tuple[Effect, ...]:
    effects = [Effect("approval.use", {"id": id, "payload_hash": row.payload_hash}) for id in used]
    effects.append(Effect("teller.receipt", receipt_payload(row, ctx, made, used)))
    if made.box is not None and made.faces:
        effects.append(Effect("vault.faces", {"box": made.box, "faces": made.faces, "person": ctx.by.id}))
    return tuple(effects)


def _post_and_act(
    row: models.Quote, ctx: Context, made: Plan, effects: tuple[Effect, ...], key: UUID
) -> None:
    with transaction.atomic():
        before_posting(made, key, ctx.by)
        ledger.post_within(_posting(row, ctx, made, effects, key))
        DEEDS[str(made.after)](made, ctx, key)


def _retried(work: Callable[[], object]) -> None:
    """Run a transaction that takes locks in several steps; on a deadlock the loser tries again."""
    for attempt in range(TRIES):
        try:
            work()
            return
        except OperationalError as error:
            if not isinstance(error.__cause__, errors.DeadlockDetected) or attempt == TRIES - 1:
                raise


def take_number(branch: int, day: Any) -> int:
    """The next receipt number, inside the caller's transaction: gapless, as a rollback gives it back."""
    counter = models.Counter.objects.select_for_update(no_key=True).get(branch_id=branch, business_date=day)
    models.Counter.objects.filter(pk=counter.pk).update(last=counter.last + 1)
    return counter.last + 1


def _act(*, row: models.Quote, ctx: Context, made: Plan, used: list[int], key: UUID, by: Actor) -> None:
    locked_quote(row.pk, by)
    models.QuoteEnd.objects.create(quote=row, state=QuoteState.CONFIRMED, key=key)
    for id in used:
        approvals.consume(approval=id, payload_hash=row.payload_hash, branch=ctx.branch, key=key)
    answer = DEEDS[str(made.after)](made, ctx, key)
    columns = receipt_payload(row, ctx, made, used)
    count = take_number(ctx.branch, ctx.day)
    models.Receipt.objects.create(
        branch_id=ctx.branch, business_date=ctx.day, count=count, operation=row.operation, quote=row, key=key,
        person_id=by.id, desk_id=by.desk, approval_id=columns["approval"] or None, subject=made.subject,
        party_id=made.party, currency=made.currency, amount=made.amount, cash=0, answer=answer,
    )  # fmt: skip
    tell(
        Told(
            subject=made.subject, branch=ctx.branch, business_date=ctx.day, correlation=row.visit,
            data=_data(row, made)
            | {"receipt": rules.receipt_number(ctx.branch,
            ctx.day, count), "answer": answer, "approvals": used},
            channels=(by.key, *([f"desk:{by.desk}"] if by.desk else [])),
        )
    )  # fmt: skip


def _act_for(code: str, name: str, summary: str) -> Callable[..., None]:
    """The verb of one operation that moves no money."""

    def act(*, row: models.Quote, ctx: Context, made: Plan, used: list[int], key: UUID, by: Actor) -> None:
        _act(row=row, ctx=ctx, made=made, used=used, key=key, by=by)

    act.__doc__ = summary
    act.__name__ = f"serve_{code}"
    return verb(name)(act)


#: Operations that usually post and sometimes move no money: an empty account, a lifted report.
_FREE = {"1302": "teller.account.closed", "1601": "teller.loss.recorded"}
ACTS: dict[str, Callable[..., None]] = {
    one.code: _act_for(one.code, _FREE.get(one.code, one.verb), f"{one.en} {one.zh}")
    for one in operations.OPERATIONS.values()
    if not one.posts or one.code in _FREE
}
