"""Where time goes 流程分析: paths, hand-offs between states, and the bottleneck, from courses alone. Pure.

A variant is the sequence of states that a ticket went through; the picture counts how often one state
followed another (a directly-follows graph, van der Aalst 2016).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from counterpoint.lobby.data import TicketCourse

#: States that are the same to whoever looks at the whole.
SAME = {"recalled": "called", "transferred": "waiting", "returned": "waiting"}
ENDS = ("served", "no_show", "left", "voided")


@dataclass(frozen=True, slots=True)
class Variant:
    """A path and who took it 流程变体; ``middle``: half of them took longer, in seconds."""

    path: tuple[str, ...]
    count: int
    share: float
    middle: float


@dataclass(frozen=True, slots=True)
class Node:
    """A state in the picture 环节: how many came there, and how long they stayed on average."""

    state: str
    count: int
    mean: float
    total: float


@dataclass(frozen=True, slots=True)
class Process:
    """The whole picture 流程全貌."""

    tickets: int
    variants: tuple[Variant, ...]
    nodes: tuple[Node, ...]
    #: From, to, how often.
    edges: tuple[tuple[str, str, int], ...]
    #: By service: mean seconds in each state.
    by_service: dict[str, dict[str, float]]
    #: Service and state in which most time goes that nobody is served in.
    bottleneck: tuple[str, str, float] | None


def path_of(course: TicketCourse) -> tuple[str, ...]:
    """The states of a ticket, in order, the same one after itself once."""
    found: list[str] = []
    for step in course.steps:
        state = SAME.get(step.state, step.state)
        if not found or found[-1] != state:
            found.append(state)
    if course.state in ENDS and (not found or found[-1] != course.state):
        found.append(course.state)
    return tuple(found)


def process(courses: Sequence[TicketCourse], *, most: int = 8) -> Process:
    """What the tickets of a period went through."""
    ways = Counter(path_of(one) for one in courses)
    times: dict[tuple[str, ...], list[float]] = {}
    for one in courses:
        times.setdefault(path_of(one), []).append(sum(step.seconds for step in one.steps))
    edges: Counter[tuple[str, str]] = Counter()
    for path, count in ways.items():
        for pair in pairwise(path):
            edges[pair] += count
    by_service = _by_service(courses)
    return Process(
        tickets=len(courses), edges=tuple((a, b, count) for (a, b), count in sorted(edges.items())),
        variants=tuple(
            Variant(path, count, 100 * count / len(courses), _middle(times[path]))
            for path, count in ways.most_common(most)
        ),
        nodes=_nodes(courses, ways), by_service=by_service, bottleneck=_bottleneck(courses),
    )  # fmt: skip


def _middle(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0.0


def _nodes(courses: Sequence[TicketCourse], ways: Counter[tuple[str, ...]]) -> tuple[Node, ...]:
    total: dict[str, float] = {}
    for one in courses:
        for step in one.steps:
            state = SAME.get(step.state, step.state)
            total[state] = total.get(state, 0.0) + step.seconds
    counts: Counter[str] = Counter()
    for path, count in ways.items():
        for state in set(path):
            counts[state] += count
    return tuple(
        Node(state, count, total.get(state, 0.0) / count, total.get(state, 0.0))
        for state, count in sorted(counts.items())
    )


def _by_service(courses: Sequence[TicketCourse]) -> dict[str, dict[str, float]]:
    """Mean seconds of a ticket in each state."""
    number = Counter(one.service for one in courses)
    found: dict[str, dict[str, float]] = {service: {} for service in sorted(number)}
    for one in courses:
        row = found[one.service]
        for step in one.steps:
            state = SAME.get(step.state, step.state)
            row[state] = row.get(state, 0.0) + step.seconds / number[one.service]
    return found


def _bottleneck(courses: Sequence[TicketCourse]) -> tuple[str, str, float] | None:
    """The service and the state, other than being served, where most time of customers goes; its share."""
    lost: Counter[tuple[str, str]] = Counter()
    whole = 0.0
    for one in courses:
        for step in one.steps:
            state = SAME.get(step.state, step.state)
            whole += step.seconds
            if state not in ("serving", *ENDS):
                lost[one.service, state] += int(step.seconds)
    if not lost or not whole:
        return None
    (service, state), seconds = lost.most_common(1)[0]
    return service, state, 100 * seconds / whole
