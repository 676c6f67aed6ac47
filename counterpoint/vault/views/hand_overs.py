"""Hand-overs on the screen: the register, a new one, and one on its way between three people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Actor, NotAllowed, Refusal, Why
from counterpoint.kit.pages import is_fragment
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import access, services
from counterpoint.vault.data_vouchers import HandOverPeople, HandOverState, HandOverView, UnknownHandOver
from counterpoint.vault.labels_vouchers import HAND_OVER_STATES
from counterpoint.vault.papers_hands import hand_over_register
from counterpoint.vault.queries_vouchers import part_view
from counterpoint.vault.views.bookings import go
from counterpoint.vault.views.damaged import cursor, paper
from counterpoint.vault.views.hands import TAKERS, chinese, colleagues, listed, names, oversees
from counterpoint.vault.views.packages import blind_form, counted_from, shown_parts
from counterpoint.vault.views.signing import prove

PAGE = 30


def line(one: HandOverView, who: dict[int, str], by: Actor) -> dict[str, Any]:
    """A hand-over as the list and the page show it; ``turn``: it waits for the reader."""
    words, meaning, icon = HAND_OVER_STATES[one.state]
    return {
        "hand_over": one, "state": words, "meaning": meaning, "icon": icon, "giver": who[one.giver],
        "receiver": who[one.receiver], "supervisor": who.get(one.supervisor or 0, ""),
        "turn": one.state is HandOverState.PROPOSED and one.receiver == by.id,
    }  # fmt: skip


def list_context(request: HttpRequest) -> dict[str, Any]:
    """The open ones, then the register of those that ended, by page."""
    by, before = people.actor_from(request), cursor(request)
    branch = by.branch or 0
    open_ones = [] if before else services.open_hand_overs(branch=branch)
    ended = services.hand_overs_of(branch=branch, before=before, limit=PAGE + 1)
    who = names(id for one in (*open_ones, *ended) for id in (one.giver, one.receiver, one.supervisor))
    older = f"{reverse('vault:hand_overs')}?before={ended[PAGE - 1].id}" if len(ended) > PAGE else ""
    return {
        "open_ones": sorted((line(one, who, by) for one in open_ones), key=lambda row: not row["turn"]),
        "ended": [line(one, who, by) for one in ended[:PAGE]], "older": older, "branch": branch,
        "first_page": before is None,
    }  # fmt: skip


@allows(access.sees)
@require_GET
def hand_overs(request: HttpRequest) -> HttpResponse:
    """The register 交接登记簿, live."""
    template = "vault/parts/hand_overs.html" if is_fragment(request) else "vault/hand_overs.html"
    return render(request, template, list_context(request))


def new_context(request: HttpRequest, **more: Any) -> dict[str, Any]:
    """All that the reader holds, what is still open, and to whom it can go."""
    by = people.actor_from(request)
    branch = by.branch or 0
    package = services.package_of(person=by.id, branch=branch)
    parts = [part_view(one) for one in package]
    zh = chinese()
    return {
        "parts": shown_parts(parts, org.business_day(branch).date),
        "blockers": [
            {"words": one.zh if zh else one.en, "link": one.link}
            for one in services.blockers_of(person=by.id, branch=branch)
        ],
        "colleagues": colleagues(by), "chosen": request.POST.get("receiver", ""), **more,
    }  # fmt: skip


@allows(access.holds_something)
@require_http_methods(["GET", "POST"])
def hand_over_new(request: HttpRequest) -> HttpResponse:
    """Choose the receiver and propose it."""
    refusal: Refusal | None = None
    if request.method == "POST":
        chosen = request.POST.get("receiver", "")
        try:
            if not chosen.isdecimal() or len(chosen) > 18:
                raise HandOverPeople(_("Choose who takes over."), why=Why(rule="vault.hand_over"))
            made = services.propose_hand_over(receiver=int(chosen), by=people.actor_from(request))
            return go(request, "vault:hand_over", made.id)
        except Refusal as caught:
            refusal = caught
    template = "vault/parts/hand_over_new.html" if is_fragment(request) else "vault/hand_over_new.html"
    context = new_context(request, refusal=refusal)
    return render(request, template, context, status=refusal.status if refusal else 200)


def _seen(request: HttpRequest, id: int) -> HandOverView:
    found = services.hand_over(id)
    if found.branch != people.actor_from(request).branch:
        raise UnknownHandOver(_("There is no such hand-over."), hand_over=id)
    return found


def _sees_figures(found: HandOverView, by: Actor) -> bool:
    """Who counts it blind never before it is theirs, nor after a refusal: it may be proposed again."""
    if by.id == found.receiver:
        return found.state is HandOverState.ACCEPTED
    return by.id in (found.giver, found.supervisor) or oversees(by)


def _moments(found: HandOverView, who: dict[int, str]) -> list[dict[str, Any]]:
    said = [{"at": found.at, "title": _("Proposed"), "who": who[found.giver], "icon": "send",
             "meaning": "information"}]  # fmt: skip
    titles = {part.key: part.title_zh if chinese() else part.title_en for part in found.parts}
    for one in reversed(services.hand_over_tries(hand_over=found.id)):
        said.append({
            "at": one.at, "who": who[one.person], "icon": "eye-off",
            "title": _("Counted blind: agrees") if one.agrees else _("Counted blind: differs"),
            "text": listed(titles.get(key, key) for key in one.differs),
            "meaning": "success" if one.agrees else "attention",
        })  # fmt: skip
    if found.ended is not None:
        words, meaning, icon = HAND_OVER_STATES[found.state]
        last = {
            HandOverState.ACCEPTED: found.supervisor, HandOverState.REFUSED: found.receiver,
        }.get(found.state, found.giver)  # fmt: skip
        said.append({"at": found.ended, "title": words, "who": who.get(last or 0, ""), "text": found.reason,
                     "meaning": meaning, "icon": icon})  # fmt: skip
    return said


def page_context(request: HttpRequest, id: int, **more: Any) -> dict[str, Any]:
    """One hand-over, and just what its reader may do with it and know of it."""
    found, by = _seen(request, id), people.actor_from(request)
    who = names((found.giver, found.receiver, found.supervisor))
    shown, opened = _sees_figures(found, by), found.state is HandOverState.PROPOSED
    last = next(iter(services.hand_over_tries(hand_over=id)), None)
    counts = opened and by.id == found.receiver
    needed = any(part.count for part in found.parts)
    differs = set(last.differs) if last else set()
    agrees = opened and (last.agrees if last else not needed)
    context = line(found, who, by) | {
        "branch": found.branch, "shown": shown, "open": opened, "counts": counts, "agrees": agrees,
        "gives": opened and by.id == found.giver, "needed": needed, "last": last,
        "parts": shown_parts(found.parts, found.date, figures=shown), "moments": _moments(found, who),
        "signs": agrees and by.id in (found.giver, found.receiver),
        "differing": listed(
            part.title_zh if chinese() else part.title_en for part in found.parts if part.key in differs
        ),
    }  # fmt: skip
    if counts and needed:
        context |= blind_form(request.POST, found)
    return context | more


def _page(request: HttpRequest, id: int, refusal: Refusal | None = None, **more: Any) -> HttpResponse:
    template = "vault/parts/hand_over.html" if is_fragment(request) else "vault/hand_over.html"
    context = page_context(request, id, refusal=refusal, **more)
    return render(request, template, context, status=refusal.status if refusal else 200)


@allows(access.sees)
@require_GET
def hand_over(request: HttpRequest, hand_over: int) -> HttpResponse:
    """One hand-over, live."""
    return _page(request, hand_over)


@allows(access.sees)
@require_GET
def hand_over_paper(request: HttpRequest, hand_over: int) -> HttpResponse:
    """Its page of the register, for three signatures; not for who still has to count it."""
    found = _seen(request, hand_over)
    if not _sees_figures(found, people.actor_from(request)):
        raise NotAllowed(_("It is counted blind: its page is printed when it has been taken over."))
    tries = services.hand_over_tries(hand_over=hand_over)
    return paper(org.paper_pdf(hand_over_register(found, tries), found.date), found.number)


@allows(access.sees)
@require_POST
def hand_over_count(request: HttpRequest, hand_over: int) -> HttpResponse:
    """The receiver's blind count; when it agrees, the signatures are asked for at once."""
    found = _seen(request, hand_over)
    try:
        differs = services.count_hand_over(
            hand_over=hand_over, counted=counted_from(request.POST, found), by=people.actor_from(request)
        )
    except Refusal as refusal:
        return _page(request, hand_over, refusal)
    return _page(request, hand_over, counted_now=True, asked="" if differs else "accept")


