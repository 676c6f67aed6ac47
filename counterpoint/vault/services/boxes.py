"""Boxes and who holds them 尾箱与保管."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor, ActorKind, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.ledger import services as ledger
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import queries
from counterpoint.vault.data import (
    FACES,
    PIECES_MAX,
    AlreadyHoldsBox,
    BoxExists,
    BoxKind,
    BoxMalformed,
    BoxNotEmpty,
    BoxStopped,
    BoxTaken,
    BoxView,
    LimitMalformed,
    NoBox,
    Position,
    Stop,
    UnknownBox,
    face_value,
)
from counterpoint.vault.effects import STOPPED_REMEDIES
from counterpoint.vault.models import Box, Custody, Stock
from counterpoint.vault.models_vouchers import VoucherStock
from counterpoint.vault.rules import as_counts, shortest
from counterpoint.vault.services import claiming
from counterpoint.vault.services.separation import box_has_separated, check_separation

NUMBER = re.compile(r"[0-9A-Z-]{3,12}")
#: No limit is above what a box can hold at all.
LIMIT_MAX = PIECES_MAX * 10_000


def box(id: int) -> BoxView:
    """The box with this id."""
    found = queries.first(queries.boxes(Q(pk=id)))
    if found is None:
        raise UnknownBox(_("There is no such box."), box=id)
    return found


def boxes_of(*, branch: int, retired: bool = False) -> list[BoxView]:
    """The boxes of a branch that are in use, the vault first; ``retired``: those that no longer are."""
    found = queries.boxes(Q(branch_id=branch, retired=retired))
    return sorted(found, key=lambda b: (b.kind is not BoxKind.VAULT, b.number))


def box_of(*, desk: int | None = None, person: int | None = None) -> BoxView:
    """The box in a person's custody, or the box of a desk."""
    if person is not None:
        found = queries.held_box(person)
    else:
        found = queries.first(queries.boxes(Q(desk_id=desk))) if desk is not None else None
    if found is None:
        raise NoBox(
            _("You hold no box."),
            why=Why(remedy=str(_("Claim the box of your desk before cash is taken or paid."))),
        )
    return found


def cash_of(*, person: int) -> tuple[Stop, int] | None:
    """What the box in a person's custody may pay out 可付现金, and whether it is stopped; ``None``: no box.

    For rooms that ask at every press: one light query, without the box's other matters.
    """
    return queries.payable_of(person)


def free_box_of_desk(*, desk: int) -> BoxView | None:
    """The box of a desk if nobody holds it."""
    return queries.first(b for b in queries.boxes(Q(desk_id=desk)) if b.custodian is None)


def position(*, box: int) -> Position:
    """What lies in a box, by face, beside what the ledger says 尾箱头寸."""
    view = queries.first(queries.boxes(Q(pk=box)))
    if view is None:
        raise UnknownBox(_("There is no such box."), box=box)
    books = ledger.account(view.account)
    faces = tuple((face, count, face_value(face) * count) for face, count in view.faces.items())
    return Position(box=view, expected=books.balance, faces=faces)


def short_face(box: BoxView, change: Mapping[str, int]) -> str | None:
    """The first face of which ``change`` would take more than the box may pay out."""
    place = shortest(as_counts(box.payable, box.currency), as_counts(change, box.currency))
    return None if place is None else FACES[box.currency][place]


def faces_astray(*, branch: int | None = None) -> list[tuple[int, int, int]]:
    """Boxes whose notes and books differ: (box, counted, booked). Empty, or something is badly wrong."""
    views = queries.boxes(*([Q(branch_id=branch)] if branch is not None else []))
    books = ledger.accounts([view.account for view in views])
    return [
        (v.id, v.counted, books[v.account].balance) for v in views if v.counted != books[v.account].balance
    ]


@verb("vault.box.made")
def make_box(
    *,
    number: str,
    branch: int,
    kind: BoxKind,
    currency: str,
    by: Actor,
    desk: int | None = None,
    limit: int = 0,
    hard: int = 0,
) -> BoxView:
    """Set up a vault, a desk's box or a machine's cassette, with an account of its own under 库存现金."""
    people.check_actor(by=by, duty=Duty.AUTHORIZE, branch=branch)
    _check_new(number, branch, kind, currency, desk)
    check_sums(limit, hard)
    account = ledger.internal_account(branch=branch, gl="1001", currency=currency, label=number, by=by)
    row = Box.objects.create(
        number=number, branch_id=branch, desk_id=desk, kind=kind, account_id=account, currency=currency,
        limit_minor=limit,
    )  # fmt: skip
    Stock.objects.create(box=row, hard_minor=hard, counts=[0] * len(FACES[currency]))
    after = {
        "number": number, "kind": kind, "account": account, "desk": desk, "soft": limit, "hard": hard,
    }  # fmt: skip
    tell(Told(subject=f"box:{row.pk}", branch=branch, after=after))
    return box(row.pk)


def _check_new(number: str, branch: int, kind: BoxKind, currency: str, desk: int | None) -> None:
    if not NUMBER.fullmatch(number):
        raise BoxMalformed(_("A number is 3 to 12 capital letters, digits and hyphens."), field="number")
    if currency not in FACES:
        raise BoxMalformed(_("No faces are known of this currency."), field="currency")
    if desk is not None and (kind is not BoxKind.TELLER or org.desk(desk).branch != branch):
        raise BoxMalformed(_("Only a teller's box stands at a desk, of the same branch."), field="desk")
    taken = Q(number=number) | (Q(desk_id=desk) if desk is not None else Q(pk=None))
    if kind is BoxKind.VAULT:
        taken |= Q(branch_id=branch, kind=kind, currency=currency, retired=False)
    found = Box.objects.filter(taken).first()
    if found is not None:
        raise BoxExists(
            format_lazy(_("There is box {box} already."), box=found.number), box=found.pk, field="number"
        )


