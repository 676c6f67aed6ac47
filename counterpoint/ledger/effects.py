"""Effects 联动: what must move with the money moves in the same transaction.

Another room registers a kind here; the posting engine then loads, decides and writes it for a whole
batch at once. A kind does no I/O itself: it hands out SQL and reads rows, so the same code runs on
the engine's own connection and inside another verb's transaction.

    class Faces(EffectKind):
        name = "vault.faces"

        def load(self, payloads):       # locked, sorted by id: the order is what prevents deadlocks
            boxes = sorted({p["box"] for p in payloads})
            return [("SELECT box_id, person_id FROM vault_custody WHERE box_id = ANY($1::bigint[])"
                     " ORDER BY box_id FOR NO KEY UPDATE", (boxes,))]

        def read(self, rows, carried):  # one list of tuples for each query; what the accounts carry
            return State(dict(rows[0]), carried)

        def decide(self, state, payload, posting): ...  # pure: a change, or raise a Refusal
        def fold(self, state, change): ...              # now change the state
        def apply(self, state): ...                     # set-wise: UPDATE … FROM unnest($1, $2)
        def carry(self, state): ...                     # or what the accounts carry from here on

Parameters are ``$1``, ``$2``, … with a cast (``$1::bigint[]``). They may be ``None``, ``bool``,
``int``, ``str``, ``UUID``, ``date``, and lists of ``int``, ``str`` or ``UUID``; hand anything else
over as text and cast it. An array column is written from a list of literals such as ``"{1,2}"``:
``unnest($2::text[]) AS u(counts)`` and then ``u.counts::bigint[]``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from counterpoint.ledger.data import Posting

type Parameter = bool | int | str | UUID | date | Sequence[int] | Sequence[str] | Sequence[UUID] | None
type Query = tuple[str, Sequence[Parameter]]
type Rows = list[tuple[Any, ...]]
type Payload = Mapping[str, Any]
#: By account: its currency, and the numbers that an effect keeps with it; the reader may change them.
type Carried = Mapping[int, tuple[str, list[int]]]


class EffectKind(ABC):
    """One kind of effect. ``State`` and ``Change`` are the kind's own; the engine only carries them."""

    name: str

    @abstractmethod
    def load(self, payloads: Sequence[Payload]) -> list[Query]:
        """The queries that read and lock what these payloads touch, each ``ORDER BY`` its key."""

    @abstractmethod
    def read(self, rows: Sequence[Rows], carried: Carried) -> Any:
        """The state, from the rows of each query of ``load`` and from what the locked accounts carry."""

    @abstractmethod
    def decide(self, state: Any, payload: Payload, posting: Posting) -> Any:
        """What the effect would change, or a raised ``Refusal``. Must not alter ``state``."""

    @abstractmethod
    def fold(self, state: Any, change: Any) -> None:
        """Take an accepted change into ``state``; later postings of the batch see it."""

    @abstractmethod
    def apply(self, state: Any) -> list[Query]:
        """The statements that write all folded changes, set-wise; none when there are none."""

    def carry(self, state: Any) -> Mapping[int, Sequence[int]]:
        """By account, what it carries from here on. An account carries for one kind only."""
        return {}

    def check(self, payload: Payload) -> None:  # noqa: B027  (most kinds need none)
        """Raise ``Malformed`` on a payload that no state could make right. Runs before the batch."""

    def answer(self, change: Any) -> Mapping[str, Any]:
        """What the caller and the event should know of the change, such as a receipt number."""
        return {}


_kinds: dict[str, EffectKind] = {}


def register_effect(kind: EffectKind) -> None:
    """Make an effect kind known. Called once, from the owning room's ``AppConfig.ready``."""
    if kind.name in _kinds:
        raise ValueError(f"effect {kind.name!r} is registered twice")
    _kinds[kind.name] = kind


def effect_kind(name: str) -> EffectKind:
    """The kind called ``name``; a ``KeyError`` is a programming error."""
    return _kinds[name]
