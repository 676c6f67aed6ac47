"""Damaged notes: the register, the form by keyboard, one exchange and its slip."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.vault import access, services
from counterpoint.vault.data import NoBox
from counterpoint.vault.data_cases import ExchangeView, UnknownExchange
from counterpoint.vault.data_cash import DamageOutcome
from counterpoint.vault.forms_cases import DamagedForm, DamagedRows, filled, more_rows, rows_of
from counterpoint.vault.labels import face_name
from counterpoint.vault.labels_cases import OUTCOMES
from counterpoint.vault.papers_cases import damaged_slip
from counterpoint.vault.services.damaged import payout
from counterpoint.vault.views.bookings import go
from counterpoint.vault.views.second import second_of, signed

PAGE = 30


def chinese() -> bool:
    return (get_language() or "").startswith("zh")


def cursor(request: HttpRequest) -> int | None:
    text = request.GET.get("before", "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def paper(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store"},
    )  # fmt: skip


def list_context(request: HttpRequest, **more: Any) -> dict[str, Any]:
    """The exchanges, and the half-paid notes that wait in their bags."""
    branch = people.actor_from(request).branch or 0
    found = services.damaged_exchanges(branch=branch, before=cursor(request), limit=PAGE + 1)
    older = f"{reverse('vault:damaged')}?before={found[PAGE - 1].id}" if len(found) > PAGE else ""
    bags, worth = services.half_notes(branch=branch)
    return {
        "exchanges": [(one, one.worth(DamageOutcome.FULL), one.worth(DamageOutcome.HALF))
                      for one in found[:PAGE]],
        "older": older, "bags": [(face_name(n.face, "CNY"), n) for n in bags[:40]],
        "bag_pieces": sum(n.pieces for n in bags), "worth": worth, "branch": branch, **more,
    }  # fmt: skip


@allows(access.sees)
@require_GET
def damaged(request: HttpRequest) -> HttpResponse:
    """The register, the newest first."""
    template = "vault/parts/damaged.html" if is_fragment(request) else "vault/damaged.html"
    return render(request, template, list_context(request))


@allows(access.handles_cash)
@sensitive_post_parameters("second_password")
@require_POST
def half_notes(request: HttpRequest) -> HttpResponse:
    """Hand the half-paid notes in to the central bank, two people."""
    try:
        services.hand_in_half_notes(by=people.actor_from(request), second=second_of(request))
    except Refusal as refusal:
        template = "vault/parts/damaged.html" if is_fragment(request) else "vault/damaged.html"
        context = list_context(request, second_refusal=refusal, open_dialog=True)
        return render(request, template, context, status=refusal.status)
    messages.success(request, _("Handed in to the central bank."))
    return go(request, "vault:damaged")


def _mine(request: HttpRequest, id: int) -> ExchangeView:
    found = services.damaged_exchange(id)
    if found.branch != people.actor_from(request).branch:
        raise UnknownExchange(_("There is no such exchange."))
    return found


@allows(access.sees)
@require_GET
def exchange(request: HttpRequest, exchange: int) -> HttpResponse:
    """One exchange."""
    found = _mine(request, exchange)
    context = {
        "exchange": found,
        "notes": [(face_name(n.face, found.currency), n, *OUTCOMES[n.outcome]) for n in found.notes],
        "faces": [(face_name(face, found.currency), n) for face, n in found.faces.items()],
        "people": (people.person(found.person), people.person(found.second)),
    }
    return render(request, "vault/exchange.html", context)


@allows(access.sees)
@require_GET
def exchange_paper(request: HttpRequest, exchange: int) -> HttpResponse:
    """Its slip."""
    found = _mine(request, exchange)
    return paper(org.paper_pdf(damaged_slip(found), found.business_date), found.number)


def form_context(request: HttpRequest, form: DamagedForm, rows: Any, **more: Any) -> dict[str, Any]:
    """The form; once the notes are judged, what each is worth and what is paid out."""
    who = people.actor_from(request)
    context: dict[str, Any] = {"form": form, "rows": rows, "currency": "CNY", "available": {}} | more
    try:
        context["available"] = services.box_of(person=who.id).faces
    except NoBox as refusal:
        context.setdefault("refusal", refusal)
    return context | form.grids(context["available"])


def _judged(request: HttpRequest, form: DamagedForm, rows: Any) -> dict[str, Any]:
    """What the second person signs: every note with its outcome, the sum, the notes to pay out."""
    who = people.actor_from(request)
    day = org.business_day(who.branch or 0).date
    judged = services.assess_damaged(notes=[row.damage() for row in filled(rows)], at=day)
    paid = sum(one.worth for one in judged)
    box = services.box_of(person=who.id)
    out = payout(box=box, amount=paid, faces=form.faces()) if paid else {}
    zh = chinese()
    return {
        "judged": [(face_name(one.damage.face, "CNY"), one, *OUTCOMES[one.outcome],
                    one.reason_zh if zh else one.reason_en) for one in judged],
        "paid": paid, "out": [(face_name(face, "CNY"), n) for face, n in out.items()], "open_dialog": True,
    }  # fmt: skip


@allows(access.handles_cash)
@sensitive_post_parameters("second_password")
@require_http_methods(["GET", "POST"])
def exchange_new(request: HttpRequest) -> HttpResponse:
    """Enter the notes; see what they are worth; the second person signs; done."""
    template = "vault/parts/exchange_new.html" if is_fragment(request) else "vault/exchange_new.html"
    if request.method == "GET":
        context = form_context(request, DamagedForm(), rows_of(DamagedRows))
        return render(request, template, context)
    form = DamagedForm(request.POST)
    if "more" in request.POST:
        rows = more_rows(DamagedRows, request.POST)
        return render(request, template, form_context(request, form, rows, unchecked=True))
    rows = rows_of(DamagedRows, request.POST)
    if not (form.is_valid() & rows.is_valid()):
        return render(request, template, form_context(request, form, rows), status=422)
    judged: dict[str, Any] = {}
    try:
        judged = _judged(request, form, rows)
        if not signed(request):
            return render(request, template, form_context(request, form, rows, **judged))
        typed = form.cleaned_data
        made = services.exchange_damaged(
            notes=[row.damage() for row in filled(rows)], by=people.actor_from(request),
            second=second_of(request), key=typed["idempotency_key"], customer=typed["customer"],
            identity=typed["identity"], faces=form.faces(),
        )  # fmt: skip
    except Refusal as refusal:
        place = "second_refusal" if judged else "refusal"
        context = form_context(request, form, rows, **judged, **{place: refusal})
        return render(request, template, context, status=refusal.status)
    return go(request, "vault:exchange", made.id)
