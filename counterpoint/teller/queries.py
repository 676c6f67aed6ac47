"""Reads of the counter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from counterpoint.approvals import services as approvals
from counterpoint.kit import clock
from counterpoint.kit.models import Event
from counterpoint.ledger import services as ledger
from counterpoint.org.data import RecordedFacts
from counterpoint.teller import models, rules
from counterpoint.teller.data import (
    Balance,
    Charge,
    Line,
    LossKind,
    Need,
    Quote,
    QuoteState,
    Receipt,
    RuleHit,
    UnknownQuote,
    UnknownReceipt,
)

PAGE = 50


def lock_quote(id: int) -> None:
    """Wait for whoever ends this quote; the posting engine takes the same lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7301, hashint8(%s))", [id])


def lock_receipt(id: int) -> None:
    """Wait for whoever prints or pays this receipt."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7302, hashint8(%s))", [id])


_OUT = ("1102", "1201", "1202")


def quote(id: int) -> Quote:
    """The quote with this id, as it stands now."""
    row = models.Quote.objects.select_related("end").filter(pk=id).first()
    if row is None:
        raise UnknownQuote(_("There is no such quote."))
    return quote_view(row)


def quote_view(row: models.Quote) -> Quote:
    shown, payload = row.shown, row.payload
    end: models.QuoteEnd | None = getattr(row, "end", None)
    state = QuoteState(end.state) if end else QuoteState.OPEN
    if state is QuoteState.OPEN and row.expires <= clock.now():
        state = QuoteState.EXPIRED
    return Quote(
        id=row.pk, operation=row.operation, key=row.key, state=state, at=row.at, expires=row.expires,
        business_date=row.business_date, branch=row.branch_id, desk=row.desk_id, maker=row.person_id,
        currency=payload["currency"], amount=payload["amount"], lines=lines_of(payload),
        faces=payload["faces"],
        charges=tuple(Charge(**charge) for charge in shown["charges"]),
        balances=tuple(Balance(**balance) for balance in shown["balances"]),
        hits=tuple(RuleHit(**hit) for hit in shown["hits"]),
        approval=need_of(shown["need"]), payload=payload, payload_hash=row.payload_hash,
        notes=tuple(shown["notes"]), visit=row.visit,
    )  # fmt: skip


def need_of(data: Mapping[str, Any] | None) -> Need | None:
    if data is None:
        return None
    requirement = approvals.requirement_of(data["requirement"])
    assert requirement is not None
    hits = tuple(RuleHit(**hit) for hit in data["hits"])
    return Need(requirement, data["rule"], data["version"], hits)


def lines_of(payload: Mapping[str, Any]) -> tuple[Line, ...]:
    return tuple(Line(*line) for line in payload["lines"])


def _receipts() -> QuerySet[models.Receipt]:
    return models.Receipt.objects.select_related("quote", "payout", "corrected").annotate(
        printed=Count("prints", distinct=True)
    )


def _one(*conditions: Q) -> Receipt:
    row = _receipts().filter(*conditions).first()
    if row is None:
        raise UnknownReceipt(_("There is no such receipt."))
    return receipt_view(row)


def receipt(id: int) -> Receipt:
    """The receipt with this id."""
    return _one(Q(pk=id))


def receipt_by_number(number: str) -> Receipt:
    """The receipt with this number, ``0003-20261124-00012``."""
    try:
        branch, day, count = number.strip().split("-")
        when = date(int(day[:4]), int(day[4:6]), int(day[6:8]))
        return _one(Q(branch_id=int(branch), business_date=when, count=int(count)))
    except (ValueError, OverflowError):
        raise UnknownReceipt(_("There is no such receipt.")) from None


def receipt_by_key(key: UUID) -> Receipt | None:
    row = _receipts().filter(key=key).first()
    return receipt_view(row) if row else None


def receipt_view(row: Any) -> Receipt:
    shown, payload = row.quote.shown, row.quote.payload
    number = rules.receipt_number(row.branch_id, row.business_date, row.count)
    corrected = getattr(row, "corrected", None)
    return Receipt(
        id=row.pk, number=number,
        verification=rules.verification(settings.SECRET_KEY.encode(),
        number, row.key, row.amount, row.currency),
        operation=row.operation, branch=row.branch_id, desk=row.desk_id, business_date=row.business_date,
        at=row.at, maker=row.person_id, approver=row.approval_id, key=row.key, quote=row.quote_id,
        subject=row.subject, currency=row.currency, amount=row.amount, cash=row.cash, lines=lines_of(payload),
        faces=payload["faces"], charges=tuple(Charge(**charge) for charge in shown["charges"]),
        balances=tuple(Balance(**balance) for balance in shown["balances"]), reports=tuple(row.reports),
        answer={**payload["extra"], **row.answer}, prints=getattr(row, "printed", 0),
        paid=hasattr(row, "payout"),
        corrects=row.corrects_id, corrected_by=corrected.pk if corrected else None,
    )  # fmt: skip


def receipts(
    *, branch: int, day: date | None = None, person: int | None = None, visit: UUID | None = None,
    before: int | None = None, limit: int = PAGE,
) -> list[Receipt]:  # fmt: skip
    """Receipts, newest first; ``before`` is the id of the last one of the page before."""
    rows = _receipts().filter(branch_id=branch)
    for condition, given in (
        (Q(business_date=day), day), (Q(person=person), person), (Q(quote__visit=visit), visit),
        (Q(pk__lt=before), before),
    ):  # fmt: skip
        if given is not None:
            rows = rows.filter(condition)
    return [receipt_view(row) for row in rows.order_by("-pk")[: min(limit, 500)]]


def kinds_of_day(*, person: int, day: date) -> list[tuple[str, int, int]]:
    """Operation, how many, sum of amounts: what stands, corrections apart."""
    rows = (
        models.Receipt.objects.filter(person=person, business_date=day, corrected=None)
        .values("operation").annotate(n=Count("pk"), total=Sum("amount")).order_by("operation")
    )  # fmt: skip
    return [(row["operation"], row["n"], row["total"] or 0) for row in rows]


def cash_of_day(*, person: int, day: date) -> tuple[int, int]:
    """What came into the box and what left it, both positive."""
    sums = models.Receipt.objects.filter(person=person, business_date=day).aggregate(
        came=Sum("cash", filter=Q(cash__gt=0)), left=Sum("cash", filter=Q(cash__lt=0))
    )
    return sums["came"] or 0, -(sums["left"] or 0)


def unpaid(*, person: int, day: date) -> list[Receipt]:
    """Posted cash-outs whose notes were not handed over yet."""
    rows = _receipts().filter(person=person, business_date=day, cash__lt=0, payout=None, corrected=None)
    return [receipt_view(row) for row in rows.order_by("pk")]


def out_of_account(account: int, day: date) -> int:
    """What left an account at counters on a day, corrections taken off."""
    rows = models.Receipt.objects.filter(
        subject=f"account:{account}", business_date=day, operation__in=_OUT, corrected=None
    )
    return rows.aggregate(total=Sum("amount"))["total"] or 0


def moved_by_party(party: int, day: date, kind: str, currency: str) -> int:
    """A customer's total of a day, one way only: ``cash_in``, ``cash_out`` or ``transfer``."""
    rows = models.Receipt.objects.filter(
        party_id=party, business_date=day, currency=currency, corrected=None, corrects=None
    )
    if kind == "cash_in":
        rows, column = rows.filter(cash__gt=0), "cash"
    elif kind == "cash_out":
        rows, column = rows.filter(cash__lt=0), "cash"
    else:
        rows, column = rows.filter(operation__in=("1201", "1202")), "amount"
    total: int = rows.aggregate(total=Sum(column))["total"] or 0
    return abs(total)


