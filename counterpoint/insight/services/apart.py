"""Long sums in a process of their own 独立进程: the pages go on while the twin works."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any


def apart[R](function: Callable[..., R], *args: Any, **kwargs: Any) -> R:
    """What ``function`` returns, worked out elsewhere: pure functions of data without Django only.

    A fresh process, not a fork: this one has threads and open connections.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *args, **kwargs).result()
