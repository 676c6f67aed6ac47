"""Sign-in, the lock of the screen, activity."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.conf import settings
from django.contrib import auth
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.kit.access import allows
from counterpoint.people import lockout, reference
from counterpoint.people.access import signed_in
from counterpoint.people.data import LockedOut, SecondPersonRefused
from counterpoint.people.forms import ConfirmPasskeyForm, SignInForm
from counterpoint.people.labels import role_name
from counterpoint.people.models import LoginSession
from counterpoint.people.services import presence
from counterpoint.people.services.second import check_password

#: After so many wrong passwords at a locked screen the session ends.
UNLOCK_TRIES = 3


class SignIn(LoginView):
    """The sign-in page; in demo mode it shows the demo's people."""

    form_class = SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["demo_people"] = demo_people() if settings.DEMO else []
        context["demo_password"] = reference.DEMO_PASSWORD if settings.DEMO else ""
        return context


def demo_people() -> list[dict[str, str]]:
    return [
        {"number": number, "name_zh": zh, "name_en": en, "role": role_name(role)}
        for number, zh, en, role, _home, _branch in reference.DEMO_PEOPLE
    ]


def _row(request: HttpRequest) -> LoginSession:
    return LoginSession.objects.get(pk=request.session.session_key)


@allows(signed_in)
@never_cache
@require_http_methods(["GET", "POST"])
def lock(request: HttpRequest) -> HttpResponse:
    """The lock's dialog; a POST locks this screen now."""
    row = _row(request)
    if request.method == "POST" and row.locked_at is None:
        presence.lock_session(row=row, reason="asked", by=presence.actor_from(request))
    if request.method == "POST" and request.headers.get("Accept") != "application/json":
        return render(request, "people/locked.html", {"next": _next(request)}, status=423)
    passkey = is_mfa_enabled(request.user, [Authenticator.Type.WEBAUTHN])
    return render(request, "people/lock_form.html", {"next": _next(request), "passkey": passkey})


@allows(signed_in)
@sensitive_post_parameters()
@never_cache
@require_POST
def unlock(request: HttpRequest) -> HttpResponse:
    """Unlock with the password or a passkey; too many failures end the session."""
    row = _row(request)
    problem = _refused(request)
    if not problem:
        method = "passkey" if request.POST.get("credential") else "password"
        presence.unlock_session(row=row, method=method, by=presence.actor_from(request))
        return _answer(request, {"unlocked": True}, url=_next(request))
    if presence.count_failed_unlock(row) >= UNLOCK_TRIES:
        by = presence.actor_from(request)
        presence.end_session(session=str(row.public), person=by.id, reason="unlocking", by=by)
        auth.logout(request)
        return _answer(request, {"signed_out": True}, url=reverse("account_login"))
    return _answer(request, {"message": problem}, url="")


def _refused(request: HttpRequest) -> str:
    """Why the screen stays locked; empty when the person is proved."""
    bare = lockout.plain_request(request)
    try:
        if request.POST.get("credential"):
            form = ConfirmPasskeyForm(user=request.user, data=request.POST)
            return "" if form.is_valid() else _("The passkey was not accepted.")
        check_password(
            username=request.user.get_username(), password=request.POST.get("password", ""), bare=bare
        )
    except LockedOut as refusal:
        return str(refusal)
    except (SecondPersonRefused, ValidationError):
        return _("The password is wrong.")
    return ""


def _answer(request: HttpRequest, body: dict[str, Any], *, url: str) -> HttpResponse:
    if request.headers.get("Accept") == "application/json":
        return JsonResponse(body | {"url": url})
    if url:
        return HttpResponseRedirect(url)
    return render(request, "people/locked.html", {"next": _next(request), **body}, status=423)


def _next(request: HttpRequest) -> str:
    """Where to go on, on this site only."""
    wish = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wish, {request.get_host()}, require_https=request.is_secure())
    return wish if safe else str(settings.LOGIN_REDIRECT_URL)


@allows(signed_in)
@never_cache
@require_GET
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to ask for the passkey."""
    return JsonResponse({"request_options": begin_authentication(request.user)})


@allows(signed_in)
@never_cache
@require_POST
def activity(request: HttpRequest) -> HttpResponse:
    """Somebody types here: the idle clock starts anew (the middleware has done it)."""
    return HttpResponse(status=204)
