"""What every verb on a case needs: the row under its lock, its view, its words, and what it tells."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from counterpoint.customers import services as customers
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, Told, Why
from counterpoint.kit.verbs import tell
from counterpoint.visits import queries_cases as queries
from counterpoint.visits import rules_cases as rules
from counterpoint.visits.data_cases import (
    OPEN_STATES,
    CaseChanged,
    CaseEnded,
    CaseMalformed,
    CaseState,
    CaseView,
    UnknownCase,
)
from counterpoint.visits.models_cases import Case, CaseHand, CaseStateRow
from counterpoint.visits.services import cases_rules
from counterpoint.visits.services.cases_access import check_works

LONGEST_NOTE = 500


def locked(id: int, by: Actor) -> Case:
    """The row of a case on which the actor works, locked until the verb has ended."""
    found = Case.objects.select_for_update(no_key=True, of=("self",)).select_related("team", "visit")
    row = found.filter(pk=id).first()
    if row is None:
        raise UnknownCase(_("This case does not exist."), case=id)
    check_works(row, by)
    return row


def check_open(row: Case) -> None:
    if row.state not in OPEN_STATES:
        raise CaseEnded(_("This case has ended."), why=Why(remedy=_("Reopen it first.")), case=row.pk)


def check_version(row: Case, version: int | None) -> None:
    """Refuse what was decided on a case as it no longer is."""
    if version is not None and version != row.version:
        raise CaseChanged(
            _("Somebody has changed this case since you read it."),
            why=Why(remedy=_("Look at it as it is now, then decide again.")),
            case=row.pk, version=row.version,
        )  # fmt: skip


def views(rows: list[Case]) -> list[CaseView]:
    """The rows as other rooms see them, with what kinds are called and the customers' masked names."""
    kinds = cases_rules.kind_names() if rows else {}
    parties = customers.parties_by_id(row.party_id for row in rows if row.party_id is not None)
    names = {id: one.name for id, one in parties.items()}
    return [queries.view(row, kinds, names) for row in rows]


def view(id: int) -> CaseView:
    return views(list(queries.rows(Q(pk=id))))[0]


def person_id(by: Actor) -> int | None:
    """Who did it; the system is nobody."""
    return None if by.kind is ActorKind.SYSTEM else by.id


def text(given: str, longest: int, field: str, *, needed: str = "") -> str:
    """What somebody typed, trimmed; refused where it is missing, too long, or no text."""
    plain = rules.plain(given)
    if needed and not plain:
        raise CaseMalformed(needed, field=field)
    if len(plain) > longest:
        raise CaseMalformed(
            _("This is too long: %(n)s characters at most.") % {"n": longest}, field=field, length=len(plain)
        )
    if not rules.is_text(plain):
        raise CaseMalformed(_("This holds characters that are no text."), field=field)
    return plain


def enter_state(row: Case, state: CaseState, by: Actor, at: datetime, note: str = "") -> None:
    """Write that the case came into a state, and work out again when it is due."""
    CaseStateRow.objects.create(case=row, state=state, person_id=person_id(by), at=at, note=note)
    row.state, row.since = state, at
    if row.target is not None:
        ended = state in (CaseState.DONE, CaseState.CANCELLED)
        # What an ended case was due by stays as it was, so that one can see whether it was kept.
        if not ended:
            row.due = cases_rules.due(queries.states(row.pk), pauses_of(row), row.target)


def pauses_of(row: Case) -> frozenset[CaseState]:
    return frozenset(CaseState(one) for one in row.pauses)


def give(row: Case, by: Actor, note: str = "") -> None:
    """Write into whose hands the case came."""
    CaseHand.objects.create(
        case=row, team_id=row.team_id, owner_id=row.owner_id, person_id=person_id(by), note=note
    )


def save(row: Case, *fields: str) -> None:
    row.version += 1
    row.save(update_fields=["version", *fields])


def say(row: Case, data: dict[str, Any], *channels: str, before: dict[str, Any] | None = None) -> None:
    """Tell what was done: to the branch, the team, and the people whose case it is."""
    people = {one for one in (row.owner_id, row.opener_id) if one is not None}
    heard = (f"team:{row.team_id}", *(f"person:{one}" for one in sorted(people)), *channels)
    visit = row.visit
    tell(
        Told(
            subject=f"case:{row.pk}", branch=row.branch_id, data={"kind": row.kind, **data}, before=before,
            channels=tuple(dict.fromkeys(heard)), correlation=visit.key if visit else None,
        )
    )  # fmt: skip


def now_after(row: Case) -> datetime:
    """The present moment, but never before the case came into its state: the computer's clock can go back."""
    return max(clock.now(), row.since)
