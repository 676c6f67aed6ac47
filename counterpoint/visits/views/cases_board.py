"""The boards of teams, what is in my hands, and the cases of a customer or an account."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.people import services as people
from counterpoint.visits import access_cases as access
from counterpoint.visits import frame_cases, pages_cases, queries_cases
from counterpoint.visits.services import cases_lists


def tabs(request: HttpRequest, current: int | None) -> list[dict[str, Any]]:
    """The boards that the person may open, with how many cases wait there to be taken."""
    teams = frame_cases.boards(request)
    waiting = queries_cases.to_be_taken([one.id for one in teams])
    return [
        {
            "team": one, "url": reverse("visits:case_board", args=[one.id]), "current": one.id == current,
            "waiting": waiting.get(one.id, 0),
        }
        for one in teams
    ]  # fmt: skip


def board_context(request: HttpRequest, id: int, refusal: Refusal | None = None) -> dict[str, Any]:
    team = access.team_for(request, id)
    return {
        "team": team, "columns": pages_cases.board(team, people.actor_from(request)), "refusal": refusal,
        "tabs": tabs(request, id),
    }  # fmt: skip


@allows(access.uses_cases)
@require_GET
def board(request: HttpRequest, team: int) -> HttpResponse:
    """A team's board, live."""
    template = "visits/cases/parts/board.html" if is_fragment(request) else "visits/cases/board.html"
    return render(request, template, board_context(request, team))


@allows(access.uses_cases)
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What is in my hands, what I opened, where somebody named me."""
    by = people.actor_from(request)
    lists = cases_lists.for_person(by=by)
    context = {
        "tabs": tabs(request, None), "person": by.id,
        "mine": pages_cases.lines(lists.owned, by.branch),
        "opened": pages_cases.lines(lists.opened, by.branch),
        "named": pages_cases.lines(lists.named, by.branch),
    }  # fmt: skip
    template = "visits/cases/parts/mine.html" if is_fragment(request) else "visits/cases/mine.html"
    return render(request, template, context)


@allows(access.uses_cases)
@require_GET
def about(request: HttpRequest, kind: str, id: int) -> HttpResponse:
    """The cases that have to do with something, for its own page."""
    context = pages_cases.about(kind, id, by=people.actor_from(request))
    return render(request, "visits/cases/parts/about.html", context)
