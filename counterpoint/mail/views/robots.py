"""Robots of group chats: added, tried, turned off and on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.forms import read
from counterpoint.mail import access, pages, services
from counterpoint.mail.data import BotKind
from counterpoint.mail.forms import BotForm
from counterpoint.org import services as org
from counterpoint.people import services as people


def _form(data: Any = None) -> BotForm:
    places = [(0, _("Whole bank")), *((one.id, one.name) for one in org.units())]
    return BotForm(data, branches=places, kinds=services.announced_kinds(), initial={"kinds": ["notices"]})


@allows(access.runs_post)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def bots(request: HttpRequest) -> HttpResponse:
    """Every robot with how it fares, and a new one."""
    form, refusal = _form(request.POST or None), None
    if request.method == "POST":
        try:
            typed = read(form)
            made = services.add_bot(
                kind=BotKind(typed["kind"]), branch=typed["branch"], name=typed["name"],
                address=typed["address"], signing_secret=typed["signing_secret"], language=typed["language"],
                kinds=typed["kinds"], by=people.actor_from(request),
            )  # fmt: skip
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, _("The robot “%(name)s” is added. Test it.") % {"name": made.name})
            return redirect("mail:bots")
    context = pages.frame(request, "bots") | {
        "bots": [pages.bot(one) for one in services.bots()], "form": form, "refusal": refusal,
    }  # fmt: skip
    return render(request, "mail/bots.html", context, status=refusal.status if refusal else 200)


@allows(access.runs_post)
@require_POST
def trial(request: HttpRequest, bot: int) -> HttpResponse:
    """Let it say that it works."""
    services.try_bot(bot=bot, by=people.actor_from(request))
    messages.success(request, _("The test is on its way; the list of letters shows what comes of it."))
    return redirect("mail:letters")


@allows(access.runs_post)
@require_POST
def switch(request: HttpRequest, bot: int) -> HttpResponse:
    """Turn it off, or on again."""
    on = request.POST.get("on") == "1"
    services.turn_bot(bot=bot, on=on, by=people.actor_from(request))
    messages.success(request, _("The robot is on.") if on else _("The robot is off."))
    return redirect("mail:bots")
