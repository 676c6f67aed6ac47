"""What the counter's pages show: page and fragment share these contexts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import Mode, RequestState
from counterpoint.kit.data import Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.ledger import services as ledger
from counterpoint.papers import services as papers
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.teller import served, services
from counterpoint.teller.data import Cash, Line, Operation, Quote, Receipt, RuleHit
from counterpoint.teller.forms import FORMS, OperationForm
from counterpoint.teller.labels import LABELS, NOTES, in_language
from counterpoint.vault import services as vault
from counterpoint.vault.data import NoBox

#: What an address may fill in beforehand; money and passwords never come from an address.
PREFILLED = ("account", "payer", "customer", "receipt", "hold")


def language() -> str:
    return get_language() or "zh"


def blank_form(operation: Operation, request: HttpRequest) -> OperationForm:
    """A newly opened form, with its own key."""
    initial = {name: request.GET[name][:40] for name in PREFILLED if request.GET.get(name)}
    if "account" in initial:
        initial.setdefault("payer", initial["account"])
    return served.fill(FORMS[operation.code](initial=initial), request, operation.code)


def operation_context(
    request: HttpRequest, operation: Operation, form: OperationForm, *, quote: Quote | None = None,
    refusal: Refusal | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The form of an operation, with its quote below it once there is one."""
    context: dict[str, Any] = {
        "operation": operation, "name": operation.name(language()), "form": form, "refusal": refusal,
        "procedure": operation.procedure(language()), "currency": form.money,
        "cash_out": operation.cash is Cash.OUT, "available": _available(request) if form.cash else {},
    } | served.context(request, operation.code)  # fmt: skip
    if form.cash:
        context["notes"] = [row for row in _faces(form) if not row["coin"]]
        context["coins"] = [row for row in _faces(form) if row["coin"]]
    return context | (quote_context(quote) if quote else {"quote": None})


def _available(request: HttpRequest) -> dict[str, int]:
    try:
        return vault.box_of(person=people.actor_from(request).id).payable
    except NoBox:
        return {}


def _faces(form: OperationForm) -> list[dict[str, Any]]:
    return [row | {"name": vault.face_name(row["face"], form.money)} for row in form.faces()]


def quote_context(quote: Quote) -> dict[str, Any]:
    """What will be posted, in words, with charges, balances, rules and approval."""
    return {
        "quote": quote, "lines": lines_in_words(quote.lines, quote.currency),
        "hits": hits_in_words(quote.hits),
        "remarks": [in_language(NOTES[note], language()) for note in quote.notes if note in NOTES],
        "faces_in_words": faces_in_words(quote.faces, quote.currency), "cash": quote.payload["cash"],
        "extra": quote.payload["extra"],
    } | approval_context(quote)  # fmt: skip


def approval_context(quote: Quote) -> dict[str, Any]:
    """Who has approved, who is missing, and which ways are open: at the approval desk, or here."""
    if quote.approval is None:
        return {"granted": [], "missing": 0, "why": [], "approvers": []}
    need = quote.approval.requirement
    given = approvals.approvals_for(payload_hash=quote.payload_hash)
    standing = approvals.standing_of(payload_hash=quote.payload_hash, requirement=need, approvals=given)
    asked = approvals.requests_of(subject=f"quote:{quote.id}") if need.modes - {Mode.SITE} else []
    last = asked[0] if asked else None
    waiting = last if last and last.open else None
    fallback = waiting.fallback_at if waiting else None
    refused = last is not None and last.state is RequestState.REFUSED
    missing = standing.missing
    can_sign = bool(missing and not refused and approvals.at_the_desk_now(need, fallback))
    return {
        "granted": [people.person(one.approver) for one in given], "missing": missing,
        "why": hits_in_words(quote.approval.hits), "approvers": _approvers(quote) if can_sign else [],
        "request": last, "waiting": waiting, "need": need,
        "can_ask": bool(missing and need.modes - {Mode.SITE} and not waiting and not refused),
        "can_sign": can_sign,
        "returned": last if last and last.state is RequestState.RETURNED else None,
        "kept": papers.papers_of(list(last.papers)) if last and not last.open else [],
    }  # fmt: skip


def _approvers(quote: Quote) -> list[Any]:
    duty = Duty(quote.approval.duty) if quote.approval else Duty.AUTHORIZE
    return [p for p in people.people_with(duty=duty, branch=quote.branch) if p.id != quote.maker]


def lines_in_words(lines: tuple[Line, ...], currency: str) -> list[dict[str, Any]]:
    views = ledger.accounts([line.account for line in lines])
    return [
        {
            "label": in_language(LABELS.get(line.label, (line.label, line.label)), language()),
            "account": views[line.account], "debit": max(0, line.amount), "credit": max(0, -line.amount),
            "customer": views[line.account].gl.startswith("20"), "currency": currency,
        }
        for line in lines
    ]  # fmt: skip


def hits_in_words(hits: tuple[RuleHit, ...]) -> list[dict[str, Any]]:
    return [
        {"rule": hit.rule, "reason": hit.reason(language()), "source": hit.source, "since": hit.since,
         "unverified": hit.unverified, "version": hit.version}
        for hit in hits
    ]  # fmt: skip


def faces_in_words(faces: dict[str, int], currency: str) -> list[dict[str, Any]]:
    """Pieces as they move: handed over, or taken in."""
    return [
        {"name": vault.face_name(face, currency), "count": abs(count), "out": count < 0, "face": face}
        for face, count in faces.items()
    ]


def receipt_context(receipt: Receipt, request: HttpRequest) -> dict[str, Any]:
    """A receipt, and what can be done next."""
    operation, who = services.operation(receipt.operation), people.actor_from(request)
    account = next((balance.number for balance in receipt.balances), "") or receipt.answer.get("number", "")
    again = reverse("teller:operation", args=[operation.code])
    return {
        "receipt": receipt, "operation": operation, "name": operation.name(language()),
        "lines": lines_in_words(receipt.lines, receipt.currency),
        "faces_in_words": faces_in_words(receipt.faces, receipt.currency), "account": account,
        "mine": receipt.maker == who.id, "again": again,
        "next": [services.operation(code) for code in ("1101",
        "1102", "1201", "1701") if code != operation.code],
        "language": language(),
    }  # fmt: skip


def answer(
    request: HttpRequest,
    part: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """The fragment for htmx, and the same inside a page of its own for everybody else."""
    alone = not is_fragment(request)
    template = "teller/page.html" if alone else f"teller/parts/{part}.html"
    page = render(request, template, context | {"part": f"teller/parts/{part}.html"}, status=status)
    for name, value in (headers or {}).items():
        page.headers[name] = value
    return page
