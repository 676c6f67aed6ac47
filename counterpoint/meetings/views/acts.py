"""What is done with a meeting or an action: each act is a small form, sent to an address of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Actor, NotFound, Refusal
from counterpoint.kit.forms import read
from counterpoint.kit.pages import is_fragment
from counterpoint.meetings import access, pages, queries, services
from counterpoint.meetings.data import Action, Meeting, MeetingMalformed, Presence, Reply
from counterpoint.meetings.forms import (
    ActionForm,
    DecisionForm,
    HandForm,
    ItemForm,
    NoteForm,
    PresenceForm,
    ReasonForm,
)
from counterpoint.meetings.views import lists
from counterpoint.people import services as people

Act = Callable[[Meeting, Any, Actor], object]


def _number(data: Any, name: str) -> int:
    text = data.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise MeetingMalformed(_("A number is needed."), field=name)
    return int(text)


def _reply(one: Meeting, data: Any, by: Actor) -> None:
    reply = data.get("reply", "")
    if reply not in (Reply.ACCEPTED, Reply.TENTATIVE, Reply.DECLINED):
        raise MeetingMalformed(_("There is no such answer."), field="reply")
    services.answer(meeting=one.id, reply=Reply(reply), whole=data.get("whole") == "1", by=by)


def _item(one: Meeting, data: Any, by: Actor) -> None:
    typed = read(ItemForm(data))
    services.add_item(
        meeting=one.id, title=typed["title"], text=typed["text"], minutes=typed["minutes"], by=by
    )


def _action(one: Meeting, data: Any, by: Actor) -> None:
    owners = [(who.person, who.name) for who in queries.attendees(one)]
    typed = read(ActionForm(data, owners=owners))
    services.assign(meeting=one.id, text=typed["text"], owner=typed["owner"], due=typed["due"], by=by)


def _presence(one: Meeting, data: Any, by: Actor) -> None:
    typed = read(PresenceForm(data))
    services.mark(
        meeting=one.id, person=typed["person"], presence=Presence(typed["presence"]), reason=typed["reason"],
        by=by,
    )  # fmt: skip


def _reason(data: Any) -> str:
    return str(read(ReasonForm(data))["reason"])


#: What is done within the record: the answer is the record again.
WITHIN: dict[str, Act] = {
    "filling": lambda one, data, by: services.fill(meeting=one.id, by=by),
    "item": _item,
    "item-off": lambda one, data, by: services.drop_item(meeting=one.id, item=_number(data, "item"), by=by),
    "next": lambda one, data, by: services.turn_to(meeting=one.id, step=1, by=by),
    "previous": lambda one, data, by: services.turn_to(meeting=one.id, step=-1, by=by),
    "decision": lambda one, data, by: services.decide(
        meeting=one.id, text=read(DecisionForm(data))["text"], by=by),
    "decision-off": lambda one, data, by: services.withdraw_decision(
        meeting=one.id, decision=_number(data, "decision"), by=by),
    "action": _action,
    "presence": _presence,
    "reply": _reply,
    "writing": lambda one, data, by: services.look(meeting=one.id, by=by),
    "written": lambda one, data, by: services.gone(meeting=one.id, by=by),
}  # fmt: skip
#: What changes the meeting itself: the page is drawn anew.
WHOLE: dict[str, tuple[Act, Any]] = {
    "start": (lambda one, data, by: services.start(meeting=one.id, by=by), gettext_lazy("The meeting runs.")),
    "final": (
        lambda one, data, by: services.finalise(meeting=one.id, revision=_number(data, "revision"), by=by),
        gettext_lazy("The minutes are final.")),
    "reopening": (
        lambda one, data, by: services.reopen(meeting=one.id, reason=_reason(data), by=by),
        gettext_lazy("The next version of the minutes is open.")),
    "cancelling": (
        lambda one, data, by: services.cancel(meeting=one.id, reason=_reason(data), by=by),
        gettext_lazy("The meeting is cancelled; its people are told.")),
    "ending": (
        lambda one, data, by: services.cancel_following(meeting=one.id, reason=_reason(data), by=by),
        gettext_lazy("This meeting and all that follow are cancelled; their people are told.")),
    "taking-over": (
        lambda one, data, by: services.take_over(series=one.series, by=by),
        gettext_lazy("You call this meeting from now on.")),
}  # fmt: skip


@allows(access.meets)
@require_POST
def act(request: HttpRequest, meeting: int, what: str) -> HttpResponse:
    """Do something with a meeting; a refusal is shown where it was asked for."""
    found, by = access.meeting_for(request, meeting), people.actor_from(request)
    run = WITHIN.get(what) or WHOLE.get(what, (None,))[0]
    if run is None:
        raise NotFound(_("There is no such act."))
    refusal = None
    try:
        run(found, request.POST, by)
    except Refusal as refused:
        refusal = refused
    if what in ("writing", "written"):
        return HttpResponse(status=204)
    return _answer(request, meeting, what, refusal)


def _answer(request: HttpRequest, meeting: int, what: str, refusal: Refusal | None) -> HttpResponse:
    status = refusal.status if refusal else 200
    if what in WITHIN and is_fragment(request):
        part = "stage" if request.POST.get("on") == "stage" else "record"
        context = pages.record(request, access.meeting_for(request, meeting), refusal)
        return render(request, f"meetings/parts/{part}.html", context, status=status)
    if refusal is not None:
        context = pages.meeting(request, access.meeting_for(request, meeting), refusal)
        return render(request, "meetings/meeting.html", context, status=status)
    if what in WHOLE:
        messages.success(request, WHOLE[what][1])
    if request.POST.get("on") == "week":
        return redirect("meetings:week")
    return redirect("meetings:screen" if request.POST.get("on") == "stage" else "meetings:meeting", meeting)


def _done(one: Action, data: Any, by: Actor) -> None:
    services.done(action=one.id, note=read(NoteForm(data))["note"], by=by)


def _dropped(one: Action, data: Any, by: Actor) -> None:
    services.drop(action=one.id, reason=_reason(data), by=by)


def _handed(one: Action, data: Any, by: Actor) -> None:
    typed = read(HandForm(data))
    person = people.person_by_number(typed["number"])
    owner = person.id if person else 0
    services.hand(action=one.id, owner=owner, due=typed["due"], reason=typed["reason"], by=by)


ON_ACTION: dict[str, tuple[Callable[[Action, Any, Actor], None], Any]] = {
    "done": (_done, gettext_lazy("The action is done.")),
    "dropped": (_dropped, gettext_lazy("The action is dropped.")),
    "handed": (_handed, gettext_lazy("The action is handed on.")),
}


@allows(access.meets)
@require_POST
def act_on_action(request: HttpRequest, action: int, what: str) -> HttpResponse:
    """Close an action, or hand it on; a refusal is shown on its page."""
    one, by = access.action_for(request, action), people.actor_from(request)
    if what not in ON_ACTION:
        raise NotFound(_("There is no such act."))
    run, said = ON_ACTION[what]
    try:
        run(one, request.POST, by)
    except Refusal as refusal:
        return lists.action_page(request, action, refusal)
    messages.success(request, said)
    back = request.POST.get("back", "")
    return redirect("meetings:meeting", int(back)) if back.isdecimal() else redirect("meetings:actions")
