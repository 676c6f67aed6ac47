"""From the post to the mailbox, by a real SMTP server on a socket: taken, refused, down, broken off."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model

from counterpoint.kit.data import SYSTEM
from counterpoint.mail import services as mail
from counterpoint.mail.data import LetterState
from counterpoint.mail.models import Delivery, Letter, LineState
from counterpoint.mail.services import outbox
from counterpoint.mail.tests.bank import EVENING, MORNING, at, posted

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def states():
    return list(Letter.objects.order_by("pk").values_list("state", flat=True))


def test_a_letter_reaches_the_mailbox_with_the_headers_of_a_machine(bank, server, settings):
    assert posted([bank.wang]) == 1
    assert mail.send_due() == 1
    (got,) = server.taken
    letter = Letter.objects.get()
    assert server.to == ["080101@bank.example"]
    assert got["Subject"] == "通知：大额取款新规"
    assert got["To"].addresses[0].display_name == "王芳"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["List-Id"] == "<notices.bank.example>"
    assert got["Message-ID"] == f"<{letter.token}@bank.example>"
    assert f"{settings.SITE_URL}/notices/versions/1/" in got.get_body(("plain",)).get_content()
    assert '<a href="' in got.get_body(("html",)).get_content()
    assert states() == [LetterState.SENT]
    assert Delivery.objects.get().outcome == "delivered"


def test_the_same_key_is_never_sent_twice(bank, server):
    assert posted([bank.wang]) == 1
    assert posted([bank.wang, bank.li]) == 1
    assert mail.send_due() == 2
    assert posted([bank.wang, bank.li]) == 0
    assert mail.send_due() == 0
    assert sorted(server.to) == ["080101@bank.example", "080102@bank.example"]


def test_what_the_server_refuses_for_good_is_not_tried_again(bank, server, monkeypatch):
    server.says["rcpt"] = "550 no such user"
    posted([bank.wang])
    mail.send_due()
    assert states() == [LetterState.FAILED]
    assert Delivery.objects.get().words == "550 no such user"
    at(monkeypatch, MORNING + 100 * HOUR)
    assert mail.send_due() == 0


@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_what_it_refuses_for_now_is_tried_again_after_a_while_and_then_given_up(
    bank, server, monkeypatch, step
):
    server.says[step] = "451 try later"
    posted([bank.wang])
    assert mail.send_due() == 1
    assert mail.send_due() == 0
    assert states() == [LetterState.WAITING]
    at(monkeypatch, MORNING + MINUTE)
    assert mail.send_due() == 1
    at(monkeypatch, MORNING + 49 * HOUR)
    assert mail.send_due() == 1
    assert states() == [LetterState.FAILED]
    assert server.taken == []


def test_a_letter_that_passed_after_all_came_once(bank, server, monkeypatch):
    server.says["data"] = "451 try later"
    posted([bank.wang])
    mail.send_due()
    server.says["data"] = ""
    at(monkeypatch, MORNING + MINUTE)
    mail.send_due()
    assert states() == [LetterState.SENT]
    assert len(server.taken) == 1
    assert list(Delivery.objects.order_by("pk").values_list("outcome", flat=True)) == [
        "temporary",
        "delivered",
    ]


def test_a_server_that_is_down_for_an_hour_loses_and_doubles_nothing(bank, server, monkeypatch):
    server.stop()
    posted([bank.wang, bank.li])
    for minutes in range(0, 60, 10):
        at(monkeypatch, MORNING + minutes * MINUTE)
        assert mail.send_due() == 0
    assert states() == [LetterState.WAITING] * 2
    assert Delivery.objects.count() == 0
    standing = mail.standing()
    assert standing.waiting == 2
    assert standing.down_since == MORNING
    assert "refused" in standing.words
    server.start()
    at(monkeypatch, MORNING + HOUR)
    assert mail.send_due() == 2
    assert sorted(server.to) == ["080101@bank.example", "080102@bank.example"]
    assert LineState.objects.count() == 0
    assert mail.send_due() == 0


def test_a_line_that_breaks_before_the_text_is_tried_again(bank, server, monkeypatch):
    server.says["rcpt"] = "drop"
    posted([bank.wang])
    mail.send_due()
    assert states() == [LetterState.WAITING]
    server.says["rcpt"] = ""
    at(monkeypatch, MORNING + MINUTE)
    mail.send_due()
    assert len(server.taken) == 1


@pytest.mark.parametrize(("says", "taken"), [("drop", 0), ("take and drop", 1)])
def test_a_line_that_breaks_after_the_text_leaves_it_uncertain_and_a_person_decides(
    bank, server, monkeypatch, says, taken
):
    server.says["data"] = says
    posted([bank.wang])
    mail.send_due()
    assert states() == [LetterState.UNCERTAIN]
    assert len(server.taken) == taken
    server.says["data"] = ""
    at(monkeypatch, MORNING + 100 * HOUR)
    assert mail.send_due() == 0
    letter = Letter.objects.get()
    mail.retry(letters=[letter.pk], by=bank.wu)
    mail.send_due()
    assert states() == [LetterState.SENT]
    assert {one["Message-ID"] for one in server.taken} == {f"<{letter.token}@bank.example>"}


def test_the_others_go_on_after_a_line_broke(bank, server):
    server.says["data"] = "drop"
    posted([bank.wang, bank.li])
    assert mail.send_due() == 2
    assert states() == [LetterState.UNCERTAIN] * 2


def test_a_sender_that_died_leaves_its_letter_uncertain_and_nobody_sends_it_again(bank, server, monkeypatch):
    posted([bank.wang])
    assert outbox.claim() is not None
    assert mail.send_due() == 0
    at(monkeypatch, MORNING + 11 * MINUTE)
    assert mail.send_due() == 0
    assert states() == [LetterState.UNCERTAIN]
    assert "stopped" in mail.letters(show="failed").lines[0].words
    assert server.taken == []


def test_who_has_no_address_is_shown_and_gets_it_once_there_is_one(bank, server):
    new = next(one for one in bank.staff.values() if one.id == bank.li.id)
    mail.set_addresses(addresses={}, by=SYSTEM)
    from counterpoint.mail.models import Address

    Address.objects.filter(pk=new.id).delete()
    posted([new])
    assert mail.send_due() == 0
    assert states() == [LetterState.UNADDRESSED]
    mail.set_addresses(addresses={new.id: "li.na@bank.example"}, by=SYSTEM)
    assert mail.send_due() == 1
    assert server.to == ["li.na@bank.example"]


def test_at_night_a_letter_waits_and_an_urgent_one_does_not(bank, server, monkeypatch):
    at(monkeypatch, EVENING)
    posted([bank.wang])
    posted([bank.li], key="notice:2", urgent=True)
    assert mail.send_due() == 1
    assert server.to == ["080102@bank.example"]
    at(monkeypatch, MORNING + 3 * 24 * HOUR)
    assert mail.send_due() == 1


def test_what_is_withdrawn_before_it_went_does_not_go(bank, server, monkeypatch):
    at(monkeypatch, EVENING)
    posted([bank.wang])
    assert mail.withdraw(about="notice:1", by=SYSTEM) == 1
    at(monkeypatch, MORNING + 3 * 24 * HOUR)
    assert mail.send_due() == 0
    assert states() == [LetterState.WITHDRAWN]


@pytest.mark.parametrize("title", ["新规\r\nBcc: everybody@bank.example", "x\nSubject: y", "x\u2028Bcc: y"])
def test_a_forged_header_does_not_become_one(bank, server, title):
    posted([bank.wang], title=title)
    posted([bank.li], key="notice:2")
    mail.send_due()
    assert all(one["Bcc"] is None and len(one.get_all("Subject")) == 1 for one in server.taken)
    assert "080102@bank.example" in server.to
    assert set(server.to) <= {"080101@bank.example", "080102@bank.example"}


def test_a_name_with_a_line_break_is_refused_and_seen(bank, server):
    get_user_model().objects.filter(pk=bank.wang.id).update(name_zh="王\r\nBcc: x@y.example")
    posted([bank.wang])
    mail.send_due()
    assert states() == [LetterState.FAILED]
    assert "header refused" in Delivery.objects.get().words


def test_a_line_to_another_computer_goes_by_tls_or_not_at_all(bank, server, settings, monkeypatch):
    monkeypatch.setattr("counterpoint.mail.services.line.is_local", lambda host: False)
    posted([bank.wang])
    assert mail.send_due() == 0
    assert "TLS is required" in mail.standing().words
    settings.SMTP_TLS = "starttls"
    assert mail.send_due() == 0
    assert "STARTTLS" in mail.standing().words
    assert server.taken == []


def test_without_a_server_letters_wait(bank, settings):
    settings.SMTP_HOST = ""
    posted([bank.wang])
    assert mail.send_due() == 0
    assert not mail.standing().configured
    assert states() == [LetterState.WAITING]


def test_a_line_that_begins_with_a_dot_arrives_as_it_was_written(bank, server, monkeypatch):
    from counterpoint.mail.services import composing

    monkeypatch.setattr(composing, "_foot", lambda letter: ".\n.dot")
    mail.choose(language="en", hours=None, ways={}, by=bank.wang)
    posted([bank.wang])
    mail.send_due()
    (got,) = server.taken
    assert got["Subject"] == "Notice: Large withdrawals"
    assert got.get_body(("plain",)).get_content().splitlines()[-2:] == [".", ".dot"]


def test_the_loop_stops_between_runs_and_leaves_no_letter_in_the_middle(bank, server, monkeypatch):
    monkeypatch.setattr(outbox, "RUN", 1)
    stop, runs = threading.Event(), []

    def one_run():
        runs.append(mail.send_due(limit=1))
        stop.set()
        return runs[-1]

    monkeypatch.setattr(outbox, "send_due", one_run)
    posted([bank.wang, bank.li])
    outbox._turn(stop)
    assert runs == [1]
    assert sorted(states()) == [LetterState.SENT, LetterState.WAITING]
