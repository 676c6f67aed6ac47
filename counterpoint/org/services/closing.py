"""Gates and steps of the day 日始日终: rooms register theirs in ``AppConfig.ready``."""

from __future__ import annotations

from datetime import date

from counterpoint.org.data_closing import Gate, GateView, Phase, Step

_gates: dict[str, Gate] = {}
_steps: dict[str, Step] = {}


def register_gate(gate: Gate) -> None:
    """Make a gate known. Its ``key`` is ``room.name``."""
    if gate.key in _gates:
        raise ValueError(f"gate {gate.key!r} is registered twice")
    _gates[gate.key] = gate


def register_step(step: Step) -> None:
    """Make a step known. Its ``key`` is ``room.name``; steps run in the order of ``order``."""
    if step.key in _steps:
        raise ValueError(f"step {step.key!r} is registered twice")
    _steps[step.key] = step


def gates(phase: Phase = Phase.CLOSE) -> list[Gate]:
    """The gates of a phase, in order."""
    return sorted((g for g in _gates.values() if g.phase is phase), key=lambda g: (g.order, g.key))


def steps() -> list[Step]:
    """The steps of the close, in order."""
    return sorted(_steps.values(), key=lambda s: (s.order, s.key))


def check_gates(*, branch: int, date: date, phase: Phase = Phase.CLOSE) -> list[GateView]:
    """Ask every gate now."""
    return [
        GateView(gate.key, str(gate.title), gate.owner, gate.blocking, tuple(gate.check(branch, date)))
        for gate in gates(phase)
    ]
