"""Reporting 上报: from any screen; replying, rating and reopening what came back."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterpoint.feedback import queries, rules
from counterpoint.feedback.data import (
    Context,
    Item,
    ItemMalformed,
    ItemState,
    Kind,
    OwnAnswer,
    PostKind,
    RatedAlready,
    ReopenedOnce,
    TooLate,
    WrongState,
)
from counterpoint.feedback.models import Follower, ItemStateRow, Rating, Reopening
from counterpoint.feedback.models import Item as ItemRow
from counterpoint.feedback.services import parts, routing
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.org import services as org

LONGEST_TITLE = 120


@verb("feedback.item.reported")
def report(*, kind: Kind, title: str, text: str, context: Context, by: Actor) -> Item:
    """Report a problem or an idea 上报; it goes to the department that owns the operation."""
    parts.check_person(by)
    operation = rules.operation_of(context.operation)
    row = ItemRow.objects.create(
        kind=Kind(kind), title=parts.words(title, field="title", longest=LONGEST_TITLE),
        text=parts.words(text, field="text", needed=False), address=rules.address_of(context.address),
        operation=operation, visit=context.visit, branch_id=by.branch or org.home(),
        department=routing.department_for(operation).key, reporter_id=by.id, at=clock.now(),
    )  # fmt: skip
    parts.begin(row, ItemState.REPORTED, by)
    row.due_at = parts.due(row)
    row.save(update_fields=["due_at"])
    Follower.objects.create(item=row, person_id=by.id, at=row.at)
    parts.say(row, by, {"kind": row.kind, "operation": operation, "department": row.department}, "feedback")
    return parts.view(row)


@verb("feedback.item.replied")
def reply(*, item: int, text: str, by: Actor) -> None:
    """Answer the department's question 补充说明; the clock goes on."""
    row = parts.locked(item)
    parts.check_reporter(row, by)
    parts.check_state(row, ItemState.WAITING)
    parts.post(row, PostKind.REPLY, parts.words(text, field="text"), by)
    parts.enter(row, ItemState.TRIAGED, by)
    owner = (f"person:{row.owner_id}",) if row.owner_id else ()
    parts.say(row, by, None, *owner)


@verb("feedback.item.rated")
def rate(*, item: int, score: int, words: str, by: Actor) -> None:
    """Say how satisfied one is with the answer 满意度评价, from 1 to 5."""
    row = parts.locked(item)
    parts.check_reporter(row, by)
    parts.check_state(row, ItemState.ANSWERED, ItemState.CLOSED)
    if score not in range(1, 6):
        raise ItemMalformed(_("Satisfaction goes from 1 to 5."), field="score")
    answer = queries.last_answer(row.pk)
    if answer is None:
        raise WrongState(_("Nothing was answered yet."))
    if answer.person_id == by.id:
        raise OwnAnswer(_("You answered this yourself."))
    said = parts.words(words, field="words", longest=parts.LONGEST_NOTE, needed=False)
    try:
        with transaction.atomic():
            Rating.objects.create(answer=answer, person_id=by.id, score=score, words=said, at=clock.now())
    except IntegrityError as error:
        raise RatedAlready(_("You rated this answer already.")) from error
    parts.say(row, by, {"score": score})


@verb("feedback.item.reopened")
def reopen(*, item: int, reason: str, by: Actor) -> None:
    """The answer does not help 重新提出: once, and within some working days; the clock begins anew."""
    row = parts.locked(item)
    parts.check_reporter(row, by)
    parts.check_state(row, ItemState.ANSWERED, ItemState.CLOSED)
    said = parts.words(reason, field="reason", longest=parts.LONGEST_NOTE)
    if Reopening.objects.filter(item=row).exists():
        raise ReopenedOnce(_("It was reopened once already. Report it anew, and name this number."))
    answered = ItemStateRow.objects.filter(item=row, state=ItemState.ANSWERED).latest("id").at
    days = int(org.value(key="feedback.reopen_days", at=clock.today()))
    last = org.add_working_days(answered.astimezone(clock.CHINA).date(), days)
    if clock.today() > last:
        raise TooLate(_("It could be reopened until %(day)s.") % {"day": last})
    Reopening.objects.create(item=row, person_id=by.id, at=clock.now(), reason=said)
    parts.enter(row, ItemState.REPORTED, by, note=said, owner=None, planned_for=None)
    parts.say(row, by)


@verb("feedback.news.seen")
def see(*, item: int, by: Actor) -> None:
    """Somebody has seen what was said on an item that they follow."""
    row = parts.locked(item)
    queries.news(by.id).filter(item=row).update(seen_at=clock.now())
    # Only this person's own counter goes down.
    tell(Told(subject=f"feedback:{row.pk}", branch=row.branch_id, channels=(by.key,)))
