"""Limits 限额: soft ones warn and propose, hard ones stop, and a clock runs until they are mended."""

from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.kit.data import SYSTEM, NotAllowed
from counterpoint.kit.testing import once
from counterpoint.org import services as org
from counterpoint.vault import closing_boxes
from counterpoint.vault import services as vault
from counterpoint.vault.data import (
    FACES,
    PIECES_MAX,
    FaceLimitView,
    LimitMalformed,
    Limits,
    LimitState,
    OverHardLimit,
    UnknownBox,
    face_value,
    faces_sum,
)
from counterpoint.vault.models_cash import LimitBreach
from counterpoint.vault.rules_limits import Keeping, excesses, state_of, surplus, wanted
from counterpoint.vault.tests.bank import BRANCH, build
from counterpoint.vault.tests.test_services import move

KEEPING = Keeping({"10000": 100, "1000": 50, "c100": 20}, 60, 20, 100, 50)


world = once(build)


@pytest.fixture
def bank(world, db):
    return world()


def limit(bank, soft=0, hard=0, by=None, box=None, **faces):
    found = {face.removeprefix("f"): FaceLimitView(*pair) for face, pair in faces.items()}
    return vault.set_limits(box=box or bank.mine, soft=soft, hard=hard, faces=found, by=by or bank.zhang)


class TestRules:
    def test_each_limit_is_passed_by_one_more_than_it(self):
        limits = Limits(soft=30_000, hard=50_000, faces={"10000": FaceLimitView(2, 4)})
        assert state_of(excesses({"10000": 2, "5000": 2}, limits)) is LimitState.WITHIN
        assert [(one.face, one.hard) for one in excesses({"10000": 3, "5000": 1}, limits)] == [
            ("", False), ("10000", False),
        ]  # fmt: skip
        assert [(one.face, one.limit) for one in excesses({"10000": 5}, limits)] == [
            ("10000", 4),
            ("", 30_000),
        ]
        assert state_of(excesses({"10000": 5, "5000": 1}, limits)) is LimitState.HARD

    def test_what_is_handed_in_comes_in_whole_straps_and_leaves_a_working_stock(self):
        held = {"10000": 1000, "1000": 300, "c100": 100}
        given = surplus(held, held, Limits(soft=8_000_000), KEEPING)
        left = {face: n - given.get(face, 0) for face, n in held.items()}
        assert given["10000"] % 100 == 0
        assert faces_sum(left) <= 8_000_000 * 60 // 100 + 100 * 10_000
        assert all(left[face] >= kept for face, kept in KEEPING.pieces.items())

    def test_loose_notes_go_only_where_the_limit_asks_for_them(self):
        held = {"10000": 250, "c100": 20}
        assert surplus(held, held, Limits(soft=2_000_000), KEEPING) == {"10000": 100}
        assert surplus(held, held, Limits(soft=1_400_000), KEEPING) == {"10000": 111}

    def test_nothing_is_handed_in_within_the_limits(self):
        assert surplus({"10000": 5}, {"10000": 5}, Limits(soft=50_000), KEEPING) == {}
        assert surplus({"10000": 5}, {"10000": 5}, Limits(), KEEPING) == {}

    def test_of_a_face_over_its_limit_just_that_face_goes(self):
        held = {"10000": 10, "1000": 900}
        limits = Limits(faces={"1000": FaceLimitView(soft=500)})
        assert surplus(held, held, limits, KEEPING) == {"1000": 600}

    @given(
        st.dictionaries(st.sampled_from(FACES["CNY"]), st.integers(0, 5000)),
        st.integers(0, 60_000_000), st.integers(0, 100), st.data(),
    )  # fmt: skip
    def test_a_proposal_is_there_and_ends_the_breach_where_fit_notes_can(self, some, soft, percent, data):
        held = {face: some.get(face, 0) for face in FACES["CNY"]}
        aside = data.draw(st.sampled_from([0, 1, 7]))
        payable = {face: max(0, n - aside) for face, n in held.items()}
        keeping = Keeping({"10000": 100, "c100": 50}, percent, 20, 100, 50)
        out = surplus(held, payable, Limits(soft=soft), keeping)
        assert all(0 < pieces <= payable[face] for face, pieces in out.items())
        left = faces_sum(held) - faces_sum(out)
        if soft and out:
            assert left <= soft or all(out.get(face, 0) == payable[face] for face in held)

    def test_change_is_drawn_first_and_no_limit_is_passed(self):
        held = {"10000": 0, "1000": 0, "c100": 0}
        there = {"10000": 900, "1000": 900, "c100": 30}
        assert wanted(held, held, there, Limits(), KEEPING) == {"10000": 100, "1000": 100, "c100": 20}
        few = wanted(held, held, there, Limits(soft=20_000), KEEPING)
        assert few == {"1000": 18, "c100": 20}
        assert wanted({"10000": 90}, {"10000": 90}, there, Limits(), KEEPING) == {}

    def test_a_face_limit_caps_what_is_drawn(self):
        held = {"10000": 0, "1000": 0, "c100": 0}
        limits = Limits(faces={"1000": FaceLimitView(soft=30)})
        assert wanted(held, held, {"1000": 900}, limits, KEEPING) == {"1000": 30}


