"""The blind count of a box's forms 凭证碰库: ranges as they lie there are typed; nothing expected is sent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from counterpoint.kit.access import allows
from counterpoint.kit.data import Malformed, Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import access, services
from counterpoint.vault.data import BoxView, UnknownBox
from counterpoint.vault.data_vouchers import CountMoment, CountView, SecondPersonMissing
from counterpoint.vault.labels_vouchers import MOMENTS
from counterpoint.vault.rules_vouchers import Spans, parse_spans
from counterpoint.vault.views.bookings import go
from counterpoint.vault.views.hands import authorizes, names
from counterpoint.vault.views.signing import prove
from counterpoint.vault.views.vouchers import title

#: Most characters of one kind's numbers, as they are typed.
TEXT_MOST = 2000
SECONDS = (Duty.CASH, Duty.AUTHORIZE)


def _box(request: HttpRequest, id: int) -> BoxView:
    """A box of one's own, or one whose count somebody who authorizes takes over."""
    by, found = people.actor_from(request), services.box(id)
    mine = found.custodian in (None, by.id) or authorizes(by)
    if found.branch != by.branch or not mine:
        raise UnknownBox(_("There is no such box."), box=id)
    return found


def _result(one: CountView) -> dict[str, Any]:
    """A count that is in: whether it agrees, and which numbers are missing or too many."""
    kinds = {kind.code: kind for kind in services.voucher_kinds()}
    who = names((one.person, one.second))

    def words(lines: tuple[tuple[str, int, int], ...]) -> list[str]:
        return [
            f"{title(kinds[code])} {kinds[code].number(first)}"
            + (f" – {kinds[code].number(last)}" if last > first else "")
            for code, first, last in lines
        ]

    return {
        "count": one, "moment": MOMENTS.get(one.moment, one.moment), "missing": words(one.missing),
        "extra": words(one.extra), "who": who[one.person], "second": who.get(one.second or 0, ""),
    }  # fmt: skip


def _moment(text: str) -> CountMoment:
    if text not in MOMENTS:
        raise Malformed(_("Say of which moment this count is."), field="moment")
    return CountMoment(text)


def _counted(request: HttpRequest) -> dict[str, Spans]:
    return {
        kind.code: parse_spans(text, kind.prefix)
        for kind in services.voucher_kinds()
        if (text := request.POST.get(f"kind_{kind.code}", "")[:TEXT_MOST].strip())
    }


def _context(request: HttpRequest, box: BoxView, **more: Any) -> dict[str, Any]:
    chosen = request.POST.get("moment") or request.GET.get("moment") or str(CountMoment.END)
    last = services.last_voucher_count(box=box.id, day=org.business_day(box.branch).date)
    return {
        "box": box, "moments": MOMENTS.items(), "chosen": chosen,
        "lines": [
            {"kind": kind, "title": title(kind), "value": request.POST.get(f"kind_{kind.code}", "")}
            for kind in services.voucher_kinds()
        ],
        "last": _result(last) if last is not None else None,
        "keeper": people.person(box.custodian).name if box.custodian else "", **more,
    }  # fmt: skip


@allows(access.holds_something)
@sensitive_post_parameters("second_password")
@require_http_methods(["GET", "POST"])
def voucher_count(request: HttpRequest, box: int) -> HttpResponse:
    """Type the numbers, the second person signs; then the count is in and says whether it agrees."""
    view, by = _box(request, box), people.actor_from(request)
    template = "vault/parts/voucher_count.html" if is_fragment(request) else "vault/voucher_count.html"
    if request.method == "GET":
        return render(request, template, _context(request, view))
    try:
        moment, counted = _moment(request.POST.get("moment", "")), _counted(request)
        second = prove(request, duties=SECONDS, branch=view.branch)
        made = services.record_voucher_count(
            box=view.id, moment=moment, counted=counted, by=by, second=second
        )
    except Refusal as refusal:
        signed = bool(request.POST.get("second_number"))
        asks = isinstance(refusal, SecondPersonMissing) and not signed
        told = {"asks_second": asks or signed, "refusal": None if asks else refusal}
        return render(request, template, _context(request, view, **told), status=refusal.status)
    if made.agrees:
        messages.success(request, _("The count is in and agrees."))
    else:
        messages.warning(request, _("The count is in and differs."))
    return go(request, "vault:voucher_count", box)
