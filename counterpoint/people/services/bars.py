"""Bars on single operations 单项业务限制: rooms above know reasons why somebody may not do one now."""

from __future__ import annotations

from collections.abc import Callable

from counterpoint.kit.data import Actor

#: Raises a ``Refusal`` where the actor may not do the operation with this code now.
Bar = Callable[[Actor, str], None]

_bars: dict[str, Bar] = {}


def add_bar(key: str, bar: Bar) -> None:
    """Let a room above bar operations. Called from ``AppConfig.ready``; twice is once."""
    _bars[key] = bar


def check_operation(*, by: Actor, operation: str) -> None:
    """Refuse an operation that is barred for the actor; the duty is asked for apart."""
    for bar in _bars.values():
        bar(by, operation)
