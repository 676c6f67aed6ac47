"""What makes an approval good. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from counterpoint.approvals.data import Approval, ApprovalExpired, ApprovalUsed, MakerApproves, PayloadAltered

#: An approval waits for its posting this long and no longer.
LIFETIME = timedelta(minutes=30)


def check_approver(*, maker: int, approver: int) -> None:
    """Raise when maker and approver are one person. There is no exception to this rule."""
    if maker == approver:
        raise MakerApproves(_("The person who made an entry cannot approve it."))


def check_use(approval: Approval, *, payload_hash: str, now: datetime) -> None:
    """Raise unless ``approval`` allows exactly this payload, now, for the first time."""
    check_approver(maker=approval.maker, approver=approval.approver)
    if approval.payload_hash != payload_hash:
        raise PayloadAltered(_("What was approved is not what is to be posted."))
    if approval.used:
        raise ApprovalUsed(_("This approval was used before."))
    if now >= approval.expires:
        raise ApprovalExpired(_("The approval has expired."))
