"""The verbs of approvals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from counterpoint.approvals import rules
from counterpoint.approvals.data import Approval, ApprovalUsed, UnknownApproval
from counterpoint.approvals.models import Approval as Row
from counterpoint.approvals.models import ApprovalUse
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, AlreadyDone, NotAllowed, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.people import services as people
from counterpoint.people.data import Duty

__all__ = ["approval", "approvals_for", "consume", "grant", "open_approvals"]


def _view(row: Row, *, used: bool) -> Approval:
    return Approval(
        id=row.pk, payload_hash=row.payload_hash, rule=row.rule_key, reason=row.reason, maker=row.maker_id,
        approver=row.approver_id, branch=row.branch_id, at=row.at, expires=row.expires, used=used,
    )  # fmt: skip


def approval(id: int) -> Approval:
    """The approval with this id."""
    row = Row.objects.filter(pk=id).first()
    if row is None:
        raise UnknownApproval(_("There is no such approval."))
    return _view(row, used=ApprovalUse.objects.filter(approval=id).exists())


def approvals_for(*, payload_hash: str) -> list[Approval]:
    """Every approval of this payload that can still be used."""
    rows = Row.objects.filter(payload_hash=payload_hash, use=None, expires__gt=clock.now()).order_by("pk")
    return [_view(row, used=False) for row in rows]


def open_approvals(*, maker: int, branch: int) -> list[Approval]:
    """What a maker was granted at a branch and can still use."""
    rows = Row.objects.filter(branch_id=branch, maker=maker, use=None, expires__gt=clock.now())
    return [_view(row, used=False) for row in rows.order_by("pk")[:50]]


@verb("approvals.approval.granted")
def grant(
    *, payload_hash: str, payload: Mapping[str, Any], duty: Duty, reason: str, maker: int, approver: Actor,
    rule: tuple[str, int], by: Actor, expires: datetime | None = None,
) -> Approval:  # fmt: skip
    """Approve one exact payload 授权. ``by`` is the approver; the maker never is.

    The approver needs the duty at the branch of the payload's maker. Two grants of one payload are by
    two people.
    """
    if by.kind is not ActorKind.PERSON or by.id != approver.id or by.branch is None:
        raise NotAllowed(_("An approval is given by a person, for that person."))
    rules.check_approver(maker=maker, approver=by.id)
    people.check_may(person=by.id, duty=Duty(duty), branch=by.branch)
    latest = clock.now() + rules.LIFETIME
    try:
        with transaction.atomic():
            row = Row.objects.create(
                branch_id=by.branch, payload_hash=payload_hash, payload=dict(payload), duty=str(duty),
                rule_key=rule[0], rule_version=rule[1], reason=reason[:2000], maker_id=maker,
                approver_id=by.id,
                expires=min(expires, latest) if expires else latest,
            )  # fmt: skip
    except IntegrityError as error:
        raise AlreadyDone(_("This person has approved it already.")) from error
    row.refresh_from_db()
    tell(
        Told(
            subject=f"approval:{row.pk}", branch=by.branch,
            data={"hash": payload_hash, "maker": maker, "duty": str(duty), "rule": list(rule)},
            channels=(f"person:{maker}",),
        )
    )  # fmt: skip
    return _view(row, used=False)


def consume(*, approval: int, payload_hash: str, branch: int, key: UUID) -> Approval:
    """Use an approval up inside the caller's verb; the posting engine has the effect for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7201, hashint8(%s))", [approval])
    row = Row.objects.filter(pk=approval, branch_id=branch).first()
    if row is None:
        raise UnknownApproval(_("There is no such approval."))
    view = _view(row, used=ApprovalUse.objects.filter(approval=row).exists())
    rules.check_use(view, payload_hash=payload_hash, now=clock.now())
    try:
        with transaction.atomic():
            ApprovalUse.objects.create(approval=row, key=key)
    except IntegrityError as error:
        raise ApprovalUsed(_("This approval was used before.")) from error
    return view
