"""Faces: pure sums."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.vault.data import FACES, UnknownFace, face_value, faces_sum
from counterpoint.vault.rules import as_counts, as_faces, clean_faces, shortest, suggest


@given(st.sampled_from(sorted(FACES)), st.data())
def test_counts_and_faces_are_the_same_thing_said_twice(currency, data):
    faces = {f: data.draw(st.integers(-9, 9)) for f in FACES[currency]}
    assert as_faces(as_counts(faces, currency), currency) == faces
    assert faces_sum(clean_faces(faces, currency)) == sum(face_value(f) * n for f, n in faces.items())


@given(
    st.lists(st.integers(0, 5), min_size=3, max_size=3), st.lists(st.integers(-9, 9), min_size=3, max_size=3)
)
def test_no_face_goes_below_zero_unnoticed(have, change):
    short = shortest(have, change)
    assert (short is None) == all(h + c >= 0 for h, c in zip(have, change, strict=True))


@given(st.dictionaries(st.sampled_from(FACES["CNY"]), st.integers(0, 20)), st.integers(1, 500_000))
def test_a_proposal_sums_up_and_takes_no_more_than_there_is(stock, amount):
    proposal = suggest(amount, stock)
    if proposal is not None:
        assert faces_sum(proposal) == amount
        assert all(0 < count <= stock[face] for face, count in proposal.items())


def test_a_face_of_another_currency_is_refused():
    with pytest.raises(UnknownFace):
        clean_faces({"2000": 1, "30": 1}, "CNY")
