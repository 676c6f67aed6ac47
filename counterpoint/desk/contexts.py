"""What the parts of the desk show: one function a part, for the page and for its fragment alike."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from counterpoint.customers import services as customers
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind, AccountStatus
from counterpoint.notices import services as notices
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.teller import services as teller
from counterpoint.teller.data import MyDay, Operation, Receipt
from counterpoint.vault import services as vault
from counterpoint.vault.data import NoBox
from counterpoint.visits import services as visits

ICONS = {
    "11": "cash", "12": "transfer", "13": "credit-card", "14": "list-details", "15": "snowflake",
    "16": "shield-check", "17": "list-check", "18": "arrow-back-up", "19": "printer",
}  # fmt: skip


def operation_url(request: HttpRequest, operation: Operation) -> str:
    """The operation's form, with the customer at the desk and their first account filled in."""
    url = reverse("teller:operation", args=[operation.code])
    now = visits.visit_served(request)
    if now is None or now.party is None:
        return url
    accounts = sorted(link.account for link in customers.links_of_party(now.party))
    usable = [a for a in ledger.accounts(accounts).values() if a.kind is AccountKind.DEMAND]
    filled = {"customer": customers.party(now.party).number}
    if usable:
        filled["account"] = usable[0].number
    return f"{url}?{urlencode(filled)}"


def operation_line(operation: Operation) -> dict[str, Any]:
    return {
        "code": operation.code,
        "title": operation.name(get_language() or ""),
        "pinyin": operation.pinyin,
        "icon": ICONS.get(operation.code[:2], "circle"),
        "url": f"{reverse('desk:code')}?code={operation.code}",
    }


def operations(request: HttpRequest) -> dict[str, Any]:
    """The operations that this person may do, as tiles."""
    allowed = {duty: people.can(request, Duty(duty)) for duty in {o.duty for o in teller.OPERATIONS.values()}}
    return {"operations": [operation_line(o) for o in teller.OPERATIONS.values() if allowed[o.duty]]}


def receipt_line(receipt: Receipt) -> dict[str, Any]:
    operation = teller.operation(receipt.code)
    return {
        "id": receipt.id,
        "number": receipt.number,
        "at": receipt.at,
        "title": operation.name(get_language() or ""),
        "code": receipt.code,
        "amount": receipt.amount,
        "currency": receipt.currency,
        "cash": receipt.cash,
        "corrected": receipt.corrected_by is not None,
        "to_pay": receipt.to_pay,
        "url": reverse("teller:receipt", args=[receipt.id]),
    }


def customer(request: HttpRequest) -> dict[str, Any]:
    """The customer's accounts and particulars."""
    now = visits.visit_served(request)
    if now is None or now.party is None:
        return {"visit": now, "party": None}
    party = customers.party(now.party)
    links = {link.account for link in customers.links_of_party(now.party)}
    views = ledger.accounts(sorted(links)).values()
    document = party.document
    return {
        "visit": now,
        "party": party,
        "accounts": [
            {
                "number": view.number,
                "title": account_title(view.kind),
                "state": "" if view.status is AccountStatus.ACTIVE else account_state(view.status),
                "balance": view.balance,
                "held": view.held,
                "currency": view.currency,
            }
            for view in views
        ],
        "particulars": [
            (_("Document"), document.number if document else "—"),
            (_("Phone"), party.phone or "—"),
            (_("Born"), party.birth_date or "—"),
        ],
    }


def account_title(kind: str) -> str:
    return {"demand": _("Demand account"), "term": _("Term deposit"), "loan": _("Loan")}.get(kind, kind)


def account_state(status: str) -> str:
    return {
        "debit_frozen": _("payments stopped"),
        "frozen": _("frozen"),
        "dormant": _("dormant"),
        "closed": _("closed"),
    }.get(status, status)


def day(request: HttpRequest) -> dict[str, Any]:
    """My day: what was done, sums by kind, and what the drawer should hold."""
    view: MyDay = teller.my_day(by=people.actor_from(request))
    return {
        "day": view,
        "kinds": [
            {"title": teller.operation(code).name(get_language() or ""), "count": count, "sum": total}
            for code, count, total in view.kinds
        ],
        "receipts": [receipt_line(receipt) for receipt in view.receipts],
    }


def box(request: HttpRequest) -> dict[str, Any]:
    """The box in my custody by faces, beside the books."""
    who = people.actor_from(request)
    try:
        mine = vault.box_of(person=who.id)
    except NoBox as refusal:
        free = vault.free_box_of_desk(desk=who.desk) if who.desk else None
        return {"box": None, "refusal": refusal, "free": free}
    position, wish = vault.position(box=mine.id), vault.proposed_transfer(box=mine)
    passed = vault.passed_limits(box=mine)
    return {
        "box": position.box,
        "position": position,
        "stop": vault.stop_of(box=mine.id),
        "passed": [
            {"name": vault.face_name(one.face, mine.currency) if one.face else "", "one": one}
            for one in passed
        ],
        "due": next((one.due for one in vault.breaches_of(box=mine.id)), None),
        "wish": wish if wish["faces"] else None,
        "faces": [
            {"name": vault.face_name(face, mine.currency), "count": count, "sum": total}
            for face, count, total in position.faces
            if count
        ],
    }


def procedure(request: HttpRequest, code: str | None) -> dict[str, Any]:
    """How the operation is done, and the notices that stand on it."""
    if code is None:
        return {"operation": None}
    operation = teller.operation(code)
    language = get_language() or ""
    return {
        "operation": operation_line(operation), "procedure": operation.procedure(language),
        "notices": notices.notices_about(code, by=people.actor_from(request)),
    }  # fmt: skip
