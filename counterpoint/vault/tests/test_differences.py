"""Differences 长短款: each a case of its own with its entry, the stock as counted, and never netted."""

import pytest

from counterpoint.kit.data import NotAllowed
from counterpoint.kit.keys import new_key
from counterpoint.kit.testing import once
from counterpoint.ledger import services as ledger
from counterpoint.org import services as org
from counterpoint.vault import closing_counts
from counterpoint.vault import services as vault
from counterpoint.vault.data import (
    ApproverMissing,
    Cause,
    CountAgrees,
    CountMoment,
    CountOutdated,
    DifferenceBooked,
    DifferenceResolved,
    DifferenceState,
    FacesDoNotSum,
    NoBox,
    NotEnoughOfFace,
    OverHardLimit,
    ReasonMissing,
    Resolution,
    ResolutionMalformed,
    UnknownDifference,
)
from counterpoint.vault.models import Stock
from counterpoint.vault.models_cash import Difference
from counterpoint.vault.tests.bank import BRANCH, build
from counterpoint.vault.tests.test_counts import held
from counterpoint.vault.tests.test_services import move

pytestmark = pytest.mark.django_db


world = once(build)


@pytest.fixture
def bank(world):
    return world()


def counted(bank, change, box=None, by=None):
    """A count that differs from what is there by ``change``, in pieces of faces."""
    typed = held(box or bank.mine)
    for face, pieces in change.items():
        typed[face] = {"loose": typed.get(face, {}).get("loose", 0) + pieces}
    return vault.count_box(box=box or bank.mine, moment=CountMoment.END, typed=typed, by=by or bank.wang)


def opened(bank, change, **more):
    made = counted(bank, change, **more)
    return vault.open_difference(count=made.id, by=more.get("by") or bank.wang, approver=bank.zhang)


def test_what_is_counted_above_the_hard_limit_is_booked_all_the_same(bank):
    Stock.objects.filter(pk=bank.mine).update(hard_minor=vault.box(bank.mine).counted)
    case = opened(bank, {"10000": 1})
    assert case.amount == 10_000
    assert vault.faces_astray() == []
    with pytest.raises(OverHardLimit):
        move(vault.box(bank.safe), vault.box(bank.mine), {"10000": 1})


def ended(bank, case, how, amount, **more):
    given = {
        "note": "seen on the recording",
        "by": bank.wang,
        "approver": bank.zhang,
        "key": new_key(),
    } | more
    return vault.resolve_difference(difference=case.id, how=how, amount=amount, **given)


def waiting(gl):
    label = {"2241": "待处理出纳长款", "1221": "待处理出纳短款"}[gl]
    id = ledger.internal_account(branch=BRANCH, gl=gl, currency="CNY", label=label)
    return ledger.account(id).balance


@pytest.mark.parametrize(
    ("change", "gl"), [({"10000": 3}, "2241"), ({"10000": -3}, "1221"), ({"10000": -1, "c100": -2}, "1221")]
)
def test_it_is_booked_to_payables_or_receivables_and_the_box_is_what_was_counted(bank, change, gl):
    before = vault.box(bank.mine).faces
    case = opened(bank, change)
    assert waiting(gl) == abs(case.amount) == abs(case.remaining)
    now = vault.box(bank.mine).faces
    assert {face: now[face] - before[face] for face in now if now[face] != before[face]} == change
    assert case.state is DifferenceState.OPEN
    assert case.faces == change
    assert vault.position(box=bank.mine).difference == 0
    assert vault.settlement_of(vault.cash_count(case.count)).entry == case.entry
    # The box is as it was counted: the day may close.
    day = org.business_day(BRANCH).date
    assert closing_counts.booked_gate(BRANCH, day) == []
    assert closing_counts.counted_gate(BRANCH, day) == []


def test_long_and_short_on_one_day_are_two_cases_and_two_balances(bank):
    long = opened(bank, {"10000": 1})
    short = opened(bank, {"10000": -1})
    other = opened(bank, {"10000": -1}, box=bank.other, by=bank.li)
    assert long.number != short.number
    assert (waiting("2241"), waiting("1221")) == (10000, 20000)
    assert [one.id for one in vault.differences_of(branch=BRANCH, open_only=True)] == [
        other.id, short.id, long.id,
    ]  # fmt: skip


