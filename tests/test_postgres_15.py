"""The product on the oldest server that it promises, Debian's PostgreSQL 15, given by ``DATABASE_URL``."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from counterpoint.kit.embedded import Server

DEBIAN = Path("/usr/lib/postgresql/15/bin")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (DEBIAN / "postgres").exists(), reason="PostgreSQL 15 is not installed"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(
        tmp_path_factory.mktemp("fifteen"),
        bin_folder=DEBIAN,
        settings={"fsync": "off", "synchronous_commit": "off"},
    )
    server.start()
    yield server
    server.stop()


def run(server, *command, data):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("COUNTERPOINT_", "PYTEST_"))}
    environment |= {"DATABASE_URL": server.url, "COUNTERPOINT_DATA": str(data)}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *command],
        env=environment, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip


def test_it_is_really_fifteen(server):
    with psycopg.connect(server.url) as connection:
        assert connection.info.server_version // 10_000 == 15


def test_the_whole_demo_is_made_and_verified_on_it(server, tmp_path):
    made = run(server, "counterpoint.site.cli", "up", "--prepare", data=tmp_path)
    assert made.returncode == 0, made.stdout + made.stderr
    verified = run(server, "counterpoint.site.cli", "verify", "--json", data=tmp_path)
    report = json.loads(verified.stdout.splitlines()[-1])
    assert report["ok"], report
    assert report["entries"] > 1000


def test_the_books_and_the_seals_pass_their_tests_on_it(server, tmp_path):
    rooms = (
        "counterpoint/kit/tests/test_verbs.py",
        "counterpoint/kit/tests/test_sealer.py",
        "counterpoint/ledger",
    )
    done = run(server, "pytest", "-p", "no:cacheprovider", "-m", "not browser", *rooms, data=tmp_path)
    assert done.returncode == 0, done.stdout[-3000:]
