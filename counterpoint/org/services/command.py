"""``counterpoint rules replay``: the replay on a terminal."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import date, timedelta

from rich.console import Console
from rich.table import Table

from counterpoint.kit import clock
from counterpoint.kit.data import Malformed, Refusal
from counterpoint.org import rulebook
from counterpoint.org.data import ReplayResult, RuleStatus, UnknownRule
from counterpoint.org.services.replaying import replay


def _version(asked: str) -> int:
    """The version asked for: an id, ``key@number``, or ``key`` for the newest draft, else the newest."""
    if asked.isdecimal():
        return int(asked)
    key, _, number = asked.partition("@")
    versions = rulebook.table(key, clock.today()).versions
    if number:
        found = [one for one in versions if str(one.number) == number]
    else:
        found = [one for one in versions if one.status is RuleStatus.DRAFT] or list(versions)
    if not found:
        raise UnknownRule(f"{key} has no version {number}")
    return found[0].id


def _day(text: str | None, otherwise: date) -> date:
    try:
        return date.fromisoformat(text) if text else otherwise
    except ValueError as error:
        raise Malformed(f"not a day: {text!r}") from error


def replay_command(arguments: argparse.Namespace) -> int:
    """Run the command: ``version``, ``since``, ``until``, ``json``, and perhaps ``offset``, ``limit``."""
    console = Console()
    try:
        until = _day(arguments.until, clock.today())
        result = replay(
            version=_version(str(arguments.version)),
            since=_day(arguments.since, until - timedelta(days=30)),
            until=until,
            offset=getattr(arguments, "offset", 0),
            limit=getattr(arguments, "limit", 50),
        )
    except Refusal as refusal:
        Console(stderr=True).print(str(refusal), style="red", markup=False)
        return 2
    if arguments.json:
        console.out(json.dumps(asdict(result), ensure_ascii=False, default=str), highlight=False)
    else:
        _print(console, result)
    return 0


def _print(console: Console, result: ReplayResult) -> None:
    console.print(
        f"{result.table}@{result.version}  {result.since} – {result.until}: {result.entries} entries, "
        f"{result.changed} decided otherwise, {result.failed} could not be decided",
        markup=False,
        soft_wrap=True,
    )
    table = Table("entry", "day", "before", "after", "why")
    for one in result.changes:
        after = {name: value for name, value in one.after.items() if one.before.get(name) != value}
        before = {name: one.before.get(name) for name in after}
        table.add_row(str(one.entry), str(one.at), _short(before), _short(after), one.reason)
    if result.changes:
        console.print(table)
    for line in result.failures:
        console.print(line, style="yellow", markup=False)
    if result.next is not None:
        console.print(f"more: --offset {result.next}", markup=False)


def _short(outcome: dict[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in outcome.items())
