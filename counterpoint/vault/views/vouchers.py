"""Blank vouchers on the screen 重要空白凭证: ranges by kind and box, what is done with them, the register."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Actor, NotAllowed, Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import access, services
from counterpoint.vault import queries_vouchers as queries
from counterpoint.vault.data import BoxKind, BoxView
from counterpoint.vault.data_vouchers import (
    Run,
    SecondPersonMissing,
    UnknownVoucherKind,
    VoucherAct,
    VoucherKind,
    VoucherMalformed,
    VoucherMoveView,
    VoucherRun,
    VoucherState,
)
from counterpoint.vault.forms_vouchers import VoucherForm
from counterpoint.vault.labels_vouchers import ACTS, STATES
from counterpoint.vault.papers_hands import voucher_register
from counterpoint.vault.rules_vouchers import CONDUCT, lowest
from counterpoint.vault.shelves import LENGTH, blocks, pieces
from counterpoint.vault.views.bookings import go
from counterpoint.vault.views.damaged import cursor, paper
from counterpoint.vault.views.hands import authorizes, chinese, day_of, names, oversees, told_boxes
from counterpoint.vault.views.signing import prove

PAGE = 30
#: Ranges of one branch that one picture shows at most.
RANGES_MOST = 400
SECONDS = (Duty.CASH, Duty.AUTHORIZE)
#: What still lies in a box, as the front page shows it.
LYING = (VoucherState.HELD, VoucherState.SKIPPED, VoucherState.VOID, VoucherState.LOST)
#: What people do by hand here; giving forms out belongs to the business they are given out with.
OFFERED = tuple(act for act in VoucherAct if act is not VoucherAct.USE)
ICONS = {
    VoucherAct.RECEIVE: "package-import", VoucherAct.MOVE: "transfer", VoucherAct.SKIP: "chevron-down",
    VoucherAct.RESTORE: "arrow-back-up", VoucherAct.VOID: "ban", VoucherAct.LOSE: "alert-triangle",
    VoucherAct.FIND: "search", VoucherAct.RETURN: "arrow-up-right", VoucherAct.DESTROY: "trash",
}  # fmt: skip


def title(kind: VoucherKind) -> str:
    return kind.name_zh if chinese() else kind.name_en


def hers(by: Actor) -> list[BoxView]:
    """The boxes that this person may act on: one's own, and a vault that nobody has claimed."""
    return [
        box for box in services.boxes_of(branch=by.branch or 0)
        if box.custodian == by.id
        or (box.custodian is None and box.kind is BoxKind.VAULT and authorizes(by))
    ]  # fmt: skip


def bar(kind: VoucherKind, box: BoxView, runs: list[Run], spans: list[tuple[int, int]]) -> dict[str, Any]:
    """One box: its ranges on the bar, how many of each state, and the number that comes next."""
    low = lowest(runs, box.id)
    counts: dict[VoucherState, int] = {}
    for run in runs:
        counts[run.state] = counts.get(run.state, 0) + run.count
    return {
        "box": box, "next": kind.number(low) if low is not None else "",
        "counts": [(*STATES[state], counts[state]) for state in VoucherState if state in counts],
        "held": counts.get(VoucherState.HELD, 0),
        "pieces": [
            {"x": one.x, "width": one.width, "state": str(one.run.state),
             "title": f"{kind.number(one.run.first)} – {kind.number(one.run.last)} · "
                      f"{STATES[one.run.state][0]} · {one.run.count}"}
            for one in pieces(runs, spans)
        ],
    }  # fmt: skip


def bars(kind: VoucherKind, boxes: list[BoxView], found: list[VoucherRun]) -> list[dict[str, Any]]:
    mine = [one.run for one in found if one.kind.id == kind.id]
    spans = blocks(mine)
    by_box = {box.id: [run for run in mine if run.box == box.id] for box in boxes}
    return [bar(kind, box, by_box[box.id], spans) for box in boxes if by_box[box.id]]


def lying(boxes: list[BoxView], *conditions: Q, states: tuple[VoucherState, ...] = ()) -> list[VoucherRun]:
    where = Q(box__in=[box.id for box in boxes])
    return queries.voucher_runs(where, *conditions, states=states, limit=RANGES_MOST)


