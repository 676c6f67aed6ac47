"""The workbench of differences: each cause is found with its evidence, and nothing where nothing fits."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.vault.data import FACES, Cause, CountMalformed, FaceWithdrawn, UnknownFace, face_value
from counterpoint.vault.data_counts import Moved, OtherBox
from counterpoint.vault.rules_counts import Binding, clean_typed, pieces_of, units_of
from counterpoint.vault.rules_differences import PROPOSALS_MAX, propose, swapped

BINDING = Binding(strap=100, bundle=1000, roll=50)
MORNING = datetime(2026, 11, 24, 9, tzinfo=UTC)
SAYS = {"unknown": "unknown", "withdrawn": "withdrawn", "malformed": "malformed", "unit": "unit"}


def moved(*amounts, undone=(), apart=60):
    return [
        Moved(
            100 + at,
            MORNING + timedelta(minutes=apart * at),
            amount,
            "存款",
            "teller.cash.deposited",
            at in undone,
        )
        for at, amount in enumerate(amounts)
    ]


def proposed(difference, *, off=None, typed=None, movements=(), others=()):
    return propose(
        difference=difference, off=off or {}, typed=typed or {}, moved=movements, others=others,
        binding=BINDING,
    )  # fmt: skip


def causes(found):
    return [(one.cause, one.entry) for one in found]


def test_swapped_digits_give_the_entry_that_was_typed_wrong():
    found = proposed(-90000, movements=moved(540000, 120000))
    assert (Cause.TRANSPOSED, 100) in causes(found)
    assert found[0].evidence == {"booked": 540000, "real": 450000}
    # Paid out: the same slip makes the box long.
    assert (Cause.TRANSPOSED, 100) in causes(proposed(90000, movements=moved(-540000)))
    assert Cause.TRANSPOSED not in {one.cause for one in proposed(-90000, movements=moved(550000))}
    assert Cause.TRANSPOSED not in {one.cause for one in proposed(-80000, movements=moved(540000))}


@given(st.integers(10, 10**12))
def test_a_swap_always_differs_by_a_multiple_of_nine(amount):
    assert all((amount - other) % 9 == 0 and other != amount for other in swapped(amount))


def test_a_mirror_in_another_box_is_named():
    other = OtherBox(count=5, box_number="0003-02", amount=20000, difference=3, number="CD1")
    found = proposed(-20000, others=[other, OtherBox(6, "0003-03", -20000)])
    assert [one.other for one in found] == [other]


def test_an_entry_posted_twice_within_minutes_is_likelier_than_a_single_one():
    twice = proposed(-50000, movements=moved(50000, 50000, 70000, apart=5))
    once = proposed(-50000, movements=moved(50000, 70000))
    assert twice[0].cause is Cause.DOUBLED
    assert twice[0].evidence["times"] == 2
    assert twice[0].evidence["near"]
    assert once[0].likelihood < twice[0].likelihood


def test_an_entry_taken_back_whose_cash_stayed_explains_a_long_box():
    found = proposed(50000, movements=moved(50000, undone={0}))
    assert causes(found) == [(Cause.MISSING, 100)]
    assert found[0].evidence["undone"]


def test_half_the_amount_on_the_wrong_side():
    found = proposed(-60000, movements=moved(30000, 10000))
    assert (Cause.WRONG_SIDE, 100) in causes(found)
    assert Cause.WRONG_SIDE not in {one.cause for one in proposed(60000, movements=moved(30000))}


def test_a_zero_too_many_or_too_few():
    assert (Cause.ZEROS, 100) in causes(proposed(-90000, movements=moved(100000)))
    assert (Cause.ZEROS, 100) in causes(proposed(900000, movements=moved(100000)))


def test_a_strap_counted_as_a_bundle_and_a_bundle_forgotten():
    found = proposed(900 * 10000, off={"10000": 900}, typed={"10000": {"bundles": 2}})
    assert found[0].cause is Cause.UNIT
    assert (found[0].evidence["large"], found[0].evidence["small"]) == ("bundles", "straps")
    # Nothing was typed as a bundle, so none can have been a strap.
    assert not proposed(900 * 10000, off={"10000": 900}, typed={"10000": {"loose": 12}})
    forgotten = proposed(-1000 * 10000, off={"10000": -1000})
    assert forgotten[0].evidence["small"] == ""


def test_a_roll_counted_as_one_coin():
    found = proposed(-49 * 100, off={"c100": -49}, typed={"c100": {"loose": 3}})
    assert found[0].cause is Cause.UNIT
    assert found[0].evidence["large"] == "rolls"


def test_a_face_taken_for_another():
    found = proposed(3 * 5000, off={"10000": 3, "5000": -3})
    assert found[0].cause is Cause.FACE
    assert found[0].evidence == {"more": "10000", "less": "5000", "count": 3}
    same_sum = proposed(0, off={"10000": 1, "5000": -2})
    assert same_sum[0].cause is Cause.EXCHANGED


def test_a_difference_that_nothing_explains_gets_no_invented_cause():
    assert proposed(-12345, off={"10000": -2}, movements=moved(700, -100)) == []


faces = st.sampled_from(FACES["CNY"])


@given(
    st.dictionaries(faces, st.integers(-2000, 2000).filter(bool), min_size=1, max_size=5),
    st.lists(st.integers(-(10**7), 10**7).filter(bool), max_size=20),
)
def test_proposals_are_few_ranked_and_each_adds_up(off, amounts):
    difference = sum(face_value(face) * pieces for face, pieces in off.items())
    movements = moved(*amounts)
    found = proposed(difference, off=off, movements=movements)
    assert len(found) <= PROPOSALS_MAX
    assert [one.likelihood for one in found] == sorted((one.likelihood for one in found), reverse=True)
    booked = {one.entry: one.amount for one in movements}
    for one in found:
        if one.cause is Cause.DOUBLED:
            assert booked[one.entry] == -difference
        if one.cause in (Cause.TRANSPOSED, Cause.ZEROS):
            sign = 1 if booked[one.entry] > 0 else -1
            assert sign * one.evidence["real"] - booked[one.entry] == difference


@given(
    st.dictionaries(
        faces, st.fixed_dictionaries({}, optional={unit: st.integers(0, 900) for unit in ("loose",)})
    )
)
def test_pieces_are_the_sum_of_their_units(typed):
    clean = clean_typed(typed, "CNY", FACES["CNY"], SAYS)
    pieces = pieces_of(clean, BINDING, SAYS)
    assert pieces == {face: units["loose"] for face, units in typed.items() if units.get("loose")}


def test_bundles_straps_and_rolls_are_as_many_pieces_as_the_rule_says():
    typed = {"10000": {"bundles": 1, "straps": 2, "loose": 5}, "c100": {"rolls": 2, "loose": 1}}
    assert pieces_of(clean_typed(typed, "CNY", FACES["CNY"], SAYS), BINDING, SAYS) == {
        "10000": 1205, "c100": 101,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"200": {"loose": 1}}, UnknownFace),
        ({"c5": {"loose": 1}}, FaceWithdrawn),
        ({"10000": {"loose": -1}}, CountMalformed),
        ({"10000": {"loose": 1.5}}, CountMalformed),
        ({"10000": {"loose": True}}, CountMalformed),
        ({"10000": {"loose": False}}, CountMalformed),
        ({"10000": {"loose": "7"}}, CountMalformed),
        ({"10000": {"rolls": 1}}, CountMalformed),
        ({"c100": {"straps": 1}}, CountMalformed),
        ({"10000": {"loose": 10**9}}, CountMalformed),
        ({"10000": 5}, CountMalformed),
        ({"10000": {"boxes": 2}}, CountMalformed),
    ],
)
def test_what_cannot_be_a_count_is_refused_by_name(typed, error):
    usable = [face for face in FACES["CNY"] if face != "c5"]
    with pytest.raises(error):
        clean_typed(typed, "CNY", usable, SAYS)


def test_more_than_any_box_holds_is_no_count():
    with pytest.raises(CountMalformed):
        pieces_of({"10000": {"bundles": 20_000}}, BINDING, SAYS)


def test_coins_come_in_rolls_and_notes_in_bundles():
    assert "rolls" in units_of("c100")
    assert "rolls" not in units_of("100")
