"""Reads of transfers."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, Subquery

from counterpoint.vault.data_cash import Place, TransferState
from counterpoint.vault.data_transfers import TransferStepView, TransferTry, TransferView
from counterpoint.vault.models import Custody
from counterpoint.vault.models_cash import Transfer, TransferCount, TransferStep
from counterpoint.vault.rules_transfers import QUALITIES

PAGE = 50
OPEN = Q(state__in=[TransferState.REQUESTED, TransferState.ISSUED, TransferState.IN_TRANSIT])


def _view(row: Any) -> TransferView:
    faces = {face: n for face, n in row.faces.items() if face not in QUALITIES}
    unfit, damaged = (row.faces.get(quality, {}) for quality in QUALITIES)
    return TransferView(
        id=row.pk, number=row.number, source_kind=Place(row.source_kind), target_kind=Place(row.target_kind),
        source=row.source_id, target=row.target_id, source_name=row.source.number if row.source else "",
        target_name=row.target.number if row.target else "", source_branch=row.source_branch,
        target_branch=row.target_branch, date=row.business_date, currency=row.currency, amount=row.amount,
        faces=faces, state=TransferState(row.state), carrier=row.carrier, seals=row.seals,
        requester=row.requester_id, at=row.at, unfit=unfit, damaged=damaged, breach=row.breach_id,
        giver=row.giver, taker=row.taker,
    )  # fmt: skip


def transfers(*conditions: Q, before: int | None = None, limit: int = PAGE) -> list[TransferView]:
    """Transfers, the newest first; ``before`` is the last id of the page before."""
    giver, taker = (Subquery(_holder(end)) for end in ("source", "target"))
    rows = (
        Transfer.objects.filter(*conditions).select_related("source", "target")
        .annotate(giver=giver, taker=taker).order_by("-pk")
    )  # fmt: skip
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_view(row) for row in rows[:limit]]


def _holder(end: str) -> Any:
    return Custody.objects.filter(box=OuterRef(end), until=None).values("person_id")[:1]


def of_branch(branch: int) -> Q:
    return Q(source_branch=branch) | Q(target_branch=branch)


def steps(transfer: int) -> list[TransferStepView]:
    rows = TransferStep.objects.filter(transfer=transfer).order_by("pk")
    return [
        TransferStepView(
            state=TransferState(row.state), at=row.at, person=row.person_id, second=row.second_id,
            entry=row.entry, reason=row.reason,
        )
        for row in rows
    ]  # fmt: skip


def tries(transfer: int) -> list[TransferTry]:
    rows = TransferCount.objects.filter(transfer=transfer).order_by("pk")
    return [TransferTry(row.at, row.person_id, row.agrees) for row in rows]