def test_a_second_person_who_may_authorize_approves_and_never_the_maker(bank):
    made = counted(bank, {"10000": -1})
    with pytest.raises(ApproverMissing):
        vault.open_difference(count=made.id, by=bank.wang, approver=None)
    with pytest.raises(ApproverMissing):
        vault.open_difference(count=made.id, by=bank.wang, approver=bank.wang)
    with pytest.raises(NotAllowed):
        vault.open_difference(count=made.id, by=bank.wang, approver=bank.li)
    with pytest.raises(NotAllowed):
        vault.open_difference(count=made.id, by=bank.li, approver=bank.zhang)
    assert not Difference.objects.exists()


def test_from_ten_thousand_yuan_on_the_branch_alone_cannot_approve(bank):
    made = counted(bank, {"10000": 100})
    with pytest.raises(NotAllowed):
        vault.open_difference(count=made.id, by=bank.wang, approver=bank.zhang)
    case = vault.open_difference(count=made.id, by=bank.wang, approver=bank.staff["090501"])
    assert case.amount == 1_000_000


def test_a_count_is_settled_once_and_only_as_long_as_it_is_true(bank):
    agreeing = counted(bank, {})
    with pytest.raises(CountAgrees):
        vault.open_difference(count=agreeing.id, by=bank.wang, approver=bank.zhang)
    first = counted(bank, {"10000": -2})
    second = counted(bank, {"10000": -1})
    with pytest.raises(CountOutdated):
        vault.open_difference(count=first.id, by=bank.wang, approver=bank.zhang)
    move(vault.box(bank.safe), vault.box(bank.mine), {"10000": 1})
    with pytest.raises(CountOutdated):
        vault.open_difference(count=second.id, by=bank.wang, approver=bank.zhang)
    case = opened(bank, {"10000": -1})
    with pytest.raises(DifferenceBooked):
        vault.open_difference(count=case.count, by=bank.wang, approver=bank.zhang)


def test_faces_that_are_mixed_up_are_put_right_without_a_case(bank):
    before = vault.box(bank.mine).counted
    made = counted(bank, {"10000": -1, "5000": 2})
    assert made.difference == 0
    assert not made.agrees
    with pytest.raises(CountAgrees):
        vault.open_difference(count=made.id, by=bank.wang, approver=bank.zhang)
    with pytest.raises(ApproverMissing):
        vault.correct_faces(count=made.id, by=bank.wang, approver=None)
    entry = vault.correct_faces(count=made.id, by=bank.wang, approver=bank.zhang)
    now = vault.box(bank.mine)
    assert (now.faces["10000"], now.faces["5000"], now.counted) == (599, 202, before)
    assert [leg.amount for leg in ledger.entry(entry).legs] == [10000, -10000]
    assert not Difference.objects.exists()
    assert vault.faces_astray() == []
    with pytest.raises(DifferenceBooked):
        vault.correct_faces(count=made.id, by=bank.wang, approver=bank.zhang)
    with pytest.raises(CountAgrees):
        vault.correct_faces(count=counted(bank, {"10000": 1}).id, by=bank.wang, approver=bank.zhang)


def test_notes_that_are_gone_leave_the_damaged_and_unfit_ones_too(bank):
    Stock.objects.filter(pk=bank.mine).update(unfit=[*[0] * 7, 190], damaged=[*[0] * 7, 6])
    opened(bank, {"10": -10})
    row = Stock.objects.get(pk=bank.mine)
    assert (row.counts[7], row.unfit[7:8], sum(row.damaged)) == (190, [190], 0)


def test_it_ends_in_parts_and_is_resolved_when_nothing_remains(bank):
    case = opened(bank, {"10000": -3})
    part = ended(bank, case, Resolution.FOUND, 10000, faces={"10000": 1})
    assert (part.remaining, part.state) == (-20000, DifferenceState.EXPLAINED)
    part = ended(bank, case, Resolution.MADE_GOOD, 10000, faces={"5000": 2})
    done = ended(bank, case, Resolution.EXPENSE, 10000)
    assert (done.remaining, done.state) == (0, DifferenceState.RESOLVED)
    assert waiting("1221") == 0
    assert vault.faces_astray() == []
    assert vault.box(bank.mine).faces["10000"] == 598
    assert vault.box(bank.mine).faces["5000"] == 202
    steps = vault.difference_steps(difference=case.id)
    assert [step.amount for step in steps] == [-30000, 10000, 10000, 10000]
    assert len({step.entry for step in steps}) == 4
    with pytest.raises(DifferenceResolved):
        ended(bank, case, Resolution.EXPENSE, 1)
    with pytest.raises(DifferenceResolved):
        vault.explain_difference(difference=case.id, cause=Cause.OTHER, note="late", by=bank.wang)


