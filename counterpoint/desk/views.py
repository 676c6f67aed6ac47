"""The desk's pages and fragments."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.customers import services as customers
from counterpoint.desk import board as boards
from counterpoint.desk import contexts, place, serving
from counterpoint.desk.access import at_the_counter, signed_in, watches_the_branch
from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.teller import services as teller
from counterpoint.vault import services as vault


def _changed(request: HttpRequest, *events: str) -> HttpResponse:
    """The visit column, and word to the other parts that the customer is another."""
    response = render(request, "desk/parts/visit.html", contexts.visit(request))
    response["HX-Trigger"] = ", ".join(("customer-changed", *events))
    return response


@require_GET
@allows(signed_in)
def home(request: HttpRequest) -> HttpResponseRedirect:
    """To where this person works."""
    if people.can(request, Duty.CASH):
        return redirect("desk:desk")
    if people.can(request, Duty.BOARD):
        return redirect("desk:board")
    return redirect("people:account")


@require_GET
@allows(at_the_counter)
def desk(request: HttpRequest) -> HttpResponse:
    """The teller's screen."""
    held = place.resume(request)
    if held is None:
        return redirect("desk:choice")
    context = (
        contexts.operations(request) | contexts.visit(request) | contexts.customer(request)
        | contexts.procedure(None) | {"desk": held}
    )  # fmt: skip
    return render(request, "desk/desk.html", context)


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
def done(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/parts/done.html", contexts.visit(request))


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
    return render(request, "desk/parts/procedure.html", contexts.procedure(code))


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
    """Serve this customer from now on."""
    serving.begin(request, customers.party(party).id)
    return _changed(request)


@require_POST
@allows(at_the_counter)
def finish(request: HttpRequest) -> HttpResponse:
    """The customer has left."""
    serving.finish(request)
    return _changed(request, "serving-finished")


@require_GET
@allows(watches_the_branch)
def board(request: HttpRequest) -> HttpResponse:
    """The branch now, live."""
    template = "desk/parts/board.html" if is_fragment(request) else "desk/board.html"
    return render(request, template, boards.context(request))
