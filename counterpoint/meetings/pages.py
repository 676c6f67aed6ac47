"""What the pages show: page and fragment share these contexts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Refusal
from counterpoint.meetings import queries, services
from counterpoint.meetings.data import Action, Attendee, Item, Meeting, MeetingState, Reply
from counterpoint.meetings.forms import ActionForm, DecisionForm, ItemForm, NoteForm, ReasonForm
from counterpoint.meetings.labels import ACTIONS, ITEMS, KINDS, PRESENCES, REPLIES, STATES
from counterpoint.meetings.services.parts import EVERYBODY
from counterpoint.people import services as people

S = MeetingState


def page_of(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def tabs(current: str) -> list[dict[str, Any]]:
    """The lists of the room."""
    return [
        {"name": name, "url": reverse(f"meetings:{name}"), "current": name == current}
        for name in ("week", "actions", "calendar")
    ]


def signals(request: HttpRequest) -> str:
    """What the lists of this person listen to."""
    return f"person:{people.actor_from(request).id} {EVERYBODY}"


def line(one: Meeting) -> dict[str, Any]:
    """A meeting in a list."""
    return {
        "one": one, "kind": KINDS[one.kind], "state": STATES[one.state],
        "reply": REPLIES[one.reply or Reply.NEEDS_ACTION],
        "asks": one.state is S.PLANNED and one.reply is Reply.NEEDS_ACTION and one.start > clock.now(),
    }  # fmt: skip


def action(one: Action, by: Actor) -> dict[str, Any]:
    return {"one": one, "state": ACTIONS[one.state], "mine": one.owner == by.id}


def monday_of(text: str) -> date:
    """The Monday of the week that was asked for; anything that is no day is this week."""
    today = clock.today()
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError:
        day = today
    day = day if 2000 < day.year < 2100 else today
    return day - timedelta(days=day.weekday())


def week(monday: date, by: Actor) -> dict[str, Any]:
    """The week's days, each with its meetings."""
    found = services.week(monday, by=by)
    days = [monday + timedelta(days=n) for n in range(7)]
    shown = [(day, [line(one) for one in found if one.start.date() == day]) for day in days]
    return {
        "days": [(day, lines) for day, lines in shown if lines or day.weekday() < 5],
        "any": bool(found), "monday": monday, "sunday": days[-1], "today": clock.today(),
        "before": f"?day={monday - timedelta(days=7)}", "after": f"?day={monday + timedelta(days=7)}",
    }  # fmt: skip


def item(one: Item, current: int | None) -> dict[str, Any]:
    """An item with its words and figures; what was filled in is shown in the reader's language."""
    data = dict(one.data)
    if "day" in data:
        data["day"] = date.fromisoformat(data["day"])
    if "effective" in data:
        data["effective"] = datetime.fromisoformat(data["effective"])
    shown = ITEMS[one.kind]
    return {
        "one": one, "shown": shown, "title": one.title or shown.words, "data": data,
        "current": one.id == current, "seconds": one.minutes * 60,
    }  # fmt: skip


def items(found: Meeting) -> list[dict[str, Any]]:
    listed = queries.items(found.id)
    names = people.names_of(id for one in listed for id in one.data.get("away", ()))
    shown = [item(one, found.current) for one in listed]
    for row in shown:
        row["away"] = [names[id] for id in row["data"].get("away", ()) if id in names]
    return shown


def attendee(one: Attendee) -> dict[str, Any]:
    return {
        "one": one, "reply": REPLIES[one.reply],
        "presence": PRESENCES[one.presence] if one.presence else None,
    }  # fmt: skip


def record(request: HttpRequest, found: Meeting, refusal: Refusal | None = None) -> dict[str, Any]:
    """The record of a meeting: agenda, decisions, actions, attendance."""
    by = people.actor_from(request)
    attendees = queries.attendees(found)
    owners = [(one.person, one.name) for one in attendees]
    mine = next((one for one in attendees if one.person == by.id), None)
    listed = items(found)
    return {
        "meeting": found, "kind": KINDS[found.kind], "state": STATES[found.state], "refusal": refusal,
        "items": listed, "current": next((one for one in listed if one["current"]), None),
        "place": next((n for n, one in enumerate(listed, 1) if one["current"]), 0),
        "attendees": [attendee(one) for one in attendees], "mine": mine and attendee(mine),
        "here": sum(one.presence in ("present", "late") for one in attendees),
        "decisions": queries.decisions(found.id),
        "agreed": [action(one, by) for one in queries.actions_of(found.id)],
        "carried": [action(one, by) for one in queries.carried(found.chain, found.id)]
        if found.state is not S.CANCELLED else [],
        "manages": services.may_manage(found, by), "plans": found.state in (S.PLANNED, S.RUNNING),
        "item_form": ItemForm(label_suffix="", auto_id="item_%s"),
        "decision_form": DecisionForm(label_suffix="", auto_id="decision_%s"),
        "action_form": ActionForm(owners=owners, auto_id="action_%s"),
        "note_form": NoteForm(label_suffix="", auto_id="note_%s"),
    }  # fmt: skip


def minutes(request: HttpRequest, found: Meeting, refusal: Refusal | None = None) -> dict[str, Any]:
    """The minutes, and who writes them now."""
    by, versions = people.actor_from(request), services.minutes_of(found.id)
    return {
        "meeting": found, "minutes": versions[0] if versions else None, "versions": versions,
        "writers": services.editors(found.id, but=by.id) if found.open else [], "minutes_refusal": refusal,
    }  # fmt: skip


def meeting(request: HttpRequest, found: Meeting, refusal: Refusal | None = None) -> dict[str, Any]:
    """The whole page of a meeting."""
    by = people.actor_from(request)
    return record(request, found, refusal) | minutes(request, found) | {
        "steps": [(one, STATES[MeetingState(one.state)]) for one in queries.steps(found.id)],
        "reason_form": ReasonForm(label_suffix="", auto_id="reason_%s"),
        "takes_over": found.organiser != by.id and services.may_manage(found, by),
    }  # fmt: skip
