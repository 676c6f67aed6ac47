"""The screens: deliveries, robots, addresses, one's own mail, the test server's page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from counterpoint.mail import services as mail
from counterpoint.mail.data import LetterState, Way
from counterpoint.mail.models import Letter
from counterpoint.mail.tests.bank import browser, posted
from counterpoint.mail.tests.test_rules import WECOM

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def at(name, *arguments):
    return reverse(f"mail:{name}", args=arguments)


def words(answer):
    return answer.content.decode()


def test_what_failed_is_found_and_sent_again(bank, server):
    server.says["rcpt"] = "550 no such user"
    posted([bank.wang])
    mail.send_due()
    server.says["rcpt"] = ""
    posted([bank.li], key="notice:2")
    mail.send_due()
    client = browser(bank.wu)
    page = words(client.get(at("letters"), {"show": "failed"}))
    assert "550 no such user" in page
    assert "080102" not in page
    assert "080101" in words(client.get(at("letters"), {"number": "080101"}, headers=HTMX))
    assert "080102" not in words(client.get(at("letters"), {"number": "080101"}, headers=HTMX))
    failed = Letter.objects.get(state=LetterState.FAILED)
    assert client.post(at("retry"), {"letter": failed.pk}).status_code == 302
    mail.send_due()
    assert "080101@bank.example" in server.to
    assert client.post(at("retry"), {}).status_code in (404, 409)


def test_the_list_asks_as_often_for_many_letters_as_for_few(bank):
    posted([bank.wang])
    client = browser(bank.wu)
    client.get(at("letters"))
    with CaptureQueriesContext(connection) as few:
        client.get(at("letters"), headers=HTMX)
    for n in range(30):
        posted([bank.wang, bank.li], key=f"notice:{n + 9}")
    with CaptureQueriesContext(connection) as many:
        client.get(at("letters"), headers=HTMX)
    assert len(many) == len(few)


def test_the_post_is_for_who_answers_for_it(bank):
    for name in ("letters", "bots", "addresses"):
        assert browser(bank.wang).get(at(name)).status_code == 403
        assert browser(bank.wu).get(at(name)).status_code == 200
    assert browser(bank.auditor).get(at("letters")).status_code == 200
    assert browser(bank.auditor).get(at("bots")).status_code == 403
    assert browser(bank.auditor).post(at("retry"), {}).status_code == 403


def test_my_mail_shows_my_letters_and_keeps_what_i_choose(bank):
    posted([bank.wang], title="给王芳的")
    posted([bank.li], key="notice:2", title="给李娜的")
    client = browser(bank.wang, "zh")
    page = words(client.get(at("mine")))
    assert "给王芳的" in page
    assert "给李娜的" not in page
    typed = {
        "language": "en", "start": "09:00", "end": "17:30", "way_notices": "digest",
        "way_reminders": "at_once", "way_feedback": "digest", "way_meetings": "at_once",
    }  # fmt: skip
    assert client.post(at("mine"), typed).status_code == 302
    chosen = mail.preference_of(bank.wang.id)
    assert chosen.language == "en"
    assert chosen.ways["notices"] is Way.DIGEST
    assert f"{chosen.hours.start:%H:%M}" == "09:00"
    for wrong in ({"end": ""}, {"end": "08:00"}, {"way_notices": "never"}, {"language": "xx"}):
        assert client.post(at("mine"), typed | wrong).status_code == 422
    assert "080101@bank.example" in words(client.get(at("account")))
    assert at("account") in words(client.get(reverse("people:account")))


def test_another_mailbox_is_asked_for_and_confirmed_by_a_press(bank, server):
    client = browser(bank.wang)
    assert client.post(at("address"), {"email": "no address"}).status_code == 422
    assert client.post(at("address"), {"email": "wang@home.example"}).status_code == 302
    mail.send_due()
    text = server.taken[0].get_body(("plain",)).get_content()
    path = "/mail/verification/" + text.partition("/mail/verification/")[2].partition("/")[0] + "/"
    assert client.get(path).status_code == 200
    assert mail.address_of(bank.wang.id).email == "080101@bank.example"
    assert client.post(path).status_code == 302
    assert mail.address_of(bank.wang.id).email == "wang@home.example"
    assert client.post(path).status_code == 422


def test_the_directory_is_pasted_in(bank):
    client = browser(bank.wu)
    for lines in ("080101", "999999 a@b.example", "080101 no", ""):
        assert client.post(at("addresses"), {"lines": lines}).status_code == 422
    assert (
        client.post(
            at("addresses"), {"lines": "080101, wf@bank.example\n\n080102 ln@bank.example"}
        ).status_code
        == 302
    )
    assert "wf@bank.example" in words(client.get(at("addresses")))


def test_a_robot_is_added_turned_off_and_its_address_is_nowhere(bank):
    client = browser(bank.wu)
    typed = {
        "kind": "wecom",
        "name": "运营群",
        "address": WECOM,
        "branch": "0",
        "language": "en",
        "kinds": ["notices"],
    }
    refused = client.post(at("bots"), typed | {"address": "https://127.0.0.1/"})
    assert refused.status_code == 422
    assert "allows" in words(refused)
    assert "127.0.0.1/" not in words(refused).partition("<form")[2]
    assert client.post(at("bots"), typed).status_code == 302
    (made,) = mail.bots()
    page = words(client.get(at("bots")))
    assert "运营群" in page
    assert "aaaabbbb" not in page
    assert client.post(at("switch", made.id), {"on": "0"}).status_code == 302
    assert not mail.bots()[0].on
    assert client.post(at("trial", made.id)).status_code == 302
    assert client.post(at("trial", 999)).status_code == 404


def test_the_test_servers_mails_are_shown_only_where_it_is_used(bank, settings, tmp_path):
    client = browser(bank.wu)
    assert client.get(at("arrived")).status_code == 404
    settings.MAIL_FOLDER = str(tmp_path)
    (tmp_path / "00000001.eml").write_bytes(
        b"To: w@bank.example\r\nSubject: <b>x</b>\r\nDate: now\r\n\r\n<script>alert(1)</script>\r\n"
    )
    page = words(client.get(at("arrived")))
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<script>alert" not in words(client.get(at("one_arrived", "00000001")))
    assert client.get(at("one_arrived", "00000002")).status_code == 404
    assert browser(bank.wang).get(at("arrived")).status_code == 403
