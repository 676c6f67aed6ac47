"""Answering 答复: a plan with a day, an answer, and the close with what it brought."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils.translation import gettext as _

from counterpoint.feedback import rules
from counterpoint.feedback.data import Effect, ItemMalformed, ItemState, PostKind
from counterpoint.feedback.models import Closure
from counterpoint.feedback.models import Item as ItemRow
from counterpoint.feedback.services import parts
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Why
from counterpoint.kit.verbs import verb

LONGEST_UNIT = 20
#: A promised day ends with its work.
END_OF_DAY = time(17)


@verb("feedback.item.planned")
def plan(*, item: int, text: str, day: date, by: Actor) -> None:
    """It will be done by a day 列入计划; the reporter and all who follow hear it."""
    row = _owned(item, by, ItemState.TRIAGED, ItemState.PLANNED)
    if day < clock.today():
        raise ItemMalformed(_("The planned day has passed."), field="day")
    parts.post(row, PostKind.ANSWER, parts.words(text, field="text"), by)
    parts.enter(
        row, ItemState.PLANNED, by, note=f"{day}", planned_for=datetime.combine(day, END_OF_DAY, clock.CHINA)
    )
    parts.inform(row, by)
    parts.say(row, by, {"day": day}, parts.EVERYBODY)


@verb("feedback.item.answered")
def answer(*, item: int, text: str, by: Actor) -> None:
    """Answer the reporter 答复; all who follow hear it, those whose report was the same included."""
    row = _owned(item, by, ItemState.TRIAGED, ItemState.PLANNED)
    parts.post(row, PostKind.ANSWER, parts.words(text, field="text"), by)
    parts.enter(row, ItemState.ANSWERED, by)
    parts.inform(row, by)
    parts.say(row, by, None, parts.EVERYBODY)


@verb("feedback.item.closed")
def close(*, item: int, effect: Effect, shown: bool, by: Actor) -> None:
    """Close an item 办结: with a measured effect, or with the reason why there is none."""
    row = _owned(item, by, ItemState.ANSWERED)
    told = Effect(
        text=parts.words(effect.text, field="effect", longest=parts.LONGEST_NOTE, needed=False),
        before=effect.before, after=effect.after,
        unit=parts.words(effect.unit, field="unit", longest=LONGEST_UNIT, needed=False),
        reason=parts.words(effect.reason, field="reason", longest=parts.LONGEST_NOTE, needed=False),
    )  # fmt: skip
    if not rules.closes(told):
        raise ItemMalformed(
            _("Say what it brought, with a figure before and after; or why nothing is measured."),
            field="effect" if told.text else "reason",
            why=Why(rule=_("A report is closed with a measured effect or with a reason.")),
        )
    Closure.objects.create(
        item=row, person_id=by.id, at=clock.now(), effect=told.text,
        before=told.before if told.text else None, after=told.after if told.text else None,
        unit=told.unit, reason=told.reason, shown=shown,
    )  # fmt: skip
    parts.enter(row, ItemState.CLOSED, by)
    parts.inform(row, by)
    parts.say(row, by, {"measured": told.measured}, parts.EVERYBODY)


def _owned(item: int, by: Actor, *states: ItemState) -> ItemRow:
    row = parts.locked(item)
    parts.check_department(row, by)
    parts.check_state(row, *states)
    return row
