"""What the verbs share: rows locked, states entered, rights and readers."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, Told, Why
from counterpoint.kit.verbs import tell
from counterpoint.notices import rules
from counterpoint.notices.data import Audience, OwnNotice, UnknownNotice, VersionState, WrongState
from counterpoint.notices.labels import STATE_NAMES
from counterpoint.notices.models import Notice, NoticeVersion, VersionStateRow
from counterpoint.notices.services.operations import operations
from counterpoint.people import services as people
from counterpoint.people.data import Duty, PersonView
from counterpoint.ui import services as ui


def check_duty(by: Actor, duty: Duty) -> int:
    """Refuse whoever has not the duty where they work; returns the branch."""
    branch = by.branch or 0
    people.check_actor(by=by, duty=duty, branch=branch)
    if by.kind is not ActorKind.PERSON:
        raise OwnNotice(_("Notices are written and approved by people."))
    return branch


def locked_notice(notice: int) -> Notice:
    found = Notice.objects.select_for_update().filter(pk=notice).first()
    if found is None:
        raise UnknownNotice(_("There is no such notice."))
    return found


def locked(version: int) -> NoticeVersion:
    found = NoticeVersion.objects.select_for_update().filter(pk=version).first()
    if found is None:
        raise UnknownNotice(_("There is no such notice."))
    return found


def held(version: int) -> NoticeVersion:
    """The version as it stays while it is read: readers do not wait for one another, a publication does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM notices_noticeversion WHERE id = %s FOR SHARE", [version])
    found = NoticeVersion.objects.filter(pk=version).first()
    if found is None:
        raise UnknownNotice(_("There is no such notice."))
    return found


def check_state(row: NoticeVersion, *states: VersionState) -> None:
    if row.state not in states:
        raise WrongState(
            _("The version is “%(state)s” now.") % {"state": STATE_NAMES[VersionState(row.state)]}
        )


def check_author(row: NoticeVersion, by: Actor) -> None:
    if row.author_id != by.id:
        raise OwnNotice(
            _("This draft belongs to %(name)s.") % {"name": row.author.name},
            why=Why(rule=_("A draft is written, handed in and given up by its author.")),
        )


def enter(row: NoticeVersion, state: VersionState, by: Actor, note: str = "") -> None:
    """Move a version on, with who and when."""
    if row.state != state and not rules.MACHINE.may(row.state, state):
        check_state(row, state)
    NoticeVersion.objects.filter(pk=row.pk).update(state=state)
    row.state = state
    VersionStateRow.objects.create(version=row, state=state, person_id=by.id, at=clock.now(), note=note)


def say(row: NoticeVersion, data: dict[str, Any], *, channels: tuple[str, ...] = ()) -> None:
    facts = {"version": row.pk, "number": row.number} | data
    tell(
        Told(
            subject=f"notice:{row.notice_id}", branch=row.notice.branch_id, data=facts,
            channels=(f"notice:{row.notice_id}", *channels),
        )
    )  # fmt: skip


def matching(rule: Audience) -> list[PersonView]:
    """Everybody in an audience now."""
    found: dict[int, PersonView] = {}
    if rule.everybody or rule.branches or rule.roles:
        everywhere = () if rule.everybody else rule.branches
        posts = () if rule.everybody else rule.roles
        found |= {one.id: one for one in people.staff_of(branches=everywhere, roles=posts)}
    if rule.people and not rule.everybody:
        found |= {one.id: one for one in people.staff_of(people=rule.people)}
    return sorted(found.values(), key=lambda one: one.number)


def index(row: NoticeVersion) -> list[str]:
    """By what a search finds the version; the names of its operations belong to it."""
    names = operations()
    governed = [name for code in row.operations for name in (code, *names.get(code, ()))]
    texts = [row.title_zh, row.title_en, row.text_zh, row.text_en, *governed]
    return rules.index(texts, [row.title_zh, *governed], ui.pinyin)
