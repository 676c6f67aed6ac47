"""Who talks with whom: new conversations, members of a group."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from counterpoint.kit.access import allows
from counterpoint.kit.data import Actor, Refusal
from counterpoint.kit.forms import read
from counterpoint.kit.pages import is_fragment
from counterpoint.people import services as people
from counterpoint.people.services import actor_from
from counterpoint.talk import access, pages, services
from counterpoint.talk.data import Kind, TalkMalformed
from counterpoint.talk.forms import ClassForm, HoldForm, MemberForm, PeopleForm, PersonForm, TitleForm
from counterpoint.talk.labels import KINDS, PRESENCES, RETENTIONS
from counterpoint.talk.views.answers import refused, spoken


def _number(text: str) -> int:
    found = people.person_by_number(text)
    if found is None:
        raise TalkMalformed(_("There is nobody with the number %(n)s.") % {"n": text[:20]}, field="people")
    return found.id


def _staff(request: HttpRequest) -> list[Any]:
    """The people of the own branch, to choose from."""
    by = actor_from(request)
    return [one for one in people.staff_of(branches=(by.branch or 0,))[:200] if one.id != by.id]


@allows(access.talks)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Talk with one person, or open a group."""
    form = PeopleForm(request.POST if request.method == "POST" else None, label_suffix="")
    refusal = None
    if request.method == "POST":
        try:
            typed, by = read(form), actor_from(request)
            ids = [_number(one) for one in typed["people"].replace(",", " ").replace("，", " ").split()]
            if len(set(ids)) == 1 and not typed["title"].strip():
                return redirect("talk:with", person=ids[0])
            return redirect(
                "talk:channel", channel=services.open_group(title=typed["title"], people=ids, by=by)
            )
        except Refusal as found:
            refusal = found
    context = {"form": form, "refusal": refusal, "staff": _staff(request)}
    return render(request, "talk/new.html", context, status=refusal.status if refusal else 200)


@allows(access.talks)
@require_GET
def direct(request: HttpRequest, person: int) -> HttpResponse:
    """The conversation with somebody; an empty one until somebody says something."""
    by = actor_from(request)
    other = services.partner(person, by)
    known = services.direct_with(person, by=by)
    if known is not None:
        return redirect("talk:channel", channel=known)
    where = services.presence([person])
    context = pages.listed(request, None) | pages.first(other, where[person])
    return render(request, "talk/channel.html", context)


@allows(access.talks)
@require_POST
def first(request: HttpRequest, person: int) -> HttpResponse:
    """The first message to somebody opens the conversation."""
    try:
        channel = spoken(request, lambda by: services.direct(person=person, by=by))
    except Refusal as refusal:
        return refused(request, refusal)
    if is_fragment(request):
        return HttpResponseClientRedirect(reverse("talk:channel", args=[channel]))
    return redirect("talk:channel", channel=channel)


@allows(access.talks)
@require_GET
def about(request: HttpRequest, channel: int) -> HttpResponse:
    """Who is in it, and for how long it is kept."""
    return _about(request, channel)


def _about(request: HttpRequest, channel: int, refusal: Refusal | None = None) -> HttpResponse:
    by, found = actor_from(request), access.channel_for(request, channel)
    members = services.members_of(channel, by=by)
    where = services.presence(one.person for one in members)
    group = found.kind is Kind.GROUP
    context = {
        "channel": found, "kind": KINDS[found.kind], "group": group, "refusal": refusal, "by": by.id,
        "members": [(one, PRESENCES[where[one.person]]) for one in members],
        "owns": group and found.owner == by.id and found.writes, "may_leave": group and found.writes,
        "retention": RETENTIONS[found.retention], "examines": access.may_examine(request),
        "days": services.days_kept(found.retention), "staff": _staff(request),
        "member_form": MemberForm(label_suffix="", auto_id="member_%s"),
        "title_form": TitleForm(initial={"title": found.title}, label_suffix="", auto_id="title_%s"),
        "hold_form": HoldForm(label_suffix="", auto_id="hold_%s"),
        "class_form": ClassForm(initial={"retention": found.retention}, label_suffix="", auto_id="class_%s"),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return render(request, "talk/about.html", context, status=status)


def _add(channel: int, data: Any, by: Actor) -> None:
    services.add_member(channel=channel, person=_number(read(MemberForm(data))["number"]), by=by)


def _remove(channel: int, data: Any, by: Actor) -> None:
    services.remove_member(channel=channel, person=read(PersonForm(data))["person"], by=by)


def _rename(channel: int, data: Any, by: Actor) -> None:
    services.rename(channel=channel, title=read(TitleForm(data))["title"], by=by)


def _leave(channel: int, data: Any, by: Actor) -> None:
    services.leave(channel=channel, by=by)


ACTS = {
    "adding": (_add, gettext_lazy("The new member reads what is said from now on.")),
    "removal": (_remove, gettext_lazy("The member is out of the group.")),
    "name": (_rename, gettext_lazy("The group has its new name.")),
    "leaving": (_leave, gettext_lazy("You have left the group; what was said until now you can still read.")),
}


@allows(access.talks)
@require_POST
def act(request: HttpRequest, channel: int, what: str) -> HttpResponse:
    """Do something with a group."""
    if what not in ACTS:
        raise TalkMalformed(_("There is no such act."))
    access.channel_for(request, channel)
    run, words = ACTS[what]
    try:
        run(channel, request.POST, actor_from(request))
    except Refusal as refusal:
        return _about(request, channel, refusal)
    messages.success(request, words)
    return redirect("talk:channel" if what == "leaving" else "talk:about", channel=channel)
