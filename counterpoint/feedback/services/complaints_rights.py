"""Who deals with a complaint, and who is kept from it 回避: by every path, a delegated right included."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from counterpoint.feedback import queries_complaints as queries
from counterpoint.feedback import rules_complaints as rules
from counterpoint.feedback.data_complaints import (
    Clock,
    Complaint,
    ComplaintPage,
    NotTheHandler,
    Recused,
    UnknownComplaint,
)
from counterpoint.feedback.models import Complaint as ComplaintRow
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, Why
from counterpoint.org import services as org
from counterpoint.org.data import NoRuleInForce, UnknownRule
from counterpoint.people import services as people
from counterpoint.people.data import WHOLE_BANK, Basis, Duty


@dataclass(frozen=True, slots=True)
class Part:
    """What rights somebody's part in complaints rests on: at their branch, and in the whole bank."""

    handles: Basis
    oversees: Basis
    audits: bool

    @property
    def any(self) -> bool:
        return _given(self.handles) or _given(self.oversees) or self.audits


def _given(basis: Basis) -> bool:
    return basis.own or bool(basis.givers)


def _free(basis: Basis, concerned: frozenset[int]) -> bool:
    """Does a right stand that does not come from somebody whom the complaint concerns?"""
    return basis.own or bool(set(basis.givers) - concerned)


def duties() -> tuple[Duty, Duty]:
    return rules.duties_of(org.value(key="feedback.complaint_duties", at=clock.today()))


def official_clock() -> Clock:
    return rules.clock_of(org.value(key="feedback.complaint_days", at=clock.today()))


def part(by: Actor, rights: people.Rights | None = None) -> Part:
    """The actor's part in complaints, where they work; nobody has one where no rule says whose they are."""
    none = Basis(own=False, role=None, givers=())
    if by.kind is not ActorKind.PERSON:
        return Part(none, none, audits=False)
    try:
        handle, oversee = duties()
    except (UnknownRule, NoRuleInForce):
        return Part(none, none, audits=False)
    rights = rights or people.Rights(by.id)
    here, bank = rights.held(by.branch or 0), rights.held(WHOLE_BANK)
    return Part(
        handles=rights.basis(handle, by.branch or 0) if handle in here else none,
        oversees=rights.basis(oversee, WHOLE_BANK) if oversee in bank else none,
        audits=Duty.AUDIT in bank,
    )


def deals(by: Actor, complaint: Complaint) -> bool:
    """May the actor deal with it: neither concerned, nor acting for somebody who is?"""
    return any(ways(by, complaint.id, complaint.branch))


def ways(by: Actor, complaint: int, branch: int) -> tuple[bool, bool]:
    """Whether the actor deals with it as one who handles complaints there, and as one who oversees them."""
    concerned = queries.concerned(complaint)
    if by.id in concerned:
        return False, False
    mine = part(by)
    return branch == by.branch and _free(mine.handles, concerned), _free(mine.oversees, concerned)


def reads(by: Actor, complaint: Complaint) -> bool:
    """May the actor read what the investigation found?"""
    return deals(by, complaint) or (part(by).audits and by.id not in queries.concerned(complaint.id))


def complaint(id: int, *, by: Actor) -> Complaint:
    """A complaint, for who deals with it or registered it. For whom it concerns there is none (404)."""
    found = queries.by_id(id)
    concerned = found is not None and by.id in queries.concerned(id)
    if found is None or concerned or not (reads(by, found) or found.registered_by == by.id):
        raise UnknownComplaint(_("There is no such complaint."))
    return found


def complaints(*, by: Actor, state: str, page: int) -> ComplaintPage:
    """The complaints with which the actor deals, or which they registered; never those that concern them."""
    mine, own = part(by), Q(registrar=by.id)
    seen = own
    if mine.audits:
        seen = Q()
    else:
        for basis, where in ((mine.handles, Q(branch_id=by.branch or 0)), (mine.oversees, Q())):
            if basis.own:
                seen |= where | Q(pk__in=[])
            elif basis.givers:
                # Every path to this right begins with somebody whom the complaint concerns.
                barred = Q()
                for giver in basis.givers:
                    barred &= queries.concerns(giver)
                seen |= where & ~barred
    where = ~queries.concerns(by.id) & seen
    if state:
        where &= Q(state=state)
    return queries.listed(where, page=page)


def check_deals(row: ComplaintRow, by: Actor) -> None:
    """Refuse whom it concerns, whoever acts for them, and whoever has nothing to do with it."""
    concerned = queries.concerned(row.pk)
    rule = Why(
        rule=_("Whoever a complaint concerns has no part in it."),
        source="银行业保险业消费投诉处理管理办法",
        remedy=_("Somebody else who handles complaints takes it."),
    )
    if by.id in concerned:
        raise Recused(_("This complaint concerns you."), why=rule)
    view = queries.complaint(queries.rows().get(pk=row.pk))
    if deals(by, view):
        return
    mine = part(by)
    if (view.branch == by.branch and _given(mine.handles)) or _given(mine.oversees):
        raise Recused(_("You would act for somebody whom this complaint concerns."), why=rule)
    raise NotTheHandler(_("Complaints of this branch are handled by others."))
