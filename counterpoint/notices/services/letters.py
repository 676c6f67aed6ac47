"""What is written to people about notices 通知邮件: a title and a link; the text stays in the product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor
from counterpoint.mail import services as mail
from counterpoint.notices.data import Kind
from counterpoint.notices.models import NoticeVersion, Recipient
from counterpoint.people import services as people
from counterpoint.people.data import Duty, PersonView


def bring() -> None:
    mail.add_kind("notices", _("New notices"), robots=True)
    mail.add_kind("reminders", _("Reminders of unread notices"), robots=True)
    mail.add_template("notices.published", kind="notices")
    mail.add_template("notices.reminder", kind="reminders")
    mail.add_template("notices.escalated", kind="reminders")


def _data(row: NoticeVersion) -> dict[str, Any]:
    at = row.effective_at
    later = at is not None and row.published_at is not None and at > row.published_at
    return {
        "title": row.title_zh, "title_en": row.title_en, "name": str(row.notice),
        "effective": f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at and later else "",
        "barred": bool(row.operations),
    }  # fmt: skip


def _common(row: NoticeVersion, by: Actor) -> dict[str, Any]:
    link = reverse("notices:version", args=[row.pk])
    return {"about": f"version:{row.pk}", "link": link, "by": by}


def of_publication(row: NoticeVersion, reached: list[PersonView], by: Actor) -> None:
    """Write to everybody whom a publication reaches; an alert comes at any hour. Robots say it, too."""
    given: dict[str, Any] = {
        "template": "notices.published", "data": _data(row), "key": f"notice:{row.pk}",
        "urgent": row.notice.kind == Kind.ALERT, **_common(row, by),
    }  # fmt: skip
    mail.post(to=[one.id for one in reached], **given)
    mail.announce(branches={one.branch for one in reached}, **given)


def of_withdrawal(row: NoticeVersion, by: Actor) -> None:
    """Letters about what is withdrawn or replaced do not go any more."""
    mail.withdraw(about=f"version:{row.pk}", by=by)


def of_reminder(late: Iterable[Recipient], by: Actor) -> None:
    """Write to who is late, once a version."""
    versions: dict[int, tuple[NoticeVersion, list[int]]] = {}
    for one in late:
        versions.setdefault(one.version_id, (one.version, []))[1].append(one.person_id)
    for row, readers in versions.values():
        mail.post(
            to=readers, template="notices.reminder", data=_data(row), key=f"notice-late:{row.pk}",
            **_common(row, by),
        )  # fmt: skip


def of_escalation(late: Iterable[Recipient], by: Actor) -> None:
    """Write to the supervisors of who is later still: once a version and branch, with how many there are."""
    rows = {one.version_id: one.version for one in late}
    counted = Counter((one.version_id, one.person.branch_id) for one in late)
    for (version, branch), count in counted.items():
        row = rows[version]
        told = people.people_with(duty=Duty.AUTHORIZE, branch=branch)
        common = _common(row, by) | {"link": reverse("notices:readers", args=[row.pk])}
        given = {
            "template": "notices.escalated", "data": _data(row) | {"count": count},
            "key": f"notice-overdue:{version}:{branch}", **common,
        }  # fmt: skip
        mail.post(to=[one.id for one in told], **given)
        mail.announce(branches=[branch], **given)
