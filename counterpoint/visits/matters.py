"""Open visits 未结到访 that go over with a hand-over package: told to the receiver, by number."""

from __future__ import annotations

from counterpoint.kit.states import State
from counterpoint.vault import services as vault
from counterpoint.vault.data import PartView
from counterpoint.visits.data import VisitState
from counterpoint.visits.rules import VISIT
from counterpoint.visits.services.visits import visits_with

_STATES: dict[str, State] = {state.code: state for state in VISIT.states}


def _visits(giver: int, branch: int) -> PartView | None:
    """Visits that the giver serves, parked or handed on, or that came back to them."""
    lines = []
    for one in visits_with(giver, branch=branch):
        zh, en = _words(one.state)
        lines.append((f"到访 {one.number}（{zh}）", f"Visit {one.number} ({en})", "1", 0))
    if not lines:
        return None
    return PartView(key="visits", title_zh="未结到访", title_en="Open visits", lines=tuple(lines))


def _words(state: VisitState) -> tuple[str, str]:
    """A state's words in Chinese and in English; the machine's table has them as ``parked 暂存``."""
    en, _gap, zh = _STATES[state].words.rpartition(" ")
    return zh, en


def appear() -> None:
    """Enter the part."""
    vault.register_part("visits", _visits, order=60)
