"""What is done with an item: each act is a small form, sent to an address of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from counterpoint.feedback import access, pages, services
from counterpoint.feedback.data import WrongState
from counterpoint.feedback.forms.items import (
    CloseForm,
    MergeForm,
    PlanForm,
    RatingForm,
    ReasonForm,
    RouteForm,
    TextForm,
)
from counterpoint.kit.access import allows
from counterpoint.kit.data import Actor, Refusal
from counterpoint.kit.forms import read
from counterpoint.people import services as people


def _take(item: int, data: Any, by: Actor) -> None:
    services.triage(item=item, by=by)


def _text(act: Callable[..., None]) -> Callable[[int, Any, Actor], None]:
    def run(item: int, data: Any, by: Actor) -> None:
        act(item=item, text=read(TextForm(data))["text"], by=by)

    return run


def _plan(item: int, data: Any, by: Actor) -> None:
    typed = read(PlanForm(data))
    services.plan(item=item, text=typed["text"], day=typed["day"], by=by)


def _route(item: int, data: Any, by: Actor) -> None:
    typed = read(RouteForm(data, departments=list(pages.department_names().items())))
    services.route(item=item, department=typed["department"], note=typed["note"], by=by)


def _merge(item: int, data: Any, by: Actor) -> None:
    services.merge(item=item, into=read(MergeForm(data))["into"], by=by)


def _close(item: int, data: Any, by: Actor) -> None:
    form = CloseForm(data)
    typed = read(form)
    services.close(item=item, effect=form.told(), shown=typed["shown"], by=by)


def _rate(item: int, data: Any, by: Actor) -> None:
    typed = read(RatingForm(data))
    services.rate(item=item, score=typed["score"], words=typed["words"], by=by)


def _reopen(item: int, data: Any, by: Actor) -> None:
    services.reopen(item=item, reason=read(ReasonForm(data))["reason"], by=by)


ACTS: dict[str, tuple[Callable[[int, Any, Actor], None], Any]] = {
    "taking": (_take, gettext_lazy("The report is yours.")),
    "question": (_text(services.ask), gettext_lazy("The reporter is asked; the clock stands.")),
    "reply": (_text(services.reply), gettext_lazy("Your reply is with the department.")),
    "note": (_text(services.note), gettext_lazy("The note is kept.")),
    "answer": (_text(services.answer), gettext_lazy("The answer is with everybody who follows it.")),
    "plan": (_plan, gettext_lazy("It is planned, and everybody who follows it knows.")),
    "route": (_route, gettext_lazy("The report is with the other department.")),
    "merging": (_merge, gettext_lazy("It is merged; its people follow the other one.")),
    "closure": (_close, gettext_lazy("The report is closed.")),
    "rating": (_rate, gettext_lazy("Thank you.")),
    "reopening": (_reopen, gettext_lazy("It is with the department again.")),
}


#: Where on the page the form of an act stands.
FORMS = {
    "question": "text_form", "note": "text_form", "answer": "text_form", "reply": "reply_form",
    "plan": "plan_form", "route": "route_form", "merging": "merge_form", "closure": "close_form",
    "rating": "rating_form", "reopening": "reopen_form",
}  # fmt: skip


@allows(access.reports)
@require_POST
def act(request: HttpRequest, item: int, what: str) -> HttpResponse:
    """Do something with an item; a refusal is shown on its page, beside what was typed."""
    if what not in ACTS:
        raise WrongState(_("There is no such act."))
    run, said = ACTS[what]
    found = access.item_for(request, item)
    try:
        run(found.id, request.POST, people.actor_from(request))
    except Refusal as refusal:
        context = pages.item(request, access.item_for(request, item), refusal)
        pages.keep_typed(context, FORMS.get(what, ""), request.POST)
        return render(request, "feedback/item.html", context, status=refusal.status)
    messages.success(request, said)
    # Who handed it on may see it no longer.
    gone = services.find(item, by=people.actor_from(request)) is None
    return redirect("feedback:board") if gone else redirect("feedback:item", item=item)
