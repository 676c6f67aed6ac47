"""How the room appears in the frame around every page."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from counterpoint.kit import clock
from counterpoint.kit.data import Refusal, Why
from counterpoint.org import access, queries
from counterpoint.org.models import BusinessDay, Desk, RuleTable, Unit
from counterpoint.org.services.deciding import why_if_any
from counterpoint.people.services import actor_from, describe_units
from counterpoint.ui import services as ui
from counterpoint.ui.data import PaletteItem, Place

FOUND_AT_MOST = 8


def reason(rule: str) -> Why | None:
    """A rule of the book as it holds today; ``None`` where the book has none of this name."""
    return why_if_any(key=rule, at=clock.today())


def place(request: HttpRequest) -> Place | None:
    """Branch, desk and business day of who is signed in, in one query."""
    if not request.user.is_authenticated:
        return None
    who = actor_from(request)
    day = BusinessDay.objects.filter(branch=OuterRef("pk"))
    desk = Desk.objects.filter(id=who.desk or 0)
    row = (
        Unit.objects.filter(id=who.branch or 0)
        .annotate(
            day=Subquery(day.values("date")[:1]),
            day_open=Subquery(day.values("open")[:1]),
            desk_number=Subquery(desk.values("number")[:1]),
        )
        .values("id", "name_zh", "name_en", "day", "day_open", "desk_number")
        .first()
    )
    if row is None:
        return None
    return Place(
        branch=row["id"],
        branch_name=queries.in_words(row["name_zh"], row["name_en"]),
        date=row["day"],
        open=bool(row["day_open"]),
        desk=who.desk,
        desk_name=row["desk_number"] or "",
    )


def palette(request: HttpRequest, query: str) -> Iterable[PaletteItem]:
    """Rules by key or name."""
    if not request.user.is_authenticated or len(query) < 2:
        return
    title = "title_en" if queries.language() == "en" else "title_zh"
    rows = RuleTable.objects.filter(key__icontains=query) | RuleTable.objects.filter(
        **{f"{title}__icontains": query}
    )
    for key, name in rows.order_by("key").values_list("key", title)[:FOUND_AT_MOST]:
        yield PaletteItem(title=name, url=reverse("org:rule", args=[key]), icon="scale", hint=key, words=key)


def _may(rule: Callable[[HttpRequest], object]) -> Callable[[HttpRequest], bool]:
    def check(request: HttpRequest) -> bool:
        try:
            rule(request)
        except Refusal:
            return False
        return True

    return check


def appear() -> None:
    """Rules, calendar, branches and the business day in the rail; the place in the top bar; the units."""
    everybody = _may(access.sees)
    ui.add_reasons("org", reason)
    ui.describe_place(place)
    describe_units(queries.units_above)
    ui.add_palette_source("rules", palette)
    for key, title, icon, page, allowed, order in (
        ("days", _("Business day"), "calendar-check", "org:days", _may(access.sees_days), 60),
        ("rules", _("Rules"), "scale", "org:rules", everybody, 70),
        ("calendar", _("Calendar"), "calendar", "org:calendar", everybody, 75),
        ("org", _("Branches"), "building-bank", "org:tree", everybody, 76),
    ):
        ui.add_room(key=key, title=title, icon=icon, url_name=page, allowed=allowed, order=order)
