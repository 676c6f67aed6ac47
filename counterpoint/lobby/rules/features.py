"""The scene of a promise as numbers for a model 特征. Pure; minutes throughout."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from counterpoint.lobby.data import Scene
from counterpoint.lobby.rules.rollout import able, may, rests, turns

#: The desks that may serve the one who asks and are free soonest: how long each is still busy.
SOONEST = 4
_COMMON = (
    "minute", "weekday", "group", "mine_length", "waiting", "work", "able", "free", "able_waiting",
    "able_work", "shorter_waiting", "shorter_work", "rest",
    *(f"rest_{place}" for place in range(SOONEST)), "turn", "turn_mean", "turn_low", "turn_mid",
    "turn_high",
)  # fmt: skip
_OF_SERVICE = ("mine", "desks", "waiting", "work", "head_wait", "last_wait", "last_age", "busy", "elapsed")
_TURN = _COMMON.index("turn_mean")
#: Added to the wait that is compared: near nothing, a minute more or less is not many times as much.
_ABOUT = 2.0


def feature_names(services: Sequence[str]) -> list[str]:
    """What the numbers of ``features`` are, for these services in their order."""
    return [*_COMMON, *(f"{service}_{part}" for service in services for part in _OF_SERVICE)]


def digest_of(*words: object) -> str:
    """A short name for a list of features or a policy: a model serves only where it has learned."""
    return hashlib.sha256("\n".join(map(str, words)).encode()).hexdigest()[:16]


def scale(numbers: Sequence[float]) -> float:
    """What a wait is measured in: the turn as the roll-outs have it. A model learns the ratio."""
    return numbers[_TURN] + _ABOUT


def features(scene: Scene) -> list[float] | None:
    """The scene as numbers; ``None`` where no desk may serve, or one does at once."""
    desks = able(scene)
    rest = rests(scene)
    if not desks or at_once(scene, desks):
        return None
    found = turns(scene, rest)
    expected, drawn = found[0], sorted(found[1:])
    served = {one.service for one in scene.line if any(may(scene.desks[at], one, scene) for at in desks)}
    mine = scene.mine.predicted
    lengths = [(one, length.mean) for one, length in zip(scene.line, scene.lengths, strict=True)]
    among = [mean for one, mean in lengths if one.service in served]
    shorter = [mean for one, mean in lengths if one.predicted < mine]
    numbers = [
        scene.minute, float(scene.weekday), float(scene.group), mine, float(len(lengths)),
        sum(mean for _one, mean in lengths), float(len(desks)),
        float(sum(work is None for work in scene.work)), float(len(among)), sum(among),
        float(len(shorter)), sum(shorter), sum(rest), *_soonest([rest[at] for at in desks]), expected,
        sum(drawn) / len(drawn), drawn[0], drawn[len(drawn) // 2], drawn[-1],
    ]  # fmt: skip
    for service in scene.services:
        numbers += _of_service(scene, service)
    return numbers


def at_once(scene: Scene, desks: Sequence[int]) -> bool:
    """Whether nobody whom a free desk could take stands before the one who asks."""
    free = [scene.desks[at] for at in desks if scene.work[at] is None]
    return any(not any(may(desk, one, scene) for one in scene.line) for desk in free)


def _soonest(rests: list[float]) -> list[float]:
    return (sorted(rests) + [-1.0] * SOONEST)[:SOONEST]


def _of_service(scene: Scene, service: str) -> list[float]:
    waiting, work, head = 0, 0.0, 0.0
    for one, length in zip(scene.line, scene.lengths, strict=True):
        if one.service == service:
            head = head if waiting else scene.now - one.arrived
            waiting, work = waiting + 1, work + length.mean
    wait, age = scene.last.get(service, (-1.0, -1.0))
    busy = [one.elapsed for one in scene.work if one is not None and one.service == service]
    return [
        float(service == scene.mine.service), float(sum(service in desk.factors for desk in scene.desks)),
        float(waiting), work, head, wait, age, float(len(busy)), sum(busy),
    ]  # fmt: skip
