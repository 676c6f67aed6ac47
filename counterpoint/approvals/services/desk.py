"""The approval desk 授权台: who is there, what waits, and how long it will take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from counterpoint.approvals import models, queries, rules
from counterpoint.approvals.data import (
    ConflictKind,
    Matter,
    Mode,
    OnDuty,
    Outlook,
    RequestView,
    Requirement,
    Step,
)
from counterpoint.approvals.services import eligibility
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, AlreadyDone, NotAllowed, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.people import services as people
from counterpoint.people.data import WHOLE_BANK, Basis, Duty

#: Duties whose holders sit at the approval desk, and what each sees.
DUTY_OF = {Mode.BRANCH: Duty.AUTHORIZE, Mode.REMOTE: Duty.AUTHORIZE_REMOTE}


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A waiting request as one approver sees it: why not, whose turn, who has it."""

    request: RequestView
    conflicts: tuple[ConflictKind, ...]
    turn: bool
    mine: bool

    @property
    def can(self) -> bool:
        """Whether this approver could take it up now."""
        return self.turn and not self.conflicts and (self.request.claim is None or self.mine)


class Reader:
    """What one person may see and decide: duties are asked once, however long the queue."""

    def __init__(self, by: Actor) -> None:
        self.by = by
        self._held: dict[int, frozenset[Duty]] = {}
        self._basis: dict[tuple[str, int], Basis] = {}
        self._skills: dict[str, bool] = {}

    def may(self, duty: str, branch: int) -> bool:
        where = WHOLE_BANK if duty == Duty.AUTHORIZE_REMOTE else branch
        if where not in self._held:
            self._held[where] = self.rights.held(where)
        return duty in self._held[where]

    def takes(self, step: Step, branch: int) -> bool:
        if step.skill not in self._skills:
            self._skills[step.skill] = eligibility.has_skill(self.by.id, step)
        return self._skills[step.skill] and self.may(step.duty, branch)

    def basis(self, duty: str, branch: int) -> Basis:
        key = (duty, WHOLE_BANK if duty == Duty.AUTHORIZE_REMOTE else branch)
        if key not in self._basis:
            self._basis[key] = self.rights.basis(Duty(duty), key[1])
        return self._basis[key]

    @cached_property
    def rights(self) -> people.Rights:
        return people.Rights(self.by.id)

    @cached_property
    def interests(self) -> dict[int, str]:
        return {one.party: str(one.kind) for one in queries.interests(person=self.by.id)}

    @cached_property
    def remote(self) -> bool:
        return self.may(Duty.AUTHORIZE_REMOTE, WHOLE_BANK)

    @cached_property
    def local(self) -> bool:
        return self.by.branch is not None and self.may(Duty.AUTHORIZE, self.by.branch)

    def reads(self, view: RequestView) -> bool:
        """Whoever may decide it, made it, or leads or audits its branch may look at it."""
        if self.by.id in view.recused:
            return False
        if self.by.id == view.maker or any(one.approver == self.by.id for one in view.approvals):
            return True
        deciding = [step.duty for path in view.requirement.paths for step in path]
        return any(self._looks(duty, view) for duty in dict.fromkeys([*deciding, Duty.BOARD, Duty.AUDIT]))

    def _looks(self, duty: str, view: RequestView) -> bool:
        """By a right of one's own, or lent by somebody whom the request does not concern."""
        if not self.may(duty, view.branch):
            return False
        return not view.recused or not self.basis(duty, view.branch).only_through_any(view.recused)

    def item(self, view: RequestView) -> QueueItem:
        """The request with this person's conflicts and turn."""
        steps = eligibility.open_steps(view.requirement, view.approvals, eligible=view.eligible)
        mine = [step for step in steps if step.mode in DUTY_OF and self.takes(step, view.branch)]
        basis = self.basis(mine[0].duty, view.branch) if mine else eligibility.OWN
        found = eligibility.conflicts_of(
            person=self.by.id, home=self.by.branch or 0, basis=basis, maker=view.maker, branch=view.branch,
            parties=view.parties, requirement=view.requirement, interests=self.interests,
            decided=[one.approver for one in view.approvals], recused=view.recused,
        )  # fmt: skip
        claimed = view.claim is not None and view.claim.person == self.by.id
        return QueueItem(view, found, bool(mine), claimed)


def may_read(view: RequestView, by: Actor) -> bool:
    """Whether this person may look at a request and its papers."""
    return Reader(by).reads(view)


def queue(*, by: Actor) -> list[QueueItem]:
    """What waits and this person may see, oldest first."""
    reader = Reader(by)
    branches = None if reader.remote else [by.branch or 0]
    items = [reader.item(view) for view in queries.waiting(branches=branches)]
    return [
        item
        for item in items
        if by.id not in item.request.recused and (item.turn or item.mine or item.request.branch == by.branch)
    ]


