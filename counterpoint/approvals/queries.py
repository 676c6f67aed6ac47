"""Reads of approvals: set-wise, each with a number of queries that does not grow with the rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, Func, JSONField, OuterRef, QuerySet

from counterpoint.approvals import models, rules
from counterpoint.approvals.data import (
    Approval,
    Claim,
    End,
    Interest,
    InterestKind,
    MarkKind,
    Mode,
    Reason,
    RequestState,
    RequestView,
    Requirement,
    Row,
)
from counterpoint.kit import clock

#: Ends after which what was approved on the way no longer counts.
VOID = [str(s) for s in (RequestState.RETURNED, RequestState.REFUSED, RequestState.WITHDRAWN)]
#: No list of requests is longer.
MOST = 200


#: What belongs to a request, as one value: rows of six tables would be six questions.
PARTS = """(SELECT jsonb_build_object(
  'concerns', (SELECT jsonb_agg(subject ORDER BY subject) FROM approvals_concern WHERE request_id = r.id),
  'papers', (SELECT jsonb_agg(paper_id ORDER BY id) FROM approvals_requestpaper WHERE request_id = r.id),
  'recused', (SELECT jsonb_agg(person_id) FROM approvals_recusal WHERE request_id = r.id),
  'marks', (SELECT jsonb_agg(kind) FROM approvals_requestmark WHERE request_id = r.id),
  'claim', (SELECT jsonb_build_object('person', person_id, 'at', at) FROM approvals_claim
            WHERE request_id = r.id AND ended IS NULL),
  'end', (SELECT jsonb_build_object('state', state, 'person', person_id, 'at', at, 'reason', reason,
                                    'words', words) FROM approvals_requestend WHERE request_id = r.id),
  'approvals', (SELECT jsonb_agg(jsonb_build_object(
                  'id', a.id, 'payload_hash', a.payload_hash, 'rule', a.rule_key, 'reason', a.reason,
                  'maker', a.maker_id, 'approver', a.approver_id, 'branch', a.branch_id, 'at', a.at,
                  'expires', a.expires, 'duty', a.duty, 'mode', a.mode, 'request', a.request_id,
                  'skill', a.skill, 'used', u.approval_id IS NOT NULL) ORDER BY a.id)
                FROM approvals_approval AS a LEFT JOIN approvals_approvaluse AS u ON u.approval_id = a.id
                WHERE a.request_id = r.id))
  FROM (SELECT approvals_request.id) AS r)"""


def approval_view(row: models.Approval, *, used: bool) -> Approval:
    return Approval(
        id=row.pk, payload_hash=row.payload_hash, rule=row.rule_key, reason=row.reason, maker=row.maker_id,
        approver=row.approver_id, branch=row.branch_id, at=row.at, expires=row.expires, used=used,
        duty=row.duty, mode=Mode(row.mode), request=row.request_id, skill=row.skill,
    )  # fmt: skip


def usable(**where: Any) -> list[Approval]:
    """Approvals that fit and can still be used; those of a returned request cannot."""
    rows = models.Approval.objects.filter(**where, use=None, expires__gt=clock.now())
    rows = rows.exclude(request__end__state__in=VOID)
    return [approval_view(row, used=False) for row in rows.order_by("pk")[:50]]


def requirement(row: models.Request) -> Requirement:
    found = rules.requirement_of(row.requirement)
    assert found is not None
    return found


def _whole() -> QuerySet[models.Request]:
    parts: Any = Func(template=PARTS, output_field=JSONField())
    return models.Request.objects.defer("payload", "rekey").annotate(parts=parts)


def views(rows: Iterable[models.Request]) -> list[RequestView]:
    return [_view(row) for row in rows]


def requests(**where: Any) -> list[RequestView]:
    """Requests that fit, newest first, at most ``MOST``."""
    return views(_whole().filter(**where).order_by("-pk")[:MOST])


def request(id: int) -> RequestView | None:
    found = _whole().filter(pk=id).first()
    return _view(found) if found else None


def waiting(*, branches: Collection[int] | None) -> list[RequestView]:
    """Open requests, oldest first; ``None``: of every branch."""
    rows = _whole().filter(end=None, expires__gt=clock.now())
    if branches is not None:
        rows = rows.filter(branch_id__in=branches)
    return views(rows.order_by("pk")[:MOST])


def recused(request: int) -> list[int]:
    """For whom the request does not exist."""
    return list(models.Recusal.objects.filter(request=request).values_list("person_id", flat=True))


def unclaimed(*, before: int, branches: Collection[int] | None) -> list[Requirement]:
    """What the open requests that came before this one and that nobody has taken up ask for."""
    taken = models.Claim.objects.filter(request=OuterRef("pk"), ended=None)
    rows = models.Request.objects.filter(~Exists(taken), end=None, expires__gt=clock.now(), pk__lt=before)
    if branches is not None:
        rows = rows.filter(branch_id__in=branches)
    return [requirement(row) for row in rows.only("requirement").order_by("pk")[:MOST]]


def concerning(subjects: Collection[str], *, open_only: bool = True) -> list[RequestView]:
    """Requests that concern a customer or an account."""
    rows = _whole().filter(concerns__subject__in=subjects).distinct()
    if open_only:
        rows = rows.filter(end=None, expires__gt=clock.now())
    return views(rows.order_by("-pk")[:50])


def _view(row: models.Request) -> RequestView:
    parts: dict[str, Any] = vars(row)["parts"]
    end, claim, subjects = parts["end"], parts["claim"], parts["concerns"] or ()
    return RequestView(
        id=row.pk, kind=row.kind, subject=row.subject, title_zh=row.title_zh, title_en=row.title_en,
        branch=row.branch_id, desk=row.desk_id, maker=row.maker_id, at=row.at, expires=row.expires,
        fallback_at=row.fallback_at, escalate_at=row.escalate_at, amount=row.amount, currency=row.currency,
        payload_hash=row.payload_hash, signed_hash=row.signed_hash,
        rows=tuple(Row(**one) for one in row.rows), reasons=tuple(Reason(**one) for one in row.reasons),
        requirement=requirement(row), parties=_numbers(subjects, "party"),
        accounts=_numbers(subjects, "account"), papers=tuple(parts["papers"] or ()),
        note=row.note, follows=row.follows_id, correlation=row.correlation,
        claim=Claim(claim["person"], datetime.fromisoformat(claim["at"])) if claim else None,
        end=End(**end | {"state": RequestState(end["state"]), "at": datetime.fromisoformat(end["at"])})
        if end else None,
        approvals=tuple(_given(one) for one in parts["approvals"] or ()),
        marks=frozenset(MarkKind(one) for one in parts["marks"] or ()), eligible=row.eligible,
        recused=frozenset(parts["recused"] or ()),
    )  # fmt: skip


def _given(one: dict[str, Any]) -> Approval:
    at, expires = (datetime.fromisoformat(one[name]) for name in ("at", "expires"))
    return Approval(**one | {"at": at, "expires": expires, "mode": Mode(one["mode"])})


def _numbers(subjects: Iterable[str], kind: str) -> tuple[int, ...]:
    return tuple(int(one.partition(":")[2]) for one in subjects if one.startswith(f"{kind}:"))


def interests(*, person: int | None = None, parties: Collection[int] | None = None) -> list[Interest]:
    """Declared relations in force."""
    rows = models.Interest.objects.filter(ended_at=None)
    if person is not None:
        rows = rows.filter(person=person)
    if parties is not None:
        rows = rows.filter(party_id__in=parties)
    return [
        Interest(row.pk, row.person_id, row.party_id, InterestKind(row.kind), row.declared_at)
        for row in rows.order_by("pk")[:500]
    ]


#: Seconds from claim to end, of late; the claim that counts is the last before the end.
TYPICAL = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM e.at - c.at))
FROM (SELECT request_id, at FROM approvals_requestend
      WHERE state IN ('approved', 'returned', 'refused') AND at > %s ORDER BY at DESC LIMIT 200) AS e
JOIN LATERAL (SELECT max(at) AS at FROM approvals_claim WHERE request_id = e.request_id) AS c
  ON c.at IS NOT NULL
"""


