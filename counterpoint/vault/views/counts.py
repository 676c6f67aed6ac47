"""Counts of boxes: which are counted today, a new one typed blind, and its result."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Malformed, Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.ledger import services as ledger
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import access, services
from counterpoint.vault.data import BoxView, UnknownBox, face_value
from counterpoint.vault.data_counts import CashCountView, UnknownCount
from counterpoint.vault.data_vouchers import CountMoment
from counterpoint.vault.labels import face_name
from counterpoint.vault.labels_counts import MOMENTS
from counterpoint.vault.papers_counts import count_sheet
from counterpoint.vault.services.counts import COUNTERS, binding_on
from counterpoint.vault.services.differences import approver_tier, approving_unit
from counterpoint.vault.views.bookings import go
from counterpoint.vault.views.counting import bound, grid, typed_from
from counterpoint.vault.views.damaged import paper
from counterpoint.vault.views.hands import check_not_blind
from counterpoint.vault.views.proposing import in_words
from counterpoint.vault.views.signing import prove

TYPED_MOMENTS = (CountMoment.START, CountMoment.MID, CountMoment.END)


def _box(request: HttpRequest, id: int) -> BoxView:
    found = services.box(id)
    if found.branch != people.actor_from(request).branch:
        raise UnknownBox(_("There is no such box."), box=id)
    return found


def list_context(request: HttpRequest) -> dict[str, Any]:
    """Every box of the branch with its counts of today: when and by whom, never what should be there."""
    by = people.actor_from(request)
    branch = by.branch or 0
    day = org.business_day(branch).date
    made = services.counted_today(branch=branch, date=day)
    names = {id: people.person(id).name for one in made for id in (one.person, one.second) if id}
    lines = []
    for box in services.boxes_of(branch=branch):
        mine = [one for one in made if one.box == box.id]
        by_moment = [next((one for one in mine if one.moment is m), None) for m in CountMoment]
        lines.append(
            {
                "box": box, "mine": box.custodian == by.id, "may": box.custodian in (None, by.id),
                "custodian": people.person(box.custodian).name if box.custodian else "",
                "counts": [
                    {"count": one, "who": names[one.person], "second": names.get(one.second or 0)}
                    if one else None
                    for one in by_moment
                ],
            }
        )  # fmt: skip
    lines.sort(key=lambda row: not row["mine"])
    return {"lines": lines, "day": day, "branch": branch, "moments": [MOMENTS[m] for m in CountMoment]}


@allows(access.sees)
@require_GET
def counts(request: HttpRequest) -> HttpResponse:
    """Today's counts, live."""
    template = "vault/parts/counts.html" if is_fragment(request) else "vault/counts.html"
    return render(request, template, list_context(request))


@allows(access.sees)
@sensitive_post_parameters("second_password")
@require_http_methods(["GET", "POST"])
def count_new(request: HttpRequest, box: int) -> HttpResponse:
    """Type a count; nothing that is expected is sent before it is in."""
    view, refusal = _box(request, box), None
    if request.method == "POST":
        try:
            made = _count(request, view)
            answer = go(request, "vault:count", made.id)
            opened = opened_at(request)
            _point(answer, f"?opened={opened}" if opened is not None else "")
            return answer
        except Refusal as caught:
            refusal = caught
    context = new_context(request, view, refusal)
    template = "vault/parts/count_new.html" if is_fragment(request) else "vault/count_new.html"
    return render(request, template, context, status=refusal.status if refusal else 200)


def _point(answer: HttpResponse, query: str) -> None:
    for header in ("Location", "HX-Redirect"):
        if header in answer:
            answer[header] += query


def _count(request: HttpRequest, view: BoxView) -> CashCountView:
    by = people.actor_from(request)
    day = org.business_day(view.branch).date
    try:
        moment = CountMoment(request.POST.get("moment", ""))
    except ValueError:
        raise Malformed(_("Say of which moment this count is."), field="moment") from None
    second = prove(request, duties=COUNTERS, branch=view.branch)
    typed = typed_from(request.POST, services.countable_faces(box=view, at=day))
    return services.count_box(box=view.id, moment=moment, typed=typed, by=by, second=second)