class TestSetting:
    def test_a_supervisor_sets_them_in_all_and_by_face(self, bank):
        set_ = limit(bank, 10_000_000, 20_000_000, f10000=(800, 1000), f5000=(None, 300))
        assert vault.limit_of(bank.mine) == set_
        assert vault.limits_of([vault.box(bank.mine)])[bank.mine] == set_
        assert vault.box(bank.mine).hard == 20_000_000
        limit(bank)
        assert vault.limit_of(bank.mine) == Limits()

    def test_a_teller_sets_none(self, bank):
        with pytest.raises(NotAllowed):
            limit(bank, 1, by=bank.wang)

    @pytest.mark.parametrize(
        ("soft", "hard", "faces"),
        [
            (-1, 0, {}), (2, 1, {}), (10**15, 0, {}), (0, 0, {"f300": (1, 2)}),
            (0, 0, {"f10000": (5, 4)}), (0, 0, {"f10000": (-1, None)}),
            (0, 0, {"f10000": (PIECES_MAX + 1, None)}),
        ],
    )  # fmt: skip
    def test_what_is_no_limit_is_refused(self, bank, soft, hard, faces):
        before = vault.limit_of(bank.mine)
        with pytest.raises(LimitMalformed):
            limit(bank, soft, hard, **faces)
        assert vault.limit_of(bank.mine) == before

    def test_of_a_box_that_is_none(self, bank):
        with pytest.raises(UnknownBox):
            limit(bank, box=999_999)


class TestHard:
    def test_nothing_comes_in_above_it_and_everything_may_go_out(self, bank):
        safe, mine = vault.box(bank.safe), vault.box(bank.mine)
        limit(bank, hard=mine.counted + 10_000)
        move(safe, mine, {"10000": 1})
        with pytest.raises(OverHardLimit):
            move(safe, mine, {"c10": 1})
        limit(bank, hard=1)
        move(mine, safe, {"10000": 1})
        with pytest.raises(OverHardLimit):
            move(safe, mine, {"c10": 1})
        assert vault.faces_astray() == []

    def test_of_a_face_it_is_asked_before_the_posting(self, bank):
        limit(bank, f10000=(600, 601))
        mine = vault.box(bank.mine)
        assert [one.limit for one in vault.check_limit(box=mine, change={"10000": 1})] == [600]
        with pytest.raises(OverHardLimit) as refused:
            vault.check_limit(box=mine, change={"10000": 2})
        assert refused.value.details["face"] == "10000"
        assert vault.check_limit(box=mine, change={"10000": -1, "5000": 2}) == []

    def test_a_transfer_that_would_pass_it_is_not_received_and_goes_back(self, bank):
        vault.claim_box(box=bank.safe, by=bank.chen, second=bank.zhang)
        limit(bank, f10000=(None, 601))
        made = vault.request_transfer(source=bank.safe, target=bank.mine, faces={"10000": 2}, by=bank.wang)
        vault.issue_transfer(transfer=made.id, by=bank.chen, second=bank.zhang)
        assert vault.count_transfer(transfer=made.id, faces={"10000": 2}, by=bank.wang)
        with pytest.raises(OverHardLimit):
            vault.receive_transfer(transfer=made.id, by=bank.wang, second=bank.zhang)
        vault.reject_transfer(transfer=made.id, reason="too much", by=bank.wang)
        assert vault.box(bank.mine).faces["10000"] == 600
        assert vault.faces_astray() == []


class TestClock:
    def test_it_begins_once_and_ends_when_mended(self, bank):
        mine, safe = vault.box(bank.mine), vault.box(bank.safe)
        limit(bank, soft=mine.counted - 1, f10000=(599, None))
        assert vault.note_breaches(branch=BRANCH) == 2
        assert vault.note_breaches(branch=BRANCH) == 0
        found = {one.face: one for one in vault.open_breaches(branch=BRANCH)}
        assert set(found) == {"", "10000"}
        assert found[""].due - found[""].since == timedelta(minutes=60)
        assert (found["10000"].amount, found["10000"].limit) == (600, 599)
        assert [one.box for one in vault.breaches_of(box=bank.other)] == []
        move(mine, safe, {"10000": 1})
        assert vault.note_breaches() == 2
        assert vault.open_breaches(branch=BRANCH) == []
        assert LimitBreach.objects.exclude(until=None).count() == 2

    def test_the_vault_has_longer(self, bank):
        limit(bank, soft=1, box=bank.safe)
        vault.note_breaches(branch=BRANCH)
        (found,) = vault.open_breaches(branch=BRANCH)
        assert found.due - found.since == timedelta(days=1)
        assert found.late(found.due + timedelta(seconds=1))
        assert not found.late(found.due)

    def test_looking_costs_one_query_where_nothing_changed(self, bank, django_assert_num_queries):
        limit(bank, soft=1, f10000=(1, 2))
        vault.note_breaches()
        with django_assert_num_queries(4):  # a savepoint and its end, the lock, the boxes
            vault.note_breaches()


