"""Reads. The facts behind ``may`` come in one round trip."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from counterpoint.kit.clock import CHINA, now
from counterpoint.people import rules
from counterpoint.people.data import (
    AssignmentView,
    Duty,
    PersonView,
    Role,
    SessionView,
    UnknownPerson,
)
from counterpoint.people.models import (
    DutyConflict,
    LoginSession,
    Qualification,
    Restriction,
    RoleAssignment,
    RoleDuty,
    Staff,
)

FACTS = """
SELECT s.is_active,
 (SELECT jsonb_build_object('reason', x.reason, 'since', x.suspended_at) FROM people_suspension x
   WHERE x.person_id = s.id AND x.suspended_at <= %(at)s AND (x.resumed_at IS NULL OR x.resumed_at > %(at)s)
   ORDER BY x.id DESC LIMIT 1),
 (SELECT jsonb_agg(jsonb_build_array(a.role, a.branch_id, a.valid_from, a.valid_until) ORDER BY a.id)
   FROM people_roleassignment a
   WHERE a.person_id = s.id AND (a.revoked_at IS NULL OR a.revoked_at > %(at)s)),
 (SELECT jsonb_agg(d.role) FROM people_roleduty d
   WHERE d.duty = %(duty)s AND d.valid_from <= %(day)s
     AND (d.valid_until IS NULL OR d.valid_until >= %(day)s)),
 (SELECT jsonb_agg(jsonb_build_array(r.reason, r.source, r.valid_from, r.valid_until) ORDER BY r.id)
   FROM people_restriction r
   WHERE r.person_id = s.id AND r.duty IN ('', %(duty)s)
     AND r.valid_from <= %(at)s AND (r.valid_until IS NULL OR r.valid_until > %(at)s)
     AND (r.lifted_at IS NULL OR r.lifted_at > %(at)s)),
 (SELECT jsonb_agg(jsonb_build_array(q.qualification, q.source, q.valid_from,
     EXISTS (SELECT 1 FROM people_qualification h WHERE h.person_id = s.id AND h.kind = q.qualification
       AND h.granted_on <= %(day)s AND (h.expires_on IS NULL OR h.expires_on >= %(day)s)
       AND (h.withdrawn_at IS NULL OR h.withdrawn_at > %(at)s)),
     (SELECT max(h.expires_on) FROM people_qualification h
       WHERE h.person_id = s.id AND h.kind = q.qualification AND h.expires_on < %(day)s)) ORDER BY q.id)
   FROM people_dutyrequirement q
   WHERE q.duty = %(duty)s AND q.valid_from <= %(day)s
     AND (q.valid_until IS NULL OR q.valid_until >= %(day)s))
FROM people_staff s WHERE s.id = %(person)s
"""


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
    with connection.cursor() as cursor:
        cursor.execute(FACTS, {"person": person, "duty": str(duty), "at": at, "day": day_of(at)})
        row = cursor.fetchone()
    if row is None:
        return rules.Facts(known=False)
    active, suspension, assignments, roles, bars, needs = (_loaded(value) for value in row)
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
        roles_with_duty=frozenset(roles or ()),
        bars=tuple(rules.Bar(why, source, _moment(a), _moment(b)) for why, source, a, b in bars or ()),
        requirements=tuple(
            rules.Requirement(kind, source, since, held, lapsed or "")
            for kind, source, since, held, lapsed in needs or ()
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
    """All duties that the person's roles give anywhere today; restrictions are not looked at."""
    day = day_of(at or now())
    roles = RoleAssignment.objects.filter(in_force(day), person=person, revoked_at=None).values("role")
    rows = RoleDuty.objects.filter(in_force(day), role__in=roles).values_list("duty", flat=True)
    return frozenset(Duty(duty) for duty in rows)


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


def qualifications_of(person: int) -> QuerySet[Qualification]:
    return Qualification.objects.filter(person=person).order_by("-id")


def restrictions_of(person: int) -> QuerySet[Restriction]:
    return Restriction.objects.filter(person=person).order_by("-id")


def search(text: str, *, page: int, size: int = 30) -> tuple[list[PersonView], bool]:
    """One page of the staff list by number, name or pinyin; and whether another page follows."""
    found = Staff.objects.order_by("username")
    if text:
        found = found.filter(
            Q(username__startswith=text)
            | Q(name_zh__contains=text)
            | Q(name_en__icontains=text)
            | Q(pinyin__contains=text.lower().replace(" ", ""))
        )
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
