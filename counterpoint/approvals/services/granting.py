"""Grants 授权: one person's yes to one exact payload, at the desk or to a request; used once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from counterpoint.approvals import queries, rules
from counterpoint.approvals.data import (
    Approval,
    ApprovalUsed,
    Matter,
    Mode,
    NotTheirTurn,
    RekeyDiffers,
    RequestEnded,
    RequestState,
    Requirement,
    Standing,
    Step,
    UnknownApproval,
)
from counterpoint.approvals.models import Approval as Granted
from counterpoint.approvals.models import ApprovalUse, Request, RequestEnd
from counterpoint.approvals.services import eligibility
from counterpoint.approvals.services.locks import APPROVALS, REQUESTS, lock
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, AlreadyDone, NotAllowed, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.people.data import Basis


def approval(id: int) -> Approval:
    """The approval with this id."""
    row = Granted.objects.filter(pk=id).first()
    if row is None:
        raise UnknownApproval(_("There is no such approval."))
    return queries.approval_view(row, used=ApprovalUse.objects.filter(approval=id).exists())


def approvals_for(*, payload_hash: str) -> list[Approval]:
    """Every approval of this payload that can still be used; those of a returned request cannot."""
    return queries.usable(payload_hash=payload_hash)


def open_approvals(*, maker: int, branch: int) -> list[Approval]:
    """What a maker was granted at a branch and can still use."""
    return queries.usable(branch_id=branch, maker=maker)


def check_person(by: Actor) -> int:
    """The approver's id: a person, at a place of work."""
    if by.kind is not ActorKind.PERSON or by.branch is None:
        raise NotAllowed(_("An approval is given by a person, for that person."))
    return by.id


def grant(
    *, matter: Matter, by: Actor, proof: str = "password", expires: datetime | None = None,
    rekey: Mapping[str, str] | None = None,
) -> Approval:  # fmt: skip
    """Approve one exact payload at the maker's desk 现场授权. ``by`` is the approver; the maker never is.

    A request for the same payload that still waits is met by it, if nobody else is needed.
    """
    wanted = [name for name in matter.requirement.rekey if name in matter.rekey]
    if not rules.same_rekey(rekey or {}, matter.rekey, wanted):
        raise RekeyDiffers(_("What you typed is not what is to be posted."))
    return _grant(matter=matter, proof=proof, expires=expires, by=by)


@verb("approvals.approval.granted")
def _grant(*, matter: Matter, proof: str, expires: datetime | None, by: Actor) -> Approval:
    """Approve one exact payload at the maker's desk."""
    person, maker = check_person(by), int(matter.payload["maker"])
    check_not_refused(matter.payload_hash)
    request = _open_request(matter.payload_hash)
    requirement = queries.requirement(request) if request else matter.requirement
    given = queries.usable(payload_hash=matter.payload_hash)
    eligible = request.eligible if request else 0
    steps = eligibility.open_steps(requirement, given, eligible=eligible)
    rules.check_approver(maker=maker, approver=person)
    if person in {one.approver for one in given}:
        raise AlreadyDone(_("This person has approved it already."))
    _check_fallback(request, requirement)
    step, basis = eligibility.step_for(person=person, branch=matter.branch, modes={Mode.SITE}, steps=steps)
    eligibility.check_conflicts(
        eligibility.conflicts_of(
            person=person, home=by.branch or 0, basis=basis, maker=maker, branch=matter.branch,
            parties=matter.parties, requirement=requirement,
            recused=[*matter.recused, *(queries.recused(request.pk) if request else ())],
        )
    )  # fmt: skip
    latest = clock.now() + timedelta(seconds=requirement.expires_seconds)
    made = add(
        request=request, payload_hash=matter.payload_hash, payload=matter.payload, branch=matter.branch,
        reason="；".join(dict.fromkeys(one.zh for one in matter.reasons)), maker=maker, rule=matter.rule,
        step=step, basis=basis, proof=proof, by=by, expires=min(expires, latest) if expires else latest,
    )  # fmt: skip
    ended = end_if_met(request, requirement, [*given, made]) if request else False
    tell(
        Told(
            subject=f"approval:{made.id}", branch=matter.branch, correlation=matter.correlation,
            data={
                "hash": matter.payload_hash, "maker": maker, "duty": step.duty, "rule": list(matter.rule),
                "mode": str(step.mode), "request": request.pk if request else None, "complete": ended,
            },
            channels=(f"person:{maker}", f"approvals:{matter.branch}", "approvals:remote"),
            about=f"request:{request.pk}" if request else "",
        )
    )  # fmt: skip
    return made


