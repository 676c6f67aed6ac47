"""Reads of vouchers, seals and hand-overs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from counterpoint.vault.data_vouchers import (
    CountMoment,
    CountView,
    HandOverState,
    HandOverView,
    Part,
    PartView,
    Run,
    SealKind,
    SealView,
    VoucherAct,
    VoucherKind,
    VoucherMoveView,
    VoucherRun,
    VoucherState,
)
from counterpoint.vault.models import Custody
from counterpoint.vault.models_vouchers import (
    HandOver,
    HandOverCount,
    Seal,
    VoucherCount,
    VoucherMove,
    VoucherRange,
)
from counterpoint.vault.models_vouchers import VoucherKind as KindRow

_HOLDER = Custody.objects.filter(box=OuterRef("box"), until=None).values("person_id")[:1]


def kind_view(row: KindRow) -> VoucherKind:
    return VoucherKind(
        id=row.pk, code=row.code, name_zh=row.name_zh, name_en=row.name_en, prefix=row.prefix,
        digits=row.digits, unit=row.unit_minor, currency=row.currency, gl=row.gl, separated=row.separated,
        product=row.product,
    )  # fmt: skip


def kinds() -> list[VoucherKind]:
    return [kind_view(row) for row in KindRow.objects.order_by("gl", "pk")]


def _run(row: Any) -> Run:
    return Run(row.serials.lower, row.serials.upper - 1, VoucherState(row.state), row.box_id)


def voucher_runs(
    *conditions: Q, states: Iterable[VoucherState] = (), after: int = 0, limit: int | None = None
) -> list[VoucherRun]:
    """Ranges with their kind, box and holder, in one query; from row ``after`` on when paged."""
    rows = VoucherRange.objects.filter(*conditions).select_related("kind", "box")
    if wanted := [str(state) for state in states]:
        rows = rows.filter(state__in=wanted)
    rows = rows.annotate(holder=Subquery(_HOLDER)).order_by("kind_id", "box__number", "serials")
    found = rows[after : after + limit] if limit else rows
    return [
        VoucherRun(
            id=row.pk, kind=kind_view(row.kind), box=row.box_id, box_number=row.box.number,
            custodian=row.holder, run=_run(row),
        )
        for row in found
    ]  # fmt: skip


def runs_of(box: int, kind: int) -> list[Run]:
    return [_run(row) for row in VoucherRange.objects.filter(box=box, kind=kind).order_by("serials")]


def move_view(row: VoucherMove) -> VoucherMoveView:
    return VoucherMoveView(
        id=row.pk, at=row.at, kind=kind_view(row.kind), first=row.serials.lower,
        last=row.serials.upper - 1, act=VoucherAct(row.act), state=VoucherState(row.state),
        source=row.source.number if row.source else "", target=row.target.number, person=row.person_id,
        second=row.second_id, reason=row.reason, subject=row.subject,
    )  # fmt: skip


def register(*, branch: int, before: int | None = None, limit: int = 30) -> list[VoucherMoveView]:
    """Lines of the register, newest first."""
    rows = VoucherMove.objects.filter(branch_id=branch).select_related("kind", "source", "target")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [move_view(row) for row in rows.order_by("-pk")[:limit]]


def count_view(row: VoucherCount) -> CountView:
    return CountView(
        id=row.pk, box=row.box_id, moment=CountMoment(row.moment), date=row.business_date, at=row.at,
        person=row.person_id, second=row.second_id, missing=tuple((k, a, b) for k, a, b in row.missing),
        extra=tuple((k, a, b) for k, a, b in row.extra),
    )  # fmt: skip


def last_count(*, box: int, day: date, moment: CountMoment | None = None) -> VoucherCount | None:
    rows = VoucherCount.objects.filter(box=box, business_date=day)
    if moment is not None:
        rows = rows.filter(moment=moment)
    return rows.order_by("-pk").first()


def seals(*conditions: Q) -> list[SealView]:
    rows = Seal.objects.filter(*conditions).order_by("branch_id", "part", "number")
    return [
        SealView(
            id=row.pk, number=row.number, kind=SealKind(row.kind), part=Part(row.part), name_zh=row.name_zh,
            name_en=row.name_en, branch=row.branch_id, custodian=row.custodian_id, since=row.since,
        )
        for row in rows
    ]  # fmt: skip


def plain_part(part: PartView) -> dict[str, Any]:
    """As the package is stored."""
    return {
        "key": part.key, "title": [part.title_zh, part.title_en], "lines": [list(row) for row in part.lines],
        "count": dict(part.count), "stamp": part.stamp,
    }  # fmt: skip


def part_view(row: dict[str, Any]) -> PartView:
    return PartView(
        key=row["key"], title_zh=row["title"][0], title_en=row["title"][1],
        lines=tuple((zh, en, amount, value) for zh, en, amount, value in row["lines"]), count=row["count"],
        stamp=row["stamp"],
    )  # fmt: skip


def _hand_over(row: Any) -> HandOverView:
    return HandOverView(
        id=row.pk, number=row.number, branch=row.branch_id, date=row.business_date, giver=row.giver_id,
        receiver=row.receiver_id, supervisor=row.supervisor_id, state=HandOverState(row.state), at=row.at,
        ended=row.ended, reason=row.reason, parts=tuple(part_view(part) for part in row.package),
        counts=row.tries,
    )  # fmt: skip


def hand_overs(*conditions: Q, before: int | None = None, limit: int = 30) -> list[HandOverView]:
    """Hand-overs, the newest first, in one query."""
    counts = HandOverCount.objects.filter(hand_over=OuterRef("pk")).order_by().values("hand_over")
    tries = Subquery(counts.annotate(n=Count("pk")).values("n"))
    rows = HandOver.objects.filter(*conditions).annotate(tries=Coalesce(tries, 0))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_hand_over(row) for row in rows.order_by("-pk")[:limit]]
