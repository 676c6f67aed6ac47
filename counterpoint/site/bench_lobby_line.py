"""The frozen branch played on from any moment until a turn comes, for ``counterpoint bench lobby``.

What the twin's engine does (``insight/engine/branch.py``), lean enough to be played a million times, and
able to stop, be looked at and go on with other customers. A test holds the two to the same waits, to the
digit. Decisions are the product's router's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush

from counterpoint.insight.data import TwinBranch, TwinDay
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import DeskState, Policy, Waiting

_END, _PREPARED, _OPEN, _CLOSE = range(4)
_TO_DO, _DOING, _DONE = range(3)


@dataclass(slots=True)
class Customers:
    """Those who came and those who will, by place. ``more`` adds some behind them, or there are none."""

    arrived: list[float]
    service: list[str]
    duration: list[float]
    predicted: list[float]
    prework: list[float]
    more: Callable[[], bool] = lambda: False


def of_day(day: TwinDay) -> Customers:
    """The customers who did come."""
    return Customers(
        list(day.arrived), list(day.service), list(day.duration), list(day.predicted), list(day.prework)
    )


@dataclass(slots=True)
class Moment:
    """All of the branch as the customer at ``place`` comes in, but for what is still to happen."""

    now: float = 0.0
    place: int = 0
    waiting: list[Waiting] = field(default_factory=list)
    who: list[int] = field(default_factory=list)
    #: By window: whom it serves, since when, and how many times his length that takes there.
    serving: dict[int, tuple[int, float, float]] = field(default_factory=dict)
    free: dict[int, float] = field(default_factory=dict)
    open: set[int] = field(default_factory=set)
    #: How the pre-work of those who wait stands; of what is being done, since when.
    stage: dict[int, int] = field(default_factory=dict)
    doing: dict[int, float] = field(default_factory=dict)
    to_do: list[tuple[float, int]] = field(default_factory=list)

    def copy(self) -> Moment:
        return Moment(
            self.now, self.place, self.waiting.copy(), self.who.copy(), self.serving.copy(),
            self.free.copy(), self.open.copy(), self.stage.copy(), self.doing.copy(), self.to_do.copy(),
        )  # fmt: skip


class Line:
    """A branch from a moment on, with these customers."""

    def __init__(self, branch: TwinBranch, customers: Customers, start: Moment | None = None) -> None:
        self.branch, self.customers = branch, customers
        self.at = start.copy() if start else Moment()
        self.desks = [DeskState(f"{at}", one.own, one.factors) for at, one in enumerate(branch.windows)]
        self.dedicated = branch.policy.policy is Policy.DEDICATED
        self.heap: list[tuple[float, int, int]] = []
        now, took = self.at.now if start else -1.0, customers.duration
        for place, window in enumerate(branch.windows):
            for since, until in window.open:
                for time, kind in ((since, _OPEN), (until, _CLOSE)):
                    if now < time < float("inf"):
                        heappush(self.heap, (time, kind, place))
        for desk, (place, since, times) in self.at.serving.items():
            heappush(self.heap, (since + took[place] * times, _END, desk))
        for place, since in self.at.doing.items():
            heappush(self.heap, (since + customers.prework[place], _PREPARED, place))

    def moments(self, wanted: Collection[int]) -> Iterator[Moment]:
        """The branch as each of ``wanted`` comes in."""
        for place in sorted(wanted):
            while self.at.place < place or self._before_next():
                self._step()
            self.at.now = self.customers.arrived[place]
            yield self.at.copy()

    def wait_of(self, place: int) -> float:
        """How long this one waits, who has not been called."""
        self.called = -1
        while self.called != place:
            self._step()
        return self.at.now - self.customers.arrived[place]

    def _before_next(self) -> bool:
        """Whether something happens before the next one comes."""
        at, customers = self.at.place, self.customers
        if at == len(customers.arrived) and not customers.more():
            return True
        return bool(self.heap) and self.heap[0][0] <= customers.arrived[at]

    def _step(self) -> None:
        now = self.at
        if not self._before_next():
            now.now = self.customers.arrived[now.place]
            self._arrive(now.place)
            now.place += 1
            return
        now.now, kind, what = heappop(self.heap)
        if kind == _END:
            del now.serving[what]
            self._free(what)
        elif kind == _PREPARED:
            self._prepared(what)
        elif kind == _OPEN:
            now.open.add(what)
            if what not in now.serving:
                self._free(what)
        else:
            now.open.discard(what)
            now.free.pop(what, None)

    def _arrive(self, place: int) -> None:
        now, service = self.at, self.customers.service[place]
        said, mean = self.customers.predicted[place], self.branch.means[service]
        one = Waiting(str(place), service, now.now, said, mean)
        desk = self._free_desk(one) if now.free else -1
        if desk >= 0:
            self._serve(desk, place, one)
            return
        now.waiting.append(one)
        now.who.append(place)
        if self.branch.prework is not None and service in self.branch.prework.services:
            now.stage[place] = _TO_DO
            heappush(now.to_do, (-said, place))
            self._prepare()

    def _free_desk(self, one: Waiting) -> int:
        best, best_key = -1, (True, 0, 0.0)
        for place, since in self.at.free.items():
            desk = self.desks[place]
            own = one.service in desk.own
            if not own and (self.dedicated or one.service not in desk.factors):
                continue
            key = (not own, len(desk.factors), since)
            if best < 0 or key < best_key:
                best, best_key = place, key
        return best

    def _free(self, desk: int) -> None:
        now = self.at
        if desk not in now.open:
            return
        found = lobby.pick(self.desks[desk], now.waiting, self.branch.policy, now.now)
        if found is None:
            now.free[desk] = now.now
            return
        self._serve(desk, now.who.pop(found[0]), now.waiting.pop(found[0]))

    def _serve(self, desk: int, place: int, one: Waiting) -> None:
        now, prework = self.at, self.branch.prework
        now.free.pop(desk, None)
        times = self.desks[desk].factors[one.service]
        stage = now.stage.pop(place, _TO_DO)
        if stage == _DONE and prework is not None:
            times *= 1 - prework.share
        if stage == _DOING:
            del now.doing[place]
            self._prepare()
        now.serving[desk] = (place, now.now, times)
        heappush(self.heap, (now.now + self.customers.duration[place] * times, _END, desk))
        self.called = place

    def _prepare(self) -> None:
        now, prework = self.at, self.branch.prework
        while prework is not None and now.to_do and len(now.doing) < prework.servers:
            place = heappop(now.to_do)[1]
            if now.stage.get(place) == _TO_DO:
                now.stage[place] = _DOING
                now.doing[place] = now.now
                heappush(self.heap, (now.now + self.customers.prework[place], _PREPARED, place))

    def _prepared(self, place: int) -> None:
        now, prework = self.at, self.branch.prework
        if now.stage.get(place) != _DOING or prework is None:
            return
        now.stage[place] = _DONE
        del now.doing[place]
        at = now.who.index(place)
        one = now.waiting[at]
        shorter = one.predicted * (1 - prework.share)
        now.waiting[at] = Waiting(one.ticket, one.service, one.arrived, shorter, one.mean)
        self._prepare()
