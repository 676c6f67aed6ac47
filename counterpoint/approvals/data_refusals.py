"""How an approval is refused. No Django."""

from __future__ import annotations

from counterpoint.kit.data import AlreadyDone, Malformed, NotAllowed, NotFound, Refusal


class MakerApproves(NotAllowed):
    """The maker can never approve: not as an administrator, not in a second role, not by delegation."""

    code = "approval_by_maker"


class ConflictOfInterest(NotAllowed):
    """Somebody who has a stake in it cannot decide it 回避."""

    code = "approval_conflict"


class UnknownApproval(NotFound):
    code = "approval_unknown"


class UnknownRequest(NotFound):
    code = "approval_request_unknown"


class ApprovalExpired(Refusal):
    code = "approval_expired"


class ApprovalUsed(Refusal):
    code = "approval_used"


class PayloadAltered(Refusal):
    code = "approval_payload_altered"


class RequestEnded(AlreadyDone):
    """The request was decided, withdrawn or has expired."""

    code = "approval_request_ended"


class RequestOpen(AlreadyDone):
    """The same thing waits for approval already."""

    code = "approval_request_open"


class ClaimedByAnother(Refusal):
    code = "approval_claimed"


class NotClaimed(Refusal):
    """A request is decided by the one who has taken it up."""

    code = "approval_not_claimed"


class RekeyDiffers(Refusal):
    """What was typed again is not what is to be posted; which one is not said 复核录入不符."""

    code = "approval_rekey_differs"


class PapersMissing(Refusal):
    """The rule asks for papers that are not with the request."""

    code = "approval_papers_missing"


class NotTheirTurn(Refusal):
    """No open step of the request waits for this person's duty in this way."""

    code = "approval_not_their_turn"


class ReasonNeeded(Malformed):
    code = "approval_reason_needed"


class NoRequirement(Refusal):
    """Nothing has to be approved here."""

    code = "approval_not_needed"