def test_a_long_one_goes_back_in_cash_to_an_account_or_into_income(bank):
    case = opened(bank, {"10000": 3})
    ended(bank, case, Resolution.RETURNED, 10000, faces={"10000": 1})
    assert vault.box(bank.mine).faces["10000"] == 602
    done = ended(bank, case, Resolution.INCOME, 20000)
    assert done.state is DifferenceState.RESOLVED
    assert waiting("2241") == 0


def test_the_same_key_ends_a_part_once(bank):
    case, key = opened(bank, {"10000": -2}), new_key()
    for _press in range(2):
        part = ended(bank, case, Resolution.FOUND, 10000, faces={"10000": 1}, key=key)
        assert part.remaining == -10000
    assert len(vault.difference_steps(difference=case.id)) == 2


@pytest.mark.parametrize(
    ("how", "amount", "more", "error"),
    [
        (Resolution.INCOME, 10000, {}, ResolutionMalformed),
        (Resolution.RETURNED, 10000, {"faces": {"10000": 1}}, ResolutionMalformed),
        (Resolution.FOUND, 0, {"faces": {"10000": 1}}, ResolutionMalformed),
        (Resolution.FOUND, -10000, {"faces": {"10000": 1}}, ResolutionMalformed),
        (Resolution.FOUND, 40000, {"faces": {"10000": 4}}, ResolutionMalformed),
        (Resolution.FOUND, 10000, {}, ResolutionMalformed),
        (Resolution.FOUND, 10000, {"faces": {"10000": 2}}, FacesDoNotSum),
        (Resolution.FOUND, 10000, {"faces": {"10000": 2, "5000": -2}}, FacesDoNotSum),
        (Resolution.EXPENSE, 10000, {"faces": {"10000": 1}}, ResolutionMalformed),
        (Resolution.EXPENSE, 10000, {"note": " "}, ReasonMissing),
        (Resolution.EXPENSE, 10000, {"approver": None}, ApproverMissing),
    ],
)
def test_an_end_that_does_not_fit_is_refused_and_nothing_moves(bank, how, amount, more, error):
    case = opened(bank, {"10000": -3})
    with pytest.raises(error):
        ended(bank, case, how, amount, **more)
    assert vault.difference(case.id).remaining == -30000
    assert waiting("1221") == 30000


def test_cash_comes_only_into_and_out_of_a_box_in_ones_own_custody(bank):
    case = opened(bank, {"10000": -3})
    with pytest.raises(NoBox):
        ended(bank, case, Resolution.FOUND, 10000, faces={"10000": 1}, by=bank.li)
    with pytest.raises(ResolutionMalformed):
        ended(bank, case, Resolution.FOUND, 10000, account=vault.box(bank.other).account)
    long = opened(bank, {"c1": 5})
    with pytest.raises(NotEnoughOfFace):
        ended(bank, long, Resolution.RETURNED, 5, faces={"c5": 1})


def test_what_was_found_is_written_down_and_the_money_stays_where_it_waits(bank):
    case = opened(bank, {"10000": -1})
    with pytest.raises(ReasonMissing):
        vault.explain_difference(difference=case.id, cause=Cause.DOUBLED, note="", by=bank.wang)
    seen = vault.explain_difference(
        difference=case.id, cause=Cause.DOUBLED, note="booked twice", entry=case.entry, by=bank.wang
    )
    assert (seen.state, seen.remaining) == (DifferenceState.EXPLAINED, -10000)
    assert vault.difference_steps(difference=case.id)[-1].cause == "doubled"
    with pytest.raises(UnknownDifference):
        vault.difference(10**9)


def test_the_workbench_sees_the_day_and_the_other_boxes(bank):
    for _times in range(2):
        move(vault.box(bank.safe), vault.box(bank.mine), {"10000": 2})
    mine = counted(bank, {"10000": -2})
    counted(bank, {"10000": 2}, box=bank.other, by=bank.li)
    found = vault.proposals(count=mine)
    by_cause = {one.cause: one for one in found}
    assert by_cause[Cause.DOUBLED].evidence["times"] == 2
    assert by_cause[Cause.DOUBLED].evidence["near"]
    assert by_cause[Cause.MIRROR].other.box_number == vault.box(bank.other).number
    case = vault.open_difference(count=mine.id, by=bank.wang, approver=bank.zhang)
    theirs = vault.last_count(box=bank.other, date=mine.date)
    mirror = next(one for one in vault.proposals(count=theirs) if one.cause is Cause.MIRROR)
    assert mirror.other.number == case.number
    # The entry that books the case is not among its causes.
    assert all(one.entry != case.entry for one in vault.proposals(count=mine))
