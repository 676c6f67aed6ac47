"""Cases 协同事项: opened for what outlives the visit, read by those whom they concern, edited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from counterpoint.customers import services as customers
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, NotAllowed
from counterpoint.kit.verbs import verb
from counterpoint.org import services as org
from counterpoint.people.data import WHOLE_BANK
from counterpoint.visits import queries_cases as queries
from counterpoint.visits.data import UnknownVisit
from counterpoint.visits.data_cases import (
    CaseKind,
    CaseMalformed,
    CaseState,
    CaseView,
    TeamView,
    UnknownCase,
)
from counterpoint.visits.models import Visit
from counterpoint.visits.models_cases import OPEN, Case, CaseItem, CaseLink, CasePaper
from counterpoint.visits.services import cases_access as access
from counterpoint.visits.services import cases_parts as parts
from counterpoint.visits.services.cases_links import check_subject
from counterpoint.visits.services.cases_rules import kind as kind_of
from counterpoint.visits.services.teams import team as team_view
from counterpoint.visits.services.teams import team_for

LONGEST_TITLE = 120
LONGEST_ABOUT = 2000


def case(id: int, *, by: Actor | None = None) -> CaseView:
    """The case with this id; with ``by`` only if that person may know of it."""
    found = list(queries.rows(Q(pk=id)))
    if not found:
        raise UnknownCase(_("This case does not exist."), case=id)
    if by is not None:
        access.check_sees(found[0], by)
    return parts.views(found)[0]


def cases_of(subject: str, *, by: Actor | None = None) -> list[CaseView]:
    """The cases that have to do with ``party:5``, ``visit:9``, ``account:7``, ``entry:812`` …, newest first.

    Without ``by``, only those that are confined to nobody.
    """
    seen = Q(confined=False) if by is None else access.shown(by)
    return parts.views(list(queries.rows(queries.about(subject) & seen).order_by("-pk")[: queries.MOST]))


def cases_open(branch: int, person: int | None = None) -> list[CaseView]:
    """What is open at a branch, or of one person there: the most urgent first. For counts and hand-overs."""
    owned = Q() if person is None else Q(owner=person)
    return parts.views(queries.by_urgency(OPEN & owned & Q(branch_id=branch), limit=queries.MOST))


@verb("visits.case.opened")
def open_case(
    *, kind: str, branch: int, title: str, by: Actor, about: str = "", party: int | None = None,
    visit: int | None = None, team: str | int | None = None, links: Sequence[str] = (),
    key: UUID | None = None, task: str = "", day: date | None = None, due: datetime | None = None,
) -> CaseView:  # fmt: skip
    """Open a case 新建协同事项: a visit goes on in it, or a task. The same ``key`` is the first again."""
    spec = _checked(kind, branch, by, task)
    hands = _team(spec, branch, team)
    row = Case(
        kind=spec.key, branch_id=branch, confined=spec.confined, visit=_visit(visit, branch),
        title=parts.text(title, LONGEST_TITLE, "title", needed=_("Say in a few words what it is about.")),
        about=parts.text(about, LONGEST_ABOUT, "about"), party_id=party, opener_id=parts.person_id(by),
        team_id=hands.id, target=None if due else spec.target, due=due, pauses=sorted(spec.pauses), key=key,
        task=task, day=day, at=clock.now(),
    )  # fmt: skip
    row.since = row.at
    row.due = max(due, row.at) if due else None
    if party is not None:
        customers.party(party)
    subjects = [check_subject(one, by) for one in dict.fromkeys(links)]
    known = _insert(row)
    if known is not None:
        access.check_sees(known, by)
        parts.say(known, {"again": True})
        return parts.view(known.pk)
    _fill(row, spec, subjects, by)
    parts.say(row, {"team": hands.id, "task": task, "party": party, "links": subjects})
    return parts.view(row.pk)


def _checked(kind: str, branch: int, by: Actor, task: str) -> CaseKind:
    org.branch(branch)
    # A day, and so its tasks, may be opened from the head office.
    if by.kind is not ActorKind.SYSTEM and by.branch != branch and not task:
        raise NotAllowed(_("Cases are opened for the branch in which one works."), branch=branch)
    return kind_of(kind)


def _team(spec: CaseKind, branch: int, team: str | int | None) -> TeamView:
    """The team that was asked for, or the one in which the kind begins."""
    if isinstance(team, int):
        found = team_view(team)
        if found.branch not in (WHOLE_BANK, branch):
            raise CaseMalformed(_("This team belongs to another branch."), field="team")
        return found
    return team_for(key=team or spec.team, branch=branch)


def _visit(visit: int | None, branch: int) -> Visit | None:
    if visit is None:
        return None
    found = Visit.objects.filter(pk=visit, branch_id=branch).first()
    if found is None:
        raise UnknownVisit(_("There is no such visit."), visit=visit)
    return found


def _insert(row: Case) -> Case | None:
    """Write the row; or the one that was written before under the same key, or for the same task."""
    twins = Q(key=row.key) if row.key else Q(task=row.task, branch_id=row.branch_id, day=row.day)
    found = Case.objects.select_related("team", "visit").filter(twins) if row.key or row.task else None
    known = found.first() if found is not None else None
    if known is not None:
        return known
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        # Somebody who wrote the same at the same moment was quicker.
        known = found.all().first() if found is not None else None
        if known is None:
            raise
    return known


def _fill(row: Case, spec: CaseKind, links: list[str], by: Actor) -> None:
    CaseItem.objects.bulk_create(
        CaseItem(case=row, key=one.key, text_zh=one.zh, text_en=one.en, required=one.required)
        for one in spec.items
    )
    CasePaper.objects.bulk_create(
        CasePaper(
            case=row, kind=one.kind, name_zh=one.zh, name_en=one.en, required=one.required, shows=one.shows
        )
        for one in spec.papers
    )
    CaseLink.objects.bulk_create(
        CaseLink(case=row, subject=subject, person_id=parts.person_id(by)) for subject in links
    )
    parts.enter_state(row, CaseState.NEW, by, row.at)
    parts.give(row, by)
    row.save(update_fields=["due"])


@verb("visits.case.edited")
def edit_case(
    *, case: int, title: str, about: str, by: Actor, version: int, party: int | None = None
) -> CaseView:  # fmt: skip
    """Change what a case is called, what it is about, and for which customer 修改事项."""
    row = parts.locked(case, by)
    parts.check_open(row)
    parts.check_version(row, version)
    changed = [
        name for name, old, new in (("title", row.title, title), ("about", row.about, about),
                                    ("party", row.party_id, party)) if old != new
    ]  # fmt: skip
    row.title = parts.text(title, LONGEST_TITLE, "title", needed=_("Say in a few words what it is about."))
    row.about = parts.text(about, LONGEST_ABOUT, "about")
    if "party" in changed:
        row.party_id = customers.party(party).id if party is not None else None
    parts.save(row, "title", "about", "party_id")
    parts.say(row, {"changed": changed})
    return parts.view(row.pk)
