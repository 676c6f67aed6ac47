"""My own mail: what comes, when, where to; and my letters."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.forms import read
from counterpoint.mail import access, pages, services
from counterpoint.mail.data import Preference
from counterpoint.mail.forms import AddressForm, PreferenceForm
from counterpoint.people import services as people


def _form(view: Preference, data: Any = None) -> PreferenceForm:
    initial: dict[str, Any] = {
        "language": view.language, "start": view.hours.start, "end": view.hours.end,
    } | {f"way_{kind}": str(way) for kind, way in view.ways.items()}  # fmt: skip
    return PreferenceForm(data, kinds=services.kinds(), initial=initial)


def _page(request: HttpRequest, form: PreferenceForm | None = None, **more: Any) -> HttpResponse:
    who = people.actor_from(request)
    page = pages.page_of(request)
    found = services.letters(person=who.id, page=page)
    context = {
        "form": form or _form(services.preference_of(who.id)), "address": services.address_of(who.id),
        "address_form": AddressForm(label_suffix=""), "lines": [pages.line(one) for one in found.lines],
        "next": f"?page={page + 1}" if found.more else "",
        "previous": f"?page={page - 1}" if page > 1 else "",
    } | more  # fmt: skip
    refusal = more.get("refusal")
    status = refusal.status if refusal else 422 if form and form.errors else 200
    return render(request, "mail/mine.html", context, status=status)


@allows(access.has_mail)
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """My preferences, and what was written to me."""
    if request.method == "GET":
        return _page(request)
    who = people.actor_from(request)
    form = _form(services.preference_of(who.id), request.POST)
    if not form.is_valid():
        return _page(request, form)
    try:
        services.choose(language=form.cleaned_data["language"], hours=form.hours(), ways=form.ways(), by=who)
    except Refusal as refusal:
        return _page(request, form, refusal=refusal)
    messages.success(request, _("Your choice is kept."))
    return redirect("mail:mine")


@allows(access.has_mail)
@require_POST
def address(request: HttpRequest) -> HttpResponse:
    """Ask for letters at another address."""
    form = AddressForm(request.POST, label_suffix="")
    try:
        services.ask_address(email=read(form)["email"], by=people.actor_from(request))
    except Refusal as refusal:
        return _page(request, refusal=refusal, address_form=form)
    messages.success(request, _("A link was sent there. Follow it within a day."))
    return redirect("mail:mine")


@allows(access.has_mail)
@require_http_methods(["GET", "POST"])
def verification(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the letter: a button, as programs that look at mails follow links, too."""
    if request.method == "GET":
        return render(request, "mail/verification.html", {"token": token})
    email = services.verify_address(token=token, by=people.actor_from(request))
    messages.success(request, _("Letters come to %(email)s from now on.") % {"email": email})
    return redirect("mail:mine")


@allows(access.has_mail)
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """The part of the account page: where letters go, and the way to the rest."""
    who = people.actor_from(request)
    context = {"address": services.address_of(who.id)}
    return render(request, "mail/parts/account.html", context)
