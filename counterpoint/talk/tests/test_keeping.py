"""Keeping: what is purged and what is held; and what a look costs, however much lies behind it."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from counterpoint.kit import clock
from counterpoint.kit.data import NotAllowed
from counterpoint.kit.models import Event
from counterpoint.talk import frame
from counterpoint.talk import services as talk
from counterpoint.talk.data import HeldAlready
from counterpoint.talk.models import Message
from counterpoint.talk.services import retention
from counterpoint.talk.tests.bank import aged, direct, say, texts, thread, visit

pytestmark = pytest.mark.django_db


def test_what_is_too_old_is_purged_and_the_purge_leaves_an_event(bank):
    channel = direct(bank)
    old, new = say(bank.wang, channel, "旧"), say(bank.wang, channel, "新")
    talk.edit(message=old, text="更旧", by=bank.wang)
    talk.react(message=old, sign="seen", by=bank.li)
    aged(old, clock.now() - timedelta(days=366))
    assert talk.purge_due() == 1
    assert texts(bank, bank.li, channel) == ["新"]
    assert Event.objects.get(verb="talk.channel.purged").data["messages"] == 1
    assert talk.purge_due() == 0
    assert new


def test_each_class_is_kept_for_its_own_time(bank):
    channel = thread(bank, visit(bank))
    aged(say(bank.wang, channel), clock.now() - timedelta(days=366))
    assert talk.purge_due() == 0
    talk.classify(channel=channel, retention="personal", by=bank.auditor)
    assert talk.purge_due() == 1


def test_under_a_hold_nothing_goes_not_even_past_the_product(bank):
    channel = direct(bank)
    old = say(bank.wang, channel)
    aged(old, clock.now() - timedelta(days=9999))
    talk.hold(channel=channel, reason="案件", by=bank.auditor)
    with pytest.raises(HeldAlready):
        talk.hold(channel=channel, reason="案件", by=bank.auditor)
    assert talk.purge_due() == 0
    with pytest.raises(DatabaseError, match="is held"), transaction.atomic():
        Message.objects.filter(pk=old).delete()
    talk.release(channel=channel, by=bank.auditor)
    assert talk.purge_due() == 1
    with pytest.raises(HeldAlready):
        talk.release(channel=channel, by=bank.auditor)


def test_only_who_examines_the_bank_holds(bank):
    channel = direct(bank)
    with pytest.raises(NotAllowed):
        talk.hold(channel=channel, reason="x", by=bank.wang)
    with pytest.raises(NotAllowed):
        talk.conversations_of(person=bank.wang.id, by=bank.wang)


def test_a_long_purge_goes_in_batches(bank, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    channel = direct(bank)
    for _ in range(5):
        aged(say(bank.wang, channel), clock.now() - timedelta(days=400))
    assert talk.purge_due() == 5
    assert Event.objects.filter(verb="talk.channel.purged").count() == 3


# ---- what it costs -------------------------------------------------------------------------------------


def test_the_list_and_a_page_cost_the_same_for_one_message_and_for_many(bank):
    channel = direct(bank)
    say(bank.wang, channel)

    def cost(look):
        with CaptureQueriesContext(connection) as found:
            look()
        return len(found)

    def looks():
        return [
            cost(lambda: talk.lines(by=bank.li)), cost(lambda: talk.unread(by=bank.li)),
            cost(lambda: talk.messages(channel, by=bank.li)),
        ]  # fmt: skip

    few = looks()
    for n in range(20):
        said = say(bank.wang, channel, f"@{bank.li.name} 第 {n} 条")
        talk.react(message=said, sign="seen", by=bank.li)
    for one in (bank.zhang, bank.chen):
        say(one, talk.direct(person=bank.li.id, by=one))
    assert looks() == few == [2, 1, 10]


def test_the_frame_of_every_page_asks_one_question_for_talk(bank):
    say(bank.wang, direct(bank))
    request = RequestFactory().get("/")
    request.user = get_user_model().objects.get(pk=bank.li.id)
    request.session = {"branch": bank.li.branch}
    with CaptureQueriesContext(connection) as asked:
        assert frame.waiting(request).count == 1
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        assert f"talk:person:{bank.li.id}" in frame.channels(request)
    assert len(asked) == 0
