"""Moving cases on 事项流转: taken, given to somebody, handed to another team, moved along the board."""

from __future__ import annotations

from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Why
from counterpoint.kit.verbs import verb
from counterpoint.people import services as people
from counterpoint.people.data import WHOLE_BANK
from counterpoint.visits import queries_cases as queries
from counterpoint.visits.data_cases import (
    CaseIncomplete,
    CaseMalformed,
    CaseState,
    CaseTaken,
    CaseView,
    NotYourCase,
    ReopenTooLate,
)
from counterpoint.visits.labels_cases import STATES
from counterpoint.visits.models_cases import Case
from counterpoint.visits.rules_cases import CASE
from counterpoint.visits.services import cases_parts as parts
from counterpoint.visits.services import cases_rules
from counterpoint.visits.services.cases_access import supervises
from counterpoint.visits.services.teams import is_member, team_for
from counterpoint.visits.services.teams import team as team_view

#: Endings that have to be explained.
EXPLAINED = (CaseState.CANCELLED,)
#: So many of the things that are missing are named.
NAMED = 6


@verb("visits.case.taken")
def take_case(*, case: int, by: Actor) -> CaseView:
    """Take a case that nobody has 认领事项; it is being done from now on."""
    row = parts.locked(case, by)
    parts.check_open(row)
    if row.owner_id == by.id:
        raise CaseTaken(_("You have this case already."), case=case)
    if row.owner_id is not None:
        raise CaseTaken(
            _("%(name)s has this case.") % {"name": people.person(row.owner_id).name},
            why=Why(remedy=_("Ask for it, or have the supervisor give it to you.")), owner=row.owner_id,
        )  # fmt: skip
    if not is_member(team=queries.team_view(row.team), person=by.id):
        raise NotYourCase(_("Only a member of the team takes a case of the team."))
    row.owner_id = by.id
    parts.give(row, by)
    if row.state == CaseState.NEW:
        parts.enter_state(row, CaseState.DOING, by, parts.now_after(row))
    parts.save(row, "owner", "state", "since", "due")
    parts.say(row, {"owner": by.id, "state": str(row.state)})
    return parts.view(row.pk)


@verb("visits.case.assigned")
def assign_case(*, case: int, owner: int, by: Actor, version: int | None = None, note: str = "") -> CaseView:
    """Give a case to a member of its team 指派事项. Who has it gives it on; else the supervisor does."""
    row = parts.locked(case, by)
    parts.check_open(row)
    parts.check_version(row, version)
    if row.owner_id not in (None, by.id) and not supervises(row, by):
        raise NotYourCase(_("Who has the case gives it on; or the supervisor of the branch does."))
    if row.owner_id == owner:
        raise CaseTaken(_("This person has the case already."), owner=owner)
    hands = queries.team_view(row.team)
    if not people.person(owner).active or not is_member(team=hands, person=owner):
        raise CaseMalformed(
            _("This person does not belong to the team %(team)s.") % {"team": hands.name}, field="owner"
        )
    before, row.owner_id = row.owner_id, owner
    parts.give(row, by, parts.text(note, parts.LONGEST_NOTE, "note"))
    if row.state == CaseState.NEW:
        parts.enter_state(row, CaseState.DOING, by, parts.now_after(row))
    parts.save(row, "owner", "state", "since", "due")
    parts.say(row, {"owner": owner}, *([f"person:{before}"] if before else []), before={"owner": before})
    return parts.view(row.pk)


