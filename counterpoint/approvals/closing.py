"""The approvals' gate at the day's end: what was granted and neither used nor let lapse."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.approvals.models import Approval
from counterpoint.kit import clock
from counterpoint.org import services as org
from counterpoint.org.data import Finding, Gate
from counterpoint.people import services as people
from counterpoint.people.data import Duty


def open_approvals(branch: int, day: date) -> list[Finding]:
    """Grants 授权 that could still be used: their maker posts or lets them lapse."""
    rows = Approval.objects.filter(branch_id=branch, use=None, expires__gt=clock.now()).order_by("id")
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
