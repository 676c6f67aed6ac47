"""What the pages of insight show: courses turned into charts, with a sentence before each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from counterpoint.insight.charts import Chart, Series, half_hours
from counterpoint.insight.rules.process import Process, process
from counterpoint.insight.services.past import SLOT, minute
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import TicketCourse

STATES = ("waiting", "prework", "called", "serving", "parked", "handed_over")


def state_words(state: str) -> str:
    """A state in the bank's words."""
    return {
        "waiting": pgettext("process", "waiting"),
        "prework": pgettext("process", "filling in forms"),
        "called": pgettext("process", "called, on the way"),
        "serving": pgettext("process", "being served"),
        "parked": pgettext("process", "parked, papers missing"),
        "handed_over": pgettext("process", "handed on"),
        "served": pgettext("process", "served"),
        "no_show": pgettext("process", "did not come"),
        "left": pgettext("process", "left"),
        "voided": pgettext("process", "void"),
    }.get(state, state)


def waits_context(branch: int, since: date, until: date, target: float) -> dict[str, Any]:
    """Waits by half hour, promises and ratings by day, where time goes by service."""
    courses = lobby.courses(branch=branch, since=since, until=until)
    called = [one for one in courses if one.called]
    if not called:
        return {"none": True}
    said = lobby.statistics(branch=branch, since=since, until=until)
    return {
        "said": said,
        "charts": [
            _by_half_hour(called, target),
            _by_day(called),
            _promises(called),
            where_time_goes(branch, courses),
        ],
    }


def _quantile(values: Sequence[float], share: float) -> float | None:
    return float(np.quantile(values, share)) if len(values) else None


