"""The verb: one keyword-only function, one transaction, one event row, one signal after commit.

    @verb("people.staff.suspended")
    def suspend(*, staff: int, reason: str, by: Actor) -> None:
        ...
        tell(Told(subject=f"person:{staff}", branch=..., data={"reason": reason}))

The row is written last, in the same transaction; the signal is PostgreSQL's ``NOTIFY``, which the
server holds back until the commit. A verb that tells nothing, or twice, is a programming error.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from django.db import transaction

from counterpoint.kit import journal
from counterpoint.kit.data import Actor, Told

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class VerbEntry:
    """One line of the event catalogue."""

    name: str
    summary: str
    where: str


CATALOGUE: dict[str, VerbEntry] = {}
_telling: ContextVar[list[Told] | None] = ContextVar("telling", default=None)


def declare(name: str, *, summary: str, where: str) -> str:
    """Enter a verb into the catalogue. Its name is ``room.noun.past`` and belongs to one place."""
    if name.count(".") < 2 or name in CATALOGUE:
        raise ValueError(f"verb {name!r} is malformed or taken")
    CATALOGUE[name] = VerbEntry(name, summary, where)
    return name


def tell(told: Told) -> None:
    """Say what the running verb did; it becomes the event row."""
    current = _telling.get()
    if current is None:
        raise RuntimeError("tell() outside a verb")
    current.append(told)


def verb(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a verb called ``name``. It must be keyword-only and take ``by=``."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        parameters = inspect.signature(function).parameters.values()
        if any(p.kind is not p.KEYWORD_ONLY for p in parameters) or "by" not in {p.name for p in parameters}:
            raise TypeError(f"{function.__qualname__} is a verb: keyword-only, with by=")
        summary = (inspect.getdoc(function) or "").partition("\n")[0]
        declare(name, summary=summary, where=f"{function.__module__}.{function.__name__}")

        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            by = kwargs["by"]
            if not isinstance(by, Actor):
                raise TypeError("by= takes an Actor")
            told: list[Told] = []
            token = _telling.set(told)
            try:
                with transaction.atomic():
                    result = function(*args, **kwargs)
                    if len(told) != 1:
                        raise RuntimeError(f"{name} told {len(told)} things, not one")
                    journal.record(name, told[0], by)
                return result
            finally:
                _telling.reset(token)

        run.verb = name  # type: ignore[attr-defined]
        return run

    return decorate
