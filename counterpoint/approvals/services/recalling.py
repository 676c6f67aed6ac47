"""The room that asked takes a request back, or keeps people out of it 撤销, 回避."""

from __future__ import annotations

from collections.abc import Collection

from counterpoint.approvals import queries
from counterpoint.approvals.data import RequestState
from counterpoint.approvals.models import Approval, ApprovalUse, Recusal, Request, RequestEnd
from counterpoint.approvals.services import locks
from counterpoint.approvals.services.asking import end, told
from counterpoint.kit import clock
from counterpoint.kit.data import Actor
from counterpoint.kit.keys import new_key
from counterpoint.kit.verbs import tell, verb

#: One thing is not asked for more often, nor one request granted by more people.
MOST = 50


def keep_out(*, subject: str, persons: Collection[int]) -> None:
    """Keep people out of every request for ``subject`` 回避, inside the verb of the room that asked."""
    requests = Request.objects.filter(subject=subject).values_list("pk", flat=True)[:MOST]
    Recusal.objects.bulk_create(
        (Recusal(request_id=request, person_id=one) for request in requests for one in set(persons)),
        ignore_conflicts=True,
    )


def recall(*, subject: str, by: Actor, reason: str) -> None:
    """Take back what waits for ``subject`` or was granted and not used, as there is nothing to do any more.

    Who may is for the room to say that asked: the maker need not be there.
    """
    live = Request.objects.filter(subject=subject, expires__gt=clock.now())
    live = live.exclude(end__state__in=queries.VOID).order_by("pk")
    for id in list(live.values_list("pk", flat=True)[:MOST]):
        _recall(request=id, reason=reason, by=by)


@verb("approvals.request.recalled")
def _recall(*, request: int, reason: str, by: Actor) -> None:
    """End a request, or use up its grants, as what it was for is gone 撤销授权."""
    locks.lock(locks.REQUESTS, request)
    row = Request.objects.get(pk=request)
    message, ended = told(row, reason=reason), RequestEnd.objects.filter(request=row).first()
    void: list[int] = []
    if ended is None:
        end(row, RequestState.WITHDRAWN, person=by.id, reason=reason)
    elif ended.state == RequestState.APPROVED:
        void = list(
            Approval.objects.filter(request=row, use=None).order_by("pk").values_list("pk", flat=True)[:MOST]
        )
        for id in void:
            locks.lock(locks.APPROVALS, id)
        # No posting has this key: nothing was done with them, and nothing can be.
        ApprovalUse.objects.bulk_create(ApprovalUse(approval_id=id, key=new_key()) for id in void)
    message.data["void"] = void
    tell(message)
