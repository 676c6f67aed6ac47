"""The lobby in figures 排队统计: a branch over some business days, recomputed from the periods."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.lobby import queries
from counterpoint.lobby.data import LobbyMalformed, LobbyStatistics, TicketState, Waits
from counterpoint.lobby.rules import statistics as rules
from counterpoint.lobby.services import book

#: So many days are added up at once: a longer time is asked in parts.
MOST_DAYS = 92


def statistics(*, branch: int, since: date, until: date) -> LobbyStatistics:
    """Waits, service times, promises and ratings of a branch, both days included."""
    if not since <= until <= since + timedelta(days=MOST_DAYS):
        raise LobbyMalformed(_("Choose at most %(days)s days.") % {"days": MOST_DAYS}, field="until")
    tickets = queries.of_days(branch, since, until)
    found = rules.courses(queries.periods_of_days(branch, since, until), clock.now())
    target = float(book.value("wait_target_minutes", until)) * 60
    ended = [one["state"] for one in tickets]

    def grouped(of: Callable[[dict[str, Any]], str]) -> tuple[Waits, ...]:
        return _grouped(tickets, found, target, of)

    return LobbyStatistics(
        branch=branch, since=since, until=until, total=rules.waits("", found.values(), target),
        services=grouped(lambda one: one["service"]), priorities=grouped(lambda one: one["priority"]),
        desks=grouped(lambda one: str(found[one["id"]].desk or "")),
        no_shows=ended.count(TicketState.NO_SHOW), left=ended.count(TicketState.LEFT),
        voided=ended.count(TicketState.VOIDED),
        transferred=sum(one.transferred for one in found.values()),
        promise=rules.score(tickets, found), ratings=rules.rated(queries.answers(branch, since, until)),
        by_state=_by_state(found.values()),
    )  # fmt: skip


def _grouped(
    tickets: list[dict[str, Any]], found: dict[int, rules.Course], target: float,
    of: Callable[[dict[str, Any]], str],
) -> tuple[Waits, ...]:  # fmt: skip
    groups: dict[str, list[rules.Course]] = {}
    for one in tickets:
        groups.setdefault(of(one), []).append(found[one["id"]])
    return tuple(rules.waits(name, group, target) for name, group in sorted(groups.items()) if name)


def _by_state(courses: Iterable[rules.Course]) -> tuple[tuple[str, float], ...]:
    spent: dict[str, float] = {}
    for course in courses:
        for state, time in course.by_state.items():
            spent[state] = spent.get(state, 0.0) + time
    return tuple((str(state), spent[state]) for state in TicketState if state in spent)
