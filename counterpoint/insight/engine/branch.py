"""One day of a branch: windows, a line, pre-work, and the product's own router in the middle.

The router is handed in, so that the twin, the benchmark and the product decide with the same code.
"""

from __future__ import annotations

from heapq import heappop, heappush

from counterpoint.insight.data import (
    Pick,
    TwinBranch,
    TwinDay,
    TwinDayResult,
    TwinState,
    TwinWindow,
    Watch,
)
from counterpoint.lobby.data import DeskState, Policy, Waiting

_END, _PREPARED, _OPEN, _CLOSE = range(4)
#: How the pre-work of one stands: he needs none, it is to be done, being done, done.
_NONE, _TO_DO, _DOING, _DONE = range(4)


class Branch:
    """A run of one day."""

    def __init__(self, model: TwinBranch, day: TwinDay, pick: Pick, watch: Watch | None = None) -> None:
        self.model, self.day, self.pick, self.watch = model, day, pick, watch
        self.state = TwinState()
        self.desks = [_desk(place, window) for place, window in enumerate(model.windows)]
        self.heap: list[tuple[float, int, int, int]] = []
        self.planned = 0
        count = len(day.arrived)
        self.result = TwinDayResult([0.0] * count, [-1] * count, [False] * count)
        self.open = [False] * len(self.desks)
        prework = model.prework
        self.lobby = prework.servers if prework else 0
        self.stage = [_NONE] * count
        #: Whose pre-work is to be done, the longest predicted first: it saves most.
        self.to_do: list[tuple[float, int]] = []
        for place, window in enumerate(model.windows):
            for since, until in window.open:
                self._plan(since, _OPEN, place)
                if until < float("inf"):
                    self._plan(until, _CLOSE, place)

    def run(self) -> TwinDayResult:
        day, heap, state = self.day, self.heap, self.state
        place, count, arrived = 0, len(day.arrived), day.arrived
        while heap or place < count:
            if place < count and (not heap or arrived[place] < heap[0][0]):
                state.now = arrived[place]
                self._arrive(place)
                place += 1
                continue
            state.now, _, kind, what = heappop(heap)
            if kind == _END:
                del state.serving[what]
                self._become_free(what)
            elif kind == _PREPARED:
                self._prepared(what)
            elif kind == _OPEN:
                self.open[what] = True
                if what not in state.serving:
                    self._become_free(what)
            else:
                self.open[what] = False
                state.free.pop(what, None)
        return self.result

    def _plan(self, time: float, kind: int, what: int) -> None:
        self.planned += 1
        heappush(self.heap, (time, self.planned, kind, what))

    def _arrive(self, place: int) -> None:
        day, state = self.day, self.state
        service = day.service[place]
        one = Waiting(str(place), service, state.now, day.predicted[place], self.model.means[service])
        if self.watch is not None:
            self.watch(place, one, state)
        desk = self._free_desk(one)
        if desk >= 0:
            self._serve(desk, place, one)
            return
        state.waiting.append(one)
        state.who.append(place)
        prework = self.model.prework
        if prework is not None and service in prework.services:
            self.stage[place] = _TO_DO
            heappush(self.to_do, (-one.predicted, place))
            self._prepare()

    def _free_desk(self, one: Waiting) -> int:
        """As the router's ``desk_for``: own skill first, fewest skills, longest idle."""
        best, best_key = -1, (True, 0, 0.0)
        dedicated = self.model.policy.policy is Policy.DEDICATED
        for place, since in self.state.free.items():
            desk = self.desks[place]
            own = one.service in desk.own
            if not own and (dedicated or one.service not in desk.factors):
                continue
            key = (not own, len(desk.factors), since)
            if best < 0 or key < best_key:
                best, best_key = place, key
        return best

    def _become_free(self, desk: int) -> None:
        state = self.state
        if not self.open[desk]:
            return
        if state.waiting:
            found = self.pick(self.desks[desk], state.waiting, self.model.policy, state.now)
            if found is not None:
                at = found[0]
                one, place = state.waiting.pop(at), state.who.pop(at)
                self._serve(desk, place, one)
                return
        state.free[desk] = state.now

    def _serve(self, desk: int, place: int, one: Waiting) -> None:
        state, result = self.state, self.result
        state.free.pop(desk, None)
        wait = state.now - one.arrived
        result.waits[place], result.windows[place] = wait, desk
        state.last[one.service] = (wait, state.now)
        duration = self.day.duration[place] * self.desks[desk].factors[one.service]
        stage = self.stage[place]
        if stage == _DONE and self.model.prework is not None:
            duration *= 1 - self.model.prework.share
            result.prepared[place] = True
        self.stage[place] = _NONE
        if stage == _DOING:
            self.lobby += 1
            self._prepare()
        state.serving[desk] = (one, state.now)
        self._plan(state.now + duration, _END, desk)

    def _prepare(self) -> None:
        while self.lobby and self.to_do:
            place = heappop(self.to_do)[1]
            if self.stage[place] == _TO_DO:
                self.lobby -= 1
                self.stage[place] = _DOING
                self._plan(self.state.now + self.day.prework[place], _PREPARED, place)

    def _prepared(self, place: int) -> None:
        """The forms are done, unless he was called before: what he still needs is shorter now."""
        if self.stage[place] != _DOING or self.model.prework is None:
            return
        self.stage[place] = _DONE
        self.lobby += 1
        at = self.state.who.index(place)
        one, share = self.state.waiting[at], self.model.prework.share
        predicted = one.predicted * (1 - share)
        self.state.waiting[at] = Waiting(one.ticket, one.service, one.arrived, predicted, one.mean)
        self._prepare()


def _desk(place: int, window: TwinWindow) -> DeskState:
    return DeskState(str(place), window.own, window.factors)


def run_day(model: TwinBranch, day: TwinDay, pick: Pick, watch: Watch | None = None) -> TwinDayResult:
    """A day under the branch's policy."""
    return Branch(model, day, pick, watch).run()
