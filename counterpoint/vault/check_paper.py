"""The report of a surprise check 查库报告 as a paper: what was counted, by whom, and what came of it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import override

from counterpoint.kit.money import EXPONENTS
from counterpoint.org import services as org
from counterpoint.org.data import Column, ColumnKind, Paper, Sheet
from counterpoint.people import services as people
from counterpoint.vault import services
from counterpoint.vault.data import face_value
from counterpoint.vault.data_counts import CashCountView, CheckView
from counterpoint.vault.labels import face_name

_TITLE = ("查库报告", "Report of a surprise check")


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
    faces = sorted({**count.expected_faces, **count.faces}, key=lambda f: (f.startswith("c"), -face_value(f)))
    rows: list[list[Any]] = []
    for face in faces:
        here, there = count.faces.get(face, 0), count.expected_faces.get(face, 0)
        worth = face_value(face)
        name = str(face_name(face, count.currency))
        rows.append([name, here, there, here - there, here * worth, (here - there) * worth])
    totals: list[Any] = ["合计 Total", *(sum(row[at] for row in rows) for at in range(1, 6))]
    return Sheet((f"券别清点 {count.currency}", "Count by face"), columns, rows, totals)


def _result(check: CheckView, count: CashCountView) -> Sheet:
    case = services.difference_of(count=count.id)
    settled = services.settlement_of(count)
    said = "账实相符"
    if not count.agrees:
        kind = "长款" if count.difference > 0 else "短款" if count.difference < 0 else "券别不符"
        said = f"账实不符：{kind}"
    rows: list[list[Any]] = [
        ["结论", said],
        ["差错编号", case.number if case else "—"],
        ["入账分录", str(settled.entry) if settled else "—"],
        ["查库事由", check.reason or "—"],
        ["备注", check.remarks or "—"],
    ]
    return Sheet(
        ("查库结论", "Result"), (Column("项目", "Item", width=0.5), Column("内容", "Text", width=2.0)), rows
    )
