"""Boxes: sorted notes, pauses, claims on the right day and by the right person, new and retired ones."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from counterpoint.kit.data import SYSTEM, NotAllowed
from counterpoint.kit.keys import new_key
from counterpoint.kit.testing import once
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import Effect, Leg, Posting
from counterpoint.org import services as org
from counterpoint.vault import services as vault
from counterpoint.vault.data import (
    BoxExists,
    BoxKind,
    BoxMalformed,
    BoxNotEmpty,
    BoxNotPaused,
    BoxStopped,
    BoxTaken,
    CountMoment,
    CountPeople,
    CrossIssue,
    FaceWithdrawn,
    LimitMalformed,
    NoBox,
    NotEnoughOfFace,
    OpeningPeople,
    Part,
    SealKind,
    SortingMalformed,
    Stop,
    UnknownBox,
    UnknownFace,
    WrongDay,
    faces_sum,
)
from counterpoint.vault.models import Box, Custody, Stock
from counterpoint.vault.models_cash import BoxStop
from counterpoint.vault.services.freezes import freeze_box, unfreeze_box
from counterpoint.vault.tests.bank import BRANCH, build
from counterpoint.vault.tests.test_services import move

pytestmark = pytest.mark.django_db
world = once(build)


@pytest.fixture
def bank(world):
    """Wang Fang and Li Wei each hold a box; the vault is full."""
    return world()


def pay(bank, faces, **qualities):
    """Notes out of Wang Fang's box into the vault; those of a quality keep it."""
    mine, safe = vault.box(bank.mine), vault.box(bank.safe)
    out = {face: -n for face, n in faces.items()}
    lost = {name: {face: -n for face, n in some.items()} for name, some in qualities.items()}
    return ledger.post(
        Posting(
            key=new_key(), verb="vault.stock.moved", branch=BRANCH, by=SYSTEM,
            business_date=org.business_day(BRANCH).date, subject=f"box:{mine.id}",
            legs=(Leg(safe.account, faces_sum(faces)), Leg(mine.account, -faces_sum(faces))),
            effects=(
                Effect("vault.faces", {"box": mine.id, "faces": out, **lost}),
                Effect("vault.faces", {"box": safe.id, "faces": faces, **qualities}),
            ),
        )
    )  # fmt: skip


def sort(bank, unfit=None, damaged=None, by=None):
    return vault.sort_notes(box=bank.mine, unfit=unfit or {}, damaged=damaged or {}, by=by or bank.wang)


class TestSorting:
    def test_what_is_unfit_or_damaged_is_in_the_box_and_not_paid_out(self, bank):
        seen = sort(bank, unfit={"10000": 500}, damaged={"10000": 90})
        assert (seen.faces["10000"], seen.payable["10000"]) == (600, 10)
        with pytest.raises(NotEnoughOfFace) as refused:
            pay(bank, {"10000": 11})
        assert refused.value.details["have"] == 10
        pay(bank, {"10000": 10})
        assert vault.faces_astray() == []

    def test_they_leave_when_they_are_named_and_arrive_as_what_they_are(self, bank):
        sort(bank, unfit={"10000": 30}, damaged={"5000": 5})
        pay(bank, {"10000": 30, "5000": 5}, unfit={"10000": 30}, damaged={"5000": 5})
        mine, safe = vault.box(bank.mine), vault.box(bank.safe)
        assert (mine.faces["10000"], mine.unfit, mine.damaged) == (570, {}, {})
        assert (safe.unfit, safe.damaged) == ({"10000": 30}, {"5000": 5})
        assert vault.faces_astray() == []

    def test_no_more_of_a_quality_leaves_than_there_is(self, bank):
        sort(bank, damaged={"10000": 2})
        with pytest.raises(NotEnoughOfFace) as refused:
            pay(bank, {"10000": 3}, damaged={"10000": 3})
        assert refused.value.details["quality"] == "damaged"
        with pytest.raises(NotEnoughOfFace):
            pay(bank, {"5000": 1}, unfit={"5000": 1})

    @pytest.mark.parametrize("named", [[], "all", 3])
    def test_a_payload_that_names_nonsense_is_refused(self, bank, named):
        with pytest.raises(UnknownFace):
            ledger.post(
                Posting(
                    key=new_key(), verb="vault.stock.moved", branch=BRANCH, by=SYSTEM,
                    business_date=org.business_day(BRANCH).date, subject=f"box:{bank.mine}",
                    legs=(Leg(vault.box(bank.safe).account, 1), Leg(vault.box(bank.mine).account, -1)),
                    effects=(Effect("vault.faces", {"box": bank.mine, "faces": {}, "unfit": named}),),
                )
            )  # fmt: skip

    def test_a_box_with_nothing_aside_has_short_rows_again(self, bank):
        sort(bank, unfit={"10000": 1})
        pay(bank, {"10000": 1}, unfit={"10000": 1})
        assert Stock.objects.get(box=bank.mine).unfit == []
        sort(bank, damaged={"100": 1})
        sort(bank)
        assert Stock.objects.get(box=bank.mine).damaged == []

    @pytest.mark.parametrize(
        ("unfit", "damaged", "error"),
        [
            ({"10000": 601}, {}, SortingMalformed),
            ({"10000": 400}, {"10000": 201}, SortingMalformed),
            ({"10000": -1}, {}, SortingMalformed),
            ({"300": 1}, {}, UnknownFace),
            ({"10000": 1.5}, {}, UnknownFace),
        ],
    )
    def test_impossible_sortings_change_nothing(self, bank, unfit, damaged, error):
        before = vault.box(bank.mine)
        with pytest.raises(error):
            sort(bank, unfit, damaged)
        assert vault.box(bank.mine) == before

    def test_only_the_custodian_sorts(self, bank):
        with pytest.raises(NoBox):
            sort(bank, unfit={"10000": 1}, by=bank.li)

    def test_a_proposed_payment_uses_fit_notes_only(self, bank):
        sort(bank, unfit={"10000": 600})
        assert "10000" not in (vault.suggest(20_000, vault.box(bank.mine).payable) or {})


