"""Changing what was said 编辑与撤回: each wording stays on record; what is withdrawn is only out of sight."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Why
from counterpoint.kit.verbs import verb
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.talk import rules
from counterpoint.talk.data import GoneAlready, NotTheOwner, Sign, TalkMalformed, TooLate
from counterpoint.talk.models import Message, Reaction, Wording
from counterpoint.talk.services import parts, reach, sending


@verb("talk.message.edited")
def edit(*, message: int, text: str, by: Actor) -> None:
    """Word one's own message anew 编辑消息, for some minutes; the wording before it stays on record."""
    row, found = _own(message, by, rule="edit_minutes")
    said = parts.words(text, field="text")
    if said == row.text:
        raise TalkMalformed(_("Nothing has changed."), field="text")
    Wording.objects.create(message=row, text=row.text, at=row.edited or row.at)
    row.text, row.edited, row.grams = said, clock.now(), rules.index(rules.masked(said))
    row.save(update_fields=["text", "edited", "grams"])
    named = sending.mention(found.row, row, by)
    told = (*parts.told_of(found.row), *(parts.person_channel(one) for one in named))
    parts.say(found.row, {"message": row.pk, "mentions": len(named)}, channels=told)


@verb("talk.message.withdrawn")
def withdraw(*, message: int, by: Actor) -> None:
    """Take one's own message out of sight 撤回消息, for some minutes; the record keeps it."""
    row, found = _own(message, by, rule="withdraw_minutes")
    row.withdrawn, row.grams = clock.now(), []
    row.save(update_fields=["withdrawn", "grams"])
    parts.say(found.row, {"message": row.pk}, channels=parts.told_of(found.row))


def _own(message: int, by: Actor, *, rule: str) -> tuple[Message, reach.Reach]:
    row, found = reach.locked_message(message, by)
    if row.author_id != by.id:
        raise NotTheOwner(_("Only who wrote a message changes it."))
    if row.withdrawn is not None:
        raise GoneAlready(_("The message was withdrawn."))
    minutes = int(parts.rule(rule))
    if clock.now() > row.at + timedelta(minutes=minutes):
        raise TooLate(
            _("This is possible for %(n)s minutes.") % {"n": minutes},
            why=Why(source=f"talk.{rule}", remedy=_("Write another message that puts it right.")),
        )
    return row, found


@verb("talk.reaction.changed")
def react(*, message: int, sign: str, by: Actor) -> bool:
    """Give a sign 回应, or take it back; whether it is given now."""
    if sign not in set(Sign):
        raise TalkMalformed(_("There is no such sign."), field="sign")
    row, found = reach.locked_message(message, by)
    if row.withdrawn is not None:
        raise GoneAlready(_("The message was withdrawn."))
    mine = Reaction.objects.filter(message=row, person=by.id, sign=sign, ended=None)
    given = not mine.update(ended=clock.now())
    if given:
        Reaction.objects.create(message=row, person_id=by.id, sign=sign, at=clock.now())
    data = {"message": row.pk, "sign": sign, "given": given}
    parts.say(found.row, data, channels=parts.shown_to(found.row))
    return given


@verb("talk.message.unmasked")
def unmask(*, message: int, by: Actor) -> str:
    """Show a message with its numbers in clear 查看完整号码, to who may see customers; it is recorded."""
    row, found = reach.message(message, by)
    people.check_actor(by=by, duty=Duty.CUSTOMER_VIEW, branch=by.branch or 0)
    if row.withdrawn is not None:
        raise GoneAlready(_("The message was withdrawn."))
    parts.say(found.row, {"message": row.pk})
    return row.text
