"""Reads. The facts behind ``may`` come in one round trip; in two where somebody acts on another's behalf."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q, QuerySet

from counterpoint.kit.clock import CHINA, now
from counterpoint.kit.database import planned
from counterpoint.people import rules
from counterpoint.people.data import (
    AssignmentView,
    Duty,
    PersonView,
    Restricted,
    Role,
    SessionView,
    UnknownPerson,
)
from counterpoint.people.models import (
    Delegation,
    DutyConflict,
    LoginSession,
    Qualification,
    Restriction,
    RoleAssignment,
    RoleDuty,
    Staff,
)

FACTS = """
SELECT s.id, s.is_active,
 (SELECT jsonb_build_object('reason', x.reason, 'since', x.suspended_at) FROM people_suspension x
   WHERE x.person_id = s.id AND x.suspended_at <= %(at)s AND (x.resumed_at IS NULL OR x.resumed_at > %(at)s)
   ORDER BY x.id DESC LIMIT 1),
 (SELECT jsonb_agg(jsonb_build_array(a.role, a.branch_id, a.valid_from, a.valid_until) ORDER BY a.id)
   FROM people_roleassignment a
   WHERE a.person_id = s.id AND (a.revoked_at IS NULL OR a.revoked_at > %(at)s)),
 (SELECT jsonb_agg(jsonb_build_array(d.duty, d.role)) FROM people_roleduty d
   WHERE d.duty = ANY(%(duties)s) AND d.valid_from <= %(day)s
     AND (d.valid_until IS NULL OR d.valid_until >= %(day)s)
     AND d.role IN (SELECT a.role FROM people_roleassignment a WHERE a.person_id = s.id)),
 (SELECT jsonb_agg(jsonb_build_array(r.duty, r.reason, r.source, r.valid_from, r.valid_until) ORDER BY r.id)
   FROM people_restriction r
   WHERE r.person_id = s.id AND (r.duty = '' OR r.duty = ANY(%(duties)s))
     AND r.valid_from <= %(at)s AND (r.valid_until IS NULL OR r.valid_until > %(at)s)
     AND (r.lifted_at IS NULL OR r.lifted_at > %(at)s)),
 (SELECT jsonb_agg(jsonb_build_array(q.duty, q.qualification, q.source, q.valid_from,
     EXISTS (SELECT 1 FROM people_qualification h WHERE h.person_id = s.id AND h.kind = q.qualification
       AND h.granted_on <= %(day)s AND (h.expires_on IS NULL OR h.expires_on >= %(day)s)
       AND (h.withdrawn_at IS NULL OR h.withdrawn_at > %(at)s)),
     (SELECT max(h.expires_on) FROM people_qualification h
       WHERE h.person_id = s.id AND h.kind = q.qualification AND h.expires_on < %(day)s)) ORDER BY q.id)
   FROM people_dutyrequirement q
   WHERE q.duty = ANY(%(duties)s) AND q.valid_from <= %(day)s
     AND (q.valid_until IS NULL OR q.valid_until >= %(day)s)),
 (SELECT jsonb_agg(
     jsonb_build_array(g.duty, g.giver_id, g.branch_id, g.valid_from, g.valid_until) ORDER BY g.id)
   FROM people_delegation g
   WHERE g.receiver_id = s.id AND g.duty = ANY(%(duties)s) AND %(day)s BETWEEN g.valid_from AND g.valid_until
     AND (g.ended_at IS NULL OR g.ended_at > %(at)s))
