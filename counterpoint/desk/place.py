"""Taking a place: which desk a login session works at, and the box that goes with it 签到上柜."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from django.http import HttpRequest

from counterpoint.kit.data import NotAllowed
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import DeskBusy, NotEligible, NoWindow, WindowOpen
from counterpoint.org import services as org
from counterpoint.org.data import DeskView
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import services as vault
from counterpoint.vault.data import BoxStopped, BoxTaken, CrossIssue, NoBox, NotSeparated, WrongDay
from counterpoint.visits import services as visits


@dataclass(frozen=True, slots=True)
class Choice:
    """One desk of the branch as it is offered; ``holder`` is the name of who sits there."""

    desk: DeskView
    holder: str
    mine: bool


def choices(request: HttpRequest) -> list[Choice]:
    """The desks of the person's branch, each with who works there."""
    who = people.actor_from(request)
    desks = org.desks(who.branch or 0)
    names = people.names_of(desk.holder for desk in desks)
    return [Choice(desk, names.get(desk.holder or 0, ""), desk.holder == who.id) for desk in desks]


def take(request: HttpRequest, desk: int) -> DeskView:
    """Begin to work at ``desk`` and take its box, unless the person holds them already."""
    who = people.actor_from(request)
    view = org.desk(desk)
    if view.holder != who.id:
        view = org.claim_desk(desk=desk, by=who)
    request.session["desk"] = view.id
    request.session["branch"] = view.branch
    _take_box(request, view.id)
    _open_window(request, view.id)
    return view


def resume(request: HttpRequest) -> DeskView | None:
    """The desk that the session works at; after a new sign-in, the one still held."""
    who = people.actor_from(request)
    held = org.desk_of(who.id)
    if held is None:
        request.session.pop("desk", None)
        return None
    if request.session.get("desk") != held.id:
        request.session["desk"] = held.id
        request.session["branch"] = held.branch
        _take_box(request, held.id)
        _open_window(request, held.id)
    return held


def leave(request: HttpRequest) -> None:
    """End work at the desk and give the box back 下柜."""
    who = people.actor_from(request)
    held = org.desk_of(who.id)
    visits.leave(by=who)
    if held is not None:
        with suppress(NoWindow):
            lobby.close_window(desk=held.id, by=who)
    with suppress(NoBox):
        vault.release_box(box=vault.box_of(person=who.id).id, by=who)
    if held is not None:
        org.release_desk(desk=held.id, by=who)
    request.session.pop("desk", None)


def _take_box(request: HttpRequest, desk: int) -> None:
    who = people.actor_from(request)
    if not people.can(request, Duty.CASH):
        return
    try:
        vault.box_of(person=who.id)
    except NoBox:
        box = vault.free_box_of_desk(desk=desk)
        # Without its box one works at the desk all the same; the panel says why, and what helps.
        if box is not None:
            with suppress(BoxStopped, BoxTaken, CrossIssue, NotSeparated, WrongDay):
                vault.claim_box(box=box.id, by=who)


def _open_window(request: HttpRequest, desk: int) -> None:
    """Customers can be called to the desk for whatever its teller may serve; the desk says when not."""
    who = people.actor_from(request)
    if lobby.window_of(person=who.id) is None:
        with suppress(NotEligible, WindowOpen, DeskBusy, NotAllowed):
            lobby.open_window(desk=desk, by=who)
