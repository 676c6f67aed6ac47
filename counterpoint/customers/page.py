"""What the customer page and the desk's side panel show: one context for both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from counterpoint.customers import services
from counterpoint.customers.data import (
    AccountLinkView,
    Alert,
    AlertKind,
    ContactKind,
    Field,
    Moment,
    PartyView,
    Purpose,
    Relation,
)
from counterpoint.customers.labels import MOMENTS, choices, label
from counterpoint.kit import clock
from counterpoint.kit.data import Refusal
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountView
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account of the customer with its balance now."""

    link: AccountLinkView
    account: AccountView


@dataclass(frozen=True, slots=True)
class Line:
    """An event in words."""

    at: Any
    title: str
    who: str
    text: str
    icon: str
    meaning: str = "neutral"


def account_lines(party: int) -> list[AccountLine]:
    links = services.links_of_party(party)
    views = ledger.accounts([link.account for link in links])
    return [AccountLine(link, views[link.account]) for link in links if link.account in views]


def _over_insured(lines: list[AccountLine]) -> list[Alert]:
    """Whether the deposits here exceed what the insurance pays (存款保险条例, as a dated rule)."""
    owned = {line.account.id: line.account for line in lines if line.link.relation is Relation.OWNER}
    total = sum(a.balance for a in owned.values() if a.currency == "CNY" and a.sign < 0)
    try:
        limit = org.value(key="customers.deposit_insurance", at=clock.today())
    except Refusal:
        return []
    amount = limit if isinstance(limit, int) else 0
    return [Alert(AlertKind.OVER_INSURED)] if amount and total > amount else []


def panel_context(request: HttpRequest, party: int) -> dict[str, Any]:
    """The facts, masked, with the alerts and the accounts."""
    view = services.party(party)
    lines = account_lines(party)
    return {
        "party": view,
        "accounts": lines,
        "alerts": [*view.alerts, *_over_insured(lines)],
        "purpose": Purpose.COUNTER,
        "fields": _fields(view),
    }


def _fields(view: PartyView) -> list[tuple[Field, str, str]]:
    """Field, label, masked value: those that can be shown one at a time."""
    found = [(Field.NAME, view.name), (Field.BIRTH_DATE, view.birth_date)]
    if view.document is not None:
        found.append((Field.DOCUMENT, view.document.number))
    seen: set[Field] = set()
    for contact in view.contacts:
        field = Field(str(contact.kind))
        if field not in seen:
            found.append((field, contact.value))
            seen.add(field)
    return [(field, label(field), value) for field, value in found if value]


def page_context(request: HttpRequest, party: int) -> dict[str, Any]:
    """The whole page."""
    context = panel_context(request, party)
    return context | {
        "mandates": services.mandates_of_party(party),
        "timeline": timeline_lines(services.timeline(party=party)),
        "purposes": choices(Purpose),
        "may_edit": people.can(request, Duty.CUSTOMER_EDIT),
        "contact_kinds": choices(ContactKind),
    }


def timeline_lines(moments: list[Moment]) -> list[Line]:
    names = {actor: _who(actor) for actor in {m.actor for m in moments}}
    return [_line(m, names[m.actor]) for m in moments]


def _who(actor: str) -> str:
    kind, _colon, number = actor.partition(":")
    if kind != "person":
        return _("the system")
    try:
        return people.person(int(number)).name
    except Refusal:
        return actor


def _line(moment: Moment, who: str) -> Line:
    title, icon = MOMENTS.get(moment.verb, (moment.verb, "circle"))
    shown = []
    for key, kinds in (("field", Field), ("purpose", Purpose), ("relation", Relation)):
        value = str(moment.data.get(key, ""))
        if value:
            shown.append(label(kinds(value)) if value in set(map(str, kinds)) else value)
    return Line(at=moment.at, title=str(title), who=who, text=" · ".join(shown), icon=icon)