FROM people_staff s WHERE s.id = ANY(%(people)s)
"""
#: The same for one, whom nearly all ask about: of a list PostgreSQL expects ten, and plans anew each time.
FACTS_OF_ONE = FACTS.replace("= ANY(%(people)s)", "= %(one)s")


def day_of(at: datetime) -> date:
    """The calendar day in China at that moment."""
    return at.astimezone(CHINA).date()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(text: str | None) -> str:
    if not text:
        return ""
    return f"{datetime.fromisoformat(text).astimezone(CHINA):%Y-%m-%d %H:%M}"


def facts_of(person: int, duty: Duty, at: datetime) -> rules.Facts:
    """Everything that decides whether ``person`` may do ``duty`` at that moment."""
    return facts_of_all([person], duty, at)[person]


def facts_of_all(people: Iterable[int], duty: Duty, at: datetime) -> dict[int, rules.Facts]:
    """The same for several people at once, with what is known about those on whose behalf they act."""
    return {person: facts for (person, _duty), facts in _with_givers(set(people), [duty], at).items()}


def facts_of_duties(person: int, duties: Iterable[Duty], at: datetime) -> dict[Duty, rules.Facts]:
    """The same for several duties of one person: as many round trips as for one."""
    return {duty: facts for (_person, duty), facts in _with_givers({person}, list(duties), at).items()}


type _Asked = tuple[int, Duty]


def _with_givers(people: set[int], duties: list[Duty], at: datetime) -> dict[_Asked, rules.Facts]:
    found = _facts(people, duties, at)
    givers = {giver for _own, behalf in found.values() for giver, *_term in behalf}
    behind = _facts(givers, duties, at)
    return {
        (person, duty): replace(
            own,
            delegations=tuple(
                rules.Delegated(
                    giver,
                    rules.Assignment("", branch, date.fromisoformat(start), _day(end), str(duty)),
                    behind[giver, duty][0],
                )
                for giver, branch, start, end in behalf
            ),
        )
        for (person, duty), (own, behalf) in found.items()
    }


def _facts(people: set[int], duties: list[Duty], at: datetime) -> dict[_Asked, tuple[rules.Facts, list[Any]]]:
    """What each has of their own for each duty, and the terms of what was delegated to them."""
    if not people:
        return {}
    asked: dict[str, Any] = {
        "people": list(people),
        "one": next(iter(people)),
        "duties": [str(one) for one in duties],
        "at": at,
        "day": day_of(at),
    }
    with planned() as cursor:
        cursor.execute(FACTS_OF_ONE if len(people) == 1 else FACTS, asked)
        rows = [[_loaded(value) for value in row] for row in cursor.fetchall()]
    unknown: tuple[rules.Facts, list[Any]] = (rules.Facts(known=False), [])
    known = {
        (id, duty): (_own_facts(duty, *row), _about(duty, behalf))
        for id, *row, behalf in rows
        for duty in duties
    }
    return {(person, duty): known.get((person, duty), unknown) for person in people for duty in duties}


def _about(duty: Duty, rows: list[Any] | None) -> list[Any]:
    """The rows that speak of this duty, or of every one; without the duty that they begin with."""
    return [rest for about, *rest in rows or () if about in ("", duty)]


def _own_facts(
    duty: Duty, active: bool, suspension: Any, assignments: Any, roles: Any, bars: Any, needs: Any
) -> rules.Facts:
    suspended = None
    if suspension or not active:
        suspension = suspension or {"reason": "", "since": ""}
        suspended = rules.Bar(suspension["reason"], "", _moment(suspension["since"]), "")
    return rules.Facts(
        suspended=suspended,
        assignments=tuple(
            rules.Assignment(role, branch, date.fromisoformat(start), _day(end))
            for role, branch, start, end in assignments or ()
        ),
        roles_with_duty=frozenset(role for (role,) in _about(duty, roles)),
        bars=tuple(
            rules.Bar(why, source, _moment(a), _moment(b)) for why, source, a, b in _about(duty, bars)
        ),
        requirements=tuple(
            rules.Requirement(kind, source, since, held, lapsed or "")
            for kind, source, since, held, lapsed in _about(duty, needs)
        ),
    )


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def in_force(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gte=day))


def duties_of_roles(day: date) -> dict[str, frozenset[Duty]]:
    """The matrix of posts 岗位职责表 on a day."""
    matrix: dict[str, set[Duty]] = {}
    for role, duty in RoleDuty.objects.filter(in_force(day)).values_list("role", "duty"):
        matrix.setdefault(role, set()).add(Duty(duty))
    return {role: frozenset(duties) for role, duties in matrix.items()}


def incompatible(day: date) -> list[tuple[Duty, Duty, str, date]]:
    """The pairs that may not be in one hand on a day, with source and since when."""
    rows = DutyConflict.objects.filter(in_force(day)).order_by("id")
    return [(Duty(r.one), Duty(r.other), r.source, r.valid_from) for r in rows]


def duties_of(person: int, at: datetime | None = None) -> frozenset[Duty]:
    """All duties that the person's roles, or others on whose behalf the person acts, give anywhere today.

    Restrictions of the person are not looked at.
    """
    moment = at or now()
    day = day_of(moment)
    roles = RoleAssignment.objects.filter(in_force(day), person=person, revoked_at=None).values("role")
    own = set(RoleDuty.objects.filter(in_force(day), role__in=roles).values_list("duty", flat=True))
    lent = set(Delegation.objects.filter(delegated_on(day), receiver=person).values_list("duty", flat=True))
    asked = facts_of_duties(person, [Duty(duty) for duty in lent - own], moment) if lent - own else {}
    awake = {duty for duty, facts in asked.items() if _is_awake(facts, day)}
    return frozenset(Duty(duty) for duty in own | awake)


def _is_awake(facts: rules.Facts, day: date) -> bool:
    return any(rules.awake(one, branch=one.term.branch, on=day) for one in facts.delegations)


def acting_for(person: int) -> list[int]:
    """Those to whom the person has delegated something that holds today or later."""
    rows = Delegation.objects.filter(giver=person, ended_at=None, valid_until__gte=day_of(now()))
    return list(rows.values_list("receiver", flat=True).distinct().order_by("receiver"))


def delegated_on(day: date) -> Q:
    """The delegations in force on a day, as far as their own rows say."""
    return Q(valid_from__lte=day, valid_until__gte=day, ended_at=None)


def held_by(person: int) -> list[rules.Assignment]:
    """Every role and every delegated duty that the person has, or had, or will have, and nobody took back."""
    roles = RoleAssignment.objects.filter(person=person, revoked_at=None)
    lent = Delegation.objects.filter(receiver=person, ended_at=None)
    return [
        *(rules.Assignment(a.role, a.branch_id, a.valid_from, a.valid_until) for a in roles),
        *(rules.Assignment("", d.branch_id, d.valid_from, d.valid_until, d.duty) for d in lent),
    ]


def staff(person: int) -> Staff:
    """The row, or ``UnknownPerson``."""
    found = Staff.objects.filter(pk=person).first()
    if found is None:
        raise UnknownPerson(f"person:{person}")
    return found


def views_of(people: list[Staff], day: date) -> list[PersonView]:
    """What other rooms see of these people, in one more query."""
    roles: dict[int, dict[Role, None]] = {}
    rows = RoleAssignment.objects.filter(in_force(day), person__in=people, revoked_at=None).order_by("id")
    for person, role in rows.values_list("person_id", "role"):
        roles.setdefault(person, {})[Role(role)] = None
    return [
        PersonView(p.pk, p.username, p.name, tuple(roles.get(p.pk, ())), p.branch_id, p.is_active)
        for p in people
    ]


def assignments_of(person: int) -> list[AssignmentView]:
    """Every role the person was ever given, the newest first."""
    today = day_of(now())
    rows = RoleAssignment.objects.filter(person=person).order_by("-id")
    return [
        AssignmentView(
            r.pk, Role(r.role), r.branch_id, r.valid_from, r.valid_until, r.granted_by, r.granted_at,
            r.revoked_by, r.revoked_at, _state(r.valid_from, r.valid_until, r.revoked_at is not None, today),
        )
        for r in rows
    ]  # fmt: skip


def _state(start: date, end: date | None, revoked: bool, today: date) -> str:
    if revoked:
        return "revoked"
    if start > today:
        return "later"
    return "ended" if end is not None and end < today else "in_force"


def colleagues(person: int, *, most: int = 50) -> list[PersonView]:
    """People of the person's own unit, by number; the first of them where they are many."""
    unit = Staff.objects.filter(pk=person).values("branch_id")
    rows = Staff.objects.filter(branch_id__in=unit, is_active=True).exclude(pk=person)
    # A machine has no password; it is nobody's colleague.
    people = rows.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).order_by("username")
    return views_of(list(people[:most]), day_of(now()))


