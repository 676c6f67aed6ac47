"""The hand-over 交接班: everything changes hands together, or nothing does."""

import pytest

from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import Matter, Mode, Requirement, Step
from counterpoint.kit.data import SYSTEM
from counterpoint.kit.testing import once
from counterpoint.people.data import Duty
from counterpoint.vault import services as vault
from counterpoint.vault.data import (
    HandOverBlocked,
    HandOverChanged,
    HandOverDiffers,
    HandOverEnded,
    HandOverPeople,
    NoBox,
    NotCustodian,
    NotSeparated,
    ReasonMissing,
)
from counterpoint.vault.data_vouchers import HandOverState, Part, PartView, SealKind
from counterpoint.vault.services import parts
from counterpoint.vault.tests.bank import BRANCH, stocked
from counterpoint.vault.tests.test_services import move

pytestmark = pytest.mark.django_db


world = once(stocked)


@pytest.fixture
def bank(world):
    """Wang Fang holds a box with notes and passbooks; Chen takes over and holds nothing."""
    return world()


def counts_of(person):
    """What an honest count of the whole package says."""
    return {part["key"]: part["count"] for part in vault.package_of(person=person.id, branch=BRANCH)}


def custodian(box):
    return vault.box(box).custodian


def test_counted_and_signed_by_three_the_box_changes_hands(bank):
    made = vault.propose_hand_over(receiver=bank.chen.id, by=bank.wang)
    assert custodian(bank.mine) == bank.wang.id
    assert vault.count_hand_over(hand_over=made.id, counted=counts_of(bank.wang), by=bank.chen) == []
    done = vault.accept_hand_over(hand_over=made.id, receiver=bank.chen, supervisor=bank.zhang, by=bank.wang)
    assert done.state is HandOverState.ACCEPTED
    assert custodian(bank.mine) == bank.chen.id
    with pytest.raises(NoBox):
        vault.box_of(person=bank.wang.id)
    with pytest.raises(HandOverEnded):
        vault.refuse_hand_over(hand_over=made.id, reason="late", by=bank.chen)


def test_a_count_that_differs_names_the_part_and_stops_it(bank):
    made = vault.propose_hand_over(receiver=bank.chen.id, by=bank.wang)
    counted = counts_of(bank.wang)
    counted["cash"] = {**counted["cash"], "10000": counted["cash"]["10000"] - 1}
    assert vault.count_hand_over(hand_over=made.id, counted=counted, by=bank.chen) == ["cash"]
    with pytest.raises(HandOverDiffers):
        vault.accept_hand_over(hand_over=made.id, receiver=bank.chen, supervisor=bank.zhang, by=bank.wang)
    assert custodian(bank.mine) == bank.wang.id


def test_nothing_is_accepted_uncounted(bank):
    made = vault.propose_hand_over(receiver=bank.chen.id, by=bank.wang)
    with pytest.raises(HandOverDiffers):
        vault.accept_hand_over(hand_over=made.id, receiver=bank.chen, supervisor=bank.zhang, by=bank.wang)


def test_a_note_that_moved_since_makes_the_package_void(bank):
    made = vault.propose_hand_over(receiver=bank.chen.id, by=bank.wang)
    vault.count_hand_over(hand_over=made.id, counted=counts_of(bank.wang), by=bank.chen)
    move(vault.box(bank.safe), vault.box(bank.mine), {"10000": 1})
    with pytest.raises(HandOverChanged):
        vault.accept_hand_over(hand_over=made.id, receiver=bank.chen, supervisor=bank.zhang, by=bank.wang)


@pytest.mark.parametrize("third", ["wang", "chen"])
def test_the_supervisor_is_a_third_person(bank, third):
    made = vault.propose_hand_over(receiver=bank.chen.id, by=bank.wang)
    vault.count_hand_over(hand_over=made.id, counted=counts_of(bank.wang), by=bank.chen)
    with pytest.raises(HandOverPeople):
        vault.accept_hand_over(
            hand_over=made.id, receiver=bank.chen, supervisor=getattr(bank, third), by=bank.wang
        )


