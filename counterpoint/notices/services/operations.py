"""What operations are called: the room of the teller says it, as this room does not know it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

#: Every operation's code with its name in Chinese and in English.
Names = Callable[[], Mapping[str, tuple[str, str]]]

_sources: dict[str, Names] = {}


def add_operations(key: str, source: Names) -> None:
    """Let a room above say which operations there are. Called from ``AppConfig.ready``; twice is once."""
    _sources[key] = source


def operations() -> dict[str, tuple[str, str]]:
    """Every operation that a notice can govern."""
    return {code: names for source in _sources.values() for code, names in source().items()}
