"""What the caller of a posting learns when the line, the server or the process breaks under it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import psycopg
import pytest
from django.db import connection

from counterpoint.kit.data import OutcomeUnknown
from counterpoint.kit.keys import new_key
from counterpoint.kit.models import Event
from counterpoint.ledger import effects
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import Effect, Leg, Posted, Posting
from counterpoint.ledger.engine import loop
from counterpoint.ledger.engine.order import prepare
from counterpoint.ledger.engine.wire import LineBroken, open_line
from counterpoint.ledger.models import Account
from counterpoint.ledger.tests import books

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ENGINES = "application_name = 'counterpoint posting' AND datname = current_database()"


class Slow(effects.EffectKind):
    """Keeps the batch in the server for a while, so that something can break meanwhile."""

    name = "test.slow"

    def load(self, payloads: Any) -> list[effects.Query]:
        return []

    def read(self, rows: Any, carried: Any) -> list[int]:
        return []

    def decide(self, state: list[int], payload: Any, posting: Posting) -> int:
        return 1

    def fold(self, state: list[int], change: int) -> None:
        state.append(change)

    def apply(self, state: list[int]) -> list[effects.Query]:
        return [("SELECT count(*) FROM (SELECT pg_sleep(0.6)) AS slow", ())]


@pytest.fixture(autouse=True)
def _slow() -> Iterator[None]:
    if "test.slow" not in effects._kinds:
        effects.register_effect(Slow())
    yield
    loop.stop_engine()


@pytest.fixture
def posting() -> Posting:
    branch = books.branch()
    account = books.customer(branch).id
    books.deposit(branch, account, 1_000)
    return Posting(
        key=new_key(), verb=books.VERB, branch=branch, business_date=books.DAY,
        legs=(Leg(account, 1_000), Leg(books.cash(branch), -1_000)), by=books.TELLER, subject="account:1",
    )  # fmt: skip


def in_server(done: Future[Posted]) -> None:
    """Wait until the batch is being written."""
    with connection.cursor() as cursor:
        for _ in range(100):
            cursor.execute(
                f"SELECT count(*) FROM pg_stat_activity WHERE {ENGINES} AND query LIKE '%%pg_sleep%%'"
            )
            if cursor.fetchone()[0]:
                return
            assert not done.done()
            time.sleep(0.01)
    raise AssertionError("the batch never came")


def test_a_line_cut_mid_batch_is_mended_and_the_posting_stands_once(posting: Posting) -> None:
    slow = posting._replace(effects=(Effect("test.slow", {}),))
    done = loop.engine().submit(prepare(slow))
    in_server(done)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ENGINES}")
    posted = done.result(timeout=5)
    assert not posted.repeated
    assert Event.objects.filter(key=posting.key).count() == 1
    assert Account.objects.get(id=posting.legs[0].account).balance == 0
    assert ledger.post(slow).repeated


def test_an_engine_that_is_stopped_leaves_nobody_waiting(posting: Posting) -> None:
    slow = posting._replace(effects=(Effect("test.slow", {}),))
    under_way = loop.engine().submit(prepare(slow))
    in_server(under_way)
    behind = loop.engine().submit(prepare(posting))
    loop.stop_engine()
    for future in (under_way, behind):
        with pytest.raises(OutcomeUnknown):
            future.result(timeout=5)
    # The commit may have been on its way: the key tells, and however often it is asked, it stands once.
    entry = ledger.post(slow).entry
    assert ledger.post(slow).entry == entry
    assert Event.objects.filter(key=posting.key).count() == 1


def test_a_server_that_does_not_come_back_leaves_the_outcome_unknown(
    posting: Posting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(self: loop.Engine) -> Any:
        raise LineBroken("nobody answers")

    loop.stop_engine()
    monkeypatch.setattr(loop, "DEADLINE", 0.3)
    with monkeypatch.context() as away:
        away.setattr(loop.Engine, "connect", gone)
        with pytest.raises(OutcomeUnknown) as unknown:
            ledger.post(posting)
        assert unknown.value.details["key"] == str(posting.key)
        loop.stop_engine()
    assert ledger.posted_by_key(posting.key) is None
    assert not ledger.post(posting).repeated


def test_a_commit_whose_answer_was_lost_is_the_first_answer_when_it_comes(
    posting: Posting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line breaks after the commit: the engine finds the key, and says what it would have said."""
    from counterpoint.ledger.engine.lane import COMMIT
    from counterpoint.ledger.engine.wire import Wire

    run = Wire.run
    broken: list[bool] = []

    async def run_and_break(self: Wire, statements: Any) -> Any:
        flight = list(statements)
        rows = await run(self, flight)
        if flight[-1] == COMMIT and not broken:
            broken.append(True)
            raise LineBroken("cut after the commit")
        return rows

    monkeypatch.setattr(Wire, "run", run_and_break)
    posted = ledger.post(posting)
    assert broken
    assert not posted.repeated
    assert Event.objects.filter(key=posting.key).count() == 1
    assert ledger.post(posting).repeated


def test_a_connection_string_is_not_shown_when_the_line_breaks() -> None:
    with pytest.raises((LineBroken, psycopg.Error)) as broken:
        open_line("host=/nowhere user=u password=secretword", ())
    assert "secretword" not in str(broken.value)
