"""A lower bound of the mean wait that no policy can beat, not even one that knows every duration and arrival.

A linear program indexed by time: each customer starts once, at one of his windows, and at no moment are more
at work than there are windows. It stays a bound because everything is rounded in the policy's favour:
durations and arrivals down to half a minute; a late start stands for an interval, costs its beginning and
fills the windows only from its end; who waits beyond six times his service, and at least 30 minutes, is
served by nobody. Solved by interior points (HiGHS, through scipy), about two seconds a day.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from counterpoint.insight.data import TwinDay
from counterpoint.site import bench_lobby_world as world

GRID = 0.5
LONGEST = 240.0
#: Until this wait every half minute is a start of its own.
FINE = 10.0
#: Windows that are alike stand together: by chain link, how many they are.
LINKS = sorted(set(world.CHAIN), key=world.CHAIN.index)
SIZES = [world.CHAIN.count(link) for link in LINKS]


def bound_mean(days: Sequence[TwinDay]) -> float:
    """The mean over all customers of these days."""
    workers = max(1, min(len(days), os.cpu_count() or 1))
    with ProcessPoolExecutor(workers) as pool:
        totals = list(pool.map(total_wait, days))
    return sum(totals) / sum(len(day.arrived) for day in days)


def total_wait(day: TwinDay) -> float:
    """The least sum of waits of a day, by the relaxation."""
    program = _Program(day)
    found = linprog(
        program.costs(),
        A_eq=program.matrix(),
        b_eq=program.sides(),
        bounds=program.bounds(),
        method="highs-ipm",
    )
    if not found.success:
        raise ArithmeticError(f"the bound of a day was not found: {found.message}")
    return float(found.fun)


class _Program:
    """Variables: a start for each customer, link and interval; one for "served by nobody"; then the number
    at work by link and slot, which follows from the starts and ends.
    """

    def __init__(self, day: TwinDay) -> None:
        self.customers = len(day.arrived)
        released = np.floor(np.asarray(day.arrived) / GRID).astype(int)
        lengths = np.floor(np.asarray(day.duration) / GRID).astype(int)
        self.slots = int(released.max() + LONGEST / GRID + lengths.max() + 2 * LONGEST / GRID)
        self.rows: list[NDArray[np.int64]] = []
        self.columns: list[NDArray[np.int64]] = []
        self.values: list[NDArray[np.float64]] = []
        self.cost: list[NDArray[np.float64]] = []
        self.starts = 0
        for place, arrived in enumerate(day.arrived):
            self._customer(place, arrived, day.service[place], released[place], lengths[place])

    def _customer(self, place: int, arrived: float, service: str, released: int, length: int) -> None:
        offsets, widths, horizon = _intervals(length)
        begin = released + offsets
        filled, over = begin + widths - 1, begin + length
        surely = over > filled
        for link, skills in enumerate(LINKS):
            if service not in skills:
                continue
            columns = self._columns(np.maximum(0.0, begin * GRID - arrived))
            self._put(np.full(len(columns), place), columns, 1.0)
            first = self.customers + link * self.slots
            self._put(first + filled[surely], columns[surely], 1.0)
            self._put(first + over[surely], columns[surely], -1.0)
        nobody = self._columns(np.array([horizon * GRID]))
        self._put(np.array([place]), nobody, 1.0)

    def _columns(self, costs: NDArray[np.float64]) -> NDArray[np.int64]:
        columns = self.starts + np.arange(len(costs))
        self.starts += len(costs)
        self.cost.append(costs)
        return columns

    def _put(self, rows: NDArray[np.int64], columns: NDArray[np.int64], value: float) -> None:
        self.rows.append(rows)
        self.columns.append(columns)
        self.values.append(np.full(len(columns), value))

    def matrix(self) -> coo_matrix:
        links, slots = len(LINKS), self.slots
        at_work = self.starts + np.arange(links * slots).reshape(links, slots)
        balance = self.customers + np.arange(links * slots).reshape(links, slots)
        # At work now = at work before + begun − ended.
        self._put(balance.ravel(), at_work.ravel(), -1.0)
        self._put(balance[:, 1:].ravel(), at_work[:, :-1].ravel(), 1.0)
        shape = (self.customers + links * slots, self.starts + links * slots)
        parts = (np.concatenate(self.rows), np.concatenate(self.columns))
        return coo_matrix((np.concatenate(self.values), parts), shape=shape).tocsc()

    def costs(self) -> NDArray[np.float64]:
        return np.concatenate([*self.cost, np.zeros(len(LINKS) * self.slots)])

    def sides(self) -> NDArray[np.float64]:
        return np.concatenate([np.ones(self.customers), np.zeros(len(LINKS) * self.slots)])

    def bounds(self) -> NDArray[np.float64]:
        most = np.concatenate([np.full(self.starts, np.inf), np.repeat(np.asarray(SIZES, float), self.slots)])
        return np.column_stack([np.zeros(len(most)), most])


def _intervals(length: int) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Beginnings and widths of the starts of a service of so many slots, and where they end."""
    horizon = int(min(LONGEST, max(30.0, 6 * length * GRID)) / GRID)
    offsets, widths, at = [], [], 0
    while at < horizon:
        width = 1 if at * GRID < FINE else max(1, min(length // 6, at // 10))
        offsets.append(at)
        widths.append(width)
        at += width
    return np.asarray(offsets), np.asarray(widths), at
