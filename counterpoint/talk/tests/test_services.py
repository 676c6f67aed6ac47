"""Talk: who reads what, in which order, once; what is changed, found, counted, told and kept."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM
from counterpoint.kit.models import Event
from counterpoint.people import services as people
from counterpoint.talk import services as talk
from counterpoint.talk.data import (
    GoneAlready,
    GroupFull,
    KeyReused,
    NotTheOwner,
    NotWriting,
    Presence,
    TalkMalformed,
    TooLate,
    TooManyMessages,
    UnknownChannel,
    UnknownMessage,
)
from counterpoint.talk.models import Channel, Message, Reaction, ReadMark, Wording
from counterpoint.talk.services import parts
from counterpoint.talk.tests.bank import (
    branch,
    direct,
    group,
    kept,
    say,
    texts,
    thread,
    visit,
)
from counterpoint.visits import services as visits

pytestmark = pytest.mark.django_db
CARD = "6222021001112345678"


def ruled(monkeypatch, **values):
    """Let these rules of talk have these values."""
    known = parts.rule
    monkeypatch.setattr(parts, "rule", lambda name: values[name] if name in values else known(name))


def later(monkeypatch, **more):
    moment = clock.now() + timedelta(**more)
    monkeypatch.setattr("counterpoint.kit.clock.now", lambda: moment)


# ---- sending -------------------------------------------------------------------------------------------


def test_two_people_have_one_conversation_whoever_begins(bank):
    assert direct(bank) == talk.direct(person=bank.wang.id, by=bank.li)
    with pytest.raises(TalkMalformed):
        talk.direct(person=bank.wang.id, by=bank.wang)


def test_a_message_sent_twice_under_one_key_is_there_once(bank):
    channel, key = direct(bank), uuid4()
    assert say(bank.wang, channel, key=key) == say(bank.wang, channel, key=key)
    assert kept(channel) == 1
    with pytest.raises(KeyReused):
        say(bank.wang, channel, "别的话", key=key)
    assert Event.objects.filter(verb="talk.message.sent").count() == 1


def test_an_event_holds_no_word_of_what_was_said(bank):
    channel = direct(bank)
    said = say(bank.wang, channel, f"绝密 {CARD}")
    talk.edit(message=said, text="更绝密", by=bank.wang)
    assert not [one for one in Event.objects.filter(verb__startswith="talk.") if "绝密" in str(one.data)]


def test_more_than_a_person_may_send_in_a_minute_is_refused(bank, monkeypatch):
    ruled(monkeypatch, messages_per_minute=2, urgent_per_hour=1)
    channel = direct(bank)
    say(bank.wang, channel, urgent=True)
    with pytest.raises(TooManyMessages, match="1"):
        say(bank.wang, channel, urgent=True)
    say(bank.wang, channel)
    with pytest.raises(TooManyMessages, match="2"):
        say(bank.wang, channel)
    later(monkeypatch, minutes=2)
    say(bank.wang, channel)


def test_an_answer_quotes_a_message_of_the_same_conversation_only(bank):
    channel, other = direct(bank), group(bank)
    first, elsewhere = say(bank.wang, channel, "几点"), say(bank.wang, other)
    answered = say(bank.li, channel, "九点", answers=first)
    assert talk.message(answered, by=bank.wang).quote.text == "几点"
    with pytest.raises(UnknownMessage):
        say(bank.li, channel, answers=elsewhere)


# ---- who reads -----------------------------------------------------------------------------------------


def test_others_have_no_such_conversation(bank):
    channel = direct(bank)
    said = say(bank.wang, channel)
    for look in (
        lambda: talk.messages(channel, by=bank.chen), lambda: talk.members_of(channel, by=bank.chen),
        lambda: say(bank.chen, channel), lambda: talk.mark_read(channel=channel, upto=said, by=bank.chen),
    ):  # fmt: skip
        with pytest.raises(UnknownChannel):
            look()
    with pytest.raises(UnknownMessage):
        talk.receipts(said, by=bank.chen)


def test_who_left_reads_what_was_said_until_then_and_who_came_what_was_said_since(bank):
    channel = group(bank)
    say(bank.wang, channel, "一")
    talk.remove_member(channel=channel, person=bank.li.id, by=bank.wang)
    said = say(bank.wang, channel, "二")
    talk.add_member(channel=channel, person=bank.chen.id, by=bank.wang)
    say(bank.wang, channel, "三")
    assert texts(bank, bank.li, channel) == ["一"]
    assert texts(bank, bank.chen, channel) == ["三"]
    with pytest.raises(NotWriting):
        say(bank.li, channel)
    with pytest.raises(UnknownMessage):
        talk.receipts(said, by=bank.li)
    talk.add_member(channel=channel, person=bank.li.id, by=bank.wang)
    say(bank.wang, channel, "四")
    assert texts(bank, bank.li, channel) == ["一", "四"]
    assert talk.search(query="二", by=bank.li).found == ()
    assert len(talk.search(query="四", by=bank.li).found) == 1


def test_who_was_removed_hears_nothing_any_more(bank):
    channel = group(bank)
    talk.remove_member(channel=channel, person=bank.li.id, by=bank.wang)
    told = parts.told_of(Channel.objects.get(pk=channel))
    assert parts.person_channel(bank.li.id) not in told
    assert parts.person_channel(bank.zhang.id) in told


def test_a_message_is_told_to_its_readers_alone_and_names_its_conversation(bank, monkeypatch):
    told = []
    known = parts.tell
    monkeypatch.setattr(parts, "tell", lambda one: (told.append(one), known(one)))
    about = visit(bank)
    for channel, readers, name in (
        (direct(bank), {bank.wang.id, bank.li.id}, None),
        (thread(bank, about), {bank.wang.id, bank.chen.id}, f"talk:visit:{about}"),
    ):
        say(bank.wang, channel, f"@{bank.chen.name} 请看")
        heard = {one for one in told[-1].channels if one.startswith("talk:person:")}
        assert heard == {parts.person_channel(one) for one in readers}
        assert told[-1].about == (name or f"talk:{channel}")
        assert told[-1].branch == 0, "no board of the branch fetches itself again for a word"


def test_a_group_without_its_owner_belongs_to_who_was_in_it_longest(bank):
    channel = group(bank)
    with pytest.raises(NotTheOwner):
        talk.rename(channel=channel, title="x", by=bank.li)
    talk.leave(channel=channel, by=bank.wang)
    talk.rename(channel=channel, title="新名", by=bank.li)
    assert talk.channel(channel, by=bank.zhang).title == "新名"


def test_a_group_has_room_for_so_many(bank, monkeypatch):
    ruled(monkeypatch, group_members=3)
    channel = group(bank)
    with pytest.raises(GroupFull):
        talk.add_member(channel=channel, person=bank.chen.id, by=bank.wang)
    with pytest.raises(GroupFull):
        group(bank, bank.li, bank.zhang, bank.chen)


def test_the_branch_talks_where_one_works_now(bank):
    channel = branch(bank)
    say(bank.wang, channel, "开门")
    assert texts(bank, bank.li, channel) == ["开门"]
    with pytest.raises(UnknownChannel):
        talk.messages(channel, by=bank.elsewhere)


def test_a_thread_is_for_who_may_see_the_visit(bank):
    about = visit(bank)
    channel = thread(bank, about)
    say(bank.wang, channel, "差一份证明")
    assert texts(bank, bank.liu, channel) == ["差一份证明"]
    assert talk.subject("visit", about, bank.elsewhere) is None
    with pytest.raises(UnknownChannel):
        talk.messages(channel, by=bank.elsewhere)
    event = Event.objects.get(verb="talk.thread.opened")
    assert event.correlation == visits.visit(about).key


def test_a_right_that_ends_takes_the_thread_along(bank):
    about = visit(bank)
    channel = thread(bank, about)
    say(bank.wang, channel, "差一份证明")
    say(bank.li, channel, "我有")
    people.suspend_staff(person=bank.li.id, reason="调查", by=SYSTEM)
    with pytest.raises(UnknownChannel):
        talk.messages(channel, by=bank.li)
    assert talk.search(query="证明", by=bank.li).found == ()


# ---- naming, signs, presence, news ---------------------------------------------------------------------


def test_who_is_named_in_a_thread_follows_it_unless_they_may_not_see_it(bank):
    channel = thread(bank, visit(bank))
    say(bank.wang, channel, "@李娜 @陈静 请看")
    assert {one.person for one in talk.members_of(channel, by=bank.wang)} >= {bank.li.id, bank.chen.id}
    assert [one.named for one in talk.lines(by=bank.li).lines] == [True]
    assert talk.unread(by=bank.li) == 1


def test_a_sign_is_given_and_taken_back(bank):
    channel = direct(bank)
    said = say(bank.wang, channel)
    assert talk.react(message=said, sign="done", by=bank.li)
    assert talk.message(said, by=bank.li).reactions[0].mine
    assert not talk.react(message=said, sign="done", by=bank.li)
    assert talk.message(said, by=bank.li).reactions == ()
    assert Reaction.objects.count() == 1
    with pytest.raises(TalkMalformed):
        talk.react(message=said, sign="boo", by=bank.li)


def test_who_serves_is_let_alone_but_for_what_is_urgent_or_of_the_own_visit(bank):
    about = visit(bank)
    visits.serve(visit=about, by=bank.wang)
    channel = talk.direct(person=bank.wang.id, by=bank.li)
    say(bank.li, channel, "在吗")
    assert talk.news(by=bank.wang, after=0)[0] == []
    assert talk.unread(by=bank.wang) == 1
    say(bank.li, channel, "金库有事", urgent=True)
    say(bank.li, thread(bank, about), f"@{bank.wang.name} 客户的存折在我这里")
    assert [one.text for one in talk.news(by=bank.wang, after=0)[0]] == [
        "金库有事",
        "@王芳 客户的存折在我这里",
    ]
    assert talk.presence([bank.wang.id, bank.li.id])[bank.wang.id] is Presence.SERVING


def test_what_was_read_is_no_news(bank):
    channel = direct(bank)
    said = say(bank.wang, channel)
    talk.mark_read(channel=channel, upto=said, by=bank.li)
    assert talk.news(by=bank.li, after=0)[0] == []


# ---- reading -------------------------------------------------------------------------------------------


def test_a_receipt_has_the_time_at_which_it_was_first_read(bank, monkeypatch):
    channel = group(bank)
    first = say(bank.wang, channel)
    assert talk.mark_read(channel=channel, upto=first, by=bank.li)
    then = clock.now()
    later(monkeypatch, hours=1)
    second = say(bank.wang, channel)
    assert talk.mark_read(channel=channel, upto=second, by=bank.li)
    receipts = {one.person: one.at for one in talk.receipts(first, by=bank.wang)}
    assert receipts[bank.li.id] <= then
    assert receipts[bank.zhang.id] is None
    assert {one.person for one in talk.receipts(second, by=bank.wang) if one.at} == {bank.li.id}


def test_a_mark_goes_neither_back_nor_beyond_the_last_message(bank):
    channel = direct(bank)
    first, second = say(bank.wang, channel), say(bank.wang, channel)
    assert talk.mark_read(channel=channel, upto=second + 1000, by=bank.li)
    assert not talk.mark_read(channel=channel, upto=first, by=bank.li)
    assert ReadMark.objects.get(person=bank.li.id).upto == second
    say(bank.wang, channel)
    assert talk.unread(by=bank.li) == 1


# ---- editing, withdrawing, masking -----------------------------------------------------------------------


def test_every_wording_stays_on_record(bank, monkeypatch):
    said = say(bank.wang, direct(bank), "三点")
    talk.edit(message=said, text="四点", by=bank.wang)
    talk.edit(message=said, text="五点", by=bank.wang)
    assert [one.text for one in talk.wordings(said, by=bank.li)] == ["三点", "四点"]
    assert talk.message(said, by=bank.li).text == "五点"
    assert talk.search(query="三点", by=bank.li).found == ()
    with pytest.raises(NotTheOwner):
        talk.edit(message=said, text="六点", by=bank.li)
    later(monkeypatch, minutes=16)
    with pytest.raises(TooLate):
        talk.edit(message=said, text="七点", by=bank.wang)


def test_what_is_withdrawn_is_out_of_sight_and_on_record(bank):
    said = say(bank.wang, direct(bank), "说错了的话")
    talk.withdraw(message=said, by=bank.wang)
    assert talk.message(said, by=bank.li).text == ""
    assert talk.search(query="说错", by=bank.wang).found == ()
    assert Message.objects.get(pk=said).text == "说错了的话"
    for act in (
        lambda: talk.withdraw(message=said, by=bank.wang), lambda: talk.unmask(message=said, by=bank.li),
        lambda: talk.react(message=said, sign="done", by=bank.li),
    ):  # fmt: skip
        with pytest.raises(GoneAlready):
            act()


def test_what_was_said_does_not_change_even_for_the_owner_of_the_tables(bank):
    said = say(bank.wang, direct(bank), "一")
    talk.edit(message=said, text="二", by=bank.wang)
    for change in (
        lambda: Message.objects.filter(pk=said).update(author=bank.li.id),
        lambda: Wording.objects.update(text="三"),
    ):
        with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
            change()


def test_a_number_in_clear_is_an_event_and_a_search_does_not_find_it(bank):
    said = say(bank.wang, direct(bank), f"卡号 {CARD}")
    assert talk.message(said, by=bank.li).text == "卡号 ****5678"
    assert talk.search(query=CARD, by=bank.li).found == ()
    assert talk.unmask(message=said, by=bank.li) == f"卡号 {CARD}"
    assert Event.objects.get(verb="talk.message.unmasked").data["message"] == said


def test_words_are_found_in_both_languages(bank):
    say(bank.wang, direct(bank), "Vault count differs 尾箱差额")
    for query in ("尾箱", "vault", "差", "va", "Vault 差额"):
        assert len(talk.search(query=query, by=bank.li).found) == 1, query
    for query in ("印章", "teller", "!!", ""):
        assert talk.search(query=query, by=bank.li).found == (), query