def moved_on_account(account: int, day: date, direction: str) -> tuple[int, int]:
    """What went into or out of an account on the day and in its year, corrections left out."""
    sums, cursor = {True: 0, False: 0}, None
    while True:
        page = ledger.statement(account=account, since=day.replace(month=1, day=1), cursor=cursor, limit=500)
        for line in page.lines:
            wanted = line.debit if direction == "out" else line.credit
            if wanted and line.reverses is None and line.reversed_by is None:
                sums[line.date == day] += wanted
        cursor = page.next
        if cursor is None:
            return sums[True], sums[True] + sums[False]


def account_class(account: int) -> str:
    """``I``, ``II`` or ``III``; what was not opened here counts as class I."""
    found = models.AccountClass.objects.filter(account_id=account).values_list("kind", flat=True).first()
    return found or "I"


def account_classes(accounts: Iterable[int]) -> dict[int, str]:
    rows = models.AccountClass.objects.filter(account_id__in=list(accounts))
    return dict(rows.values_list("account_id", "kind"))


def loss_report(account: int) -> models.LossReport | None:
    """The loss report in force on an account, if any."""
    return models.LossReport.objects.filter(account_id=account, end=None).order_by("-pk").first()


def loss_kind(account: int) -> LossKind | None:
    found = loss_report(account)
    return LossKind(found.kind) if found else None


def asked(table: str, since: date, until: date) -> Iterator[RecordedFacts]:
    """What a rule table was asked by past operations, oldest first: the source for its replay."""
    rows = (
        models.Receipt.objects.filter(business_date__range=(since, until), quote__shown__asked__has_key=table)
        .select_related("quote").order_by("pk")
    )  # fmt: skip
    batch: list[models.Receipt] = []
    for row in rows.iterator(chunk_size=500):
        batch.append(row)
        if len(batch) == 500:
            yield from _recorded(batch, table)
            batch = []
    yield from _recorded(batch, table)


def _recorded(batch: list[models.Receipt], table: str) -> Iterator[RecordedFacts]:
    entries = dict(Event.objects.filter(key__in=[row.key for row in batch]).values_list("key", "pk"))
    for row in batch:
        said = row.quote.shown["asked"][table]
        yield RecordedFacts(
            entry=entries.get(row.key, row.pk),
            at=row.business_date,
            facts=said["facts"],
            outcome=said["outcome"],
        )
