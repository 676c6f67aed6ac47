"""Two tellers register one person in the same moment."""

import contextlib
import threading
from datetime import date

import pytest
from django.db import connection

from counterpoint.customers import services
from counterpoint.customers.data import (
    ContactInput,
    ContactKind,
    DocumentInput,
    DocumentKind,
    DuplicatesLikely,
    PartyExists,
    PartyKind,
)
from counterpoint.customers.models import IdentityNumber, Party
from counterpoint.customers.services import parties
from counterpoint.kit.data import Actor, ActorKind
from counterpoint.kit.models import Event

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
PASSPORT = DocumentInput(DocumentKind.PASSPORT, "E12345678")


def _register_at_once(monkeypatch, *, document, names):
    """Register two people on two connections, both past the look for duplicates before either writes.

    Returns what each got: a view, or the refusal.
    """
    together = threading.Barrier(2, timeout=5)
    look = parties._refuse_duplicates

    def look_and_wait(*args):
        look(*args)
        # When a lock keeps the other one waiting, which is the point, nobody comes.
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(timeout=1)

    monkeypatch.setattr(parties, "_refuse_duplicates", look_and_wait)
    results = [None, None]

    def teller(at):
        by = Actor(kind=ActorKind.PERSON, id=at + 1, name="", branch=3, desk=at)
        try:
            results[at] = services.register_party(
                kind=PartyKind.NATURAL,
                branch=3,
                by=by,
                name_zh=names[at],
                birth_date=date(1990, 5, 6),
                document=document,
                contacts=[ContactInput(ContactKind.PHONE, f"1381234567{at}")],
            )
        except Exception as refusal:  # the test looks at what it was
            results[at] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=teller, args=(at,)) for at in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return results


def _refusals(results):
    return [r for r in results if isinstance(r, Exception)]


def test_one_document_makes_one_record_whoever_is_first(monkeypatch):
    # Names that sound apart, so that only the number keeps them apart from one another.
    results = _register_at_once(monkeypatch, document=PASSPORT, names=("王芳", "李娜"))
    (refusal,) = _refusals(results)
    (winner,) = [r for r in results if not isinstance(r, Exception)]
    assert isinstance(refusal, PartyExists)
    assert refusal.details["party"] == winner.id
    assert Party.objects.count() == 1
    assert Event.objects.filter(verb="customers.party.registered").count() == 1


def test_without_a_document_the_second_is_shown_the_first(monkeypatch):
    results = _register_at_once(monkeypatch, document=None, names=("王芳", "王芳"))
    (refusal,) = _refusals(results)
    assert isinstance(refusal, DuplicatesLikely)
    assert Party.objects.count() == 1


def test_control_without_the_constraint_the_race_makes_two_records(monkeypatch):
    def claim(party, facts):
        if IdentityNumber.objects.filter(number=facts.number).exists():
            raise AssertionError("seen: no race happened")
        return IdentityNumber.objects.create(party_id=party, space=facts.space, number=facts.number).id

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE customers_identitynumber DROP CONSTRAINT customers_identity_once")
    try:
        monkeypatch.setattr(parties, "_claim", claim)
        results = _register_at_once(monkeypatch, document=PASSPORT, names=("王芳", "李娜"))
        assert _refusals(results) == []
        assert Party.objects.count() == 2
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE customers_identitynumber CASCADE")
            cursor.execute(
                "ALTER TABLE customers_identitynumber"
                " ADD CONSTRAINT customers_identity_once UNIQUE (number, space)"
            )


def test_control_without_the_lock_the_race_makes_two_records(monkeypatch):
    monkeypatch.setattr(parties, "_one_at_a_time", lambda sound, born: None)
    results = _register_at_once(monkeypatch, document=None, names=("王芳", "王芳"))
    assert _refusals(results) == []
    assert Party.objects.count() == 2
