"""Reaching a visit: whose it is to touch, its lock, and what every verb of it tells.

The row of the visit is the one lock under which its state changes, and it is always taken first.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor, ActorKind, NotAllowed, Told
from counterpoint.kit.verbs import tell
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.visits import queries
from counterpoint.visits.data import (
    HandOffView,
    HelpView,
    UnknownHandOff,
    UnknownHelpCall,
    UnknownVisit,
    VisitEnded,
    VisitMalformed,
    VisitView,
)
from counterpoint.visits.models import Visit
from counterpoint.visits.rules import clean_words


def is_here(branch: int, by: Actor) -> bool:
    """Does the actor work at that branch now? The system works everywhere."""
    return by.kind is ActorKind.SYSTEM or by.branch == branch


def visit_here(id: int, by: Actor) -> VisitView:
    """The visit, for somebody of its branch; for others there is none."""
    found = queries.visits(Q(pk=id))
    if not found or not is_here(found[0].branch, by):
        raise UnknownVisit(_("There is no such visit."), visit=id)
    return found[0]


def hand_off_here(id: int, by: Actor) -> HandOffView:
    """The hand-off, for somebody of the visit's branch."""
    within = Q() if by.kind is ActorKind.SYSTEM else Q(visit__branch_id=by.branch or 0)
    found = queries.hand_offs(Q(pk=id) & within)
    if not found:
        raise UnknownHandOff(_("There is no such hand-off."), hand_off=id)
    return found[0]


def help_here(id: int, by: Actor) -> HelpView:
    """The call for help, for somebody of its branch."""
    found = queries.help_calls(Q(pk=id))
    if not found or not is_here(found[0].branch, by):
        raise UnknownHelpCall(_("There is no such call for help."), call=id)
    return found[0]


def check_serves(by: Actor) -> int:
    """Only a person who may see customers where they work touches visits; returns that branch."""
    if by.kind is not ActorKind.PERSON or by.branch is None:
        raise NotAllowed(_("Only a person serves customers."))
    people.check_actor(by=by, duty=Duty.CUSTOMER_VIEW, branch=by.branch)
    return by.branch


def locked(visit: int, by: Actor) -> Visit:
    """The row of an open visit of the actor's branch, locked until the end of the transaction."""
    row = Visit.objects.select_for_update(no_key=True).filter(pk=visit).first()
    if row is None or not is_here(row.branch_id, by):
        raise UnknownVisit(_("There is no such visit."), visit=visit)
    if row.ended is not None:
        raise VisitEnded(_("This visit has ended."), visit=visit)
    return row


def one_of[Kind: StrEnum](kinds: type[Kind], value: str, *, field: str) -> Kind:
    """The member of an enum that this is, or a refusal that names the field."""
    try:
        return kinds(value)
    except ValueError:
        raise VisitMalformed(_("This is none of the choices."), field=field) from None


def desk_of(by: Actor) -> int | None:
    """The desk at which the actor works now, at the branch of the session."""
    held = org.desk_of(by.id)
    return held.id if held is not None and held.branch == by.branch else None


def words_of(text: object, longest: int, *, field: str) -> str:
    """Free words as they are kept, or a refusal that names the field."""
    clean = clean_words(text, longest)
    if clean is None:
        raise VisitMalformed(
            _("This text is too long or has letters that cannot be kept."), field=field, longest=longest
        )
    return clean


def tell_of(row: Visit, *channels: str, subject: str = "", **data: Any) -> None:
    """What a verb did to a visit: found by the visit's key, and heard by who has it open."""
    tell(
        Told(
            subject=subject or f"visit:{row.pk}", branch=row.branch_id, correlation=row.key, data=data,
            channels=tuple(dict.fromkeys((f"visit:{row.pk}", *channels))),
        )
    )  # fmt: skip
