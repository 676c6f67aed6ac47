import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.kit.merkle import HASHES, Tree, leaf_hash, path, root_from_path, root_of, sha256

#: The leaves and roots of the reference implementation of RFC 6962 (certificate-transparency).
LEAVES = [bytes.fromhex(x) for x in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def hashed(count):
    return [leaf_hash(str(n).encode(), sha256) for n in range(count)]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_rfcs_reference_implementation(size):
    leaves = [leaf_hash(data, sha256) for data in LEAVES[:size]]
    assert root_of(leaves, sha256).hex() == ROOTS[size - 1]


def test_the_empty_tree_is_the_hash_of_nothing():
    assert Tree(sha256).root() == hashlib.sha256(b"").digest()


@given(st.integers(1, 130), st.data())
def test_every_leaf_has_a_path_to_the_root(size, data):
    leaves = hashed(size)
    index = data.draw(st.integers(0, size - 1))
    neighbours = path(leaves, index, sha256)
    assert root_from_path(leaves[index], index, size, neighbours, sha256) == root_of(leaves, sha256)


@given(st.integers(2, 130), st.data())
def test_no_other_leaf_and_no_other_place_leads_to_the_root(size, data):
    leaves = hashed(size)
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index))
    neighbours = path(leaves, index, sha256)
    assert root_from_path(leaves[other], index, size, neighbours, sha256) != root_of(leaves, sha256)
    try:
        moved = root_from_path(leaves[index], other, size, neighbours, sha256)
    except ValueError:
        return
    assert moved != root_of(leaves, sha256)


@pytest.mark.parametrize("change", [lambda p: p[:-1], lambda p: [*p, p[0]]])
def test_a_path_of_wrong_length_is_refused(change):
    leaves = hashed(7)
    with pytest.raises(ValueError, match="path"):
        root_from_path(leaves[2], 2, 7, change(path(leaves, 2, sha256)), sha256)


def test_a_leaf_cannot_pass_for_a_node():
    left, right = hashed(2)
    assert root_of([left, right], sha256) != leaf_hash(left + right, sha256)


def test_every_hash_gives_a_known_answer():
    known = {"sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}
    assert {name: hashing(b"abc").hex() for name, hashing in HASHES.items()} == known
