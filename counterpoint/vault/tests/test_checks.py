"""Surprise checks 查库: two named people, a frozen box, a blind count, and a result that never changes."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from counterpoint.kit.data import NotAllowed
from counterpoint.kit.models import Event
from counterpoint.kit.testing import once
from counterpoint.org import services as org
from counterpoint.vault import closing_counts
from counterpoint.vault import services as vault
from counterpoint.vault.data import (
    BoxStopped,
    CheckEnded,
    CheckOpen,
    CheckPeople,
    CheckState,
    CountMoment,
    ReasonMissing,
    UnknownCheck,
)
from counterpoint.vault.models_cases import SurpriseCheck
from counterpoint.vault.models_cash import BoxStop
from counterpoint.vault.papers_counts import check_paper
from counterpoint.vault.services.checks import drawn
from counterpoint.vault.tests.bank import BRANCH, build
from counterpoint.vault.tests.test_counts import held
from counterpoint.vault.tests.test_services import move

pytestmark = pytest.mark.django_db


def looked_into():
    """The auditor and the supervisor look into Wang Fang's box."""
    made = build()
    made.auditor = made.staff["090201"]
    made.day = org.business_day(BRANCH).date
    return made


world = once(looked_into)


@pytest.fixture
def bank(world):
    return world()


def planned(bank, **more):
    given = {"box": bank.mine, "day": bank.day, "inspector": bank.zhang.id, "witness": bank.auditor.id}
    return vault.plan_check(**given | {"by": bank.zhang} | more)


def begun(bank, **more):
    return vault.start_check(check=planned(bank, **more).id, by=bank.zhang)


def finished(bank, check, typed=None, **more):
    given = {"by": bank.zhang, "witness": bank.auditor, "custodian": bank.wang} | more
    typed = held(bank.mine) if typed is None else typed
    return vault.finish_check(check=check.id, typed=typed, **given)


def touch(bank):
    move(vault.box(bank.safe), vault.box(bank.mine), {"10000": 1})


def test_the_box_is_frozen_from_the_start_to_the_end(bank):
    check = begun(bank)
    assert check.state is CheckState.STARTED
    with pytest.raises(BoxStopped):
        touch(bank)
    done = finished(bank, check, remarks="in order")
    assert done.state is CheckState.FINISHED
    assert done.remarks == "in order"
    count = vault.cash_count(done.count)
    assert count.agrees
    assert count.moment is CountMoment.SURPRISE
    assert (count.person, count.second) == (bank.zhang.id, bank.auditor.id)
    touch(bank)
    stop = BoxStop.objects.get(box=bank.mine)
    assert stop.reason == check.number
    assert stop.until is not None


def test_a_box_that_differs_stays_frozen_until_the_difference_is_a_case(bank):
    done = finished(bank, begun(bank), typed=held(bank.mine) | {"10000": {"loose": 599}})
    with pytest.raises(BoxStopped):
        touch(bank)
    case = vault.open_difference(count=done.count, by=bank.auditor, approver=bank.zhang)
    assert case.amount == -10000
    assert vault.box(bank.mine).faces["10000"] == 599
    assert vault.check_of(count=case.count).id == done.id
    touch(bank)


def test_the_custodian_sees_nothing_of_it_before_it_begins(bank):
    check = planned(bank)
    assert vault.checks_of(branch=BRANCH, viewer=bank.wang.id) == []
    with pytest.raises(UnknownCheck):
        vault.surprise_check(check.id, viewer=bank.wang.id)
    assert [one.id for one in vault.checks_of(branch=BRANCH, viewer=bank.li.id)] == [check.id]
    event = Event.objects.get(verb="vault.check.planned")
    assert "box" not in event.data
    vault.start_check(check=check.id, by=bank.auditor)
    assert [one.id for one in vault.checks_of(branch=BRANCH, viewer=bank.wang.id)] == [check.id]


@pytest.mark.parametrize(("inspector", "witness"), [("wang", "zhang"), ("zhang", "wang"), ("zhang", "zhang")])
def test_two_people_and_never_the_custodian(bank, inspector, witness):
    with pytest.raises(CheckPeople):
        planned(bank, inspector=getattr(bank, inspector).id, witness=getattr(bank, witness).id)


def test_only_who_may_look_into_boxes_checks_and_only_a_supervisor_or_auditor_plans(bank):
    with pytest.raises(NotAllowed):
        planned(bank, witness=bank.staff["080301"].id)
    with pytest.raises(NotAllowed):
        planned(bank, by=bank.wang)
    with pytest.raises(CheckPeople):
        planned(bank, day=bank.day - timedelta(days=1))


def test_one_open_check_a_box_and_none_begins_before_its_day(bank):
    check = planned(bank, day=bank.day + timedelta(days=1))
    with pytest.raises(CheckOpen):
        planned(bank)
    with pytest.raises(CheckPeople):
        vault.start_check(check=check.id, by=bank.zhang)
    assert vault.open_checks(branch=BRANCH, date=bank.day) == []


