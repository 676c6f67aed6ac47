"""Seals, keys, code machines 印章、钥匙、押码机: one custodian each, and the three of 印押证 apart."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor, ActorKind, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import queries_vouchers as queries
from counterpoint.vault.data_hands import SealMalformed, SealMoveView
from counterpoint.vault.data_vouchers import (
    NotCustodian,
    Part,
    ReasonMissing,
    SealKind,
    SealKnown,
    SealView,
    SecondPersonMissing,
    UnknownSeal,
)
from counterpoint.vault.models_vouchers import Seal, SealMove
from counterpoint.vault.queries_hands import seal_moves as moves
from counterpoint.vault.services.separation import check_separation

#: As many characters as a number has at most, as the register stores it.
NUMBER_MOST = 20


def seals_of(*, branch: int | None = None, person: int | None = None) -> list[SealView]:
    """Seals in use, of a branch or in one hand."""
    where = Q(retired=False)
    if branch is not None:
        where &= Q(branch_id=branch)
    if person is not None:
        where &= Q(custodian=person)
    return queries.seals(where)


def seal(id: int) -> SealView:
    found = queries.seals(Q(pk=id))
    if not found:
        raise UnknownSeal(_("There is no such seal or key."), seal=id)
    return found[0]


def seal_moves(*, seal: int) -> list[SealMoveView]:
    """The way of a seal from hand to hand, the newest first 交接记录."""
    return moves(seal)


@verb("vault.seal.registered")
def register_seal(
    *, branch: int, number: str, kind: SealKind, name_zh: str, name_en: str, custodian: int, by: Actor,
    part: Part = Part.NONE,
) -> SealView:  # fmt: skip
    """Enter a seal, key or code machine into the register 登记, with its first custodian."""
    if by.kind is not ActorKind.SYSTEM:
        people.check_may(person=by.id, duty=Duty.AUTHORIZE, branch=branch)
    number, name_zh, name_en = number.strip(), name_zh.strip(), name_en.strip()
    if not number or not name_zh or not name_en or len(number) > NUMBER_MOST:
        raise SealMalformed(_("Give it a number and its names."), field="number")
    check_separation(person=custodian, branch=branch, adding=part)
    try:
        with transaction.atomic():
            row = Seal.objects.create(
                branch_id=branch, number=number, kind=kind, part=part, name_zh=name_zh,
                name_en=name_en, custodian_id=custodian, since=Now(),
            )  # fmt: skip
    except IntegrityError as error:
        raise SealKnown(format_lazy(_("{number} is registered already."), number=number)) from error
    SealMove.objects.create(seal=row, receiver_id=custodian, person_id=by.id, reason="登记")
    tell(
        Told(
            subject=f"seal:{row.pk}", branch=branch, channels=(f"person:{custodian}",),
            after={"number": number, "kind": str(kind), "part": str(part), "custodian": custodian},
        )
    )  # fmt: skip
    return seal(row.pk)


@verb("vault.seal.given")
def give_seal(*, seal: int, receiver: Actor, by: Actor, reason: str = "") -> SealView:
    """Hand one over 移交: its custodian gives it, ``receiver`` takes it, here and now."""
    row = _locked(seal)
    if row.custodian_id != by.id:
        raise _not_custodian(row)
    if receiver.id == by.id:
        raise SecondPersonMissing(_("Somebody else has to take it."), why=Why(rule="vault.seals"))
    if not people.person(receiver.id).active:
        raise SecondPersonMissing(_("Somebody else has to take it."), why=Why(rule="vault.seals"))
    check_separation(person=receiver.id, branch=row.branch_id, adding=Part(row.part))
    pass_on(row, receiver.id, by=by, second=receiver.id, reason=reason)
    tell(
        Told(
            subject=f"seal:{row.pk}", branch=row.branch_id,
            before={"custodian": by.id}, after={"custodian": receiver.id},
            channels=(f"person:{by.id}", f"person:{receiver.id}"),
        )
    )  # fmt: skip
    return queries.seals(Q(pk=row.pk))[0]


@verb("vault.seal.retired")
def retire_seal(*, seal: int, reason: str, by: Actor, second: Actor) -> SealView:
    """Take one out of use 停用, handed in or destroyed, by two people."""
    row = _locked(seal)
    if row.custodian_id != by.id:
        raise _not_custodian(row)
    if not reason.strip():
        raise ReasonMissing(_("Say why."), field="reason")
    if second.id == by.id:
        raise SecondPersonMissing(_("Two people are needed for this."), why=Why(rule="vault.seals"))
    people.check_may(person=second.id, duty=Duty.AUTHORIZE, branch=row.branch_id)
    Seal.objects.filter(pk=row.pk).update(retired=True, custodian=None, since=None)
    SealMove.objects.create(
        seal=row, giver_id=by.id, person_id=by.id, second_id=second.id, reason=reason.strip()[:200]
    )
    tell(
        Told(
            subject=f"seal:{row.pk}", branch=row.branch_id, data={"reason": reason, "second": second.id},
            before={"custodian": by.id},
        )
    )  # fmt: skip
    return queries.seals(Q(pk=row.pk))[0]


def pass_on(row: Seal, receiver: int, *, by: Actor, second: int | None, reason: str) -> None:
    """Write the change of custody of a locked row, within a verb."""
    SealMove.objects.create(
        seal=row, giver_id=row.custodian_id, receiver_id=receiver, person_id=by.id, second_id=second,
        reason=reason.strip()[:200],
    )  # fmt: skip
    Seal.objects.filter(pk=row.pk).update(custodian=receiver, since=Now())


def _locked(id: int) -> Seal:
    row = Seal.objects.select_for_update(no_key=True, of=("self",)).filter(pk=id, retired=False).first()
    if row is None:
        raise UnknownSeal(_("There is no such seal or key."), seal=id)
    return row


def _not_custodian(row: Seal) -> NotCustodian:
    helper = people.person(row.custodian_id).name if row.custodian_id else ""
    return NotCustodian(_("Only who answers for it can give it away."), why=Why(helper=helper))
