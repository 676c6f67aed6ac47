"""What the benchmarks of the served product share: it runs in a process of its own, on a scratch folder."""

from __future__ import annotations

import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import psutil

from counterpoint.site.bench_desk_client import Line
from counterpoint.site.progress import console

#: With this everybody in the demo signs in; the sign-in page shows it.
DEMO_WORD = "counterpoint"


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for one run's data."""
    folder = Path(tempfile.mkdtemp(prefix="counterpoint-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, psutil.Process]]:
    """``counterpoint up`` with the demo branch: its port and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "counterpoint.site.cli", "up", "--port", str(port)]
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    log = folder / "up.log"
    with log.open("w") as out:
        product = subprocess.Popen(
            command,
            env=environment | {"COUNTERPOINT_DATA": str(folder)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        with console.status("Starting the product …"):
            while "is open at" not in log.read_text():
                if product.poll() is not None:
                    raise SystemExit(f"The product did not start:\n{log.read_text()[-2000:]}")
                time.sleep(0.2)
        yield port, psutil.Process(product.pid)
    finally:
        product.send_signal(signal.SIGINT)
        product.wait(timeout=60)


async def sign_in(port: int, number: str) -> str:
    """The cookies of a demo person's new session."""
    line = Line(port)
    page = await line.ask("GET", "/sign-in/")
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page.body)
    fields = {
        "login": number,
        "password": DEMO_WORD,
        "csrfmiddlewaretoken": token[1].decode() if token else "",
    }
    headers = {
        "Cookie": _cookies(page.headers), "Content-Type": "application/x-www-form-urlencoded",
        "Referer": f"http://127.0.0.1:{port}/",
    }  # fmt: skip
    answer = await line.ask("POST", "/sign-in/", body=urlencode(fields).encode(), headers=headers)
    line.close()
    if answer.status != 302:
        raise SystemExit(f"{number} could not sign in: {answer.status}")
    return _cookies(answer.headers)


def _cookies(headers: dict[str, str]) -> str:
    return "; ".join(line.partition(";")[0] for line in headers.get("set-cookie", "").split("\n") if line)


def processor(process: psutil.Process) -> float:
    """Seconds of processor time of a process and all below it."""
    times = [one.cpu_times() for one in family(process)]
    return float(sum(t.user + t.system + t.children_user + t.children_system for t in times))


def family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def percentile(times: list[float], percent: int) -> float | None:
    """The time below which so many parts of a hundred lie."""
    ordered = sorted(times)
    return round(ordered[len(ordered) * percent // 100], 1) if ordered else None


def this_machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
