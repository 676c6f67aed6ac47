"""What comes with the product 随附数据: the mainland's rules and its calendar, as data files."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

from counterpoint.kit.data import SYSTEM, Actor, ActorKind, NotAllowed, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.org import queries
from counterpoint.org.data import DayKind
from counterpoint.org.models import CalendarDay, RuleTable
from counterpoint.org.services.drafts import ship

CHAPTERS = (
    "aml", "identity", "cash", "vault", "accounts", "interest", "teller", "lobby", "visits", "records",
    "papers", "cases", "approvals", "mail", "notices", "feedback", "talk", "meetings",
)  # fmt: skip


@cache
def _file(name: str) -> Any:
    path = resources.files("counterpoint.org") / "rules_data" / f"{name}.json"
    return json.loads(path.read_text("utf-8"))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def shipped_rules() -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Every shipped rule: what it is called, and its versions in order."""
    found = []
    for chapter in CHAPTERS:
        for rule in _file(chapter)["rules"]:
            about = {name: rule[name] for name in ("key", "title_zh", "title_en", "reference")}
            versions = [
                one | {end: _day(one[end]) for end in ("effective_from", "effective_to")}
                for one in rule["versions"]
            ]
            found.append((about | {"chapter": chapter}, versions))
    return found


def load_shipped_rules(*, by: Actor = SYSTEM) -> list[str]:
    """Load the shipped rules that are not there yet 载入随附规则; a bank's own edits stay."""
    if by.kind is not ActorKind.SYSTEM:
        raise NotAllowed("only the system loads shipped rules")
    known = set(RuleTable.objects.values_list("key", flat=True))
    return ship([(about, versions) for about, versions in shipped_rules() if about["key"] not in known], by)


def shipped_days() -> list[CalendarDay]:
    """Every shipped holiday and make-up working day."""
    found = []
    for year in _file("calendar")["years"]:
        common = {"source": year["source"], "confidence": year["confidence"]}
        for one in year["holidays"]:
            first, last = date.fromisoformat(one["from"]), date.fromisoformat(one["to"])
            found += [
                CalendarDay(
                    date=first + timedelta(days=n), kind=DayKind.HOLIDAY,
                    name_zh=one["zh"], name_en=one["en"], **common,
                )
                for n in range((last - first).days + 1)
            ]  # fmt: skip
        found += [
            CalendarDay(
                date=date.fromisoformat(one["date"]), kind=DayKind.MAKE_UP,
                name_zh=one["zh"], name_en=one["en"], **common,
            )
            for one in year["make_up"]
        ]  # fmt: skip
    return found


@verb("org.calendar.shipped")
def _ship_days(*, days: list[CalendarDay], by: Actor) -> None:
    """Take over calendar days that come with the product 载入随附日历."""
    for day in days:
        day.set_by = by.key
    CalendarDay.objects.bulk_create(days)
    queries.bump()
    tell(Told(subject="calendar:shipped", branch=queries.home(), data={"days": len(days)}))


def load_shipped_calendar(*, by: Actor = SYSTEM) -> int:
    """Load the years that the calendar does not know yet; a year a bank has edited stays as it is."""
    known = set(queries.years())
    missing = [day for day in shipped_days() if day.date.year not in known]
    if missing:
        _ship_days(days=missing, by=by)
    return len(missing)