class TestFaces:
    def test_a_withdrawn_face_does_not_come_in_and_may_go_out(self, bank, monkeypatch):
        day, true_value = org.business_day(BRANCH).date, org.value
        says = true_value(key="cash.faces", at=day)
        fewer = {**says, "coins": [coin for coin in says["coins"] if coin != 1]}
        monkeypatch.setattr(
            org, "value", lambda *, key, at: fewer if key == "cash.faces" else true_value(key=key, at=at)
        )
        vault.check_faces(faces={"c1": -1, "100": 1}, currency="CNY", at=day)
        with pytest.raises(FaceWithdrawn):
            vault.check_faces(faces={"c1": 1}, currency="CNY", at=day)

    def test_of_the_fourth_series_few_faces_are_money(self, bank):
        assert vault.old_series(at=org.business_day(BRANCH).date) == ["50", "10", "c100", "c50"]


class TestPauses:
    def test_nothing_moves_in_a_paused_box_until_its_custodian_is_back(self, bank):
        paused = vault.pause_box(box=bank.mine, reason="lunch", by=bank.wang)
        assert paused.stopped is Stop.PAUSED
        assert (vault.stop_of(box=bank.mine).reason, vault.stop_of(box=bank.mine).person) == (
            "lunch", bank.wang.id,
        )  # fmt: skip
        with pytest.raises(BoxStopped):
            move(vault.box(bank.safe), vault.box(bank.mine), {"10000": 1})
        with pytest.raises(BoxStopped):
            sort(bank, unfit={"10000": 1})
        with pytest.raises(BoxStopped):
            vault.release_box(box=bank.mine, by=bank.wang)
        assert vault.resume_box(box=bank.mine, by=bank.wang).stopped is Stop.NONE
        move(vault.box(bank.safe), vault.box(bank.mine), {"10000": 1})
        assert vault.stop_of(box=bank.mine) is None

    def test_it_is_paused_once_and_resumed_once(self, bank):
        with pytest.raises(BoxNotPaused):
            vault.resume_box(box=bank.mine, by=bank.wang)
        vault.pause_box(box=bank.mine, reason="", by=bank.wang)
        with pytest.raises(BoxStopped):
            vault.pause_box(box=bank.mine, reason="", by=bank.wang)
        assert BoxStop.objects.filter(box=bank.mine).count() == 1

    def test_only_who_holds_it_pauses_and_resumes(self, bank):
        with pytest.raises(NoBox):
            vault.pause_box(box=bank.mine, reason="", by=bank.li)
        vault.pause_box(box=bank.mine, reason="", by=bank.wang)
        with pytest.raises(NoBox):
            vault.resume_box(box=bank.mine, by=bank.zhang)

    def test_a_frozen_box_is_not_resumed_and_a_freeze_ends_the_pause(self, bank):
        vault.pause_box(box=bank.mine, reason="", by=bank.wang)
        with transaction.atomic():
            freeze_box(box=bank.mine, reason="check", by=bank.zhang)
        with pytest.raises(BoxStopped):
            vault.resume_box(box=bank.mine, by=bank.wang)
        with pytest.raises(BoxStopped):
            vault.pause_box(box=bank.mine, reason="", by=bank.wang)
        unfreeze_box(box=bank.mine, by=bank.zhang)
        assert vault.box(bank.mine).stopped is Stop.NONE
        assert list(BoxStop.objects.filter(box=bank.mine).values_list("until", flat=True)).count(None) == 0


