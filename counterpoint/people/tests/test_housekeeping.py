"""Expired sessions and cache rows leave; what still holds stays."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from counterpoint.people import services
from counterpoint.people.models import LoginSession, Staff
from counterpoint.people.services import housekeeping
from counterpoint.people.tests.hands import is_signed_in, session_row, sign_in


def cached() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM people_cache")
        return {key for (key,) in cursor.fetchall()}


def expire(client: Client) -> None:
    row = session_row(client)
    LoginSession.objects.filter(pk=row.pk).update(expire_date=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db
def test_what_has_expired_goes_and_the_rest_stays(
    client: Client, teller: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "PORTION", 2)
    sign_in(client)
    for _ in range(3):
        gone = Client()
        sign_in(gone)
        expire(gone)
    cache.clear()  # on a slow machine what signing in has counted is stale by now, too
    cache.set("fresh", 1, 600)
    cache.set("stale", 1, 600)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_cache SET expires = now() - interval '1 s' WHERE cache_key LIKE '%stale'"
        )
    before = cached()
    removed = services.sweep()
    assert removed == {"sessions": 3, "cache": 1}
    assert {key.rpartition(":")[2] for key in before - cached()} == {"stale"}
    assert LoginSession.objects.count() == 1
    assert is_signed_in(client)


@pytest.mark.django_db(transaction=True)
def test_the_servers_thread_sweeps_by_itself(client: Client, teller: Staff) -> None:
    sign_in(client)
    stop = threading.Event()
    thread = threading.Thread(target=services.sweep_forever, args=(stop,), kwargs={"every": 0.05})
    thread.start()
    try:
        time.sleep(0.2)
        assert LoginSession.objects.count() == 1
        expire(client)
        until = time.monotonic() + 5
        while LoginSession.objects.exists() and time.monotonic() < until:
            time.sleep(0.02)
        assert not LoginSession.objects.exists()
    finally:
        stop.set()
        thread.join(timeout=5)
    assert not thread.is_alive()
