"""What this room is told of the operations 交易 above it: their titles, duties and fields, in words.

Drafts keep the fields of an operation by name. What the names mean only the room of the operation
knows, so it registers itself here; without one, a name stands for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OperationWords:
    """An operation as this room shows it: ``labels`` are its fields in their order.

    ``choices`` are the words of those that offer a choice, by their values.
    """

    code: str
    title: str
    duty: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    known: bool = True

    def label(self, name: str) -> str:
        return self.labels.get(name, name)

    def value(self, name: str, value: str) -> str:
        """A value in words, where the field offers a choice."""
        return self.choices.get(name, {}).get(value, value)

    def ordered(self, names: Iterable[str]) -> list[str]:
        """The names as the form has them; those it does not know come last."""
        place = {name: at for at, name in enumerate(self.labels)}
        return sorted(names, key=lambda name: (place.get(name, len(place)), name))


#: The operation with this code in the reader's language, or ``None``.
OperationSource = Callable[[str], OperationWords | None]

_sources: list[OperationSource] = []


def register_operations(source: OperationSource) -> None:
    """Let the room that has the operations describe them. Called from ``AppConfig.ready``; twice is once."""
    if source not in _sources:
        _sources.append(source)


def operation_words(code: str) -> OperationWords:
    """The operation in words; an unknown one is its code."""
    for source in _sources:
        found = source(code)
        if found is not None:
            return found
    return OperationWords(code, code, known=False)
