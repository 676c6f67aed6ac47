"""The part of the door for what the screens of seals, vouchers and hand-overs tell of the past. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from counterpoint.kit.data import Malformed


class SealMalformed(Malformed):
    """A seal without a number or a name."""

    code = "seal_malformed"


@dataclass(frozen=True, slots=True)
class SealMoveView:
    """A seal went from one hand to another 交接记录; without a giver it was registered, without a receiver
    it was taken out of use."""

    at: datetime
    giver: int | None
    receiver: int | None
    person: int
    second: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class HandOverTry:
    """A blind count of a package 盲点; ``differs`` names the parts that were counted otherwise."""

    at: datetime
    person: int
    differs: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return not self.differs
