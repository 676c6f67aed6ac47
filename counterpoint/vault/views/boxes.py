"""Boxes: who holds which, against its limits; one box with what its reader may do."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from counterpoint.kit import clock
from counterpoint.kit.access import allows
from counterpoint.kit.data import Actor, Malformed, Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import access, services
from counterpoint.vault.closing_boxes import transfer_link
from counterpoint.vault.data import BoxView, BreachView, Limits, NoBox, Stop, UnknownBox, face_value
from counterpoint.vault.labels import face_name
from counterpoint.vault.labels_boxes import KINDS, LIMIT_STATES, STOPS
from counterpoint.vault.queries_boxes import held_before, held_now
from counterpoint.vault.rules_limits import excesses, state_of
from counterpoint.vault.services.claiming import COUNTERS, opened_by_two
from counterpoint.vault.views.bookings import go
from counterpoint.vault.views.hands import blind_boxes, check_not_blind
from counterpoint.vault.views.signing import prove


def box_here(request: HttpRequest, id: int) -> BoxView:
    """A box of the reader's own branch; not one that the reader is counting blind."""
    found = services.box(id)
    if found.branch != people.actor_from(request).branch:
        raise UnknownBox(_("There is no such box."), box=id)
    check_not_blind(people.actor_from(request), [id])
    return found