def check_sums(soft: int, hard: int) -> None:
    """Limits are no less than zero, and the hard one is not below the soft one."""
    for name, limit in (("soft", soft), ("hard", hard)):
        if type(limit) is not int or not 0 <= limit <= LIMIT_MAX:
            raise LimitMalformed(_("This is no limit."), field=name)
    if hard and soft > hard:
        raise LimitMalformed(_("The hard limit is not below the soft one."), field="hard")


@verb("vault.box.retired")
def retire_box(*, box: int, by: Actor) -> BoxView:
    """Take an empty box that nobody holds out of use 停用尾箱. Its account and its history stay."""
    row = _locked(box)
    people.check_actor(by=by, duty=Duty.AUTHORIZE, branch=row.branch_id)
    ledger.lock_accounts([row.account_id])
    stock = Stock.objects.get(pk=box)
    held = Custody.objects.filter(box=row, until=None).exists()
    forms = VoucherStock.objects.filter(box=row, held__gt=0).exists()
    if any(stock.counts) or ledger.account(row.account_id).balance or held or forms:
        raise BoxNotEmpty(
            format_lazy(_("Box {box} is not empty, or somebody holds it."), box=row.number),
            why=Why(remedy=str(_("Move its cash and forms to the vault, and return it."))),
        )
    if stock.stopped:
        raise stopped(row.number, stock.stopped)
    # The desk is free for another box.
    Box.objects.filter(pk=box).update(retired=True, desk_id=None)
    tell(Told(subject=f"box:{box}", branch=row.branch_id, data={"number": row.number, "desk": row.desk_id}))
    return queries.boxes(Q(pk=box))[0]


def stopped(number: str, stop: str) -> BoxStopped:
    """The refusal of whatever would move something in a paused or frozen box."""
    return BoxStopped(
        format_lazy(_("Nothing may move in box {box} now."), box=number),
        why=Why(remedy=str(STOPPED_REMEDIES[Stop(stop)])), stop=str(stop),
    )  # fmt: skip


@verb("vault.box.claimed")
def claim_box(*, box: int, by: Actor, second: Actor | None = None) -> BoxView:
    """Take a box into one's custody 领用尾箱. One person a box, one box a person.

    On an open business day only. ``second`` has proved to be there: the vault is opened by two, and the
    box that one had the day before is counted again by another.
    """
    row = _locked(box)
    if by.kind is ActorKind.SYSTEM or row.retired:
        raise UnknownBox(_("There is no such box."), box=box)
    people.check_may(person=by.id, duty=Duty.CASH, branch=row.branch_id)
    held = Custody.objects.filter(box=row, until=None).first()
    if held is not None:
        raise BoxTaken(
            format_lazy(_("Box {box} is in somebody's custody."), box=row.number),
            why=Why(helper=people.person(held.person_id).name), person=held.person_id,
        )  # fmt: skip
    stop = Stock.objects.filter(pk=box).values_list("stopped", flat=True).get()
    if stop:
        raise stopped(row.number, stop)
    day = claiming.check_day(row)
    claiming.check_opening(row, day, by, second)
    claiming.check_cross_issue(row, day, by, second)
    if box_has_separated(box):
        check_separation(person=by.id, branch=row.branch_id, adding_vouchers=True)
    try:
        with transaction.atomic():
            Custody.objects.create(box=row, person_id=by.id)
    except IntegrityError as error:
        raise AlreadyHoldsBox(
            _("You hold another box."), why=Why(remedy=str(_("Return the other box first.")))
        ) from error
    data = {"person": by.id} | ({"second": second.id} if second else {})
    _tell(row, by, day, data)
    return queries.boxes(Q(pk=row.pk))[0]


@verb("vault.box.released")
def release_box(*, box: int, by: Actor) -> BoxView:
    """Give a box back 交回尾箱. Only who holds it can."""
    held = Custody.objects.select_for_update(no_key=True, of=("self",)).filter(box=box, until=None).first()
    if held is None or held.person_id != by.id:
        raise NoBox(_("This box is not in your custody."), box=box)
    row = Box.objects.get(pk=box)
    stop = Stock.objects.filter(pk=box).values_list("stopped", flat=True).get()
    if stop:
        raise stopped(row.number, stop)
    Custody.objects.filter(pk=held.pk).update(until=Now())
    _tell(row, by, None, {"person": by.id})
    return queries.boxes(Q(pk=box))[0]


def _locked(id: int) -> Box:
    row = Box.objects.select_for_update(no_key=True).filter(pk=id).first()
    if row is None:
        raise UnknownBox(_("There is no such box."), box=id)
    return row


def _tell(row: Box, by: Actor, day: date | None, data: dict[str, int]) -> None:
    channels = (f"branch:{row.branch_id}", by.key, *([f"desk:{row.desk_id}"] if row.desk_id else []))
    tell(
        Told(
            subject=f"box:{row.pk}", branch=row.branch_id, business_date=day, data=data, channels=channels
        )
    )  # fmt: skip
