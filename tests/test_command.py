"""The commands as an auditor runs them: one makes a bank and seals it, others verify and prove."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import COMMAND, around

pytestmark = pytest.mark.slow


def counterpoint(data: Path, *arguments: str, database: bool = True) -> subprocess.CompletedProcess[str]:
    # No server listens there: a command that asks a database fails.
    nowhere = {} if database else {"DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    return subprocess.run(
        [*COMMAND, *arguments],
        env=around(data) | nowhere, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, demo_bank: Callable[[Path], None]) -> Path:
    folder = tmp_path_factory.mktemp("bank")
    demo_bank(folder)
    made = counterpoint(folder, "demo")
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="module")
def key(data: Path) -> Path:
    (path,) = (data / "keys").glob("seal-*.pub")
    return path


def test_the_demo_is_sealed_to_its_last_event_without_a_server(data: Path) -> None:
    query = (
        "SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM kit_block b"
        " WHERE b.branch_id = e.branch_id AND e.xid <= b.upto_xid)) FROM kit_event e"
    )
    answer = counterpoint(data, "psql", "-Atc", query)
    events, unsealed = map(int, answer.stdout.strip().split("|"))
    assert (events > 1000, unsealed) == (True, 0)
    assert counterpoint(data, "verify").returncode == 0


def test_every_term_deposit_of_the_demo_holds_money(data: Path) -> None:
    query = (
        "SELECT count(*), count(*) FILTER (WHERE balance > 0),"
        " count(*) FILTER (WHERE balance <> (SELECT -sum(amount) FROM ledger_leg WHERE account_id = a.id))"
        " FROM ledger_account a WHERE kind = 'term'"
    )
    terms, with_money, astray = map(int, counterpoint(data, "psql", "-Atc", query).stdout.strip().split("|"))
    assert (terms > 20, with_money, astray) == (True, terms, 0)


def test_an_auditor_gets_a_proof_in_a_file_and_checks_it_without_a_database(
    data: Path, key: Path, tmp_path: Path
) -> None:
    event = counterpoint(data, "psql", "-Atc", "SELECT max(id) FROM kit_event").stdout.strip()
    paper = tmp_path / "proof.json"
    written = counterpoint(data, "proof", event, "--out", str(paper))
    assert (written.returncode, str(paper) in written.stdout) == (0, True), written.stderr
    good = counterpoint(tmp_path, "check-proof", str(paper), "--key", str(key), database=False)
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout)["id"] == int(event)
    forged = json.loads(paper.read_text()) | {"signature": "00" * 64}
    paper.write_text(json.dumps(forged))
    bad = counterpoint(tmp_path, "check-proof", str(paper), "--key", str(key), database=False)
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.startswith("proof_failed: ")


def test_what_cannot_be_proved_or_read_is_said_in_one_line(data: Path, key: Path, tmp_path: Path) -> None:
    unknown = counterpoint(data, "proof", "999999999", "--out", str(tmp_path / "none.json"))
    assert (unknown.returncode, unknown.stderr.count("\n")) == (1, 1)
    assert unknown.stderr.startswith("event_unsealed: ")
    assert not (tmp_path / "none.json").exists()
    missing = counterpoint(tmp_path, "check-proof", str(tmp_path / "gone"), "--key", str(key), database=False)
    assert (missing.returncode, missing.stderr) == (1, f"{tmp_path / 'gone'}: No such file or directory\n")