@verb("visits.case.handed")
def hand_case(
    *, case: int, team: int | str, by: Actor, note: str = "", version: int | None = None
) -> CaseView:  # fmt: skip
    """Hand a case to another team, with a note 转交事项; there it waits for somebody who takes it."""
    row = parts.locked(case, by)
    parts.check_open(row)
    parts.check_version(row, version)
    target = _team(row, team)
    if target == row.team_id:
        raise CaseMalformed(_("The case is with this team already."), field="team")
    words = parts.text(
        note, parts.LONGEST_NOTE, "note", needed=_("Tell the other team what it needs to know.")
    )
    before, owner = row.team_id, row.owner_id
    row.team_id, row.owner_id = target, None
    parts.give(row, by, words)
    if row.state == CaseState.DOING:
        parts.enter_state(row, CaseState.NEW, by, parts.now_after(row))
    parts.save(row, "team", "owner", "state", "since", "due")
    heard = [f"team:{before}", *([f"person:{owner}"] if owner else [])]
    parts.say(row, {"team": target}, *heard, before={"team": before, "owner": owner})
    return parts.view(row.pk)


def _team(row: Case, asked: int | str) -> int:
    if isinstance(asked, str):
        return team_for(key=asked, branch=row.branch_id).id
    found = team_view(asked)
    if found.branch not in (WHOLE_BANK, row.branch_id):
        raise CaseMalformed(_("This team belongs to another branch."), field="team")
    return found.id


@verb("visits.case.moved")
def move_case(
    *, case: int, state: CaseState, by: Actor, note: str = "", version: int | None = None
) -> CaseView:  # fmt: skip
    """Move a case into another state 事项流转: to wait, to go on, done, given up, reopened."""
    row = parts.locked(case, by)
    parts.check_version(row, version)
    before = CaseState(row.state)
    if not CASE.may(before, state):
        raise CaseMalformed(
            _("A case that is “%(now)s” does not become “%(then)s”.")
            % {"now": STATES[before].words, "then": STATES[state].words},
            field="state", state=str(before),
        )  # fmt: skip
    words = parts.text(note, parts.LONGEST_NOTE, "note", needed=_("Say why.") if state in EXPLAINED else "")
    owner = row.owner_id
    if state is CaseState.DOING:
        _go_on(row, before, by)
    elif state is CaseState.DONE:
        _check_complete(row)
    elif state is CaseState.NEW:
        row.owner_id = None
    if row.owner_id != owner:
        parts.give(row, by)
    parts.enter_state(row, state, by, parts.now_after(row), words)
    parts.save(row, "state", "since", "due", "owner")
    heard = [f"person:{owner}"] if owner and owner != row.owner_id else []
    parts.say(row, {"state": str(state)}, *heard, before={"state": str(before)})
    return parts.view(row.pk)


def _go_on(row: Case, before: CaseState, by: Actor) -> None:
    """Somebody does it: who had it, or who goes on with it. A finished one is reopened for some days."""
    if before is CaseState.DONE:
        until = cases_rules.reopen_until(row.since)
        if clock.today() > until:
            raise ReopenTooLate(
                _("This case could be reopened until %(day)s.") % {"day": until.isoformat()},
                why=Why(remedy=_("Open a new case and link this one.")),
            )
    if row.owner_id is not None:
        return
    if not is_member(team=queries.team_view(row.team), person=by.id):
        raise NotYourCase(_("Only a member of the team takes a case of the team."))
    row.owner_id = by.id


def _check_complete(row: Case) -> None:
    """Every required line is ticked, every required paper is there or waived."""
    lines = [one.text for one in queries.items(row.pk) if one.required and not one.ticked]
    papers = [one.name for one in queries.papers(row.pk) if one.lacking]
    if not lines and not papers:
        return
    missing = [*lines, *papers]
    named = queries.in_words("、", ", ").join([*missing[:NAMED], *(["…"] if len(missing) > NAMED else [])])
    raise CaseIncomplete(
        _("%(number)s is not complete yet: %(named)s") % {"number": row, "named": named},
        why=Why(
            rule=_("A case is completed when its required checks and papers are there."),
            remedy=_("Tick the checks; have the papers handed in, or waived by the supervisor."),
        ),
        items=len(lines), papers=len(papers),
    )  # fmt: skip
