"""May this person do this duty here and now? The one question, and its answer in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from counterpoint.kit.clock import now
from counterpoint.kit.data import Actor, ActorKind, NotAllowed, Why
from counterpoint.people import queries, rules
from counterpoint.people.data import (
    WHOLE_BANK,
    Basis,
    Decision,
    Duty,
    PersonView,
    Restricted,
    Role,
    UnknownPerson,
)
from counterpoint.people.labels import duty_name, qualification_name, role_name
from counterpoint.people.models import Delegation, RoleAssignment, RoleDuty, Staff

ALLOWED = rules.Verdict.ALLOWED

type _Known = Mapping[Duty, rules.Facts]
_looked: ContextVar[dict[int, _Known] | None] = ContextVar("looked", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """While a page is only read, what somebody may do is asked once: its parts all ask it again.

    Whatever changes something asks anew, so that a right taken back a moment ago is not used.
    """
    token = _looked.set({})
    try:
        yield
    finally:
        _looked.reset(token)


def _all_facts(person: int, moment: datetime, among: Iterable[Duty] = Duty) -> _Known:
    looked = _looked.get()
    if looked is None:
        return queries.facts_of_duties(person, among, moment)
    if person not in looked:
        looked[person] = queries.facts_of_duties(person, Duty, moment)
    return looked[person]


def _facts(person: int, duty: Duty, at: datetime | None) -> rules.Facts:
    if at is None and _looked.get() is not None:
        return _all_facts(person, now())[duty]
    return queries.facts_of(person, duty, at or now())


def may(*, person: int, duty: Duty, branch: int, at: datetime | None = None) -> Decision:
    """May ``person`` do ``duty`` at ``branch`` at this moment? Branch 0 asks for the whole bank."""
    facts = _facts(person, Duty(duty), at)
    judgement = rules.judge(facts, branch=branch, on=queries.day_of(at or now()))
    return in_words(judgement, Duty(duty), branch)


def basis(*, person: int, duty: Duty, branch: int, at: datetime | None = None) -> Basis:
    """What the person's right to ``duty`` at ``branch`` rests on: a role of their own, and delegations."""
    return _basis(_facts(person, Duty(duty), at), branch, at or now())


def _basis(facts: rules.Facts, branch: int, moment: datetime) -> Basis:
    own, lent = rules.rests_on(facts, branch=branch, on=queries.day_of(moment))
    givers = tuple(dict.fromkeys(one.giver for one in lent))
    return Basis(own=own is not None, role=Role(own.role) if own else None, givers=givers)


def holds(*, person: int, duty: Duty, branch: int) -> bool:
    """``may`` now, without the words: for rails and buttons, which ask often and explain nothing."""
    facts = _facts(person, Duty(duty), None)
    return rules.judge(facts, branch=branch, on=queries.day_of(now())).verdict is ALLOWED


def duties_held(*, person: int, branch: int, among: Iterable[Duty] = Duty) -> frozenset[Duty]:
    """Every duty that ``holds`` says yes to, in one question: for pages, which ask for many."""
    return Rights(person, among).held(branch)


class Rights:
    """What one person may do now, at whichever branch, in one question: for lists."""

    def __init__(self, person: int, among: Iterable[Duty] = Duty) -> None:
        self._moment = now()
        self._facts = _all_facts(person, self._moment, among)

    def held(self, branch: int) -> frozenset[Duty]:
        """Every duty that the person may do at ``branch``; 0 asks for the whole bank."""
        on, found = queries.day_of(self._moment), self._facts.items()
        return frozenset(
            duty for duty, facts in found if rules.judge(facts, branch=branch, on=on).verdict is ALLOWED
        )

    def basis(self, duty: Duty, branch: int) -> Basis:
        """What the right rests on."""
        return _basis(self._facts[duty], branch, self._moment)


def check_may(*, person: int, duty: Duty, branch: int, at: datetime | None = None) -> None:
    """Raise ``NotAllowed``, with the reason in words, unless the person may."""
    decision = may(person=person, duty=duty, branch=branch, at=at)
    if not decision.allowed:
        raise NotAllowed(decision.reason, why=decision.why, duty=str(duty), branch=branch)


def check_actor(*, by: Actor, duty: Duty, branch: int) -> None:
    """The same for the actor of a verb. The system may; a machine has roles as a person has."""
    if by.kind is ActorKind.SYSTEM:
        return
    check_may(person=by.id, duty=duty, branch=branch)


def person(id: int) -> PersonView:
    """The person with this id."""
    found = Staff.objects.filter(pk=id).first()
    if found is None:
        raise UnknownPerson(_("There is no such member of staff."))
    return queries.views_of([found], queries.day_of(now()))[0]


def names_of(ids: Iterable[int | None]) -> dict[int, str]:
    """The names of these people, in one question."""
    wanted = {id for id in ids if id is not None}
    rows = Staff.objects.filter(pk__in=wanted).only("name_zh", "name_en") if wanted else ()
    return {row.pk: row.name for row in rows}


def person_by_number(number: str) -> PersonView | None:
    """The person with this staff number, or nobody."""
    found = Staff.objects.filter(username=number).first()
    return queries.views_of([found], queries.day_of(now()))[0] if found else None


def staff_called(text: str, *, limit: int = 8) -> list[PersonView]:
    """Active people by number, name or pinyin, by number; nobody for no text."""
    wanted = text.strip()[:40]
    return queries.called(wanted, limit=limit, day=queries.day_of(now())) if wanted else []


