"""What is read of org 查询, as views from ``data.py``; each with a pinned number of queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import get_language

from counterpoint.kit.database import planned
from counterpoint.org.data import (
    BranchView,
    BusinessDay,
    CalendarView,
    Confidence,
    DayChange,
    DayKind,
    DeskView,
    Equipment,
    UnitKind,
    UnitView,
    UnknownBranch,
    UnknownDesk,
)
from counterpoint.org.models import BusinessDay as DayRow
from counterpoint.org.models import CalendarDay, Desk, DeskClaim, Stamp, Unit
from counterpoint.org.models import DayChange as ChangeRow


def language() -> str:
    """``zh`` or ``en``: the reader's language as the data files call it."""
    return "en" if (get_language() or "zh").startswith("en") else "zh"


def in_words(zh: str, en: str) -> str:
    return (en or zh) if language() == "en" else zh


def unit_view(row: Unit) -> UnitView:
    return UnitView(
        id=row.id,
        kind=UnitKind(row.kind),
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        name=in_words(row.name_zh, row.name_en),
        address=in_words(row.address_zh, row.address_en),
        parent=row.parent_id,
    )


def _branch(row: Unit) -> BranchView:
    unit = unit_view(row)
    return BranchView(unit.id, unit.code, unit.name_zh, unit.name_en, unit.name, unit.address, unit.parent)


def units() -> list[UnitView]:
    """The whole bank 全行机构, in the order of their codes."""
    return [unit_view(row) for row in Unit.objects.order_by("code")]


def branches() -> list[BranchView]:
    """All branches 网点, in the order of their codes."""
    return [_branch(row) for row in Unit.objects.filter(kind=UnitKind.BRANCH).order_by("code")]


def branch(branch: int) -> BranchView:
    """One branch 网点."""
    row = Unit.objects.filter(id=branch, kind=UnitKind.BRANCH).first()
    if row is None:
        raise UnknownBranch(f"no branch {branch}", branch=branch)
    return _branch(row)


def home() -> int:
    """The bank itself: the branch under which what concerns everybody is recorded. 0 before it exists."""
    return Unit.objects.filter(kind=UnitKind.BANK).order_by("id").values_list("id", flat=True).first() or 0


def units_above(branch: int) -> list[int]:
    """The units above a branch 上级机构, the nearest first; above all branches (0) is the bank itself."""
    above: list[int] = []
    unit = Unit.objects.filter(id=branch).values_list("parent_id", flat=True).first() if branch else home()
    while unit:
        above.append(unit)
        unit = Unit.objects.filter(id=unit).values_list("parent_id", flat=True).first()
    return above


def _desks() -> QuerySet[Desk]:
    holder = DeskClaim.objects.filter(desk=OuterRef("pk"), released_at=None).values("person_id")[:1]
    return Desk.objects.annotate(holder=Subquery(holder)).order_by("branch_id", "number")


def _desk(row: Any) -> DeskView:
    return DeskView(
        id=row.id,
        branch=row.branch_id,
        number=row.number,
        name=in_words(row.name_zh, row.name_en),
        equipment=frozenset(Equipment(one) for one in row.equipment),
        active=row.withdrawn_at is None,
        holder=row.holder,
    )


def desks(branch: int | None = None) -> list[DeskView]:
    """The desks 柜台 of a branch, or of all."""
    rows = _desks() if branch is None else _desks().filter(branch=branch)
    return [_desk(row) for row in rows]


DESK = """
SELECT d.id, d.branch_id, d.number, d.name_zh, d.name_en, d.equipment, d.withdrawn_at, c.person_id
FROM org_desk d LEFT JOIN org_deskclaim c ON c.desk_id = d.id AND c.released_at IS NULL WHERE d.id = %s
"""


def desk(desk: int) -> DeskView:
    """One desk 柜台. Asked at every press; as written SQL it takes a quarter of the time."""
    with planned() as cursor:
        cursor.execute(DESK, [desk])
        row = cursor.fetchone()
    if row is None:
        raise UnknownDesk(f"no desk {desk}", desk=desk)
    id, branch, number, zh, en, equipment, withdrawn, holder = row
    kit = frozenset(Equipment(one) for one in equipment)
    return DeskView(id, branch, number, in_words(zh, en), kit, withdrawn is None, holder)


def desk_of(person: int) -> DeskView | None:
    """The desk at which a person works now."""
    claim = DeskClaim.objects.filter(person=person, released_at=None).values("desk_id")
    row = _desks().filter(id__in=claim).first()
    return _desk(row) if row else None


DAY = "SELECT date, open FROM org_business_day WHERE branch_id = %s"


def day(branch: int) -> BusinessDay | None:
    """The business day 营业日 of a branch; ``None`` when none was ever opened. Asked by every verb."""
    with planned() as cursor:
        cursor.execute(DAY, [branch])
        row = cursor.fetchone()
    return BusinessDay(branch, *row) if row else None


def days() -> dict[int, BusinessDay]:
    """The business days of all branches."""
    rows = DayRow.objects.values_list("branch_id", "date", "open")
    return {branch: BusinessDay(branch, day, is_open) for branch, day, is_open in rows}


def history(branch: int, limit: int = 40) -> list[DayChange]:
    """The newest openings and closings of a branch."""
    rows = ChangeRow.objects.filter(branch=branch).order_by("-id")[:limit]
    return [DayChange(row.date, row.opened, row.at, row.by) for row in rows]


def calendar(year: int) -> list[CalendarView]:
    """The days of a year that differ from their weekday."""
    rows = CalendarDay.objects.filter(date__range=(date(year, 1, 1), date(year, 12, 31))).order_by("date")
    return [
        CalendarView(
            date=row.date,
            kind=DayKind(row.kind),
            name_zh=row.name_zh,
            name_en=row.name_en,
            name=in_words(row.name_zh, row.name_en),
            source=row.source,
            unverified=row.confidence != Confidence.CONFIRMED,
        )
        for row in rows
    ]


def years() -> list[int]:
    """The years that the calendar covers."""
    return [day.year for day in CalendarDay.objects.dates("date", "year")]


def stamp() -> int:
    """The number that changes with every change of rules or calendar.

    Read on every decision, hence past Django's cursor: the plain one takes half the time.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        row = connection.connection.execute("SELECT number FROM org_stamp").fetchone()
    return int(row[0]) if row else 0


class Remembered[T]:
    """A value made from tables that ``stamp`` guards: made again when the stamp is another."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._known: tuple[tuple[str, int], T] | None = None

    def get(self, number: int) -> T:
        """The value under stamp ``number``, which must have been read before this call."""
        key = (str(connection.settings_dict["NAME"]), number)
        known = self._known
        if known is None or known[0] != key:
            # The stamp was read first, so what is made now is that new or newer, never older.
            known = self._known = (key, self._make())
        return known[1]


def _exceptions() -> dict[date, DayKind]:
    return {day: DayKind(kind) for day, kind in CalendarDay.objects.values_list("date", "kind")}


_calendar = Remembered(_exceptions)


def exceptions() -> dict[date, DayKind]:
    """All holidays and make-up days, remembered until the calendar changes."""
    return _calendar.get(stamp())


def bump() -> None:
    """Make every process forget what it remembers of rules and calendar, at this commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Stamp._meta.db_table} (id, number) VALUES (1, nextval('org_stamp_number')) "
            "ON CONFLICT (id) DO UPDATE SET number = excluded.number"
        )
