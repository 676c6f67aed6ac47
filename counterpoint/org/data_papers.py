"""Papers of the day 日终凭证 as values: tables with a head, printed as PDF and as XLSX. No Django."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class ColumnKind(StrEnum):
    """``money`` is minor units as ``int``; its decimals are the column's."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"


type Words = tuple[str, str]
type Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its words in Chinese and English, what stands in it, its share of the width."""

    zh: str
    en: str
    kind: ColumnKind = ColumnKind.TEXT
    width: float = 1.0
    decimals: int = 2


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. ``totals`` is a last line; ``cut`` says what the PDF leaves out when it is too long."""

    title: Words
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Cell] | None = None
    note: str = ""
    xlsx_only: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the day. ``name`` is its file's, without an ending."""

    name: str
    title: Words
    number: str
    head: tuple[tuple[str, str, str], ...]
    sheets: tuple[Sheet, ...]
    signers: tuple[Words, ...] = field(
        default=(("制表", "Prepared by"), ("复核", "Checked by"), ("主管", "Supervisor"))
    )
    wide: bool = False


#: Lines of one table in the PDF; the XLSX has them all.
PDF_LINES = 3_000
