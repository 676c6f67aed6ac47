"""Bookings of large withdrawals: by day, one, and a new one."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from counterpoint.customers import services as customers
from counterpoint.customers.data import PartyView, UnknownParty
from counterpoint.kit.access import allows
from counterpoint.kit.data import Malformed, NotFound, Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind, AccountStatus
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.vault import access, services
from counterpoint.vault.data import FACES, NoBox
from counterpoint.vault.data_cases import BookingView, UnknownBooking
from counterpoint.vault.forms_cases import BookingForm, ReasonForm
from counterpoint.vault.labels import face_name
from counterpoint.vault.labels_cases import BOOKING_STATES

DAYS_SHOWN = 10


def go(request: HttpRequest, name: str, *arguments: object) -> HttpResponse:
    """To another page: by htmx, or plainly."""
    address = reverse(name, args=arguments)
    return HttpResponseClientRedirect(address) if is_fragment(request) else redirect(address)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def line(one: BookingView) -> dict[str, Any]:
    words, meaning = BOOKING_STATES[one.state]
    faces = [{"name": face_name(face, one.currency), "n": n} for face, n in one.faces.items()]
    return {"booking": one, "state": words, "meaning": meaning, "faces": faces}


def _needs(branch: int, day: date, currency: str) -> list[dict[str, Any]]:
    found = services.needs_of(branch=branch, day=day, currency=currency)
    return [
        {"need": one, "name": face_name(one.face, currency), "held": max(0, min(one.free, one.wanted))}
        for one in found
    ]


def list_context(request: HttpRequest) -> dict[str, Any]:
    """The bookings from today on, or of one day; each day with what it needs of the vault."""
    branch = people.actor_from(request).branch or 0
    today = org.business_day(branch).date
    chosen = _day(request.GET.get("day", ""))
    found = services.bookings_of(branch=branch, day=chosen, since=None if chosen else today)
    by_day: dict[date, list[BookingView]] = defaultdict(list)
    for one in found:
        by_day[one.day].append(one)
    days = []
    for day, rows in sorted(by_day.items())[:DAYS_SHOWN]:
        open_ones = [one for one in rows if one.active]
        currencies = sorted({one.currency for one in open_ones})
        days.append({
            "day": day, "lines": [line(one) for one in rows], "count": len(open_ones),
            "sums": [(c, sum(one.amount for one in open_ones if one.currency == c)) for c in currencies],
            "needs": [need for c in currencies for need in _needs(branch, day, c)],
        })  # fmt: skip
    return {"days": days, "chosen": chosen, "today": today, "branch": branch}


@allows(access.sees)
@require_GET
def bookings(request: HttpRequest) -> HttpResponse:
    """By day, with the faces summed and what the vault lacks."""
    template = "vault/parts/bookings.html" if is_fragment(request) else "vault/bookings.html"
    return render(request, template, list_context(request))


def _mine(request: HttpRequest, id: int) -> BookingView:
    found = services.booking(id)
    if found.branch != people.actor_from(request).branch:
        raise UnknownBooking(_("There is no such booking."))
    return found


def page_context(request: HttpRequest, id: int, **more: Any) -> dict[str, Any]:
    found = _mine(request, id)
    free = services.free_faces(box=found.vault) if found.to_order else {}
    short = [
        {"name": face_name(face, found.currency), "n": n - max(0, free.get(face, 0))}
        for face, n in found.faces.items()
        if found.to_order and n > free.get(face, 0)
    ]
    return line(found) | {
        "short": short, "booker": people.person(found.booker), "branch": found.branch,
        "today": org.business_day(found.branch).date, "reason_form": ReasonForm(), **more,
    }  # fmt: skip


@allows(access.sees)
@require_GET
def booking(request: HttpRequest, booking: int) -> HttpResponse:
    """One booking."""
    template = "vault/parts/booking.html" if is_fragment(request) else "vault/booking.html"
    return render(request, template, page_context(request, booking))


def _after(request: HttpRequest, id: int, words: str) -> HttpResponse:
    messages.success(request, words)
    return go(request, "vault:booking", id)


def _refused(request: HttpRequest, id: int, refusal: Refusal) -> HttpResponse:
    template = "vault/parts/booking.html" if is_fragment(request) else "vault/booking.html"
    context = page_context(request, id, refusal=refusal)
    return render(request, template, context, status=refusal.status)


@allows(access.sees)
@require_POST
def booking_promise(request: HttpRequest, booking: int) -> HttpResponse:
    """Promise the vault's notes to it."""
    _mine(request, booking)
    try:
        services.promise_booking(booking=booking, by=people.actor_from(request))
    except Refusal as refusal:
        return _refused(request, booking, refusal)
    return _after(request, booking, _("The notes are promised."))


