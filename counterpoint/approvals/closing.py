"""The approvals' gate at the day's end: what still waits, and what was granted and not used."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.approvals import queries
from counterpoint.approvals.data import Approval, RequestView
from counterpoint.approvals.queries_desk import Name, names
from counterpoint.org import services as org
from counterpoint.org.data import Finding, Gate
from counterpoint.people.data import Duty


def open_approvals(branch: int, day: date) -> list[Finding]:
    """Requests 授权申请 that wait, and grants 授权 that could still be used: somebody ends each of them."""
    waiting, granted = queries.waiting(branches=[branch]), queries.usable(branch_id=branch)
    makers = names([one.maker for one in waiting] + [one.maker for one in granted])
    asked, given = (
        _("Request %(id)s of %(maker)s waits to be decided; it lapses at %(at)s."),
        _("Approval %(id)s for %(maker)s is not used; it lapses at %(at)s."),
    )
    return [
        Finding(_said(asked, one, makers), reverse("approvals:request", args=[one.id])) for one in waiting
    ] + [Finding(_said(given, one, makers)) for one in granted]


def _said(words: str, one: RequestView | Approval, makers: dict[int, Name]) -> str:
    maker = makers[one.maker]
    return words % {
        "id": one.id, "maker": f"{maker.number} {maker.name}",
        "at": f"{timezone.localtime(one.expires):%H:%M}",
    }  # fmt: skip


def appear() -> None:
    """Enter the gate."""
    org.register_gate(
        Gate("approvals.open", gettext_lazy("Approvals"), Duty.AUTHORIZE, open_approvals, order=40)
    )
