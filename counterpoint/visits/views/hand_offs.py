"""Hand-offs: the dialog, what the receiver answers, and the page of all that waits for somebody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.forms import read
from counterpoint.kit.pages import is_fragment
from counterpoint.people import services as people
from counterpoint.visits import access, pages, queries_screens, receivers, services
from counterpoint.visits.data import Target
from counterpoint.visits.forms.visits import HandOffForm, WordsForm
from counterpoint.visits.frame import my_duties
from counterpoint.visits.views.answers import changed


@allows(access.serves_customers)
@require_http_methods(["GET", "POST"])
def hand_off(request: HttpRequest, visit: int) -> HttpResponse:
    """Choose to whom the visit goes, and write what they have to know."""
    found, by = access.visit_here(request, visit), people.actor_from(request)
    if request.method == "GET":
        choices = receivers.choices(by)
        context = {
            "visit": found, "form": HandOffForm(), "desks": choices[Target.DESK],
            "colleagues": choices[Target.PERSON], "duties": choices[Target.DUTY],
        }  # fmt: skip
        return render(request, "visits/parts/hand_off_dialog.html", context)
    form = HandOffForm(request.POST)
    typed = read(form)
    services.hand_off(visit=found.id, note=typed["note"], by=by, **form.receiver())
    return changed(request, to=reverse("visits:visit", args=[found.id]), dialog="hand-off-dialog")


@allows(access.serves_customers)
@require_POST
def accept(request: HttpRequest, hand_off: int) -> HttpResponse:
    """The receiver serves it from now on; the draft that came with it opens."""
    by = people.actor_from(request)
    found = services.accept(hand_off=hand_off, by=by)
    drafts = services.drafts_of(found.id)
    to = "/" if by.desk else reverse("visits:visit", args=[found.id])
    return changed(request, to=to, opens=drafts[0].operation if drafts else "")


@allows(access.serves_customers)
@require_http_methods(["GET", "POST"])
def give_back(request: HttpRequest, hand_off: int) -> HttpResponse:
    """The receiver gives it back, and says why."""
    if request.method == "GET":
        context = {"hand_off": access.hand_off_here(request, hand_off), "form": WordsForm()}
        return render(request, "visits/parts/return_dialog.html", context)
    typed = read(WordsForm(request.POST))
    services.return_(hand_off=hand_off, words=typed["words"], by=people.actor_from(request))
    return changed(request, to=reverse("visits:inbox"), said=_("Given back."), dialog="return-dialog")


@allows(access.serves_customers)
@require_POST
def take_back(request: HttpRequest, hand_off: int) -> HttpResponse:
    """The giver takes it back, as long as nobody has accepted it."""
    found = services.withdraw(hand_off=hand_off, by=people.actor_from(request))
    return changed(request, to=reverse("visits:visit", args=[found.visit]))


def inbox_context(request: HttpRequest) -> dict[str, Any]:
    """Hand-offs to me, calls for help that I could answer, and those in which I am."""
    who = people.actor_from(request)
    branch, duties = who.branch or 0, my_duties(request)
    handed = services.inbox(person=who.id, desk=who.desk, duties=duties, branch=branch)
    known = {one.visit.id: one for one in pages.lines(services.visit(one.visit) for one in handed)}
    calls = services.open_calls(branch)
    mine = set(queries_screens.help_of(who.id))
    return {
        "branch": branch, "me": who, "desks": pages.desk_numbers(branch),
        "handed": [(one, known[one.visit]) for one in handed],
        "calls": [one for one in calls if one.helper is None and one.asker != who.id and one.duty in duties],
        "joined": [one for one in calls if one.id in mine],
        "theirs": pages.lines(services.visits_with(who.id, branch=branch)),
    }  # fmt: skip


@allows(access.sees_visits)
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Everything that waits for me, live."""
    template = "visits/parts/inbox.html" if is_fragment(request) else "visits/inbox.html"
    return render(request, template, inbox_context(request))
