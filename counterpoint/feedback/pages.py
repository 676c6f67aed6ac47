"""What the pages show: page and fragment share these contexts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from counterpoint.feedback import access, queries, services
from counterpoint.feedback.data import Item, ItemState, Kind, Line, Step
from counterpoint.feedback.forms.items import (
    CloseForm,
    MergeForm,
    PlanForm,
    RatingForm,
    ReasonForm,
    RouteForm,
    TextForm,
)
from counterpoint.feedback.labels import KINDS, POSTS, STATES
from counterpoint.feedback.services import routing
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Refusal
from counterpoint.notices import services as notices
from counterpoint.org import services as org
from counterpoint.people import services as people

S = ItemState


def page_of(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """The lists of the room that this person may use."""
    found = ["mine", "ideas", "month"]
    if access.departments(request):
        found.insert(1, "board")
    return [
        {"name": name, "url": reverse(f"feedback:{name}"), "current": name == current}
        for name in [*found, "complaints"]
    ]


def operation_name(code: str) -> str:
    names = notices.operations()
    return f"{code} {queries.in_words(*names[code])}" if code in names else code


def line(one: Line) -> dict[str, Any]:
    late = one.item.due is not None and one.item.due <= clock.now()
    return {"one": one, "kind": KINDS[one.item.kind], "state": STATES[one.item.state], "late": late}


def department_names() -> dict[str, str]:
    return {key: queries.in_words(one.zh, one.en) for key, one in services.departments().items()}


def step(one: Step) -> dict[str, Any]:
    """A line of the timeline, as the part draws it."""
    shown = POSTS[one.post] if one.post else STATES[one.state or S.REPORTED]
    return {
        "at": one.at, "title": shown.words, "icon": shown.icon, "meaning": shown.meaning, "who": one.who,
        "text": one.text,
    }  # fmt: skip


def place(item: Item) -> dict[str, Any]:
    """Where an item stands: what a signal changes."""
    late = item.due is not None and item.due <= clock.now()
    return {
        "state": STATES[item.state], "kind": KINDS[item.kind], "late": late,
        "department": department_names().get(item.department, item.department),
        "operation": operation_name(item.context.operation),
    }  # fmt: skip


def item(request: HttpRequest, found: Item, refusal: Refusal | None = None, **forms: Any) -> dict[str, Any]:
    """An item with its timeline, and what this person may do with it."""
    by = people.actor_from(request)
    team, reporter = services.belongs(by, found), found.reporter == by.id
    answer = queries.last_answer(found.id)
    closure = queries.closure(found.id) if found.state is S.CLOSED else None
    rating = getattr(answer, "rating", None) if answer else None
    context = {
        "item": found, "refusal": refusal, "team": team, "steps": timeline(found, team),
        "closed": queries.effect(closure) if closure else None, "rating": rating,
        "voted": found.kind is Kind.IDEA and queries.has_voted(found.id, by.id),
        "votable": found.kind is Kind.IDEA and found.state in (S.REPORTED, S.TRIAGED, S.WAITING, S.PLANNED),
        "branch": unit_name(found.branch), "tabs": tabs(request, ""),
        "into": queries.by_id(found.merged_into) if found.merged_into else None,
        **place(found),
    }  # fmt: skip
    return context | _team(found, by, team) | _reporter(found, reporter, by, answer, rating) | forms


def timeline(found: Item, team: bool) -> list[dict[str, Any]]:
    return [step(one) for one in queries.steps(found.id, internal=team)]


def unit_name(id: int) -> str:
    return next((one.name for one in org.units() if one.id == id), "")


def _team(found: Item, by: Actor, team: bool) -> dict[str, Any]:
    """The acts of the department, as the state allows them."""
    if not team:
        return {}
    first, doing = found.state is S.REPORTED, found.state is S.TRIAGED
    others = [(key, name) for key, name in department_names().items() if key != found.department]
    alike = services.alike(found, by=by) if first or doing else []
    return {
        "may_take": first, "alike": alike,
        "text_form": TextForm(label_suffix="", auto_id="text_%s"),
        "may_ask": doing, "may_answer": doing or found.state is S.PLANNED,
        "plan_form": PlanForm(label_suffix="", auto_id="plan_%s")
        if doing or found.state is S.PLANNED else None,
        "route_form": RouteForm(departments=others, label_suffix="", auto_id="route_%s")
        if first or doing else None,
        "merge_form": MergeForm(label_suffix="", auto_id="merge_%s") if first or doing else None,
        "close_form": CloseForm(label_suffix="", auto_id="close_%s") if found.state is S.ANSWERED else None,
    }  # fmt: skip


def _reporter(found: Item, reporter: bool, by: Actor, answer: Any, rating: Any) -> dict[str, Any]:
    """The acts of who reported it."""
    if not reporter:
        return {}
    over = found.state in (S.ANSWERED, S.CLOSED)
    rates = over and rating is None and answer is not None and answer.person_id != by.id
    return {
        "may_reply": found.state is S.WAITING,
        "reply_form": TextForm(label_suffix="", auto_id="reply_%s"),
        "rating_form": RatingForm(label_suffix="", auto_id="rate_%s") if rates else None,
        "reopen_form": ReasonForm(label_suffix="", auto_id="reopen_%s")
        if over and not found.reopened else None,
    }  # fmt: skip


def signals(request: HttpRequest) -> str:
    """What the lists of this person listen to, as ``data-signals`` names it."""
    by = people.actor_from(request)
    return " ".join((f"person:{by.id}", "feedback", *routing.heard(by, access.departments(request))))


def keep_typed(context: dict[str, Any], name: str, data: Any) -> None:
    """What was typed into a form that was refused stays there."""
    form = context.get(name)
    if form is not None:
        form.data, form.is_bound = data, True
