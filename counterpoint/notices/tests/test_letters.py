"""What is written to people about notices: on publication, when they are late, to their supervisors."""

from datetime import timedelta

import pytest

from counterpoint.kit import clock
from counterpoint.mail import services as mail
from counterpoint.notices import services as notices
from counterpoint.notices.data import Audience, Kind
from counterpoint.notices.tests.bank import at, drafted, published, revised

pytestmark = pytest.mark.django_db


def titles(who):
    return [one.subject for one in mail.letters(person=who.id).lines]


def states(who):
    return [str(one.state) for one in mail.letters(person=who.id).lines]


def for_two(bank):
    return Audience(people=(bank.wang.id, bank.li.id))


def test_a_publication_writes_to_everybody_whom_it_reaches_and_to_nobody_else(bank):
    published(bank, audience=for_two(bank))
    assert titles(bank.wang) == titles(bank.li) == ["大额取款新规"]
    assert titles(bank.liu) == []


def test_a_draft_and_a_submission_write_to_nobody(bank):
    made = drafted(bank, audience=for_two(bank))
    notices.submit(version=made.id, by=bank.writer)
    assert titles(bank.wang) == []


def test_what_is_withdrawn_or_replaced_does_not_go_any_more(bank):
    first = published(bank, audience=for_two(bank))
    second = revised(bank, first, title_zh="再版")
    assert set(states(bank.wang)) == {"withdrawn", "unaddressed"}
    notices.withdraw(version=second.id, note="有误", by=bank.approver)
    assert set(states(bank.wang)) == {"withdrawn"}


def test_a_version_that_holds_until_the_next_one_still_goes(bank):
    first = published(bank, audience=for_two(bank))
    revised(bank, first, effective=clock.now() + timedelta(days=1))
    assert states(bank.wang) == ["unaddressed", "unaddressed"]


def test_an_alert_is_urgent(bank, monkeypatch):
    night = clock.now().replace(hour=15, minute=0)
    at(monkeypatch, night)
    draft = drafted(bank, audience=for_two(bank)).draft
    made = notices.draft_notice(kind=Kind.ALERT, draft=draft, by=bank.writer)
    notices.submit(version=made.id, by=bank.writer)
    notices.publish(version=made.id, by=bank.approver)
    assert mail.letters(person=bank.wang.id).lines[0].due == night
    published(bank, audience=for_two(bank))
    assert mail.letters(person=bank.wang.id).lines[0].due > night


def test_who_is_late_gets_a_letter_once_and_their_supervisor_another(bank, monkeypatch):
    now = clock.now()
    published(bank, audience=for_two(bank))
    notices.acknowledge(version=notices.search(by=bank.li).lines[0].id, by=bank.li)
    at(monkeypatch, now + timedelta(hours=25))
    notices.remind_due()
    assert len(titles(bank.wang)) == 2
    assert len(titles(bank.li)) == 1
    assert titles(bank.zhang) == []
    at(monkeypatch, now + timedelta(hours=49))
    notices.remind_due()
    notices.remind_due()
    assert len(titles(bank.wang)) == 2
    assert titles(bank.zhang) == ["大额取款新规"]