def staff_of(
    branches: Sequence[int], roles: Sequence[str], people: Sequence[int], day: date
) -> list[PersonView]:  # fmt: skip
    """Active people of these units, with one of these roles, of these ids; each as far as named."""
    rows = Staff.objects.filter(is_active=True).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    if branches:
        rows = rows.filter(branch_id__in=branches)
    if roles:
        held = RoleAssignment.objects.filter(in_force(day), role__in=roles, revoked_at=None)
        rows = rows.filter(pk__in=held.values("person"))
    if people:
        rows = rows.filter(pk__in=people)
    return views_of(list(rows.order_by("username")), day)


def holds_qualification(person: int, kind: str, day: date) -> bool:
    lasting = Q(expires_on=None) | Q(expires_on__gte=day)
    held = Qualification.objects.filter(lasting, person=person, kind=kind, granted_on__lte=day)
    return held.filter(withdrawn_at=None).exists()


def qualifications_of(person: int) -> QuerySet[Qualification]:
    return Qualification.objects.filter(person=person).order_by("-id")


def restrictions_of(person: int) -> QuerySet[Restriction]:
    return Restriction.objects.filter(person=person).order_by("-id")


def _restricting(moment: datetime) -> QuerySet[Restriction]:
    lasting = Q(valid_until=None) | Q(valid_until__gt=moment)
    return Restriction.objects.filter(lasting, lifted_at=None, valid_from__lte=moment)


