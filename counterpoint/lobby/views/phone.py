"""The customer's own phone 手机看号: place and promise, live; leaving the line; the rating afterwards.

And taking a number with it, by the code on the display, which is good for its business day.
"""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.kit.access import allows, anybody
from counterpoint.kit.data import Refusal
from counterpoint.kit.forms import read
from counterpoint.kit.pages import is_fragment
from counterpoint.lobby import access_devices as access
from counterpoint.lobby import faces, services
from counterpoint.lobby.data import ENDED, JoinRefused, RatingState, TicketChannel, TicketState
from counterpoint.lobby.forms.public import RatingForm
from counterpoint.lobby.slip_words import number_context
from counterpoint.lobby.views.kiosk import choices, take_number
from counterpoint.org import services as org

#: What one to five mean.
MARKS = (
    (1, pgettext_lazy("rating", "bad")), (2, pgettext_lazy("rating", "poor")),
    (3, pgettext_lazy("rating", "fair")),
    (4, pgettext_lazy("rating", "good")), (5, pgettext_lazy("rating", "great")),
)  # fmt: skip
JOIN_SALT = "counterpoint.lobby.join"
#: The number that this phone has: it gets no second one while the first counts.
MINE = "lobby_mine"
MINE_SECONDS = 12 * 3600


@allows(anybody)
@never_cache
@require_GET
def phone(request: HttpRequest, token: str) -> HttpResponse:
    """The number, live."""
    return _shown(request, token)


@allows(anybody)
@never_cache
@require_GET
def phone_pass(request: HttpRequest, token: str) -> HttpResponse:
    """A fresh pass to listen with."""
    return faces.pass_for(request, channels(token))


def channels(token: str) -> tuple[str, ...]:
    """What is said of this number; and of the line, as others go before it."""
    found = services.ticket_of_token(token)
    return (f"ticket:{found.key}", f"display:{found.branch}")


@allows(anybody)
@require_POST
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Nobody need wait for this customer."""
    return _done(request, token, lambda: services.leave_by_phone(token=token))


@allows(anybody)
@sensitive_post_parameters("comment")
@require_POST
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """What the customer thought, once."""
    return _done(
        request, token, lambda: services.rate_by_phone(token=token, **read(RatingForm(request.POST)))
    )


@allows(anybody)
@require_POST
def skip(request: HttpRequest, token: str) -> HttpResponse:
    """The customer has nothing to say."""
    return _done(request, token, lambda: services.skip_by_phone(token=token))


def _done(request: HttpRequest, token: str, act: Any) -> HttpResponse:
    """Do it, and show the number as it stands then; a refusal is said above it."""
    try:
        act()
    except Refusal as refusal:
        return _shown(request, token, refusal)
    if is_fragment(request):
        return _shown(request, token)
    return faces.private(redirect(reverse("lobby:phone", args=[token])))


def _shown(request: HttpRequest, token: str, refusal: Refusal | None = None) -> HttpResponse:
    try:
        context = _context(token)
    except Refusal as over:
        name = "lobby/public/phone_over.html" if is_fragment(request) else "lobby/phone_over.html"
        return faces.private(render(request, name, {"refusal": over}, status=over.status))
    context["refusal"] = refusal
    status = refusal.status if refusal else 200
    if is_fragment(request):
        return faces.private(render(request, "lobby/public/phone.html", context, status=status))
    renew = reverse("lobby:phone_pass", args=[token])
    context["live"] = faces.live_for(request, channels(token), renew)
    return faces.private(render(request, "lobby/phone.html", context, status=status))


def _context(token: str) -> dict[str, Any]:
    found = services.phone(token)
    ticket, promise = found.ticket, found.promise
    day = org.business_day(ticket.branch)
    past = ticket.date != day.date
    return number_context(ticket) | {
        "phone": found, "ticket": ticket, "token": token, "place": org.branch(ticket.branch), "past": past,
        "range": faces.range_in_words(promise.low, promise.high) if promise else "",
        "middle": faces.middle_in_words(promise.mid) if promise else "",
        "called": ticket.state in (TicketState.CALLED, TicketState.RECALLED), "ended": ticket.state in ENDED,
        "serving": ticket.state is TicketState.SERVING,
        "aside": ticket.state in (TicketState.PARKED, TicketState.HANDED_OVER),
        "asks": found.rating is RatingState.INVITED and ticket.state is TicketState.SERVED,
        "missing": faces.papers_in_words(ticket.papers_missing),
        "parts": services.phone_parts(ticket) if ticket.in_line and not past else [],
        "form": RatingForm(), "marks": MARKS,
    }  # fmt: skip


def join_address(request: HttpRequest, code: str, branch: int) -> str:
    """Where a phone takes a number of this branch today; shown in the branch only."""
    stamp = signing.dumps([branch, org.business_day(branch).date.isoformat()], salt=JOIN_SALT)
    return request.build_absolute_uri(reverse("lobby:join", args=[code, stamp]))


@allows(anybody)
@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, code: str, stamp: str) -> HttpResponse:
    """Take a number with the phone 扫码取号, as at the kiosk."""
    branch = access.branch_of(code)
    try:
        _check_stamp(stamp, branch.id)
        mine = _mine(request, branch.id)
        if mine:
            return faces.private(redirect(reverse("lobby:phone", args=[mine])))
        if request.method == "POST":
            source = services.source_of_address(request.META.get("REMOTE_ADDR") or "")
            taken = take_number(request, branch.id, TicketChannel.PHONE, source)
            response = redirect(reverse("lobby:phone", args=[taken.token]))
            response.set_cookie(
                MINE, taken.token, max_age=MINE_SECONDS, path="/lobby/", httponly=True, samesite="Lax"
            )
            return faces.private(response)
    except JoinRefused as refusal:
        return faces.private(render(request, "lobby/phone_over.html", {"refusal": refusal}, status=404))
    except Refusal as refusal:
        context = choices(branch.id) | {"place": branch, "stamp": stamp, "refusal": refusal}
        return faces.private(render(request, "lobby/join.html", context, status=refusal.status))
    context = choices(branch.id) | {"place": branch, "stamp": stamp}
    return faces.private(render(request, "lobby/join.html", context))


def _check_stamp(stamp: str, branch: int) -> None:
    try:
        said = signing.loads(stamp, salt=JOIN_SALT)
    except signing.BadSignature:
        said = None
    if said != [branch, org.business_day(branch).date.isoformat()]:
        raise JoinRefused(_("This code is of another day. Scan the one in the lobby again."))


def _mine(request: HttpRequest, branch: int) -> str:
    """The number that this phone has already and that still counts."""
    token = request.COOKIES.get(MINE, "")
    try:
        found = services.ticket_of_token(token) if token else None
    except Refusal:
        return ""
    return token if found and found.branch == branch and found.state not in ENDED else ""
