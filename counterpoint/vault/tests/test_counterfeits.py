"""Counterfeit money 假币: two people, a certificate, clocks, reports; never stock, never given back."""

from datetime import date

import pytest
from django.db import connection

from counterpoint.kit.data import NotAllowed
from counterpoint.kit.keys import new_key
from counterpoint.kit.states import MoveRefused
from counterpoint.kit.testing import once
from counterpoint.ledger import services as ledger
from counterpoint.org import services as org
from counterpoint.vault import closing_cases
from counterpoint.vault import rules_cases as rules
from counterpoint.vault import services as vault
from counterpoint.vault.data import (
    AppraisalStillPossible,
    AppraisalTooLate,
    CaseStep,
    Circumstances,
    CounterfeitMalformed,
    CounterfeitState,
    Holder,
    NothingToHandIn,
    NotReportable,
    SecondPersonNeeded,
    Seized,
    UnknownCase,
)
from counterpoint.vault.models_cases import CounterfeitCase, CounterfeitNote
from counterpoint.vault.services.counterfeits import duty_of
from counterpoint.vault.tests.bank import BRANCH, build

pytestmark = pytest.mark.django_db
HOLDER = Holder("张三丰", "resident_id", "11010519491231002X", "13812345678")


world = once(build)


@pytest.fixture
def bank(world):
    return world()


def note(serial="HD90123456", face="10000", currency="CNY", **more):
    return Seized(currency, "", face, serial, **more)


def seize(bank, *notes, **more):
    given = {"notes": notes or (note(),), "holder": HOLDER, "by": bank.wang, "second": bank.li}
    return vault.seize_counterfeits(**(given | more))


def expired(case):
    """The time to apply is over."""
    CounterfeitCase.objects.filter(pk=case.id).update(appraisal_until=date(2020, 1, 1))
    return case


def test_a_note_is_stamped_and_registered_and_the_box_does_not_see_it(bank):
    before = vault.box(bank.mine).faces
    made = seize(bank, note(" hd 9012-3456 "))
    (one,) = made.notes
    assert (one.serial, one.stamped, one.bag) == ("HD90123456", True, "")
    assert made.state is CounterfeitState.SEIZED
    assert vault.box(bank.mine).faces == before
    assert vault.faces_astray() == []


def test_coins_and_foreign_money_go_into_a_sealed_bag(bank):
    with pytest.raises(CounterfeitMalformed) as refused:
        seize(bank, note("AB12345678", currency="USD"))
    assert refused.value.details["field"] == "bag"
    made = seize(bank, note("AB12345678", currency="USD", bag="B-1"), note("", "c100", pieces=4, bag="B-2"))
    assert [(one.stamped, one.bag) for one in made.notes] == [(False, "B-1"), (False, "B-2")]
    assert made.pieces == 5


def test_the_clocks_run_on_working_days(bank):
    made = seize(bank)
    assert made.appraisal_until == org.add_working_days(made.business_date, 3)
    assert made.surrender_until == org.last_working_day(rules.quarter_end(made.business_date))
    found = {one.key: one for one in vault.counterfeit_clocks(case=made, at=made.business_date)}
    assert set(found) == {"appraisal", "hand_in", "video"}
    assert found["video"].until == rules.months_later(made.business_date, 3)
    asked = vault.apply_for_appraisal(case=made.id, appraiser="人行鉴定中心", by=bank.wang)
    assert asked.appraised_until == org.add_working_days(made.business_date, 15)
    found = {one.key: one for one in vault.counterfeit_clocks(case=asked, at=asked.appraised_until)}
    assert found["appraisal"].done
    assert found["notify"].late
    assert not found["conclude"].late
    told = vault.notify_appraisal(case=made.id, by=bank.wang)
    assert {c.key: c.done for c in vault.counterfeit_clocks(case=told, at=told.business_date)}["notify"]


@pytest.mark.parametrize(
    ("day", "end"), [("2026-11-26", "2026-12-31"), ("2026-03-31", "2026-03-31"), ("2026-04-01", "2026-06-30")]
)
def test_a_quarter_ends_on_its_last_day(day, end):
    assert rules.quarter_end(date.fromisoformat(day)) == date.fromisoformat(end)


