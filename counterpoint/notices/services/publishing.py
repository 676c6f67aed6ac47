"""Approving, returning, withdrawing 审批发布: by somebody else than the author."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Why
from counterpoint.kit.verbs import verb
from counterpoint.notices import queries
from counterpoint.notices.data import How, InThePast, NobodyReached, NoticeMalformed, OwnNotice, VersionState
from counterpoint.notices.models import PUBLISHED, Acknowledgement, NoticeVersion, Recipient
from counterpoint.notices.services import letters, memory, parts
from counterpoint.people.data import Duty

BATCH = 1000
LONGEST_NOTE = 500


@verb("notices.version.published")
def publish(*, version: int, by: Actor) -> int:
    """Approve and publish a version 批准发布; returns how many people it reaches."""
    row = _to_decide(version, by)
    now = clock.now()
    if row.effective_at is not None and row.effective_at < now:
        raise InThePast(
            _("The time at which it should take effect has passed. Return it to its author."),
            field="effective",
        )
    if row.expires_at is not None and row.expires_at <= now:
        raise InThePast(_("The notice has ended before it was published."), field="expires")
    reached = parts.matching(queries.audience(row))
    if not reached:
        raise NobodyReached(_("Nobody is in this audience today."))
    row.effective_at = row.effective_at or now
    row.published_at, row.published_by_id = now, by.id
    row.save(update_fields=["effective_at", "published_at", "published_by"])
    # Whoever acknowledges the last version at this moment is waited for, and carried over.
    present = NoticeVersion.objects.select_for_update().filter(PUBLISHED, notice=row.notice_id, ends_at=None)
    last = present.first()
    NoticeVersion.objects.filter(PUBLISHED, notice=row.notice_id, ends_at=None).update(
        ends_at=row.effective_at
    )
    parts.enter(row, VersionState.PUBLISHED, by)
    Recipient.objects.bulk_create(
        (Recipient(version=row, person_id=one.id, how=How.PUBLISHED, at=now) for one in reached),
        batch_size=BATCH,
    )
    carried = _carry(last, row, now) if last is not None and not row.material else 0
    if last is not None and row.effective_at <= now:
        letters.of_withdrawal(last, by)
    letters.of_publication(row, reached, by)
    memory.forget()
    transaction.on_commit(memory.forget)
    data = {"reached": len(reached), "carried": carried, "effective": row.effective_at, "title": row.title_zh}
    parts.say(row, data, channels=("notices",))
    return len(reached)


def _carry(last: NoticeVersion, row: NoticeVersion, now: datetime) -> int:
    """An immaterial change: who knew the version before knows this one."""
    knew = Acknowledgement.objects.filter(version=last).values_list("person_id", flat=True)
    reached = set(Recipient.objects.filter(version=row).values_list("person_id", flat=True))
    made = [
        Acknowledgement(version=row, person_id=one, how=How.CARRIED, at=now) for one in knew if one in reached
    ]
    Acknowledgement.objects.bulk_create(made, batch_size=BATCH)
    return len(made)


@verb("notices.version.returned")
def send_back(*, version: int, note: str, by: Actor) -> None:
    """Return a version to its author with a reason 退回修改."""
    row = _to_decide(version, by)
    words = _words(note)
    parts.enter(row, VersionState.DRAFT, by, words)
    parts.say(row, {"note": words}, channels=(f"person:{row.author_id}", "notices"))


@verb("notices.version.withdrawn")
def withdraw(*, version: int, note: str, by: Actor) -> None:
    """Withdraw a published version 撤回通知; what it governed is free at once."""
    parts.check_duty(by, Duty.RULES_APPROVE)
    row = parts.locked(version)
    parts.check_state(row, VersionState.PUBLISHED)
    words = _words(note)
    NoticeVersion.objects.filter(pk=row.pk).update(ends_at=clock.now())
    parts.enter(row, VersionState.WITHDRAWN, by, words)
    letters.of_withdrawal(row, by)
    parts.say(row, {"note": words}, channels=("notices",))


def _to_decide(version: int, by: Actor) -> NoticeVersion:
    parts.check_duty(by, Duty.RULES_APPROVE)
    row = parts.locked(version)
    parts.locked_notice(row.notice_id)
    parts.check_state(row, VersionState.SUBMITTED)
    if row.author_id == by.id:
        raise OwnNotice(
            _("You wrote this notice; somebody else approves it."),
            why=Why(rule=_("Author and approver are two people."), remedy=_("Ask a colleague who approves.")),
        )
    return row


def _words(note: str) -> str:
    words = note.strip()
    if not words or len(words) > LONGEST_NOTE:
        raise NoticeMalformed(_("Say why, in at most 500 characters."), field="note")
    return words
