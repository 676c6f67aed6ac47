"""Two speak, two read, a purge meets a hold: with real commits, and each race first with the lock off."""

import threading
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from counterpoint.kit import clock
from counterpoint.kit.data import Refusal
from counterpoint.talk import services as talk
from counterpoint.talk.models import Channel, Hold, Message, ReadMark, Stay
from counterpoint.talk.services import reach, reading, retention
from counterpoint.talk.tests.bank import build, direct, group, kept, say
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bank(transactional_db):
    return build()


def unlocked(monkeypatch):
    monkeypatch.setattr(reach, "locked_row", lambda id: Channel.objects.filter(pk=id).first())


# ---- the order of what is said ---------------------------------------------------------------------------


def held_back(monkeypatch, bank, channel):
    """The first message has its number, and waits to be committed until the second one is, or cannot be."""
    from counterpoint.talk.services import sending

    written, known, first = threading.Event(), sending.attach, []

    def slow(made, attached, by):
        if not first:
            first.append(made.pk)
            started.set()
            written.wait(timeout=1.5)
        known(made, attached, by)

    started = threading.Event()
    monkeypatch.setattr(sending, "attach", slow)

    def second():
        started.wait(timeout=10)
        said = say(bank.li, channel, "二")
        written.set()
        return said

    return at_once(partial(say, bank.wang, channel, "一"), second)


def test_a_reader_never_passes_over_a_message_that_comes_later(bank, monkeypatch):
    channel = direct(bank)
    one, two = held_back(monkeypatch, bank, channel)
    assert one < two
    assert Channel.objects.get(pk=channel).last == two
    assert [row.pk for row in Message.objects.order_by("pk")] == [one, two]


def test_without_the_lock_the_position_would_go_back_over_a_message(bank, monkeypatch):
    """The negative control: the second is committed first, and the first one sets the position back."""
    channel = direct(bank)
    unlocked(monkeypatch)
    one, two = held_back(monkeypatch, bank, channel)
    assert one < two
    assert Channel.objects.get(pk=channel).last == one


def test_one_key_sent_twice_at_once_is_one_message(bank):
    channel = direct(bank)
    for _ in range(3):
        key = uuid4()
        results = at_once(*[partial(say, bank.wang, channel, "同一条", key=key)] * 3)
        assert len(set(results)) == 1
        assert Message.objects.filter(key=key).count() == 1


def test_two_who_begin_at_once_have_one_conversation(bank):
    results = at_once(
        partial(talk.direct, person=bank.li.id, by=bank.wang),
        partial(talk.direct, person=bank.wang.id, by=bank.li),
    )
    assert len(set(results)) == 1
    assert Channel.objects.filter(kind="direct").count() == 1


# ---- how far somebody has read ----------------------------------------------------------------------------


def test_a_read_mark_never_goes_back(bank):
    channel = direct(bank)
    for _ in range(3):
        said = [say(bank.wang, channel) for _ in range(3)]
        at_once(*[partial(talk.mark_read, channel=channel, upto=one, by=bank.li) for one in said[::-1]])
        assert Stay.objects.get(channel=channel, person=bank.li.id).read == said[-1]
        marks = ReadMark.objects.filter(person=bank.li.id).order_by("pk").values_list("upto", flat=True)
        assert list(marks) == sorted(marks)


def test_a_mark_that_was_compared_by_the_process_would_go_back(bank, monkeypatch):
    """The negative control: both have compared before either has written; the older one writes last."""
    channel = direct(bank)
    older, newer = say(bank.wang, channel), say(bank.wang, channel)
    compared, done = threading.Barrier(2, timeout=10), threading.Event()

    def by_hand(mine, upto):
        behind = mine.filter(read__lt=upto).exists()
        compared.wait()
        if upto == older:
            done.wait(timeout=10)
        return behind and mine.update(read=upto)

    monkeypatch.setattr(reading, "_advance", by_hand)

    def first():
        talk.mark_read(channel=channel, upto=newer, by=bank.li)
        done.set()

    at_once(first, partial(talk.mark_read, channel=channel, upto=older, by=bank.li))
    assert Stay.objects.get(channel=channel, person=bank.li.id).read == older


# ---- a purge meets a hold ----------------------------------------------------------------------------------


def purge(channel):
    """Everything of a direct conversation is due."""
    return retention.purge(
        channel=channel, retention="personal", before=clock.now() + timedelta(days=1)
    )  # fmt: skip


def test_what_is_held_when_the_hold_is_placed_stays(bank):
    for _ in range(4):
        channel = talk.open_group(title="x", people=[bank.li.id], by=bank.wang)
        talk.classify(channel=channel, retention="personal", by=bank.auditor)
        for _ in range(3):
            say(bank.wang, channel)
        at_once(
            partial(purge, channel), partial(talk.hold, channel=channel, reason="案件", by=bank.auditor)
        )  # fmt: skip
        assert Hold.objects.filter(channel=channel, ended_at=None).exists()
        left = kept(channel)
        assert left in (0, 3), "a purge goes before the hold as a whole, or not at all"
        assert purge(channel) == 0
        assert kept(channel) == left


def test_without_the_lock_a_purge_would_run_into_a_hold(bank, monkeypatch):
    """The negative control: the hold is placed after the purge has looked; the server itself refuses."""
    channel = direct(bank)
    say(bank.wang, channel)
    unlocked(monkeypatch)
    looked, placed, known = threading.Event(), threading.Event(), retention.queries.is_held

    def look(id):
        found = known(id)
        if threading.current_thread().name == "purge":
            looked.set()
            placed.wait(timeout=10)
        return found

    monkeypatch.setattr(retention.queries, "is_held", look)

    def purging():
        threading.current_thread().name = "purge"
        return purge(channel)

    def holding():
        looked.wait(timeout=10)
        talk.hold(channel=channel, reason="案件", by=bank.auditor)
        placed.set()

    results = at_once(purging, holding)
    assert "is held" in str(results[0])
    assert kept(channel) == 1


# ---- who leaves while somebody speaks --------------------------------------------------------------------


def test_who_is_removed_speaks_before_it_or_not_at_all(bank):
    for _ in range(3):
        channel = group(bank)
        said, _gone = at_once(
            partial(say, bank.li, channel, "还在"),
            partial(talk.remove_member, channel=channel, person=bank.li.id, by=bank.wang),
        )
        stay = Stay.objects.filter(channel=channel, person=bank.li.id).get()
        assert isinstance(said, Refusal) or said <= stay.until