def test_who_took_the_box_since_the_plan_is_no_inspector_of_it(bank):
    check = planned(bank, witness=bank.chen.id)
    vault.release_box(box=bank.mine, by=bank.wang)
    move_to = SurpriseCheck.objects.get(pk=check.id)
    assert move_to.state == CheckState.PLANNED
    vault.claim_box(box=bank.mine, by=bank.chen)
    with pytest.raises(CheckPeople):
        vault.start_check(check=check.id, by=bank.zhang)


def test_only_the_two_make_it_both_sign_and_the_custodian_watches(bank):
    check = planned(bank)
    with pytest.raises(CheckPeople):
        vault.start_check(check=check.id, by=bank.li)
    with pytest.raises(CheckEnded):
        finished(bank, check)
    vault.start_check(check=check.id, by=bank.zhang)
    for wrong in ({"witness": bank.zhang}, {"witness": bank.chen}, {"by": bank.li}):
        with pytest.raises(CheckPeople):
            finished(bank, check, **wrong)
    for custodian in (None, bank.li):
        with pytest.raises(CheckPeople):
            finished(bank, check, custodian=custodian)
    assert finished(bank, check).count


def test_the_result_never_changes(bank):
    check = begun(bank)
    done = finished(bank, check)
    with pytest.raises(CheckEnded):
        finished(bank, check, typed={})
    with pytest.raises(CheckEnded):
        vault.cancel_check(check=check.id, reason="I want another", by=bank.zhang)
    with pytest.raises(CheckEnded):
        vault.start_check(check=check.id, by=bank.zhang)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE vault_cashcount SET counted = 0 WHERE id = %s", [done.count])
    with pytest.raises(IntegrityError), transaction.atomic():
        SurpriseCheck.objects.filter(pk=check.id).update(count=None)


def test_given_up_with_a_reason_the_box_is_free(bank):
    check = begun(bank)
    with pytest.raises(ReasonMissing):
        vault.cancel_check(check=check.id, reason=" ", by=bank.zhang)
    with pytest.raises(NotAllowed):
        vault.cancel_check(check=check.id, reason="no", by=bank.wang)
    assert (
        vault.cancel_check(check=check.id, reason="fire drill", by=bank.zhang).state is CheckState.CANCELLED
    )
    touch(bank)


def test_a_box_drawn_by_lot_can_be_drawn_again_by_anyone(bank):
    people = {"inspector": bank.zhang.id, "witness": bank.auditor.id}
    check = vault.draw_check(branch=BRANCH, day=bank.day, by=bank.zhang, seed="2026-11-24", **people)
    assert check.random
    event = Event.objects.get(verb="vault.check.drawn")
    boxes = [box for box in vault.boxes_of(branch=BRANCH) if box.number in event.data["candidates"]]
    assert drawn(event.data["seed"], boxes[::-1]).id == check.box
    again = vault.draw_check(branch=BRANCH, day=bank.day, by=bank.zhang, **people)
    assert again.box != check.box
    seeds = [one.data["seed"] for one in Event.objects.filter(verb="vault.check.drawn")]
    assert len(set(seeds)) == 2
    assert all(seeds)


def test_no_box_is_drawn_that_one_of_the_two_holds(bank):
    for _round in range(5):
        vault.draw_check(
            branch=BRANCH, day=bank.day, by=bank.zhang, inspector=bank.wang.id, witness=bank.auditor.id
        )
    with pytest.raises(CheckPeople):
        vault.draw_check(
            branch=BRANCH, day=bank.day, by=bank.zhang, inspector=bank.wang.id, witness=bank.auditor.id
        )
    assert not SurpriseCheck.objects.filter(box=bank.mine).exists()


def test_the_close_waits_for_checks_of_the_day(bank):
    check = planned(bank)
    said = closing_counts.checks_gate(BRANCH, bank.day)
    assert len(said) == 1
    assert vault.box(bank.mine).number not in said[0].words
    vault.start_check(check=check.id, by=bank.zhang)
    assert len(closing_counts.checks_gate(BRANCH, bank.day)) == 1
    finished(bank, check)
    assert closing_counts.checks_gate(BRANCH, bank.day) == []


def test_boxes_that_were_not_checked_for_a_month_are_due(bank):
    everything = len(vault.boxes_of(branch=BRANCH))
    assert len(vault.overdue_boxes(branch=BRANCH, date=bank.day)) == everything
    finished(bank, begun(bank))
    assert bank.mine not in {box.id for box, _last in vault.overdue_boxes(branch=BRANCH, date=bank.day)}
    later = bank.day + timedelta(days=31)
    assert len(vault.overdue_boxes(branch=BRANCH, date=later)) == everything


def test_the_report_is_a_paper_in_chinese(bank):
    done = finished(bank, begun(bank), typed=held(bank.mine) | {"10000": {"loose": 599}})
    paper = check_paper(done, vault.cash_count(done.count))
    said = str(paper)
    assert "短款" in said
    assert "张伟" in said
    assert "孙丽" in said
    assert "100" in said
    assert org.paper_pdf(paper, bank.day).startswith(b"%PDF")