def _by_half_hour(called: Sequence[TicketCourse], target: float) -> Chart:
    opens = int(min(minute(one.arrived) for one in called) // SLOT) * SLOT
    slots = int((max(minute(one.arrived) for one in called) - opens) // SLOT) + 1
    waits: list[list[float]] = [[] for _slot in range(slots)]
    for one in called:
        waits[int((minute(one.arrived) - opens) // SLOT)].append(one.wait / 60)
    p90, labels = [_quantile(row, 0.9) for row in waits], half_hours(opens, slots)
    worst = max(range(slots), key=lambda slot: p90[slot] or 0.0)
    return Chart(
        id="half-hours",
        title=_("Waits by half hour of arrival"),
        unit=_("min"),
        head=_("Arrival"),
        x=labels,
        series=[
            Series(_("half of them wait at most"), [_quantile(row, 0.5) for row in waits]),
            Series(_("nine of ten wait at most"), p90),
        ],
        target=target,
        summary=_("Longest from %(at)s: nine of ten wait at most %(p90).0f min; the target is %(target).0f.")
        % {"at": labels[worst], "p90": p90[worst] or 0.0, "target": target},
    )


def _by_day(called: Sequence[TicketCourse]) -> Chart:
    days: dict[date, list[float]] = {}
    for one in called:
        days.setdefault(one.day, []).append(one.wait / 60)
    rows = sorted(days.items())
    means = [float(np.mean(row)) for _day, row in rows]
    worst = max(range(len(rows)), key=lambda place: means[place])
    return Chart(
        id="days",
        title=_("Waits by day"),
        unit=_("min"),
        head=_("Day"),
        x=[f"{day:%m-%d}" for day, _r in rows],
        series=[
            Series(_("mean wait"), means, kind="bar"),
            Series(_("nine of ten wait at most"), [_quantile(row, 0.9) for _day, row in rows]),
        ],
        summary=_("The longest mean wait was %(mean).1f min, on %(day)s.")
        % {"mean": means[worst], "day": rows[worst][0]},
    )


def _promises(called: Sequence[TicketCourse]) -> Chart:
    days: dict[date, list[tuple[float, bool, bool]]] = {}
    for one in called:
        if one.promise is not None and (one.promise[2] or one.wait >= 1):
            low, middle, high = one.promise
            row = (abs(one.wait - middle) / 60, one.wait <= high, low <= one.wait <= high)
            days.setdefault(one.day, []).append(row)
    rows = sorted(days.items())

    def by_day(place: int, scale: float = 100) -> list[float | None]:
        return [scale * float(np.mean([one[place] for one in row])) for _day, row in rows]

    every = [one for _day, row in rows for one in row]
    share = 100 * float(np.mean([one[2] for one in every])) if every else 0.0
    error = float(np.mean([one[0] for one in every])) if every else 0.0
    return Chart(
        id="promises",
        title=_("Promises kept"),
        unit="%",
        head=_("Day"),
        x=[f"{day:%m-%d}" for day, _r in rows],
        series=[
            Series(_("not later than promised"), by_day(1)),
            Series(_("inside the promised range"), by_day(2)),
        ],
        target=80.0,
        summary=_("%(share).0f %% of waits lay inside the range (80 %% are meant to); error %(error).1f min.")
        % {"share": share, "error": error},
    )


def where_time_goes(branch: int, courses: Sequence[TicketCourse]) -> Chart:
    """Mean minutes of a customer by service and state."""
    names = {code: one.name for code, one in lobby.services_at(branch).items()}
    found: Process = process(courses)
    services = list(found.by_service)
    used = [one for one in STATES if any(row.get(one) for row in found.by_service.values())]
    said = found.bottleneck
    summary = ""
    if said is not None:
        words = _("%(share).0f %% of all customers' time goes into “%(state)s” at “%(service)s”.")
        summary = words % {
            "share": said[2],
            "state": state_words(said[1]),
            "service": names.get(said[0], said[0]),
        }
    return Chart(
        id="time",
        title=_("Where a customer's time goes, by service"),
        unit=_("min"),
        head=_("Service"),
        x=[names.get(one, one) for one in services],
        stacked=True,
        sideways=True,
        summary=summary,
        series=[
            Series(
                state_words(state),
                [found.by_service[one].get(state, 0.0) / 60 for one in services],
                kind="bar",
            )
            for state in used
        ],
    )


#: Where the states stand in the picture: the way through the branch from left to right.
PLACES = {
    "waiting": (20, 90),
    "prework": (20, 10),
    "called": (220, 90),
    "serving": (430, 90),
    "parked": (430, 190),
    "handed_over": (430, 10),
    "served": (640, 90),
    "no_show": (220, 190),
    "left": (20, 190),
    "voided": (640, 10),
}
WIDTH, HEIGHT = 150, 56


def picture(found: Process) -> dict[str, Any]:
    """The picture as boxes and lines; the width of a line says how many went that way."""
    most = max((count for _a, _b, count in found.edges), default=1)
    longest = max((one.mean for one in found.nodes), default=1.0) or 1.0
    boxes = [
        {
            "x": PLACES[one.state][0],
            "y": PLACES[one.state][1],
            "words": state_words(one.state),
            "count": one.count,
            "minutes": one.mean / 60,
            "timed": one.total > 0,
            "heat": round(0.08 + 0.5 * one.mean / longest, 2) if one.state != "serving" else 0.08,
            "mx": PLACES[one.state][0] + WIDTH // 2,
            "ty": PLACES[one.state][1] + 23,
            "ny": PLACES[one.state][1] + 43,
        }
        for one in found.nodes
        if one.state in PLACES
    ]
    lines = [_line(a, b, count, most) for a, b, count in found.edges if a in PLACES and b in PLACES]
    return {"boxes": boxes, "lines": lines, "width": WIDTH, "height": HEIGHT}


def _line(a: str, b: str, count: int, most: int) -> dict[str, Any]:
    (ax, ay), (bx, by) = PLACES[a], PLACES[b]
    if ax == bx:
        down = by > ay
        shift = WIDTH // 3 if down else 2 * WIDTH // 3
        sx = ex = ax + shift
        sy, ey = (ay + HEIGHT, by) if down else (ay, by + HEIGHT)
    elif bx > ax:
        sx, sy, ex, ey = ax + WIDTH, ay + HEIGHT // 2, bx, by + HEIGHT // 2
    else:
        sx, sy, ex, ey = ax + WIDTH // 2, ay, bx + WIDTH // 2, by
    return {
        "x1": sx,
        "y1": sy,
        "x2": ex,
        "y2": ey,
        "width": round(1.5 + 8 * count / most, 1),
        "count": count,
        "lx": (sx + ex) // 2,
        "ly": (sy + ey) // 2 - 6,
    }
