"""``counterpoint verify`` on a terminal: progress, findings with their places, one JSON line."""

from __future__ import annotations

import json as json_module
import sys
import time

from rich.console import Console

from counterpoint.kit.findings import Report
from counterpoint.kit.verifier import CHECKS, examine


def verify(*, json: bool = False) -> int:
    """Recompute every seal and every registered sum; 1 when anything does not add up, else 0."""
    started = time.monotonic()
    console = Console(stderr=json, highlight=False)
    with console.status("Verifying …") as status:
        report = examine(lambda what, count: status.update(f"Verifying {what} … {count or ''}"))
    seconds = round(time.monotonic() - started, 2)
    _tell(console, report, seconds)
    if json:
        sys.stdout.write(json_module.dumps(_plain(report, seconds), ensure_ascii=False) + "\n")
        sys.stdout.flush()
    return 0 if report.ok else 1


def _plain(report: Report, seconds: float) -> dict[str, object]:
    return report.plain() | {"checks": sorted(CHECKS), "seconds": seconds}


def _tell(console: Console, report: Report, seconds: float) -> None:
    for finding in report.findings:
        console.print(f"  [red]✗[/] {finding.message}\n    [dim]{finding.place()}[/]")
    if report.untold:
        console.print(f"  [red]✗[/] and {report.untold} more findings")
    for note in report.notes:
        console.print(f"  [yellow]![/] {note}")
    unsealed = f", {report.unsealed} of them newer than the last seal" if report.unsealed else ""
    verdict = "[green]✓ Everything adds up[/]" if report.ok else "[red]✗ It does not add up[/]"
    console.print(
        f"  {verdict}: {report.events} events{unsealed}, {report.entries} entries, "
        f"{report.blocks} blocks, {seconds} s"
    )
    console.print(f"    [dim]the seals of all events; {', '.join(sorted(CHECKS))}[/]", soft_wrap=True)
