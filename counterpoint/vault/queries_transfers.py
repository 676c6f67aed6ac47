"""Reads of transfers."""

from __future__ import annotations

from django.db.models import Q

from counterpoint.org import services as org
from counterpoint.vault.data_cash import Place, TransferState
from counterpoint.vault.data_transfers import TransferStepView, TransferView
from counterpoint.vault.models_cash import Transfer, TransferStep
from counterpoint.vault.rules_transfers import QUALITIES

PAGE = 50
OPEN = Q(state__in=[TransferState.REQUESTED, TransferState.ISSUED, TransferState.IN_TRANSIT])


def transfer_view(row: Transfer) -> TransferView:
    faces = {face: n for face, n in row.faces.items() if face not in QUALITIES}
    unfit, damaged = (row.faces.get(quality, {}) for quality in QUALITIES)
    return TransferView(
        id=row.pk, number=row.number, source_kind=Place(row.source_kind), target_kind=Place(row.target_kind),
        source=row.source_id, target=row.target_id, source_name=row.source.number if row.source else "",
        target_name=row.target.number if row.target else "", source_branch=row.source_branch,
        target_branch=row.target_branch, date=row.business_date, currency=row.currency, amount=row.amount,
        faces=faces, state=TransferState(row.state), carrier=row.carrier, seals=row.seals,
        requester=row.requester_id, at=row.at, unfit=unfit, damaged=damaged, breach=row.breach_id,
    )  # fmt: skip


def transfers(*conditions: Q, before: int | None = None, limit: int = PAGE) -> list[TransferView]:
    """Transfers, the newest first; ``before`` is the last id of the page before."""
    rows = Transfer.objects.filter(*conditions).select_related("source", "target").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [transfer_view(row) for row in rows[:limit]]


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


def branch_name(branch: int) -> str:
    return org.branch(branch).name_zh