def new_context(request: HttpRequest, view: BoxView, refusal: Refusal | None) -> dict[str, Any]:
    day = org.business_day(view.branch).date
    faces, binding = services.countable_faces(box=view, at=day), binding_on(day)
    wanted = request.POST.get("moment") or request.GET.get("moment", "")
    # The first count of a day is the one at its start.
    usual = CountMoment.MID if services.last_count(box=view.id, date=day) else CountMoment.START
    chosen = next((m for m in TYPED_MOMENTS if m == wanted), usual)
    wrong = str(refusal.details.get("field", "")) if refusal else ""
    two = any(services.people_to_count(box=view, moment=m, at=day) > 1 for m in TYPED_MOMENTS)
    opened = opened_at(request)
    opened = ledger.account(view.account).version if opened is None else opened
    return {
        "box": view, "rows": grid(view, faces, binding, typed_from(request.POST, faces), wrong),
        "moments": [(m, MOMENTS[m]) for m in TYPED_MOMENTS], "chosen": chosen, "two": two,
        "opened": opened, "refusal": refusal, "bound": bound(binding), "currency": view.currency,
    }  # fmt: skip


def _seen(request: HttpRequest, id: int) -> CashCountView:
    found = services.cash_count(id)
    if found.branch != people.actor_from(request).branch:
        raise UnknownCount(_("There is no such count."), count=id)
    check_not_blind(people.actor_from(request), [found.box])
    return found


def opened_at(request: HttpRequest) -> int | None:
    """The version of the account when the page was opened."""
    text = request.POST.get("opened") or request.GET.get("opened", "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _may_settle(request: HttpRequest, count: CashCountView) -> bool:
    by = people.actor_from(request)
    if by.id in (count.person, count.second, services.box(count.box).custodian):
        return True
    return bool(people.may(person=by.id, duty=Duty.AUTHORIZE, branch=count.branch))


def faces_table(count: CashCountView) -> list[dict[str, Any]]:
    """Counted beside expected, by face; only once the count is in."""
    return [
        {
            "name": face_name(face, count.currency), "counted": count.faces.get(face, 0),
            "expected": count.expected_faces.get(face, 0), "off": count.off.get(face, 0),
            "worth": count.off.get(face, 0) * face_value(face),
        }
        for face in sorted(
            {**count.expected_faces, **count.faces}, key=lambda f: (f.startswith("c"), -face_value(f))
        )
    ]  # fmt: skip


def count_context(
    request: HttpRequest, count: CashCountView, refusal: Refusal | None = None
) -> dict[str, Any]:
    opened = opened_at(request)
    settled = services.settlement_of(count)
    case = services.difference_of(count=count.id)
    open_case = not count.agrees and settled is None
    tier = approver_tier(count=count)[1] if open_case else ""
    return {
        "count": count, "faces": faces_table(count), "moment": MOMENTS[count.moment], "case": case,
        "settled": settled.entry if settled else None, "open_case": open_case, "refusal": refusal,
        "check": services.check_of(count=count.id), "opened": opened,
        "may_settle": open_case and _may_settle(request, count),
        "landed": services.landed_since(count=count, opened=opened) if opened is not None else (),
        "who": people.person(count.person), "second": people.person(count.second) if count.second else None,
        "proposals": in_words(count) if open_case else [], "higher": tier not in ("", "branch_head"),
        "open_dialog": refusal is not None,
    }  # fmt: skip


@allows(access.sees)
@require_GET
def count(request: HttpRequest, count: int) -> HttpResponse:
    """The result: counted beside expected, what landed meanwhile, and where a difference may come from."""
    return render(request, "vault/count.html", count_context(request, _seen(request, count)))


@allows(access.sees)
@require_GET
def count_paper(request: HttpRequest, count: int) -> HttpResponse:
    """Its sheet 碰库单, to be signed and filed."""
    seen = _seen(request, count)
    sheet = count_sheet(seen)
    return paper(org.paper_pdf(sheet, seen.date), sheet.number)


@allows(access.sees)
@sensitive_post_parameters("second_password")
@require_POST
def count_settle(request: HttpRequest, count: int) -> HttpResponse:
    """A count that differs becomes a case, or its faces are put right; somebody approves it here."""
    seen, by = _seen(request, count), people.actor_from(request)
    note = request.POST.get("note", "")
    try:
        unit = approving_unit(tier=approver_tier(count=seen)[1], branch=seen.branch)
        approver = prove(request, duties=(Duty.AUTHORIZE,), branch=unit)
        if not seen.difference:
            services.correct_faces(count=count, by=by, approver=approver, note=note)
            messages.success(request, _("The faces are put right."))
            return go(request, "vault:count", count)
        made = services.open_difference(count=count, by=by, approver=approver, note=note)
    except Refusal as refusal:
        context = count_context(request, seen, refusal)
        template = "vault/parts/count.html" if is_fragment(request) else "vault/count.html"
        return render(request, template, context, status=refusal.status)
    messages.success(request, _("The case %(number)s is open.") % {"number": made.number})
    return go(request, "vault:difference", made.id)
