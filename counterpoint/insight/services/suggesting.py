"""Suggestions for windows 开窗建议: the next hour played through from the branch as it stands now.

A window is suggested only when it shortens waits beyond doubt on the same futures, and by enough to be
worth a word; the lobby accepts it with one tap, or does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from datetime import datetime, timedelta

from counterpoint.insight.data import (
    NowServing,
    NowWaiting,
    OpenWindow,
    TwinBranch,
    TwinNow,
    TwinWindow,
    WindowSuggestion,
)
from counterpoint.insight.data_past import BranchPast, TooLittleKnown
from counterpoint.insight.engine import planning
from counterpoint.insight.services import past as pasts
from counterpoint.insight.services.apart import apart
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import LineNow, Proposal, SuggestionView, WindowNow
from counterpoint.org import services as org

#: How far ahead is played through, in minutes.
HORIZON = 60.0
#: A window that was declined is not named again for so many of the times between two looks.
PATIENCE = 3


def rule(name: str) -> int:
    return int(org.value(key=f"lobby.{name}", at=clock.today()))


def suggest_for(branch: int) -> SuggestionView | None:
    """Look at a branch now; what was suggested, if anything was."""
    line, board = lobby.waiting(branch), lobby.board(branch)
    if not line.total or lobby.suggestion_at(branch) is not None or lobby.accepted_at(branch):
        return None
    try:
        past = pasts.branch_past(branch, clock.today() - timedelta(days=1))
    except TooLittleKnown:
        return None
    now = clock.now()
    at = max(0.0, pasts.minute(now) - past.opens)
    asked = {one.ticket.service for one in line.waiting} & past.model.means.keys()
    candidates = list(_candidates(branch, board, asked, at))
    if not candidates:
        return None
    desks = {one.number: one.id for one in org.desks(branch)}
    found = apart(
        planning.suggest, branch_now(branch, board, past), past.demand, state_now(line, board, at),
        candidates, lobby.pick, horizon=HORIZON, seed=int(at) + 1,
    )  # fmt: skip
    if found is None or (found.p90_before - found.p90_after) * 60 < rule("suggestion_gain_seconds"):
        return None
    return _propose(branch, desks[found.open.window], found, now)


def _propose(branch: int, desk: int, found: WindowSuggestion, now: datetime) -> SuggestionView:
    gain, minute = found.difference, now.replace(second=0, microsecond=0)
    return lobby.suggest_window(
        branch=branch, by=SYSTEM,
        proposal=Proposal(
            desk=desk, services=tuple(sorted(found.open.services)), since=minute,
            until=minute + timedelta(minutes=rule("suggestion_open_minutes")),
            p90_before=round(found.p90_before * 60), p90_after=round(found.p90_after * 60),
            gain_low=round(-(gain.high or 0.0) * 60), gain_high=round(-(gain.low or 0.0) * 60),
            runs=planning.FUTURES,
        ),
    )  # fmt: skip


def branch_now(branch: int, board: tuple[WindowNow, ...], past: BranchPast) -> TwinBranch:
    """The open windows, each as fast as its holder has been."""
    windows = tuple(
        TwinWindow(
            one.window.desk_number, frozenset(one.window.primary) & past.model.means.keys(),
            {code: past.factors.get((one.window.person, code), 1.0)
             for code in one.window.services if code in past.model.means},
        )
        for one in board
    )  # fmt: skip
    return TwinBranch(windows, past.model.means, lobby.routing(branch), closes=past.model.closes)


def state_now(line: LineNow, board: tuple[WindowNow, ...], at: float) -> TwinNow:
    """Who waits for how long, and how far each window is."""
    now = clock.now()
    return TwinNow(
        at,
        [NowWaiting(one.ticket.service, one.waited / 60, one.predicted / 60) for one in line.waiting],
        [
            NowServing(
                one.window.desk_number, one.expected / 60,
                max(0.0, (now - one.ticket.since).total_seconds() / 60),
            )
            for one in board
            if one.ticket is not None
        ],
    )  # fmt: skip


def _candidates(
    branch: int, board: tuple[WindowNow, ...], asked: Set[str], at: float
) -> Iterator[OpenWindow]:
    """Desks at which somebody sits who could serve more of what is waited for: closed windows, and open ones
    re-keyed.
    """
    serves = {one.window.desk: set(one.window.services) for one in board}
    until = at + rule("suggestion_open_minutes")
    patience = timedelta(minutes=PATIENCE * rule("suggestion_every_minutes"))
    for desk in org.desks(branch):
        if desk.holder is None or not desk.active:
            continue
        said = lobby.last_declined(branch, desk=desk.id)
        if said is not None and said.suggested_at > clock.now() - patience:
            continue
        could = {code for code, why in lobby.could_serve(desk=desk.id).items() if not why} & asked
        has = serves.get(desk.id, set[str]())
        if could - has:
            yield OpenWindow(desk.number, frozenset(could | has), at, until)


def suggest_everywhere() -> int:
    """Look at every branch whose day is open and that has a window open; how many suggestions."""
    return sum(
        suggest_for(branch.id) is not None
        for branch in org.branches()
        if lobby.windows_at(branch.id) and org.business_day(branch.id).open
    )
