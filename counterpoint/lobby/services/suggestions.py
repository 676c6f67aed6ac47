"""Suggestions 开窗建议: proposed by a room above, answered with one tap, undone when their time is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, ActorKind, Refusal, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.lobby.data import LobbyMalformed
from counterpoint.lobby.data_suggestions import (
    Proposal,
    SuggestionEnded,
    SuggestionState,
    SuggestionView,
    UnknownSuggestion,
)
from counterpoint.lobby.models_suggestions import Suggestion
from counterpoint.lobby.services import book, opening, reach
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty

S = SuggestionState
#: More than these at a time are never under way.
MOST = 200


def suggestion_at(branch: int) -> SuggestionView | None:
    """The suggestion that waits for an answer at a branch."""
    row = _rows().filter(branch_id=branch, state=S.OPEN, expires__gt=clock.now()).first()
    return _view(row) if row else None


def accepted_at(branch: int) -> tuple[SuggestionView, ...]:
    """What was accepted at a branch and still runs."""
    return tuple(_view(row) for row in _rows().filter(branch_id=branch, state=S.ACCEPTED).order_by("id"))


def last_declined(branch: int, *, desk: int) -> SuggestionView | None:
    """The last suggestion for a desk that somebody declined: it is not repeated at once."""
    row = _rows().filter(branch_id=branch, desk=desk, state=S.DECLINED).order_by("-id").first()
    return _view(row) if row else None


@verb("lobby.window.suggested")
def suggest_window(*, branch: int, proposal: Proposal, by: Actor) -> SuggestionView:
    """Propose a window 建议开窗; an older suggestion that nobody answered lapses."""
    _check(branch, proposal)
    now = clock.now()
    Suggestion.objects.filter(branch_id=branch, state=S.OPEN).update(
        state=S.LAPSED, answered_by=by.key, answered_at=now
    )
    row = Suggestion.objects.create(
        branch_id=branch, desk_id=proposal.desk, services=list(proposal.services), since=proposal.since,
        until=proposal.until, p90_before=proposal.p90_before, p90_after=proposal.p90_after,
        gain_low=proposal.gain_low, gain_high=proposal.gain_high, runs=proposal.runs, state=S.OPEN,
        suggested_by=by.key, suggested_at=now,
        expires=now + timedelta(minutes=int(book.value("suggestion_minutes"))),
    )  # fmt: skip
    _tell(row, services=row.services, p90=[row.p90_before, row.p90_after], runs=row.runs)
    return _view(row)


def _check(branch: int, proposal: Proposal) -> None:
    if org.desk(proposal.desk).branch != branch:
        raise LobbyMalformed(_("This desk belongs to another branch."), field="desk")
    if not proposal.services or not proposal.since < proposal.until:
        raise LobbyMalformed(_("This is no suggestion for a window."), field="services")
    if not proposal.p90_after < proposal.p90_before:
        raise LobbyMalformed(_("A suggestion that shortens no wait is none."), field="p90_after")


@verb("lobby.window.suggestion_accepted")
def accept_suggestion(*, suggestion: int, by: Actor) -> SuggestionView:
    """Do what was suggested 采纳建议: rights on the queue and at the desk change in one step, or not at all.

    Whoever sits at the desk must be able to do it now; the refusal says what is missing.
    """
    row = _locked(suggestion, by)
    now = clock.now()
    there = next((one for one in opening.windows_at(row.branch_id) if one.desk == row.desk_id), None)
    held = there.services if there else ()
    wanted = [*row.services, *(code for code in held if code not in row.services)]
    opening.open_window(desk=row.desk_id, services=wanted, own=row.services, by=by)
    row.before, row.before_own = list(held), list(there.primary if there else ())
    _answer(row, S.ACCEPTED, by)
    _tell(row, services=wanted, before=list(held), until=row.until.isoformat(), at=now.isoformat())
    return _view(row)


@verb("lobby.window.suggestion_declined")
def decline_suggestion(*, suggestion: int, by: Actor) -> SuggestionView:
    """Not now 不采纳: the same window is not suggested again for a while."""
    row = _locked(suggestion, by)
    _answer(row, S.DECLINED, by)
    _tell(row)
    return _view(row)


@verb("lobby.window.suggestion_lapsed")
def lapse_suggestion(*, suggestion: int, by: Actor) -> None:
    """Nobody answered in time, or the branch is no longer like that 建议失效."""
    row = _locked(suggestion, by, late=True)
    _answer(row, S.LAPSED, by)
    _tell(row)


@verb("lobby.window.suggestion_over")
def _end(*, suggestion: int, by: Actor) -> None:
    """The time of an accepted suggestion is over 建议到期: the window serves what it did before."""
    row = Suggestion.objects.select_for_update(no_key=True).get(pk=suggestion, state=S.ACCEPTED)
    there = next((one for one in opening.windows_at(row.branch_id) if one.desk == row.desk_id), None)
    # Whoever has opened it anew since, or has gone, decided otherwise.
    touched = there is None or tuple(row.services) != there.primary
    if not touched:
        actor = reach.self_service(row.branch_id)
        if row.before:
            opening.open_window(desk=row.desk_id, services=row.before, own=row.before_own, by=actor)
        else:
            opening.close_window(desk=row.desk_id, by=actor)
    _answer(row, S.OVER, by)
    _tell(row, before=row.before, touched=touched)


def end_suggestions(*, by: Actor = SYSTEM) -> int:
    """Let lapse what nobody answered, and end what was accepted until now; how many.

    A window with a customer at it closes later: the next stroke of the clock tries again.
    """
    now, done = clock.now(), 0
    late = Suggestion.objects.filter(state=S.OPEN, expires__lte=now).values_list("id", flat=True)
    for id in list(late[:MOST]):
        done += _tried(id, lambda one: lapse_suggestion(suggestion=one, by=by))
    over = Suggestion.objects.filter(state=S.ACCEPTED, until__lte=now).values_list("id", flat=True)
    for id in list(over[:MOST]):
        done += _tried(id, lambda one: _end(suggestion=one, by=by))
    return done


def _tried(id: int, step: Callable[[int], None]) -> int:
    try:
        with transaction.atomic():
            step(id)
    except (Refusal, Suggestion.DoesNotExist):
        return 0
    return 1


def _locked(id: int, by: Actor, *, late: bool = False) -> Suggestion:
    row = Suggestion.objects.select_for_update(no_key=True).filter(pk=id).first()
    if row is None or (by.kind is not ActorKind.SYSTEM and row.branch_id != by.branch):
        raise UnknownSuggestion(_("There is no such suggestion."))
    if by.kind is not ActorKind.SYSTEM:
        people.check_actor(by=by, duty=Duty.LOBBY, branch=row.branch_id)
    if row.state != S.OPEN or (row.expires <= clock.now() and not late):
        raise SuggestionEnded(_("This suggestion was answered already, or is too old."))
    return row


def _answer(row: Suggestion, state: SuggestionState, by: Actor) -> None:
    row.state, row.answered_by, row.answered_at = state, by.key, clock.now()
    row.save(update_fields=["state", "answered_by", "answered_at", "before", "before_own"])


def _rows() -> QuerySet[Suggestion]:
    return Suggestion.objects.select_related("desk")


def _view(row: Suggestion) -> SuggestionView:
    return SuggestionView(
        id=row.pk, branch=row.branch_id, desk=row.desk_id, desk_number=row.desk.number,
        services=tuple(row.services), since=row.since, until=row.until, p90_before=row.p90_before,
        p90_after=row.p90_after, gain_low=row.gain_low, gain_high=row.gain_high, runs=row.runs,
        state=S(row.state), suggested_at=row.suggested_at, expires=row.expires, before=tuple(row.before),
    )  # fmt: skip


def _tell(row: Suggestion, **data: object) -> None:
    tell(
        Told(
            subject=f"desk:{row.desk_id}", branch=row.branch_id,
            data={"suggestion": row.pk, "state": str(row.state), **data},
            channels=(f"lobby:{row.branch_id}",),
        )
    )  # fmt: skip
