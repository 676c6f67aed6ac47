"""The calendar and the business day 日历与营业日."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - the verbs have a parameter called date

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Malformed, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.org import queries, rules
from counterpoint.org.data import (
    BusinessDay,
    Confidence,
    DateNotAllowed,
    DayAlreadyOpen,
    DayKind,
    DayNotOpen,
    UnitKind,
    UnknownBranch,
)
from counterpoint.org.models import BusinessDay as DayRow
from counterpoint.org.models import CalendarDay, DayChange, Unit
from counterpoint.people.data import Duty
from counterpoint.people.services import check_actor


def is_working_day(date: Date) -> bool:
    """Whether banks work on ``date`` 工作日."""
    return rules.is_working(date, queries.exceptions())


def next_working_day(date: Date) -> Date:
    """The first working day after ``date``."""
    return rules.next_working(date, queries.exceptions())


def last_working_day(date: Date) -> Date:
    """``date`` if it is a working day, else the last one before it."""
    known = queries.exceptions()
    return date if rules.is_working(date, known) else rules.next_working(date, known, step=-1)


def add_working_days(date: Date, days: int) -> Date:
    """``days`` working days after ``date``, for deadlines."""
    return rules.add_working_days(date, days, queries.exceptions())


def business_day(branch: int) -> BusinessDay:
    """The business day of a branch 营业日, open or closed."""
    found = queries.day(branch)
    if found is None:
        queries.branch(branch)
        raise DayNotOpen(_("No business day was opened at this branch yet."), branch=branch)
    return found


def proposed_day(branch: int) -> Date:
    """The date to open next: the working day after the last one."""
    last = queries.day(branch)
    return next_working_day(last.date) if last else last_working_day(clock.today())


def last_closed_day(*, branch: int, before: Date) -> Date | None:
    """The last business date of a branch that was closed, before another; ``None`` for the first."""
    rows = DayChange.objects.filter(branch=branch, opened=False, date__lt=before)
    return rows.order_by("-date").values_list("date", flat=True).first()


@verb("org.day.opened")
def open_day(*, branch: int, date: Date, by: Actor, on_holiday: bool = False) -> BusinessDay:
    """Open a business day 日始. One at a time, each date once, never back.

    A day that is no working day needs ``on_holiday``: many branches serve people at weekends.
    """
    unit = Unit.objects.select_for_update(no_key=True).filter(id=branch, kind=UnitKind.BRANCH).first()
    if unit is None:
        raise UnknownBranch(f"no branch {branch}", branch=branch)
    check_actor(by=by, duty=Duty.DAY_OPEN, branch=branch)
    last = DayRow.objects.filter(branch=unit).first()
    _check_date(date, last, on_holiday)
    DayRow.objects.update_or_create(
        branch=unit,
        defaults={
            "date": date, "open": True, "opened_at": Now(), "opened_by": by.key,
            "closed_at": None, "closed_by": None,
        },
    )  # fmt: skip
    DayChange.objects.create(branch=unit, date=date, opened=True, by=by.key)
    tell(
        Told(
            subject=f"unit:{branch}",
            branch=branch,
            business_date=date,
            before={"date": last.date if last else None},
            after={"date": date, "open": True},
        )
    )
    return BusinessDay(branch, date, open=True)


def _check_date(date: Date, last: DayRow | None, on_holiday: bool) -> None:
    if last is not None and last.open:
        raise DayAlreadyOpen(
            _("The business day %(date)s is open.") % {"date": last.date},
            why=Why(remedy=str(_("Close it before the next is opened."))),
            date=last.date.isoformat(),
        )
    if last is not None and date <= last.date:
        raise DateNotAllowed(
            _("The business day %(date)s is closed; only a later one can be opened.") % {"date": last.date},
            date=date.isoformat(),
        )
    limit = next_working_day(max(clock.today(), last.date) if last else clock.today())
    if date > limit:
        raise DateNotAllowed(
            _("%(date)s is too far ahead; the latest is %(limit)s.") % {"date": date, "limit": limit},
            date=date.isoformat(),
        )
    if not on_holiday and not is_working_day(date):
        raise DateNotAllowed(
            _("%(date)s is no working day.") % {"date": date},
            why=Why(remedy=str(_("Choose a working day, or say that the branch serves on this day."))),
            date=date.isoformat(),
        )


@verb("org.day.closed")
def close_day(*, branch: int, by: Actor) -> BusinessDay:
    """Close the business day 日终. Waits for postings under way; none is taken after it."""
    check_actor(by=by, duty=Duty.DAY_CLOSE, branch=branch)
    row = DayRow.objects.select_for_update().filter(branch=branch).first()
    if row is None or not row.open:
        raise DayNotOpen(_("No business day is open at this branch."), branch=branch)
    DayRow.objects.filter(branch=branch).update(open=False, closed_at=Now(), closed_by=by.key)
    DayChange.objects.create(branch_id=branch, date=row.date, opened=False, by=by.key)
    tell(
        Told(
            subject=f"unit:{branch}",
            branch=branch,
            business_date=row.date,
            after={"date": row.date, "open": False},
        )
    )
    return BusinessDay(branch, row.date, open=False)


@verb("org.calendar.changed")
def set_calendar_day(
    *,
    date: Date,
    kind: DayKind | None,
    by: Actor,
    name_zh: str = "",
    name_en: str = "",
    source: str = "",
    confidence: Confidence = Confidence.CONFIRMED,
) -> None:
    """Say that a day is a holiday or a make-up working day 调整日历; ``kind=None`` makes it plain again."""
    check_actor(by=by, duty=Duty.RULES_DRAFT, branch=by.branch or 0)
    old = CalendarDay.objects.select_for_update().filter(date=date).first()
    before = {"kind": old.kind, "name": old.name_zh, "source": old.source} if old else None
    if kind is None:
        if old is None:
            raise Malformed(_("This day is in no calendar."), date=date.isoformat())
        old.delete()
    else:
        if not name_zh.strip() or not source.strip():
            raise Malformed(_("A day of the calendar needs a name and a source."))
        CalendarDay.objects.update_or_create(
            date=date,
            defaults={
                "kind": kind, "name_zh": name_zh, "name_en": name_en or name_zh, "source": source,
                "confidence": confidence, "set_at": Now(), "set_by": by.key,
            },
        )  # fmt: skip
    queries.bump()
    after = {"kind": kind, "name": name_zh, "source": source}
    tell(Told(subject=f"calendar:{date}", branch=by.branch or queries.home(), before=before, after=after))