def register_lines(found: list[VoucherMoveView]) -> list[dict[str, Any]]:
    who = names(id for one in found for id in (one.person, one.second))
    return [
        {
            "move": one, "kind": title(one.kind), "act": ACTS[one.act], "first": one.kind.number(one.first),
            "last": one.kind.number(one.last) if one.last > one.first else "",
            "count": one.last - one.first + 1, "who": who.get(one.person, ""),
            "second": who.get(one.second or 0, ""), "icon": ICONS.get(one.act, "check"),
        }
        for one in found
    ]  # fmt: skip


def list_context(request: HttpRequest) -> dict[str, Any]:
    """Every kind with its ranges in the boxes that the reader may know of; overseers see the register."""
    by, before = people.actor_from(request), cursor(request)
    branch, boxes = by.branch or 0, told_boxes(by)
    found = lying(boxes, states=LYING)
    kinds = [
        {"kind": kind, "title": title(kind), "bars": rows, "count": sum(row["held"] for row in rows)}
        for kind in services.voucher_kinds()
        if (rows := bars(kind, boxes, found)) or oversees(by)
    ]
    moves = services.voucher_register(branch=branch, before=before, limit=PAGE + 1) if oversees(by) else []
    older = f"{reverse('vault:vouchers')}?before={moves[PAGE - 1].id}" if len(moves) > PAGE else ""
    owners = names(box.custodian for box in boxes)
    return {
        "kinds": kinds, "moves": register_lines(moves[:PAGE]), "older": older, "branch": branch,
        "first_page": before is None, "length": LENGTH, "owners": owners, "overseer": oversees(by),
        "sets_up": people.can(request, Duty.RULES_DRAFT),
        "mine": [box for box in hers(by) if box.custodian == by.id], "day": org.business_day(branch).date,
    }  # fmt: skip


@allows(access.sees)
@require_GET
def vouchers(request: HttpRequest) -> HttpResponse:
    """What lies where, live."""
    template = "vault/parts/vouchers.html" if is_fragment(request) else "vault/vouchers.html"
    return render(request, template, list_context(request))


@allows(access.sees)
@require_GET
def voucher_paper(request: HttpRequest) -> HttpResponse:
    """The register 重要空白凭证登记簿 of a day, for those who oversee the branch."""
    by = people.actor_from(request)
    if not oversees(by):
        raise NotAllowed(_("The register is printed by who answers for the branch."))
    branch = by.branch or 0
    day = day_of(request.GET.get("day", "")) or org.business_day(branch).date
    moves = services.voucher_register_of_day(branch=branch, day=day)
    runs = services.voucher_runs(branch=branch)
    return paper(org.paper_pdf(voucher_register(branch, day, moves, runs), day), f"vouchers-{day}")


def kind_of(code: str) -> VoucherKind:
    found = services.voucher_kind(code=code)
    if found is None:
        raise UnknownVoucherKind(_("There is no such kind of form."), kind=code)
    return found


def _act(text: str) -> VoucherAct:
    if text not in OFFERED:
        raise VoucherMalformed(_("This is done in another way."), act=text)
    return VoucherAct(text)


def form_for(request: HttpRequest, kind: VoucherKind, act: VoucherAct, boxes: list[BoxView]) -> VoucherForm:
    """The form of one act; what a range's link or the lowest number suggests stands in it."""
    branch = people.actor_from(request).branch or 0
    initial = {name: request.GET[name] for name in ("first", "last", "box") if name in request.GET}
    if act is VoucherAct.MOVE and "first" not in initial and boxes:
        chosen = next((one for one in boxes if str(one.id) == initial.get("box")), boxes[0])
        low = lowest(queries.runs_of(chosen.id, kind.id), chosen.id)
        initial["first"] = kind.number(low) if low is not None else ""
    owners = names(box.custodian for box in services.boxes_of(branch=branch))
    places = [
        (str(box.id), f"{box.number} {owners.get(box.custodian or 0, '')}".strip())
        for box in services.boxes_of(branch=branch)
    ]
    own = {str(box.id) for box in boxes}
    return VoucherForm(
        request.POST or None, act=act, kind=kind, boxes=[one for one in places if one[0] in own],
        targets=places, initial=initial,
    )  # fmt: skip


