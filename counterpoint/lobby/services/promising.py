"""The promise 等候承诺: what is known now, the model that may speak, and the rule when it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F

from counterpoint.kit import clock
from counterpoint.kit.clock import CHINA
from counterpoint.kit.data import SYSTEM, Actor
from counterpoint.kit.verbs import verb
from counterpoint.lobby.data import (
    IN_LINE,
    Ahead,
    AtWork,
    DeskState,
    Duration,
    Length,
    Policy,
    Promise,
    PromiseState,
    Scene,
    Waiting,
    WindowState,
    WindowView,
)
from counterpoint.lobby.models import Ticket
from counterpoint.lobby.rules import promise as rule
from counterpoint.lobby.rules.features import features
from counterpoint.lobby.rules.line import seconds
from counterpoint.lobby.rules.router import pick
from counterpoint.lobby.services import book, reach
from counterpoint.lobby.services.floor import Floor, floor

#: So many are looked at in one go; the next go takes the others.
PORTION = 200


def promise_for(floor: Floor, row: Ticket) -> Promise:
    """The promise to somebody who stands in the line, or is about to."""
    return promise_of(floor, state_for(floor, row))


def promise_of(floor: Floor, state: PromiseState) -> Promise:
    """The model's, where one may speak; else the rule's."""
    made = _learned(floor, state) or rule.promise_by_rule(state)
    low = max(0.0, made.low)
    mid = max(low, made.mid)
    return Promise(low, mid, max(mid, made.high, floor.least_promise), made.basis)


def _learned(floor: Floor, state: PromiseState) -> Promise | None:
    if state.scene is None or floor.model is None:
        return None
    numbers, (model, name) = features(state.scene), floor.model
    return model.promise(numbers, name) if numbers is not None else None


def promise_to_newcomer(floor: Floor, service: str) -> Promise:
    """What somebody would be told who came now for a service."""
    one = Ticket(
        branch_id=floor.branch, business_date=floor.day, service=service, priority=book.priority_of(""),
        arrived_at=floor.now, group_size=1,
    )  # fmt: skip
    return promise_for(floor, one)


def state_for(floor: Floor, row: Ticket) -> PromiseState:
    """All that is known about the wait of one ticket."""
    local = floor.now.astimezone(CHINA)
    came = floor.came.get(row.id, floor.now)
    eligible = _windows_for(floor, floor.as_waiting(row, came))
    return PromiseState(
        service=row.service, priority=row.priority, group=row.group_size,
        time_of_day=local.hour * 3600 + local.minute * 60 + local.second, weekday=local.weekday(),
        windows=_windows(floor), ahead=_ahead(floor, row, came, len(eligible)), eligible=eligible,
        scene=scene_for(floor, row, came),
    )  # fmt: skip


def _windows_for(floor: Floor, waiting: Waiting) -> frozenset[int]:
    dedicated = floor.policy.policy is Policy.DEDICATED
    return frozenset(
        one.desk for one in floor.windows
        if waiting.service in (one.primary if dedicated else one.services)
        and (waiting.desks is None or str(one.desk) in waiting.desks)
    )  # fmt: skip


def scene_for(floor: Floor, row: Ticket, came: datetime) -> Scene:
    """The line and the desks as the router sees them, with the one who asks beside the line."""
    local = floor.now.astimezone(CHINA)
    others = [at for at, one in enumerate(floor.line) if one != row]
    return Scene(
        now=floor.now_minutes, minute=local.hour * 60 + local.minute + local.second / 60,
        weekday=local.weekday(), policy=floor.policy, services=tuple(floor.services),
        mine=floor.as_waiting(row, came),
        line=tuple(floor.waiting[at] for at in others),
        lengths=tuple(_length(floor.learned.of_ticket(floor.line[at])) for at in others),
        desks=tuple(floor.desk_state(window) for window in floor.windows),
        work=tuple(_work(floor, window) for window in floor.windows),
        last={
            code: (seconds(arrived, called) / 60, seconds(called, floor.now) / 60)
            for code, (arrived, called) in floor.last.items()
        },
        group=row.group_size,
    )  # fmt: skip


def _work(floor: Floor, window: WindowView) -> AtWork | None:
    at = floor.busy.get(window.desk)
    if at is None:
        return None
    takes = floor.learned.duration(at.service, kind=at.kind, person=window.person)
    return AtWork(at.service, seconds(at.since, floor.now) / 60, _length(takes))


def _length(takes: Duration) -> Length:
    return Length(takes.mean / 60, takes.median / 60, max(takes.sigma, 0.01))


def _windows(floor: Floor) -> tuple[WindowState, ...]:
    return tuple(_window(floor, one.desk, one.person, one.services, one.primary) for one in floor.windows)


def _window(
    floor: Floor, desk: int, person: int, services: tuple[str, ...], own: tuple[str, ...]
) -> WindowState:
    at = floor.busy.get(desk)
    speeds = [floor.learned.factor(code, person) for code in services if code in floor.services]
    return WindowState(
        window=desk, serves=frozenset(services), own=frozenset(own), busy=at.service if at else "",
        elapsed=seconds(at.since, floor.now) if at else 0.0,
        duration=floor.learned.duration(at.service, kind=at.kind, person=person) if at else None,
        speed=sum(speeds) / len(speeds) if speeds else 1.0,
    )  # fmt: skip


def _ahead(floor: Floor, row: Ticket, came: datetime, windows: int) -> tuple[Ahead, ...]:
    """Those whom the policy would call before this one, about when this one could be called.

    Worth grows with the wait, of long work more slowly; so it is compared not as it is now, but at
    the time when the work of the line will have been done.
    """
    mine = floor.as_waiting(row, came)
    others = [(one, waiting) for one, waiting in zip(floor.line, floor.waiting, strict=True) if one != row]
    work = sum(waiting.predicted for _one, waiting in others)
    then = floor.now_minutes + work / max(1, windows, len(floor.windows))
    measure = DeskState("", frozenset(), dict.fromkeys(floor.services, 1.0))
    worth = {one.pk: _worth(measure, waiting, floor, then) for one, waiting in others}
    limit = _worth(measure, mine, floor, then)
    before = [pair for pair in others if worth[pair[0].pk] >= limit]
    before.sort(key=lambda pair: worth[pair[0].pk], reverse=True)
    return tuple(
        Ahead(one.service, floor.learned.of_ticket(one), _windows_for(floor, waiting))
        for one, waiting in before
    )


def _worth(measure: DeskState, one: Waiting, floor: Floor, then: float) -> tuple[int, float]:
    """The step and the worth of one at a desk that is like any other."""
    policy = floor.policy
    if policy.policy is Policy.DEDICATED:
        policy = replace(policy, policy=Policy.POOLED)
    found = pick(measure, [replace(one, desks=None)], policy, then)
    return (found[1], found[2]) if found else (0, 0.0)


def promise_now(key: UUID) -> Promise | None:
    """The promise to a ticket as it stands now 实时预计; ``None`` when it does not wait."""
    row = Ticket.objects.filter(key=key, state__in=IN_LINE).first()
    if row is None:
        return None
    here = floor(row.branch_id)
    return promise_for(here, row) if row.business_date == here.day else None


def break_promises(*, by: Actor = SYSTEM) -> int:
    """Mark every promise that has just been broken 承诺逾时, and let it be said; how many were."""
    promised = ExpressionWrapper(F("promise_high") * timedelta(seconds=1), output_field=DurationField())
    over = ExpressionWrapper(F("arrived_at") + promised, output_field=DateTimeField())
    rows = Ticket.objects.annotate(over=over).filter(
        state__in=IN_LINE, promise_broken=None, promise_high__isnull=False, over__lt=clock.now()
    )
    keys = list(rows.order_by("id").values_list("key", flat=True)[:PORTION])
    for key in keys:
        _say_broken(ticket=key, by=by)
    return len(keys)


@verb("lobby.promise.broken")
def _say_broken(*, ticket: UUID, by: Actor) -> None:
    """Somebody waits longer than was promised 承诺逾时; display and phone say so."""
    row = reach.locked(ticket, by, any_day=True)
    # Whoever was called in this very moment is not late any more; the call itself has marked it.
    if row.promise_broken is None and row.state in IN_LINE:
        Ticket.objects.filter(pk=row.pk).update(promise_broken=clock.now())
    reach.tell_of(row, high=row.promise_high)
