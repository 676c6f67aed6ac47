"""What the timeline of a visit calls the events of rooms below that bear its key."""

from __future__ import annotations

from counterpoint.visits.services.timeline import register_words

_WORDS = (
    ("approvals.approval.granted", "现场授权通过", "Approved at the desk"),
    ("approvals.rekey.differed", "授权复录不一致", "Re-keying for the approval differed"),
    ("approvals.request.made", "提请授权", "Approval asked for"),
    ("approvals.request.claimed", "授权人受理", "The approver took it up"),
    ("approvals.request.released", "授权人放回", "The approver put it back"),
    ("approvals.request.reassigned", "改派授权人", "Given to another approver"),
    ("approvals.request.escalated", "授权升级", "Escalated"),
    ("approvals.request.fell_back", "转为现场授权", "Fell back to approval at the desk"),
    ("approvals.request.returned", "授权退回补正", "Returned for correction"),
    ("approvals.request.approved", "授权通过", "Approved"),
    ("approvals.request.refused", "授权拒绝", "Approval refused"),
    ("approvals.request.withdrawn", "撤回授权申请", "Request for approval withdrawn"),
    ("approvals.request.expired", "授权申请过期", "Request for approval expired"),
)


def appear() -> None:
    """Enter the words."""
    for verb, zh, en in _WORDS:
        register_words(verb, zh, en)