def run_rows(kind: VoucherKind, found: list[VoucherRun], boxes: list[BoxView]) -> list[dict[str, Any]]:
    """The ranges as rows, each with what may be done with it by the reader."""
    own = {box.id for box in boxes}
    owners = names(one.custodian for one in found)
    rows = []
    for one in found:
        words, meaning, icon = STATES[one.run.state]
        acts = [act for act in OFFERED if one.run.state in CONDUCT[act].sources and one.box in own]
        rows.append({
            "one": one, "state": words, "meaning": meaning, "icon": icon,
            "owner": owners.get(one.custodian or 0, ""),
            "acts": [{"act": str(act), "words": ACTS[act], "icon": ICONS[act]} for act in acts],
        })  # fmt: skip
    return rows


def page_context(request: HttpRequest, code: str, **more: Any) -> dict[str, Any]:
    """One kind: its bars, its ranges, and the form of the act that was chosen."""
    by, kind = people.actor_from(request), kind_of(code)
    boxes, own = told_boxes(by), hers(by)
    found = lying(boxes, Q(kind=kind.id))
    context = {
        "kind": kind, "title": title(kind), "bars": bars(kind, boxes, found), "length": LENGTH,
        "rows": run_rows(kind, found, own), "branch": by.branch, "own": own,
        "owners": names(box.custodian for box in boxes),
        "acts": [{"act": str(act), "words": ACTS[act], "icon": ICONS[act]} for act in OFFERED] if own else [],
    }  # fmt: skip
    chosen = more.get("chosen") or request.GET.get("act", "")
    if own and chosen in OFFERED:
        act = VoucherAct(chosen)
        context |= {"chosen": str(act), "chosen_words": ACTS[act], "two": CONDUCT[act].second,
                    "form": more.get("form") or form_for(request, kind, act, own),
                    "chosen_icon": ICONS[act]}  # fmt: skip
    return context | more


@allows(access.sees)
@require_GET
def voucher_kind(request: HttpRequest, kind: str) -> HttpResponse:
    """One kind of form, live."""
    template = "vault/parts/voucher_kind.html" if is_fragment(request) else "vault/voucher_kind.html"
    return render(request, template, page_context(request, kind))


def _take(request: HttpRequest, act: VoucherAct, kind: VoucherKind, typed: dict[str, Any]) -> str:
    """Do it; the words that tell of it."""
    by = people.actor_from(request)
    common = {
        "kind": kind, "first": typed["first"], "last": typed["last"], "reason": typed["reason"], "by": by,
        "second": prove(request, duties=SECONDS, branch=by.branch or 0), "key": typed["idempotency_key"],
    }  # fmt: skip
    if act is VoucherAct.RECEIVE:
        done = services.receive_vouchers(box=int(typed["box"]), **common)
    elif act is VoucherAct.MOVE:
        done = services.move_vouchers(source=int(typed["box"]), target=int(typed["target"]), **common)
    else:
        done = services.change_vouchers(act=act, box=int(typed["box"]), **common)
    words = _("%(act)s: %(kind)s %(first)s to %(last)s, %(count)s forms.")
    return words % {"act": ACTS[act], "kind": title(kind), "first": done.first, "last": done.last,
                    "count": done.count}  # fmt: skip


@allows(access.holds_something)
@sensitive_post_parameters("second_password")
@require_POST
def voucher_act(request: HttpRequest, kind: str, act: str) -> HttpResponse:
    """One act on a range; where two people are needed, first who the second one is."""
    by, one, what = people.actor_from(request), kind_of(kind), _act(act)
    form = form_for(request, one, what, hers(by))
    template = "vault/parts/voucher_kind.html" if is_fragment(request) else "vault/voucher_kind.html"
    if not form.is_valid():
        return render(request, template, page_context(request, kind, chosen=act, form=form), status=422)
    try:
        words = _take(request, what, one, form.cleaned_data)
    except Refusal as refusal:
        signed = bool(request.POST.get("second_number"))
        asks = isinstance(refusal, SecondPersonMissing) and not signed
        told = {"asks_second": asks or signed, "refusal": None if asks else refusal}
        context = page_context(request, kind, chosen=act, form=form, **told)
        return render(request, template, context, status=refusal.status)
    messages.success(request, words)
    return go(request, "vault:voucher_kind", kind)
