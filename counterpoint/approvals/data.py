"""The door of approvals. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from counterpoint.kit.data import NotAllowed, NotFound, Refusal


class MakerApproves(NotAllowed):
    """The maker can never approve: not as an administrator, not in a second role, not by delegation."""

    code = "approval_by_maker"


class UnknownApproval(NotFound):
    code = "approval_unknown"


class ApprovalExpired(Refusal):
    code = "approval_expired"


class ApprovalUsed(Refusal):
    code = "approval_used"


class PayloadAltered(Refusal):
    code = "approval_payload_altered"


@dataclass(frozen=True, slots=True)
class Approval:
    """One grant 授权: of this payload (by hash), by this person, until this moment."""

    id: int
    payload_hash: str
    rule: str
    reason: str
    maker: int
    approver: int
    branch: int
    at: datetime
    expires: datetime
    used: bool
