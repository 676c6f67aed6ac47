"""The business day on screen 日始日终: its gates, its steps with their progress, its papers."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - an address has a part called date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from counterpoint.kit.access import allows
from counterpoint.kit.data import NotFound
from counterpoint.org import access, labels, queries, queries_closing
from counterpoint.org.data import BusinessDay, GateView, Phase, RunView
from counterpoint.org.forms import OpeningForm
from counterpoint.org.services import closing, days, running
from counterpoint.org.views.places import checked
from counterpoint.people.data import Duty
from counterpoint.people.services import actor_from, can, duty_name

DAYS_SHOWN = 8
_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@allows(access.sees_days)
@require_GET
def day_list(request: HttpRequest) -> HttpResponse:
    """The business days of all branches."""
    known = queries.days()
    lines = [(branch, known.get(branch.id)) for branch in queries.branches()]
    return render(request, "org/days.html", {"lines": lines, "who": actor_from(request)})


def _state(request: HttpRequest, branch: int) -> dict[str, Any]:
    """What the page and its live part share."""
    current = queries.day(branch)
    run = closing.day_run(branch=branch, date=current.date) if current else None
    opening = closing.day_run(branch=branch, date=current.date, phase=Phase.OPEN) if current else None
    gates: list[GateView] = []
    if current and current.open and not (run and run.running):
        gates = closing.check_gates(branch=branch, date=current.date)
    return {
        "branch": queries.branch(branch), "day": current, "run": run,
        "opening": opening if opening and opening.steps else None,
        "gates": _sorted(gates), "wanted": _wanted(branch, current) if current else {},
        "shut": sum(gate.blocking and not gate.open for gate in gates),
        "unfinished": run is not None and run.finished is None,
        "papers": _papers(branch, current.date) if current else [],
        "labels": labels.STEPS, "may_close": can(request, Duty.DAY_CLOSE),
        "seen": _seen(current, run),
    }  # fmt: skip


def _seen(day: BusinessDay | None, run: RunView | None) -> str:
    """The page as a whole: another day, open or closed, its close at an end."""
    return f"{day.date}-{day.open}-{run is not None and run.finished is not None}" if day else ""


def _sorted(gates: list[GateView]) -> dict[str, list[Any]]:
    """Those that are shut with who mends them, the stopping ones first; and those in order."""
    shut = sorted((gate for gate in gates if not gate.open), key=lambda gate: not gate.blocking)
    return {
        "shut": [(gate, duty_name(gate.owner)) for gate in shut],
        "open": [gate for gate in gates if gate.open],
    }


def _wanted(branch: int, day: BusinessDay) -> dict[str, list[Any]]:
    """What the opened day still wants: the vault opened, boxes counted."""
    if not day.open:
        return {}
    return _sorted(closing.check_gates(branch=branch, date=day.date, phase=Phase.OPEN))


def _history(branch: int) -> list[dict[str, Any]]:
    """The last business days, each with its moments, and whether its close left a run to look at."""
    closed = {run.date for run in queries_closing.runs(branch)}
    days: dict[Date, dict[str, Any]] = {}
    for change in queries.history(branch):
        line = {"date": change.date, "run": change.date in closed, "opened": None, "closed": None}
        days.setdefault(change.date, line)["opened" if change.opened else "closed"] = change.at
    return list(days.values())[:DAYS_SHOWN]


def _papers(branch: int, date: Date) -> list[tuple[str, list[tuple[str, str]]]]:
    """The papers of a day by title, each with its files."""
    found: dict[str, list[tuple[str, str]]] = {}
    for paper in queries_closing.papers(branch, date):
        title = queries.in_words(paper.title_zh, paper.title_en)
        found.setdefault(title, []).append((paper.name, paper.name.rpartition(".")[2].upper()))
    return list(found.items())


@allows(access.sees_days)
@require_GET
def day(request: HttpRequest, branch: int) -> HttpResponse:
    """One branch's business day: what is in the way, how far the close is, the verb that is due."""
    context = _state(request, branch) | {
        "history": _history(branch),
        "form": OpeningForm(initial={"date": days.proposed_day(branch)}),
        "may_open": can(request, Duty.DAY_OPEN),
    }
    return render(request, "org/day.html", context)


@allows(access.sees_days)
@require_GET
def day_state(request: HttpRequest, branch: int) -> HttpResponse:
    """The live part of the day's page; the whole page again where the day itself is another one now."""
    context = _state(request, branch)
    if request.GET.get("seen", context["seen"]) != context["seen"]:
        return HttpResponseClientRefresh()
    return render(request, "org/parts/day_state.html", context)


@allows(access.sees_days)
@require_GET
def past_day(request: HttpRequest, branch: int, date: Date) -> HttpResponse:
    """A day that was closed: its steps and its papers."""
    run = closing.day_run(branch=branch, date=date)
    if run is None:
        raise NotFound(_("This day was not closed here."))
    context = {
        "branch": queries.branch(branch), "date": date, "run": run, "papers": _papers(branch, date),
        "labels": labels.STEPS,
    }  # fmt: skip
    return render(request, "org/past_day.html", context)


@allows(access.sees_days)
@require_GET
def paper(request: HttpRequest, branch: int, date: Date, name: str) -> HttpResponse:
    """A paper of the day, as it was set."""
    found = queries_closing.paper(branch, date, name)
    if found is None:
        raise NotFound(_("This day has no such paper."))
    ending = name.rpartition(".")[2]
    shown = "inline" if ending == "pdf" else "attachment"
    answer = HttpResponse(bytes(found.content), content_type=_TYPES[ending])
    answer["Content-Disposition"] = f'{shown}; filename="{branch}-{date.isoformat()}-{name}"'
    return answer


@allows(access.opens)
@require_POST
def day_opening(request: HttpRequest, branch: int) -> HttpResponse:
    """Open the business day."""
    fields = checked(OpeningForm(request.POST))
    opened = running.open_branch(branch=branch, by=actor_from(request), **fields)
    messages.success(request, _("The business day %(date)s is open.") % {"date": opened.date})
    return redirect("org:day", branch)


@allows(access.closes)
@require_POST
def day_closing(request: HttpRequest, branch: int) -> HttpResponse:
    """Begin to close the business day, or go on where the close was cut off."""
    running.start_closing(branch=branch, by=actor_from(request))
    return redirect("org:day", branch)
