"""The lobby's floor 大堂现状: who waits, which windows are open, what was learned; read once, asked often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from counterpoint.kit import clock
from counterpoint.lobby import queries
from counterpoint.lobby.data import (
    FASTEST,
    SLOWEST,
    DeskState,
    Duration,
    RoutingPolicy,
    Service,
    TicketState,
    Waiting,
    WindowView,
)
from counterpoint.lobby.models import Ticket
from counterpoint.lobby.rules.durations import Stat, merged, predict
from counterpoint.lobby.rules.learned import LearnedPromise
from counterpoint.lobby.rules.line import arrivals
from counterpoint.lobby.services import book
from counterpoint.lobby.services.promise_kept import model_now
from counterpoint.org import services as org
from counterpoint.org.data import DeskView


@dataclass
class Learned:
    """What a branch has learned of its services 学习用时."""

    services: dict[str, Service]
    rows: list[tuple[str, int, str, Stat]]
    weight: float
    scv: float
    prework: float
    _known: dict[tuple[str, str, int], Duration] = field(default_factory=dict)

    def duration(self, service: str, *, kind: str = "", person: int = 0) -> Duration:
        """A service of a kind of customer (none: any), at a person's speed (0: anybody's)."""
        key = (service, kind, person)
        if key not in self._known:
            self._known[key] = self._predict(service, kind, person)
        return self._known[key]

    def _predict(self, service: str, kind: str, person: int) -> Duration:
        mine = [(who, what, stat) for code, who, what, stat in self.rows if code == service]
        levels = [merged(stat for _w, _k, stat in mine)]
        if kind:
            levels.append(merged(stat for _w, what, stat in mine if what == kind))
        if person:
            levels.append(merged(stat for who, _k, stat in mine if who == person))
        found = self.services.get(service)
        return predict(found.minutes if found else 10, self.scv, self.weight, levels)

    def factor(self, service: str, person: int) -> float:
        """How much longer a person takes at a service than the branch does: 1.25 is a quarter longer."""
        own, all_of_them = self.duration(service, person=person), self.duration(service)
        return min(SLOWEST, max(FASTEST, own.mean / all_of_them.mean))

    def of_ticket(self, row: Ticket) -> Duration:
        """What this customer will take at a desk; less where the forms are filled in already."""
        found = self.duration(row.service, kind=row.kind)
        if not row.prework:
            return found
        return Duration(found.mean * self.prework, found.median * self.prework, found.sigma, found.n)


def learned(settings: book.Settings, rows: list[tuple[str, int, str, Stat]]) -> Learned:
    return Learned(settings.services, rows, settings.prior_weight, settings.prior_scv, settings.prework)


@dataclass
class Floor:
    """A branch at one moment. Minutes for the router count from ``origin``."""

    branch: int
    day: date
    now: datetime
    services: dict[str, Service]
    policy: RoutingPolicy
    learned: Learned
    line: list[Ticket]
    windows: list[WindowView]
    desks: dict[int, DeskView]
    #: No promise ends sooner: calling somebody and walking to the window take a moment.
    least_promise: float
    #: A window with less is given no service that pays cash out.
    cash_floor: int

    @cached_property
    def origin(self) -> datetime:
        return self.now - timedelta(days=1)

    @cached_property
    def busy(self) -> dict[int, Ticket]:
        return queries.at_desks(self.branch, self.day)

    @cached_property
    def last(self) -> dict[str, tuple[datetime, datetime]]:
        """By service, when whoever was called last had come, and when he was called."""
        return queries.last_waits(self.branch, self.origin)

    @cached_property
    def model(self) -> tuple[LearnedPromise, str] | None:
        """The model that makes promises here now, and its name; none: the rule makes them."""
        return model_now(self.branch, self.policy, tuple(self.services))

    @cached_property
    def came(self) -> dict[int, datetime]:
        """By ticket, when its customer came, as far as the clock can be believed."""
        moments = arrivals([row.arrived_at for row in self.line], self.now)
        return {row.id: moment for row, moment in zip(self.line, moments, strict=True)}

    @cached_property
    def desk_of_person(self) -> dict[int, int]:
        return {one.person: one.desk for one in self.windows}

    def minutes(self, moment: datetime) -> float:
        return (moment - self.origin).total_seconds() / 60

    @property
    def now_minutes(self) -> float:
        return self.minutes(self.now)

    @cached_property
    def waiting(self) -> list[Waiting]:
        """The line as the router sees it, in the order of positions."""
        return [self.as_waiting(row, self.came[row.id]) for row in self.line]

    def as_waiting(self, row: Ticket, came: datetime) -> Waiting:
        promised = None
        if row.promise_high is not None:
            promised = self.minutes(came) + row.promise_high / 60
        return Waiting(
            ticket=str(row.pk), service=row.service, arrived=self.minutes(came),
            predicted=self.learned.of_ticket(row).mean / 60,
            mean=self.learned.duration(row.service).mean / 60, priority=row.priority,
            due=self.minutes(row.due) if row.due else None, promised=promised, desks=self._desks_for(row),
        )  # fmt: skip

    def _desks_for(self, row: Ticket) -> frozenset[str] | None:
        """The only desks for a ticket given to a desk or a person; one who is gone has none.

        Who came back into the line waits for a person only while that person has a window.
        """
        if row.wanted_desk_id is not None:
            return frozenset({str(row.wanted_desk_id)})
        if row.wanted_person_id is not None:
            desk = self.desk_of_person.get(row.wanted_person_id)
            if desk is None:
                return None if row.state == TicketState.RETURNED else frozenset()
            return frozenset({str(desk)})
        return None

    def desk_state(self, window: WindowView, *, without: Iterable[str] = ()) -> DeskState:
        """A window as the router sees it; ``without`` are services that it may not serve now."""
        may = [code for code in window.services if code in self.services and code not in set(without)]
        return DeskState(
            desk=str(window.desk), own=frozenset(window.primary) & frozenset(may),
            factors={code: self.learned.factor(code, window.person) for code in may},
        )  # fmt: skip


def floor(branch: int, *, now: datetime | None = None, without_line: bool = False) -> Floor:
    """The floor of a branch. ``without_line`` leaves the line to be read later, under a lock."""
    row = queries.floor_row(branch)
    day = row.day if row else org.business_day(branch).date
    known = book.settings(branch, day)
    return Floor(
        branch=branch, day=day, now=now or clock.now(), services=known.services, policy=known.policy,
        learned=learned(known, row.durations if row else []),
        line=[] if without_line else queries.line(branch, day), windows=row.windows if row else [],
        desks=row.desks if row else {}, least_promise=known.least_promise, cash_floor=known.cash_floor,
    )  # fmt: skip
