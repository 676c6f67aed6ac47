"""The department's work 处理: taking, routing, asking, noting, merging."""

from __future__ import annotations

from django.utils.translation import gettext as _

from counterpoint.feedback.data import ItemMalformed, ItemState, PostKind, WrongState
from counterpoint.feedback.models import Follower, Vote
from counterpoint.feedback.models import Item as ItemRow
from counterpoint.feedback.rules import OPEN
from counterpoint.feedback.services import parts, routing
from counterpoint.kit import clock
from counterpoint.kit.data import Actor
from counterpoint.kit.verbs import verb


@verb("feedback.item.triaged")
def triage(*, item: int, by: Actor) -> None:
    """Take an item up 受理: somebody of its department owns it from here on."""
    row = parts.locked(item)
    parts.check_department(row, by)
    parts.check_state(row, ItemState.REPORTED)
    parts.enter(row, ItemState.TRIAGED, by, owner_id=by.id)
    parts.say(row, by, {"owner": by.id})


@verb("feedback.item.routed")
def route(*, item: int, department: str, note: str, by: Actor) -> None:
    """Hand an item to the department whose matter it is 转办; the clock goes on."""
    row = parts.locked(item)
    parts.check_department(row, by)
    parts.check_state(row, ItemState.REPORTED, ItemState.TRIAGED)
    if department not in routing.departments():
        raise ItemMalformed(_("There is no such department."), field="department")
    if department == row.department:
        raise WrongState(_("The report is with this department already."))
    said = parts.words(note, field="note", longest=parts.LONGEST_NOTE)
    before = routing.channel(row.department, row.branch_id)
    if row.state == ItemState.TRIAGED:
        parts.enter(row, ItemState.REPORTED, by, note=said, owner=None, department=department)
    else:
        parts.begin(row, ItemState.REPORTED, by, said)
        row.department = department
        row.save(update_fields=["department"])
    parts.say(row, by, {"department": department}, before)


@verb("feedback.item.questioned")
def ask(*, item: int, text: str, by: Actor) -> None:
    """Ask the reporter 询问反映人; the clock stands until the reply."""
    row = parts.locked(item)
    parts.check_department(row, by)
    parts.check_state(row, ItemState.TRIAGED)
    parts.post(row, PostKind.QUESTION, parts.words(text, field="text"), by)
    parts.enter(row, ItemState.WAITING, by)
    Follower.objects.filter(item=row, person=row.reporter_id).update(news_at=clock.now())
    parts.say(row, by)


@verb("feedback.item.noted")
def note(*, item: int, text: str, by: Actor) -> None:
    """Keep a note for the department alone 内部备注."""
    row = parts.locked(item)
    parts.check_department(row, by)
    parts.post(row, PostKind.NOTE, parts.words(text, field="text"), by)
    parts.say(row, by)


@verb("feedback.item.merged")
def merge(*, item: int, into: int, by: Actor) -> None:
    """The same was reported before 合并重复: its people follow the other one, its votes go there."""
    if item == into:
        raise ItemMalformed(_("A report is not merged into itself."), field="into")
    # Always the smaller number first, so that two merges never wait for each other.
    rows = {one: parts.locked(one) for one in sorted((item, into))}
    row, other = rows[item], rows[into]
    parts.check_department(row, by)
    parts.check_department(other, by)
    parts.check_state(row, ItemState.REPORTED, ItemState.TRIAGED)
    parts.check_state(other, *OPEN)
    if row.kind != other.kind:
        raise ItemMalformed(_("A problem and an idea are not the same."), field="into")
    _move_people(row, other)
    parts.enter(row, ItemState.DUPLICATE, by, note=str(other), merged_into=other)
    parts.inform(row, by)
    parts.say(row, by, {"into": other.pk})


def _move_people(row: ItemRow, other: ItemRow) -> None:
    now = clock.now()
    people = list(Follower.objects.filter(item=row).values_list("person_id", flat=True))
    Follower.objects.bulk_create(
        (Follower(item=other, person_id=one, at=now) for one in people), ignore_conflicts=True
    )
    votes = list(Vote.objects.filter(item=row, ended=None).values_list("person_id", flat=True))
    Vote.objects.bulk_create(
        (Vote(item=other, person_id=one, at=now) for one in votes), ignore_conflicts=True
    )
    # What was merged before goes on with this one.
    ItemRow.objects.filter(merged_into=row).update(merged_into=other)
