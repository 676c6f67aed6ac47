"""Lock-out 登录锁定: who fails too often waits, whether or not such a person exists.

django-axes counts; here is what it counts by. A person's number locks after a few failures from
anywhere. An address locks only after many: behind one address there may be a whole branch.
"""

from __future__ import annotations

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

#: Failures of one address count this much less than failures of one person.
ADDRESS_SHARE = 10


class LockOutHandler(AxesDatabaseHandler):
    """Axes, with two limits and with the failures of known people in the journal."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        by_person, by_address = (
            attempts.aggregate(sum=Sum("failures_since_start"))["sum"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        return max(by_person, by_address // ADDRESS_SHARE)

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        already = getattr(request, "axes_locked_out", False)
        super().user_login_failed(sender, credentials, request, **kwargs)
        if request is not None and not already:
            _tell(request, str(credentials.get("username") or ""))

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """A success clears what the person failed, never what the address failed with others."""
        by_person, _by_address = self.filter_user_attempts(request, credentials)
        count: int = by_person.delete()[0]
        return count


def _tell(request: HttpRequest, number: str) -> None:
    from counterpoint.people.models import Staff
    from counterpoint.people.services.presence import note_refused_sign_in

    known = Staff.objects.filter(username=number).first()
    if known is not None:
        note_refused_sign_in(row=known, address=address_of(request), locked=bool(request.axes_locked_out))  # type: ignore[attr-defined]


def address_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR") or "")


def plain_request(request: HttpRequest | None) -> HttpRequest:
    """A request that names the address and nothing else, for checks beside the sign-in page.

    Axes keeps the form of a failed request, so the real one would put another form's fields into
    its table; and it marks the request as locked out, which would replace the caller's page.
    """
    bare = HttpRequest()
    bare.method = "POST"
    if request is not None:
        for name in ("REMOTE_ADDR", "HTTP_USER_AGENT", "PATH_INFO"):
            if name in request.META:
                bare.META[name] = request.META[name]
    return bare


def minutes() -> int:
    return int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)


def message() -> str:
    """What somebody reads who is locked out; the same for people who do not exist."""
    return _("Too many failed attempts. Wait %(minutes)d minutes, or ask an administrator.") % {
        "minutes": minutes()
    }


def refused(
    request: HttpRequest, response: HttpResponseBase | None = None, credentials: Any = None
) -> HttpResponse:
    """The page for who is locked out."""
    return render(request, "people/locked_out.html", {"message": message()}, status=429)
