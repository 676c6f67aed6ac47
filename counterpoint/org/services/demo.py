"""The demo bank 示范银行: one bank, one region, two branches, desks with their devices."""

from __future__ import annotations

from datetime import date

from counterpoint.kit.data import SYSTEM, Actor
from counterpoint.org import queries
from counterpoint.org.data import Equipment, UnitKind
from counterpoint.org.models import Desk, Unit
from counterpoint.org.services.days import open_day, proposed_day
from counterpoint.org.services.places import add_desk, add_unit
from counterpoint.org.services.shipped import load_shipped_calendar, load_shipped_rules

BANK, REGION, RENMIN, NANJING = 1, 2, 3, 4

UNITS = (
    (BANK, UnitKind.BANK, None, "99", "柜协示范银行", "Counterpoint Demo Bank",
     "上海市黄浦区中山东一路示范大厦", "Demo Tower, Zhongshan East 1st Road, Huangpu, Shanghai"),
    (REGION, UnitKind.REGION, BANK, "9901", "华东区", "East China",
     "上海市黄浦区中山东一路示范大厦", "Demo Tower, Zhongshan East 1st Road, Huangpu, Shanghai"),
    (RENMIN, UnitKind.BRANCH, REGION, "990108", "上海人民路支行", "Shanghai Renmin Road Branch",
     "上海市黄浦区人民路示范号", "Renmin Road, Huangpu, Shanghai"),
    (NANJING, UnitKind.BRANCH, REGION, "990109", "上海南京路支行", "Shanghai Nanjing Road Branch",
     "上海市黄浦区南京东路示范号", "Nanjing East Road, Huangpu, Shanghai"),
)  # fmt: skip

_COUNTER = (Equipment.ID_READER, Equipment.SCANNER, Equipment.PRINTER, Equipment.PINPAD)
_CASH = (*_COUNTER, Equipment.CASH, Equipment.NOTE_COUNTER)
DESKS = {
    RENMIN: (
        ("01", "现金柜台一", "Cash desk 1", (*_CASH, Equipment.RECYCLER)),
        ("02", "现金柜台二", "Cash desk 2", _CASH),
        ("03", "爱心柜台", "Accessible desk", (*_CASH, Equipment.ACCESSIBLE)),
        ("04", "对公柜台", "Corporate desk", _COUNTER),
        ("05", "综合柜台", "General desk", _CASH),
    ),
    NANJING: (
        ("01", "现金柜台一", "Cash desk 1", _CASH),
        ("02", "综合柜台", "General desk", _CASH),
    ),
}


def ensure_demo_org(*, by: Actor = SYSTEM, first_day: date | None = None) -> None:
    """Make the demo bank with its rules, calendar, desks and open day; what is there already stays.

    ``first_day`` is the business day to begin with; without it, the last working day.
    """
    known = set(Unit.objects.values_list("id", flat=True))
    for id, kind, parent, code, zh, en, address_zh, address_en in UNITS:
        if id not in known:
            add_unit(
                id=id, kind=kind, parent=parent, code=code, name_zh=zh, name_en=en,
                address_zh=address_zh, address_en=address_en, by=by,
            )  # fmt: skip
    desks = set(Desk.objects.values_list("branch_id", "number"))
    for branch, rows in DESKS.items():
        for number, zh, en, equipment in rows:
            if (branch, number) not in desks:
                add_desk(branch=branch, number=number, name_zh=zh, name_en=en, equipment=equipment, by=by)
    load_shipped_calendar(by=by)
    load_shipped_rules(by=by)
    for branch in (RENMIN, NANJING):
        if queries.day(branch) is None:
            open_day(branch=branch, date=first_day or proposed_day(branch), by=by)
