"""Papers of what goes from hand to hand, in Chinese: 交接登记簿 and 重要空白凭证登记簿."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from counterpoint.kit.money import EXPONENTS, Money
from counterpoint.kit.words import chinese
from counterpoint.org import services as org
from counterpoint.org.data import Column, ColumnKind, Paper, Sheet
from counterpoint.people import services as people
from counterpoint.vault import services
from counterpoint.vault.data import FACES, face_value, is_coin
from counterpoint.vault.data_counts import PieceUnit
from counterpoint.vault.data_hands import HandOverTry
from counterpoint.vault.data_vouchers import (
    BOOKED,
    HandOverState,
    HandOverView,
    PartView,
    VoucherAct,
    VoucherMoveView,
    VoucherRun,
    VoucherState,
)
from counterpoint.vault.labels import face_name
from counterpoint.vault.rules_transfers import split
from counterpoint.vault.services.counts import binding_on

STATES_ZH = {
    HandOverState.PROPOSED: "待接", HandOverState.ACCEPTED: "已交接", HandOverState.REFUSED: "已拒绝",
    HandOverState.CANCELLED: "已撤销",
}  # fmt: skip
ACTS_ZH = {
    VoucherAct.RECEIVE: "入库", VoucherAct.MOVE: "调拨", VoucherAct.USE: "使用", VoucherAct.SKIP: "跳号",
    VoucherAct.RESTORE: "恢复", VoucherAct.VOID: "作废", VoucherAct.LOSE: "遗失", VoucherAct.FIND: "找回",
    VoucherAct.RETURN: "上缴", VoucherAct.DESTROY: "销毁",
}  # fmt: skip
VOUCHERS_ZH = {VoucherState.HELD: "在库", VoucherState.SKIPPED: "跳号"}


def _who(person: int | None) -> str:
    if not person:
        return "—"
    with override("zh-hans"):
        one = people.person(person)
    return f"{one.number} {one.name}"


def _name(person: int | None) -> str:
    return _who(person).partition(" ")[2]


def hand_over_register(view: HandOverView, tries: Sequence[HandOverTry]) -> Paper:
    """One page of the register 交接登记簿: the whole package, and who signed when."""
    return Paper(
        name="hand_over", title=("交接登记簿", "Register of hand-overs"), number=view.number,
        head=(
            ("网点", "Branch", org.branch(view.branch).name_zh),
            ("营业日期", "Business date", view.date.isoformat()),
            ("移交时间", "Proposed", f"{timezone.localtime(view.at):%Y-%m-%d %H:%M:%S}"),
            ("状态", "State", STATES_ZH[view.state]),
            ("移交人", "Giver", _who(view.giver)), ("接收人", "Receiver", _who(view.receiver)),
            ("监交人", "Supervisor", _who(view.supervisor)), ("事由", "Reason", view.reason or "—"),
        ),
        sheets=(*(_part_sheet(part, view.date) for part in view.parts), _signed(view, tries)),
        signers=(
            (f"移交人 {_name(view.giver)}", "Giver"), (f"接收人 {_name(view.receiver)}", "Receiver"),
            (f"监交人 {_name(view.supervisor)}", "Supervisor"),
        ),
    )  # fmt: skip


def _part_sheet(part: PartView, day: date) -> Sheet:
    title = (part.title_zh, part.title_en)
    if part.key == "cash":
        return _cash_sheet(part, title, day)
    columns = (
        Column("序号", "No.", ColumnKind.NUMBER, 0.4), Column("事项", "Item", width=3.2),
        Column("数量", "How many", width=0.8), Column("账面金额", "In the books", ColumnKind.MONEY, 1.1),
    )  # fmt: skip
    rows: list[list[Any]] = [
        [at, zh, amount, value or None] for at, (zh, _en, amount, value) in enumerate(part.lines, 1)
    ]
    return Sheet(title, columns, rows)


def _cash_sheet(part: PartView, title: tuple[str, str], day: date) -> Sheet:
    currency = services.box(int(part.stamp.partition(":")[0])).currency
    binding = binding_on(day)
    columns = (
        Column("券别", "Face", width=1.3), Column("捆", "Bundles", ColumnKind.NUMBER, 0.7),
        Column("把（卷）", "Straps, rolls", ColumnKind.NUMBER, 0.9),
        Column("散张（枚）", "Loose", ColumnKind.NUMBER, 0.9),
        Column("合计张（枚）", "Pieces", ColumnKind.NUMBER, 1.0),
        Column("金额", "Amount", ColumnKind.MONEY, 1.4, EXPONENTS[currency]),
    )  # fmt: skip
    rows: list[list[Any]] = []
    for face in (face for face in FACES[currency] if part.count.get(face)):
        pieces = int(part.count[face])
        cut = split(face, pieces, binding)
        middle = cut.get(PieceUnit.ROLLS if is_coin(face) else PieceUnit.STRAPS, 0)
        with override("zh-hans"):
            name = str(face_name(face, currency))
        rows.append([
            name, cut.get(PieceUnit.BUNDLES) or None, middle or None, cut.get(PieceUnit.LOOSE) or None,
            pieces, pieces * face_value(face),
        ])  # fmt: skip
    total = sum(row[5] for row in rows)
    totals = ["合计 Total", None, None, None, sum(row[4] for row in rows), total]
    return Sheet(title, columns, rows, totals, f"大写：{chinese(Money(total, currency))}")


def _signed(view: HandOverView, tries: Sequence[HandOverTry]) -> Sheet:
    """Each count and each signature as the system has them, with its time to the second."""
    columns = (
        Column("环节", "Step", width=1.0), Column("时间", "At", width=1.4), Column("办理人", "By", width=1.4),
        Column("结果", "Result", width=2.4),
    )  # fmt: skip
    titles = {part.key: part.title_zh for part in view.parts}
    rows: list[list[Any]] = [["移交", _time(view.at), _who(view.giver), "已确认移交清单"]]
    for one in reversed(tries):
        result = "相符" if one.agrees else "不符：" + "、".join(titles.get(key, key) for key in one.differs)
        rows.append(["盲点", _time(one.at), _who(one.person), result])
    if view.state is HandOverState.ACCEPTED:
        rows.append(["接收", _time(view.ended), _who(view.receiver), "已核对签收"])
        rows.append(["监交", _time(view.ended), _who(view.supervisor), "现场监交"])
    elif view.ended is not None:
        by = view.receiver if view.state is HandOverState.REFUSED else view.giver
        rows.append([STATES_ZH[view.state], _time(view.ended), _who(by), view.reason or "—"])
    return Sheet(
        ("交接记录", "Record"),
        columns,
        rows,
        None,
        "移交清单摘要已固定，交接时以清单为准；接收人在不知应有数的情况下清点。",
    )


def _time(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else "—"


def voucher_register(
    branch: int, day: date, moves: Sequence[VoucherMoveView], runs: Sequence[VoucherRun]
) -> Paper:
    """The register 重要空白凭证登记簿 of one day: what happened to which numbers, and what lies there now."""
    unit = org.branch(branch)
    return Paper(
        name="vouchers", title=("重要空白凭证登记簿", "Register of important blank vouchers"),
        number=f"{unit.code}-{day:%Y%m%d}-PZ",
        head=(
            ("网点", "Branch", f"{unit.code} {unit.name_zh}"),
            ("营业日期", "Business date", day.isoformat()), ("笔数", "Lines", str(len(moves))),
            ("在库张数", "In stock", str(sum(one.run.count for one in runs))),
        ),
        sheets=(_moves_sheet(moves), _stock_sheet(runs)),
        signers=(("凭证保管员", "Keeper"), ("复核", "Checked by"), ("主管", "Supervisor")), wide=True,
    )  # fmt: skip


def _moves_sheet(moves: Sequence[VoucherMoveView]) -> Sheet:
    columns = (
        Column("时间", "Time", width=0.7), Column("种类", "Kind", width=1.1),
        Column("动作", "Act", width=0.6), Column("起号", "First", width=1.2),
        Column("止号", "Last", width=1.2), Column("张数", "Forms", ColumnKind.NUMBER, 0.6),
        Column("转出", "From", width=0.8), Column("转入", "To", width=0.8),
        Column("经办", "By", width=1.1), Column("复核", "Second person", width=1.1),
        Column("事由", "Reason", width=1.4),
    )  # fmt: skip
    rows: list[list[Any]] = [
        [
            f"{timezone.localtime(one.at):%H:%M:%S}", one.kind.name_zh, ACTS_ZH[one.act],
            one.kind.number(one.first), one.kind.number(one.last), one.last - one.first + 1,
            one.source if one.source != one.target else "—",
            one.target, _person(one.person), _who(one.second), one.reason or "—",
        ]
        for one in moves
    ]  # fmt: skip
    return Sheet(("当日登记", "Moves of the day"), columns, rows)


def _person(person: int) -> str:
    return _who(person) if person else "系统"


def _stock_sheet(runs: Sequence[VoucherRun]) -> Sheet:
    columns = (
        Column("种类", "Kind", width=1.4), Column("保管尾箱", "Box", width=1.0),
        Column("起号", "First", width=1.4), Column("止号", "Last", width=1.4),
        Column("张数", "Forms", ColumnKind.NUMBER, 0.8), Column("状态", "State", width=0.8),
        Column("表外金额", "Off balance sheet", ColumnKind.MONEY, 1.2),
    )  # fmt: skip
    there = [one for one in runs if one.run.state in BOOKED]
    rows: list[list[Any]] = [
        [
            one.kind.name_zh, one.box_number, *one.numbers, one.run.count, VOUCHERS_ZH[one.run.state],
            one.run.count * one.kind.unit,
        ]
        for one in there
    ]  # fmt: skip
    totals = ["合计 Total", None, None, None, sum(r[4] for r in rows), None, sum(r[6] for r in rows)]
    note = "重要空白凭证每张以1元记账，有价单证按面额记账；顺号使用，跳号、作废须双人并注明原因。"
    return Sheet(("结存", "Stock"), columns, rows, totals, note)