def next_day():
    """The day is closed and the next one opened; nothing else happens at night."""
    day = org.business_day(BRANCH)
    org.close_day(branch=BRANCH, by=SYSTEM)
    org.open_day(branch=BRANCH, date=org.next_working_day(day.date), by=SYSTEM)


class TestClaims:
    def test_no_box_is_taken_on_a_closed_day(self, bank):
        vault.release_box(box=bank.mine, by=bank.wang)
        org.close_day(branch=BRANCH, by=SYSTEM)
        with pytest.raises(WrongDay):
            vault.claim_box(box=bank.mine, by=bank.wang)
        assert vault.box(bank.mine).custodian is None

    def test_not_the_same_box_on_two_days_running(self, bank, yesterday):
        with pytest.raises(CrossIssue) as refused:
            vault.claim_box(box=bank.mine, by=bank.wang)
        assert refused.value.why.rule == "vault.same_box_next_day"
        assert vault.claim_box(box=bank.other, by=bank.wang).custodian == bank.wang.id
        assert vault.claim_box(box=bank.mine, by=bank.li).custodian == bank.li.id

    def test_unless_another_person_counted_it_again(self, bank, yesterday):
        with pytest.raises(CountPeople):
            vault.claim_box(box=bank.mine, by=bank.wang, second=bank.wang)
        with pytest.raises(CountPeople):
            vault.claim_box(box=bank.mine, by=bank.wang, second=SYSTEM)
        taken = vault.claim_box(box=bank.mine, by=bank.wang, second=bank.chen)
        assert taken.custodian == bank.wang.id

    def test_who_recounts_may_count(self, bank, yesterday):
        with pytest.raises(NotAllowed):
            vault.claim_box(box=bank.mine, by=bank.wang, second=bank.staff["080301"])

    def test_a_count_of_today_that_agrees_and_is_anothers_will_do(self, bank, yesterday):
        held = {face: {"loose": n} for face, n in vault.box(bank.mine).faces.items() if n}
        vault.count_box(box=bank.mine, moment=CountMoment.START, typed=held, by=bank.chen, second=bank.zhang)
        assert vault.claim_box(box=bank.mine, by=bank.wang).custodian == bank.wang.id

    def test_where_the_rule_allows_it_nobody_asks(self, bank, yesterday, monkeypatch):
        true_value = org.value
        monkeypatch.setattr(
            org, "value", lambda *, key, at: key == "vault.same_box_next_day" or true_value(key=key, at=at)
        )
        assert vault.claim_box(box=bank.mine, by=bank.wang).custodian == bank.wang.id

    def test_a_day_between_is_enough(self, bank, yesterday, another_night):
        assert vault.claim_box(box=bank.mine, by=bank.wang).custodian == bank.wang.id

    def test_the_vault_stays_with_its_keeper(self, bank):
        vault.claim_box(box=bank.safe, by=bank.chen, second=bank.zhang)
        vault.release_box(box=bank.safe, by=bank.chen)
        assert not vault.needs_recount(
            box=bank.safe, branch=BRANCH, person=bank.chen.id, day=org.business_day(BRANCH).date, kind="vault"
        )

    def test_the_vault_is_opened_by_two(self, bank):
        for alone in (None, bank.chen, SYSTEM):
            with pytest.raises((OpeningPeople, CountPeople)):
                vault.claim_box(box=bank.safe, by=bank.chen, second=alone)
        with pytest.raises(NotAllowed):
            vault.claim_box(box=bank.safe, by=bank.chen, second=bank.staff["080301"])
        assert vault.box(bank.safe).custodian is None

    def test_and_they_hold_its_key_and_its_combination_between_them(self, bank):
        for part, holder in ((Part.KEY, bank.wang), (Part.COMBINATION, bank.zhang)):
            vault.register_seal(
                branch=BRANCH, number=str(part), kind=SealKind.KEY, part=part, name_zh="锁", name_en="Lock",
                custodian=holder.id, by=SYSTEM,
            )  # fmt: skip
        with pytest.raises(OpeningPeople) as refused:
            vault.claim_box(box=bank.safe, by=bank.chen, second=bank.zhang)
        assert refused.value.details["part"] == "key"
        assert refused.value.why.helper == bank.wang.name
        vault.release_box(box=bank.mine, by=bank.wang)
        assert vault.claim_box(box=bank.safe, by=bank.wang, second=bank.zhang).custodian == bank.wang.id

    def test_a_frozen_box_is_not_taken(self, bank):
        free = vault.boxes_of(branch=BRANCH)[3]
        freeze_box(box=free.id, reason="check", by=bank.zhang)
        with pytest.raises(BoxStopped):
            vault.claim_box(box=free.id, by=bank.chen)
        with pytest.raises(BoxTaken):
            vault.claim_box(box=bank.mine, by=bank.chen)


