"""Windows 窗口: which services a desk serves now. Opening one is what gives a desk rights on the line."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, NotAllowed, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.lobby import queries
from counterpoint.lobby.data import (
    DeskBusy,
    LobbyMalformed,
    NotEligible,
    NoWindow,
    WindowOpen,
    WindowView,
)
from counterpoint.lobby.models import Window
from counterpoint.lobby.services import able, book, reach
from counterpoint.org import services as org
from counterpoint.org.data import DeskNotHeld, DeskView
from counterpoint.people import services as people
from counterpoint.people.data import Duty


def windows_at(branch: int) -> list[WindowView]:
    """The open windows of a branch 开放窗口."""
    return queries.windows_at(branch)


def window_of(*, person: int) -> WindowView | None:
    """The window at which a person serves."""
    return next(iter(queries.windows(Q(person=person))), None)


def could_serve(*, desk: int) -> dict[str, str]:
    """Every service of the branch, and why the holder of a desk may not serve it now; empty: he may."""
    view = org.desk(desk)
    services = book.services_at(view.branch)
    if view.holder is None:
        return dict.fromkeys(services, _("Nobody works at this desk."))
    bars = able.barred(person=view.holder, desk=view, services=services.values())
    return {code: bars.get(code, "") for code in services}


@verb("lobby.window.opened")
def open_window(
    *, desk: int, by: Actor, services: Iterable[str] | None = None, own: Iterable[str] | None = None
) -> WindowView:  # fmt: skip
    """Open a window 开窗, or give an open one other services 调整业务, which changes its rights at once.

    ``services`` are all that its holder may serve, if none are named; ``own`` come before others, all
    if none are named. By its holder, or by who runs the lobby.
    """
    view = org.desk(desk)
    person = _holder(view)
    _check_opener(view, person, by)
    wanted, primary = _wanted(view, person, services, own)
    before = Window.objects.select_for_update(no_key=True).filter(desk=desk, closed_at=None).first()
    if before is not None and before.person_id == person and (before.services, before.own) == (
        wanted, primary,
    ):  # fmt: skip
        raise WindowOpen(_("This window serves that already."))
    now = clock.now()
    stale = Q(desk=desk) | Q(person=person)
    Window.objects.filter(stale, closed_at=None).update(closed_at=now, closed_by=by.key)
    row = Window.objects.create(
        branch_id=view.branch, desk_id=desk, person_id=person, services=wanted, own=primary,
        opened_by=by.key, opened_at=now,
    )  # fmt: skip
    _tell(row, services=wanted, own=primary, before=before.services if before else None)
    return _view(row)


def _holder(view: DeskView) -> int:
    if view.holder is None:
        raise DeskNotHeld(
            _("Nobody works at this desk."),
            why=Why(remedy=_("Somebody takes the desk first; then its window is opened.")), desk=view.id,
        )  # fmt: skip
    return view.holder


def _check_opener(view: DeskView, person: int, by: Actor) -> None:
    if by.kind is ActorKind.SYSTEM or (by.kind is ActorKind.PERSON and by.id == person):
        return
    if by.branch != view.branch:
        raise NotAllowed(_("You work at another branch."))
    people.check_actor(by=by, duty=Duty.LOBBY, branch=view.branch)


def _wanted(
    view: DeskView, person: int, services: Iterable[str] | None, own: Iterable[str] | None
) -> tuple[list[str], list[str]]:
    known = book.services_at(view.branch)
    bars = able.barred(person=person, desk=view, services=known.values())
    if services is None:
        wanted = [code for code in known if code not in bars]
    else:
        wanted = [book.service_at(code, view.branch).code for code in dict.fromkeys(services)]
        barred = next((code for code in wanted if code in bars), None)
        if barred is not None:
            raise NotEligible(bars[barred], service=barred)
    if not wanted:
        raise NotEligible(_("There is no service that this desk may serve now."))
    primary = wanted if own is None else list(dict.fromkeys(own))
    if not set(primary) <= set(wanted):
        raise LobbyMalformed(_("A desk's own services are among those that it serves."), field="own")
    return wanted, primary


@verb("lobby.window.closed")
def close_window(*, desk: int, by: Actor) -> WindowView:
    """Close a window 关窗. Whoever is at the desk is finished, parked or handed on first."""
    row = (
        Window.objects.select_for_update(no_key=True, of=("self",))
        .select_related("desk", "person")
        .filter(desk=desk, closed_at=None)
        .first()
    )
    if row is None:
        raise NoWindow(_("This window is not open."), desk=desk)
    if by.kind is not ActorKind.SYSTEM and by.id != row.person_id:
        reach.check_staff(by, row.branch_id)
        people.check_actor(by=by, duty=Duty.LOBBY, branch=row.branch_id)
    at = queries.at_desk(desk)
    if at is not None:
        raise DeskBusy(
            _("A customer is at this desk."),
            why=Why(remedy=_("Finish, park or hand on first.")), ticket=str(at.key),
        )  # fmt: skip
    now = clock.now()
    Window.objects.filter(pk=row.pk).update(closed_at=now, closed_by=by.key)
    _tell(row, services=row.services)
    return queries.window_view(row)


@verb("lobby.window.ended_with_day")
def end_window(*, desk: int, by: Actor) -> None:
    """A window that was left open is closed with the business day 随营业日关窗."""
    row = Window.objects.select_for_update(no_key=True).get(desk=desk, closed_at=None)
    Window.objects.filter(pk=row.pk).update(closed_at=clock.now(), closed_by=by.key)
    _tell(row, services=row.services)


def _view(row: Window) -> WindowView:
    return queries.windows(Q(pk=row.pk))[0]


def _tell(row: Window, **data: object) -> None:
    channels = (
        f"lobby:{row.branch_id}", f"display:{row.branch_id}", f"desk:{row.desk_id}",
        f"person:{row.person_id}",
    )  # fmt: skip
    tell(
        Told(
            subject=f"desk:{row.desk_id}", branch=row.branch_id, data={"person": row.person_id, **data},
            channels=channels,
        )
    )  # fmt: skip
