"""Customers' complaints: the official clock, who is kept from them, the written answer."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from counterpoint.feedback import rules_complaints as rules
from counterpoint.feedback import services as feedback
from counterpoint.feedback.data_complaints import (
    Clock,
    ComplaintElsewhere,
    ComplaintMalformed,
    ComplaintState,
    ExtendedAlready,
    Finding,
    NotTheHandler,
    Recused,
    Stage,
    UnknownComplaint,
)
from counterpoint.feedback.models import Complaint, ComplaintAnswer, ComplaintNote
from counterpoint.feedback.queries_complaints import answer, steps
from counterpoint.feedback.tests.bank import BRANCH, at, china, complained
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, NotAllowed
from counterpoint.kit.models import Event
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty, Role

pytestmark = pytest.mark.django_db
S = ComplaintState


def taken(bank, **more):
    id = complained(bank, **more)
    feedback.take_complaint(complaint=id, by=bank.liu)
    return id


def seen_by(who):
    return [one.id for one in feedback.complaints(by=who, state="", page=1).lines]


def test_the_clock_has_fifteen_days_thirty_and_thirty_more(bank, monkeypatch):
    at(monkeypatch, china("2026-09-20 10:00"))
    id = taken(bank)
    assert feedback.complaint(id, by=bank.liu).due == date(2026, 10, 5)
    feedback.extend_complaint(complaint=id, stage=Stage.COMPLEX, reason="须调取录像", by=bank.liu)
    assert feedback.complaint(id, by=bank.liu).due == date(2026, 10, 20)
    feedback.extend_complaint(complaint=id, stage=Stage.SPECIAL, reason="等待鉴定", by=bank.operations)
    assert feedback.complaint(id, by=bank.liu).due == date(2026, 11, 19)


def test_where_the_rule_counts_working_days_the_holiday_does_not_count(bank):
    """From 20 September 2026, over Mid-Autumn, National Day and the Saturday that is worked."""
    working = Clock(15, 30, 30, working=True)
    assert rules.due(date(2026, 9, 20), Stage.SIMPLE, working, org.add_working_days) == date(2026, 10, 16)
    assert rules.due(date(2026, 9, 20), Stage.SPECIAL, working, org.add_working_days) > date(2026, 12, 15)


def test_extensions_come_in_order_and_the_second_from_somebody_else(bank):
    id = taken(bank)
    with pytest.raises(ExtendedAlready):
        feedback.extend_complaint(complaint=id, stage=Stage.SPECIAL, reason="难", by=bank.operations)
    with pytest.raises(NotTheHandler):
        feedback.extend_complaint(complaint=id, stage=Stage.COMPLEX, reason="难", by=bank.operations)
    feedback.extend_complaint(complaint=id, stage=Stage.COMPLEX, reason="难", by=bank.liu)
    with pytest.raises(ExtendedAlready):
        feedback.extend_complaint(complaint=id, stage=Stage.COMPLEX, reason="难", by=bank.liu)
    with pytest.raises(NotAllowed):
        feedback.extend_complaint(complaint=id, stage=Stage.SPECIAL, reason="难", by=bank.liu)


def test_the_handler_does_not_approve_the_second_extension(bank):
    id = complained(bank)
    feedback.take_complaint(complaint=id, by=bank.operations)
    feedback.extend_complaint(complaint=id, stage=Stage.COMPLEX, reason="难", by=bank.operations)
    with pytest.raises(NotTheHandler):
        feedback.extend_complaint(complaint=id, stage=Stage.SPECIAL, reason="难", by=bank.operations)


def test_what_is_past_its_day_is_told_once_for_each_day(bank, monkeypatch):
    at(monkeypatch, china("2026-09-20 10:00"))
    id = taken(bank)
    at(monkeypatch, china("2026-10-05 23:59"))
    assert feedback.escalate_due() == 0
    at(monkeypatch, china("2026-10-06 00:01"))
    assert feedback.escalate_due() == 1
    assert feedback.escalate_due() == 0
    assert feedback.complaint(id, by=bank.operations).escalated
    feedback.extend_complaint(complaint=id, stage=Stage.COMPLEX, reason="难", by=bank.liu)
    assert not feedback.complaint(id, by=bank.operations).escalated


ACTS = {
    "take": lambda i, who: feedback.take_complaint(complaint=i, by=who),
    "name": lambda i, who: feedback.name_concerned(complaint=i, person=who.id, by=who),
    "note": lambda i, who: feedback.note_complaint(complaint=i, text="看过", by=who),
    "extend": lambda i, who: feedback.extend_complaint(
        complaint=i, stage=Stage.COMPLEX, reason="难", by=who),
    "answer": lambda i, who: feedback.answer_complaint(
        complaint=i, finding=Finding.REJECTED, text="没有", by=who),
    "close": lambda i, who: feedback.close_complaint(complaint=i, cause="无", by=who),
    "withdraw": lambda i, who: feedback.withdraw_complaint(complaint=i, note="客户撤回", by=who),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_whom_it_concerns_has_no_part_in_it(bank, act):
    id = complained(bank, about=(bank.liu,))
    with pytest.raises(Recused):
        ACTS[act](id, bank.liu)


def test_for_whom_it_concerns_it_does_not_exist_even_if_they_registered_it(bank):
    id = complained(bank, about=(bank.liu, bank.wang), by=bank.wang)
    for somebody in (bank.liu, bank.wang):
        with pytest.raises(UnknownComplaint):
            feedback.complaint(id, by=somebody)
        assert seen_by(somebody) == []
    assert seen_by(bank.zhang) == [id]


def test_an_auditor_reads_and_a_concerned_auditor_does_not(bank):
    id = complained(bank)
    feedback.note_complaint(complaint=id, text="录像已看", by=bank.liu)
    assert feedback.reads(bank.auditor, feedback.complaint(id, by=bank.auditor))
    with pytest.raises(NotTheHandler):
        feedback.take_complaint(complaint=id, by=bank.auditor)
    feedback.name_concerned(complaint=id, person=bank.auditor.id, by=bank.liu)
    assert seen_by(bank.auditor) == []
    with pytest.raises(UnknownComplaint):
        feedback.complaint(id, by=bank.auditor)


def test_a_handler_who_turns_out_to_be_concerned_gives_it_back(bank):
    id = taken(bank)
    feedback.name_concerned(complaint=id, person=bank.liu.id, by=bank.zhang)
    found = feedback.complaint(id, by=bank.zhang)
    assert (found.state, found.handler) == (S.RECEIVED, None)
    with pytest.raises(Recused):
        feedback.take_complaint(complaint=id, by=bank.liu)
    told = Event.objects.filter(subject=f"complaint:{id}").latest("id")
    assert told.verb == "feedback.complaint.person_named"


def lend(monkeypatch, bank):
    """The bank lets complaints be handled by whoever authorizes; Zhang lends that to Liu for some days."""
    monkeypatch.setattr(
        "counterpoint.feedback.services.complaints_rights.duties",
        lambda: (Duty.AUTHORIZE, Duty.RULES_DRAFT),
    )
    today = clock.today()
    people.delegate(
        giver=bank.zhang.id, receiver=bank.liu.id, duty=Duty.AUTHORIZE, branch=BRANCH, valid_from=today,
        valid_until=today + timedelta(days=3), reason="休假", by=bank.zhang,
    )  # fmt: skip


def test_a_right_lent_by_whom_it_concerns_does_not_reach_it(bank, monkeypatch):
    lend(monkeypatch, bank)
    free, barred = complained(bank), complained(bank, about=(bank.zhang,))
    assert seen_by(bank.liu) == [free]
    with pytest.raises(UnknownComplaint):
        feedback.complaint(barred, by=bank.liu)
    with pytest.raises(Recused):
        feedback.take_complaint(complaint=barred, by=bank.liu)
    feedback.take_complaint(complaint=free, by=bank.liu)


def test_a_right_of_ones_own_beside_the_lent_one_counts(bank, monkeypatch):
    lend(monkeypatch, bank)
    people.assign_role(
        person=bank.liu.id, role=Role.SUPERVISOR, branch=BRANCH, valid_from=clock.today(), by=SYSTEM
    )
    id = complained(bank, about=(bank.zhang,))
    assert seen_by(bank.liu) == [id]
    feedback.take_complaint(complaint=id, by=bank.liu)


def test_those_of_another_branch_have_nothing_to_do_with_it(bank):
    id = complained(bank)
    elsewhere = bank.staff["090402"]
    with pytest.raises(UnknownComplaint):
        feedback.complaint(id, by=elsewhere)
    with pytest.raises(NotTheHandler):
        feedback.take_complaint(complaint=id, by=elsewhere)


def test_who_registered_it_sees_it_without_what_was_found(bank):
    id = complained(bank)
    feedback.note_complaint(complaint=id, text="录像已看", by=bank.liu)
    found = feedback.complaint(id, by=bank.chen)
    assert not feedback.reads(bank.chen, found)
    assert [one.text for one in steps(id, internal=False)] == [""]
    assert "录像已看" in [one.text for one in steps(id, internal=True)]


def test_it_is_answered_in_writing_by_its_handler_and_closed_with_its_cause(bank):
    id = taken(bank)
    with pytest.raises(NotTheHandler):
        ACTS["answer"](id, bank.zhang)
    feedback.answer_complaint(complaint=id, finding=Finding.PARTLY, text="已增开窗口，致歉", by=bank.liu)
    assert answer(id).text == "已增开窗口，致歉"
    with pytest.raises(ComplaintElsewhere):
        ACTS["withdraw"](id, bank.liu)
    feedback.close_complaint(complaint=id, cause="高峰窗口不足，已改排班", by=bank.liu)
    assert feedback.complaint(id, by=bank.liu).ended


def test_a_complaint_that_the_customer_withdraws_ends(bank):
    id = complained(bank)
    ACTS["withdraw"](id, bank.liu)
    assert feedback.complaint(id, by=bank.liu).state is S.WITHDRAWN
    for act in ("take", "note", "withdraw", "close"):
        with pytest.raises(ComplaintElsewhere):
            ACTS[act](id, bank.liu)


def test_events_hold_nothing_of_what_was_written(bank):
    id = taken(bank, text="王五的账户 6222021234567890123 被冻结")
    feedback.note_complaint(complaint=id, text="王五确有其事", by=bank.liu)
    feedback.answer_complaint(complaint=id, finding=Finding.UPHELD, text="致歉", by=bank.liu)
    events = str(list(Event.objects.filter(subject=f"complaint:{id}").values_list("data", flat=True)))
    assert "王五" not in events
    assert "6222" not in Complaint.objects.get(pk=id).text


def test_a_complaint_from_tomorrow_or_of_last_year_is_refused(bank):
    for days in (1, -31):
        with pytest.raises(ComplaintMalformed):
            complained(bank, received=clock.today() + timedelta(days=days))


def test_notes_and_answers_are_only_added(bank):
    id = taken(bank)
    feedback.note_complaint(complaint=id, text="甲", by=bank.liu)
    feedback.answer_complaint(complaint=id, finding=Finding.UPHELD, text="致歉", by=bank.liu)
    for table in (ComplaintNote, ComplaintAnswer):
        with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
            table.objects.update(text="乙")