@allows(access.sees)
@require_POST
def booking_cancel(request: HttpRequest, booking: int) -> HttpResponse:
    """Give it up, with a reason."""
    _mine(request, booking)
    try:
        reason = request.POST.get("reason", "")
        services.cancel_booking(booking=booking, reason=reason, by=people.actor_from(request))
    except Refusal as refusal:
        return _refused(request, booking, refusal)
    return _after(request, booking, _("The booking is cancelled."))


def _found(words: str) -> tuple[PartyView | None, int | None]:
    """The customer by number or account, and the account that was typed."""
    plain = "".join(words.split())
    if not plain or len(plain) > 40:
        return None, None
    try:
        account = ledger.account_by_number(plain)
    except (NotFound, Malformed):
        try:
            return customers.party_by_number(number=plain.upper()), None
        except UnknownParty:
            return None, None
    parties = customers.parties_of_account(account.id)
    return (parties[0][0] if parties else None), account.id


def _accounts(party: int) -> list[tuple[int, str]]:
    """The customer's demand accounts from which cash can be drawn."""
    views = ledger.accounts([link.account for link in customers.links_of_party(party)])
    return [
        (one.id, f"{one.number} · {one.currency}")
        for one in views.values()
        if one.kind is AccountKind.DEMAND and one.status is not AccountStatus.CLOSED
    ]


def new_context(request: HttpRequest, form: BookingForm | None = None, **more: Any) -> dict[str, Any]:
    """The search, and the form of the customer who was found."""
    words = request.POST.get("q") or request.GET.get("q", "")
    branch = people.actor_from(request).branch or 0
    party, account = _found(words)
    context: dict[str, Any] = {"q": words, "party": party, "branch": branch} | more
    if party is None:
        return context | {"missing": bool(words.strip())}
    if form is None:
        today = org.business_day(branch).date
        initial = {"day": org.next_working_day(today), "account": account}
        form = BookingForm(accounts=_accounts(party.id), initial=initial)
    try:
        free = services.free_faces(box=services.vault_of(branch, form.currency).id)
    except NoBox:
        free = dict.fromkeys(FACES[form.currency], 0)
    return context | {"form": form, "currency": form.currency, **form.grids(free)}


@allows(access.sees)
@require_http_methods(["GET", "POST"])
def booking_new(request: HttpRequest) -> HttpResponse:
    """Find the customer, then book."""
    template = "vault/parts/booking_new.html" if is_fragment(request) else "vault/booking_new.html"
    if request.method == "GET":
        return render(request, template, new_context(request))
    party, _account = _found(request.POST.get("q", ""))
    if party is None:
        return render(request, template, new_context(request), status=422)
    form = BookingForm(request.POST, accounts=_accounts(party.id))
    if not form.is_valid():
        return render(request, template, new_context(request, form), status=422)
    typed = form.cleaned_data
    try:
        made = services.book_cash(
            party=party.id, account=int(typed["account"]), amount=typed["amount"], day=typed["day"],
            faces=form.faces(), purpose=typed["purpose"], by=people.actor_from(request),
        )  # fmt: skip
    except Refusal as refusal:
        context = new_context(request, form, refusal=refusal)
        return render(request, template, context, status=refusal.status)
    return _after(request, made.id, _("Booked."))
