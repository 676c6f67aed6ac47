"""A rush hour at the demo branch 高峰演示: customers come, desks call, at many times the speed of the world.

It plays in the process of the server, whose clock runs faster. Three desks are played; the fourth sits with
its window closed, so that the lobby can open it when the suggestion comes. Whoever watches can take numbers
at the kiosk, look at the display and the tablet, and work at a desk besides.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import uuid4

from django.db import close_old_connections, connection

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, Refusal
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import CALLING, TicketChannel, TicketState, TicketView
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import services as vault
from counterpoint.visits import services as visits
from demo.queue import DESKS, SERVICES

BRANCH = 3
BEGINS = time(9, 40)
#: The desk whose window stays closed until somebody in the lobby opens it.
WAITS = "01"
#: Customers an hour, beyond what three desks can serve.
AN_HOUR = 46.0
#: Minutes from the call until the customer stands at the window.
WALK = 0.4
SEED = 20260127
#: Shares of customers who do not come when called, come with priority, and rate.
MISSED, ELDERLY, RATED = 0.03, 0.08, 0.5

log = logging.getLogger("counterpoint.rush")


def start_of(branch: int = BRANCH) -> datetime:
    """When the rush begins: in the morning of the open business date, or where an earlier one stopped."""
    begins = datetime.combine(org.business_day(branch).date, BEGINS, clock.CHINA)
    return max((one.arrived for one in lobby.tickets_of_day(branch)), default=begins)


@dataclass
class _Desk:
    """A desk that is played: who sits there, and until when the customer takes."""

    id: int
    by: Actor
    speed: float
    until: datetime | None = None


@dataclass
class Rush:
    """The play: who comes when, and what each desk does next."""

    stop: threading.Event
    draws: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311

    def run(self) -> None:
        """Play until it is told to stop."""
        desks, coming = list(_seated()), self._next(clock.now())
        while not self.stop.is_set():
            close_old_connections()
            try:
                now = clock.now()
                while coming <= now:
                    self._come()
                    coming = self._next(coming)
                for desk in desks:
                    self._play(desk, now)
            except Exception:
                log.exception("The rush stumbled and goes on.")
            finally:
                connection.close()
            self.stop.wait(0.25)

    def _next(self, after: datetime) -> datetime:
        return after + timedelta(hours=self.draws.expovariate(AN_HOUR))

    def _come(self) -> None:
        """Somebody comes in and takes a number at the kiosk."""
        weights = [n for n, _mean, _scv in SERVICES.values()]
        [service] = self.draws.choices(list(SERVICES), weights)
        priority = "elderly" if self.draws.random() < ELDERLY else ""
        with suppress(Refusal):
            lobby.take_ticket(
                branch=BRANCH, service=service, channel=TicketChannel.KIOSK, priority=priority,
                client_key=uuid4(), by=lobby.self_service(BRANCH),
            )  # fmt: skip

    def _play(self, desk: _Desk, now: datetime) -> None:
        if desk.until is not None and now < desk.until:
            return
        desk.until = None
        ticket = lobby.current_ticket(desk=desk.id)
        with suppress(Refusal):
            if ticket is None:
                self._call(desk, now)
            elif ticket.person != desk.by.id:
                return
            elif ticket.state in CALLING:
                self._begin(desk, ticket, now)
            elif ticket.state is TicketState.SERVING:
                self._end(desk, ticket)

    def _call(self, desk: _Desk, now: datetime) -> None:
        visits.call_next(by=desk.by)
        desk.until = now + timedelta(minutes=WALK)

    def _begin(self, desk: _Desk, ticket: TicketView, now: datetime) -> None:
        if self.draws.random() < MISSED:
            lobby.leave_line(ticket=ticket.key, by=desk.by)
            return
        visits.begin(by=desk.by)
        _number, mean, scv = SERVICES[ticket.service]
        took = self.draws.gammavariate(1 / scv, mean * scv) * desk.speed
        desk.until = now + timedelta(minutes=max(0.5, took))

    def _end(self, desk: _Desk, ticket: TicketView) -> None:
        visits.finish(visit=visits.visit_of_ticket(ticket=ticket.key, by=desk.by).id, by=desk.by)
        if self.draws.random() < RATED:
            stars = self.draws.choices((5, 4, 3, 2, 1), (60, 25, 9, 4, 2))[0]
            lobby.rate(ticket=ticket.key, csat=stars, by=lobby.self_service(BRANCH))


def _seated() -> Iterator[_Desk]:
    """Everybody takes a desk; all windows but one are open."""
    desks = {one.number: one for one in org.desks(BRANCH)}
    for number, (staff, serves, own, speed, _hours) in DESKS.items():
        person = people.person_by_number(staff)
        if person is None or number not in desks:
            continue
        view = desks[number]
        by = Actor(kind=ActorKind.PERSON, id=person.id, name=person.name, branch=BRANCH, desk=view.id)
        if view.holder != person.id:
            org.claim_desk(desk=view.id, by=by)
        _take_box(view.id, by)
        if number != WAITS:
            may = [
                code for code, bar in lobby.could_serve(desk=view.id).items() if not bar and code in serves
            ]
            with suppress(Refusal):
                lobby.open_window(
                    desk=view.id, services=may, own=[code for code in own if code in may], by=by
                )
        yield _Desk(view.id, by, speed)


def _take_box(desk: int, by: Actor) -> None:
    """Without a box nobody serves cash."""
    box = vault.free_box_of_desk(desk=desk)
    if box is not None and people.holds(person=by.id, duty=Duty.CASH, branch=BRANCH):
        with suppress(Refusal):
            vault.claim_box(box=box.id, by=by)


def play(stop: threading.Event) -> None:
    """The rush, as work beside the server."""
    Rush(stop).run()
