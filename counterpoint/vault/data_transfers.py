"""The door of the vault, cash on its way 现金调拨. No Django."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from counterpoint.kit.data import Malformed, NotAllowed, NotFound, Refusal
from counterpoint.vault.data_cash import Place, TransferState


class TransferAct(StrEnum):
    """What is done with a transfer: issued 出库, handed to a carrier 押运, counted 盲点, received 入库."""

    ISSUE = "issue"
    CARRY = "carry"
    COUNT = "count"
    RECEIVE = "receive"
    REJECT = "reject"
    CANCEL = "cancel"


class TransferPart(StrEnum):
    """Whose part somebody has in it: the custodian who gives 出库人, who takes 入库人, who asked 申请人."""

    GIVER = "giver"
    RECEIVER = "receiver"
    REQUESTER = "requester"
    SUPERVISOR = "supervisor"


class UnknownTransfer(NotFound):
    code = "transfer_unknown"


class TransferMalformed(Malformed):
    code = "transfer_malformed"


class TransferToItself(Malformed):
    code = "transfer_to_itself"


class TransferEnded(Refusal):
    """The transfer is in no state from which this may follow."""

    code = "transfer_state"


class TransferPeople(Refusal):
    """The rule asks for a second person, who is somebody else."""

    code = "transfer_people"


class NotTheirTransfer(NotAllowed):
    code = "transfer_not_yours"


class TransferDiffers(Refusal):
    """The blind count is not what was issued; nobody is told by how much."""

    code = "transfer_differs"


class NotesPromised(Refusal):
    """The notes are promised to a customer 已备付."""

    code = "notes_promised"


@dataclass(frozen=True, slots=True)
class TransferStepView:
    """The transfer came into ``state``: when, by whom, with whom, by which entry."""

    state: TransferState
    at: datetime
    person: int
    second: int | None
    entry: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class TransferTry:
    """A blind count of what arrived: when, by whom, and whether it agreed."""

    at: datetime
    person: int
    agrees: bool


@dataclass(frozen=True, slots=True)
class TransferView:
    """A transfer 调拨单. ``faces`` is shown to who issued it, never to who still has to count.

    ``unfit`` and ``damaged`` say how many of these pieces are 不宜流通 and 残损; ``breach`` is the limit
    that was overrun and made somebody ask for it. ``giver`` and ``taker`` hold the two boxes now.
    """

    id: int
    number: str
    source_kind: Place
    target_kind: Place
    source: int | None
    target: int | None
    source_name: str
    target_name: str
    source_branch: int
    target_branch: int
    date: date
    currency: str
    amount: int
    faces: dict[str, int]
    state: TransferState
    carrier: str
    seals: str
    requester: int
    at: datetime
    unfit: dict[str, int] = field(default_factory=dict)
    damaged: dict[str, int] = field(default_factory=dict)
    breach: int | None = None
    giver: int | None = None
    taker: int | None = None

    @property
    def open(self) -> bool:
        return self.state in (TransferState.REQUESTED, TransferState.ISSUED, TransferState.IN_TRANSIT)

    @property
    def on_the_way(self) -> bool:
        """Its money stands on the account of cash in transit 在途现金."""
        return self.state in (TransferState.ISSUED, TransferState.IN_TRANSIT)

    @property
    def between_branches(self) -> bool:
        return self.source_branch != self.target_branch

    @property
    def needs_carrier(self) -> bool:
        """It leaves the house: somebody carries it, sealed 押运."""
        return self.between_branches or Place.CENTRAL_BANK in (self.source_kind, self.target_kind)
