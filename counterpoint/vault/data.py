"""The door of the vault: boxes, faces 券别, and what can go wrong with them. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from counterpoint.kit.data import Malformed, NotFound, Refusal
from counterpoint.vault.data_boxes import *  # noqa: F403
from counterpoint.vault.data_cases import *  # noqa: F403
from counterpoint.vault.data_cash import *  # noqa: F403
from counterpoint.vault.data_cash import Stop
from counterpoint.vault.data_counts import *  # noqa: F403
from counterpoint.vault.data_hands import *  # noqa: F403
from counterpoint.vault.data_transfers import *  # noqa: F403
from counterpoint.vault.data_vouchers import *  # noqa: F403

#: The faces of each currency in their fixed order, in minor units; ``c`` marks a coin.
#: The order is what the stock row is written in: add new faces at the end only.
#: RMB: notes 100 50 20 10 5 1 元, 5 1 角; coins 1 元, 5 1 角, 5 2 1 分 (reference R31).
FACES: dict[str, tuple[str, ...]] = {
    "CNY": (
        "10000", "5000", "2000", "1000", "500", "100", "50", "10",
        "c100", "c50", "c10", "c5", "c2", "c1",
    ),
    "USD": ("10000", "5000", "2000", "1000", "500", "200", "100", "c25", "c10", "c5", "c1"),
    "EUR": ("50000", "20000", "10000", "5000", "2000", "1000", "500", "c200", "c100", "c50", "c20", "c10",
            "c5", "c2", "c1"),
    "HKD": ("100000", "50000", "10000", "5000", "2000", "1000", "c1000", "c500", "c200", "c100", "c50",
            "c20", "c10"),
    "JPY": ("10000", "5000", "2000", "1000", "c500", "c100", "c50", "c10", "c5", "c1"),
}  # fmt: skip

#: No box holds more pieces of one face than this; it keeps every sum inside a bigint.
PIECES_MAX = 10_000_000


class BoxKind(StrEnum):
    """Vault 金库 of the branch, the box of a desk 柜员尾箱, the cassettes of a machine 自助设备钞箱."""

    VAULT = "vault"
    TELLER = "teller"
    RECYCLER = "recycler"


class UnknownFace(Malformed):
    code = "face_unknown"


class FacesDoNotSum(Refusal):
    code = "faces_do_not_sum"
    status = 422


class NotEnoughOfFace(Refusal):
    code = "face_short"


class NoBox(Refusal):
    code = "no_box"


class FacesAndBooksDiffer(Refusal):
    """A box's notes are not what the ledger says 账实不符."""

    code = "faces_and_books_differ"


class BoxStopped(Refusal):
    """The box is paused 暂离 or frozen 封存."""

    code = "box_stopped"


class OverHardLimit(Refusal):
    """The box would hold more than it may 超限额."""

    code = "box_over_limit"


class UnknownBox(NotFound):
    code = "box_unknown"


class BoxTaken(Refusal):
    code = "box_taken"


class AlreadyHoldsBox(Refusal):
    code = "box_held_already"


@dataclass(frozen=True, slots=True)
class BoxView:
    """A box and what lies in it. ``faces`` lists every face of the currency, zeros too."""

    id: int
    number: str
    kind: BoxKind
    branch: int
    desk: int | None
    account: int
    currency: str
    limit: int
    custodian: int | None
    faces: dict[str, int]
    hard: int = 0
    stopped: Stop = Stop.NONE
    retired: bool = False
    #: Of ``faces``, those that may not be paid out; faces of which there are none are missing.
    unfit: Mapping[str, int] = field(default_factory=dict)
    damaged: Mapping[str, int] = field(default_factory=dict)

    @property
    def counted(self) -> int:
        """The sum of the faces in minor units."""
        return faces_sum(self.faces)

    @property
    def payable(self) -> dict[str, int]:
        """What may be paid out 可付券别: neither unfit nor damaged."""
        return {f: n - self.unfit.get(f, 0) - self.damaged.get(f, 0) for f, n in self.faces.items()}


@dataclass(frozen=True, slots=True)
class Position:
    """A box beside its ledger account: by faces, by the books, and against its limit 限额."""

    box: BoxView
    expected: int
    faces: tuple[tuple[str, int, int], ...]

    @property
    def counted(self) -> int:
        return self.box.counted

    @property
    def difference(self) -> int:
        """Zero in a healthy box, always: notes and money move in one batch."""
        return self.counted - self.expected

    @property
    def over_limit(self) -> int:
        return max(0, self.expected - self.box.limit) if self.box.limit else 0


def face_value(face: str) -> int:
    """The worth of one piece of ``face`` in minor units."""
    return int(face.removeprefix("c"))


def is_coin(face: str) -> bool:
    return face.startswith("c")


def faces_sum(faces: Mapping[str, int]) -> int:
    return sum(face_value(face) * count for face, count in faces.items())
