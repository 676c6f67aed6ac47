"""Decisions on a request: approve, return for correction, refuse 同意, 退回, 拒绝."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from counterpoint.approvals import models, queries, rules
from counterpoint.approvals.data import (
    ReasonNeeded,
    RekeyDiffers,
    RequestState,
    RequestView,
)
from counterpoint.approvals.services import locks
from counterpoint.approvals.services.asking import MOST_WORDS, check_still_good, end, request, told
from counterpoint.approvals.services.claiming import check_can_decide, hold
from counterpoint.approvals.services.granting import add, check_person, end_if_met
from counterpoint.kit.data import Actor, NotAllowed
from counterpoint.kit.verbs import tell, verb


def approve(
    *, request: int, by: Actor, proof: str = "", rekey: Mapping[str, str] | None = None
) -> RequestView:  # fmt: skip
    """Agree to exactly what the request shows 同意; ``proof`` is how a step-up was done, if it was.

    ``rekey`` holds what was typed again where the rule asks for it; a difference is on record and
    refused, and which value differs is not said.
    """
    check_rekey(request=request, rekey=rekey or {}, by=by)
    return _approve(request=request, proof=proof, by=by)


def check_rekey(*, request: int, rekey: Mapping[str, str], by: Actor) -> None:
    """Raise unless everything that had to be typed again is right; asked before a proof is used up."""
    row = models.Request.objects.filter(pk=request).first()
    if row is not None and not rules.same_rekey(rekey, row.rekey, rekey_wanted(row)):
        note_rekey(request=request, by=by)
        raise RekeyDiffers(_("What you typed is not what is to be posted."))


def rekey_wanted(row: models.Request) -> tuple[str, ...]:
    """Which values have to be typed again, blind 复核录入."""
    return tuple(name for name in queries.requirement(row).rekey if name in row.rekey)


@verb("approvals.rekey.differed")
def note_rekey(*, request: int, by: Actor) -> None:
    """Say that what an approver typed again was not what the request holds."""
    tell(told(_mine(request, by), approver=by.id))


@verb("approvals.request.approved")
def _approve(*, request: int, proof: str, by: Actor) -> RequestView:
    """Agree to exactly what the request shows."""
    row = _mine(request, by)
    step, basis = check_can_decide(row, person=by.id, home=by.branch or 0)
    requirement = queries.requirement(row)
    if requirement.step_up and not proof:
        raise NotAllowed(_("This rule asks you to prove once more that it is you."))
    view = queries.request(request)
    assert view is not None
    check_still_good(view)
    message = told(row)
    made = add(
        request=row, payload_hash=row.payload_hash, payload=row.payload, branch=row.branch_id,
        reason=queries.reasons_text(row.reasons), maker=row.maker_id, rule=(row.rule_key, row.rule_version),
        step=step, basis=basis, proof=proof, by=by, expires=row.expires,
    )  # fmt: skip
    complete = end_if_met(row, requirement, queries.usable(payload_hash=row.payload_hash))
    if not complete:
        row.claims.filter(ended=None).update(ended=made.at, why="approved")
    message.data.update(
        approval=made.id, duty=step.duty, mode=str(step.mode), signed=row.signed_hash, complete=complete,
        behalf=None if basis.own else basis.givers[0],
    )  # fmt: skip
    tell(message)
    done = queries.request(request)
    assert done is not None
    return done


def _mine(id: int, by: Actor) -> models.Request:
    """The open request, locked, that nobody else works on."""
    person = check_person(by)
    row = locks.locked_request(id)
    hold(row, person)
    return row


@verb("approvals.request.returned")
def send_back(*, request: int, reason: str, words: str, by: Actor) -> RequestView:
    """Return a request for correction 退回补正: the maker mends it and asks again."""
    return _ended(request, RequestState.RETURNED, reason, words, by)


@verb("approvals.request.refused")
def refuse(*, request: int, reason: str, words: str, by: Actor) -> RequestView:
    """Refuse a request 拒绝. One refusal ends it, however many had agreed."""
    return _ended(request, RequestState.REFUSED, reason, words, by)


def _ended(id: int, state: RequestState, reason: str, words: str, by: Actor) -> RequestView:
    words = words.strip()
    if not reason.strip() or len(reason) > 32 or (reason == "other" and not words):
        raise ReasonNeeded(_("Say why, so that the maker can mend it."), field="words")
    if len(words) > MOST_WORDS:
        raise ReasonNeeded(_("The reason is too long."), field="words")
    row = _mine(id, by)
    check_can_decide(row, person=by.id, home=by.branch or 0)
    message = told(row, reason=reason)
    end(row, state, person=by.id, reason=reason, words=words)
    tell(message)
    return request(id)
