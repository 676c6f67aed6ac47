"""Members of a group 群成员: added, gone, sent away; each sees what was said while they were in it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor
from counterpoint.kit.verbs import verb
from counterpoint.talk import queries
from counterpoint.talk.data import Kind, NotTheOwner, NotWriting, TalkMalformed
from counterpoint.talk.models import Channel, Stay
from counterpoint.talk.services import opening, parts, reach


def _group(channel: int, by: Actor, *, owner: bool = True) -> Channel:
    row = reach.locked(channel, by).row
    if row.kind != Kind.GROUP:
        raise NotWriting(_("This conversation has no list of members."))
    if owner and row.owner_id != by.id:
        raise NotTheOwner(_("Only who owns the group does this."))
    return row


@verb("talk.member.added")
def add_member(*, channel: int, person: int, by: Actor) -> None:
    """Add somebody to a group 添加成员: they see what is said from now on."""
    row = _group(channel, by)
    other = opening.partner(person, by)
    inside = queries.member_ids(row.pk)
    if other.id in inside:
        raise TalkMalformed(_("%(name)s is in the group already.") % {"name": other.name}, field="person")
    opening.check_room(len(inside) + 1)
    Stay.objects.create(channel=row, person_id=other.id, at=clock.now(), after=row.last, read=row.last)
    parts.say(row, {"person": other.id}, channels=parts.told_of(row))


@verb("talk.member.left")
def leave(*, channel: int, by: Actor) -> None:
    """Leave a group 退出群聊: what was said until now can still be read."""
    row = _group(channel, by, owner=False)
    told = parts.told_of(row)
    _end(row, by.id)
    if row.owner_id == by.id:
        # The one who has been in it longest answers for it from now on.
        heir = queries.member_ids(row.pk, limit=1)
        row.owner_id = heir[0] if heir else None
        row.save(update_fields=["owner"])
    parts.say(row, {"owner": row.owner_id}, channels=told)


@verb("talk.member.removed")
def remove_member(*, channel: int, person: int, by: Actor) -> None:
    """Take somebody out of a group 移出群聊; their pages stop hearing of it at once."""
    row = _group(channel, by)
    if person == by.id:
        raise TalkMalformed(_("To go yourself, leave the group."), field="person")
    told = parts.told_of(row)
    if not _end(row, person):
        raise TalkMalformed(_("There is no such member."), field="person")
    parts.say(row, {"person": person}, channels=told)


@verb("talk.group.renamed")
def rename(*, channel: int, title: str, by: Actor) -> None:
    """Give a group another name 修改群名."""
    row = _group(channel, by)
    row.title = parts.words(title, field="title", longest=parts.LONGEST_TITLE)
    row.save(update_fields=["title"])
    parts.say(row, {}, channels=parts.told_of(row))


def _end(row: Channel, person: int) -> int:
    open_stay = Stay.objects.filter(channel=row, person=person, ended=None)
    gone: int = open_stay.update(ended=clock.now(), until=row.last)
    return gone
