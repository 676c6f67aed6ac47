"""The slip of a transfer 现金调拨单, in Chinese: by 捆, 把 and 散, with carrier, seals and signatures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from counterpoint.kit.money import EXPONENTS, Money
from counterpoint.kit.words import chinese
from counterpoint.org import services as org
from counterpoint.org.data import Column, ColumnKind, Paper, Sheet
from counterpoint.people import services as people
from counterpoint.vault.data import FACES, face_value, is_coin
from counterpoint.vault.data_cash import Place, TransferState
from counterpoint.vault.data_counts import PieceUnit
from counterpoint.vault.data_transfers import TransferStepView, TransferView
from counterpoint.vault.labels import face_name
from counterpoint.vault.rules_counts import Binding
from counterpoint.vault.rules_transfers import split
from counterpoint.vault.services.counts import binding_on

STATES_ZH = {
    TransferState.REQUESTED: "申请", TransferState.ISSUED: "出库", TransferState.IN_TRANSIT: "押运在途",
    TransferState.RECEIVED: "入库", TransferState.REJECTED: "拒收退回", TransferState.CANCELLED: "撤销",
}  # fmt: skip


def _place(kind: Place, name: str, branch: int) -> str:
    return "人民银行发行库" if kind is Place.CENTRAL_BANK else f"{org.branch(branch).name_zh} {name}"


def transfer_slip(view: TransferView, steps: Sequence[TransferStepView]) -> Paper:
    """What is moved, from where to where, by whom; each step with its people and its entry."""
    worth = Money(view.amount, view.currency)
    return Paper(
        name="transfer", title=("现金调拨单", "Transfer of cash"), number=view.number,
        head=(
            ("调出", "From", _place(view.source_kind, view.source_name, view.source_branch)),
            ("调入", "To", _place(view.target_kind, view.target_name, view.target_branch)),
            ("营业日期", "Business date", view.date.isoformat()),
            ("状态", "State", STATES_ZH[view.state]),
            ("金额", "Amount", str(worth)), ("大写", "In words", chinese(worth)),
            ("押运人", "Carrier", view.carrier or "—"), ("封签号", "Seals", view.seals or "—"),
        ),
        sheets=(_faces(view, binding_on(view.date)), _steps(steps)),
        signers=(
            ("出库人", "Given by"), ("复核", "Checked by"), ("押运人", "Carrier"), ("入库人", "Taken by"),
            ("复核", "Checked by"),
        ),
    )  # fmt: skip


def _faces(view: TransferView, binding: Binding) -> Sheet:
    columns = (
        Column("券别", "Face", width=1.3), Column("捆", "Bundles", ColumnKind.NUMBER, 0.7),
        Column("把、卷", "Straps", ColumnKind.NUMBER, 0.9),
        Column("散", "Loose", ColumnKind.NUMBER, 0.8),
        Column("张（枚）数", "Pieces", ColumnKind.NUMBER, 1.2),
        Column("其中残损", "Damaged", ColumnKind.NUMBER, 1.2),
        Column("金额", "Amount", ColumnKind.MONEY, 1.4, EXPONENTS[view.currency]),
    )  # fmt: skip
    rows: list[list[Any]] = []
    for face in (face for face in FACES[view.currency] if view.faces.get(face)):
        pieces = view.faces[face]
        parts = split(face, pieces, binding)
        middle = parts.get(PieceUnit.ROLLS if is_coin(face) else PieceUnit.STRAPS, 0)
        aside = view.unfit.get(face, 0) + view.damaged.get(face, 0)
        with override("zh-hans"):
            name = str(face_name(face, view.currency))
        rows.append([
            name, parts.get(PieceUnit.BUNDLES) or None, middle or None, parts.get(PieceUnit.LOOSE) or None,
            pieces, aside or None, pieces * face_value(face),
        ])  # fmt: skip
    totals = ["合计 Total", None, None, None, sum(view.faces.values()), None, view.amount]
    note = (
        f"一把{binding.strap}张，一捆{binding.bundle // binding.strap}把，"
        f"硬币一卷{binding.roll}枚。入库须由接收人盲点核对。"
    )
    return Sheet(("券别明细", "Faces"), columns, rows, totals, note)


def _steps(steps: Sequence[TransferStepView]) -> Sheet:
    columns = (
        Column("环节", "Step", width=0.9), Column("时间", "At", width=1.4), Column("经办", "By", width=1.2),
        Column("复核", "Second person", width=1.2), Column("分录号", "Entry", width=0.8),
        Column("附注", "Note", width=2.0),
    )  # fmt: skip
    rows: list[list[Any]] = [
        [
            STATES_ZH[step.state], f"{timezone.localtime(step.at):%Y-%m-%d %H:%M:%S}", _who(step.person),
            _who(step.second) if step.second else "—", str(step.entry) if step.entry else "—",
            step.reason or "—",
        ]
        for step in steps
    ]  # fmt: skip
    return Sheet(("办理记录", "Steps"), columns, rows)


def _who(person: int) -> str:
    if not person:
        return "系统"
    one = people.person(person)
    return f"{one.number} {one.name}"
