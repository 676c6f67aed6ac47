"""What stories and commands share: a demo bank that was made once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-W", "ignore", "-m", "counterpoint.site.cli"]


def around(folder: Path) -> dict[str, str]:
    """The environment of a command on the data in ``folder``, without what this test run has set."""
    return {
        name: value for name, value in os.environ.items()
        if not name.startswith("COUNTERPOINT_") and name != "DATABASE_URL"
    } | {"COUNTERPOINT_DATA": str(folder)}  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stories first: they wait for a browser most of the time, and the rest fills the other processor."""
    stories = str(Path(__file__).parent / "journeys")
    items.sort(key=lambda item: not str(item.path).startswith(stories))


@pytest.fixture(scope="session")
def demo_bank(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], None]:
    """``demo_bank(folder)``: the demo, as ``counterpoint up`` makes it; one worker makes it for all."""
    base = tmp_path_factory.getbasetemp()
    made = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo-bank"
    ready = made.with_suffix(".ready")
    try:
        made.mkdir()
    except FileExistsError:
        deadline = time.monotonic() + 240
        while not ready.exists() and time.monotonic() < deadline:
            time.sleep(0.2)
    else:
        done = subprocess.run(
            [*COMMAND, "up", "--prepare"],
            env=around(made), capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        ready.touch()
    assert ready.exists(), "the demo was not made"

    def copy(folder: Path) -> None:
        shutil.copytree(made, folder, dirs_exist_ok=True)

    return copy
