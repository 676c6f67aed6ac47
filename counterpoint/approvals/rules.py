"""What makes an approval good, and when enough of them are there. Pure."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from counterpoint.approvals.data import (
    Approval,
    ApprovalExpired,
    ApprovalUsed,
    ConflictKind,
    MakerApproves,
    Mode,
    PayloadAltered,
    RequestState,
    Requirement,
    Standing,
    Step,
    Vote,
)
from counterpoint.kit.states import Machine, Move, State

#: An approval waits for its posting this long and no longer.
LIFETIME = timedelta(minutes=30)

REQUEST = Machine(
    name="approvals.request",
    title="Request for approval 授权申请",
    states=(
        State(RequestState.OPEN, "waits, 待授权", "claim, hand on, approve, return, refuse, withdraw"),
        State(RequestState.APPROVED, "enough people agreed, 已授权", "one posting"),
        State(RequestState.RETURNED, "to be corrected, 退回补正", "a new request that follows it"),
        State(RequestState.REFUSED, "refused with a reason, 拒绝"),
        State(RequestState.WITHDRAWN, "taken back by the maker, 撤回"),
        State(RequestState.EXPIRED, "nobody decided in time, 超时"),
    ),
    start=RequestState.OPEN,
    moves=(
        Move(RequestState.OPEN, RequestState.APPROVED, "the last needed person approves"),
        Move(RequestState.OPEN, RequestState.RETURNED, "an approver asks for a correction"),
        Move(RequestState.OPEN, RequestState.REFUSED, "one approver refuses"),
        Move(RequestState.OPEN, RequestState.WITHDRAWN, "the maker gives up or changes the slip"),
        Move(RequestState.OPEN, RequestState.EXPIRED, "the rule's time has passed"),
    ),
)


def check_approver(*, maker: int, approver: int) -> None:
    """Raise when maker and approver are one person. There is no exception to this rule."""
    if maker == approver:
        raise MakerApproves(_("The person who made an entry cannot approve it."))


def check_use(approval: Approval, *, payload_hash: str, now: datetime) -> None:
    """Raise unless ``approval`` allows exactly this payload, now, for the first time."""
    check_approver(maker=approval.maker, approver=approval.approver)
    if approval.payload_hash != payload_hash:
        raise PayloadAltered(_("What was approved is not what is to be posted."))
    if approval.used:
        raise ApprovalUsed(_("This approval was used before."))
    if now >= approval.expires:
        raise ApprovalExpired(_("The approval has expired."))


def requirement_of(outcome: Mapping[str, Any]) -> Requirement | None:
    """The requirement that a decision table's outcome states; ``None`` where nobody need approve.

    ``approvals`` is the number of people; ``duty`` theirs. ``paths`` (a list of lists of steps)
    overrides both. Without ``paths`` people approve in any of ``modes``, all of one path alike.
    """
    paths = tuple(tuple(_step(step) for step in path) for path in outcome.get("paths") or ())
    count = int(outcome.get("approvals") or 0)
    if not paths and count:
        duty = str(outcome.get("duty") or "authorize")
        modes = outcome.get("modes") or [Mode.SITE, Mode.BRANCH]
        paths = tuple(
            (Step(Mode(mode), "authorize_remote" if mode == Mode.REMOTE else duty, count),) for mode in modes
        )
    if not paths:
        return None
    return Requirement(
        paths=paths, ordered=bool(outcome.get("ordered")), step_up=bool(outcome.get("step_up")),
        rekey=tuple(outcome.get("rekey") or ()), papers=tuple(outcome.get("papers") or ()),
        not_own_branch=bool(outcome.get("not_own_branch")),
        expires_seconds=int(outcome.get("expires_seconds") or LIFETIME.total_seconds()),
        fallback_seconds=_whole(outcome.get("fallback_seconds")),
        escalate_seconds=_whole(outcome.get("escalate_seconds")),
    )  # fmt: skip


def _step(raw: Mapping[str, Any]) -> Step:
    return Step(
        Mode(raw["mode"]), str(raw.get("duty") or "authorize"), int(raw.get("count") or 1),
        bool(raw.get("unanimous")), str(raw.get("skill") or ""),
    )  # fmt: skip


def _whole(value: object) -> int | None:
    return None if value in (None, "", 0) else int(str(value))


def standing(requirement: Requirement, votes: Iterable[Vote], *, eligible: int = 0) -> Standing:
    """How far ``votes`` meet the requirement, by the path that lacks the fewest people.

    A person counts once, whatever duties and roles that person has. Who votes is matched to the steps
    so that as many as possible are filled. ``eligible`` is how many people a unanimous step has to hear.
    """
    cast = list({vote.person: vote for vote in votes}.values())
    best: Standing | None = None
    for at, path in enumerate(requirement.paths):
        lacking = _lacking(path, cast, ordered=requirement.ordered, eligible=eligible)
        found = Standing(not lacking, at, lacking)
        if best is None or found.missing < best.missing:
            best = found
    return best or Standing(True, 0, ())


def fits(step: Step, vote: Vote) -> bool:
    """Whether this vote can count for this step."""
    return (
        vote.mode is step.mode
        and step.duty in vote.duties
        and (not step.skill or step.skill in vote.skills)
    )  # fmt: skip


def _lacking(
    path: Sequence[Step], votes: Sequence[Vote], *, ordered: bool, eligible: int
) -> tuple[tuple[Step, int], ...]:
    places = [at for at, step in enumerate(path) for _ in range(_wanted(step, eligible))]
    filled = [0] * len(path)
    for place in _matching(path, places, votes):
        filled[places[place]] += 1
    lacking = [(step, _wanted(step, eligible) - filled[at]) for at, step in enumerate(path)]
    return tuple((step, lack) for step, lack in lacking if lack > 0)


def _wanted(step: Step, eligible: int) -> int:
    return max(step.count, eligible) if step.unanimous else step.count


def _matching(path: Sequence[Step], places: Sequence[int], votes: Sequence[Vote]) -> set[int]:
    """The places that can be filled: a maximum matching of votes to places by augmenting paths."""
    taken: dict[int, int] = {}

    def seat(vote: int, tried: set[int]) -> bool:
        for place, step in enumerate(places):
            if place in tried or not fits(path[step], votes[vote]):
                continue
            tried.add(place)
            if place not in taken or seat(taken[place], tried):
                taken[place] = vote
                return True
        return False

    for vote in range(len(votes)):
        seat(vote, set())
    return set(taken)


def conflicts(
    *, person: int, branch: int, maker: int, makers_power: bool, interests: Mapping[int, str],
    parties: Collection[int], request_branch: int, not_own_branch: bool, decided: Collection[int],
    recused: bool = False,
) -> tuple[ConflictKind, ...]:  # fmt: skip
    """Why ``person`` may not decide a request 回避: all reasons, the gravest first; none: may.

    ``makers_power``: the person has the duty only because the maker has lent it; ``interests`` maps
    customers to the kind of the person's relation to them; ``recused``: the person, or whoever lent the duty,
    has no part in it.
    """
    found: list[ConflictKind] = []
    if person == maker:
        found.append(ConflictKind.MAKER)
    if makers_power:
        found.append(ConflictKind.MAKERS_POWER)
    if recused:
        found.append(ConflictKind.RECUSED)
    kinds = {interests[party] for party in parties if party in interests}
    if "self" in kinds:
        found.append(ConflictKind.OWN_ACCOUNT)
    if kinds - {"self"}:
        found.append(ConflictKind.RELATED)
    if not_own_branch and branch == request_branch:
        found.append(ConflictKind.OWN_BRANCH)
    if person in decided:
        found.append(ConflictKind.DECIDED)
    return tuple(found)


def signed_hash(
    *, payload_hash: str, rows: object, papers: Sequence[str], rule: tuple[str, int]
) -> str:  # fmt: skip
    """What an approver signs: payload, rendered form, papers (their SHA-256) and rule version, as hex."""
    body = {"payload": payload_hash, "rows": rows, "papers": list(papers), "rule": list(rule)}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def expected_seconds(*, ahead: int, approvers: int, typical: float | None) -> int | None:
    """Seconds until a decision: rounds of ``approvers`` at the typical time each, or ``None``: unknown.

    ``typical`` is the median time from claim to decision of late. With nobody there nothing is promised.
    """
    if approvers <= 0 or typical is None:
        return None
    return math.ceil(((ahead // approvers) + 1) * typical)


def same_rekey(given: Mapping[str, str], true: Mapping[str, str], wanted: Iterable[str]) -> bool:
    """Whether everything that had to be typed again is right; spaces and separators do not matter."""

    def bare(value: object) -> str:
        text = "".join(c for c in str(value or "") if c.isalnum() or c == ".")
        return text.rstrip("0").rstrip(".") if "." in text else text

    return all(name in true and bare(given.get(name)) == bare(true[name]) for name in wanted)