@pytest.fixture
def yesterday(bank):
    """Wang Fang and Li Wei had their boxes yesterday; today is open and nobody has taken one yet.

    All of it is one transaction with one clock, so the times are set apart by hand.
    """
    vault.release_box(box=bank.mine, by=bank.wang)
    vault.release_box(box=bank.other, by=bank.li)
    night(12)
    return bank


@pytest.fixture
def another_night(yesterday):
    """A day on which nobody took these boxes."""
    night(12)


def night(hours):
    """Everything that has happened lies so many hours back; then a new day opens."""
    shift = timedelta(hours=hours)
    for custody in Custody.objects.all():
        Custody.objects.filter(pk=custody.pk).update(
            since=custody.since - shift, until=custody.until - shift if custody.until else None
        )
    next_day()
    _shift_changes(shift)


def _shift_changes(shift):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE org_day_change SET at = at - %s WHERE id <> ("
            "SELECT max(id) FROM org_day_change WHERE branch_id = %s)",
            [shift, BRANCH],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")


class TestNewAndRetired:
    def make(self, bank, **given):
        asked = {
            "number": "0003-R1", "branch": BRANCH, "kind": BoxKind.RECYCLER, "currency": "CNY",
            "by": bank.zhang,
        }  # fmt: skip
        return vault.make_box(**(asked | given))

    def test_a_machine_s_cassette_is_a_box_like_any_other(self, bank):
        made = self.make(bank, limit=10_000_000, hard=20_000_000)
        assert (made.kind, made.counted, made.limit, made.hard) == (
            BoxKind.RECYCLER, 0, 10_000_000, 20_000_000,
        )  # fmt: skip
        move(vault.box(bank.safe), made, {"10000": 100})
        assert vault.box(made.id).counted == 1_000_000
        assert vault.faces_astray() == []

    @pytest.mark.parametrize(
        ("given", "error"),
        [
            ({"number": "x"}, BoxMalformed),
            ({"number": "0003 R1"}, BoxMalformed),
            ({"currency": "XYZ"}, BoxMalformed),
            ({"desk": 1}, BoxMalformed),
            ({"number": "0003-V"}, BoxExists),
            ({"kind": BoxKind.VAULT}, BoxExists),
            ({"limit": -1}, LimitMalformed),
            ({"limit": 2, "hard": 1}, LimitMalformed),
        ],
    )
    def test_what_makes_no_box_is_refused(self, bank, given, error):
        with pytest.raises(error):
            self.make(bank, **given)

    def test_a_teller_makes_and_retires_none(self, bank):
        with pytest.raises(NotAllowed):
            self.make(bank, by=bank.wang)
        made = self.make(bank)
        with pytest.raises(NotAllowed):
            vault.retire_box(box=made.id, by=bank.wang)

    def test_an_empty_box_that_nobody_holds_is_retired_and_never_taken_again(self, bank):
        made = self.make(bank, number="0003-X", kind=BoxKind.TELLER)
        move(vault.box(bank.safe), made, {"10000": 1})
        with pytest.raises(BoxNotEmpty):
            vault.retire_box(box=made.id, by=bank.zhang)
        move(vault.box(made.id), vault.box(bank.safe), {"10000": 1})
        vault.claim_box(box=made.id, by=bank.chen)
        with pytest.raises(BoxNotEmpty):
            vault.retire_box(box=made.id, by=bank.zhang)
        vault.release_box(box=made.id, by=bank.chen)
        assert vault.retire_box(box=made.id, by=bank.zhang).retired
        assert made.id not in [box.id for box in vault.boxes_of(branch=BRANCH)]
        assert [box.id for box in vault.boxes_of(branch=BRANCH, retired=True)] == [made.id]
        with pytest.raises(UnknownBox):
            vault.claim_box(box=made.id, by=bank.chen)

    def test_a_retired_box_leaves_its_desk_free(self, bank):
        row = Box.objects.get(pk=bank.mine)
        vault.release_box(box=bank.mine, by=bank.wang)
        held = {face: n for face, n in vault.box(bank.mine).faces.items() if n}
        move(vault.box(bank.mine), vault.box(bank.safe), held)
        vault.retire_box(box=bank.mine, by=bank.zhang)
        again = self.make(bank, number="0003-NEW", kind=BoxKind.TELLER, desk=row.desk_id)
        assert again.desk == row.desk_id
