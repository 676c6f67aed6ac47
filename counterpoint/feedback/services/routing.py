"""Who owns what 归口: departments and routes as the dated rules have them, and who belongs to which."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Exists, F, OuterRef, Q

from counterpoint.feedback import rules
from counterpoint.feedback.data import Department, Item
from counterpoint.feedback.models import Escalation
from counterpoint.feedback.queries import in_words
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import WHOLE_BANK, Duty


def departments() -> dict[str, Department]:
    """Every department that answers for something today; none where the bank's book names none."""
    named = org.value_or(None, key="feedback.departments", at=clock.today())
    return {} if named is None else rules.departments_of(named)


def department_for(operation: str) -> Department:
    """The department that owns an operation; or, without one, everything else."""
    with org.one_book():
        known = departments()
        return rules.route(org.value(key="feedback.routes", at=clock.today()), operation, known)


def name(key: str) -> str:
    """What a department is called; one that the bank gave up is its own name."""
    found = departments().get(key)
    return in_words(found.zh, found.en) if found else key


def mine(by: Actor, rights: people.Rights | None = None) -> dict[str, Department]:
    """The departments to which the actor belongs: by a duty in the whole bank, or where they work."""
    if by.kind is not ActorKind.PERSON:
        return {}
    rights = rights or people.Rights(by.id)
    bank, here = rights.held(WHOLE_BANK), rights.held(by.branch or 0)
    return {
        key: one for key, one in departments().items() if Duty(one.duty) in (here if one.of_branch else bank)
    }


def theirs(by: Actor, known: Mapping[str, Department]) -> Q:
    """The items of these departments: a department of the branch has those of the actor's own."""
    found = Q(pk__in=[])
    for key, one in known.items():
        found |= Q(department=key, branch_id=by.branch or 0) if one.of_branch else Q(department=key)
    below = [key for key, one in departments().items() if one.superior in known] if known else []
    if below:
        late = Escalation.objects.filter(item=OuterRef("pk"), due_at=OuterRef("due_at"))
        found |= Q(department__in=below) & (Q(Exists(late)) | Q(owner=by.id))
    return found


def belongs(by: Actor, item: Item) -> bool:
    """Does the actor belong to the item's department; or, once it is late, to the one above?"""
    known = mine(by)
    own = known.get(item.department)
    if own is not None and (not own.of_branch or item.branch == by.branch):
        return True
    above = departments().get(item.department)
    # Whoever took it when it was late goes on with it.
    taken = item.escalated or item.owner == by.id
    return taken and above is not None and above.superior in known


def channel(department: str, branch: int) -> str:
    """What a department listens to."""
    known = departments().get(department)
    return f"feedback:{department}@{branch}" if known and known.of_branch else f"feedback:{department}"


def heard(by: Actor, known: Mapping[str, Department]) -> tuple[str, ...]:
    """The channels of these departments, where the actor works."""
    return tuple(
        f"feedback:{key}@{by.branch or 0}" if one.of_branch else f"feedback:{key}"
        for key, one in known.items()
    )


#: What is late comes first, then what has waited longest.
URGENT = (F("late").desc(), F("due_at").asc(nulls_last=True), F("id").asc())