def waiting_for_me(*, by: Actor) -> tuple[int, datetime | None]:
    """How many this person could take up or has, and since when the oldest waits; nobody else's."""
    reader = Reader(by)
    if not (reader.remote or reader.local):
        return 0, None
    times = [item.request.at for item in queue(by=by) if item.can]
    return len(times), min(times, default=None)


def known_to(found: list[RequestView], by: Actor | None) -> list[RequestView]:
    """Without those that do not exist for this person 回避; ``None``: the system knows all."""
    if by is None or not any(one.recused for one in found):
        return found
    reader = Reader(by)
    return [one for one in found if not one.recused or reader.reads(one)]


def waiting_at(*, branch: int, by: Actor | None) -> list[RequestView]:
    """What a branch waits for, oldest first, as far as it exists for ``by``: for its board."""
    return known_to(queries.waiting(branches=[branch]), by)


@verb("approvals.desk.entered")
def enter_desk(*, by: Actor) -> None:
    """Sit down at the approval desk 上岗: from now on requests are counted on."""
    reader = Reader(by)
    if not (reader.remote or reader.local):
        raise NotAllowed(_("The approval desk is for those who may authorize."))
    try:
        with transaction.atomic():
            models.OnDuty.objects.create(person_id=by.id, branch_id=by.branch or WHOLE_BANK)
    except IntegrityError as error:
        raise AlreadyDone(_("You are at the approval desk already.")) from error
    tell(_told(by, remote=reader.remote))


@verb("approvals.desk.left")
def leave_desk(*, by: Actor) -> None:
    """Leave the approval desk 离岗; what was taken up goes back to the others."""
    tell(_told(by, released=end_duty(by.id)))


def end_duty(person: int) -> list[int]:
    """End the time at the desk inside the caller's verb; which requests went back."""
    if not models.OnDuty.objects.filter(person=person, ended=None).update(ended=clock.now()):
        raise AlreadyDone(_("You are not at the approval desk."))
    claims = models.Claim.objects.filter(person=person, ended=None)
    back = list(claims.order_by("request").values_list("request_id", flat=True)[:200])
    claims.update(ended=clock.now(), why="left")
    return back


def _told(by: Actor, **data: object) -> Told:
    return Told(
        subject=f"person:{by.id}", branch=by.branch or 0, data=data,
        channels=(by.key, f"approvals:{by.branch}", "approvals:remote"),
    )  # fmt: skip


def on_duty(*, branch: int | None) -> list[OnDuty]:
    """Who sits at the approval desk of a branch, or (``None``) of the centre, with each one's load."""
    found = _sitting(branch)
    persons = [row.person_id for row in found]
    here, busy = people.here(persons), queries.claims_open(persons)
    today = clock.start_of(clock.today())
    decided = queries.decided_since(persons, today)
    return [
        OnDuty(
            row.person_id, row.person.name, row.since, busy.get(row.person_id, 0),
            decided.get(row.person_id, 0), row.person_id in here,
        )
        for row in found
    ]  # fmt: skip


def _sitting(branch: int | None) -> list[models.OnDuty]:
    rows = models.OnDuty.objects.filter(ended=None).order_by("since")
    if branch is not None:
        rows = rows.filter(branch_id=branch)
    found = list(rows.select_related("person")[:100])
    if branch is None and found:
        able = {one.id for one in people.people_with(duty=Duty.AUTHORIZE_REMOTE, branch=WHOLE_BANK)}
        found = [row for row in found if row.person_id in able]
    return found


def _present(requirement: Requirement, branch: int) -> set[int]:
    """Everybody at a desk where a step of the requirement is decided, and signed in."""
    found: set[int] = set()
    if Mode.BRANCH in requirement.modes:
        found |= {row.person_id for row in _sitting(branch)}
    if Mode.REMOTE in requirement.modes:
        found |= {row.person_id for row in _sitting(None)}
    return people.here(list(found))


def eligible_people(matter: Matter, requirement: Requirement) -> int:
    """How many a unanimous step has to hear: those at the desks now, without the maker."""
    if not any(step.unanimous for path in requirement.paths for step in path):
        return 0
    maker = matter.payload.get("maker")
    return len(_present(requirement, matter.branch) - {maker, *matter.recused})


def outlook(view: RequestView) -> Outlook:
    """What the waiting maker is told: how many are before, who is there, seconds to a decision."""
    present = _present(view.requirement, view.branch) - {view.maker, *view.recused}
    ahead = sum(_same_desk(one, view.requirement) for one in _before(view))
    seconds = rules.expected_seconds(
        ahead=0 if view.claim else ahead, approvers=len(present), typical=queries.typical_seconds(clock.now())
    )
    return Outlook(ahead, len(present), seconds, view.fallback_at)


def _before(view: RequestView) -> list[Requirement]:
    remote = Mode.REMOTE in view.requirement.modes
    return queries.unclaimed(before=view.id, branches=None if remote else [view.branch])


def _same_desk(one: Requirement, other: Requirement) -> bool:
    return bool(one.modes & other.modes & set(DUTY_OF))
