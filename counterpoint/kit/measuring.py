"""What measurements share: times of queries, their percentiles, and the machine they were taken on."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import django
from django.db import connection

WARM_UP = 100


def measure(queries: list[str], look: Callable[[str], None]) -> list[float]:
    """Milliseconds of each query, after a short warm-up."""
    for query in queries[:WARM_UP]:
        look(query)
    times = []
    for query in queries:
        began = time.perf_counter_ns()
        look(query)
        times.append((time.perf_counter_ns() - began) / 1e6)
    return times


def percentile(times: list[float], percent: int) -> float:
    """The time below which so many of a hundred lie, in the unit of ``times``."""
    return round(statistics.quantiles(times, n=100, method="inclusive")[percent - 1], 3)


def machine() -> dict[str, Any]:
    """Processor, cores, load and versions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        postgres = cursor.fetchone()[0]
    processor = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            processor = next(
                (line.split(":")[1].strip() for line in file if line.startswith("model name")), processor
            )
    except OSError:
        pass
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "django": django.get_version(),
        "postgresql": postgres.split()[0],
    }


def described(here: dict[str, Any]) -> str:
    """The machine as a line below a table."""
    return (
        f"{here['processor']}, {here['cores']} cores, load {here['load']}; Python {here['python']}, "
        f"Django {here['django']}, PostgreSQL {here['postgresql']}"
    )


def emit(figures: dict[str, Any]) -> None:
    """The figures as one JSON object, a line of standard output."""
    sys.stdout.write(f"{json.dumps(figures, ensure_ascii=False)}\n")
