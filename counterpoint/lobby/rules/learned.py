"""A promise from a learned model 学习所得承诺: a middle, and a range that held on days that it had not seen.

The range is a conformalised quantile regression (Romano, Patterson & Candès 2019, NeurIPS 32): two
quantiles are learned, then moved, each by itself, until one wait of ten lay beyond it on the last days.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from counterpoint.lobby.data import Promise
from counterpoint.lobby.rules.features import scale
from counterpoint.lobby.rules.forest import Forest, forest

#: The form in which a model is kept: another one is not read.
FORM = 1


@dataclass(frozen=True, slots=True)
class LearnedPromise:
    """Three forests over the same numbers; each says how many times the roll-out the wait will be."""

    low: Forest
    mid: Forest
    high: Forest
    #: How far the ends of the range were moved apart.
    low_shift: float
    high_shift: float

    def promise(self, numbers: Sequence[float], basis: str) -> Promise:
        """In seconds."""
        unit = scale(numbers) * 60
        mid = max(0.0, self.mid.value(numbers))
        low = min(mid, max(0.0, self.low.value(numbers) - self.low_shift))
        high = max(mid, self.high.value(numbers) + self.high_shift)
        return Promise(low * unit, mid * unit, high * unit, basis)

    def kept(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "form": FORM, "low": self.low.kept(), "mid": self.mid.kept(), "high": self.high.kept(),
            "low_shift": self.low_shift, "high_shift": self.high_shift,
        }  # fmt: skip


def learned(kept: dict[str, Any]) -> LearnedPromise:
    """From what is stored; ``ValueError``, ``KeyError`` or ``TypeError`` for anything else."""
    if kept["form"] != FORM:
        raise ValueError("a model of another form")
    return LearnedPromise(
        forest(kept["low"]), forest(kept["mid"]), forest(kept["high"]), float(kept["low_shift"]),
        float(kept["high_shift"]),
    )  # fmt: skip


def shift(beyond: Sequence[float], share: float) -> float:
    """How far an end must be moved so that of one more wait, too, no more than ``share`` lie beyond it."""
    ordered = sorted(beyond)
    place = math.ceil((len(ordered) + 1) * (1 - share)) - 1
    return ordered[min(max(place, 0), len(ordered) - 1)]
