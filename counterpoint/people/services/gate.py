"""Rules for ``@allows``: signed in; has a duty where the session works; proved it lately."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from counterpoint.kit.clock import now
from counterpoint.people.data import (
    GUARDED_DUTIES,
    Duty,
    RecentSignInNeeded,
    SecondFactorNeeded,
    SignInNeeded,
)
from counterpoint.people.services.permission import check_may, duties_held
from counterpoint.people.services.presence import SECOND_FACTOR, actor_from


def signed_in(request: HttpRequest) -> None:
    """Somebody is signed in; a page asks them to, and comes back here afterwards."""
    if not is_machine(request) and not request.user.is_authenticated:
        raise SignInNeeded(_("Sign in first."))


def is_machine(request: HttpRequest) -> bool:
    """A machine with a token asks; a token is something it has, and stands for both factors."""
    return getattr(request, "machine", None) is not None


def has_duty(duty: Duty) -> Callable[[HttpRequest], None]:
    """A rule: the person signed in has ``duty`` at the branch where the session works."""

    def rule(request: HttpRequest) -> None:
        signed_in(request)
        if duty not in held(request):
            who = actor_from(request)
            check_may(person=who.id, duty=duty, branch=who.branch or 0)
        if is_machine(request) or settings.DEMO or duty not in GUARDED_DUTIES:
            return
        if not request.session.get(SECOND_FACTOR):
            raise SecondFactorNeeded(_("This needs a sign-in with a second factor."))

    rule.__name__ = f"has_duty_{duty}"
    rule.duty = duty  # type: ignore[attr-defined]
    return rule


def has_any(*duties: Duty) -> Callable[[HttpRequest], None]:
    """A rule: one of these duties is enough; who has none hears why not the first."""

    def rule(request: HttpRequest) -> None:
        signed_in(request)
        has_duty(next((duty for duty in duties if duty in held(request)), duties[0]))(request)

    rule.__name__ = "has_any_" + "_".join(duties)
    return rule


def can(request: HttpRequest, duty: Duty) -> bool:
    """Has the person signed in this duty here? For buttons and for the rail."""
    if not is_machine(request) and not request.user.is_authenticated:
        return False
    return duty in held(request)


def held(request: HttpRequest) -> frozenset[Duty]:
    """The duties of who is signed in, where the session works; looked up once a request.

    A page asks for each room of the rail and for each button, and its parts ask again.
    """
    who = actor_from(request)
    known: dict[tuple[int, int | None], frozenset[Duty]] = request.__dict__.setdefault("_duties", {})
    if (who.id, who.branch) not in known:
        known[who.id, who.branch] = duties_held(person=who.id, branch=who.branch or 0)
    return known[who.id, who.branch]


def require_recent(request: HttpRequest, minutes: int) -> None:
    """Step-up: the person proved who they are in this session within the last minutes.

    The refusal becomes a redirect to the page that asks again, and comes back afterwards.
    """
    signed_in(request)
    proofs = [record["at"] for record in get_authentication_records(request, request.user)]
    if not proofs or now().timestamp() - max(proofs) > minutes * 60:
        raise RecentSignInNeeded(_("Confirm that it is you, then go on."))


def recently(minutes: int) -> Callable[[HttpRequest], None]:
    """``require_recent`` as a rule for ``@allows``."""

    def rule(request: HttpRequest) -> None:
        require_recent(request, minutes)

    rule.__name__ = f"recently_{minutes}"
    return rule
