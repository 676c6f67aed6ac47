"""Branches and desks 机构与柜台."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor, ActorKind, AlreadyDone, Malformed, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.org import queries
from counterpoint.org.data import (
    CodeTaken,
    DeskClosed,
    DeskNotHeld,
    DeskTaken,
    DeskView,
    Equipment,
    HasDesk,
    UnitKind,
    UnitView,
    UnknownBranch,
    UnknownDesk,
    WrongBranch,
)
from counterpoint.org.models import Desk, DeskClaim, Unit
from counterpoint.people.data import Duty
from counterpoint.people.services import check_actor

#: Which kind of unit a unit may belong to.
ABOVE = {UnitKind.REGION: {UnitKind.BANK}, UnitKind.BRANCH: {UnitKind.BANK, UnitKind.REGION}}


def _follow(id: int) -> None:
    # An id that was given by hand must not be given again by the sequence.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('org_unit', 'id'), GREATEST(%s, "
            "(SELECT max(id) FROM org_unit)))",
            [id],
        )


def _checked_parent(kind: UnitKind, parent: int | None) -> None:
    above = Unit.objects.filter(id=parent).first() if parent else None
    fits = (
        above is None and parent is None
        if kind is UnitKind.BANK
        else (above is not None and above.kind in ABOVE[kind])
    )
    if not fits:
        raise UnknownBranch(_("This unit cannot belong there."), parent=parent, kind=kind.value)


@verb("org.unit.added")
def add_unit(
    *,
    kind: UnitKind,
    code: str,
    name_zh: str,
    name_en: str,
    by: Actor,
    parent: int | None = None,
    address_zh: str = "",
    address_en: str = "",
    id: int | None = None,
) -> UnitView:
    """Add a bank, a region or a branch 新增机构."""
    check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=0)
    if not code.strip() or not name_zh.strip() or len(code) > 20 or max(len(name_zh), len(name_en)) > 200:
        raise Malformed(_("A unit needs a code and a name."))
    _checked_parent(kind, parent)
    try:
        with transaction.atomic():
            row = Unit.objects.create(
                id=id, kind=kind, code=code, name_zh=name_zh, name_en=name_en, parent_id=parent,
                address_zh=address_zh, address_en=address_en, added_by=by.key,
            )  # fmt: skip
    except IntegrityError as error:
        raise CodeTaken(_("Another unit has this code."), unit_code=code) from error
    if id is not None:
        _follow(id)
    tell(Told(subject=f"unit:{row.id}", branch=row.id, after={"kind": kind, "code": code, "parent": parent}))
    return queries.unit_view(row)


@verb("org.desk.added")
def add_desk(
    *,
    branch: int,
    number: str,
    name_zh: str,
    name_en: str,
    by: Actor,
    equipment: Iterable[Equipment] = (),
) -> DeskView:
    """Set up a desk 新增柜台."""
    queries.branch(branch)
    check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=branch)
    kit = sorted(Equipment(one).value for one in equipment)
    try:
        with transaction.atomic():
            row = Desk.objects.create(
                branch_id=branch, number=number, name_zh=name_zh, name_en=name_en, equipment=kit,
                added_by=by.key,
            )  # fmt: skip
    except IntegrityError as error:
        raise CodeTaken(_("The branch has a desk of this number."), number=number) from error
    tell(Told(subject=f"desk:{row.id}", branch=branch, after={"number": number, "equipment": kit}))
    return queries.desk(row.id)


@verb("org.desk.withdrawn")
def withdraw_desk(*, desk: int, by: Actor) -> DeskView:
    """Take a desk out of use 停用柜台."""
    row = _locked(desk)
    check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=row.branch_id)
    if row.withdrawn_at is not None:
        raise AlreadyDone(_("The desk is out of use already."))
    if DeskClaim.objects.filter(desk=row, released_at=None).exists():
        raise DeskTaken(_("Somebody works at this desk."))
    Desk.objects.filter(id=desk).update(withdrawn_at=Now(), withdrawn_by=by.key)
    tell(Told(subject=f"desk:{desk}", branch=row.branch_id, channels=(f"desk:{desk}",)))
    return queries.desk(desk)


def _locked(desk: int) -> Desk:
    row = Desk.objects.select_for_update(no_key=True).filter(id=desk).first()
    if row is None:
        raise UnknownDesk(f"no desk {desk}", desk=desk)
    return row


@verb("org.desk.claimed")
def claim_desk(*, desk: int, by: Actor) -> DeskView:
    """Begin work at a desk 上柜. One person a desk, one desk a person."""
    if by.kind is not ActorKind.PERSON:
        raise WrongBranch(_("Only a person works at a desk."))
    row = _locked(desk)
    if row.withdrawn_at is not None:
        raise DeskClosed(_("This desk is out of use."))
    if by.branch is not None and by.branch != row.branch_id:
        raise WrongBranch(_("This desk belongs to another branch."), branch=row.branch_id)
    held = DeskClaim.objects.filter(desk=row, released_at=None).first()
    if held is not None and held.person_id == by.id:
        raise AlreadyDone(_("You work at this desk already."), desk=desk)
    if held is not None:
        raise DeskTaken(
            _("Somebody else works at this desk."),
            why=Why(remedy=str(_("Choose another desk, or have the other person leave this one."))),
            desk=desk,
            person=held.person_id,
        )
    try:
        with transaction.atomic():
            DeskClaim.objects.create(desk=row, person_id=by.id)
    except IntegrityError as error:
        raise HasDesk(
            _("You work at another desk."),
            why=Why(remedy=str(_("Leave the other desk first."))),
            person=by.id,
        ) from error
    channels = (f"desk:{desk}", by.key)
    tell(Told(subject=f"desk:{desk}", branch=row.branch_id, data={"person": by.id}, channels=channels))
    return queries.desk(desk)


@verb("org.desk.released")
def release_desk(*, desk: int, by: Actor, reason: str = "") -> DeskView:
    """End work at a desk 下柜. Somebody other than its holder says why."""
    row = _locked(desk)
    held = DeskClaim.objects.filter(desk=row, released_at=None).first()
    if held is None:
        raise DeskNotHeld(_("Nobody works at this desk."), desk=desk)
    if by.key != f"person:{held.person_id}" and not reason.strip():
        raise Malformed(_("To release somebody else's desk, say why."))
    if by.key != f"person:{held.person_id}":
        check_actor(by=by, duty=Duty.DAY_CLOSE, branch=row.branch_id)
    DeskClaim.objects.filter(pk=held.pk).update(released_at=Now(), released_by=by.key)
    tell(
        Told(
            subject=f"desk:{desk}",
            branch=row.branch_id,
            data={"person": held.person_id, "reason": reason[:500]},
            channels=(f"desk:{desk}", f"person:{held.person_id}"),
        )
    )
    return queries.desk(desk)
