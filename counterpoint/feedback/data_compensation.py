"""Compensation of a complaint 投诉补偿 at the room's door: states, views, refusals. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from counterpoint.approvals.data import request_number
from counterpoint.kit.data import AlreadyDone, Malformed, NotFound, Refusal


class CompensationState(StrEnum):
    """How far a proposal has come. What approvers did is asked of the approvals, never kept twice."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    PAID = "paid"
    RETURNED = "returned"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a complaint may be compensated with in all 补偿限额: by its handler, by who oversees."""

    currency: str
    handle: int
    oversee: int


@dataclass(frozen=True, slots=True)
class Ending:
    """Who approved, returned, refused, paid or withdrew a proposal: when, and with which words."""

    who: str
    at: datetime
    words: str = ""


@dataclass(frozen=True, slots=True)
class Compensation:
    """A proposed compensation of a complaint 补偿方案, as those who deal with it see it."""

    id: int
    complaint: int
    count: int
    state: CompensationState
    amount: int
    currency: str
    account: int
    number: str
    reason: str
    proposer: int
    proposer_name: str
    at: datetime
    request: int | None
    until: datetime | None
    approvers: tuple[Ending, ...]
    decided: Ending | None
    ended: Ending | None
    entry: int | None
    reverses: int | None = None
    reversed_by: int | None = None

    @property
    def open(self) -> bool:
        """Whether it waits for approvers, or to be paid."""
        return self.state in (CompensationState.PROPOSED, CompensationState.APPROVED)

    @property
    def paid(self) -> bool:
        """Whether the customer has the money: an entry that was taken back pays nothing."""
        return self.state is CompensationState.PAID and self.reversed_by is None and self.reverses is None

    @property
    def request_number(self) -> str:
        return request_number(self.request) if self.request else ""


class UnknownCompensation(NotFound):
    """There is no such proposal, or none for this person."""

    code = "unknown_compensation"


class CompensationMalformed(Malformed):
    """The amount or the account cannot be taken like this."""

    code = "compensation_malformed"


class CompensationOpen(Refusal):
    """A proposal waits: it is decided, paid or withdrawn first."""

    code = "compensation_open"


class CompensationOver(AlreadyDone):
    """The proposal was paid, refused, returned or withdrawn, or has lapsed."""

    code = "compensation_over"


class CompensationTooHigh(Refusal):
    """More than who handles the complaint may propose for it in all."""

    code = "compensation_too_high"


class CompensationAccount(Refusal):
    """The account is not one to which this complaint can be compensated."""

    code = "compensation_account"


class CompensationNotApproved(Refusal):
    """Not enough people have approved it who still may."""

    code = "compensation_not_approved"


class CompensationNoRule(Refusal):
    """No rule says who approves a compensation, or up to how much."""

    code = "compensation_no_rule"