class TestProposals:
    def test_over_the_limit_the_surplus_goes_to_the_vault(self, bank):
        mine = vault.box(bank.mine)
        limit(bank, soft=5_000_000)
        wish = vault.proposed_transfer(box=bank.mine)
        assert (wish["source"], wish["target"]) == (bank.mine, bank.safe)
        assert wish["amount"] == faces_sum(wish["faces"])
        assert mine.counted - wish["amount"] <= 5_000_000 * 60 // 100 + 100 * 10_000

    def test_for_the_night_down_to_what_may_stay(self, bank):
        wish = vault.proposed_transfer(box=bank.mine, overnight=True)
        assert vault.box(bank.mine).counted - wish["amount"] <= 2_000_000
        assert vault.overnight_limit(vault.box(bank.safe), org.business_day(BRANCH).date) == 0

    def test_where_a_face_runs_low_some_is_drawn_that_is_not_promised(self, bank, monkeypatch):
        move(vault.box(bank.mine), vault.box(bank.safe), {"500": 290})
        assert vault.proposed_transfer(box=bank.mine)["faces"] == {"500": 100}
        held = vault.box(bank.safe).faces["500"]
        monkeypatch.setattr(
            "counterpoint.vault.services.limits.promised_of", lambda *, box: {"500": held - 7}
        )
        wish = vault.proposed_transfer(box=bank.mine)
        assert (wish["source"], wish["target"], wish["faces"]) == (bank.safe, bank.mine, {"500": 7})

    def test_the_vaults_own_surplus_goes_to_the_central_bank(self, bank):
        limit(bank, soft=10_000_000, box=bank.safe)
        wish = vault.proposed_transfer(box=bank.safe)
        assert (wish["source"], wish["target"]) == (bank.safe, None)
        assert vault.box(bank.safe).counted - wish["amount"] <= 10_000_000

    def test_unfit_notes_are_not_proposed(self, bank):
        vault.sort_notes(box=bank.mine, unfit={"10000": 600}, damaged={}, by=bank.wang)
        limit(bank, soft=5_000_000)
        assert "10000" not in vault.proposed_transfer(box=bank.mine)["faces"]


class TestGates:
    def test_boxes_that_are_out_or_paused_stop_the_close(self, bank):
        day = org.business_day(BRANCH).date
        vault.claim_box(box=bank.safe, by=bank.chen, second=bank.zhang)
        assert len(closing_boxes.returned_gate(BRANCH, day)) == 2
        vault.release_box(box=bank.mine, by=bank.wang)
        vault.pause_box(box=bank.safe, reason="", by=bank.chen)
        vault.pause_box(box=bank.other, reason="", by=bank.li)
        found = closing_boxes.returned_gate(BRANCH, day)
        assert [one.link for one in found] == [
            reverse("vault:box", args=[id]) for id in (bank.safe, bank.other)
        ]
        assert all("paused" in one.words or "暂离" in one.words for one in found)

    def test_a_box_above_its_hard_limit_stops_it(self, bank):
        day = org.business_day(BRANCH).date
        assert closing_boxes.hard_gate(BRANCH, day) == []
        limit(bank, hard=1)
        (found,) = closing_boxes.hard_gate(BRANCH, day)
        assert found.link.endswith(f"box={bank.mine}&proposed=1")

    def test_too_much_overnight_warns_or_stops_as_the_rule_says(self, bank, monkeypatch):
        gates = {one.key: one for one in org.check_gates(branch=BRANCH, date=org.business_day(BRANCH).date)}
        assert len(gates["vault.overnight"].findings) == 5
        assert not gates["vault.overnight"].blocking
        true_value = org.value
        monkeypatch.setattr(
            org, "value", lambda *, key, at: key == closing_boxes.STOPS or true_value(key=key, at=at)
        )
        gates = {one.key: one for one in org.check_gates(branch=BRANCH, date=org.business_day(BRANCH).date)}
        assert len(gates["vault.overnight"].findings) == 5
        assert gates["vault.overnight"].blocking

    def test_an_emptied_box_may_stay(self, bank):
        day = org.business_day(BRANCH).date
        for box in vault.boxes_of(branch=BRANCH)[1:]:
            move(box, vault.box(bank.safe), {face: n for face, n in box.faces.items() if n})
        assert vault.over_overnight(branch=BRANCH, at=day) == []


def test_every_face_has_a_worth():
    assert all(face_value(face) > 0 for faces in FACES.values() for face in faces)


def test_the_system_may_set_limits(bank):
    assert limit(bank, soft=5, by=SYSTEM).soft == 5
