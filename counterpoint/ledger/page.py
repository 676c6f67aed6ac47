"""What the room's pages and their fragments show; one context each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.kit.data import Malformed
from counterpoint.ledger import labels, queries
from counterpoint.ledger.data import AccountKind, AccountView
from counterpoint.ledger.policy import today_of
from counterpoint.ledger.rules import KIND_OF_GL
from counterpoint.ledger.services.accounts import account as account_view
from counterpoint.ledger.services.accounts import agreement
from counterpoint.ledger.services.holds import holds
from counterpoint.ledger.services.reversals import reversible
from counterpoint.ledger.terms import EntryLeg, NotReversible
from counterpoint.people.services import actor_from

LINES = 50


def masked_name(account: AccountView) -> str:
    """The bank's own accounts by name, a customer's by its first character."""
    if account.kind is AccountKind.INTERNAL or not account.name:
        return account.name
    return account.name[0] + "＊" * max(1, min(3, len(account.name) - 1))


def day_of(request: HttpRequest, name: str) -> date | None:
    """A date of the query; said clearly when it is none."""
    text = request.GET.get(name, "").strip()
    if not text:
        return None
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise Malformed(_("A date is written as 2026-11-24."), field=name)
    return found


def cursor_of(request: HttpRequest, name: str = "cursor") -> int | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Malformed(_("This page does not exist."), field=name)
    return int(text)


def statement_context(request: HttpRequest, view: AccountView) -> dict[str, Any]:
    """The movements of an account and the way to the next page."""
    since, until = day_of(request, "since"), day_of(request, "until")
    page = queries.statement(
        account=view.id, since=since, until=until, cursor=cursor_of(request), limit=LINES
    )
    more = ""
    if page.next is not None:
        terms: dict[str, str | int] = {
            "since": str(since or ""),
            "until": str(until or ""),
            "cursor": page.next,
        }
        more = f"{reverse('ledger:statement', args=[view.id])}?{urlencode(terms)}"
    return {"account": view, "statement": page, "since": since, "until": until, "next_url": more}


def account_context(request: HttpRequest, id: int) -> dict[str, Any]:
    """One account with its terms, holds and movements."""
    view = account_view(id)
    terms = agreement(id)
    return statement_context(request, view) | {
        "name": masked_name(view),
        "status": labels.status(view.status),
        "kind": labels.KINDS[view.kind],
        "terms": terms,
        "rate": f"{terms.rate / 10_000:.4g} %" if terms is not None and terms.rate is not None else "",
        "holds": [(hold, labels.HOLDS[hold.kind]) for hold in holds(id)],
        "changes": labels.changes(id),
        "branch": actor_from(request).branch,
    }


def _t_accounts(legs: Sequence[EntryLeg], *, red: bool) -> list[dict[str, Any]]:
    """Each account of an entry as a T: its debits left, its credits right.

    A correction in red (红字) stands on the side of what it takes back, with a minus; one in blue
    (蓝字反方向) stands on the other side.
    """
    accounts: dict[int, dict[str, Any]] = {}
    for leg in legs:
        t = accounts.setdefault(
            leg.account, {"internal": leg.gl not in KIND_OF_GL, "debits": [], "credits": []}
        )
        on_debit, shown = leg.amount > 0, abs(leg.amount)
        if red:
            on_debit, shown = not on_debit, -shown
        t["debits" if on_debit else "credits"].append(shown)
        t["leg"] = leg
    return list(accounts.values())


def entry_context(request: HttpRequest, id: int) -> dict[str, Any]:
    """One entry with its legs as T-accounts, its seal and what corrects it."""
    view = queries.entry(id)
    block = queries.sealed_in(id)
    view = replace(view, sealed=block is not None)
    red = view.reverses is not None and view.data.get("style") == "same_side_red"
    correction = None
    if view.reversed_by is None and view.reverses is None:
        try:
            correction = labels.REVERSALS[reversible(entry=id)[0]]
        except NotReversible:
            correction = None
    return {
        "entry": view,
        "block": block,
        "sides": _t_accounts(view.legs, red=red),
        "red": red,
        "kind": labels.REVERSALS[view.kind] if view.kind else "",
        "correction": correction,
        "title": labels.verb(view.verb),
        "who": labels.actor(view.actor),
        "same_day": view.date == today_of(view.branch),
    }


def trial_context(request: HttpRequest) -> dict[str, Any]:
    """The trial balance of the branch on a day."""
    branch = actor_from(request).branch or 0
    whole = request.GET.get("scope") == "bank"
    day = day_of(request, "date") or today_of(branch)
    trial = queries.trial_balance(date=day, branch=None if whole else branch)
    return {
        "trial": trial,
        "date": day,
        "whole": whole,
        "title": gettext_lazy("Trial balance"),
        "branch": branch,
    }
