"""Branches, desks, the calendar and the business day on screen."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from counterpoint.kit import clock
from counterpoint.kit.access import allows
from counterpoint.kit.data import Malformed
from counterpoint.org import access, labels, queries
from counterpoint.org.data import CalendarView, DayKind, DeskView, UnitView
from counterpoint.org.forms import CalendarForm
from counterpoint.org.services import days
from counterpoint.org.services import places as verbs
from counterpoint.people.data import Duty
from counterpoint.people.services import actor_from, can


def checked(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        said = [
            f"{form[name].label if name in form.fields else ''} {' '.join(map(str, errors))}".strip()
            for name, errors in form.errors.items()
        ]
        raise Malformed("; ".join(said))
    return form.cleaned_data


def _onward(request: HttpRequest, otherwise: str) -> HttpResponse:
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts=None, require_https=request.is_secure()):
        return redirect(target)
    return redirect(otherwise)


@dataclass(frozen=True, slots=True)
class Branch:
    """A line of the tree: the unit, how deep it lies, its desks."""

    unit: UnitView
    kind: Any
    depth: int
    desks: list[tuple[DeskView, list[Any]]]


def _tree() -> list[Branch]:
    below: dict[int | None, list[UnitView]] = {}
    for unit in queries.units():
        below.setdefault(unit.parent, []).append(unit)
    at: dict[int, list[tuple[DeskView, list[Any]]]] = {}
    for desk in queries.desks():
        at.setdefault(desk.branch, []).append(
            (desk, [labels.EQUIPMENT[one] for one in sorted(desk.equipment)])
        )

    def walk(parent: int | None, depth: int) -> list[Branch]:
        lines: list[Branch] = []
        for unit in below.get(parent, []):
            lines.append(Branch(unit, labels.KINDS[unit.kind], depth, at.get(unit.id, [])))
            lines += walk(unit.id, depth + 1)
        return lines

    return walk(None, 1)


@allows(access.sees)
@require_GET
def tree(request: HttpRequest) -> HttpResponse:
    """The bank as a tree, with its desks."""
    who = actor_from(request)
    context = {"lines": _tree(), "days": queries.days(), "who": who, "mine": queries.desk_of(who.id)}
    return render(request, "org/tree.html", context)


@allows(access.sees)
@require_POST
def desk_claim(request: HttpRequest, desk: int) -> HttpResponse:
    """Work at a desk from now on; the session remembers it."""
    view = verbs.claim_desk(desk=desk, by=actor_from(request))
    request.session["desk"], request.session["branch"] = view.id, view.branch
    messages.success(request, _("You work at %(desk)s now.") % {"desk": view.name})
    return _onward(request, "org:tree")


@allows(access.sees)
@require_POST
def desk_release(request: HttpRequest, desk: int) -> HttpResponse:
    """Leave a desk, one's own or, with a reason, another's."""
    reason = request.POST.get("reason", "")[:500]
    view = verbs.release_desk(desk=desk, by=actor_from(request), reason=reason)
    if request.session.get("desk") == desk:
        del request.session["desk"]
    messages.success(request, _("%(desk)s is free.") % {"desk": view.name})
    return _onward(request, "org:tree")


@dataclass(frozen=True, slots=True)
class Cell:
    """A day in the picture of the year."""

    date: date
    css: str
    word: str
    title: str


def _cell(day: date, known: dict[date, CalendarView], today: date) -> Cell:
    named = known.get(day)
    if named is None:
        css, word, title = ("is-weekend" if day.weekday() > 4 else "", "", "")
    else:
        holiday = named.kind is DayKind.HOLIDAY
        css, word = ("is-holiday", _("off")) if holiday else ("is-make-up", _("work"))
        title = named.name
    return Cell(day, f"{css} is-today" if day == today else css, word, title)


def _year(year: int, known: dict[date, CalendarView]) -> list[tuple[date, list[list[Cell | None]]]]:
    today, picture = clock.today(), []
    for month in range(1, 13):
        weeks: list[list[Cell | None]] = [
            [_cell(day, known, today) if day.month == month else None for day in week]
            for week in months.Calendar().monthdatescalendar(year, month)
        ]
        picture.append((date(year, month, 1), weeks))
    return picture


@allows(access.sees)
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """The year as a picture, and the days that differ as a list."""
    text = request.GET.get("year", "")
    year = (
        int(text)
        if text.isdecimal() and 1990 <= int(text[:4]) <= 2200 and len(text) == 4
        else clock.today().year
    )
    named = queries.calendar(year)
    context = {
        "year": year,
        "years": sorted({*queries.years(), clock.today().year}),
        "months": _year(year, {one.date: one for one in named}),
        "named": [(one, labels.DAY_KINDS[one.kind]) for one in named],
        "unverified": any(one.unverified for one in named),
        "form": CalendarForm() if can(request, Duty.RULES_DRAFT) else None,
    }
    return render(request, "org/calendar.html", context)


@allows(access.drafts)
@require_POST
def calendar_day(request: HttpRequest) -> HttpResponse:
    """Say what a day is."""
    fields = checked(CalendarForm(request.POST))
    days.set_calendar_day(by=actor_from(request), **fields)
    messages.success(request, _("The calendar is changed."))
    return redirect(f"/org/calendar/?year={fields['date'].year}")
