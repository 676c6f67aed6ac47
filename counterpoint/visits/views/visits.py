"""Visits: those of the day, one with everything that belongs to it, and the steps of serving it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.customers import services as customers
from counterpoint.customers.data import Purpose
from counterpoint.kit import clock
from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.forms import read
from counterpoint.kit.pages import is_fragment
from counterpoint.papers import services as papers
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.visits import access, pages, pages_cases, queries_screens, services
from counterpoint.visits.access_cases import may_use_cases
from counterpoint.visits.data import VisitState
from counterpoint.visits.forms.visits import NoteForm, ParkForm, PartyForm, VisitsForm
from counterpoint.visits.labels import HAND_OFF_STATES, VISIT_STATES
from counterpoint.visits.views.answers import changed

PAGE = 40
#: A name fits few customers; more than these are found by their number.
PARTIES = 40


def _parties(request: HttpRequest, query: str) -> list[int]:
    """Customers whom the query may mean; a search of customers is recorded like every other."""
    if not people.can(request, Duty.CUSTOMER_VIEW):
        return []
    by = people.actor_from(request)
    try:
        hits = customers.search(query=query, purpose=Purpose.COUNTER, by=by, limit=PARTIES)
    except Refusal:
        return []
    return [hit.id for hit in hits]


def _cursor(request: HttpRequest) -> int | None:
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None


def list_context(request: HttpRequest) -> dict[str, Any]:
    """The branch's visits of today, and older ones that are open, narrowed and by page."""
    branch, form = people.actor_from(request).branch or 0, VisitsForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "state": ""}
    query, state, before = asked["q"].strip(), asked["state"], _cursor(request)
    number = queries_screens.number_in(query) if query else None
    parties = _parties(request, query) if query and not (number and query[:1] in "vV") else None
    found = queries_screens.day(
        branch, clock.start_of(clock.today()), state=VisitState(state) if state else None, number=number,
        parties=parties if query else None, before=before, limit=PAGE + 1,
    )  # fmt: skip
    rows, kept = pages.lines(found[:PAGE]), {"q": query, "state": state}
    older = f"?{urlencode(kept | {'before': found[PAGE - 1].id})}" if len(found) > PAGE else ""
    counts = queries_screens.counted(branch, clock.start_of(clock.today()))
    return {
        "branch": branch, "form": form, "lines": rows, "older": older, "newest": f"?{urlencode(kept)}",
        "paged": before is not None, "asked": bool(query or state), "state": state,
        "counts": [(str(one), *words, counts[one]) for one, words in VISIT_STATES.items()],
    }  # fmt: skip


@allows(access.sees_visits)
@require_GET
def visits(request: HttpRequest) -> HttpResponse:
    """The visits of the day, live."""
    template = "visits/parts/visits.html" if is_fragment(request) else "visits/visits.html"
    return render(request, template, list_context(request))


def page_context(request: HttpRequest, visit: int, **more: Any) -> dict[str, Any]:
    """One visit with everything: timeline, drafts, papers, notes, who served it, who handed it on."""
    found = access.visit_here(request, visit)
    who, desks = people.actor_from(request), pages.desk_numbers(found.branch)
    mine = found.serving is not None and found.serving.person == who.id
    handed, drafts = services.hand_offs_of(found.id), services.drafts_of(found.id)
    return {
        "visit": found, "line": pages.lines([found])[0], "mine": mine, "me": who, "branch": found.branch,
        "acts": pages.acts(request, found),
        "drafts": [pages.draft_line(one, clear=mine) for one in drafts],
        "notes": services.notes_of(found.id), "papers": pages.paper_lines(found.id),
        "moments": pages.timeline(found.id),
        "servings": [(one, desks.get(one.desk or 0, "")) for one in services.servings_of(found.id)],
        "handed": [(one, pages.receiver_words(one, desks), *HAND_OFF_STATES[one.state]) for one in handed],
        "to": pages.receiver_words(found.hand_off, desks) if found.hand_off else "",
        "onlookers": [
            (one, pages.onlooker_words(one)) for one in services.onlookers(found.id) if one.person != who.id
        ],
        "expected": services.expected_seconds(found) if found.serving else 0,
        "cases": pages_cases.about("visit", found.id, by=who) if may_use_cases(request) else None,
    } | pages.customer(request, found) | more  # fmt: skip


