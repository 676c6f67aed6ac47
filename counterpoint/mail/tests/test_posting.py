"""Posting: set-wise, in the receiver's language, by digest or at once; addresses; letters outside."""

from datetime import time, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core import signing
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from counterpoint.kit.data import SYSTEM, Malformed, NotAllowed
from counterpoint.mail import services as mail
from counterpoint.mail.data import Hours, LetterMalformed, LetterState, NoConsent, NothingToRetry, Way
from counterpoint.mail.models import Delivery, Letter, Preference
from counterpoint.mail.services import catalogue, composing, posting
from counterpoint.mail.services.addresses import SALT
from counterpoint.mail.tests.bank import EVENING, MORNING, at, posted

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"


def test_ten_thousand_people_take_as_many_questions_as_one(bank):
    with CaptureQueriesContext(connection) as one:
        posted([bank.wang], key="one")
    rows = get_user_model().objects.bulk_create(
        get_user_model()(username=f"{100000 + n}", name_zh=f"员工{n}", branch_id=3) for n in range(10_000)
    )
    with CaptureQueriesContext(connection) as many:
        made = mail.post(
            to=[row.pk for row in rows], template="notices.published", data={"title": "人人须知"}, key="many",
            by=SYSTEM,
        )  # fmt: skip
    assert made == 10_000
    assert len(many) <= len(one) <= 10


def test_a_mistake_in_the_verb_posts_nothing(bank):
    def publish():
        with transaction.atomic():
            posted([bank.wang])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        publish()
    assert not Letter.objects.exists()


