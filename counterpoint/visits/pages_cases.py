"""What the pages of cases show: cards and lines with their clock, buttons and words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from counterpoint.kit import clock
from counterpoint.kit.data import Actor
from counterpoint.org import services as org
from counterpoint.people.data import Duty
from counterpoint.ui.data import Meaning
from counterpoint.visits import queries_cases as queries
from counterpoint.visits.data_cases import (
    CaseMoment,
    CasePaperView,
    CaseRights,
    CaseState,
    CaseView,
    CommentView,
    TeamView,
)
from counterpoint.visits.labels_cases import HAPPENED, PAPERS, STATES, move_words
from counterpoint.visits.rules_cases import COLUMNS, neighbours, offered, segments
from counterpoint.visits.services import cases_parts as parts
from counterpoint.visits.services.cases import cases_of
from counterpoint.visits.services.cases_access import rights
from counterpoint.visits.services.cases_links import subject_kinds
from counterpoint.visits.services.cases_lists import SHOWN
from counterpoint.visits.services.cases_rules import soon
from counterpoint.visits.services.teams import holds, is_member


@dataclass(frozen=True, slots=True)
class Due:
    """The clock of a case in words."""

    words: str
    meaning: Meaning
    icon: str


@dataclass(frozen=True, slots=True)
class Step:
    """A button that moves a case; ``key`` presses it on the board."""

    state: CaseState
    words: StrOrPromise
    key: str = ""
    icon: str = ""


def due_words(case: CaseView, at: datetime) -> Due:
    """Late, soon, later, or standing still; and how it ended."""
    if not case.open:
        if case.due is None:
            return Due(_("Case ended"), "neutral", icon="circle-check")
        late = case.late(at)
        return (
            Due(_("Late"), "danger", "clock-exclamation")
            if late
            else Due(_("In time"), "success", "circle-check")
        )
    if case.due is None:
        return Due(_("Clock stands"), "neutral", icon="player-pause")
    local = timezone.localtime(case.due)
    when = f"{local:%H:%M}" if local.date() == timezone.localtime(at).date() else f"{local:%m-%d %H:%M}"
    if case.late(at):
        return Due(_("Overdue %(when)s") % {"when": when}, "danger", icon="clock-exclamation")
    if soon(case.due, at):
        return Due(_("Due %(when)s") % {"when": when}, "attention", icon="clock")
    return Due(_("Due %(when)s") % {"when": when}, "neutral", icon="clock")


def steps(case: CaseView, may: CaseRights) -> list[Step]:
    """The buttons of a case, left neighbour first; giving up has a page of its own."""
    if not may.works:
        return []
    left, right = neighbours(case.state)
    found = []
    for state in offered(case.state, owned=case.owner is not None, member=may.member):
        if state is CaseState.CANCELLED:
            continue
        key, icon = "", ""
        if state is left:
            key, icon = "<", "chevron-left"
        elif state is right:
            key, icon = ">", "chevron-right"
        elif state is CaseState.WAITING_OTHER:
            icon, key = "hourglass", "o"
        found.append(Step(state, move_words(case.state, state), key, icon))
    return sorted(found, key=lambda one: "<o>".find(one.key) if one.key else 9)


def card(case: CaseView, may: CaseRights, at: datetime, here: int | None) -> dict[str, Any]:
    """A case as a card of a board or as a line of a list."""
    return {
        "case": case, "due": due_words(case, at), "state": STATES[case.state], "steps": steps(case, may),
        "takes": may.member and case.open and case.owner is None,
        "elsewhere": org.branch(case.branch).name if case.branch != here else "",
    }  # fmt: skip


def board(team: TeamView, by: Actor) -> list[dict[str, Any]]:
    """The columns of a team's board, each with its cards and how many there are in all."""
    counts, columns, at = queries.counts(team.id), queries.columns(team.id), clock.now()
    views = {one.id: one for one in parts.views([row for rows in columns.values() for row in rows])}
    member = is_member(team=team, person=by.id)
    branches = {one.branch for one in views.values()}
    answers = {one: holds(person=by.id, duty=Duty.AUTHORIZE, branch=one) for one in branches}

    def may(one: CaseView) -> CaseRights:
        works = member or answers[one.branch] or one.owner == by.id
        return CaseRights(member, works, answers[one.branch])

    found = []
    for state in COLUMNS:
        cards = [views[row.pk] for row in columns[state]]
        found.append({
            "state": STATES[state], "key": str(state), "total": counts.get(state, len(cards)),
            "more": max(0, counts.get(state, 0) - len(cards)),
            "cards": [card(one, may(one), at, by.branch) for one in cards],
        })  # fmt: skip
    return found


def lines(cases: Iterable[CaseView], here: int | None) -> list[dict[str, Any]]:
    """Cases as lines of a list, without buttons."""
    at, nothing = clock.now(), CaseRights(False, False, False)
    return [card(one, nothing, at, here) for one in cases]


def moments(found: Sequence[CaseMoment]) -> list[tuple[datetime, list[dict[str, Any]]]]:
    """The history by day, the newest day first."""
    shown: list[dict[str, Any]] = []
    for one in found:
        if one.what == "state":
            word = STATES[CaseState(one.code)]
            title = str(word.words)
        else:
            word = HAPPENED[one.what]
            title = str(word.words) % {"what": one.code}
        shown.append({"at": one.at, "title": title, "who": one.person, "text": one.note,
                      "meaning": word.meaning, "icon": word.icon})  # fmt: skip
    days = groupby(shown, key=lambda item: timezone.localtime(item["at"]).date())
    grouped = [list(items) for _day, items in days]
    return [(items[0]["at"], items) for items in grouped]


def comment(one: CommentView, by: Actor) -> dict[str, Any]:
    """A comment in pieces, those that name somebody marked."""
    mine = one.person == by.id and not one.withdrawn
    return {"one": one, "pieces": segments(one.words, one.mentions), "mine": mine}


def need(one: CasePaperView, files: dict[int, Any]) -> dict[str, Any]:
    """A required paper with its files and why it stands as it does."""
    last = one.rows[-1] if one.rows else None
    return {
        "need": one, "status": PAPERS[one.status], "last": last,
        "refusal_dialog": f"need-{one.id}-refusal", "waiver_dialog": f"need-{one.id}-waiver",
        "files": [files[id] for id in one.papers if id in files],
    }  # fmt: skip


def reader(case: CaseView, by: Actor) -> dict[str, Any]:
    """What the reader may do with the case, and its head."""
    may = rights(case, by)
    return card(case, may, clock.now(), by.branch) | {"may": may}


def about(kind: str, id: int, *, by: Actor) -> dict[str, Any]:
    """The cases that have to do with something, for its own page."""
    found = cases_of(f"{kind}:{id}", by=by) if kind in dict(subject_kinds()) else []
    return {
        "lines": lines(found[:SHOWN], by.branch), "kind": kind, "id": id, "more": max(0, len(found) - SHOWN),
    }  # fmt: skip
