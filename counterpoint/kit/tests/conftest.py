"""Events with real commits, and a superuser who alters what nobody may alter."""

import json
import threading

import pytest
from django.db import connection

from counterpoint.kit import sealer
from counterpoint.kit.database import connected
from counterpoint.kit.finality import anchor_path
from counterpoint.kit.verifier import examine


@pytest.fixture
def own_data(settings, tmp_path):
    """Keys and anchors of this test alone."""
    settings.DATA = tmp_path
    return tmp_path


@pytest.fixture
def journal(transactional_db, own_data, monkeypatch):
    monkeypatch.setattr("counterpoint.kit.verifier.CHECKS", {})
    return Journal()


class Journal:
    """Writes events as the product does and alters them as it never would."""

    def write(self, count=1, *, branch=3, verb="kit.test.sealed", together=False, xid=None):
        """Write events, each in a transaction of its own unless ``together``; returns their ids."""
        columns = "branch_id, verb, subject, actor, data" + (", xid" if xid else "")
        values = "%s, %s, 'test:' || n, 'system:0', jsonb_build_object('n', n, '额', '壹元')"
        values += ", %s" if xid else ""
        arguments = [branch, verb] + ([xid] if xid else [])
        insert = (
            f"INSERT INTO kit_event ({columns}) SELECT {values} FROM generate_series(%s, %s) n RETURNING id"
        )
        steps = [(1, count)] if together else [(n, n) for n in range(1, count + 1)]
        ids = []
        with connection.cursor() as cursor:
            for first, last in steps:
                cursor.execute(insert, [*arguments, first, last])
                ids += [row[0] for row in cursor.fetchall()]
        return ids

    def tamper(self, statement, *arguments):
        """As the database's superuser, with the triggers asleep."""
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            try:
                cursor.execute(statement, arguments)
                assert cursor.rowcount, "nothing was altered"
            finally:
                cursor.execute("SET session_replication_role = origin")

    def seal(self):
        return sealer.seal_once()

    def findings(self):
        return examine().findings

    def codes(self):
        return [finding.code for finding in self.findings()]

    def ask(self, query, *arguments):
        with connection.cursor() as cursor:
            cursor.execute(query, arguments)
            return cursor.fetchall()

    def anchors(self):
        return [json.loads(line) for line in anchor_path().read_text().splitlines()]


@pytest.fixture
def another_line():
    """A second connection to the same database."""
    with connected(application="test") as line:
        yield line


@pytest.fixture
def in_thread():
    """Run something beside the test; joined at its end."""
    threads = []

    def start(target, *args):
        thread = threading.Thread(target=target, args=args)
        thread.start()
        threads.append(thread)
        return thread

    yield start
    for thread in threads:
        thread.join(timeout=20)
        assert not thread.is_alive()