@allows(access.sees_visits)
@require_GET
def visit(request: HttpRequest, visit: int) -> HttpResponse:
    """One visit, live."""
    if not is_fragment(request):
        _look(request, visit)
    template = "visits/parts/visit.html" if is_fragment(request) else "visits/visit.html"
    return render(request, template, page_context(request, visit))


def _look(request: HttpRequest, visit: int) -> None:
    """Whoever opens an open visit is seen there by the others, and comes to hear of it."""
    found = access.visit_here(request, visit)
    if found.state is not VisitState.ENDED and people.can(request, Duty.CUSTOMER_VIEW):
        services.look(visit=found.id, by=people.actor_from(request))


@allows(access.sees_visits)
@require_GET
def timeline(request: HttpRequest, visit: int) -> HttpResponse:
    """What happened in the visit."""
    found = access.visit_here(request, visit)
    return render(
        request, "visits/parts/timeline.html", {"visit": found, "moments": pages.timeline(found.id)}
    )


def _back(request: HttpRequest, visit: int) -> str:
    """Where a page goes on: who has a desk works there, others on the visit's own page."""
    return "/" if people.actor_from(request).desk else reverse("visits:visit", args=[visit])


@allows(access.serves_customers)
@require_POST
def serve(request: HttpRequest, visit: int) -> HttpResponse:
    """Begin to serve it, or go on with it."""
    found = services.serve(visit=access.visit_here(request, visit).id, by=people.actor_from(request))
    drafts = services.drafts_of(found.id)
    return changed(request, to=_back(request, visit), opens=drafts[0].operation if drafts else "")


@allows(access.touches_visits)
@require_POST
def identify(request: HttpRequest, visit: int) -> HttpResponse:
    """Say who the customer is."""
    typed = read(PartyForm(request.POST))
    services.identify(visit=visit, party=typed["party"], by=people.actor_from(request))
    return changed(request, to=reverse("visits:visit", args=[visit]))


@allows(access.serves_customers)
@require_http_methods(["GET", "POST"])
def park(request: HttpRequest, visit: int) -> HttpResponse:
    """What the customer has to fetch, or what is waited for; place, drafts and papers stay."""
    found = access.visit_here(request, visit)
    if request.method == "GET":
        return render(request, "visits/parts/park_dialog.html", {"visit": found, "form": ParkForm()})
    typed = read(ParkForm(request.POST))
    services.park(visit=found.id, by=people.actor_from(request), **typed)
    return changed(request, to="/", said=_("Parked: place, drafts and papers stay."), dialog="park-dialog")


@allows(access.touches_visits)
@require_POST
def free(request: HttpRequest, visit: int) -> HttpResponse:
    """Take the visit from somebody who is gone; it waits again, in its old place."""
    services.free_visit(visit=access.visit_here(request, visit).id, by=people.actor_from(request))
    return changed(request, to=reverse("visits:visit", args=[visit]))


@allows(access.touches_visits)
@require_POST
def finish(request: HttpRequest, visit: int) -> HttpResponse:
    """The customer has left."""
    services.finish(visit=access.visit_here(request, visit).id, by=people.actor_from(request))
    return changed(request, to=reverse("visits:visit", args=[visit]))


@allows(access.touches_visits)
@require_POST
def note(request: HttpRequest, visit: int) -> HttpResponse:
    """One more note; the answer is the empty line for the next."""
    typed = read(NoteForm(request.POST))
    services.add_note(visit=visit, words=typed["words"], by=people.actor_from(request))
    context = {"visit": access.visit_here(request, visit)}
    answer = render(request, "visits/parts/note_form.html", context).content.decode()
    return changed(request, to=reverse("visits:visit", args=[visit]), answer=answer)


@allows(access.touches_visits)
@require_http_methods(["GET", "POST"])
def visit_papers(request: HttpRequest, visit: int) -> HttpResponse:
    """The papers of the visit; what was just uploaded comes to lie with it."""
    found = access.visit_here(request, visit)
    if request.method == "GET":
        context = {"visit": found, "papers": pages.paper_lines(found.id), "acts": pages.acts(request, found)}
        return render(request, "visits/parts/papers.html", context)
    by = people.actor_from(request)
    ids = [int(one) for one in request.POST.getlist("papers")[:20] if one.isascii() and one.isdecimal()]
    for paper in papers.papers_to_attach(ids=ids, by=by):
        services.keep_paper(visit=found.id, paper=paper.id, kind=paper.kind, by=by)
    return changed(request, to=reverse("visits:visit", args=[visit]), dialog="papers-dialog")
