"""The open request on the right side of the approval desk: its strip, its body, its dialogs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import retarget

from counterpoint.approvals import labels, queries_desk, services
from counterpoint.approvals.data import End, RequestState, RequestView
from counterpoint.approvals.services.desk import QueueItem, Reader
from counterpoint.approvals.views import showing
from counterpoint.kit.data import Refusal
from counterpoint.people import services as people
from counterpoint.people.data import Duty

#: Which dialog asks for what a decision needs.
DIALOGS = {"approval": "approve", "return": "return", "refusal": "refuse"}
ENDS = {"return": RequestState.RETURNED, "refusal": RequestState.REFUSED}


def end_line(end: End | None, names: dict[int, queries_desk.Name]) -> dict[str, Any] | None:
    """How it ended, by whom, why."""
    if end is None:
        return None
    words, meaning, icon = labels.STATES[end.state]
    who = names.get(end.person or 0, showing.NOBODY)
    return {"end": end, "words": words, "meaning": meaning, "icon": icon, "who": who,
            "reason": labels.reason(end.reason)}  # fmt: skip


def asks(view: RequestView) -> bool:
    """Whether an approval needs more than a key: values typed again, or a fresh proof."""
    return bool(view.requirement.rekey) or view.requirement.step_up


def strip_context(request: HttpRequest, view: RequestView, **more: Any) -> dict[str, Any]:
    """What changes while somebody looks: who has it, what it still lacks, what I may do, how it ended."""
    by = people.actor_from(request)
    item = Reader(by).item(view) if view.open else QueueItem(view, (), False, False)
    names = showing.people_of([view])
    claimer = names.get(view.claim.person, showing.NOBODY) if view.claim else None
    decides = item.turn and not item.conflicts
    return {
        "request_view": view, "title": view.title(showing.language()), "item": item, "by": by,
        "blind": "amount" in showing.blind(view, by), "maker": names.get(view.maker, showing.NOBODY),
        "claimer": claimer, "end": end_line(view.end, names), "decides": decides, "can": decides and item.can,
        "asks": asks(view), "conflicts": [labels.CONFLICTS[one] for one in item.conflicts],
        "marks": [labels.MARKS[mark] for mark in labels.MARKS if mark in view.marks],
        "given": [
            {"approval": one, "who": names.get(one.approver, showing.NOBODY), "place": labels.MODES[one.mode]}
            for one in view.approvals
        ],
        "people": view.requirement.people,
        "needed": labels.still_needed(view) if view.open else "",
        "may_reassign": view.open and (item.mine or people.can(request, Duty.BOARD)),
        "branch_name": showing.branch_names().get(view.branch, ""),
    } | more  # fmt: skip


def panel_context(request: HttpRequest, view: RequestView, **more: Any) -> dict[str, Any]:
    """The whole request."""
    by = people.actor_from(request)
    return (
        strip_context(request, view) | showing.day(view)
        | {
            "rows": showing.rows(view, by), "reasons": showing.reasons(view), "scans": showing.scans(view),
            "parties": showing.parties(view), "earlier": showing.earlier(view),
        }
        | more
    )  # fmt: skip


def panel(request: HttpRequest, view: RequestView, **more: Any) -> HttpResponse:
    return render(request, "approvals/parts/panel.html", panel_context(request, view, **more))


def strip(request: HttpRequest, view: RequestView, refusal: Refusal | None = None) -> HttpResponse:
    """The strip alone: again on each piece of news, and where a decision is refused without a dialog."""
    context = strip_context(request, view, refusal=refusal, alone=True)
    answer = render(request, "approvals/parts/strip.html", context, status=refusal.status if refusal else 200)
    if refusal is None:
        return answer
    answer["HX-Reswap"] = "innerMorph"
    return retarget(answer, "#approval-strip")


def refused(request: HttpRequest, id: int, refusal: Refusal) -> HttpResponse:
    return strip(request, services.request(id), refusal)
