"""The door of the room: everything that others may call."""

from counterpoint.approvals.rules import requirement_of
from counterpoint.approvals.services.asking import (
    ask,
    pending_for,
    register_check,
    request,
    requests_of,
    requests_of_all,
    withdraw,
    withdraw_of,
)
from counterpoint.approvals.services.claiming import claim, reassign, release
from counterpoint.approvals.services.deciding import approve, check_rekey, refuse, send_back
from counterpoint.approvals.services.desk import (
    QueueItem,
    enter_desk,
    leave_desk,
    may_read,
    on_duty,
    outlook,
    queue,
    waiting_at,
    waiting_for_me,
)
from counterpoint.approvals.services.figures import statistics
from counterpoint.approvals.services.granting import (
    approval,
    approvals_for,
    at_the_desk_now,
    consume,
    grant,
    open_approvals,
    standing_of,
)
from counterpoint.approvals.services.interests import declare_interest, end_interest, interests_of
from counterpoint.approvals.services.recalling import keep_out, recall
from counterpoint.approvals.services.watching import tick, watch

__all__ = [
    "QueueItem", "approval", "approvals_for", "approve", "ask", "at_the_desk_now", "check_rekey", "claim",
    "consume", "declare_interest", "end_interest", "enter_desk", "grant", "interests_of", "keep_out",
    "leave_desk", "may_read", "on_duty", "open_approvals", "outlook", "pending_for", "queue", "reassign",
    "recall", "refuse", "register_check", "release", "request", "requests_of", "requests_of_all",
    "requirement_of", "send_back", "standing_of", "statistics", "tick", "waiting_at", "waiting_for_me",
    "watch", "withdraw", "withdraw_of",
]  # fmt: skip