def test_months_end_where_the_month_ends():
    assert rules.months_later(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert rules.months_later(date(2026, 9, 15), 3) == date(2026, 12, 15)


@pytest.mark.parametrize(
    ("pieces", "facts", "due"),
    [
        (1, {}, False),
        (4, {}, False),
        (5, {}, True),
        (1, {"new_technique": True}, True),
        (1, {"leads": True}, True),
        (1, {"uncooperative": True}, True),
    ],
)
def test_what_is_reported_at_once(bank, pieces, facts, due):
    notes = [note(f"HD9012345{at}") for at in range(pieces)]
    made = seize(bank, *notes, circumstances=Circumstances(**facts))
    duty = duty_of(made)
    assert made.must_report is duty.due is due
    assert bool(duty.reasons) is bool(duty.call) is due


def test_the_local_threshold_is_a_dated_parameter(bank, monkeypatch):
    value = org.value
    monkeypatch.setattr(
        org, "value",
        lambda *, key, at: 2 if key == "cash.counterfeit_local_threshold" else value(key=key, at=at),
    )  # fmt: skip
    made = seize(bank, note("HD90123451"), note("HD90123452"))
    assert made.must_report
    assert made.facts == ("over_local_threshold",)


def test_the_same_serial_again_warns_and_is_a_lead(bank):
    first = seize(bank)
    second = seize(bank, note("hd90123456"))
    assert second.must_report
    assert [hit.case for hit in vault.seen_before(serials=["HD90123456"], case=second.id)] == [first.id]
    assert vault.seen_before(serials=["HD90123456"], case=first.id) == []
    assert vault.seen_before(serials=["", "nonsense!!"]) == []


def test_a_report_is_written_down_once(bank):
    made = seize(bank, circumstances=Circumstances(leads=True))
    assert any(made.number in finding.words for finding in closing_cases.counterfeit_gate(BRANCH, date.max))
    with pytest.raises(CounterfeitMalformed):
        vault.report_counterfeit(case=made.id, to=" ", by=bank.wang)
    assert vault.report_counterfeit(case=made.id, to="派出所 110", by=bank.wang).reported
    with pytest.raises(NotReportable):
        vault.report_counterfeit(case=made.id, to="派出所", by=bank.wang)


def test_two_people_with_the_certificate(bank):
    with pytest.raises(SecondPersonNeeded):
        seize(bank, second=bank.wang)
    with pytest.raises(NotAllowed):
        seize(bank, second=bank.zhang)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_qualification WHERE person_id = %s", [bank.li.id])
    with pytest.raises(NotAllowed):
        seize(bank)


@pytest.mark.parametrize(
    "wrong",
    [
        note(""),
        note("!!"),
        note("ABCDEFGH"),
        note("HD9" * 20),
        note(face="20000"),
        note(face="-100"),
        note(face="x"),
        note(face=""),
        note(currency="XXX"),
        note(pieces=0),
        note(pieces=-3),
        note(pieces=10**9),
        note(edition="x" * 21),
        note(making="magic"),
    ],
)
def test_a_note_that_cannot_be_is_refused_and_nothing_is_written(bank, wrong):
    with pytest.raises(CounterfeitMalformed):
        seize(bank, wrong)
    assert not CounterfeitCase.objects.exists()
    assert not CounterfeitNote.objects.exists()


def test_a_serial_that_stands_twice_in_one_case_is_a_slip(bank):
    with pytest.raises(CounterfeitMalformed) as refused:
        seize(bank, note(), note("hd90123456"))
    assert refused.value.details["serial"] == "HD90123456"
    assert seize(bank, note(pieces=2)).pieces == 2


@pytest.mark.parametrize(
    "holder",
    [
        Holder(""),
        Holder("x" * 121),
        Holder("张三", "resident_id", "110105194912310021"),
        Holder("张三", "resident_id", "11010519491331002X"),
        Holder("张三", "resident_id", "123"),
        Holder("张三", "resident_id", "1" * 500),
        Holder("张三", "tattoo", "123456"),
        Holder("张三", phone="call me"),
        Holder("张\n三"),
    ],
)
def test_a_holder_that_cannot_be_is_refused(bank, holder):
    with pytest.raises(CounterfeitMalformed):
        seize(bank, holder=holder)


def test_a_holder_without_a_document_is_written_down_by_name(bank):
    assert seize(bank, holder=Holder("李四")).identity == ""


def test_nothing_and_too_many_are_refused(bank):
    for notes in ([], [note(f"HD{at:08d}") for at in range(201)]):
        with pytest.raises(CounterfeitMalformed):
            seize(bank, notes=notes)


def test_the_same_form_makes_one_case(bank):
    key = new_key()
    first = seize(bank, key=key)
    assert seize(bank, key=key).id == first.id
    assert CounterfeitCase.objects.count() == 1


def test_lists_and_pages_are_masked(bank):
    made = seize(bank)
    assert made.holder == "张**"
    assert "19491231" not in made.identity
    assert made.phone == "138****5678"


def test_the_register_is_searched_by_serial_number_and_holder(bank):
    made = seize(bank)
    seize(bank, note("AA00000001"))
    for words in ("hd9012", "HD90123456", made.number, made.number.lower()):
        assert [one.id for one in vault.counterfeit_cases(branch=BRANCH, words=words)] == [made.id]
    assert len(vault.counterfeit_cases(branch=BRANCH, words="张三丰")) == 2
    assert vault.counterfeit_cases(branch=BRANCH, words="%") == []
    assert vault.counterfeit_cases(branch=4) == []
    assert len(vault.counterfeit_cases(branch=BRANCH, limit=1)) == 1


def test_another_branch_sees_no_case(bank):
    made = seize(bank)
    with pytest.raises(UnknownCase):
        vault.counterfeit_case(made.id, branch=4)


def test_every_printing_is_counted(bank):
    made = seize(bank)
    assert [vault.print_certificate(case=made.id, by=bank.wang) for _ in range(3)] == [0, 1, 2]
    assert vault.counterfeit_case(made.id).prints == 3


def test_too_late_is_too_late(bank):
    made = expired(seize(bank))
    with pytest.raises(AppraisalTooLate):
        vault.apply_for_appraisal(case=made.id, appraiser="人行", by=bank.wang)


def test_found_false_it_goes_to_the_central_bank_in_a_batch(bank):
    made = seize(bank)
    with pytest.raises(CounterfeitMalformed):
        vault.apply_for_appraisal(case=made.id, appraiser=" ", by=bank.wang)
    vault.apply_for_appraisal(case=made.id, appraiser="人行", by=bank.wang)
    with pytest.raises(MoveRefused):
        vault.surrender_counterfeits(cases=[made.id], by=bank.wang, second=bank.li)
    found = vault.conclude_appraisal(case=made.id, genuine=[], by=bank.wang, second=bank.li)
    assert found.state is CounterfeitState.FOUND_FALSE
    other = expired(seize(bank, note("AA00000001")))
    assert {one.id for one in vault.due_for_hand_in(branch=BRANCH, at=made.business_date)} == {
        made.id, other.id,
    }  # fmt: skip
    number = vault.surrender_counterfeits(cases=[made.id, other.id], by=bank.wang, second=bank.li)
    assert [one.id for one in vault.counterfeit_batch(number=number, branch=BRANCH)] == [made.id, other.id]
    assert vault.counterfeit_case(made.id).batch == number
    with pytest.raises(MoveRefused):
        vault.surrender_counterfeits(cases=[made.id], by=bank.wang, second=bank.li)


def test_nothing_is_handed_in_while_the_holder_may_still_apply(bank):
    made = seize(bank)
    with pytest.raises(AppraisalStillPossible):
        vault.surrender_counterfeits(cases=[made.id], by=bank.wang, second=bank.li)
    assert vault.counterfeit_case(made.id).state is CounterfeitState.SEIZED
    with pytest.raises(NothingToHandIn):
        vault.surrender_counterfeits(cases=[], by=bank.wang, second=bank.li)


def test_true_notes_are_paid_at_face_from_the_box(bank):
    made = seize(bank, note(pieces=2))
    before = vault.box(bank.mine)
    vault.apply_for_appraisal(case=made.id, appraiser="人行", by=bank.wang)
    found = vault.conclude_appraisal(
        case=made.id, genuine=[made.notes[0].id], by=bank.wang, second=bank.li, faces={"10000": 2}
    )
    assert found.state is CounterfeitState.FOUND_TRUE
    assert ledger.entry(found.entry).verb == "vault.counterfeit.paid"
    assert vault.box(bank.mine).counted == before.counted - 20_000
    assert vault.faces_astray() == []
    with pytest.raises(MoveRefused):
        vault.surrender_counterfeits(cases=[made.id], by=bank.wang, second=bank.li)


def test_of_a_mixed_case_the_true_ones_are_paid_and_the_rest_stays_false(bank):
    made = seize(bank, note(), note("AB12345678", currency="USD", bag="B-1"), note("AA00000001"))
    vault.apply_for_appraisal(case=made.id, appraiser="人行", by=bank.wang)
    chosen = [made.notes[0].id, made.notes[1].id]
    found = vault.conclude_appraisal(case=made.id, genuine=chosen, by=bank.wang, second=bank.li)
    assert found.state is CounterfeitState.FOUND_FALSE
    assert found.genuine == frozenset(chosen)
    legs = {leg.amount for leg in ledger.entry(found.entry).legs}
    assert legs == {10_000, -10_000}
    assert found.step(CaseStep.PAID)


def test_notes_of_another_case_are_not_appraised_here(bank):
    made, other = seize(bank), seize(bank, note("AA00000001"))
    vault.apply_for_appraisal(case=made.id, appraiser="人行", by=bank.wang)
    with pytest.raises(CounterfeitMalformed):
        vault.conclude_appraisal(case=made.id, genuine=[other.notes[0].id], by=bank.wang, second=bank.li)
    with pytest.raises(CounterfeitMalformed):
        vault.conclude_appraisal(case=made.id, genuine=[], by=bank.wang, second=bank.li, note="x" * 401)
