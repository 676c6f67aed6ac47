"""Working on a case: whose it is, where it moves, its checks and its papers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from counterpoint.kit.access import allows
from counterpoint.kit.data import Malformed, Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.people import services as people
from counterpoint.ui import services as ui
from counterpoint.visits import access_cases as access
from counterpoint.visits import services
from counterpoint.visits.data_cases import CaseMalformed, UnknownCase
from counterpoint.visits.forms.cases import OwnerForm, StateForm, TeamForm
from counterpoint.visits.labels_cases import MOVES
from counterpoint.visits.views.cases_board import board_context
from counterpoint.visits.views.cases_page import answer, refused


def _board(request: HttpRequest) -> int | None:
    """The board from which a card was moved; there the answer goes."""
    text = request.POST.get("board", "")
    named = text.isascii() and text.isdigit() and len(text) < 19
    return int(text) if named and is_fragment(request) else None


def _done(request: HttpRequest, case: int, said: object) -> HttpResponse:
    board = _board(request)
    if board is None:
        return answer(request, case, said)
    response = render(request, "visits/cases/parts/board.html", board_context(request, board))
    return ui.toast(response, str(said))


def _refused(request: HttpRequest, case: int, refusal: Refusal, **forms: object) -> HttpResponse:
    board = _board(request)
    if board is None:
        return refused(request, case, refusal, **forms)
    context = board_context(request, board, refusal)
    return render(request, "visits/cases/parts/board.html", context, status=refusal.status)


@allows(access.uses_cases)
@require_POST
def owner(request: HttpRequest, case: int) -> HttpResponse:
    """Take it, or give it to a colleague of the team."""
    found, by = access.case_for(request, case), people.actor_from(request)
    if "owner" not in request.POST:
        try:
            services.take_case(case=case, by=by)
        except Refusal as refusal:
            return _refused(request, case, refusal)
        return _done(request, case, _("The case is yours."))
    form = OwnerForm(request.POST, members=services.members(found.team))
    if not form.is_valid():
        return refused(request, case, owner_form=form, opened="owner-dialog")
    typed = form.cleaned_data
    try:
        services.assign_case(
            case=case, owner=typed["owner"], note=typed["note"], version=typed["version"], by=by
        )
    except Refusal as refusal:
        return refused(request, case, refusal)
    return answer(request, case, _("The case is given on."))


@allows(access.uses_cases)
@require_POST
def team(request: HttpRequest, case: int) -> HttpResponse:
    """Hand it to another team."""
    found = access.case_for(request, case)
    form = TeamForm(request.POST, teams=services.teams_of(branch=found.branch))
    if not form.is_valid():
        return refused(request, case, team_form=form, opened="team-dialog")
    typed, by = form.cleaned_data, people.actor_from(request)
    try:
        handed = services.hand_case(
            case=case, team=typed["team"], note=typed["note"], version=typed["version"], by=by
        )
    except Refusal as refusal:
        return refused(request, case, refusal)
    said = _("Handed to the team %(team)s.") % {"team": handed.team.name}
    try:
        return answer(request, case, said)
    except UnknownCase:
        return _gone(request, said)


def _gone(request: HttpRequest, said: str) -> HttpResponse:
    """Who handed it out of sight comes to the own cases."""
    messages.success(request, said)
    address = reverse("visits:cases")
    return HttpResponseClientRedirect(address) if is_fragment(request) else redirect(address)


@allows(access.uses_cases)
@require_POST
def state(request: HttpRequest, case: int) -> HttpResponse:
    """Move it along."""
    access.case_for(request, case)
    form = StateForm(request.POST)
    try:
        if not form.is_valid():
            raise CaseMalformed(_("The case cannot be moved like this."))
        typed = form.cleaned_data
        moved = services.move_case(
            case=case, state=typed["state"], note=typed["note"], version=typed["version"],
            by=people.actor_from(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _refused(request, case, refusal)
    return _done(request, case, f"{moved.number}: {MOVES[moved.state][1]}")


@allows(access.uses_cases)
@require_POST
def item(request: HttpRequest, case: int, item: int) -> HttpResponse:
    """Tick a line, or take its tick back."""
    access.case_for(request, case)
    ticked = request.POST.get("ticked") == "1"
    try:
        services.tick_item(case=case, item=item, ticked=ticked, by=people.actor_from(request))
    except Refusal as refusal:
        return refused(request, case, refusal)
    return answer(request, case, _("Checked.") if ticked else _("The check is taken back."))


@allows(access.uses_cases)
@require_POST
def papers(request: HttpRequest, case: int) -> HttpResponse:
    """Ask for another paper."""
    access.case_for(request, case)
    try:
        services.require_paper(case=case, name=request.POST.get("name", ""), by=people.actor_from(request))
    except Refusal as refusal:
        return refused(request, case, refusal)
    return answer(request, case, _("The paper is asked for."))


def _act(request: HttpRequest, case: int, need: int, act: str) -> str:
    by, reason = people.actor_from(request), request.POST.get("reason", "")
    if act == "refusal":
        services.refuse_paper(case=case, need=need, reason=reason, by=by)
        return _("Written down: it does not do.")
    if act == "waiver":
        services.waive_paper(case=case, need=need, reason=reason, by=by)
        return _("The paper is waived.")
    raise Malformed(_("There is no such step."))


@allows(access.uses_cases)
@require_POST
def files(request: HttpRequest, case: int) -> HttpResponse:
    """Lay files that were kept with one of the papers that are asked for."""
    access.case_for(request, case)
    typed = [request.POST.get("need", ""), *request.POST.getlist("files")[:50]]
    try:
        if not all(one.isascii() and one.isdigit() and len(one) < 19 for one in typed):
            raise CaseMalformed(_("Choose a file first."), field="files")
        need, *ids = map(int, typed)
        services.hand_in(case=case, need=need, files=ids, by=people.actor_from(request))
    except Refusal as refusal:
        return refused(request, case, refusal)
    return answer(request, case, _("The paper is there."))


@allows(access.uses_cases)
@require_POST
def paper(request: HttpRequest, case: int, need: int, act: str) -> HttpResponse:
    """Say that what was handed in does not do, or do without it."""
    access.case_for(request, case)
    try:
        said = _act(request, case, need, act)
    except Refusal as refusal:
        return refused(request, case, refusal)
    return answer(request, case, said)
