"""The day book 日记账 of a branch: what each subject moved, then every line in order."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from counterpoint.ledger import chart, queries_day
from counterpoint.org import services as org
from counterpoint.org.data import Column, ColumnKind, Paper, Report, Sheet
from counterpoint.people import services as people
from counterpoint.people.data import UnknownPerson

#: Entries whose accounts are looked up together.
_AT_ONCE = 5_000

_DAY_BOOK = (
    Column("序号", "No.", ColumnKind.NUMBER, 0.6),
    Column("时间", "Time", width=0.8),
    Column("分录号", "Entry", width=0.9),
    Column("摘要", "Item", width=2.3),
    Column("科目", "Subject", width=0.7),
    Column("账号", "Account", width=1.6),
    Column("币种", "Cur.", width=0.5),
    Column("借方", "Debit", ColumnKind.MONEY, 1.1),
    Column("贷方", "Credit", ColumnKind.MONEY, 1.1),
    Column("经办", "By", width=0.6),
)
_SUBJECTS = (
    Column("科目", "Subject", width=0.6),
    Column("名称", "Name", width=1.8),
    Column("币种", "Cur.", width=0.5),
    Column("借方笔数", "Debits", ColumnKind.NUMBER, 0.7),
    Column("借方发生额", "Debit", ColumnKind.MONEY, 1.4),
    Column("贷方笔数", "Credits", ColumnKind.NUMBER, 0.7),
    Column("贷方发生额", "Credit", ColumnKind.MONEY, 1.4),
)


def day_book(branch: int, day: date, report: Report | None = None) -> Paper:
    """The paper of one business day."""
    subjects: list[list[Any]] = [
        [gl, chart.chart()[gl].zh, currency, n, debit, m, credit]
        for gl, currency, n, debit, m, credit in queries_day.day_by_subject(branch, day)
    ]
    lines = _Lines()
    for one in queries_day.entries_in_order(branch, day):
        lines.take(one)
        if report is not None and lines.entries % _AT_ONCE == 0:
            report(lines.entries, lines.entries + _AT_ONCE)
    lines.flush()
    unit = org.branch(branch)
    return Paper(
        name="day_book",
        title=("日记账", "Day book"),
        number=f"{unit.code}-{day:%Y%m%d}-RJ",
        head=(
            ("网点", "Branch", f"{unit.code} {unit.name_zh}"),
            ("营业日期", "Business date", day.isoformat()),
            ("分录数", "Entries", f"{lines.entries:,}"),
            ("行数", "Lines", f"{len(lines.rows):,}"),
        ),
        sheets=(
            Sheet(("科目日结", "By subject"), _SUBJECTS, subjects, totals=_sums(subjects)),
            Sheet(("逐笔明细", "Every line"), _DAY_BOOK, lines.rows),
        ),
        wide=True,
    )


class _Lines:
    """The lines of the book, made some thousand entries at a time."""

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []
        self.entries = 0
        self._pending: list[tuple[Any, ...]] = []
        self._accounts: dict[int, tuple[str, str, str]] = {}
        self._names: dict[str, str] = {}

    def take(self, entry: tuple[Any, ...]) -> None:
        self.entries += 1
        self._pending.append(entry)
        if len(self._pending) == _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Look up the accounts of what was taken, and write its lines."""
        wanted = {leg[0] for one in self._pending for leg in one[4].get("legs", [])}
        sql = "SELECT id, gl, number, currency FROM ledger_account WHERE id = ANY(%s)"
        with connection.cursor() as db:
            db.execute(sql, [list(wanted - self._accounts.keys())])
            self._accounts |= {row[0]: (row[1], row[2], row[3]) for row in db.fetchall()}
        for id, at, _verb, actor, data in self._pending:
            if actor not in self._names:
                self._names[actor] = _who(actor)
            time, who, item = (
                f"{timezone.localtime(at):%H:%M:%S}",
                self._names[actor],
                data.get("summary", ""),
            )
            for account, amount, _version, _balance in data.get("legs", []):
                debit, credit = (amount, None) if amount > 0 else (None, -amount)
                place = self._accounts[account]
                self.rows.append([len(self.rows) + 1, time, str(id), item, *place, debit, credit, who])
        self._pending.clear()


def _sums(subjects: list[list[Any]]) -> list[Any] | None:
    """A last line, where one currency makes it meaningful."""
    if len({row[2] for row in subjects}) != 1:
        return None
    return ["合计", "Total", subjects[0][2], *(sum(row[at] for row in subjects) for at in range(3, 7))]


def _who(actor: str) -> str:
    kind, _colon, id = actor.partition(":")
    if kind != "person":
        return "系统" if kind == "system" else actor
    try:
        return people.person(int(id)).number
    except UnknownPerson:
        return actor
