"""The hand-over 交接班: one package, counted blind, signed by three, or everything stays as it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import queries_vouchers as queries
from counterpoint.vault.data_hands import HandOverTry
from counterpoint.vault.data_vouchers import (
    Blocker,
    HandOverBlocked,
    HandOverChanged,
    HandOverDiffers,
    HandOverEnded,
    HandOverPeople,
    HandOverState,
    HandOverView,
    NotCustodian,
    ReasonMissing,
    UnknownHandOver,
)
from counterpoint.vault.models_vouchers import HandOver, HandOverCount
from counterpoint.vault.queries_hands import tries
from counterpoint.vault.services.numbers import take_number
from counterpoint.vault.services.parts import parts


def hand_over(id: int) -> HandOverView:
    """The hand-over with this id, whatever became of it."""
    found = queries.hand_overs(Q(pk=id))
    if not found:
        raise UnknownHandOver(_("There is no such hand-over."), hand_over=id)
    return found[0]


def open_hand_overs(*, branch: int) -> list[HandOverView]:
    """Packages that nobody has taken, refused or taken back: they stop the day's close."""
    return queries.hand_overs(Q(branch_id=branch, state=HandOverState.PROPOSED))


def hand_overs_of(*, branch: int, before: int | None = None, limit: int = 30) -> list[HandOverView]:
    """The ended hand-overs of a branch, the newest first 交接登记簿."""
    ended = Q(branch_id=branch) & ~Q(state=HandOverState.PROPOSED)
    return queries.hand_overs(ended, before=before, limit=limit)


def hand_over_tries(*, hand_over: int) -> list[HandOverTry]:
    """The receiver's counts of a package, the newest first."""
    return tries(hand_over)


def package_of(*, person: int, branch: int) -> list[dict[str, Any]]:
    """Everything a person would hand over now."""
    found = [part.describe(person, branch) for part in parts()]
    return [queries.plain_part(one) for one in found if one is not None]


def blockers_of(*, person: int, branch: int) -> list[Blocker]:
    """What has to be finished before this person can hand over, all of it."""
    return [one for part in parts() if part.blockers for one in part.blockers(person, branch)]


