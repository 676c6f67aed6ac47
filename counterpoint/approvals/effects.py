"""``approval.use``: an approval is consumed in the batch that posts what it allows, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from counterpoint.approvals.data import Approval, UnknownApproval
from counterpoint.approvals.rules import check_use
from counterpoint.kit import clock
from counterpoint.ledger.data import Posting
from counterpoint.ledger.services import Carried, EffectKind, Payload, Query, Rows

#: An approval is only added to and so cannot be locked as a row; an advisory lock stands for it.
LOCK = (
    "SELECT pg_advisory_xact_lock(7201, h) FROM"
    " (SELECT DISTINCT hashint8(id) AS h FROM unnest($1::bigint[]) AS u(id) ORDER BY 1) AS x"
)
#: What was granted on the way to a request that was then returned, refused or withdrawn is void.
GRANTED = (
    "SELECT {columns} FROM approvals_approval AS a WHERE id = ANY($1::bigint[]) AND NOT EXISTS"
    " (SELECT FROM approvals_requestend AS e WHERE e.request_id = a.request_id"
    " AND e.state IN ('returned', 'refused', 'withdrawn'))"
)
COLUMNS = "id, payload_hash, rule_key, reason, maker_id, approver_id, branch_id, at, expires"


@dataclass(slots=True)
class State:
    approvals: dict[int, Approval]
    uses: dict[int, UUID] = field(default_factory=dict)


def _approval(row: tuple[Any, ...], used: set[int]) -> Approval:
    id, payload_hash, rule, reason, maker, approver, branch, at, expires = row
    return Approval(id, payload_hash, rule, reason, maker, approver, branch, at, expires, id in used)


class Use(EffectKind):
    """Payload: ``{"id": 12, "payload_hash": "…"}``."""

    name = "approval.use"

    def load(self, payloads: Sequence[Payload]) -> list[Query]:
        ids = sorted({int(payload["id"]) for payload in payloads})
        return [
            (LOCK, (ids,)),
            (GRANTED.format(columns=COLUMNS), (ids,)),
            ("SELECT approval_id FROM approvals_approvaluse WHERE approval_id = ANY($1::bigint[])", (ids,)),
        ]

    def read(self, rows: Sequence[Rows], carried: Carried) -> State:
        used = {row[0] for row in rows[2]}
        return State({row[0]: _approval(row, used) for row in rows[1]})

    def decide(self, state: State, payload: Payload, posting: Posting) -> tuple[int, UUID, int]:
        approval = state.approvals.get(payload["id"])
        if approval is None or approval.branch != posting.branch:
            raise UnknownApproval(_("There is no such approval."))
        if approval.id in state.uses:
            approval = replace(approval, used=True)
        check_use(approval, payload_hash=payload["payload_hash"], now=clock.now())
        return approval.id, posting.key, approval.approver

    def fold(self, state: State, change: tuple[int, UUID, int]) -> None:
        state.uses[change[0]] = change[1]

    def apply(self, state: State) -> list[Query]:
        if not state.uses:
            return []
        return [
            (
                "INSERT INTO approvals_approvaluse (approval_id, key)"
                " SELECT * FROM unnest($1::bigint[], $2::uuid[])",
                (list(state.uses), list(state.uses.values())),
            )
        ]

    def check(self, payload: Payload) -> None:
        if type(payload.get("id")) is not int or not isinstance(payload.get("payload_hash"), str):
            raise UnknownApproval(_("There is no such approval."))

    def answer(self, change: tuple[int, UUID, int]) -> dict[str, Any]:
        return {"approval": change[0], "approver": change[2]}
