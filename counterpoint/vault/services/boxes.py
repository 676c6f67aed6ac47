"""Boxes and who holds them 尾箱与保管."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor, ActorKind, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.ledger import services as ledger
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import queries
from counterpoint.vault.data import (
    FACES,
    AlreadyHoldsBox,
    BoxKind,
    BoxTaken,
    BoxView,
    NoBox,
    Position,
    UnknownBox,
    face_value,
)
from counterpoint.vault.models import Box, Custody, Stock
from counterpoint.vault.rules import as_counts, shortest


def box(id: int) -> BoxView:
    """The box with this id."""
    found = queries.first(queries.boxes(Q(pk=id)))
    if found is None:
        raise UnknownBox(_("There is no such box."), box=id)
    return found


def boxes_of(*, branch: int) -> list[BoxView]:
    """All boxes of a branch, the vault first."""
    return sorted(queries.boxes(Q(branch_id=branch)), key=lambda b: (b.kind is not BoxKind.VAULT, b.number))


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
    """The first face of which ``change`` would take more than the box holds."""
    place = shortest(as_counts(box.faces, box.currency), as_counts(change, box.currency))
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
) -> BoxView:
    """Set up a box with an account of its own under 库存现金."""
    account = ledger.internal_account(branch=branch, gl="1001", currency=currency, label=number, by=by)
    row = Box.objects.create(
        number=number, branch_id=branch, desk_id=desk, kind=kind, account_id=account, currency=currency,
        limit_minor=limit,
    )  # fmt: skip
    Stock.objects.create(box=row, counts=[0] * len(FACES[currency]))
    tell(
        Told(
            subject=f"box:{row.pk}", branch=branch, after={"number": number, "kind": kind, "account": account}
        )
    )
    return box(row.pk)


@verb("vault.box.claimed")
def claim_box(*, box: int, by: Actor) -> BoxView:
    """Take a box into one's custody 领用尾箱. One person a box, one box a person."""
    row = Box.objects.select_for_update(no_key=True).filter(pk=box).first()
    if row is None or by.kind is ActorKind.SYSTEM:
        raise UnknownBox(_("There is no such box."), box=box)
    people.check_may(person=by.id, duty=Duty.CASH, branch=row.branch_id)
    held = Custody.objects.filter(box=row, until=None).first()
    if held is not None:
        raise BoxTaken(
            format_lazy(_("Box {box} is in somebody's custody."), box=row.number),
            why=Why(helper=people.person(held.person_id).name), person=held.person_id,
        )  # fmt: skip
    try:
        with transaction.atomic():
            Custody.objects.create(box=row, person_id=by.id)
    except IntegrityError as error:
        raise AlreadyHoldsBox(
            _("You hold another box."), why=Why(remedy=str(_("Return the other box first.")))
        ) from error
    channels = (by.key, *([f"desk:{row.desk_id}"] if row.desk_id else []))
    tell(Told(subject=f"box:{row.pk}", branch=row.branch_id, data={"person": by.id}, channels=channels))
    return queries.boxes(Q(pk=row.pk))[0]


@verb("vault.box.released")
def release_box(*, box: int, by: Actor) -> BoxView:
    """Give a box back 交回尾箱. Only who holds it can."""
    held = Custody.objects.select_for_update(no_key=True, of=("self",)).filter(box=box, until=None).first()
    if held is None or held.person_id != by.id:
        raise NoBox(_("This box is not in your custody."), box=box)
    Custody.objects.filter(pk=held.pk).update(until=Now())
    row = Box.objects.get(pk=box)
    channels = (by.key, *([f"desk:{row.desk_id}"] if row.desk_id else []))
    tell(Told(subject=f"box:{box}", branch=row.branch_id, data={"person": by.id}, channels=channels))
    return queries.boxes(Q(pk=box))[0]
