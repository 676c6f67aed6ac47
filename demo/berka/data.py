"""What the tables of the bank hold, and what can be wrong with them. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from counterpoint.kit.data import Malformed


class SourceMissing(Malformed):
    """The folder or one of its files is not there."""

    code = "source_missing"


class SourceEncoding(Malformed):
    """A file is not text in the encoding that the data has."""

    code = "source_encoding"


class SourceHeader(Malformed):
    """The first line does not name the columns that the table has."""

    code = "source_header"


class SourceLine(Malformed):
    """A line in the middle of a file is broken; only the last one may be cut."""

    code = "source_line"


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


class Operation(StrEnum):
    """How the money moved, under the source's own words."""

    CASH_IN = "VKLAD"
    CASH_OUT = "VYBER"
    CARD = "VYBER KARTOU"
    TO_BANK = "PREVOD NA UCET"
    FROM_BANK = "PREVOD Z UCTU"
    NONE = ""


class Symbol(StrEnum):
    """What a movement was for; anything else in the column is kept as text only."""

    INTEREST = "UROK"
    FEE = "SLUZBY"
    PENALTY = "SANKC. UROK"


@dataclass(frozen=True, slots=True)
class District:
    id: int
    name: str
    region: str
    figures: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Client:
    id: int
    born: date
    sex: Sex
    district: int


@dataclass(frozen=True, slots=True)
class Account:
    id: int
    district: int
    frequency: str
    opened: date


@dataclass(frozen=True, slots=True)
class Disposition:
    """Who may dispose of an account: its owner or a disponent (an authorised person)."""

    id: int
    client: int
    account: int
    owner: bool


@dataclass(frozen=True, slots=True)
class StandingOrder:
    id: int
    account: int
    bank_to: str
    account_to: str
    amount: int
    symbol: str


@dataclass(frozen=True, slots=True)
class Loan:
    id: int
    account: int
    granted: date
    amount: int
    months: int
    payment: int
    status: str


@dataclass(frozen=True, slots=True)
class Card:
    id: int
    disposition: int
    kind: str
    issued: date


@dataclass(frozen=True, slots=True)
class Transaction:
    """One row of the big table. ``signed`` is the customer's view: what came in is positive."""

    id: int
    account: int
    day: date
    signed: int
    balance: int
    operation: Operation
    symbol: str
    bank: str
    partner: str


@dataclass(frozen=True, slots=True)
class IncompleteLine:
    """The last line of a file, when the file ends in the middle of it."""

    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """Everything that was read."""

    districts: dict[int, District]
    clients: list[Client]
    accounts: list[Account]
    dispositions: list[Disposition]
    orders: list[StandingOrder]
    loans: list[Loan]
    cards: list[Card]
    transactions: list[Transaction]
    incomplete: list[IncompleteLine]
