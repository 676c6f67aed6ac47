"""The torture finds nothing wrong on sound books, and would notice what it looks for."""

import json
import os
import subprocess
import sys

import pytest

from counterpoint.kit.keys import new_key
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import Leg
from counterpoint.ledger.engine.loop import stop_engine
from counterpoint.site import torture
from tests.house.source import ROOT

pytestmark = pytest.mark.race


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_when_database_and_poster_are_killed(tmp_path):
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "COUNTERPOINT_DATA"}}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "counterpoint.site.cli", "torture", "--rounds", "3", "--json"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["ok"] is True
    assert (found["database_kills"], found["poster_kills"]) == (2, 2)
    assert found["acknowledged"] > 100
    assert (found["lost"], found["doubled"], found["unanswered"], found["findings"]) == (0, 0, 0, [])


@pytest.fixture
def books(transactional_db, settings, tmp_path, monkeypatch):
    settings.DATA = tmp_path
    monkeypatch.setattr(torture, "ACCOUNTS", 3)
    torture._make_books(tmp_path)
    yield Reckoning(tmp_path)
    stop_engine()


class Reckoning:
    """A notebook written by hand beside real postings."""

    def __init__(self, folder):
        self.folder = folder
        self.books = json.loads((folder / "books.json").read_text())
        self.notes = []

    def post(self, amount=700):
        key, account = str(new_key()), self.books["accounts"][0]
        legs = (Leg(self.books["cash"], amount), Leg(account, -amount))
        entry = ledger.post(torture.posting_of(self.books, key, legs)).entry
        self.note(key, amount, entry)

    def note(self, key, amount, entry=None):
        self.notes.append(
            {"key": key, "debit": self.books["cash"], "credit": self.books["accounts"][0], "amount": amount}
        )
        if entry is not None:
            self.notes.append({"key": key, "entry": entry})

    def reckon(self):
        text = "".join(json.dumps(note) + "\n" for note in self.notes)
        (self.folder / "notebook.jsonl").write_text(text)
        result = torture.Result()
        torture._reckon(self.folder, result)
        return result


def test_sound_books_pass_the_reckoning(books):
    books.post()
    books.post()
    result = books.reckon()
    assert result.ok, result
    assert result.acknowledged == 2


def test_an_acknowledged_posting_that_does_not_stand_is_noticed(books):
    books.post()
    books.note(str(new_key()), 700, entry=999_999)
    result = books.reckon()
    assert (result.lost, result.wrong_balances, result.ok) == (1, 1, False)


def test_a_posting_that_nobody_sent_is_noticed(books):
    books.post()
    books.post()
    books.notes = books.notes[:2]
    result = books.reckon()
    assert (result.unexpected, result.wrong_balances, result.ok) == (1, 1, False)


def test_a_posting_without_an_answer_is_noticed(books):
    books.post()
    books.note(str(new_key()), 700)
    result = books.reckon()
    assert (result.unanswered, result.ok) == (1, False)
