"""The context processor: ``frame`` in every template, worked out only when a template asks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind
from counterpoint.kit.live import ticket_for
from counterpoint.kit.pages import began
from counterpoint.ui import services
from counterpoint.ui.data import Act, Counter, Me, Place, Room, Waiting


@dataclass(frozen=True, slots=True)
class RailLine:
    """A room in the rail, its address, and whether the page is in it."""

    room: Room
    url: str
    current: bool


@dataclass
class Frame:
    """What surrounds the page: me, the place, the rooms, the counters, the live ticket."""

    request: HttpRequest

    @cached_property
    def me(self) -> Me | None:
        return services.me(self.request)

    @cached_property
    def place(self) -> Place | None:
        return services.place(self.request) if self.me else None

    @cached_property
    def rail(self) -> list[RailLine]:
        """The rooms with their addresses; the one with the longest fitting address is the current one."""
        rooms = services.rooms(self.request) if self.me else []
        addresses = [reverse(room.url_name) for room in rooms]
        here = max((a for a in addresses if self.request.path.startswith(a)), key=len, default="")
        return [RailLine(room, url, url == here) for room, url in zip(rooms, addresses, strict=True)]

    @cached_property
    def acts(self) -> list[Act]:
        return services.acts(self.request) if self.me else []

    @cached_property
    def counters(self) -> list[tuple[Counter, Waiting]]:
        return services.counters(self.request) if self.me else []

    @cached_property
    def counter_signals(self) -> str:
        """What makes the counts be counted again: channels, as ``data-signals`` names them."""
        return " ".join(services.counter_channels(self.request) if self.me else ())

    @property
    def pace(self) -> dict[str, str]:
        """The clock of a demonstration, for the page's own clocks; nothing where time passes as usual."""
        speed = clock.speed()
        return {} if speed == 1 else {"now": clock.now().isoformat(), "speed": f"{speed:g}"}

    @cached_property
    def channels(self) -> tuple[str, ...]:
        return services.channels(self.request) if self.me else ()

    @cached_property
    def scripts(self) -> list[tuple[str, dict[str, str]]]:
        return services.scripts(self.request)

    @cached_property
    def ticket(self) -> str:
        """The signed pass for the live door; empty when nobody is signed in."""
        if self.me is None:
            return ""
        where = self.place
        actor = Actor(
            kind=ActorKind.PERSON,
            id=self.me.id,
            name=self.me.name,
            branch=where.branch if where else None,
            desk=where.desk if where else None,
        )
        return ticket_for(actor, self.channels, since=began(self.request))


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"frame": Frame(request)}
