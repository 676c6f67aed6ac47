"""Notices from draft to withdrawal: two people, an audience, acknowledgement, the gate."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, NotAllowed
from counterpoint.notices import services as notices
from counterpoint.notices.data import (
    Audience,
    EditedMeanwhile,
    InThePast,
    NobodyReached,
    OverriddenOnce,
    OwnNotice,
    Phase,
    QuestionsOpen,
    StillOpen,
    UnknownNotice,
    UnreadNotice,
    WrongState,
)
from counterpoint.notices.models import Attempt, NoticeVersion, Recipient, Reminder
from counterpoint.notices.tests.bank import BRANCH, OTHER, QUESTION, at, drafted, published, revised
from counterpoint.people import services as people
from counterpoint.people.data import SamePerson

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def withdrawal_by(who):
    people.check_operation(by=who, operation="1102")


def test_the_author_does_not_approve(bank):
    made = drafted(bank)
    notices.submit(version=made.id, by=bank.writer)

    with pytest.raises(NotAllowed):
        notices.publish(version=made.id, by=bank.writer)
    NoticeVersion.objects.filter(pk=made.id).update(author=bank.approver.id)
    with pytest.raises(OwnNotice):
        notices.publish(version=made.id, by=bank.approver)


def test_a_returned_draft_goes_back_to_its_author_with_the_reason(bank):
    made = drafted(bank)
    notices.submit(version=made.id, by=bank.writer)
    notices.send_back(version=made.id, note="缺少依据", by=bank.approver)
    assert notices.version(made.id, by=bank.writer).phase is Phase.DRAFT
    better = replace(made.draft, text_zh="依据第三条")
    notices.change_draft(version=made.id, draft=better, edition=made.edition, by=bank.writer)
    with pytest.raises(EditedMeanwhile):
        notices.change_draft(version=made.id, draft=better, edition=made.edition, by=bank.writer)
    with pytest.raises(WrongState):
        notices.publish(version=made.id, by=bank.approver)


def test_in_the_past_and_for_nobody_is_refused_with_words(bank):
    with pytest.raises(InThePast):
        drafted(bank, effective=clock.now() - HOUR)
    with pytest.raises(InThePast):
        drafted(bank, effective=clock.now() + HOUR, expires=clock.now() + HOUR / 2)
    with pytest.raises(NobodyReached):
        drafted(bank, audience=Audience())
    with pytest.raises(NobodyReached):
        drafted(bank, audience=Audience(branches=(OTHER,), roles=("it_admin",)))


def test_an_approval_that_comes_after_the_effective_time_is_refused(bank, monkeypatch):
    made = drafted(bank, effective=clock.now() + HOUR)
    notices.submit(version=made.id, by=bank.writer)
    at(monkeypatch, clock.now() + 2 * HOUR)
    with pytest.raises(InThePast):
        notices.publish(version=made.id, by=bank.approver)


def test_a_published_version_does_not_change_even_for_the_owner(bank):
    made = published(bank)
    with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
        NoticeVersion.objects.filter(pk=made.id).update(text_zh="别的")
    with pytest.raises(WrongState):
        notices.change_draft(version=made.id, draft=made.draft, edition=1, by=bank.writer)


def test_publication_reaches_its_audience_and_nobody_else(bank):
    made = published(bank, audience=Audience(branches=(BRANCH,), roles=("teller",), people=(bank.liu.id,)))
    reached = set(Recipient.objects.filter(version=made.id).values_list("person", flat=True))
    assert {bank.wang.id, bank.liu.id} <= reached
    assert bank.zhang.id not in reached
    assert notices.version(made.id, by=bank.wang).id == made.id
    other = next(one for one in bank.staff.values() if one.id not in reached and not notices.writes(one)
                 and not notices.supervises(one))  # fmt: skip
    with pytest.raises(UnknownNotice):
        notices.version(made.id, by=other)


def test_who_joins_the_audience_later_is_added_on_asking(bank):
    published(bank, audience=Audience(branches=(BRANCH,), roles=("auditor",), people=(bank.li.id,)))
    withdrawal_by(bank.wang)

    new = people.add_staff(number="089999", name_zh="新来", name_en="", branch=BRANCH, by=SYSTEM).person
    assert notices.join(person=new.id) == 0
    everyone = published(bank, title="人人须知", operations=())
    late = people.add_staff(number="089998", name_zh="后到", name_en="", branch=BRANCH, by=SYSTEM).person
    assert notices.join(person=late.id) == 1
    assert notices.join(person=late.id) == 0
    assert Recipient.objects.get(version=everyone.id, person=late.id).how == "joined"


def test_an_unread_notice_bars_what_it_governs_and_nothing_else(bank):
    withdrawal_by(bank.wang)
    made = published(bank)
    with pytest.raises(UnreadNotice) as refused:
        withdrawal_by(bank.wang)
    assert "大额取款新规" in str(refused.value)
    assert str(made.id) in refused.value.details["open_url"]
    people.check_operation(by=bank.wang, operation="1101")
    notices.acknowledge(version=made.id, by=bank.wang)
    withdrawal_by(bank.wang)
    with pytest.raises(UnreadNotice):
        withdrawal_by(bank.li)


def test_a_notice_bars_from_its_effective_time_until_its_end(bank, monkeypatch):
    now = clock.now()
    published(bank, effective=now + HOUR, expires=now + 3 * HOUR)
    withdrawal_by(bank.wang)
    at(monkeypatch, now + 2 * HOUR)
    with pytest.raises(UnreadNotice):
        withdrawal_by(bank.wang)
    at(monkeypatch, now + 3 * HOUR)
    withdrawal_by(bank.wang)


def test_the_gate_asks_once_and_not_at_all_where_no_notice_governs(bank):
    published(bank)
    withdrawal_by(SYSTEM)
    people.check_operation(by=bank.wang, operation="1101")
    with CaptureQueriesContext(connection) as asked:
        people.check_operation(by=bank.wang, operation="1101")
    assert len(asked) == 0
    notices.acknowledge(version=NoticeVersion.objects.get().pk, by=bank.wang)
    with CaptureQueriesContext(connection) as asked:
        withdrawal_by(bank.wang)
    assert len(asked) == 1


def test_a_wrong_answer_is_kept_and_may_be_tried_again(bank):
    made = published(bank, questions=(QUESTION,))
    with pytest.raises(QuestionsOpen):
        notices.acknowledge(version=made.id, by=bank.wang)
    assert notices.acknowledge(version=made.id, answers={0: 1}, by=bank.wang) == (0,)
    with pytest.raises(UnreadNotice):
        withdrawal_by(bank.wang)
    assert notices.acknowledge(version=made.id, answers={0: 0}, by=bank.wang) == ()
    withdrawal_by(bank.wang)
    assert list(Attempt.objects.order_by("pk").values_list("choice", "right")) == [(1, False), (0, True)]
    assert notices.acknowledged(made.id, bank.wang.id).how == "answered"


def test_a_material_change_is_read_anew_and_another_is_not(bank):
    first = published(bank)
    notices.acknowledge(version=first.id, by=bank.wang)
    second = revised(bank, first, text_zh="错字已改", material=False)
    withdrawal_by(bank.wang)
    with pytest.raises(UnreadNotice):
        withdrawal_by(bank.li)
    assert notices.acknowledged(second.id, bank.wang.id).how == "carried"
    revised(bank, second, text_zh="三万元以上", material=True)
    with pytest.raises(UnreadNotice):
        withdrawal_by(bank.wang)


def test_the_old_version_holds_until_the_new_one_takes_over(bank, monkeypatch):
    now = clock.now()
    first = published(bank)
    second = revised(bank, first, text_zh="三万元以上", material=False, effective=now + HOUR)
    assert notices.version(first.id, by=bank.wang).phase is Phase.LIVE
    assert notices.version(second.id, by=bank.wang).phase is Phase.SCHEDULED
    notices.acknowledge(version=first.id, by=bank.wang)
    at(monkeypatch, now + 2 * HOUR)
    assert notices.version(first.id, by=bank.wang).phase is Phase.SUPERSEDED
    withdrawal_by(bank.wang)


def test_one_version_of_a_notice_is_written_at_a_time(bank):
    first = published(bank)
    notices.revise_notice(notice=first.notice, draft=replace(first.draft, effective=None), by=bank.writer)
    with pytest.raises(StillOpen):
        notices.revise_notice(notice=first.notice, draft=replace(first.draft, effective=None), by=bank.writer)


def test_a_second_person_lets_an_operation_pass_once_and_for_some_minutes(bank, monkeypatch):
    made = published(bank)
    given = {"version": made.id, "operation": "1102", "reason": "客户急需", "by": bank.zhang}
    with pytest.raises(SamePerson):
        notices.override(person=bank.zhang.id, **given)
    with pytest.raises(NotAllowed):
        notices.override(person=bank.wang.id, **(given | {"by": bank.li}))
    notices.override(person=bank.wang.id, **given)
    withdrawal_by(bank.wang)
    with pytest.raises(UnreadNotice):
        withdrawal_by(bank.li)
    at(monkeypatch, clock.now() + HOUR)
    with pytest.raises(UnreadNotice):
        withdrawal_by(bank.wang)
    with pytest.raises(OverriddenOnce):
        notices.override(person=bank.wang.id, **given)


def test_a_withdrawn_notice_bars_nothing(bank):
    made = published(bank)
    with pytest.raises(UnreadNotice):
        withdrawal_by(bank.wang)
    notices.withdraw(version=made.id, note="有误", by=bank.approver)
    withdrawal_by(bank.wang)


def test_who_is_late_is_reminded_once_and_then_the_supervisor_is_told(bank, monkeypatch):
    made = published(bank, audience=Audience(people=(bank.wang.id, bank.li.id)))
    notices.acknowledge(version=made.id, by=bank.li)
    now = clock.now()
    assert notices.remind_due() == 0
    at(monkeypatch, now + 25 * HOUR)
    assert notices.remind_due() == 1
    assert notices.remind_due() == 0
    at(monkeypatch, now + 49 * HOUR)
    assert notices.remind_due() == 1
    assert list(Reminder.objects.order_by("pk").values_list("person", "escalated")) == [
        (bank.wang.id, False), (bank.wang.id, True),
    ]  # fmt: skip


def test_who_has_not_read_is_told_to_the_supervisor_of_the_branch(bank):
    made = published(bank)
    here = notices.coverage(version=made.id, by=bank.zhang)
    assert bank.wang.id in {one.person for one in here.missing}
    assert {one.branch for one in here.missing} == {BRANCH}
    notices.acknowledge(version=made.id, by=bank.wang)
    after = notices.coverage(version=made.id, by=bank.zhang)
    assert after.acknowledged == here.acknowledged + 1
    assert bank.wang.id not in {one.person for one in after.missing}
    assert notices.coverage(version=made.id, by=bank.writer).reached > here.reached


@pytest.mark.parametrize("query", ["身份证件", "大额", "dae", "deqk", "1102", "取款 核对"])
def test_a_notice_is_found_by_words_pinyin_and_operation(bank, query):
    made = published(bank)
    published(bank, title="节日值班", text="放假安排", operations=())
    found = notices.search(by=bank.wang, query=query)
    assert [one.id for one in found.lines] == [made.id]
    assert not found.fuzzy


def test_what_is_mistyped_is_found_nearby_and_a_hit_is_marked(bank):
    made = published(bank, title="Large withdrawals", text="Check the identity document above 50,000.")
    near = notices.search(by=bank.wang, query="identiti documnet")
    assert near.fuzzy
    assert [one.id for one in near.lines] == [made.id]
    (line,) = notices.search(by=bank.wang, query="identity").lines
    assert ("identity", True) in line.excerpt
    assert notices.search(by=bank.wang, query="?!").lines == ()


def test_a_search_finds_only_what_is_for_the_reader(bank):
    published(bank, audience=Audience(people=(bank.li.id,)))
    assert notices.search(by=bank.wang, query="大额").lines == ()
    assert len(notices.search(by=bank.li, query="大额", show="unread").lines) == 1
    assert [one.unread for one in notices.notices_about("1102", by=bank.li)] == [True]
    assert notices.notices_about("1102", by=bank.wang) == []