def _digest(package: list[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(package, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _custody(package: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parts that are counted. What is only told, an approval that lapses, may change meanwhile."""
    return [part for part in package if part["count"]]


def check_free(*, person: int, branch: int) -> None:
    """Refuse with the list of what is open."""
    found = blockers_of(person=person, branch=branch)
    if found:
        zh = (get_language() or "").startswith("zh")
        raise HandOverBlocked(
            _("Something is still open."),
            why=Why(rule="vault.hand_over", remedy="；".join(one.zh if zh else one.en for one in found)),
            blockers=[{"zh": one.zh, "en": one.en, "link": one.link} for one in found],
        )


@verb("vault.hand_over.proposed")
def propose_hand_over(*, receiver: int, by: Actor) -> HandOverView:
    """Put all that one holds into a package for another 提出交接. Nothing changes hands yet."""
    branch = by.branch or 0
    if receiver == by.id:
        raise HandOverPeople(_("Nobody hands over to oneself."), why=Why(rule="vault.hand_over"))
    taker = people.person(receiver)
    day = org.business_day(branch)
    check_free(person=by.id, branch=branch)
    package = package_of(person=by.id, branch=branch)
    if any(part["key"] == "cash" for part in package):
        people.check_may(person=receiver, duty=Duty.CASH, branch=branch)
    number = take_number("JJ", HandOver, branch, day.date)
    try:
        with transaction.atomic():
            row = HandOver.objects.create(
                number=number, branch_id=branch,
                business_date=day.date, giver_id=by.id, receiver_id=receiver, package=package,
                digest=_digest(package),
            )  # fmt: skip
    except IntegrityError as error:
        raise HandOverBlocked(
            _("One of you has an open hand-over already."),
            why=Why(remedy=str(_("Finish it or take it back first.")), helper=taker.name), blockers=[],
        ) from error  # fmt: skip
    tell(
        Told(
            subject=f"hand_over:{row.pk}", branch=branch, business_date=day.date,
            data={"number": row.number, "receiver": receiver, "digest": row.digest},
            channels=(f"person:{by.id}", f"person:{receiver}"),
        )
    )  # fmt: skip
    return hand_over(row.pk)


@verb("vault.hand_over.counted")
def count_hand_over(*, hand_over: int, counted: Mapping[str, Any], by: Actor) -> list[str]:
    """The receiver's blind count 盲点. Says which parts differ, not by how much; every try is kept."""
    row = _locked(hand_over)
    if by.id != row.receiver_id:
        raise NotCustodian(_("Only the receiver counts."))
    differs = [
        part["key"] for part in row.package
        if part["count"] and _plain(counted.get(part["key"], {})) != _plain(part["count"])
    ]  # fmt: skip
    HandOverCount.objects.create(hand_over=row, person_id=by.id, counted=_plain(counted), differs=differs)
    tell(
        Told(
            subject=f"hand_over:{row.pk}", branch=row.branch_id, business_date=row.business_date,
            data={"differs": differs}, channels=(f"person:{row.giver_id}", f"person:{row.receiver_id}"),
        )
    )  # fmt: skip
    return differs


def _plain(value: Any) -> Any:
    """As JSON has it, without zeros and in order, so that equal counts compare equal."""
    if isinstance(value, Mapping):
        found = {str(key): _plain(one) for key, one in value.items()}
        return {key: one for key, one in sorted(found.items()) if one not in (0, [], "", {})}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


@verb("vault.hand_over.accepted")
def accept_hand_over(*, hand_over: int, receiver: Actor, supervisor: Actor, by: Actor) -> HandOverView:
    """Three sign, and everything changes hands at once 交接完成; or it is refused and nothing does.

    The giver signed by proposing. ``receiver`` and ``supervisor`` have proved who they are.
    """
    row = _locked(hand_over)
    if receiver.id != row.receiver_id or by.id not in (row.giver_id, row.receiver_id):
        raise NotCustodian(_("This package is for somebody else."))
    if supervisor.id in (row.giver_id, row.receiver_id):
        raise HandOverPeople(
            _("The supervisor is a third person."),
            why=Why(rule="vault.hand_over_signatures", remedy=str(_("Ask somebody who may authorize."))),
        )
    people.check_may(person=supervisor.id, duty=Duty.AUTHORIZE, branch=row.branch_id)
    check_free(person=row.giver_id, branch=row.branch_id)
    _check_counted(row)
    for part in parts():
        if part.move is not None and any(one["key"] == part.name for one in row.package):
            part.move(row.giver_id, row.receiver_id, receiver, row.number)
    return _end(row, HandOverState.ACCEPTED, "", supervisor=supervisor.id)


def _check_counted(row: HandOver) -> None:
    """The giver holds what the package says, to the last version, and the receiver counted the same."""
    held = package_of(person=row.giver_id, branch=row.branch_id)
    if _digest(_custody(held)) != _digest(_custody(row.package)) or _digest(row.package) != row.digest:
        raise HandOverChanged(
            _("What the giver holds has changed since the package was made."),
            why=Why(remedy=str(_("Take it back and propose it again."))),
        )
    needed = [part["key"] for part in row.package if part["count"]]
    last = HandOverCount.objects.filter(hand_over=row).order_by("-pk").first()
    differs = needed if last is None else last.differs
    if differs:
        raise HandOverDiffers(
            _("The count is not what is handed over."),
            why=Why(
                rule="vault.hand_over", remedy=str(_("Count again; or refuse, and the giver counts the box."))
            ),
            parts=differs,
        )


@verb("vault.hand_over.refused")
def refuse_hand_over(*, hand_over: int, reason: str, by: Actor) -> HandOverView:
    """The receiver does not take it 拒绝接收: the giver's custody is as it was."""
    row = _locked(hand_over)
    if by.id != row.receiver_id:
        raise NotCustodian(_("This package is for somebody else."))
    if not reason.strip():
        raise ReasonMissing(_("Say why."), field="reason")
    return _end(row, HandOverState.REFUSED, reason)


@verb("vault.hand_over.cancelled")
def cancel_hand_over(*, hand_over: int, by: Actor, reason: str = "") -> HandOverView:
    """The giver takes it back 撤销交接: the giver's custody is as it was."""
    row = _locked(hand_over)
    if by.id != row.giver_id:
        raise NotCustodian(_("This package is somebody else's."))
    return _end(row, HandOverState.CANCELLED, reason)


def _locked(id: int) -> HandOver:
    row = HandOver.objects.select_for_update(no_key=True, of=("self",)).filter(pk=id).first()
    if row is None:
        raise UnknownHandOver(_("There is no such hand-over."), hand_over=id)
    if row.state != HandOverState.PROPOSED:
        raise HandOverEnded(_("This hand-over has ended."), state=row.state)
    return row


def _end(row: HandOver, state: HandOverState, reason: str, supervisor: int | None = None) -> HandOverView:
    HandOver.objects.filter(pk=row.pk).update(
        state=state, reason=reason.strip()[:200], supervisor=supervisor, ended=Now()
    )
    tell(
        Told(
            subject=f"hand_over:{row.pk}", branch=row.branch_id, business_date=row.business_date,
            data={"number": row.number, "giver": row.giver_id, "receiver": row.receiver_id,
                  "supervisor": supervisor, "reason": reason, "digest": row.digest},
            channels=(f"person:{row.giver_id}", f"person:{row.receiver_id}"),
        )
    )  # fmt: skip
    return hand_over(row.pk)
