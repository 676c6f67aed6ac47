"""One embedded server for a test run; every worker has its own database in it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

_server = None


def pytest_configure(config: pytest.Config) -> None:
    global _server
    os.environ.setdefault("COUNTERPOINT_DATA", tempfile.mkdtemp(prefix="counterpoint-test-"))
    os.environ["COUNTERPOINT_OWNER"] = "1"
    if "DATABASE_URL" not in os.environ:
        from counterpoint.kit.embedded import Server

        # Nothing here outlives the run, so the disk need not be waited for; the kill tests start
        # servers of their own, with fsync on.
        _server = Server(
            Path(tempfile.mkdtemp(prefix="counterpoint-pg-")),
            settings={"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"},
        )
        _server.start()
        os.environ["DATABASE_URL"] = _server.url


def pytest_unconfigure(config: pytest.Config) -> None:
    if _server is not None:
        _server.stop()
