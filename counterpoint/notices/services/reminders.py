"""Reminders 催阅: of who has not read, then to the supervisor; the hours are dated rules."""

from __future__ import annotations

import threading
from datetime import timedelta

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.kit.watch import repeat
from counterpoint.notices import queries
from counterpoint.notices.models import Recipient, Reminder
from counterpoint.notices.services import letters
from counterpoint.org import services as org
from counterpoint.people.data import Duty

EVERY_SECONDS = 60.0


def remind_due() -> int:
    """Remind everybody who is late, and tell the supervisors of who is later; how many."""
    now, count = clock.now(), 0
    for escalated, rule in ((False, "notices.reminder_hours"), (True, "notices.escalation_hours")):
        hours = int(org.value(key=rule, at=clock.today()))
        late = queries.overdue(now - timedelta(hours=hours), now, escalated=escalated)
        if late:
            _remind(late=late, escalated=escalated, by=SYSTEM)
        count += len(late)
    return count


@verb("notices.reader.reminded")
def _remind(*, late: list[Recipient], escalated: bool, by: Actor) -> None:
    """Remind people of unread notices, or tell their supervisors."""
    now = clock.now()
    Reminder.objects.bulk_create(
        (Reminder(version=one.version, person=one.person, escalated=escalated, at=now) for one in late),
        ignore_conflicts=True,
    )
    (letters.of_escalation if escalated else letters.of_reminder)(late, by)
    branches = {one.person.branch_id for one in late}
    people = {f"person:{one.person_id}" for one in late}
    told = {f"duty:{Duty.AUTHORIZE}@{branch}" for branch in branches} if escalated else people
    notices = {f"notice:{one.version.notice_id}" for one in late}
    data = {"readers": [[one.version_id, one.person_id] for one in late], "escalated": escalated}
    tell(Told(subject="notices:late", branch=0, data=data, channels=tuple(sorted(told | notices))))


def watch(stop: threading.Event, *, every: float = EVERY_SECONDS) -> None:
    """Remind those who are late, until ``stop`` is set."""
    repeat(remind_due, stop=stop, every=every)
