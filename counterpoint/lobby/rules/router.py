"""The router 分流: who is next for a desk, and which free desk takes one who arrives. Pure.

The index is a generalised cµ rule (Mandelbaum & Stolyar 2004, Operations Research 52:836): waiting cost over
expected duration, with this customer's own predicted duration in place of the class mean.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from counterpoint.lobby.data import Choice, DeskChoice, DeskState, Policy, Reason, RoutingPolicy, Waiting

#: Steps of the order, the highest first: no index, however large, climbs a step.
_APPOINTMENT, _CAP, _OWN, _ANY = 3, 2, 1, 0


def choose(desk: DeskState, waiting: Sequence[Waiting], policy: RoutingPolicy, now: float) -> Choice | None:
    """Who is next for this desk; nobody when it may serve none of those who wait."""
    found = pick(desk, waiting, policy, now)
    if found is None:
        return None
    place, step, worth = found
    taken = waiting[place]
    able = [one for one in waiting if _eligible(desk, one, policy)]
    earlier = [now - one.arrived for one in able if one.arrived < taken.arrived]
    return Choice(
        ticket=taken.ticket,
        desk=desk.desk,
        reason=_reason(desk, taken, policy, now, step, able),
        waited=now - taken.arrived,
        expected=taken.predicted * desk.factors[taken.service],
        index=worth if policy.policy is Policy.PREDICTED else 0.0,
        own=taken.service in desk.own,
        passed_over=len(earlier),
        longest_passed_over=max(earlier, default=0.0),
        among=len(able),
    )


def pick(
    desk: DeskState, waiting: Sequence[Waiting], policy: RoutingPolicy, now: float
) -> tuple[int, int, float] | None:
    """The decision without its explanation: place in ``waiting``, step and worth of the next one.

    Between equals the earlier place wins, so a list in order of arrival is served in that order.
    """
    # Written out in one loop: a desk decides over 200 who wait in well under a millisecond.
    may = desk.own if policy.policy is Policy.DEDICATED else desk.factors
    own, own_first = desk.own, policy.own_skill_first
    cap = math.inf if policy.cap is None else policy.cap
    best, best_step, best_worth = -1, -1, 0.0
    for place, one in enumerate(waiting):
        if one.service not in may or (one.desks is not None and desk.desk not in one.desks):
            continue
        if one.due is not None and -policy.appointment_before <= now - one.due <= policy.appointment_after:
            step, worth = _APPOINTMENT, now - one.due
        elif now - one.arrived >= cap:
            step, worth = _CAP, now - one.arrived
        else:
            step = _OWN if own_first and one.service in own else _ANY
            if step < best_step:
                continue
            worth = _worth(desk, one, policy, now)
        if step > best_step or (step == best_step and worth > best_worth):
            best, best_step, best_worth = place, step, worth
    return None if best < 0 else (best, best_step, best_worth)


def desk_for(
    desks: Iterable[DeskState], waiting: Waiting, policy: RoutingPolicy, now: float
) -> DeskChoice | None:
    """Which free desk takes this one: own skill first, fewest skills, then the longest idle."""
    free = [one for one in desks if one.free_since is not None and _eligible(one, waiting, policy)]
    if not free:
        return None
    best = min(
        free, key=lambda one: (waiting.service not in one.own, len(one.factors), one.free_since, one.desk)
    )
    own = waiting.service in best.own
    reason = Reason.ONLY_ONE if len(free) == 1 else Reason.OWN_SKILL if own else Reason.WAITS_LONGEST
    return DeskChoice(
        best.desk, waiting.ticket, reason, own, waiting.predicted * best.factors[waiting.service]
    )


def desks_in_order(desks: Iterable[DeskState], waiting: Iterable[Waiting]) -> list[DeskState]:
    """Free desks in the order in which they choose: whose own service waits, fewest skills, longest idle."""
    lines = {one.service for one in waiting}
    free = [one for one in desks if one.free_since is not None]
    return sorted(
        free, key=lambda one: (lines.isdisjoint(one.own), len(one.factors), one.free_since, one.desk)
    )


def _eligible(desk: DeskState, one: Waiting, policy: RoutingPolicy) -> bool:
    may = one.service in (desk.own if policy.policy is Policy.DEDICATED else desk.factors)
    return may and (one.desks is None or desk.desk in one.desks)


def _worth(desk: DeskState, one: Waiting, policy: RoutingPolicy, now: float) -> float:
    """What serving this one now is worth, compared with others on the same step."""
    waited = now - one.arrived
    if policy.head_start:
        waited += policy.head_start.get(one.priority, 0.0)
    if policy.policy is Policy.CMU:
        # A whole class before another; inside a class the longest wait (far below a minute's difference).
        return 1e6 / (one.mean * desk.factors[one.service]) + waited * 1e-3
    if policy.policy is not Policy.PREDICTED:
        return waited
    worth = (waited + policy.offset) / (one.predicted * desk.factors[one.service])
    if policy.own_skill_weight != 1.0 and one.service in desk.own:
        worth *= policy.own_skill_weight
    if policy.priorities:
        worth *= policy.priorities.get(one.priority, 1.0)
    if policy.target is not None and policy.risk_from <= waited < policy.target:
        worth *= policy.risk_weight
    if policy.promise_weight != 1.0 and _promise_at_risk(one, policy, now):
        worth *= policy.promise_weight
    return worth


def _promise_at_risk(one: Waiting, policy: RoutingPolicy, now: float) -> bool:
    return one.promised is not None and now >= one.promised - policy.promise_margin


def _reason(
    desk: DeskState, taken: Waiting, policy: RoutingPolicy, now: float, step: int, able: Sequence[Waiting]
) -> Reason:
    if step == _APPOINTMENT:
        return Reason.APPOINTMENT
    if len(able) == 1:
        return Reason.ONLY_ONE
    if step == _CAP:
        return Reason.CAP
    if all(taken.arrived <= one.arrived for one in able):
        return Reason.WAITS_LONGEST
    if (
        policy.policy is Policy.PREDICTED
        and policy.promise_weight != 1.0
        and _promise_at_risk(taken, policy, now)
    ):
        return Reason.PROMISE_AT_RISK
    if step == _OWN and any(one.service not in desk.own for one in able):
        return Reason.OWN_SKILL
    return Reason.SHORTEST_SERVICE if policy.policy is Policy.CMU else Reason.INDEX
