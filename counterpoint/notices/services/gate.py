"""The gate 未阅控制: an operation is barred for who has not acknowledged a notice that governs it."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, Why
from counterpoint.kit.verbs import verb
from counterpoint.notices import queries
from counterpoint.notices.data import (
    NoticeMalformed,
    OverriddenOnce,
    UnknownNotice,
    UnreadNotice,
    VersionState,
)
from counterpoint.notices.models import Override
from counterpoint.notices.services import memory, parts
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty, SamePerson

LONGEST_REASON = 200


def check_read(by: Actor, operation: str) -> None:
    """Refuse an operation that an unread notice bars; one indexed question, none for what none governs."""
    if by.kind is not ActorKind.PERSON or not memory.governs_any(operation):
        return
    row = queries.barring(by.id, operation, clock.now())
    if row is None:
        return
    title = queries.in_words(row.title_zh, row.title_en)
    helpers = people.people_with(duty=Duty.AUTHORIZE, branch=by.branch or 0)
    since = timezone.localtime(row.effective_at) if row.effective_at else None
    raise UnreadNotice(
        _("You have not read the notice “%(title)s”, which governs this operation.") % {"title": title},
        why=Why(
            rule=_("What a notice governs is done after it was acknowledged."),
            source=f"{row.notice} v{row.number}",
            since=f"{since:%Y-%m-%d %H:%M}" if since else "",
            remedy=_("Read and acknowledge it, then go on; or have a supervisor let it pass once."),
            helper="、".join(f"{one.name} {one.number}" for one in helpers if one.id != by.id),
        ),
        notice=row.notice_id, version=row.pk, operation=operation,
        open_url=f"{reverse('notices:version', args=[row.pk])}?operation={operation}",
        open_text=str(_("Read the notice")),
    )  # fmt: skip


@verb("notices.bar.overridden")
def override(*, version: int, person: int, operation: str, reason: str, by: Actor) -> None:
    """Let somebody do a governed operation unread, once and for some minutes 特批放行; by a second person."""
    row = parts.locked(version)
    branch = by.branch or 0
    people.check_actor(by=by, duty=Duty.AUTHORIZE, branch=branch)
    if by.id == person:
        raise SamePerson(_("The second person has to be somebody else than the maker."))
    known = row.state == VersionState.PUBLISHED and queries.is_recipient(version, person)
    if not known or operation not in row.operations:
        raise UnknownNotice(_("There is no such notice."))
    words = reason.strip()
    if not words or len(words) > LONGEST_REASON:
        raise NoticeMalformed(_("A reason of at most 200 characters is needed."), field="reason")
    now = clock.now()
    minutes = int(org.value(key="notices.override_minutes", at=clock.today()))
    made = Override(
        version=row, person_id=person, operation=operation, supervisor_id=by.id, reason=words, at=now,
        until=now + timedelta(minutes=minutes),
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        raise OverriddenOnce(
            _("This was let pass once already. The notice has to be read now."), version=version
        ) from error
    data = {"person": person, "operation": operation, "reason": words, "until": made.until}
    parts.say(row, data, channels=(f"person:{person}",))
