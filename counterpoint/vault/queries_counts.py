"""Reads of counts, differences and surprise checks."""

from __future__ import annotations

from django.db.models import Q

from counterpoint.vault.data_cash import CheckState, DifferenceState
from counterpoint.vault.data_counts import CashCountView, CheckView, DifferenceStepView, DifferenceView
from counterpoint.vault.data_vouchers import CountMoment
from counterpoint.vault.models_cases import SurpriseCheck
from counterpoint.vault.models_cash import CashCount, Difference, DifferenceStep

PAGE = 50


def count_view(row: CashCount) -> CashCountView:
    return CashCountView(
        id=row.pk, box=row.box_id, box_number=row.box.number, branch=row.branch_id,
        account=row.box.account_id, date=row.business_date, moment=CountMoment(row.moment), at=row.at,
        person=row.person_id, second=row.second_id, version=row.version, currency=row.currency,
        typed=row.typed, faces=row.faces, expected_faces=row.expected_faces, counted=row.counted,
        expected=row.expected,
    )  # fmt: skip


def counts(*conditions: Q, limit: int = 500) -> list[CashCountView]:
    """Counts, the newest first."""
    rows = CashCount.objects.filter(*conditions).select_related("box").order_by("-pk")[:limit]
    return [count_view(row) for row in rows]


def difference_view(row: Difference) -> DifferenceView:
    return DifferenceView(
        id=row.pk, number=row.number, box=row.box_id, box_number=row.box.number, branch=row.branch_id,
        date=row.business_date, at=row.at, count=row.count_id, person=row.person_id, currency=row.currency,
        amount=row.amount, faces=row.faces, state=DifferenceState(row.state), entry=row.entry,
        remaining=row.remaining,
    )  # fmt: skip


def differences(*conditions: Q, before: int | None = None, limit: int = PAGE) -> list[DifferenceView]:
    """Differences, the newest first; ``before`` is the last id of the page before."""
    rows = Difference.objects.filter(*conditions).select_related("box").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [difference_view(row) for row in rows[:limit]]


def steps_of(difference: int) -> list[DifferenceStepView]:
    rows = DifferenceStep.objects.filter(difference=difference).order_by("pk")[:500]
    return [
        DifferenceStepView(
            at=row.at, person=row.person_id, second=row.second_id, state=DifferenceState(row.state),
            cause=row.cause, amount=row.amount, entry=row.entry, note=row.note,
        )
        for row in rows
    ]  # fmt: skip


def check_view(row: SurpriseCheck) -> CheckView:
    return CheckView(
        id=row.pk, number=row.number, box=row.box_id, box_number=row.box.number, branch=row.branch_id,
        planned_for=row.planned_for, random=row.random, reason=row.reason, planner=row.planner_id,
        inspector=row.inspector_id, witness=row.witness_id, state=CheckState(row.state),
        started=row.started, ended=row.ended, count=row.count_id, remarks=row.remarks,
    )  # fmt: skip


def checks(*conditions: Q, before: int | None = None, limit: int = PAGE) -> list[CheckView]:
    rows = SurpriseCheck.objects.filter(*conditions).select_related("box").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [check_view(row) for row in rows[:limit]]
