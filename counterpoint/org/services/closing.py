"""Gates and steps of the day 日始日终: rooms register theirs in ``AppConfig.ready``."""

from __future__ import annotations

from datetime import date
from typing import Any

from counterpoint.org import queries_closing
from counterpoint.org.data_closing import Gate, GateView, Phase, RunView, Step, StepStatus, StepView

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


def steps(phase: Phase = Phase.CLOSE) -> list[Step]:
    """The steps of a phase, in order."""
    return sorted((s for s in _steps.values() if s.phase is phase), key=lambda s: (s.order, s.key))


def check_gates(*, branch: int, date: date, phase: Phase = Phase.CLOSE) -> list[GateView]:
    """Ask every gate now."""
    return [
        GateView(
            gate.key, str(gate.title), gate.owner, gate.blocks(branch, date),
            tuple(gate.check(branch, date)),
        )
        for gate in gates(phase)
    ]  # fmt: skip


def _figures(step: Step, row: Any) -> tuple[tuple[str, str], ...]:
    """A day that was closed before a step kept its figures has none of them."""
    if step.figures is None or row.status != StepStatus.DONE or not row.result:
        return ()
    return tuple((str(words), figure) for words, figure in step.figures(row.result))


def day_run(*, branch: int, date: date, phase: Phase = Phase.CLOSE) -> RunView | None:
    """The run of a day 日终批次, with its steps in their order; ``None`` before it was begun."""
    row = queries_closing.run_row(branch, date, phase)
    if row is None:
        return None
    known: dict[str, Any] = {step.key: step for step in row.steps.all()}
    lines = [
        StepView(
            key=step.key, title=str(step.title), status=StepStatus(one.status), done=one.done,
            total=one.total, started=one.started_at, finished=one.finished_at, error=one.error,
            result=one.result, figures=_figures(step, one),
        )
        for step in steps(phase)
        if (one := known.get(step.key)) is not None
    ]  # fmt: skip
    return RunView(
        id=row.pk, branch=branch, date=date, phase=phase, started=row.started_at,
        started_by=row.started_by, finished=row.finished_at, attempts=row.attempts, steps=tuple(lines),
        running=row.finished_at is None and queries_closing.is_running(branch),
    )  # fmt: skip
