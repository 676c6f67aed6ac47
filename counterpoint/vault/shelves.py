"""Ranges of vouchers as bars: the same number stands at the same place in every box. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from counterpoint.vault.data_vouchers import Run

#: The length of a bar, and the gap for numbers that the branch never had, in the units of the picture.
LENGTH = 600
GAP = 8
#: So that a single form can still be seen.
THINNEST = 2.0


@dataclass(frozen=True, slots=True)
class Piece:
    """One range on the bar."""

    run: Run
    x: float
    width: float


def blocks(runs: Iterable[Run]) -> list[tuple[int, int]]:
    """The numbers of all runs as few spans: what was never delivered leaves a gap between them."""
    whole: list[tuple[int, int]] = []
    for run in sorted(runs, key=lambda one: one.first):
        if whole and run.first <= whole[-1][1] + 1:
            whole[-1] = (whole[-1][0], max(whole[-1][1], run.last))
        else:
            whole.append((run.first, run.last))
    return whole


def pieces(mine: Iterable[Run], spans: Sequence[tuple[int, int]]) -> list[Piece]:
    """Where each run lies on a bar that shows ``spans`` one after the other."""
    total = sum(last - first + 1 for first, last in spans)
    gap = min(GAP, LENGTH / (4 * len(spans))) if spans else 0
    scale = (LENGTH - gap * (len(spans) - 1)) / total if total else 0
    found = []
    for run in mine:
        at = 0.0
        for first, last in spans:
            if first <= run.first <= last:
                x = at + (run.first - first) * scale
                found.append(Piece(run, round(x, 2), round(max(run.count * scale, THINNEST), 2)))
                break
            at += (last - first + 1) * scale + gap
    return found
