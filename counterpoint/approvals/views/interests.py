"""Declared relations of staff to customers 利益关系申报."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from counterpoint.approvals import access, labels, queries, queries_desk, services
from counterpoint.approvals.data import Interest, InterestKind
from counterpoint.approvals.forms import InterestForm
from counterpoint.customers import services as customers
from counterpoint.customers.data import PartyHit, PartyView, Purpose, QueryTooShort, UnknownParty
from counterpoint.kit.access import allows
from counterpoint.kit.data import Malformed, Refusal
from counterpoint.people import services as people
from counterpoint.people.data import Duty, UnknownPerson

PAGE = 25


def shown(found: list[Interest]) -> list[dict[str, Any]]:
    names = queries_desk.names(one.person for one in found)
    return [
        {"interest": one, "who": names.get(one.person), "kind": labels.INTERESTS[one.kind],
         "party": customers.party(one.party)}
        for one in found
    ]  # fmt: skip


def page_context(request: HttpRequest, **more: Any) -> dict[str, Any]:
    """My own relations; for who administers staff everybody's, by the page."""
    by, admin = people.actor_from(request), people.can(request, Duty.PEOPLE_ADMIN)
    found = queries.interests() if admin else services.interests_of(person=by.id)
    asked = request.GET.get("page", "")
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
    start = page * PAGE
    return {
        "lines": shown(found[start : start + PAGE]), "admin": admin, "by": by,
        "form": InterestForm(label_suffix=""), "newer": f"?page={page - 1}" if page else "",
        "older": f"?page={page + 1}" if len(found) > start + PAGE else "",
    } | more  # fmt: skip


def matching(request: HttpRequest, query: str) -> list[PartyHit | PartyView]:
    """Customers found by number, or by name for who may look at customers; masked, and on record."""
    try:
        return [customers.party_by_number(number=query)]
    except UnknownParty:
        pass
    if not people.can(request, Duty.CUSTOMER_VIEW):
        return []
    try:
        by = people.actor_from(request)
        return list(customers.search(query=query, purpose=Purpose.REVIEW, by=by, limit=8))
    except QueryTooShort:
        return []


@allows(access.signed_in)
@require_http_methods(["GET", "POST"])
def interests(request: HttpRequest) -> HttpResponse:
    """The declarations in force, and a new one."""
    if request.method == "GET":
        return render(request, "approvals/interests.html", page_context(request))
    form = InterestForm(request.POST, label_suffix="")
    try:
        declare(request, form)
    except Refusal as refusal:
        context = page_context(request, refusal=refusal, form=form, chosen=chosen(form))
        return render(request, "approvals/parts/interest_new.html", context, status=refusal.status)
    messages.success(request, _("The relation is declared."))
    return HttpResponseClientRefresh()


def chosen(form: InterestForm) -> PartyView | None:
    """The customer whom the form names, if there is one."""
    party = form.cleaned_data.get("party") if form.is_bound else None
    try:
        return customers.party(party) if party else None
    except UnknownParty:
        return None


def declare(request: HttpRequest, form: InterestForm) -> None:
    """For oneself; who administers staff may name somebody else."""
    if not form.is_valid():
        raise Malformed(_("Choose the customer and the relation."))
    by, number = people.actor_from(request), form.cleaned_data["number"].strip()
    who = people.person_by_number(number) if number else people.person(by.id)
    if who is None:
        raise UnknownPerson(_("There is no such member of staff."))
    kind, party = InterestKind(form.cleaned_data["kind"]), form.cleaned_data["party"]
    services.declare_interest(person=who.id, party=party, kind=kind, by=by)


@allows(access.signed_in)
@sensitive_post_parameters("query")
@require_POST
def interest_parties(request: HttpRequest) -> HttpResponse:
    """Customers to choose from. Posted, so that no address or log holds what was looked for."""
    query = request.POST.get("query", "").strip()[:60]
    context = {"hits": matching(request, query) if query else [], "query": query}
    return render(request, "approvals/parts/interest_parties.html", context)


@allows(access.signed_in)
@require_POST
def interest_end(request: HttpRequest, interest: int) -> HttpResponse:
    """End one: who administers staff; nobody frees oneself."""
    services.end_interest(interest=interest, by=people.actor_from(request))
    messages.success(request, _("The relation is ended."))
    return HttpResponseClientRefresh()
