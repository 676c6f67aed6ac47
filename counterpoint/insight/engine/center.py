"""One replication of a model of groups and lists: arrivals, queues, agents, patience, overflow, retrials.

The order of events at one moment is the order in which they were planned. The clock of the occupancy
stops with the last contact that leaves: patience of those already served moves nothing.
"""

from __future__ import annotations

import math
from collections import deque
from heapq import heappop, heappush
from typing import Any

import numpy as np

from counterpoint.insight.data import AgentChoice, CenterModel, ClearQueue, ContactChoice, Outcome
from counterpoint.insight.engine import coming, draws
from counterpoint.insight.engine.coming import OUTSIDE, QUEUED, SERVING, Contact
from counterpoint.insight.engine.gauge import Gauge


class Center:
    """A run of one replication; ``left`` holds (kind, outcome, wait, period) of everybody who left."""

    def __init__(self, model: CenterModel, replication: int) -> None:
        self.model = model
        self.replication = replication
        self.now = self.last = model.opens
        self.heap: list[tuple[float, int, Any, Any]] = []
        self.planned = 0
        self.period = 0
        kinds, groups = len(model.types), len(model.groups)
        self.queues: list[deque[Contact]] = [deque() for _ in range(kinds)]
        self.waiting = [0] * kinds
        self.inside = 0
        self.agents = [0] * groups
        self.busy = [0] * groups
        self.idle: list[deque[float]] = [deque() for _ in range(groups)]
        self.staff = coming.staff(model, replication)
        #: From here on everything counts.
        self.warm = model.opens + model.warmup
        self.gauge = Gauge(groups, kinds, self.warm, model.closes)
        self.left: list[tuple[int, Outcome, float, int]] = []
        self.retried = [0] * kinds
        self.dialled = [0] * kinds
        self.lots = [0] * kinds
        self.routing = draws.stream(model.seed, replication, draws.ROUTING)
        self.dialing = draws.stream(model.seed, replication, draws.DIALING)
        self.deciding = draws.stream(model.seed, replication, draws.DECIDING)
        self.retries = draws.stream(model.seed, replication, draws.RETRIES)
        self.means = [draws.mean_of(kind.service[0]) for kind in model.types]

    # -- the clock ------------------------------------------------------------------------------------

    def plan(self, time: float, act: Any, what: Any) -> None:
        self.planned += 1
        heappush(self.heap, (time, self.planned, act, what))

    def run(self) -> Center:
        model = self.model
        arriving = coming.coming(model, self.replication)
        self.plan(self.warm, self._warm_up, None)
        for period, border in enumerate(model.borders):
            self.plan(border, self._change_period, period)
        for dialer in model.dialers:
            self.plan(dialer.start, self._dial, dialer)
        heap, place, count = self.heap, 0, len(arriving)
        while heap or place < count:
            if place < count and (not heap or arriving[place].arrived < heap[0][0]):
                contact = arriving[place]
                place += 1
                self.now = contact.arrived
                self._enter(contact)
            else:
                self.now, _, act, what = heappop(heap)
                act(what)
        self._send_home()
        self.gauge.finish(max(self.last, model.closes), self.busy, self.agents)
        return self

    def _send_home(self) -> None:
        """Who still waits when nothing more can happen is disconnected: nobody was left to serve him."""
        self.now = max(self.last, self.model.closes)
        for queue in self.queues:
            for contact in [each for each in queue if each.state == QUEUED]:
                self._exit(contact, Outcome.DISCONNECTED, self._unqueue(contact))

    # -- coming and leaving -----------------------------------------------------------------------------

    def _enter(self, contact: Contact) -> None:
        model, kind = self.model, self.model.types[contact.kind]
        contact.visit += 1
        contact.entered = self.now
        if model.lines is not None and self.inside >= model.lines:
            self._record(contact, Outcome.BLOCKED, 0.0)
            return
        self.inside += 1
        group = self._group_for(contact.kind, 0.0)
        if group >= 0:
            self._serve(contact, group, 0.0)
        elif self._full(contact.kind):
            self._exit(contact, Outcome.BLOCKED, 0.0)
        elif contact.patience <= 0.0 or self._balks(contact.kind):
            self._exit(contact, Outcome.ABANDONED, 0.0)
        else:
            self._queue(contact, kind.message_after)

    def _queue(self, contact: Contact, message_after: float | None) -> None:
        contact.state = QUEUED
        self.queues[contact.kind].append(contact)
        self.waiting[contact.kind] += 1
        token = (contact, contact.visit)
        if message_after is not None and message_after < contact.patience:
            self.plan(self.now + message_after, self._ask_for_message, token)
        elif contact.patience < math.inf:
            self.plan(self.now + contact.patience, self._give_up, token)
        for delay in sorted({after for _, after in self.model.types[contact.kind].groups if after > 0}):
            self.plan(self.now + delay, self._overflow, token)

    def _balks(self, kind: int) -> bool:
        """Whether the length of the line sends him away."""
        shares = self.model.types[kind].balk_queue
        if not shares:
            return False
        share = shares[min(self.waiting[kind], len(shares) - 1)]
        return bool(share > 0 and self.deciding.random() < share)

    def _full(self, kind: int) -> bool:
        own, total = self.model.types[kind].queue_capacity, self.model.queue_capacity
        if own is not None and self.waiting[kind] >= own:
            return True
        return total is not None and sum(self.waiting) >= total

    def _unqueue(self, contact: Contact) -> float:
        """Takes a waiting contact out of its queue; in the middle it only counts as gone."""
        contact.state = OUTSIDE
        queue = self.queues[contact.kind]
        self.waiting[contact.kind] -= 1
        while queue and queue[0].state != QUEUED:
            queue.popleft()
        wait = self.now - contact.entered
        self.gauge.waited(contact.kind, contact.entered, self.now)
        return wait

    def _give_up(self, token: tuple[Contact, int]) -> None:
        contact, visit = token
        if contact.state == QUEUED and contact.visit == visit:
            self._exit(contact, Outcome.ABANDONED, self._unqueue(contact))

    def _ask_for_message(self, token: tuple[Contact, int]) -> None:
        contact, visit = token
        if contact.state != QUEUED or contact.visit != visit:
            return
        wait = self._unqueue(contact)
        hold = self.model.types[contact.kind].message_hold
        if hold:
            self.plan(self.now + hold, self._hang_up, (contact, wait))
        else:
            self._exit(contact, Outcome.MESSAGE, wait)

    def _hang_up(self, token: tuple[Contact, float]) -> None:
        self._exit(token[0], Outcome.MESSAGE, token[1])

    def _exit(self, contact: Contact, outcome: Outcome, wait: float) -> None:
        contact.state = OUTSIDE
        self.inside -= 1
        self._record(contact, outcome, wait)

    def _record(self, contact: Contact, outcome: Outcome, wait: float) -> None:
        self.last = self.now
        # Who comes again has waited before, and counts it.
        contact.waited += wait
        if contact.arrived >= self.warm:
            self.left.append((contact.kind, outcome, contact.waited, contact.period))
        retry = self.model.types[contact.kind].retry
        if retry is not None and outcome in retry.on and self.retries.random() < retry.probability:
            delay = float(draws.draw(retry.delay, self.retries, 1)[0])
            self.plan(self.now + delay, self._come_again, contact)

    def _come_again(self, contact: Contact) -> None:
        if contact.arrived >= self.warm:
            self.retried[contact.kind] += 1
        self._enter(contact)

    def _transfer(self, kind: int) -> None:
        """Who has been served may go on as another type, with a service and a patience of its own."""
        transfers, drawn = self.model.types[kind].transfers, self.deciding.random()
        for to, share in transfers:
            drawn -= share
            if drawn < 0:
                self._enter(self._new(to, 1)[0])
                return

    def _new(self, kind: int, count: int) -> list[Contact]:
        """Contacts that come now and not of themselves: dialled, or handed on."""
        self.lots[kind] += 1
        period = min(self.period, self.model.periods - 1)
        times, periods = np.full(count, self.now), np.full(count, period)
        return coming.contacts(self.model, self.replication, kind, times, periods, self.lots[kind])

    # -- agents -------------------------------------------------------------------------------------------

    def _attended(self, kind: int) -> bool:
        return any(self.agents[group] > 0 for group, _ in self.model.types[kind].groups)

    def _group_for(self, kind: int, waited: float) -> int:
        """The group that takes a contact now; -1: none is free."""
        agents, busy = self.agents, self.busy
        choice = self.model.routing.agents
        if choice is AgentChoice.LIST:
            for group, after in self.model.types[kind].groups:
                if waited >= after and busy[group] < agents[group]:
                    return group
            return -1
        free = [
            group
            for group, after in self.model.types[kind].groups
            if waited >= after and busy[group] < agents[group]
        ]
        if not free:
            return -1
        if choice is AgentChoice.LONGEST_IDLE:
            return min(free, key=lambda group: self.idle[group][0] if self.idle[group] else self.now)
        numbers = [agents[group] - busy[group] for group in free]
        drawn = self.routing.random() * sum(numbers)
        for group, number in zip(free, numbers, strict=True):
            drawn -= number
            if drawn < 0:
                return group
        return free[-1]

    def _serve(self, contact: Contact, group: int, wait: float) -> None:
        contact.state = SERVING
        self.gauge.change(group, self.now, self.busy[group], self.agents[group])
        self.busy[group] += 1
        if self.idle[group]:
            self.idle[group].popleft()
        duration = contact.service * self.model.groups[group].factors[contact.kind]
        own = self.model.groups[group].services[contact.kind]
        if own is not None:
            duration = float(draws.draw(own, self.deciding, 1)[0])
        self.plan(self.now + duration, self._end_service, (contact, group, wait))

    def _end_service(self, token: tuple[Contact, int, float]) -> None:
        contact, group, wait = token
        kind = self.model.types[contact.kind]
        if kind.after_work:
            place = min(contact.period, len(kind.after_work) - 1)
            rest = float(draws.draw(kind.after_work[place], self.deciding, 1)[0])
            self.plan(self.now + rest, self._release, group)
            self._exit(contact, Outcome.SERVED, wait)
        else:
            self._let_go(group)
            self._exit(contact, Outcome.SERVED, wait)
            # Those who wait come before one who goes on as another type.
            self._take(group)
        if kind.transfers:
            self._transfer(contact.kind)
        if not kind.after_work:
            self._dial_for(group)

    def _release(self, group: int) -> None:
        """The work after the contact is done."""
        self.last = self.now
        self._let_go(group)
        self._take(group)
        self._dial_for(group)

    def _let_go(self, group: int) -> None:
        self.gauge.change(group, self.now, self.busy[group], self.agents[group])
        self.busy[group] -= 1
        if self.busy[group] < self.agents[group]:
            self.idle[group].append(self.now)

    def _dial_for(self, group: int) -> None:
        for dialer in self.model.dialers:
            if group in dialer.test_groups or group in dialer.target_groups:
                self._dial(dialer)

    def _take(self, group: int) -> None:
        """A group with free agents takes who waits, as long as there are both."""
        while self.busy[group] < self.agents[group]:
            contact = self._next(group)
            if contact is None:
                return
            self._serve(contact, group, self._unqueue(contact))

    def _next(self, group: int) -> Contact | None:
        now, best, best_worth = self.now, None, (-math.inf, -math.inf)
        choice = self.model.routing.contacts
        for place, (kind, after) in enumerate(self.model.groups[group].skills):
            queue = self.queues[kind]
            if not queue or now - queue[0].entered < after - 1e-9:
                continue
            head, priority = queue[0], self.model.types[kind].priority
            if choice is ContactChoice.LONGEST_WAIT:
                worth = (priority, now - head.entered)
            elif choice is ContactChoice.LIST:
                worth = (priority, -place)
            elif choice is ContactChoice.CMU:
                expected = self.means[kind] * self.model.groups[group].factors[kind]
                worth = (priority, self.model.types[kind].weight / expected)
            else:
                head, index = self._best_of(queue, group, after)
                worth = (priority, index)
            if worth > best_worth:
                best, best_worth = head, worth
        return best

    def _best_of(self, queue: deque[Contact], group: int, after: float) -> tuple[Contact, float]:
        """The largest index of a line: waiting cost over this contact's own predicted duration."""
        kind = queue[0].kind
        factor = self.model.types[kind].weight / self.model.groups[group].factors[kind]
        offset, now, best, best_index = self.model.routing.index_offset, self.now, queue[0], -math.inf
        for contact in queue:
            waited = now - contact.entered
            if contact.state != QUEUED or waited < after - 1e-9:
                continue
            index = factor * (waited + offset) / max(contact.predicted, 1e-9)
            if index > best_index:
                best, best_index = contact, index
        return best, best_index

    def _overflow(self, token: tuple[Contact, int]) -> None:
        contact, visit = token
        if contact.state != QUEUED or contact.visit != visit:
            return
        wait = self.now - contact.entered
        group = self._group_for(contact.kind, wait + 1e-9)
        if group >= 0:
            self._serve(contact, group, self._unqueue(contact))

    def _warm_up(self, _: None) -> None:
        self.gauge.restart(self.now)

    # -- periods and dialling -------------------------------------------------------------------------

    def _change_period(self, period: int) -> None:
        model = self.model
        self.period = period
        closing = period == model.periods
        attended = [self._attended(kind) for kind in range(len(model.types))]
        for place in range(len(model.groups)):
            self.gauge.change(place, self.now, self.busy[place], self.agents[place])
            number = self.staff[place][period]
            free = max(0, number - self.busy[place])
            idle = self.idle[place]
            while len(idle) > free:
                idle.pop()
            while len(idle) < free:
                idle.append(self.now)
            self.agents[place] = number
        if closing:
            self.gauge.close(self.now)
        self._clear(closing, attended)
        for place in range(len(model.groups)):
            self._take(place)

    def _clear(self, closing: bool, attended: list[bool]) -> None:
        """Sends home who waits, at closing or as the last who could serve goes; who comes later waits."""
        clear = self.model.clear_queue
        for kind, queue in enumerate(self.queues):
            gone = clear is ClearQueue.AT_CLOSE and closing
            if clear is ClearQueue.WITHOUT_AGENTS:
                gone = attended[kind] and not self._attended(kind)
            for contact in list(queue) if gone else ():
                if contact.state == QUEUED:
                    self._exit(contact, Outcome.DISCONNECTED, self._unqueue(contact))

    def _dial(self, dialer: Any) -> None:
        """Numbers are tried when at least so many of the test groups and of the target groups are free."""
        if not dialer.start <= self.now < dialer.stop:
            return
        if sum(max(0, self.agents[g] - self.busy[g]) for g in dialer.test_groups) < dialer.min_free_test:
            return
        free = sum(max(0, self.agents[g] - self.busy[g]) for g in dialer.target_groups)
        if free < dialer.min_free_target:
            return
        tries = round(dialer.factor * free) + dialer.extra
        period = min(self.period, self.model.periods - 1)
        reached = int((self.dialing.random(tries) < dialer.reach[period]).sum())
        if self.now >= self.warm:
            self.dialled[dialer.kind] += tries
        for contact in self._new(dialer.kind, reached) if reached else ():
            self._enter(contact)
