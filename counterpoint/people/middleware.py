"""What stands between a session and every page: the idle lock, the age limit, the first steps."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.kit.clock import now
from counterpoint.kit.data import SYSTEM
from counterpoint.kit.pages import problem
from counterpoint.people.data import RecentSignInNeeded, SecondFactorNeeded, SessionLocked, SignInNeeded
from counterpoint.people.services import presence
from counterpoint.people.services.permission import one_look

#: Writing the time of every request would cost a write a request; this much may be lost.
RESOLUTION = timedelta(seconds=15)
READY = "people.ready"

LOCK_PAGES = frozenset(
    {"account_logout", "people:lock", "people:unlock", "people:unlock_passkey", "ui:language"}
)
FIRST_STEP_PAGES = LOCK_PAGES | {
    "people:first_steps", "people:activity", "account_change_password", "account_reauthenticate", "ui:ticket",
}  # fmt: skip
#: Fields of a refused form that are never shown again.
SECRET_FIELDS = (
    "csrfmiddlewaretoken",
    "password",
    "oldpassword",
    "password1",
    "password2",
    "code",
    "credential",
)


class PresenceMiddleware:
    """Locks idle screens, ends old sessions, leads newcomers through their first steps."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with one_look() if request.method in ("GET", "HEAD") else nullcontext():
            response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            # The back button of the next person must not show what this one saw.
            response["Cache-Control"] = "no-store, private"
        return response

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        row = getattr(request.session, "row", None) if request.user.is_authenticated else None
        if row is None or request.resolver_match is None:
            return None
        page = request.resolver_match.view_name
        moment = now()
        if moment - row.opened_at > presence.age_limit():
            return self._end(request, row)
        if row.locked_at is not None or moment - row.seen_at > presence.idle_limit():
            return self._locked(request, row, page)
        if _is_activity(request) and moment - row.seen_at > min(RESOLUTION, presence.idle_limit() / 4):
            presence.touch(row)
        return self._first_step(request, page)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Refusals that signing in would mend become the way there, and back."""
        if request.path.startswith("/api/"):
            return None
        if isinstance(exception, SignInNeeded):
            return _go(request, reverse("account_login"), back=True)
        if isinstance(exception, RecentSignInNeeded):
            return _go(request, reverse("account_reauthenticate"), back=True)
        if isinstance(exception, SecondFactorNeeded):
            return _go(request, reverse("people:first_steps"))
        return None

    def _end(self, request: HttpRequest, row: Any) -> HttpResponse:
        presence.end_session(session=str(row.public), person=row.person_id, reason="age", by=SYSTEM)
        auth.logout(request)
        return _go(request, reverse("account_login"), back=True)

    def _locked(self, request: HttpRequest, row: Any, page: str) -> HttpResponse | None:
        if row.locked_at is None:
            presence.lock_session(row=row, reason="idle", by=presence.actor_of(request.user))
            row.locked_at = now()
        if page in LOCK_PAGES:
            return None
        return locked_answer(request)

    def _first_step(self, request: HttpRequest, page: str) -> HttpResponse | None:
        if request.session.get(READY) or page in FIRST_STEP_PAGES or page.startswith("mfa_"):
            return None
        if request.user.must_change_password:  # type: ignore[union-attr]
            return _go(request, reverse("account_change_password"))
        if not request.session.get(presence.SECOND_FACTOR) and presence.must_carry_second_factor(
            person=int(request.user.pk or 0)
        ):
            return _go(request, reverse("people:first_steps"))
        request.session[READY] = True
        return None


def _is_activity(request: HttpRequest) -> bool:
    """What a person does, not what a page does by itself: a signal refetches fragments all night."""
    return request.method not in ("GET", "HEAD") or request.headers.get("HX-Request") != "true"


def _here(request: HttpRequest) -> str:
    """Where to come back to: the page, also when only a part of it was asked for."""
    if request.headers.get("HX-Request") == "true" or request.method not in ("GET", "HEAD"):
        current = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
        host = f"{request.scheme}://{request.get_host()}"
        return current.removeprefix(host) if current.startswith(f"{host}/") else "/"
    return request.get_full_path()


def _go(request: HttpRequest, url: str, *, back: bool = False) -> HttpResponse:
    if back:
        url = f"{url}?{urlencode({'next': _here(request)})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def locked_answer(request: HttpRequest) -> HttpResponse:
    """423: the page shows its dialog; a whole page shows the lock and keeps the refused form."""
    refusal = SessionLocked(_("The screen is locked."))
    if request.path.startswith("/api/") or request.headers.get("Accept", "").startswith("application/json"):
        return problem(refusal)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(
            str(refusal), status=423, headers={"HX-Reswap": "none", "HX-Trigger": "people:locked"}
        )
    kept = [(k, v) for k, values in request.POST.lists() if k not in SECRET_FIELDS for v in values]
    repeat = request.method == "POST"
    next_ = _here(request) if repeat else request.get_full_path()
    context = {"next": next_, "kept": kept, "repeat": request.get_full_path() if repeat else ""}
    return render(request, "people/locked.html", context, status=423)
