"""The room's screens: an account, an entry, the trial balance."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from counterpoint.kit.access import allows
from counterpoint.ledger import page
from counterpoint.ledger.access import may_read, may_read_books, may_read_entry
from counterpoint.ledger.services.accounts import account as account_view
from counterpoint.ledger.services.accounts import account_by_number


@allows(may_read)
@require_GET
def account(request: HttpRequest, id: int) -> HttpResponse:
    """One account: balance, terms, holds, movements."""
    return render(request, "ledger/account.html", page.account_context(request, id))


@allows(may_read)
@require_GET
def balances(request: HttpRequest, id: int) -> HttpResponse:
    """The figures of an account alone, for a live page."""
    return render(request, "ledger/parts/figures.html", page.account_context(request, id))


@allows(may_read)
@require_GET
def statement(request: HttpRequest, id: int) -> HttpResponse:
    """A page of movements."""
    context = page.statement_context(request, account_view(id))
    return render(request, "ledger/parts/statement.html", context)


@allows(may_read)
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """From a typed number to its account; a wrong check digit is said as such."""
    return redirect("ledger:account", account_by_number(request.GET.get("number", "")).id)


@allows(may_read_entry)
@require_GET
def entry(request: HttpRequest, id: int) -> HttpResponse:
    """One entry with its legs, its seal and its correction."""
    return render(request, "ledger/entry.html", page.entry_context(request, id))


@allows(may_read_books)
@require_GET
def trial_balance(request: HttpRequest) -> HttpResponse:
    """The trial balance of a day."""
    return render(request, "ledger/trial_balance.html", page.trial_context(request))