def against(box: BoxView, limits: Limits) -> dict[str, Any]:
    """A box beside its limits: in words, and as a bar that is full at the limit."""
    found = excesses(box.faces, limits)
    words, meaning = LIMIT_STATES[state_of(found)]
    limit = limits.soft or limits.hard
    return {
        "limit": limit, "share": min(100, box.counted * 100 // limit) if limit else 0, "over": bool(found),
        "limited": bool(limit or limits.faces), "limit_state": words, "limit_meaning": meaning,
        "passed": [
            {"name": face_name(one.face, box.currency) if one.face else "", "one": one} for one in found
        ],
    }  # fmt: skip


def clocks(breaches: list[BreachView]) -> list[dict[str, Any]]:
    """Passed limits with their clock: how many minutes are left, or by how many they are late."""
    now = clock.now()
    return [
        {
            "breach": one, "late": one.late(now), "left": abs(int((one.due - now).total_seconds()) // 60),
            "face": face_name(one.face, one.currency) if one.face else "",
        }
        for one in breaches
    ]  # fmt: skip


def stop_words(box: BoxView) -> tuple[Any, str, str] | None:
    return STOPS.get(box.stopped) if box.stopped else None


def list_context(request: HttpRequest) -> dict[str, Any]:
    """Every box of the branch: its holder, its stock against its limit, and the clocks that run."""
    by = people.actor_from(request)
    branch = by.branch or 0
    boxes = services.boxes_of(branch=branch)
    limits, held = services.limits_of(boxes), held_now(box.id for box in boxes)
    running, blind = clocks(services.open_breaches(branch=branch)), blind_boxes(by)
    lines = [
        {
            "box": box, "kind": KINDS[box.kind], "mine": box.custodian == by.id, "stop": stop_words(box),
            "custodian": people.person(box.custodian).name if box.custodian else "",
            "since": held[box.id].since if box.id in held else None, "blind": box.id in blind,
            "clocks": [one for one in running if one["breach"].box == box.id],
            **against(box, limits[box.id]),
        }
        for box in boxes
    ]  # fmt: skip
    return {
        "lines": lines, "branch": branch, "supervises": people.can(request, Duty.AUTHORIZE),
        "retired": services.boxes_of(branch=branch, retired=True),
    }  # fmt: skip


@allows(access.sees)
@require_GET
def boxes(request: HttpRequest) -> HttpResponse:
    """Who holds what, live."""
    template = "vault/parts/boxes.html" if is_fragment(request) else "vault/boxes.html"
    return render(request, template, list_context(request))


def _faces(box: BoxView, limits: Limits) -> list[dict[str, Any]]:
    return [
        {
            "name": face_name(face, box.currency), "have": have, "fit": box.payable[face],
            "unfit": box.unfit.get(face, 0), "damaged": box.damaged.get(face, 0),
            "worth": have * face_value(face), "limit": limits.faces.get(face),
        }
        for face, have in box.faces.items() if have or face in limits.faces
    ]  # fmt: skip


def _may(request: HttpRequest, box: BoxView, by: Actor) -> dict[str, bool]:
    """What the reader may do with the box."""
    mine, free = box.custodian == by.id, box.custodian is None
    supervises = people.can(request, Duty.AUTHORIZE) and not box.retired
    handles = people.can(request, Duty.CASH) and not box.retired
    try:
        holds = services.box_of(person=by.id).id != box.id
    except NoBox:
        holds = False
    moves = not box.stopped
    return {
        "claims": handles and free and moves and not holds, "returns": mine and moves, "mine": mine,
        "pauses": mine and moves, "resumes": mine and box.stopped is Stop.PAUSED, "sorts": mine and moves,
        "limits": supervises, "retires": supervises and free and moves and not any(box.faces.values()),
        "moves": (mine or supervises) and moves,
    }  # fmt: skip


def page_context(request: HttpRequest, id: int, **more: Any) -> dict[str, Any]:
    """One box: its faces and their quality, who held it, its limits, and what the reader may do."""
    box, by = box_here(request, id), people.actor_from(request)
    limits, may = services.limit_of(box), _may(request, box, by)
    day = org.business_day(box.branch)
    stop = services.stop_of(box=id)
    wish = services.proposed_transfer(box=box) if may["moves"] else None
    overnight = services.overnight_limit(box, day.date)
    stays_over = may["moves"] and 0 < overnight < box.counted
    return {
        "box": box, "kind": KINDS[box.kind], "faces": _faces(box, limits), "may": may, "branch": box.branch,
        "position": services.position(box=id), "stop": stop_words(box), "stopped": stop,
        "stopper": people.person(stop.person).name if stop else "",
        "custodian": people.person(box.custodian).name if box.custodian else "",
        "held": [
            {"name": people.person(one.person).name, "since": one.since, "until": one.until}
            for one in held_before(id)
        ],
        "clocks": clocks(services.breaches_of(box=id)), "limits": limits,
        "overnight": overnight, "night_link": transfer_link(id, overnight=True) if stays_over else "",
        "wish": wish, "wish_faces": _wish(box, wish),
        "wish_link": transfer_link(id) if wish and wish["faces"] else "", "day_open": day.open,
        "opening": may["claims"] and opened_by_two(kind=str(box.kind), day=day.date),
        "recount": may["claims"] and services.needs_recount(
            box=id, branch=box.branch, person=by.id, day=day.date, kind=str(box.kind)
        ),
        **against(box, limits), **more,
    }  # fmt: skip


def _wish(box: BoxView, wish: Any) -> list[tuple[Any, int]]:
    return [(face_name(face, box.currency), n) for face, n in wish["faces"].items()] if wish else []


@allows(access.sees)
@require_GET
def box(request: HttpRequest, box: int) -> HttpResponse:
    """One box, live."""
    template = "vault/parts/box.html" if is_fragment(request) else "vault/box.html"
    return render(request, template, page_context(request, box))


def _act(request: HttpRequest, act: str, box: BoxView, by: Actor) -> str:
    """Take the step; the words that tell of it."""
    said = {"box": box.number}
    if act == "claim":
        second = prove(request, duties=COUNTERS, branch=box.branch)
        services.claim_box(box=box.id, by=by, second=second)
        return _("Box %(box)s is in your custody.") % said
    if act == "return":
        services.release_box(box=box.id, by=by)
        return _("Box %(box)s is returned.") % said
    if act == "pause":
        services.pause_box(box=box.id, reason=request.POST.get("reason", "")[:200], by=by)
        return _("Box %(box)s is paused: nothing moves until you are back.") % said
    if act == "resume":
        services.resume_box(box=box.id, by=by)
        return _("Box %(box)s is in use again.") % said
    if act == "retire":
        services.retire_box(box=box.id, by=by)
        return _("Box %(box)s is out of use.") % said
    raise Malformed(_("There is no such step."), act=act)


@allows(access.sees)
@sensitive_post_parameters("second_password")
@require_POST
def box_act(request: HttpRequest, box: int, act: str) -> HttpResponse:
    """Claim, return, pause, resume, retire."""
    view = box_here(request, box)
    try:
        words = _act(request, act, view, people.actor_from(request))
    except Refusal as refusal:
        template = "vault/parts/box.html" if is_fragment(request) else "vault/box.html"
        context = page_context(request, box, refusal=refusal)
        return render(request, template, context, status=refusal.status)
    messages.success(request, words)
    return go(request, "vault:box", box)
