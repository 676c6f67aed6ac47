"""What an operation does besides posting, inside the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from counterpoint.customers import services as customers
from counterpoint.customers.data import Relation
from counterpoint.kit.data import Actor
from counterpoint.kit.keys import key_from
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind, HoldKind
from counterpoint.teller import models, queries
from counterpoint.teller.services.context import Context, Plan
from counterpoint.teller.services.people_at_counter import use_secret
from counterpoint.vault import services as vault

type Deed = Callable[[Plan, Context, UUID], dict[str, Any]]


def before_posting(made: Plan, key: UUID, by: Actor) -> None:
    """What has to stand in the books before the operation's own entry: the interest of a closing account."""
    if made.after == "close" and made.extra.get("interest"):
        ledger.settle_account(
            account=made.shown[0].id, key=key_from(f"interest:{key}", owner="teller.close"), by=by
        )


def _open(made: Plan, ctx: Context, key: UUID) -> dict[str, Any]:
    facts = made.facts
    party = customers.party(int(facts["customer"]))
    opened = ledger.open_account(
        party=party.id, kind=AccountKind.DEMAND, currency=made.currency, branch=ctx.branch, by=ctx.by,
        name=party.name,
    )  # fmt: skip
    customers.link_account(account=opened.id, party=party.id, relation=Relation.OWNER, by=ctx.by)
    models.AccountClass.objects.create(account_id=opened.id, kind=facts.get("account_class", "I"))
    use_secret(int(facts["secret"]), opened.id)
    return {"account": opened.id, "number": opened.number}


def _close(made: Plan, ctx: Context, key: UUID) -> dict[str, Any]:
    ledger.close_account(account=made.shown[0].id, by=ctx.by)
    return {"closed": made.shown[0].id, "interest": made.extra["interest"]}


def _balance(made: Plan, ctx: Context, key: UUID) -> dict[str, Any]:
    return {"balance": made.shown[0].balance, "available": made.shown[0].available}


def _statement(made: Plan, ctx: Context, key: UUID) -> dict[str, Any]:
    return {"account": made.shown[0].id, "since": made.facts["since"], "until": made.facts["until"]}


def _hold(made: Plan, ctx: Context, key: UUID) -> dict[str, Any]:
    facts = made.facts
    names = [
        name.strip()
        for name in str(facts.get("officers", "")).replace("，", ",").replace("、", ",").split(",")
    ]
    placed = ledger.place_hold(
        account=made.shown[0].id, kind=HoldKind.AMOUNT if made.amount else HoldKind.WHOLE,
        amount=made.amount or None, authority=facts["authority"], instrument=facts["instrument"],
        officers=[name for name in names if name], reason=str(facts.get("reason", "")),
        expires=date.fromisoformat(facts["expires"]) if facts.get("expires") else None, by=ctx.by,
    )  # fmt: skip
    return {"hold": placed.id, "expires": placed.expires.isoformat()}


def _release(made: Plan, ctx: Context, key: UUID) -> dict[str, Any]:
    instrument, reason = made.facts["instrument"], made.facts["reason"]
    released = ledger.release_hold(hold=int(made.facts["hold"]), reason=f"{instrument} {reason}", by=ctx.by)
    return {"hold": released.id}


def _end_report(report: int, reason: str, ctx: Context) -> None:
    row = models.LossReport.objects.get(pk=report)
    models.LossEnd.objects.create(report=row, reason=reason, person_id=ctx.by.id)
    if row.hold_id:
        ledger.release_hold(hold=row.hold_id, reason=f"loss report {reason}", by=ctx.by)


def _loss(made: Plan, ctx: Context, key: UUID) -> dict[str, Any]:
    extra, account = made.extra, made.shown[0].id
    if extra["report"]:
        _end_report(int(extra["report"]), "written", ctx)
    temporary = extra["kind"] == "temporary"
    until = date.fromisoformat(extra["until"]) if extra["until"] else None
    # The last day to follow in writing still counts: the stop lapses on the day after it.
    lapses = until + timedelta(days=1) if temporary and until else None
    stop = ledger.place_hold(
        account=account, kind=HoldKind.STOP, authority="bank", instrument=f"1601/{key}", reason=extra["kind"],
        expires=lapses, by=ctx.by,
    )  # fmt: skip
    row = models.LossReport.objects.create(
        account_id=account, kind=extra["kind"], party_id=made.party, hold_id=stop.id, person_id=ctx.by.id,
        business_date=ctx.day, until=lapses, replacement_from=None if temporary else until,
    )  # fmt: skip
    return {"report": row.pk, "kind": extra["kind"], "until": extra["until"]}


def _lift(made: Plan, ctx: Context, key: UUID) -> dict[str, Any]:
    _end_report(int(made.extra["report"]), "lifted", ctx)
    return {"lifted": made.extra["report"]}


def _password(made: Plan, ctx: Context, key: UUID) -> dict[str, Any]:
    use_secret(int(made.facts["secret"]), made.shown[0].id)
    return {"account": made.shown[0].id}


def _reprint(made: Plan, ctx: Context, key: UUID) -> dict[str, Any]:
    return {
        "receipt": made.extra["receipt"],
        "print": add_print(int(made.extra["receipt"]), ctx.by, copy=True),
    }


def _booking(made: Plan, ctx: Context, key: UUID) -> dict[str, Any]:
    posted = ledger.posted_by_key(key)
    if posted is None:
        raise RuntimeError("a booking is paid by an entry")
    for booking in made.extra["bookings"]:
        vault.pay_booking(booking=int(booking), entry=posted.entry, by=ctx.by)
    return {"bookings": made.extra["bookings"]}


def add_print(receipt: int, by: Actor, *, copy: bool = False) -> int:
    """Count one more printing of a receipt; 0 is the original. Two at once are counted one by one."""
    queries.lock_receipt(receipt)
    done = (
        models.Print.objects.filter(receipt=receipt)
        .order_by("-count")
        .values_list("count", flat=True)
        .first()
    )
    count = (0 if not copy else 1) if done is None else done + 1
    models.Print.objects.create(receipt_id=receipt, count=count, person_id=by.id)
    return count


DEEDS: dict[str, Deed] = {
    "open": _open, "close": _close, "balance": _balance, "statement": _statement, "hold": _hold,
    "release": _release, "loss": _loss, "lift": _lift, "password": _password, "reprint": _reprint,
    "booking": _booking,
}  # fmt: skip
