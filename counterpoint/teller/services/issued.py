"""Receipts: approve what is quoted, pay what was posted, print, look at the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import Approval
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.org import services as org
from counterpoint.teller import models, queries
from counterpoint.teller.data import (
    AlreadyPaid,
    MyDay,
    NothingToPay,
    NotTheMaker,
    Receipt,
    UnknownReceipt,
)
from counterpoint.teller.services.aftermath import add_print
from counterpoint.teller.services.matters import check_open, matter_of
from counterpoint.vault import services as vault
from counterpoint.vault.data import NoBox

#: A paper is set again only this long after its printing was counted; then it is a new printing.
PRINT_WINDOW = timedelta(minutes=10)


def approve(
    *, quote: int, approver: Actor, proof: str = "password", rekey: Mapping[str, str] | None = None
) -> Approval:  # fmt: skip
    """Approve a quote's exact payload as a second person at the desk 现场授权. The maker never can."""
    seen = queries.quote(quote)
    check_open(seen)
    return approvals.grant(
        matter=matter_of(seen), rekey=rekey, proof=proof, expires=seen.expires, by=approver
    )


@verb("teller.cash.paid")
def pay_out(*, receipt: int, by: Actor) -> Receipt:
    """Say that the notes of a posted cash-out were handed over 付款."""
    queries.lock_receipt(receipt)
    row = models.Receipt.objects.filter(pk=receipt).first()
    if row is None:
        raise UnknownReceipt(_("There is no such receipt."))
    if row.person_id != by.id:
        raise NotTheMaker(_("Only the teller who posted it pays it out."))
    if row.cash >= 0 or models.Receipt.objects.filter(corrects=row).exists():
        raise NothingToPay(_("Nothing is to be paid on this receipt."))
    try:
        with transaction.atomic():
            models.PayOut.objects.create(receipt=row, person_id=by.id)
    except IntegrityError as error:
        raise AlreadyPaid(_("This was paid out before.")) from error
    tell(
        Told(
            subject=row.subject, branch=row.branch_id, business_date=row.business_date,
            data={"receipt": row.pk, "cash": row.cash, "box": row.box_id}, channels=(by.key,),
        )
    )  # fmt: skip
    return queries.receipt(receipt)


@verb("teller.receipt.printed")
def print_receipt(*, receipt: int, by: Actor) -> int:
    """Count a printing: 0 is the original, every later one a copy marked 补打. Returns its number."""
    row = models.Receipt.objects.filter(pk=receipt).first()
    if row is None or row.branch_id != by.branch:
        raise UnknownReceipt(_("There is no such receipt."))
    count = add_print(receipt, by)
    tell(
        Told(
            subject=row.subject, branch=row.branch_id, data={"receipt": receipt, "print": count},
            business_date=row.business_date, channels=(by.key,),
        )
    )  # fmt: skip
    return count


def printable(*, receipt: int, count: int, by: Actor) -> Receipt:
    """The receipt, if its ``count``-th printing was made just now by this person."""
    since = clock.now() - PRINT_WINDOW
    if not models.Print.objects.filter(receipt=receipt, count=count, person=by.id, at__gte=since).exists():
        raise UnknownReceipt(_("This printing is over. Print again; the copy will be marked."))
    return queries.receipt(receipt)


def to_pay(*, by: Actor) -> list[Receipt]:
    """What a teller has posted today and not paid out yet 待付款."""
    return queries.unpaid(person=by.id, day=org.business_day(by.branch or 0).date)


def receipts_of_visit(*, visit: UUID, branch: int, limit: int) -> list[Receipt]:
    """What was done for a customer's visit, by whomever, the newest first. ``visit``: its correlation."""
    return queries.receipts(branch=branch, visit=visit, limit=limit)


def my_day(*, by: Actor, limit: int = 50) -> MyDay:
    """A teller's day 当日业务: entries, sums by kind, and what the box should hold."""
    day = org.business_day(by.branch or 0).date
    came, left = queries.cash_of_day(person=by.id, day=day)
    expected = counted = None
    try:
        position = vault.position(box=vault.box_of(person=by.id).id)
        expected, counted = position.expected, position.counted
    except NoBox:
        pass
    return MyDay(
        business_date=day,
        receipts=tuple(queries.receipts(branch=by.branch or 0, day=day, person=by.id, limit=limit)),
        kinds=tuple(queries.kinds_of_day(person=by.id, day=day)), cash_in=came, cash_out=left,
        drawer_expected=expected, drawer_counted=counted,
        to_pay=tuple(queries.unpaid(person=by.id, day=day)),
    )  # fmt: skip
