"""The approvals' gate at the day's end: what still waits, and what was granted and not used."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.approvals import queries
from counterpoint.approvals.models import Approval
from counterpoint.kit import clock
from counterpoint.org import services as org
from counterpoint.org.data import Finding, Gate
from counterpoint.people import services as people
from counterpoint.people.data import Duty


def open_approvals(branch: int, day: date) -> list[Finding]:
    """Requests 授权申请 that wait, and grants 授权 that could still be used: somebody ends each of them."""
    return [*_waiting(branch), *_granted(branch)]


def _waiting(branch: int) -> list[Finding]:
    found = []
    for one in queries.waiting(branches=[branch]):
        maker = people.person(one.maker)
        said = _("Request %(id)s of %(maker)s waits to be decided; it lapses at %(at)s.") % {
            "id": one.id,
            "maker": f"{maker.number} {maker.name}",
            "at": f"{timezone.localtime(one.expires):%H:%M}",
        }
        found.append(Finding(said, reverse("approvals:request", args=[one.id])))
    return found


def _granted(branch: int) -> list[Finding]:
    rows = Approval.objects.filter(branch_id=branch, use=None, expires__gt=clock.now())
    rows = rows.exclude(request__end__state__in=queries.VOID).order_by("id")
    found = []
    for row in rows.select_related("maker")[:50]:
        maker = people.person(row.maker_id)
        said = _("Approval %(id)s for %(maker)s is not used; it lapses at %(at)s.") % {
            "id": row.pk,
            "maker": f"{maker.number} {maker.name}",
            "at": f"{timezone.localtime(row.expires):%H:%M}",
        }
        found.append(Finding(said))
    return found


def appear() -> None:
    """Enter the gate."""
    org.register_gate(
        Gate("approvals.open", gettext_lazy("Approvals"), Duty.AUTHORIZE, open_approvals, order=40)
    )
