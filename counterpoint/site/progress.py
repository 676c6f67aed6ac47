"""Saying what is going on, on a terminal and in a log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

console = Console(highlight=False)


class Steps:
    """Numbered steps with their time; on a terminal the running one has a spinner."""

    def __init__(self) -> None:
        self.done = 0

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        started = time.monotonic()
        with console.status(f"{text} …"):
            yield
        self.done += 1
        console.print(f"  [green]✓[/] {text} [dim]{time.monotonic() - started:.1f} s[/]")