def restrictions_in_force(person: int, moment: datetime, *, limit: int = 10) -> list[Restriction]:
    """What a person may not do at this moment."""
    return list(_restricting(moment).filter(person=person).order_by("valid_from")[:limit])


def restricted_at(branch: int, moment: datetime, *, limit: int = 20) -> list[Restricted]:
    """Who of a branch's people is restricted at this moment, the longest first."""
    rows = _restricting(moment).filter(person__branch_id=branch)
    return [
        Restricted(row.person.name, Duty(row.duty) if row.duty else None, row.reason, row.valid_from)
        for row in rows.select_related("person").order_by("valid_from")[:limit]
    ]


def _called(text: str) -> Q:
    """Whose number, name or pinyin has this."""
    spoken = Q(pinyin__contains=text.lower().replace(" ", ""))
    named = Q(name_zh__contains=text) | Q(name_en__icontains=text)
    return Q(username__startswith=text) | named | spoken


def called(text: str, *, limit: int, day: date) -> list[PersonView]:
    """Active people by number, name or pinyin."""
    found = Staff.objects.filter(_called(text), is_active=True).exclude(
        password__startswith=UNUSABLE_PASSWORD_PREFIX
    )
    return views_of(list(found.order_by("username")[:limit]), day)


def search(text: str, *, page: int, size: int = 30) -> tuple[list[PersonView], bool]:
    """One page of the staff list by number, name or pinyin; and whether another page follows."""
    found = Staff.objects.order_by("username")
    if text:
        found = found.filter(_called(text))
    rows = list(found[(page - 1) * size : page * size + 1])
    return views_of(rows[:size], day_of(now())), len(rows) > size


def sessions_of(person: int, *, current: str | None) -> list[SessionView]:
    """The person's open sessions, the newest first."""
    rows = LoginSession.objects.filter(person=person, expire_date__gt=now()).order_by("-opened_at")
    return [
        SessionView(
            str(r.public), r.opened_at, r.seen_at, r.address, r.agent, r.locked_at is not None,
            r.session_key == current,
        )
        for r in rows
    ]  # fmt: skip