@allows(access.sees)
@sensitive_post_parameters("supervisor_password", "receiver_password")
@require_POST
def hand_over_accept(request: HttpRequest, hand_over: int) -> HttpResponse:
    """Receiver and supervisor sign, and everything changes hands."""
    found, by = _seen(request, hand_over), people.actor_from(request)
    try:
        taker = by if by.id == found.receiver else prove(
            request, duties=TAKERS, branch=found.branch, prefix="receiver"
        )  # fmt: skip
        third = prove(request, duties=(Duty.AUTHORIZE,), branch=found.branch, prefix="supervisor")
        if taker is None or third is None:
            raise HandOverPeople(
                _("Giver, receiver and supervisor all sign."),
                why=Why(
                    rule="vault.hand_over",
                    remedy=_("They sign in at this screen, each with the own password."),
                ),
            )
        services.accept_hand_over(hand_over=hand_over, receiver=taker, supervisor=third, by=by)
    except Refusal as refusal:
        return _page(request, hand_over, refusal, asked="accept")
    messages.success(request, _("Everything has changed hands."))
    return go(request, "vault:hand_over", hand_over)


@allows(access.sees)
@require_POST
def hand_over_end(request: HttpRequest, hand_over: int) -> HttpResponse:
    """The receiver refuses it, or the giver takes it back."""
    found, by = _seen(request, hand_over), people.actor_from(request)
    reason = request.POST.get("reason", "")
    try:
        if by.id == found.giver:
            services.cancel_hand_over(hand_over=hand_over, reason=reason, by=by)
            messages.success(request, _("The hand-over is taken back."))
        else:
            services.refuse_hand_over(hand_over=hand_over, reason=reason, by=by)
            messages.success(request, _("The hand-over is refused; the giver keeps everything."))
    except Refusal as refusal:
        return _page(request, hand_over, refusal, asked="end")
    return go(request, "vault:hand_over", hand_over)