def test_refused_or_taken_back_everything_is_as_it_was(bank):
    before = vault.package_of(person=bank.wang.id, branch=BRANCH)
    made = vault.propose_hand_over(receiver=bank.chen.id, by=bank.wang)
    with pytest.raises(ReasonMissing):
        vault.refuse_hand_over(hand_over=made.id, reason=" ", by=bank.chen)
    with pytest.raises(NotCustodian):
        vault.refuse_hand_over(hand_over=made.id, reason="not mine", by=bank.li)
    vault.refuse_hand_over(hand_over=made.id, reason="one bundle is torn", by=bank.chen)
    again = vault.propose_hand_over(receiver=bank.chen.id, by=bank.wang)
    vault.cancel_hand_over(hand_over=again.id, by=bank.wang)
    assert vault.package_of(person=bank.wang.id, branch=BRANCH) == before
    assert vault.open_hand_overs(branch=BRANCH) == []


def test_one_open_hand_over_a_person_and_none_to_oneself(bank):
    with pytest.raises(HandOverPeople):
        vault.propose_hand_over(receiver=bank.wang.id, by=bank.wang)
    vault.propose_hand_over(receiver=bank.chen.id, by=bank.wang)
    with pytest.raises(HandOverBlocked):
        vault.propose_hand_over(receiver=bank.chen.id, by=bank.wang)


def test_a_box_with_separated_forms_is_not_claimed_by_who_holds_the_seal(bank):
    vault.receive_vouchers(kind=bank.draft, first=1, last=10, box=bank.safe, by=SYSTEM)
    vault.register_seal(
        branch=BRANCH, number="YZ-HP", kind=SealKind.SEAL, part=Part.SEAL, name_zh="汇票专用章",
        name_en="Draft seal", custodian=bank.chen.id, by=SYSTEM,
    )  # fmt: skip
    with pytest.raises(NotSeparated):
        vault.claim_box(box=bank.safe, by=bank.chen, second=bank.zhang)
    assert custodian(bank.safe) is None


def test_what_is_only_told_may_change_on_the_way(bank, monkeypatch):
    told = PartView("cases", "未结案件", "Open cases", lines=(("长款", "over", "1", 0),))
    monkeypatch.setitem(parts._parts, "told", parts.HandOverPart("told", lambda giver, branch: told))
    made = vault.propose_hand_over(receiver=bank.chen.id, by=bank.wang)
    assert [part.key for part in made.parts] == ["cash", "vouchers", "cases"]
    monkeypatch.setitem(parts._parts, "told", parts.HandOverPart("told", lambda giver, branch: None))
    vault.count_hand_over(hand_over=made.id, counted=counts_of(bank.wang), by=bank.chen)
    vault.accept_hand_over(hand_over=made.id, receiver=bank.chen, supervisor=bank.zhang, by=bank.chen)
    assert custodian(bank.mine) == bank.chen.id


def test_approvals_and_cases_go_over_as_open_matters(bank):
    matter = Matter(
        kind="test.thing", subject="quote:1", title_zh="现金取款", title_en="Withdrawal", branch=BRANCH,
        payload={"maker": bank.wang.id, "amount": 1}, payload_hash="0" * 64, rows=(), reasons=(),
        rule=("teller.approval", 1), requirement=Requirement(((Step(Mode.SITE, Duty.AUTHORIZE),),)),
    )  # fmt: skip
    granted = approvals.grant(matter=matter, by=bank.zhang)
    made = vault.propose_hand_over(receiver=bank.chen.id, by=bank.wang)
    (part,) = [one for one in made.parts if one.key == "approvals"]
    assert str(granted.id) in part.lines[0][0]
    assert not part.count
