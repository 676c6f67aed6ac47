"""Taking a request up, laying it down, handing it on 认领, 放回, 转派."""

from __future__ import annotations

from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from counterpoint.approvals import models, queries
from counterpoint.approvals.data import ClaimedByAnother, Mode, NotClaimed, Step
from counterpoint.approvals.services import eligibility, locks
from counterpoint.approvals.services.asking import told
from counterpoint.approvals.services.granting import check_person
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, AlreadyDone, NotAllowed
from counterpoint.kit.verbs import tell, verb
from counterpoint.people import services as people
from counterpoint.people.data import Basis, Duty

AT_THE_DESK = (Mode.BRANCH, Mode.REMOTE)


def check_can_decide(row: models.Request, *, person: int, home: int) -> tuple[Step, Basis]:
    """The step that this person can take, and by what right; raises with the reason otherwise."""
    requirement = queries.requirement(row)
    given = [queries.approval_view(one, used=False) for one in row.approvals.all()]
    steps = eligibility.open_steps(requirement, given, eligible=row.eligible)
    recused = queries.recused(row.pk)
    eligibility.check_conflicts(
        eligibility.conflicts_of(
            person=person, home=home, basis=eligibility.OWN, maker=row.maker_id,
            branch=row.branch_id, parties=parties_of(row), requirement=requirement,
            decided=[one.approver for one in given], recused=recused,
        )
    )  # fmt: skip
    step, basis = eligibility.step_for(person=person, branch=row.branch_id, modes=AT_THE_DESK, steps=steps)
    eligibility.check_conflicts(
        eligibility.conflicts_of(
            person=person, home=home, basis=basis, maker=row.maker_id, branch=row.branch_id, parties=(),
            requirement=requirement, recused=recused,
        )
    )  # fmt: skip
    return step, basis


def parties_of(row: models.Request) -> list[int]:
    found = row.concerns.filter(subject__startswith="party:").values_list("subject", flat=True)
    return [int(one.partition(":")[2]) for one in found]


@verb("approvals.request.claimed")
def claim(*, request: int, by: Actor) -> None:
    """Take a request up, so that two do not work on one 认领."""
    person = check_person(by)
    row = locks.locked_request(request)
    check_can_decide(row, person=person, home=by.branch or 0)
    _take(row, person)
    tell(told(row, claimer=person))


def _take(row: models.Request, person: int) -> None:
    try:
        with transaction.atomic():
            models.Claim.objects.create(request=row, person_id=person)
    except IntegrityError as error:
        held = locks.open_claim(row)
        if held is not None and held.person_id == person:
            raise AlreadyDone(_("You have taken it up already.")) from error
        name = people.person(held.person_id).name if held else ""
        raise ClaimedByAnother(_("%(name)s has taken it up.") % {"name": name}) from error


def hold(row: models.Request, person: int) -> None:
    """A decision takes up what nobody has, inside its own verb; who was slower hears who has it."""
    held = locks.open_claim(row)
    if held is None or held.person_id != person:
        _take(row, person)


@verb("approvals.request.released")
def release(*, request: int, by: Actor, why: str = "released") -> None:
    """Lay a request down again, for others to take up."""
    row = locks.locked_request(request)
    held = locks.open_claim(row)
    if held is None or held.person_id != by.id:
        raise NotClaimed(_("You have not taken it up."))
    message = told(row, claimer=held.person_id, why=why)
    models.Claim.objects.filter(pk=held.pk).update(ended=clock.now(), why=why)
    tell(message)


@verb("approvals.request.reassigned")
def reassign(*, request: int, person: int, by: Actor) -> None:
    """Give a request to a colleague 转派: by who has taken it up, or by who leads the desk."""
    row = locks.locked_request(request)
    held = locks.open_claim(row)
    if held is None or held.person_id != by.id:
        branch = row.branch_id if by.branch == row.branch_id else 0
        if not people.may(person=by.id, duty=Duty.BOARD, branch=branch):
            raise NotAllowed(_("Who has taken it up hands it on, or who leads the desk."))
    if held is not None and held.person_id == person:
        raise AlreadyDone(_("This person has it already."))
    check_can_decide(row, person=person, home=people.person(person).branch)
    before = told(row)
    if held is not None:
        models.Claim.objects.filter(pk=held.pk).update(ended=clock.now(), why="reassigned")
    _take(row, person)
    after = told(row, claimer=person, was=held.person_id if held else None)
    tell(replace(after, channels=tuple(dict.fromkeys([*before.channels, *after.channels]))))