def staff_of(
    *, branches: Sequence[int] = (), roles: Sequence[str] = (), people: Sequence[int] = ()
) -> list[PersonView]:  # fmt: skip
    """Everybody active of these units, with these roles, of these ids, by number; each as far as named."""
    return queries.staff_of(branches, roles, people, queries.day_of(now()))


def restricted_at(*, branch: int) -> list[Restricted]:
    """Who of a branch's people may not do something now, and why: for its board."""
    return queries.restricted_at(branch, now())


def people_with(*, duty: Duty, branch: int) -> list[PersonView]:
    """Everybody who may do ``duty`` at ``branch`` now, by number."""
    moment = now()
    day = queries.day_of(moment)
    roles = RoleDuty.objects.filter(queries.in_force(day), duty=duty).values("role")
    here = Q(branch_id__in={WHOLE_BANK, branch})
    holders = RoleAssignment.objects.filter(queries.in_force(day), here, revoked_at=None, role__in=roles)
    lent = Delegation.objects.filter(queries.delegated_on(day), here, duty=duty)
    candidates = list(
        Staff.objects.filter(
            Q(pk__in=holders.values("person")) | Q(pk__in=lent.values("receiver")), is_active=True
        ).order_by("username")
    )
    facts = queries.facts_of_all((one.pk for one in candidates), Duty(duty), moment)
    able = [one for one in candidates if rules.judge(facts[one.pk], branch=branch, on=day).verdict is ALLOWED]
    return queries.views_of(able, day)


def in_words(judgement: rules.Judgement, duty: Duty, branch: int) -> Decision:
    """A judgement as a decision that a person can act on."""
    given, lent = judgement.assignment, judgement.delegation
    if judgement.verdict is ALLOWED and lent is not None:
        words = {"giver": _giver(lent), "day": f"{lent.term.valid_until}"}
        why = Why(rule=_("Delegated by %(giver)s.") % words, since=f"{lent.term.valid_from}")
        return Decision(True, _("Allowed on behalf of %(giver)s until %(day)s.") % words, why)
    if judgement.verdict is ALLOWED and given is not None:
        why = Why(rule=role_name(given.role), since=given.valid_from.isoformat())
        return Decision(True, _("Allowed as %(role)s.") % {"role": role_name(given.role)}, why)
    reason, rule, source, since, remedy = _refusal(judgement, duty)
    helper = _helpers(branch)
    return Decision(False, reason, Why(rule, source, since, remedy, helper))


def _giver(lent: rules.Delegated) -> str:
    row = queries.staff(lent.giver)
    return f"{row.name} {row.username}"


def _helpers(branch: int) -> str:
    """Who administers staff for that branch: two names at most."""
    people = people_with(duty=Duty.PEOPLE_ADMIN, branch=branch)[:2]
    return "、".join(f"{p.name} {p.number}" for p in people)


def _refusal(judgement: rules.Judgement, duty: Duty) -> tuple[str, str, str, str, str]:
    """What is not possible; the rule; its source; since when; what would help."""
    words = {"duty": duty_name(duty)}
    verdict, given, lent = judgement.verdict, judgement.assignment, judgement.delegation
    bar, need = judgement.bar, judgement.requirement
    if verdict is rules.Verdict.UNKNOWN:
        return _("There is no such member of staff."), "", "", "", ""
    if verdict is rules.Verdict.SUSPENDED and bar:
        return _("This person is suspended."), bar.reason, "", bar.since, _("Have the suspension ended.")
    if verdict is rules.Verdict.RESTRICTED and bar:
        said = _("“%(duty)s” is restricted for this person.") % words
        until = _("The restriction ends at %(until)s.") % {"until": bar.until} if bar.until else ""
        return said, bar.reason, bar.source, bar.since, until or _("Have the restriction lifted.")
    if verdict is rules.Verdict.ASLEEP and lent is not None:
        words |= {"giver": _giver(lent)}
        said = _("%(giver)s delegated “%(duty)s”, and may not do it now.") % words
        rule = _("A delegation holds while its giver has the duty by a role.")
        return said, rule, "", "", _("Have a role with this duty given for this branch.")
    if need is not None:
        kind = qualification_name(need.kind)
        rule = _("The duty needs the qualification “%(kind)s”.") % {"kind": kind}
        if verdict is rules.Verdict.LAPSED:
            said = _("The qualification “%(kind)s” lapsed on %(day)s.") % {
                "kind": kind,
                "day": need.lapsed_on,
            }
        else:
            said = _("The qualification “%(kind)s” is missing.") % {"kind": kind}
        return said, rule, need.source, need.since, _("Have the qualification granted and recorded.")
    return (*_no_role(verdict, given, words), _("Have a role with this duty given for this branch."))


def _no_role(
    verdict: rules.Verdict, given: rules.Assignment | None, words: dict[str, str]
) -> tuple[str, str, str, str]:
    rule = _("“%(duty)s” needs a role that has this duty at this branch.") % words
    if given is None:
        return _("No role of this person has the duty “%(duty)s”.") % words, rule, "", ""
    words = words | {"role": role_name(Role(given.role))}
    if verdict is rules.Verdict.LATER:
        words["day"] = given.valid_from.isoformat()
        return _("The role %(role)s begins on %(day)s.") % words, rule, "", ""
    if verdict is rules.Verdict.ENDED and given.valid_until:
        words["day"] = given.valid_until.isoformat()
        return _("The role %(role)s ended on %(day)s.") % words, rule, "", ""
    return _("The role %(role)s holds at another branch, not at this one.") % words, rule, "", ""


def qualified(*, person: int, kind: str, at: datetime | None = None) -> bool:
    """Whether the person holds a qualification 资格 of this kind at this moment."""
    return queries.holds_qualification(person, kind, queries.day_of(at or now()))