def typical_seconds(now: datetime) -> float | None:
    """The median time from claim to decision in the last fourteen days."""
    with connection.cursor() as cursor:
        cursor.execute(TYPICAL, [now - timedelta(days=14)])
        (found,) = cursor.fetchone()
    return None if found is None else float(found)


def claims_open(persons: Collection[int]) -> dict[int, int]:
    """How many requests each has taken up now."""
    rows = models.Claim.objects.filter(person__in=persons, ended=None).values_list("person_id", flat=True)
    found: dict[int, int] = {}
    for person in rows:
        found[person] = found.get(person, 0) + 1
    return found


def decided_since(persons: Collection[int], since: datetime) -> dict[int, int]:
    """How many each has decided since then: approvals given, and requests returned or refused."""
    found: dict[int, int] = {}
    given = models.Approval.objects.filter(approver__in=persons, at__gte=since, request__isnull=False)
    ended = models.RequestEnd.objects.filter(person__in=persons, at__gte=since, state__in=VOID[:2])
    for person in (*given.values_list("approver_id", flat=True), *ended.values_list("person_id", flat=True)):
        if person is not None:
            found[person] = found.get(person, 0) + 1
    return found


def reasons_text(reasons: Iterable[Mapping[str, Any]]) -> str:
    return "；".join(dict.fromkeys(str(one["zh"]) for one in reasons))
