"""A learned model as plain numbers 预测模型: trees that are read, never code that is run. Pure.

The gradient boosting is scikit-learn's; what it has learned is kept as lists, so that a stored model
cannot do anything but be compared with, whatever version has made it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

#: The features of a leaf.
LEAF = -1


@dataclass(frozen=True, slots=True)
class Forest:
    """A sum of trees. By tree, by node: the feature, the threshold, where to go if not above it, and else;
    of a leaf the value stands for the threshold.
    """

    base: float
    trees: tuple[tuple[list[int], list[float], list[int], list[int]], ...]

    def value(self, numbers: Sequence[float]) -> float:
        total = self.base
        for feature, threshold, left, right in self.trees:
            at = 0
            while (column := feature[at]) != LEAF:
                at = left[at] if numbers[column] <= threshold[at] else right[at]
            total += threshold[at]
        return total

    def kept(self) -> dict[str, Any]:
        """As it is stored."""
        return {"base": self.base, "trees": [list(tree) for tree in self.trees]}


def forest(kept: dict[str, Any]) -> Forest:
    """From what is stored; ``ValueError`` or ``KeyError`` for anything else."""
    trees = []
    for feature, threshold, left, right in kept["trees"]:
        size = len(feature)
        if not size or {len(threshold), len(left), len(right)} != {size}:
            raise ValueError("a tree whose lists differ in length")
        for at, column in enumerate(feature):
            if column != LEAF and not (at < left[at] < size and at < right[at] < size):
                raise ValueError("a tree that leads nowhere")
        trees.append((feature, threshold, left, right))
    return Forest(float(kept["base"]), tuple(trees))
