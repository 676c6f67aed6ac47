"""The desk's pages and fragments."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from counterpoint.customers import services as customers
from counterpoint.desk import board as boards
from counterpoint.desk import column, contexts, place
from counterpoint.desk import home as homes
from counterpoint.desk.access import at_the_counter, serves, signed_in, watches_the_branch
from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.teller import services as teller
from counterpoint.vault import services as vault
from counterpoint.visits import services as visits


def changed(request: HttpRequest, *events: str) -> HttpResponse:
    """The visit column with the panel of its customer, and word to the rest of the page.

    The two come in one answer: an account of whoever was served before must not be offered for a moment.
    """
    context = column.context(request) | contexts.customer(request) | {"with_panel": True}
    response = render(request, "desk/parts/visit.html", context)
    for event in events:
        trigger_client_event(response, event, {"target": "body"})
    return response


@require_GET
@allows(signed_in)
def home(request: HttpRequest) -> HttpResponseRedirect:
    """To where this person works."""
    if serves(request):
        return redirect("desk:desk")
    here = people.actor_from(request).branch
    # The bank and its regions have no board and no business day.
    if people.can(request, Duty.BOARD) and any(one.id == here for one in org.branches()):
        return redirect("desk:board")
    if people.can(request, Duty.AUTHORIZE_REMOTE):
        return redirect("approvals:desk")
    return redirect("desk:mine")


@require_GET
@allows(signed_in)
def mine(request: HttpRequest) -> HttpResponse:
    """The home page; a fragment of it when something has changed."""
    part = "parts/home" if is_fragment(request) else "home"
    return render(request, f"desk/{part}.html", homes.context(request))


@require_GET
@allows(at_the_counter)
def desk(request: HttpRequest) -> HttpResponse:
    """The teller's screen."""
    held = place.resume(request)
    if held is None:
        return redirect("desk:choice")
    context = (
        contexts.operations(request) | contexts.customer(request) | column.context(request)
        | contexts.procedure(request, None) | {"desk": held, "opened": _opened(request)}
    )  # fmt: skip
    return render(request, "desk/desk.html", context)


def _opened(request: HttpRequest) -> str:
    """The operation whose draft was last touched: a page that comes back goes on with it."""
    now = visits.visit_served(request)
    drafts = visits.drafts_of(now.id) if now else []
    return next((draft.operation for draft in drafts if draft.operation in teller.OPERATIONS), "")


@require_GET
@allows(at_the_counter)
def visit(request: HttpRequest) -> HttpResponse:
    """The left column, as it is now. Where the visit is another than the page knows, the rest hears of it."""
    now = visits.visit_served(request)
    was, here = request.GET.get("was", ""), str(now.id) if now else ""
    if was != here:
        return changed(request, *(["serving-finished"] if was else []))
    return render(request, "desk/parts/visit.html", column.context(request))


@require_GET
@allows(at_the_counter)
def in_line(request: HttpRequest) -> HttpResponse:
    """Who is next, as it is now."""
    return render(request, "desk/parts/next.html", column.in_line(request))


@require_http_methods(["GET", "POST", "DELETE"])
@allows(at_the_counter)
def choice(request: HttpRequest, desk: int | None = None) -> HttpResponse:
    """Choose the desk to work at; leave it."""
    if request.method == "DELETE" or (request.method == "POST" and desk is None):
        place.leave(request)
        return redirect("desk:choice")
    if request.method == "POST" and desk is not None:
        place.take(request, desk)
        return redirect("desk:desk")
    return render(request, "desk/choice.html", {"choices": place.choices(request)})


@require_GET
@allows(at_the_counter)
def customer(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/parts/customer.html", contexts.customer(request))


@require_GET
@allows(at_the_counter)
def day(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/parts/day.html", contexts.day(request))


@require_GET
@allows(at_the_counter)
def box(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/parts/box.html", contexts.box(request))


@require_POST
@allows(at_the_counter)
def box_pause(request: HttpRequest) -> HttpResponse:
    """A short absence: my box rests until I am back 暂离."""
    return _my_box(request, vault.pause_box, reason=request.POST.get("reason", "")[:200])


@require_POST
@allows(at_the_counter)
def box_resume(request: HttpRequest) -> HttpResponse:
    """Back from it."""
    return _my_box(request, vault.resume_box)


def _my_box(request: HttpRequest, verb: Callable[..., object], **more: object) -> HttpResponse:
    who, refusal = people.actor_from(request), None
    try:
        verb(box=vault.box_of(person=who.id).id, by=who, **more)
    except Refusal as found:
        refusal = found
    if not is_fragment(request) and refusal is None:
        return redirect("desk:desk")
    context = contexts.box(request) | ({"refusal": refusal} if refusal else {})
    status = refusal.status if refusal else 200
    return render(request, "desk/parts/box.html", context, status=status)


@require_GET
@allows(at_the_counter)
def operations(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/parts/operations.html", contexts.operations(request))


@require_GET
@allows(at_the_counter)
def procedure(request: HttpRequest, code: str) -> HttpResponse:
    return render(request, "desk/parts/procedure.html", contexts.procedure(request, code))


@require_GET
@allows(at_the_counter)
def code(request: HttpRequest) -> HttpResponse:
    """What was typed into the operation code box: one match opens, several are offered."""
    typed = request.GET.get("code", "")[:40]
    found = teller.find(typed) if typed.strip() else []
    if len(found) == 1 or (found and found[0].code == typed.strip()):
        return redirect(contexts.operation_url(request, found[0]))
    lines = [contexts.operation_line(operation) for operation in found]
    context = (
        {"operations": lines, "typed": typed} if lines else contexts.operations(request) | {"typed": typed}
    )
    return render(request, "desk/parts/operations.html", context | {"unknown": bool(typed) and not lines})


@require_GET
@allows(at_the_counter)
def find(request: HttpRequest) -> HttpResponse:
    """The customers whom the query may mean."""
    query = request.GET.get("q", "").strip()[:60]
    hits = (
        customers.search(query=query, purpose="counter", by=people.actor_from(request), limit=8)
        if query
        else []
    )
    return render(
        request, "desk/parts/found.html", {"query": query, "hits": hits, "more": getattr(hits, "more", False)}
    )


@require_POST
@allows(at_the_counter)
def serve(request: HttpRequest, party: int) -> HttpResponse:
    """Serve this customer from now on; a visit that waits for them goes on where it stopped."""
    by, now = people.actor_from(request), visits.visit_served(request)
    if now is not None and now.party is None:
        visits.identify(visit=now.id, party=party, by=by)
    else:
        visits.serve_party(party=party, by=by)
    return served(request)


def served(request: HttpRequest) -> HttpResponse:
    """The column of the visit that is served now; the draft that lies with it opens."""
    visits.forget_served(request)
    response = changed(request)
    opened = _opened(request)
    if opened:
        trigger_client_event(response, "visit-open", {"target": "body", "operation": opened})
    return response


@require_POST
@allows(at_the_counter)
def finish(request: HttpRequest) -> HttpResponse:
    """The customer has left."""
    now = visits.visit_served(request)
    if now is not None:
        visits.finish(visit=now.id, by=people.actor_from(request))
        visits.forget_served(request)
    return changed(request, "serving-finished")


@require_GET
@allows(watches_the_branch)
def board(request: HttpRequest) -> HttpResponse:
    """The branch now, live."""
    template = "desk/parts/board.html" if is_fragment(request) else "desk/board.html"
    return render(request, template, boards.context(request))