def test_each_reads_it_in_their_own_language(bank, server):
    mail.choose(language="en", hours=None, ways={}, by=bank.li)
    posted([bank.wang, bank.li])
    mail.send_due()
    subjects = dict(zip(server.to, (one["Subject"] for one in server.taken), strict=True))
    assert subjects == {
        "080101@bank.example": "通知：大额取款新规",
        "080102@bank.example": "Notice: Large withdrawals",
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_template_of_every_room_can_be_filled(bank, language):
    for one in catalogue.templates():
        letter = Letter(
            pk=0, template=one.name, kind=one.kind, language=language, link="/x/", data={"title": "题"}
        )
        said = composing.text_of(letter)
        assert said.subject, one.name
        assert said.url.endswith("/x/")


def test_who_wants_a_digest_gets_one_letter_at_its_time(bank, server, monkeypatch):
    mail.choose(language="zh-hans", hours=None, ways={"notices": Way.DIGEST}, by=bank.wang)
    posted([bank.wang, bank.li])
    posted([bank.wang], key="notice:2", title="第二则")
    assert mail.send_due() == 1
    assert server.to == ["080102@bank.example"]
    at(monkeypatch, MORNING + timedelta(hours=6, minutes=30))
    assert mail.send_due() == 1
    digest = server.taken[1]
    assert server.to[1] == "080101@bank.example"
    assert digest["Subject"] == "今日 2 条消息"
    text = digest.get_body(("plain",)).get_content()
    assert "大额取款新规" in text
    assert "第二则" in text
    states = Letter.objects.filter(person=bank.wang.id).order_by("pk").values_list("state", flat=True)
    assert list(states) == [LetterState.GATHERED, LetterState.GATHERED, LetterState.SENT]
    assert mail.send_due() == 0


def test_an_urgent_letter_comes_at_once_to_who_wants_digests(bank, server):
    mail.choose(language="zh-hans", hours=None, ways={"notices": Way.DIGEST}, by=bank.wang)
    posted([bank.wang], urgent=True)
    assert mail.send_due() == 1


def test_a_long_digest_says_how_many_more_there_are(bank, server, monkeypatch):
    mail.choose(language="en", hours=None, ways={"notices": Way.DIGEST}, by=bank.wang)
    for n in range(composing.DIGEST + 3):
        posted([bank.wang], key=f"notice:{n}")
    at(monkeypatch, MORNING + timedelta(hours=7))
    mail.send_due()
    assert server.taken[0]["Subject"] == "53 messages today"
    assert "And 3 more" in server.taken[0].get_body(("plain",)).get_content()


def test_ones_own_hours_are_kept(bank, server, monkeypatch):
    hours = Hours(time(20), time(23))
    mail.choose(language="zh-hans", hours=hours, ways={}, by=bank.wang)
    at(monkeypatch, EVENING)
    posted([bank.wang, bank.li])
    assert mail.send_due() == 1
    assert server.to == ["080101@bank.example"]
    with pytest.raises(LetterMalformed):
        mail.choose(language="zh-hans", hours=Hours(time(9), time(9)), ways={}, by=bank.wang)
    with pytest.raises(LetterMalformed):
        mail.choose(language="xx", hours=None, ways={}, by=bank.wang)


def test_an_address_of_ones_own_holds_after_its_link_was_followed(bank, server):
    mail.ask_address(email="wang@home.example", by=bank.wang)
    assert mail.address_of(bank.wang.id).email == "080101@bank.example"
    mail.send_due()
    assert server.to == ["wang@home.example"]
    text = server.taken[0].get_body(("plain",)).get_content()
    token = text.partition("/mail/verification/")[2].partition("/")[0]
    with pytest.raises(LetterMalformed):
        mail.verify_address(token=token, by=bank.li)
    with pytest.raises(LetterMalformed):
        mail.verify_address(token=signing.dumps([bank.wang.id, "x@y.example"], salt=SALT), by=bank.wang)
    mail.verify_address(token=token, by=bank.wang)
    assert mail.address_of(bank.wang.id).email == "wang@home.example"
    posted([bank.wang])
    mail.send_due()
    assert server.to[-1] == "wang@home.example"


def test_the_directory_is_taken_over_by_who_administers_people(bank):
    with pytest.raises(NotAllowed):
        mail.set_addresses(addresses={bank.wang.id: "x@y.example"}, by=bank.zhang)
    with pytest.raises(LetterMalformed):
        mail.set_addresses(addresses={bank.wang.id: "x@y.example\nBcc: z@y.example"}, by=bank.wu)
    assert mail.set_addresses(addresses={bank.wang.id: "x@y.example"}, by=bank.wu) == 1


def test_nobody_outside_is_written_to_without_consent(bank):
    with pytest.raises(NoConsent):
        outside(consent=False)
    with pytest.raises(Malformed):
        outside(address="no address")
    assert not Letter.objects.exists()


def outside(**more):
    given = {"address": "kehu@mail.example", "consent": True, "key": "appointment:1"} | more
    return mail.post_to_address(template="mail.trial", data={"title": "预约"}, by=SYSTEM, **given)


def test_a_customer_gets_an_appointment_as_a_calendar_once(bank, server, monkeypatch):
    assert outside(calendar=ICS)
    assert not outside(calendar=ICS)
    assert outside(address="other@mail.example")
    at(monkeypatch, EVENING)
    mail.send_due()
    assert sorted(server.to) == ["kehu@mail.example", "other@mail.example"]
    first = server.taken[server.to.index("kehu@mail.example")]
    (part,) = first.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    assert part.get_filename() == "invite.ics"
    assert "BEGIN:VCALENDAR" in part.get_content()


def test_an_address_outside_is_masked_and_erased_after_its_time(bank, server, monkeypatch):
    outside()
    mail.send_due()
    assert mail.letters().lines[0].to == "ke***@mail.example"
    at(monkeypatch, MORNING + 200 * DAY)
    assert posting.erase_outside(180) == 1
    row = Letter.objects.get()
    assert (row.address, row.data, row.state) == ("", {}, LetterState.SENT)
    assert not outside()


def test_only_what_needs_somebody_is_sent_again_and_by_who_answers_for_it(bank, server):
    posted([bank.wang])
    mail.send_due()
    (sent,) = Letter.objects.all()
    with pytest.raises(NothingToRetry):
        mail.retry(letters=[sent.pk], by=bank.wu)
    with pytest.raises(NotAllowed):
        mail.retry(letters=[sent.pk], by=bank.zhang)


def test_what_an_attempt_brought_cannot_be_changed(bank, server):
    posted([bank.wang])
    mail.send_due()
    with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
        Delivery.objects.update(words="")


def test_who_is_suspended_gets_nothing(bank, server):
    get_user_model().objects.filter(pk=bank.wang.id).update(is_active=False)
    posted([bank.wang])
    mail.send_due()
    assert server.taken == []
    assert "suspended" in mail.letters(show="failed").lines[0].words


def test_what_is_chosen_as_the_bank_has_it_follows_the_bank(bank):
    view = mail.preference_of(bank.wang.id)
    mail.choose(language=view.language, hours=view.hours, ways=view.ways, by=bank.wang)
    row = Preference.objects.get()
    assert (row.language, row.start, row.end, row.ways) == ("", None, None, {})
