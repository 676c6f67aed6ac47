"""State machines as tables, and their pictures under ``docs/states`` 状态图.

A room writes its states and moves once, as data in its ``rules.py``; the picture is generated from
the same table, and a test fails when the two differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from counterpoint.kit.data import Refusal


class MoveRefused(Refusal):
    """A state may not follow another."""

    code = "state_refused"


@dataclass(frozen=True, slots=True)
class State:
    """One state: its code, its words, what it lets happen."""

    code: str
    words: str
    allows: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """One step from a state to another, and what causes it."""

    start: str
    end: str
    cause: str


@dataclass(frozen=True, slots=True)
class Machine:
    """A table of states. Asking it is the only way to know what may follow."""

    name: str
    title: str
    states: tuple[State, ...]
    start: str
    moves: tuple[Move, ...]

    def __post_init__(self) -> None:
        codes = [state.code for state in self.states]
        ends = {self.start, *(m.start for m in self.moves), *(m.end for m in self.moves)}
        if len(set(codes)) != len(codes) or not ends <= set(codes):
            raise ValueError(f"state machine {self.name}: a state is missing or stands twice")
        if len({(m.start, m.end) for m in self.moves}) != len(self.moves):
            raise ValueError(f"state machine {self.name}: a move stands twice")
        MACHINES[self.name] = self

    def may(self, start: str, end: str) -> bool:
        return any(m.start == start and m.end == end for m in self.moves)

    def after(self, start: str) -> tuple[str, ...]:
        """The states that may follow ``start``."""
        return tuple(m.end for m in self.moves if m.start == start)


MACHINES: dict[str, Machine] = {}


def document(machine: Machine) -> str:
    """The machine as Markdown: a mermaid diagram, then its two tables."""
    lines = [f"# {machine.title}", "", "Generated from the table in the code; do not edit.", ""]
    lines += ["```mermaid", "stateDiagram-v2", f"    [*] --> {machine.start}"]
    lines += [f"    {m.start} --> {m.end}: {m.cause}" for m in machine.moves]
    ends = [state.code for state in machine.states if not machine.after(state.code)]
    lines += [f"    {code} --> [*]" for code in ends]
    lines += ["```", "", "| state | words | lets through |", "|---|---|---|"]
    lines += [f"| `{state.code}` | {state.words} | {state.allows} |" for state in machine.states]
    lines += ["", "| from | to | because |", "|---|---|---|"]
    lines += [f"| `{m.start}` | `{m.end}` | {m.cause} |" for m in machine.moves]
    return "\n".join(lines) + "\n"


def write(folder: Path, *, check: bool = False) -> list[str]:
    """Write every machine's page; with ``check`` only name those that are missing or stale."""
    stale = []
    for machine in MACHINES.values():
        path = folder / f"{machine.name}.md"
        if not path.exists() or path.read_text("utf-8") != document(machine):
            stale.append(machine.name)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(document(machine), "utf-8")
    return stale
