"""The counter's part of the API: quotes, confirmations, receipts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja import Header, Router, Schema
from pydantic import ConfigDict, Field

from counterpoint.kit.data import Malformed
from counterpoint.kit.keys import key_from
from counterpoint.people import services as people
from counterpoint.teller import services
from counterpoint.teller.access import at_the_counter
from counterpoint.teller.data import Quote, Receipt, UnknownReceipt
from counterpoint.teller.forms import FORMS

router = Router(tags=["teller"])
PAGE_MAX = 200


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class QuoteIn(Strict):
    """An operation, and its form as on the screen: amounts as text ``"1,409.50"``, faces as pieces."""

    operation: str = Field(pattern=r"^\d{4}$")
    form: dict[str, Any]


class ConfirmationIn(Strict):
    quote: int = Field(ge=1, le=2**63 - 1)
    approvals: list[int] = Field(default_factory=list, max_length=5)


class LineOut(Schema):
    account: int
    amount: int
    branch: int
    label: str


class QuoteOut(Schema):
    id: int
    operation: str
    state: str
    expires: str
    business_date: str
    currency: str
    amount: int
    lines: list[LineOut]
    faces: dict[str, int]
    charges: list[dict[str, Any]]
    balances: list[dict[str, Any]]
    rules: list[dict[str, Any]]
    approvals_needed: int
    payload_hash: str


class ReceiptOut(Schema):
    id: int
    number: str
    verification: str
    operation: str
    business_date: str
    at: str
    currency: str
    amount: int
    cash: int
    lines: list[LineOut]
    faces: dict[str, int]
    repeated: bool
    paid: bool
    corrects: int | None
    corrected_by: int | None
    answer: dict[str, Any]


class ReceiptPage(Schema):
    items: list[ReceiptOut]
    next: int | None


def _lines(lines: Any) -> list[dict[str, Any]]:
    return [{"account": x.account, "amount": x.amount, "branch": x.branch, "label": x.label} for x in lines]


def _quote(made: Quote) -> dict[str, Any]:
    return {
        "id": made.id, "operation": made.operation, "state": str(made.state),
        "expires": made.expires.isoformat(),
        "business_date": made.business_date.isoformat(), "currency": made.currency, "amount": made.amount,
        "lines": _lines(made.lines), "faces": made.faces, "charges": [asdict(one) for one in made.charges],
        "balances": [asdict(one) for one in made.balances], "rules": [asdict(one) for one in made.hits],
        "approvals_needed": made.approval.people if made.approval else 0, "payload_hash": made.payload_hash,
    }  # fmt: skip


def _receipt(one: Receipt) -> dict[str, Any]:
    return {
        "id": one.id, "number": one.number, "verification": one.verification, "operation": one.operation,
        "business_date": one.business_date.isoformat(), "at": one.at.isoformat(), "currency": one.currency,
        "amount": one.amount, "cash": one.cash, "lines": _lines(one.lines), "faces": one.faces,
        "repeated": one.repeated, "paid": one.paid, "corrects": one.corrects,
        "corrected_by": one.corrected_by,
        "answer": one.answer,
    }  # fmt: skip


def _key(text: str, request: HttpRequest) -> UUID:
    """The client's own key, apart for each person."""
    if not 8 <= len(text) <= 200 or not text.isprintable():
        raise Malformed(_("The header Idempotency-Key needs 8 to 200 printable characters."))
    return key_from(text, owner=people.actor_from(request).key)


def _flat(form: dict[str, Any]) -> MultiValueDict[str, Any]:
    """The JSON form as the screen would send it, so that one form checks both."""
    data: MultiValueDict[str, Any] = MultiValueDict()
    for name, value in form.items():
        if name == "faces" and isinstance(value, dict):
            for face, count in value.items():
                data[f"faces_{face}"] = count
        elif name == "agent" and isinstance(value, dict):
            for part, given in value.items():
                data[f"agent_{part}"] = given
        elif name == "lines" and isinstance(value, list):
            data["lines-TOTAL_FORMS"], data["lines-INITIAL_FORMS"] = str(len(value)), "0"
            for at, line in enumerate(value):
                if not isinstance(line, dict):
                    raise Malformed(_("The form is incomplete or malformed."), field="lines")
                for part, given in line.items():
                    data[f"lines-{at}-{part}"] = str(given)
        elif isinstance(value, dict | list):
            raise Malformed(_("The form is incomplete or malformed."), field=name)
        elif value is not None:
            data[name] = value if isinstance(value, bool) else str(value)
    return data


@router.post("/quotes", response=QuoteOut, summary="Work out what an operation would do")
def make_quote(
    request: HttpRequest, body: QuoteIn, idempotency_key: Annotated[str, Header(alias="Idempotency-Key")]
) -> dict[str, Any]:
    at_the_counter(request)
    services.operation(body.operation)
    data = _flat(body.form)
    data["idempotency_key"] = key = _key(idempotency_key, request)
    form = FORMS[body.operation](data)
    unknown = sorted(n for n in data if n not in form.fields and not n.startswith("lines-"))
    if unknown:
        raise Malformed(_("Unknown fields."), fields=unknown)
    if not form.is_valid():
        raise Malformed(_("The form is incomplete or malformed."), fields=form.errors.get_json_data())
    made = services.quote(operation=body.operation, form=form.slip(), key=key, by=people.actor_from(request))
    return _quote(made)


@router.post("/confirmations", response=ReceiptOut, summary="Post what was quoted")
def confirm(
    request: HttpRequest,
    body: ConfirmationIn,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key")],
) -> dict[str, Any]:
    at_the_counter(request)
    done = services.confirm(
        quote=body.quote,
        key=_key(idempotency_key, request),
        approval=body.approvals,
        by=people.actor_from(request),
    )
    return _receipt(done)


@router.get("/receipts", response=ReceiptPage, summary="Receipts of the branch, newest first")
def receipts(
    request: HttpRequest,
    cursor: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None,
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 50,
) -> dict[str, Any]:
    """``cursor`` is the last id seen."""
    at_the_counter(request)
    who = people.actor_from(request)
    found = services.receipts(branch=who.branch or 0, before=cursor, limit=limit + 1)
    more = found[limit - 1].id if len(found) > limit else None
    return {"items": [_receipt(one) for one in found[:limit]], "next": more}


@router.get("/receipts/{int:receipt}", response=ReceiptOut, summary="One receipt")
def one_receipt(request: HttpRequest, receipt: int) -> dict[str, Any]:
    at_the_counter(request)
    found = services.receipt(receipt)
    if found.branch != people.actor_from(request).branch:
        raise UnknownReceipt(_("There is no such receipt."))
    return _receipt(found)
