"""The room's screens: finding, looking, registering, keeping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from counterpoint.customers import forms, services
from counterpoint.customers.access import may_edit, may_view
from counterpoint.customers.data import (
    ContactKind,
    DocumentInput,
    DocumentKind,
    DuplicatesLikely,
    MandateMode,
    MandateScope,
    QueryTooShort,
    RiskLevel,
)
from counterpoint.customers.page import account_lines, page_context, panel_context
from counterpoint.customers.rules.documents import check_document
from counterpoint.customers.rules.likeness import LIKELY
from counterpoint.kit import clock
from counterpoint.kit.access import allows
from counterpoint.kit.data import Malformed
from counterpoint.kit.forms import read
from counterpoint.kit.money import Money
from counterpoint.people.services import actor_from


@allows(may_view)
@require_GET
def search_page(request: HttpRequest) -> HttpResponse:
    """Where a customer is looked for."""
    return render(request, "customers/search.html", {"form": forms.SearchForm()})


@allows(may_view)
@sensitive_post_parameters("query")
@require_POST
def hits(request: HttpRequest) -> HttpResponse:
    """The hits, as one types. Posted, so that no address or log holds what was looked for."""
    values = read(forms.SearchForm(request.POST))
    context: dict[str, Any] = {"query": values["query"]}
    try:
        found = services.search(query=values["query"], purpose=values["purpose"], by=actor_from(request))
        context |= {"hits": found, "more": found.more}
    except QueryTooShort as short:
        context["short"] = short.message
    return render(request, "customers/_hits.html", context)


@allows(may_view)
@require_GET
def page(request: HttpRequest, party: int) -> HttpResponse:
    """One customer."""
    context = page_context(request, party)
    accounts = [(line.account.id, line.account.number) for line in context["accounts"]]
    context |= {
        "document_form": forms.DocumentForm(auto_id="document_%s"),
        "risk_form": forms.RiskForm(auto_id="risk_%s", initial={"level": context["party"].risk}),
        "contact_form": forms.ContactForm(auto_id="contact_%s"),
        "mandate_form": forms.MandateForm(
            auto_id="mandate_%s", accounts=accounts, initial={"valid_from": clock.today()}
        ),
    }
    return render(request, "customers/party.html", context)


@allows(may_view)
@require_GET
def panel(request: HttpRequest, party: int) -> HttpResponse:
    """The customer in the desk's side panel."""
    return render(request, "customers/panel.html", panel_context(request, party))


@allows(may_view)
@require_POST
def field(request: HttpRequest, party: int, name: str) -> HttpResponse:
    """One field in clear, for a purpose."""
    purpose = request.POST.get("purpose", "")
    value = services.unmask(party=party, field=name, purpose=purpose, by=actor_from(request))
    return render(request, "customers/_field.html", {"value": value})


@allows(may_edit)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register a customer; the answer is the new page, a refusal, or the likely duplicates."""
    if request.method == "GET":
        return render(request, "customers/register.html", {"form": forms.RegisterForm()})
    by = actor_from(request)
    values = forms.registration_of(read(forms.RegisterForm(request.POST)))
    try:
        made = services.register_party(branch=by.branch or 0, by=by, **values)
    except DuplicatesLikely as likely:
        chosen = set(values["confirmed_not_duplicate_of"])
        context = {"suggestions": likely.suggestions, "likely": LIKELY, "chosen": chosen, "refusal": likely}
        return render(request, "customers/_suggestions.html", context, status=likely.status)
    return HttpResponseClientRedirect(reverse("customers:page", args=[made.id]))


@allows(may_edit)
@sensitive_post_parameters()
@require_POST
def register_check(request: HttpRequest) -> HttpResponse:
    """While the form is typed: what the number says, and who is like this customer."""
    form = forms.RegisterForm(request.POST)
    form.is_valid()
    typed = form.cleaned_data
    context: dict[str, Any] = {"likely": LIKELY, "chosen": set(typed.get("not_same") or ())}
    document = _typed_document(typed)
    if document is not None:
        try:
            context["facts"] = check_document(
                document.kind, document.number, country=document.country, today=clock.today()
            )
        except Malformed as wrong:
            context["wrong"] = wrong
    context["suggestions"] = services.suggest_duplicates(
        name=typed.get("name_zh") or "",
        name_latin=typed.get("name_latin") or "",
        birth_date=typed.get("birth_date"),
        document=document,
        phone=typed.get("phone") or "",
    )
    return render(request, "customers/_suggestions.html", context)


def _typed_document(typed: dict[str, Any]) -> DocumentInput | None:
    number, kind = typed.get("document_number"), typed.get("document_kind")
    if not number or not kind:
        return None
    return DocumentInput(DocumentKind(kind), number, country=typed.get("country") or "CN")


def _done(request: HttpRequest, act: Callable[[], object]) -> HttpResponse:
    """Do it and show the page anew. A refusal is drawn inside the dialog, by the middleware."""
    act()
    return HttpResponseClientRefresh()


@allows(may_edit)
@sensitive_post_parameters()
@require_POST
def contacts(request: HttpRequest, party: int) -> HttpResponse:
    """Add, replace or end a contact."""
    values = read(forms.ContactForm(request.POST))
    by = actor_from(request)
    return _done(
        request,
        lambda: services.change_contact(
            party=party,
            kind=ContactKind(values["kind"]),
            value=values["value"],
            replaces=values["replaces"],
            by=by,
        ),
    )


@allows(may_edit)
@sensitive_post_parameters()
@require_POST
def documents(request: HttpRequest, party: int) -> HttpResponse:
    """Add a document, or its renewal."""
    document = forms.document_of(read(forms.DocumentForm(request.POST)))
    by = actor_from(request)
    return _done(request, lambda: services.add_document(party=party, document=document, by=by))


@allows(may_edit)
@require_POST
def risk(request: HttpRequest, party: int) -> HttpResponse:
    """Set the risk level."""
    values = read(forms.RiskForm(request.POST))
    by, level = actor_from(request), RiskLevel(values["level"])
    return _done(
        request, lambda: services.set_risk_level(party=party, level=level, reason=values["reason"], by=by)
    )


@allows(may_edit)
@require_POST
def mandates(request: HttpRequest, party: int) -> HttpResponse:
    """Grant a mandate on one of the customer's accounts."""
    values = read(forms.MandateForm(request.POST))
    currency = next(
        (x.account.currency for x in account_lines(party) if x.account.id == values["account"]), ""
    )
    if not currency:
        raise Malformed(_("Choose one of the customer's accounts."), field="account")
    limit = Money.parse(values["limit"], currency).minor if values["limit"] else None
    by = actor_from(request)
    return _done(
        request,
        lambda: services.grant_mandate(
            account=values["account"],
            party=party,
            mode=MandateMode(values["mode"]),
            scope=[MandateScope(s) for s in values["scope"]],
            limit=limit,
            currency=currency,
            valid_from=values["valid_from"],
            valid_to=values["valid_to"],
            by=by,
        ),
    )


@allows(may_edit)
@require_POST
def mandate_revoking(request: HttpRequest, mandate: int) -> HttpResponse:
    """Revoke a mandate."""
    by = actor_from(request)
    return _done(request, lambda: services.revoke_mandate(mandate=mandate, by=by))
