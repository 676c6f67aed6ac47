"""What the verbs share: rows locked, states entered, clocks set, whom it is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.feedback import queries, rules
from counterpoint.feedback.data import (
    Item,
    ItemMalformed,
    ItemState,
    NotTheDepartment,
    NotTheReporter,
    PostKind,
    UnknownItem,
    WrongState,
)
from counterpoint.feedback.labels import STATES
from counterpoint.feedback.models import Follower, ItemStateRow, Post
from counterpoint.feedback.models import Item as ItemRow
from counterpoint.feedback.services import letters, routing
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, Told, Why
from counterpoint.kit.verbs import tell
from counterpoint.org import services as org
from counterpoint.visits import services as visits

LONGEST_TEXT = 4000
LONGEST_NOTE = 500
#: One announcement names so many people at most; beyond, everybody's page looks for itself.
MOST_TOLD = 60
EVERYBODY = "feedback"


def locked(item: int) -> ItemRow:
    found = ItemRow.objects.select_for_update().filter(pk=item).first()
    if found is None:
        raise UnknownItem(_("There is no such report."))
    return found


def view(row: ItemRow) -> Item:
    return queries.item(queries.rows().get(pk=row.pk))


def check_person(by: Actor) -> None:
    if by.kind is not ActorKind.PERSON:
        raise NotTheReporter(_("Problems and ideas are reported and answered by people."))


def check_state(row: ItemRow, *states: ItemState) -> None:
    if row.state not in states:
        raise WrongState(_("The report is “%(state)s” now.") % {"state": STATES[ItemState(row.state)].words})


def check_department(row: ItemRow, by: Actor) -> None:
    check_person(by)
    if not routing.belongs(by, view(row)):
        raise NotTheDepartment(
            _("This report belongs to “%(name)s”.") % {"name": routing.name(row.department)},
            why=Why(
                rule=_("A report is dealt with by the department that owns the operation."),
                source="feedback.departments",
                remedy=_("Ask that department, or follow the report."),
            ),
        )


def check_reporter(row: ItemRow, by: Actor) -> None:
    if row.reporter_id != by.id or by.kind is not ActorKind.PERSON:
        raise NotTheReporter(_("Only who reported it can do this."))


def words(text: str, *, field: str, longest: int = LONGEST_TEXT, needed: bool = True) -> str:
    """What somebody wrote: bounded, plain, and with the numbers of customers masked."""
    plain = rules.masked(rules.plain(text))
    if needed and not plain:
        raise ItemMalformed(_("Something has to be written here."), field=field)
    if len(plain) > longest:
        raise ItemMalformed(_("At most %(n)s characters.") % {"n": longest}, field=field)
    return plain


def enter(row: ItemRow, state: ItemState, by: Actor, *, note: str = "", **changed: Any) -> None:
    """Move an item on, with who and when, and set its clock."""
    if not rules.MACHINE.may(row.state, state):
        check_state(row, state)
    begin(row, state, by, note)
    for field, value in changed.items():
        setattr(row, field, value)
    row.state = state
    row.due_at = row.planned_for if state is ItemState.PLANNED else due(row)
    row.save(update_fields=["state", "due_at", *changed])


def begin(row: ItemRow, state: ItemState, by: Actor, note: str = "") -> None:
    ItemStateRow.objects.create(item=row, state=state, person_id=by.id, at=clock.now(), note=note)


def due(row: ItemRow) -> datetime | None:
    """When the item has to be answered: working time, without what was waited for the reporter."""
    minutes = int(org.value(key=f"feedback.answer_minutes.{row.kind}", at=clock.today()))
    states = ItemStateRow.objects.filter(item=row).order_by("id").values_list("at", "state")
    marks = rules.marks([(at, ItemState(state)) for at, state in states])
    return visits.due_by(marks, minutes) if marks and marks[-1][1] else None


def post(row: ItemRow, kind: PostKind, text: str, by: Actor) -> Post:
    return Post.objects.create(item=row, kind=kind, person_id=by.id, at=clock.now(), text=text)


def inform(row: ItemRow, by: Actor) -> None:
    """There is news for everybody who follows the item but for who made it."""
    Follower.objects.filter(item=row).exclude(person=by.id).update(news_at=clock.now())
    letters.of_news(row, by)


def say(row: ItemRow, by: Actor, data: dict[str, Any] | None = None, *also: str) -> None:
    """The event of a verb: the department hears it, and who follows the item."""
    people = Follower.objects.filter(item=row).order_by("id").values_list("person_id", flat=True)
    told = [f"person:{one}" for one in people[: MOST_TOLD + 1]]
    if len(told) > MOST_TOLD:
        told = [EVERYBODY]
    channels = (routing.channel(row.department, row.branch_id), *also, *told)
    tell(
        Told(
            subject=f"feedback:{row.pk}", branch=row.branch_id, data={"state": row.state} | (data or {}),
            channels=tuple(dict.fromkeys(channels)), about=f"feedback-item:{row.pk}",
        )
    )  # fmt: skip
