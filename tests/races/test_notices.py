"""Many read one notice at once: with real commits, and what would happen with the stronger lock."""

import threading

import pytest
from django.db import OperationalError, connection, transaction

from counterpoint.notices import services
from counterpoint.notices.services import parts
from counterpoint.notices.tests.bank import build, published
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bank(transactional_db):
    return build()


def read_at_once(bank):
    """Li Na acknowledges while Wang Fang's acknowledgement is not committed yet; what became of both."""
    version = published(bank).id
    begun, ended = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            services.acknowledge(version=version, by=bank.wang)
            begun.set()
            assert ended.wait(timeout=20)

    def quick():
        try:
            assert begun.wait(timeout=20)
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '1s'")
            services.acknowledge(version=version, by=bank.li)
        finally:
            ended.set()

    return at_once(slow, quick)


def test_readers_do_not_wait_for_each_other(bank):
    assert read_at_once(bank) == [None, None]


def test_with_the_lock_of_a_writer_they_would(bank, monkeypatch):
    monkeypatch.setattr(parts, "held", parts.locked)
    slow, quick = read_at_once(bank)
    assert slow is None
    assert isinstance(quick, OperationalError)
