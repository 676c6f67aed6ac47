"""My account 我的账户: second factor, passkeys, recovery codes, password, open sessions."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.people import lockout, queries, queries_delegations
from counterpoint.people.access import signed_in
from counterpoint.people.data import SecondPersonRefused, WeakPassword
from counterpoint.people.forms import PasswordForm
from counterpoint.people.labels import STATE_NAMES, duty_name, place_name, role_name
from counterpoint.people.services import presence
from counterpoint.people.services.second import check_password
from counterpoint.people.services.staff import change_password


def _factors(request: HttpRequest) -> dict[str, Any]:
    rows = Authenticator.objects.filter(user=request.user.pk).order_by("id")
    return {
        "totp": next((r for r in rows if r.type == Authenticator.Type.TOTP), None),
        "passkeys": [r for r in rows if r.type == Authenticator.Type.WEBAUTHN],
        "codes": next((r for r in rows if r.type == Authenticator.Type.RECOVERY_CODES), None),
    }


@allows(signed_in)
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """The account page."""
    who = presence.actor_from(request)
    roles = [
        (role_name(a.role), a, STATE_NAMES[a.state])
        for a in queries.assignments_of(who.id)
        if a.state == "in_force"
    ]
    sessions = queries.sessions_of(who.id, current=request.session.session_key)
    lent = [
        (duty_name(one.duty), place_name(one.branch), one)
        for one in queries_delegations.received_now(who.id)
        if one.state == "in_force"
    ]
    context = _factors(request) | {"roles": roles, "lent": lent, "sessions": sessions}
    return render(request, "people/account.html", context)


@allows(signed_in)
@require_GET
def factors(request: HttpRequest) -> HttpResponse:
    """The account page, under the names that the package for sign-in knows."""
    return redirect("people:account")


@allows(signed_in)
@require_GET
def first_steps(request: HttpRequest) -> HttpResponse:
    """Leads somebody whose duties need a second factor to set one up."""
    if request.session.get(presence.SECOND_FACTOR):
        return redirect("/")
    return render(request, "people/first_steps.html", _factors(request))


@allows(signed_in)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Choose a new password; a wrong old one counts towards the lock-out."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _changed(request, form):
        messages.success(request, _("The password is changed. Your other sessions have ended."))
        return redirect("people:account")
    must = request.user.must_change_password  # type: ignore[union-attr]
    return render(request, "people/password.html", {"form": form, "must": must})


def _changed(request: HttpRequest, form: PasswordForm) -> bool:
    data, bare = form.cleaned_data, lockout.plain_request(request)
    try:
        row = check_password(username=request.user.get_username(), password=data["oldpassword"], bare=bare)
        change_password(person=row.pk, password=data["password1"], by=presence.actor_from(request))
    except SecondPersonRefused:
        form.add_error("oldpassword", _("The password is wrong."))
        return False
    except WeakPassword as refusal:
        form.add_error("password1", str(refusal))
        return False
    except Refusal as refusal:
        form.add_error("oldpassword", str(refusal))
        return False
    row.refresh_from_db()
    update_session_auth_hash(request, row)
    return True


@allows(signed_in)
@require_POST
def session_ending(request: HttpRequest, session: str) -> HttpResponse:
    """End one of my sessions."""
    who = presence.actor_from(request)
    presence.end_session(session=session, person=who.id, reason="asked", by=who)
    messages.success(request, _("The session has ended."))
    return redirect("people:account")
