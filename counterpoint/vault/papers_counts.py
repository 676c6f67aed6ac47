"""Papers of counts, in Chinese: the sheet of one 碰库单, the report of a surprise check 查库报告."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import override

from counterpoint.kit.money import EXPONENTS
from counterpoint.org import services as org
from counterpoint.org.data import Column, ColumnKind, Paper, Sheet
from counterpoint.people import services as people
from counterpoint.vault import services
from counterpoint.vault.data import face_value, is_coin
from counterpoint.vault.data_counts import CashCountView, CheckView, PieceUnit
from counterpoint.vault.labels import face_name
from counterpoint.vault.labels_counts import MOMENTS

_TITLE = ("查库报告", "Report of a surprise check")


def count_sheet(count: CashCountView) -> Paper:
    """One count as it was typed, beside what the books said at that moment."""
    unit = org.branch(count.branch)
    with override("zh-hans"):
        return Paper(
            name="count", title=("尾箱碰库单", "Count of a box"),
            number=f"{unit.code}-{count.date:%Y%m%d}-PK{count.id}",
            head=(
                ("网点", "Branch", f"{unit.code} {unit.name_zh}"), ("尾箱", "Box", count.box_number),
                ("营业日期", "Business date", count.date.isoformat()),
                ("时点", "Moment", str(MOMENTS[count.moment])),
                ("清点时间", "At", f"{timezone.localtime(count.at):%Y-%m-%d %H:%M:%S}"),
                ("清点人", "Counted by", _name(count.person)),
                ("共同清点人", "Counted along", _name(count.second) if count.second else "—"),
                ("账户版本", "Version", f"v{count.version}"),
            ),
            sheets=(_typed(count), _ending(count)),
            signers=(("清点人", "Counted by"), ("共同清点人", "Counted along"), ("主管", "Supervisor")),
        )  # fmt: skip


def _typed(count: CashCountView) -> Sheet:
    places = EXPONENTS[count.currency]
    columns = (
        Column("券别", "Face", width=1.2), Column("捆", "Bundles", ColumnKind.NUMBER, 0.7),
        Column("把（卷）", "Straps", ColumnKind.NUMBER, 0.9),
        Column("散", "Loose", ColumnKind.NUMBER, 0.7), Column("实点", "Counted", ColumnKind.NUMBER, 0.8),
        Column("账面", "Books", ColumnKind.NUMBER, 0.8), Column("差", "Off", ColumnKind.NUMBER, 0.6),
        Column("实点金额", "Counted", ColumnKind.MONEY, 1.3, places),
    )  # fmt: skip
    rows: list[list[Any]] = []
    for face in _in_order(count):
        cut = count.typed.get(face, {})
        middle = cut.get(str(PieceUnit.ROLLS if is_coin(face) else PieceUnit.STRAPS))
        here, there = count.faces.get(face, 0), count.expected_faces.get(face, 0)
        rows.append([
            str(face_name(face, count.currency)), cut.get(str(PieceUnit.BUNDLES)), middle,
            cut.get(str(PieceUnit.LOOSE)), here, there, here - there or None, here * face_value(face),
        ])  # fmt: skip
    totals: list[Any] = [
        "合计 Total",
        None,
        None,
        None,
        *(sum(row[at] or 0 for row in rows) for at in (4, 5, 6, 7)),
    ]
    return Sheet(
        (f"券别清点 {count.currency}", "Count by face"),
        columns,
        rows,
        totals,
        "清点人在不知账面数的情况下清点。",
    )


def _ending(count: CashCountView) -> Sheet:
    columns = (
        Column("结论", "Result", width=1.4),
        Column("差额", "Difference", ColumnKind.MONEY, 1.0, EXPONENTS[count.currency]),
        Column("差错编号", "Case", width=1.2), Column("入账分录", "Entry", width=1.0),
    )  # fmt: skip
    return Sheet(("清点结果", "Result"), columns, [[_said(count), count.difference, *_case(count)]])


def _said(count: CashCountView) -> str:
    if count.agrees:
        return "账实相符"
    kind = "长款" if count.difference > 0 else "短款" if count.difference < 0 else "券别不符"
    return f"账实不符：{kind}"


def _case(count: CashCountView) -> tuple[str, str]:
    """The number of the case, and the entry with which the box became what was counted."""
    case, settled = services.difference_of(count=count.id), services.settlement_of(count)
    return (case.number if case else "—"), (str(settled.entry) if settled else "—")


def _in_order(count: CashCountView) -> list[str]:
    """The faces of a count: notes before coins, the large ones first."""
    return sorted({**count.expected_faces, **count.faces}, key=lambda f: (is_coin(f), -face_value(f)))


def check_paper(check: CheckView, count: CashCountView) -> Paper:
    """The result as it was counted; it is set anew from rows that never change."""
    with override("zh-hans"):
        return Paper(
            name="check", title=_TITLE, number=check.number, head=_head(check, count),
            sheets=(_faces(count), _result(check, count)),
            signers=(("查库人", "Inspector"), ("查库人", "Second inspector"), ("保管人", "Custodian"),
                     ("主管", "Supervisor")),
        )  # fmt: skip


def _name(person: int) -> str:
    found = people.person(person)
    return f"{found.number} {found.name}"


def _head(check: CheckView, count: CashCountView) -> tuple[tuple[str, str, str], ...]:
    unit = org.branch(check.branch)
    moments = [f"{timezone.localtime(at):%H:%M:%S}" if at else "—" for at in (check.started, check.ended)]
    return (
        ("网点", "Branch", f"{unit.code} {unit.name_zh}"),
        ("尾箱", "Box", check.box_number),
        ("营业日期", "Business date", count.date.isoformat()),
        ("封箱—解封", "From, to", "—".join(moments)),
        ("方式", "Kind", "随机抽查" if check.random else "计划查库"),
        ("查库人", "Inspectors", f"{_name(check.inspector)}、{_name(check.witness)}"),
        ("账户版本", "Moment", f"v{count.version}"),
    )


def _faces(count: CashCountView) -> Sheet:
    places = EXPONENTS[count.currency]
    columns = (
        Column("券别", "Face", width=1.0),
        *(Column(zh, en, ColumnKind.NUMBER, 0.8) for zh, en in (("实点", "Counted"), ("账面", "Books"),
                                                               ("差", "Off"))),
        *(Column(zh, en, ColumnKind.MONEY, 1.2, places) for zh, en in (("实点金额", "Counted"),
                                                                      ("差额", "Difference"))),
    )  # fmt: skip
    rows: list[list[Any]] = []
    for face in _in_order(count):
        here, there = count.faces.get(face, 0), count.expected_faces.get(face, 0)
        worth = face_value(face)
        name = str(face_name(face, count.currency))
        rows.append([name, here, there, here - there, here * worth, (here - there) * worth])
    totals: list[Any] = ["合计 Total", *(sum(row[at] for row in rows) for at in range(1, 6))]
    return Sheet((f"券别清点 {count.currency}", "Count by face"), columns, rows, totals)


def _result(check: CheckView, count: CashCountView) -> Sheet:
    case, entry = _case(count)
    rows: list[list[Any]] = [
        ["结论", _said(count)],
        ["差错编号", case],
        ["入账分录", entry],
        ["查库事由", check.reason or "—"],
        ["备注", check.remarks or "—"],
    ]
    return Sheet(
        ("查库结论", "Result"), (Column("项目", "Item", width=0.5), Column("内容", "Text", width=2.0)), rows
    )
