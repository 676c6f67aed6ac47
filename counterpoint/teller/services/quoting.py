"""Quotes 试算: what would happen, shown before it happens, and bound by a hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from counterpoint.approvals import services as approvals
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Told
from counterpoint.kit.keys import digest, new_key
from counterpoint.kit.verbs import tell, verb
from counterpoint.people import services as people
from counterpoint.teller import models, operations, queries
from counterpoint.teller.data import KeyReused, NotTheMaker, Quote, QuoteEnded, QuoteState, UnknownQuote
from counterpoint.teller.services import money
from counterpoint.teller.services.context import Context, Plan
from counterpoint.teller.services.planning import plan, prepare

#: How long a quote holds 试算有效期.
LIFETIME = timedelta(minutes=10)


def _lifetime(made: Plan) -> timedelta:
    """A quote that others must approve waits for them as long as the rule lets it."""
    if made.need is None:
        return LIFETIME
    return max(LIFETIME, timedelta(seconds=made.need.requirement.expires_seconds))


def quote(
    *, operation: str, form: Mapping[str, Any], by: Actor, key: UUID | None = None, visit: UUID | None = None
) -> Quote:  # fmt: skip
    """What ``operation`` would do with what was entered: legs, charges, balances, rules, approval.

    ``key`` is that of the opened form; a quote made again with it replaces the one before. ``visit`` is
    the correlation of the customer's visit; every event of the operation carries it.
    """
    ctx = Context(operations.operation(operation), by)
    people.check_operation(by=by, operation=operation)
    # Wrong passwords are counted and agents recorded whatever becomes of the quote.
    facts = prepare(operation, form, ctx)
    made = plan(operation, facts, ctx)
    if made.faces and not facts.get("faces"):
        # The faces that the box proposed are part of what is quoted; they must not be proposed anew.
        sign = 1 if made.cash >= 0 else -1
        facts = made.facts | {"faces": {face: sign * count for face, count in made.faces.items()}}
        made = replace(made, facts=facts)
    return _store(ctx=ctx, made=made, key=key or new_key(), visit=visit, by=by)


def payload_of(ctx: Context, made: Plan, key: UUID) -> dict[str, Any]:
    """Everything that an approver approves and that a confirmation must find again."""
    return {
        "operation": ctx.operation.code, "key": str(key), "maker": ctx.by.id, "branch": ctx.branch,
        "desk": ctx.by.desk, "business_date": ctx.day.isoformat(), "subject": made.subject,
        "currency": made.currency, "amount": made.amount, "cash": made.cash, "box": made.box,
        "faces": made.faces, "facts": made.facts, "extra": made.extra,
        "lines": [[line.account, line.amount, line.branch, line.label] for line in made.lines],
        "charges": [asdict(charge) for charge in made.charges],
        "rules": sorted({f"{hit.rule}@{hit.version}" for hit in made.hits}),
        "approval": asdict(made.need.requirement) if made.need else None,
    }  # fmt: skip


def shown_of(made: Plan) -> dict[str, Any]:
    return {
        "hits": [asdict(hit) for hit in made.hits], "need": asdict(made.need) if made.need else None,
        "charges": [asdict(charge) for charge in made.charges], "asked": made.asked,
        "balances": [asdict(balance) for balance in money.balances(made.lines, made.shown)],
        "notes": [*made.notes, *(["over_limit"] if made.over_limit else [])],
        "reports": list(made.reports), "summary": made.summary,
    }  # fmt: skip


@verb("teller.quote.made")
def _store(*, ctx: Context, made: Plan, key: UUID, visit: UUID | None, by: Actor) -> Quote:
    """Work out what an operation would do."""
    payload = payload_of(ctx, made, key)
    for earlier in models.Quote.objects.filter(key=key).select_related("end"):
        if earlier.person_id != by.id:
            raise KeyReused(_("This key has been used for something else."), key=str(key))
        if not hasattr(earlier, "end"):
            approvals.withdraw_of(subject=f"quote:{earlier.pk}", by=by, reason="changed")
            models.QuoteEnd.objects.create(quote=earlier, state=QuoteState.CANCELLED)
    models.Counter.objects.get_or_create(branch_id=ctx.branch, business_date=ctx.day)
    row = models.Quote.objects.create(
        branch_id=ctx.branch, desk_id=by.desk, person_id=by.id, operation=ctx.operation.code,
        business_date=ctx.day, key=key, payload=payload, payload_hash=digest(payload), visit=visit,
        shown=shown_of(made), expires=clock.now() + _lifetime(made),
    )  # fmt: skip
    tell(
        Told(
            subject=f"quote:{row.pk}", branch=ctx.branch, business_date=ctx.day, correlation=visit,
            data={"operation": ctx.operation.code, "hash": row.payload_hash, "rules": payload["rules"]},
            channels=(by.key,),
        )
    )  # fmt: skip
    return queries.quote(row.pk)


def locked_quote(quote: int, by: Actor) -> models.Quote:
    """The maker's own open quote, locked."""
    queries.lock_quote(quote)
    row = models.Quote.objects.filter(pk=quote).first()
    if row is None:
        raise UnknownQuote(_("There is no such quote."))
    if row.person_id != by.id:
        raise NotTheMaker(_("This quote was made by somebody else."))
    if models.QuoteEnd.objects.filter(quote=row).exists():
        raise QuoteEnded(_("This quote was confirmed or cancelled before."))
    return row


@verb("teller.quote.cancelled")
def cancel_quote(*, quote: int, by: Actor) -> None:
    """Give a quote up; nothing was posted."""
    row = locked_quote(quote, by)
    try:
        with transaction.atomic():
            models.QuoteEnd.objects.create(quote=row, state=QuoteState.CANCELLED)
    except IntegrityError as error:
        raise QuoteEnded(_("This quote was confirmed or cancelled before.")) from error
    approvals.withdraw_of(subject=f"quote:{quote}", by=by, reason="given_up")
    tell(
        Told(
            subject=f"quote:{quote}", branch=row.branch_id, business_date=row.business_date,
            correlation=row.visit,
        )
    )  # fmt: skip


@verb("teller.quotes.expired")
def expire_quotes(*, branch: int, by: Actor) -> int:
    """Close the quotes that nobody confirmed in time; the day's end runs it."""
    due = models.Quote.objects.filter(branch_id=branch, end=None, expires__lte=clock.now())
    rows = [models.QuoteEnd(quote=row, state=QuoteState.EXPIRED) for row in due.order_by("pk")]
    models.QuoteEnd.objects.bulk_create(rows, ignore_conflicts=True)
    tell(Told(subject=f"branch:{branch}", branch=branch, data={"quotes": len(rows)}))
    return len(rows)


def open_quotes(*, branch: int) -> int:
    """How many quotes still wait: they keep a day from closing."""
    return models.Quote.objects.filter(branch_id=branch, end=None, expires__gt=clock.now()).count()
