"""The counter's screens: the form of an operation, its quote, the approval, the receipt, my day."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from counterpoint.approvals import services as approvals
from counterpoint.kit.access import allows
from counterpoint.kit.data import Malformed, Refusal
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.teller import pages, served, services
from counterpoint.teller.access import at_the_counter
from counterpoint.teller.data import NotTheMaker, Quote, UnknownReceipt
from counterpoint.teller.forms import FORMS, OperationForm, approval_form, ask_form


@allows(at_the_counter)
@require_GET
def operation(request: HttpRequest, code: str) -> HttpResponse:
    """The form of one operation."""
    chosen = services.operation(code)
    try:
        people.check_operation(by=people.actor_from(request), operation=code)
        barred = None
    except Refusal as refusal:
        barred = refusal
    context = pages.operation_context(request, chosen, pages.blank_form(chosen, request), refusal=barred)
    return pages.answer(request, "operation", context)


@allows(at_the_counter)
@sensitive_post_parameters()
@require_POST
def quote(request: HttpRequest, code: str) -> HttpResponse:
    """Work out what the entered form would do. Whatever happens, nothing that was typed is lost."""
    chosen = services.operation(code)
    form = FORMS[code](request.POST)
    if not form.is_valid():
        return pages.answer(request, "operation", pages.operation_context(request, chosen, form), status=422)
    try:
        served.check_confirmed(request, code)
        made = services.quote(
            operation=code,
            form=form.slip(),
            key=form.cleaned_data["idempotency_key"],
            by=people.actor_from(request),
            visit=served.key_of(request),
        )
    except Refusal as refusal:
        _mark(form, refusal)
        context = pages.operation_context(request, chosen, form, refusal=refusal)
        return pages.answer(request, "operation", context, status=refusal.status)
    return pages.answer(request, "operation", pages.operation_context(request, chosen, form, quote=made))


def _mark(form: OperationForm, refusal: Refusal) -> None:
    """Set a refusal that belongs to one field beside that field, too."""
    field = str(refusal.details.get("field", ""))
    if field in form.fields:
        form.add_error(field, str(refusal))


@allows(at_the_counter)
@require_POST
def confirmation(request: HttpRequest, quote: int) -> HttpResponse:
    """Post what was quoted; the answer is the receipt."""
    seen = services.quote_by_id(quote)
    granted = approvals.approvals_for(payload_hash=seen.payload_hash)
    try:
        key = UUID(request.POST.get("idempotency_key", ""))
    except ValueError:
        raise Malformed(_("The form has lost its key. Open it again.")) from None
    receipt = services.confirm(
        quote=quote, key=key, approval=[one.id for one in granted], by=people.actor_from(request)
    )
    served.done(request, seen.operation)
    words = {"text": _("Posted: %(number)s") % {"number": receipt.number}, "meaning": "success"}
    headers = {"HX-Trigger": json.dumps({"toast": words, "draft-done": {}})}
    return pages.answer(request, "receipt", pages.receipt_context(receipt, request), headers=headers)


@allows(at_the_counter)
@require_POST
def cancellation(request: HttpRequest, quote: int) -> HttpResponse:
    """Give a quote up and open the form anew."""
    seen = services.quote_by_id(quote)
    services.cancel_quote(quote=quote, by=people.actor_from(request))
    return redirect("teller:operation", code=seen.operation)


def _own(request: HttpRequest, quote: int) -> Quote:
    seen = services.quote_by_id(quote)
    if seen.maker != people.actor_from(request).id:
        raise NotTheMaker(_("This quote was made by somebody else."))
    return seen


@allows(at_the_counter)
@require_GET
def shown(request: HttpRequest, quote: int) -> HttpResponse:
    """The quote again, as it stands now: others have decided on it."""
    return pages.answer(request, "quote", pages.quote_context(_own(request, quote)))


@allows(at_the_counter)
@sensitive_post_parameters()
@require_POST
def approval(request: HttpRequest, quote: int) -> HttpResponse:
    """A second person signs in here and now, and approves exactly what the dialog shows."""
    seen = _own(request, quote)
    form, refusal, status = approval_form(request.POST), None, 200
    if form.is_valid() and seen.approval is not None:
        try:
            second = people.verify_second_person(
                username=form.cleaned_data["number"], password=form.cleaned_data["password"],
                code=form.cleaned_data["code"] or None, branch=seen.branch, duty=Duty(seen.approval.duty),
                not_person=seen.maker, request=request,
            )  # fmt: skip
            services.approve(quote=quote, approver=second, rekey=form.rekeyed)
        except Refusal as caught:
            refusal, status = caught, caught.status
    context = pages.quote_context(seen) | {"approval_form": form, "approval_refusal": refusal}
    context["open_dialog"] = refusal is not None or not form.is_valid()
    return pages.answer(request, "quote", context, status=status)


@allows(at_the_counter)
@require_POST
def asking(request: HttpRequest, quote: int) -> HttpResponse:
    """Ask the approval desk, with papers and a note 提请授权."""
    seen, by = _own(request, quote), people.actor_from(request)
    form, refusal, status = ask_form(request.POST), None, 422
    if form.is_valid():
        try:
            services.ask_approval(
                quote=quote, papers=form.cleaned_data["papers"], note=form.cleaned_data["note"],
                follows=form.cleaned_data["follows"], by=by,
            )  # fmt: skip
            status = 200
        except Refusal as caught:
            refusal, status = caught, caught.status
    context = pages.quote_context(seen) | {"ask_form": form, "ask_refusal": refusal}
    return pages.answer(request, "quote", context | {"open_ask": status != 200}, status=status)


@allows(at_the_counter)
@require_GET
def receipt(request: HttpRequest, receipt: int) -> HttpResponse:
    """One receipt with what can be done next."""
    return pages.answer(request, "receipt", pages.receipt_context(_mine(request, receipt), request))


def _mine(request: HttpRequest, receipt: int) -> services.Receipt:
    found = services.receipt(receipt)
    if found.branch != people.actor_from(request).branch:
        raise UnknownReceipt(_("There is no such receipt."))
    return found


@allows(at_the_counter)
@require_POST
def payment(request: HttpRequest, receipt: int) -> HttpResponse:
    """The notes were handed over."""
    paid = services.pay_out(receipt=receipt, by=people.actor_from(request))
    return pages.answer(request, "receipt", pages.receipt_context(paid, request))


@allows(at_the_counter)
@require_POST
def prints(request: HttpRequest, receipt: int) -> HttpResponse:
    """Count one more printing and go to its paper. The first is the original, others are marked 补打."""
    count = services.print_receipt(receipt=_mine(request, receipt).id, by=people.actor_from(request))
    address = reverse("teller:paper", args=[receipt, count])
    return redirect(address)


@allows(at_the_counter)
@require_GET
def paper(request: HttpRequest, receipt: int, count: int) -> HttpResponse:
    """The paper of a printing that was just counted, as PDF."""
    made = services.receipt_pdf(
        receipt=_mine(request, receipt).id, count=count, by=people.actor_from(request)
    )
    name = f"{services.receipt(receipt).number}.pdf"
    return HttpResponse(
        made, content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"},
    )  # fmt: skip


@allows(at_the_counter)
@require_GET
def day(request: HttpRequest) -> HttpResponse:
    """My day: entries, sums by kind, what the box should hold."""
    seen = services.my_day(by=people.actor_from(request))
    kinds = [
        {"name": services.operation(code).name(pages.language()), "count": count, "total": total}
        for code, count, total in seen.kinds
    ]
    entries = [
        {"receipt": one, "name": services.operation(one.operation).name(pages.language())}
        for one in seen.receipts
    ]
    return pages.answer(request, "day", {"day": seen, "kinds": kinds, "entries": entries})


@allows(at_the_counter)
@require_GET
def operations(request: HttpRequest) -> HttpResponse:
    """Every operation by its code, for a page without the desk."""
    rows = [{"operation": one, "name": one.name(pages.language())} for one in services.OPERATIONS.values()]
    return render(request, "teller/operations.html", {"rows": rows})
