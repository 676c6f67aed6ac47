"""What the vault brings to the day's end: the branch's position, the journal of each box, their papers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from counterpoint.kit import clock
from counterpoint.kit.money import EXPONENTS, Money
from counterpoint.ledger import services as ledger
from counterpoint.org import services as org
from counterpoint.org.data import Column, ColumnKind, Paper, Report, Sheet, Step
from counterpoint.vault.data import FacesAndBooksDiffer, face_value
from counterpoint.vault.data_cash import TransferState
from counterpoint.vault.data_vouchers import HandOverState
from counterpoint.vault.labels import face_name
from counterpoint.vault.labels_boxes import KINDS
from counterpoint.vault.models_cases import CounterfeitNote
from counterpoint.vault.models_cash import Difference, Transfer
from counterpoint.vault.models_vouchers import HandOver
from counterpoint.vault.services.positions import STEP, BoxAt, BranchAt, branch_position, kept


def _head(branch: int, at: datetime, day: date | None) -> tuple[tuple[str, str, str], ...]:
    unit = org.branch(branch)
    local = timezone.localtime(at)
    return (
        ("网点", "Branch", f"{unit.code} {unit.name_zh}"),
        ("营业日期", "Business date", day.isoformat() if day else "—"),
        ("时点", "As at", f"{local:%Y-%m-%d %H:%M:%S}"),
    )


def position_paper(position: BranchAt, day: date | None) -> Paper:
    """The branch position 现金头寸表: each box, and the faces of all boxes together."""
    unit = org.branch(position.branch)
    moment = f"{day:%Y%m%d}" if day else f"{timezone.localtime(position.at):%Y%m%d%H%M}"
    sheets: list[Sheet] = []
    for currency in position.currencies:
        boxes = [one for one in position.boxes if one.box.currency == currency]
        places = EXPONENTS[currency]
        sheets += [_boxes_sheet(boxes, currency, places), _faces_sheet(boxes, currency, places)]
    return Paper(
        name="position", title=("现金头寸表", "Branch cash position"),
        number=f"{unit.code}-{moment}-TC",
        head=(*_head(position.branch, position.at, day), ("尾箱数", "Boxes", str(len(position.boxes)))),
        sheets=tuple(sheets),
        signers=(("管库员", "Vault keeper"), ("复核", "Checked by"), ("主管", "Supervisor")),
    )  # fmt: skip


def _boxes_sheet(boxes: list[BoxAt], currency: str, places: int) -> Sheet:
    money = [
        Column(zh, en, ColumnKind.MONEY, 1.3, places)
        for zh, en in (("账面余额", "By the books"), ("券别合计", "By faces"), ("差额", "Difference"))
    ]
    rows: list[list[Any]] = [
        [one.box.number, _kind(one), one.balance, one.counted, one.counted - one.balance] for one in boxes
    ]
    totals: list[Any] = ["合计 Total", "", *(sum(row[at] for row in rows) for at in (2, 3, 4))]
    columns = (Column("尾箱", "Box", width=1.1), Column("类别", "Kind", width=1.0), *money)
    return Sheet((f"尾箱余额 {currency}", "Boxes"), columns, rows, totals)


def _faces_sheet(boxes: list[BoxAt], currency: str, places: int) -> Sheet:
    columns = (
        Column("券别", "Face", width=1.0),
        Column("张（枚）数", "Pieces", ColumnKind.NUMBER, 1.0),
        Column("金额", "Amount", ColumnKind.MONEY, 1.3, places),
    )
    sums: dict[str, int] = {}
    for one in boxes:
        for face, count in one.faces.items():
            sums[face] = sums.get(face, 0) + count
    with override("zh-hans"):
        rows: list[list[Any]] = [
            [str(face_name(f, currency)), n, face_value(f) * n] for f, n in sums.items() if n
        ]
    totals: list[Any] = ["合计 Total", sum(row[1] for row in rows), sum(row[2] for row in rows)]
    return Sheet((f"券别 {currency}", "By face"), columns, rows, totals)


def _kind(one: BoxAt) -> str:
    with override("zh-hans"):
        return str(KINDS[one.box.kind])


_LINES = (
    Column("序号", "No.", ColumnKind.NUMBER, 0.5), Column("时间", "Time", width=0.8),
    Column("分录号", "Entry", width=0.7), Column("摘要", "Item", width=2.4),
    Column("收入", "In", ColumnKind.MONEY, 1.1), Column("付出", "Out", ColumnKind.MONEY, 1.1),
    Column("结存", "Balance", ColumnKind.MONEY, 1.2),
)  # fmt: skip


def box_journal(branch: int, day: date, position: BranchAt) -> Paper:
    """The journal of each box 尾箱日结单: what it held, took in, paid out, and holds."""
    unit = org.branch(branch)
    sheets: list[Sheet] = []
    summary: list[list[Any]] = []
    for one in position.boxes:
        opening, rows, closing = _movements(one, day)
        came, went = (sum(row[at] or 0 for row in rows) for at in (4, 5))
        summary.append([one.box.number, _kind(one), opening, came, went, closing, len(rows)])
        if rows:
            totals = ["合计", "", "", "Total", came, went, closing]
            sheets.append(Sheet((f"尾箱 {one.box.number}", "Box"), _LINES, rows, totals))
    columns = (
        Column("尾箱", "Box"), Column("类别", "Kind"),
        *(Column(zh, en, ColumnKind.MONEY, 1.2) for zh, en in (
            ("昨日结存", "Opening"), ("今日收入", "In"), ("今日付出", "Out"), ("今日结存", "Closing"))),
        Column("笔数", "Lines", ColumnKind.NUMBER, 0.6),
    )  # fmt: skip
    return Paper(
        name="box_journal", title=("尾箱日结单", "Journal of the boxes"),
        number=f"{unit.code}-{day:%Y%m%d}-WX",
        head=(*_head(branch, position.at, day), ("尾箱数", "Boxes", str(len(summary)))),
        sheets=(Sheet(("汇总", "Summary"), columns, summary), *sheets),
        signers=(("柜员", "Teller"), ("复核", "Checked by"), ("主管", "Supervisor")),
    )  # fmt: skip


def _movements(one: BoxAt, day: date) -> tuple[int, list[list[Any]], int]:
    rows: list[list[Any]] = []
    cursor: int | None = None
    while True:
        page = ledger.statement(account=one.box.account, since=day, until=day, cursor=cursor, limit=500)
        for line in page.lines:
            time = f"{timezone.localtime(line.at):%H:%M:%S}"
            came, went = (line.amount, None) if line.amount > 0 else (None, -line.amount)
            rows.append([len(rows) + 1, time, str(line.entry), line.summary, came, went, line.balance])
        cursor = page.next
        if cursor is None:
            return page.opening, rows, page.closing


def position_step(branch: int, day: date, report: Report) -> dict[str, Any]:
    """Take the position, see that notes and books agree, and set both papers."""
    position = branch_position(branch=branch, at=clock.now())
    for one in position.boxes:
        if one.counted != one.balance:
            raise FacesAndBooksDiffer(
                _("Box %(box)s: the faces come to %(faces)s, the books say %(books)s.")
                % {
                    "box": one.box.number,
                    "faces": Money(one.counted, one.box.currency),
                    "books": Money(one.balance, one.box.currency),
                }
            )
    papers = org.keep_paper(branch=branch, date=day, paper=box_journal(branch, day, position))
    papers += org.keep_paper(branch=branch, date=day, paper=position_paper(position, day))
    return {"papers": papers, **kept(position), **_day_in_figures(branch, day, position)}


def _day_in_figures(branch: int, day: date, position: BranchAt) -> dict[str, Any]:
    """What the vault's day comes to: the cash in each currency, and how often something happened."""
    here = {"branch_id": branch, "business_date": day}
    pieces = CounterfeitNote.objects.filter(case__branch_id=branch, case__business_date=day)
    return {
        "cash": {
            currency: sum(one.balance for one in position.boxes if one.box.currency == currency)
            for currency in position.currencies
        },
        "transfers": Transfer.objects.filter(
            business_date=day, target_branch=branch, state=TransferState.RECEIVED
        ).count(),
        "hand_overs": HandOver.objects.filter(**here, state=HandOverState.ACCEPTED).count(),
        "differences": Difference.objects.filter(**here).count(),
        "counterfeit": pieces.aggregate(sum=Sum("pieces"))["sum"] or 0,
    }


def figures(kept: Mapping[str, Any]) -> list[tuple[object, str]]:
    if "cash" not in kept:
        return []
    cash = [(_("Cash in boxes"), str(Money(total, currency))) for currency, total in kept["cash"].items()]
    words = (
        ("transfers", _("Cash transfers")), ("hand_overs", _("Hand-overs")),
        ("differences", _("Cash differences")), ("counterfeit", _("Counterfeit pieces")),
    )  # fmt: skip
    return [*cash, *((said, str(kept[name])) for name, said in words)]


def appear() -> None:
    """Enter the step."""
    org.register_step(Step(STEP, gettext_lazy("Boxes and position"), 60, position_step, figures=figures))