def at_the_desk_now(requirement: Requirement, fallback_at: datetime | None) -> bool:
    """Whether the maker's own desk has its turn: where the rule asks for the centre first, not at once."""
    if Mode.SITE not in requirement.modes:
        return False
    if requirement.fallback_seconds is None or requirement.modes == {Mode.SITE}:
        return True
    return fallback_at is not None and fallback_at <= clock.now()


def _check_fallback(request: Request | None, requirement: Requirement) -> None:
    if Mode.SITE in requirement.modes and not at_the_desk_now(
        requirement, request.fallback_at if request else None
    ):
        raise NotTheirTurn(
            _("The rule asks for an approval at the approval desk first."),
            why=Why(remedy=str(_("Ask for approval; when nobody decides in time, it is approved here."))),
        )


def _open_request(payload_hash: str) -> Request | None:
    row = Request.objects.filter(
        payload_hash=payload_hash, end=None, expires__gt=clock.now()
    ).order_by("-pk").first()  # fmt: skip
    if row is not None:
        lock(REQUESTS, row.pk)
        if RequestEnd.objects.filter(request=row).exists():
            return None
    return row


def add(
    *, request: Request | None, payload_hash: str, payload: dict[str, object], branch: int, reason: str,
    maker: int, rule: tuple[str, int], step: Step, basis: Basis, proof: str, by: Actor, expires: datetime,
) -> Approval:  # fmt: skip
    """Write the grant; the same person's second one is told so."""
    try:
        with transaction.atomic():
            row = Granted.objects.create(
                branch_id=branch, payload_hash=payload_hash, payload=payload, duty=step.duty,
                rule_key=rule[0], rule_version=rule[1], reason=reason[:2000], maker_id=maker,
                approver_id=by.id, mode=step.mode, skill=step.skill, request=request, proof=proof,
                signed_hash=request.signed_hash if request else "",
                behalf_id=None if basis.own else basis.givers[0], expires=expires,
            )  # fmt: skip
    except IntegrityError as error:
        raise AlreadyDone(_("This person has approved it already.")) from error
    row.refresh_from_db()
    return queries.approval_view(row, used=False)


def check_not_refused(payload_hash: str) -> None:
    """Raise where this exact payload was refused: nobody asks around until somebody says yes."""
    if RequestEnd.objects.filter(request__payload_hash=payload_hash, state=RequestState.REFUSED).exists():
        raise RequestEnded(
            _("This was refused."),
            why=Why(remedy=str(_("What has changed is quoted anew, and asked for anew."))), state="refused",
        )  # fmt: skip


def standing_of(
    *, payload_hash: str, requirement: Requirement, approvals: Iterable[Approval]
) -> Standing:  # fmt: skip
    """How far ``approvals`` meet the requirement; everybody whom a unanimous request has to hear counts."""
    asked = Request.objects.filter(payload_hash=payload_hash).exclude(end__state__in=queries.VOID)
    eligible = asked.order_by("-pk").values_list("eligible", flat=True).first() or 0
    return rules.standing(requirement, [one.vote for one in approvals], eligible=eligible)


def end_if_met(request: Request, requirement: Requirement, approvals: list[Approval]) -> bool:
    """End the request as approved once enough people agree."""
    if not rules.standing(requirement, [one.vote for one in approvals], eligible=request.eligible).met:
        return False
    RequestEnd.objects.create(request=request, state=RequestState.APPROVED, person_id=approvals[-1].approver)
    request.claims.filter(ended=None).update(ended=clock.now(), why="decided")
    return True


def consume(*, approval: int, payload_hash: str, branch: int, key: UUID) -> Approval:
    """Use an approval up inside the caller's verb; the posting engine has the effect for it."""
    lock(APPROVALS, approval)
    row = Granted.objects.filter(pk=approval, branch_id=branch).exclude(
        request__end__state__in=queries.VOID
    ).first()  # fmt: skip
    if row is None:
        raise UnknownApproval(_("There is no such approval."))
    view = queries.approval_view(row, used=ApprovalUse.objects.filter(approval=row).exists())
    rules.check_use(view, payload_hash=payload_hash, now=clock.now())
    try:
        with transaction.atomic():
            ApprovalUse.objects.create(approval=row, key=key)
    except IntegrityError as error:
        raise ApprovalUsed(_("This approval was used before.")) from error
    return view
