"""Problems and ideas: reporting, my reports, one item and what is done with it, ideas, the month."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.feedback import access, pages, rules, services
from counterpoint.feedback.data import ItemState, Kind, Page
from counterpoint.feedback.forms.items import ReportForm
from counterpoint.feedback.labels import KINDS, STATES
from counterpoint.kit import clock
from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.forms import read
from counterpoint.kit.pages import is_fragment
from counterpoint.people import services as people
from counterpoint.ui import services as ui
from counterpoint.visits import services as visits


def _form_page(request: HttpRequest, form: ReportForm, refusal: Refusal | None = None) -> HttpResponse:
    template = "parts/report" if is_fragment(request) else "report"
    context = {"form": form, "refusal": None if form.errors else refusal}
    status = refusal.status if refusal else 200
    return render(request, f"feedback/{template}.html", context, status=status)


@allows(access.reports)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Report a problem or an idea, from whatever screen."""
    if request.method == "GET":
        here = rules.address_of(request.headers.get("HX-Current-URL", ""))
        return _form_page(request, ReportForm(initial={"kind": Kind.PROBLEM, "address": here}))
    form, visit = ReportForm(request.POST), visits.visit_served(request)
    try:
        typed = read(form)
        made = services.report(
            kind=Kind(typed["kind"]), title=typed["title"], text=typed["text"],
            context=form.context(visit.id if visit else None), by=people.actor_from(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _form_page(request, form, refusal)
    text = _("%(name)s is reported.") % {"name": made.name}
    if is_fragment(request):
        return ui.toast(HttpResponse(), text)
    messages.success(request, text)
    return redirect("feedback:item", item=made.id)


def listing(request: HttpRequest, name: str, found: Page, asked: dict[str, str], **more: Any) -> HttpResponse:
    """A list, as a page or as its live part."""
    page, query = pages.page_of(request), urlencode(asked)
    address = reverse(f"feedback:{name}")
    context = {
        "lines": [pages.line(one) for one in found.lines], "tabs": pages.tabs(request, name),
        "signals": pages.signals(request), "names": pages.department_names(), "list": name,
        "address": f"{address}?{query}&page={page}",
        "next": f"{address}?{query}&page={page + 1}" if found.more else "",
        "previous": f"{address}?{query}&page={page - 1}" if page > 1 else "",
    } | asked | more  # fmt: skip
    part = "ideas" if name == "ideas" else "lines"
    return render(request, f"feedback/{f'parts/{part}' if is_fragment(request) else name}.html", context)


def one_of(request: HttpRequest, field: str, known: Any) -> str:
    text = request.GET.get(field, "")
    return text if text in known else ""


@allows(access.reports)
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What I reported and follow, with the answers."""
    show = one_of(request, "show", {"open"})
    found = services.mine(by=people.actor_from(request), show=show, page=pages.page_of(request))
    return listing(request, "mine", found, {"show": show})


@allows(access.reports)
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits for me: the board for who has one and no news, else my reports."""
    by = people.actor_from(request)
    told, _since = services.waiting(by=by, known={})
    return redirect("feedback:board" if access.departments(request) and not told else "feedback:mine")


@allows(access.reports)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """What my departments have to do; empty for who has none."""
    names = pages.department_names()
    asked = {
        "q": request.GET.get("q", "")[:80], "kind": one_of(request, "kind", set(Kind)),
        "state": one_of(request, "state", set(ItemState)), "department": one_of(request, "department", names),
    }  # fmt: skip
    found = services.board(
        by=people.actor_from(request), query=asked["q"], kind=asked["kind"], state=asked["state"],
        department=asked["department"], page=pages.page_of(request),
    )  # fmt: skip
    return listing(
        request, "board", found, asked,
        kinds=[(str(one), KINDS[one].words) for one in Kind],
        states=[(str(one), STATES[one].words) for one in ItemState],
        departments=[(key, names[key]) for key in access.departments(request)],
    )  # fmt: skip


@allows(access.reports)
@require_GET
def ideas(request: HttpRequest) -> HttpResponse:
    """Ideas with their votes."""
    show = one_of(request, "show", {"new", "done"})
    found = services.ideas(by=people.actor_from(request), show=show, page=pages.page_of(request))
    return listing(request, "ideas", found, {"show": show})


@allows(access.reports)
@require_POST
def vote(request: HttpRequest, item: int, what: str) -> HttpResponse:
    """Vote for an idea, or take one's vote back."""
    act = services.take_back if what == "withdrawal" else services.vote
    act(item=item, by=people.actor_from(request))
    if request.POST.get("next") == "list":
        return redirect("feedback:ideas")
    return redirect("feedback:item", item=item)


@allows(access.reports)
@require_GET
def item(request: HttpRequest, item: int) -> HttpResponse:
    """One item with its timeline; a signal fetches what stands of it."""
    found = access.item_for(request, item)
    by = people.actor_from(request)
    if is_fragment(request):
        team = services.belongs(by, found)
        context = {"item": found, "steps": pages.timeline(found, team), **pages.place(found)}
        return render(request, "feedback/parts/standing.html", context)
    if services.has_news(item=found.id, by=by):
        services.see(item=found.id, by=by)
    return render(request, "feedback/item.html", pages.item(request, found))


def month_of(text: str) -> tuple[int, int]:
    """``2026-11``; anything else is the present month."""
    today = clock.today()
    year, _dash, number = text.partition("-")
    if not (text.isascii() and year.isdigit() and number.isdigit() and len(text) == 7):
        return today.year, today.month
    return (int(year), int(number)) if 2000 < int(year) < 2100 and 0 < int(number) < 13 else (
        today.year, today.month)  # fmt: skip


@allows(access.reports)
@require_GET
def month(request: HttpRequest) -> HttpResponse:
    """You said, we did: what was done in a month, and what it brought."""
    year, number = month_of(request.GET.get("month", ""))
    page = pages.page_of(request)
    figures, lines, more = services.month(year, number, page=page)
    before, after = (year - (number == 1), (number - 2) % 12 + 1), (year + number // 12, number % 12 + 1)
    this = f"{year}-{number:02d}"
    context = {
        "figures": figures, "lines": [(one, KINDS[one.kind]) for one in lines], "month": this,
        "before": f"?month={before[0]}-{before[1]:02d}", "after": f"?month={after[0]}-{after[1]:02d}",
        "is_now": this >= f"{clock.today():%Y-%m}", "tabs": pages.tabs(request, "month"),
        "share": figures.satisfied * 100 // figures.scores if figures.scores else None,
        "next": f"?month={this}&page={page + 1}" if more else "",
        "previous": f"?month={this}&page={page - 1}" if page > 1 else "",
    }  # fmt: skip
    return render(request, "feedback/month.html", context)
