"""Merkle trees 默克尔树 after RFC 6962: a leaf is H(0x00 ‖ data), a node is H(0x01 ‖ left ‖ right).

Nothing here knows what the leaves are. The hash is a parameter, so that SM3 国密杂凑算法 can take the
place of SHA-256 by one more line in ``HASHES``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

#: Bytes in, digest out.
Hash = Callable[[bytes], bytes]


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


#: Hashes by the name that a block records. Whoever adds one also adds its known-answer test.
HASHES: dict[str, Hash] = {"sha256": sha256}


def leaf_hash(data: bytes, hashing: Hash) -> bytes:
    return hashing(b"\x00" + data)


def node_hash(left: bytes, right: bytes, hashing: Hash) -> bytes:
    return hashing(b"\x01" + left + right)


class Tree:
    """A tree that grows leaf by leaf and keeps only its right edge: memory is log2 of the leaves."""

    def __init__(self, hashing: Hash) -> None:
        self.hashing = hashing
        self.size = 0
        self._edge: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Append one leaf hash."""
        self._edge.append(leaf)
        self.size += 1
        # Each trailing one-bit of the old size is a full subtree that this leaf completes.
        filled = self.size
        while not filled & 1:
            right = self._edge.pop()
            left = self._edge.pop()
            self._edge.append(node_hash(left, right, self.hashing))
            filled >>= 1

    def root(self) -> bytes:
        """The root over all leaves so far; of no leaves, the hash of nothing."""
        if not self._edge:
            return self.hashing(b"")
        *rest, root = self._edge
        for left in reversed(rest):
            root = node_hash(left, root, self.hashing)
        return root


def root_of(leaves: Iterable[bytes], hashing: Hash) -> bytes:
    tree = Tree(hashing)
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1


def path(leaves: Sequence[bytes], index: int, hashing: Hash) -> list[bytes]:
    """The audit path 审计路径 of leaf ``index``: the neighbours that lead from it to the root."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"leaf {index} of {len(leaves)}")
    if len(leaves) == 1:
        return []
    middle = _split(len(leaves))
    left, right = leaves[:middle], leaves[middle:]
    if index < middle:
        return [*path(left, index, hashing), root_of(right, hashing)]
    return [*path(right, index - middle, hashing), root_of(left, hashing)]


def root_from_path(leaf: bytes, index: int, size: int, neighbours: Sequence[bytes], hashing: Hash) -> bytes:
    """The root that ``leaf`` at ``index`` of ``size`` and its path lead to (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise ValueError("the place lies outside the tree")
    place, last, root = index, size - 1, leaf
    for neighbour in neighbours:
        if last == 0:
            raise ValueError("the path is too long")
        if place & 1 or place == last:
            root = node_hash(neighbour, root, hashing)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            root = node_hash(root, neighbour, hashing)
        place >>= 1
        last >>= 1
    if last:
        raise ValueError("the path is too short")
    return root
