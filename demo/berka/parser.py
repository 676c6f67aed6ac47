"""Reading the tables: text in ASCII or UTF-8, ``;`` between fields, quotes, dates as yymmdd.

A line that breaks a rule is an error that names file and line, and nothing is imported. The one
exception is the last line of a file that ends in the middle of it: it is reported and left out.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from demo.berka.data import (
    Account,
    Card,
    Client,
    Disposition,
    District,
    IncompleteLine,
    Loan,
    Operation,
    Sex,
    Source,
    SourceEncoding,
    SourceHeader,
    SourceLine,
    SourceMissing,
    StandingOrder,
    Transaction,
)


class _Bad(Exception):
    """A field that cannot be read; becomes an error with file and line."""


@dataclass(frozen=True, slots=True)
class _Table:
    """One file: where it may lie, its columns, and how a row becomes a value."""

    patterns: tuple[str, ...]
    columns: tuple[str, ...]


def _columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TABLES = {
    "district": _Table(("district.asc",), tuple(f"A{n}" for n in range(1, 17))),
    "client": _Table(("client.asc",), _columns("client_id birth_number district_id")),
    "account": _Table(("account.asc",), _columns("account_id district_id frequency date")),
    "disp": _Table(("disp.asc",), _columns("disp_id client_id account_id type")),
    "order": _Table(("order.asc",), _columns("order_id account_id bank_to account_to amount k_symbol")),
    "loan": _Table(("loan.asc",), _columns("loan_id account_id date amount duration payments status")),
    "card": _Table(("card.asc",), _columns("card_id disp_id type issued")),
    "trans": _Table(
        ("trans.asc", "trans_*.asc"),
        _columns("trans_id account_id date type operation amount balance k_symbol bank account"),
    ),
}


def whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise _Bad(f"not a whole number: {text[:30]!r}")
    return int(text)


def day(text: str) -> date:
    """``yymmdd`` of the twentieth century, with or without a time of day after it."""
    figures, _, time = text.partition(" ")
    if len(figures) != 6 or not figures.isascii() or not figures.isdigit() or (time and len(time) != 8):
        raise _Bad(f"not a date yymmdd: {text[:30]!r}")
    try:
        return date(1900 + int(figures[:2]), int(figures[2:4]), int(figures[4:]))
    except ValueError as error:
        raise _Bad(f"no such date: {text!r}") from error


def born(birth_number: str) -> tuple[date, Sex]:
    """The Czech birth number: yymmdd, and 50 added to the month of a woman."""
    if len(birth_number) != 6 or not birth_number.isascii() or not birth_number.isdigit():
        raise _Bad(f"not a birth number: {birth_number[:30]!r}")
    month = int(birth_number[2:4])
    sex = Sex.FEMALE if month > 50 else Sex.MALE
    plain = birth_number[:2] + f"{month - 50 if month > 50 else month:02d}" + birth_number[4:]
    return day(plain), sex


def hellers(text: str) -> int:
    """``1409.50`` → 140950, exactly; the sign is allowed."""
    figures, point, part = text.removeprefix("-").partition(".")
    if (point and not (1 <= len(part) <= 2 and part.isascii() and part.isdigit())) or len(figures) > 15:
        raise _Bad(f"not an amount: {text[:30]!r}")
    value = whole(figures) * 100 + (int(part.ljust(2, "0")) if point else 0)
    return -value if text.startswith("-") else value


def _positive(text: str) -> int:
    value = hellers(text)
    if value < 0:
        raise _Bad(f"an amount below zero: {text!r}")
    return value


def _one_of(text: str, *known: str) -> str:
    if text not in known:
        raise _Bad(f"unknown word {text[:30]!r}")
    return text


def _district(f: list[str]) -> District:
    return District(whole(f[0]), f[1], f[2], tuple(None if x == "?" else x for x in f[3:]))


def _client(f: list[str]) -> Client:
    birth, sex = born(f[1])
    return Client(whole(f[0]), birth, sex, whole(f[2]))


def _account(f: list[str]) -> Account:
    return Account(whole(f[0]), whole(f[1]), f[2], day(f[3]))


def _disposition(f: list[str]) -> Disposition:
    return Disposition(whole(f[0]), whole(f[1]), whole(f[2]), _one_of(f[3], "OWNER", "DISPONENT") == "OWNER")


def _order(f: list[str]) -> StandingOrder:
    return StandingOrder(whole(f[0]), whole(f[1]), f[2], f[3], _positive(f[4]), f[5].strip())


def _loan(f: list[str]) -> Loan:
    status = _one_of(f[6], "A", "B", "C", "D")
    return Loan(whole(f[0]), whole(f[1]), day(f[2]), _positive(f[3]), whole(f[4]), _positive(f[5]), status)


def _card(f: list[str]) -> Card:
    return Card(whole(f[0]), whole(f[1]), f[2], day(f[3]))


def _transaction(f: list[str]) -> Transaction:
    # Two words mean a debit: VYDAJ, and VYBER, which is otherwise an operation.
    sign = 1 if _one_of(f[3], "PRIJEM", "VYDAJ", "VYBER") == "PRIJEM" else -1
    operation = Operation(_one_of(f[4].strip(), *Operation))
    return Transaction(
        whole(f[0]), whole(f[1]), day(f[2]), sign * _positive(f[5]), hellers(f[6]),
        operation, f[7].strip(), f[8], f[9],
    )  # fmt: skip


def _file(folder: Path, table: _Table) -> Path:
    for pattern in table.patterns:
        found = sorted(folder.glob(pattern))
        if found:
            return found[0]
    raise SourceMissing(f"{folder} has no {' or '.join(table.patterns)}")


def _lines(path: Path) -> list[str]:
    """The file's lines, decoded; the last one is empty when the file ends properly."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceMissing(f"{path}: {error.strerror}") from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = raw.count(b"\n", 0, error.start) + 1
        byte = raw[error.start]
        raise SourceEncoding(
            f"{path.name}, line {number}: byte 0x{byte:02X} is not UTF-8; the tables are ASCII"
        ) from error
    if "\0" in text:
        number = text.count("\n", 0, text.index("\0")) + 1
        raise SourceEncoding(f"{path.name}, line {number}: a zero byte; is the file UTF-16 or damaged?")
    return [line.removesuffix("\r") for line in text.split("\n")]


def _fields(line: str, count: int) -> list[str]:
    try:
        fields = next(csv.reader((line,), delimiter=";", strict=True))
    except (csv.Error, StopIteration) as error:
        raise _Bad(f"the quotes do not close ({error})") from error
    if len(fields) != count:
        raise _Bad(f"{len(fields)} fields where {count} belong")
    return fields


def _rows[T](
    path: Path, table: _Table, make: Callable[[list[str]], T], incomplete: list[IncompleteLine]
) -> Iterator[T]:
    lines = _lines(path)
    header = lines[0].replace('"', "").split(";")
    if tuple(header) != table.columns:
        raise SourceHeader(
            f"{path.name}: the first line is {lines[0][:80]!r}; it must name {';'.join(table.columns)}"
        )
    count, last = len(table.columns), len(lines)
    for number, line in enumerate(lines[1:], start=2):
        if not line and number == last:
            return
        try:
            yield make(_fields(line, count))
        except _Bad as error:
            if number == last:
                # No line end after it: the file stops here, and what is left of the row is no row.
                incomplete.append(IncompleteLine(path.name, number, line))
                return
            raise SourceLine(f"{path.name}, line {number}: {error}") from error


def _unique(name: str, ids: list[int]) -> None:
    if len(set(ids)) != len(ids):
        seen: set[int] = set()
        twice = next(i for i in ids if i in seen or seen.add(i))  # type: ignore[func-returns-value]
        raise SourceLine(f"{name}: number {twice} stands twice")


def read(folder: Path) -> Source:
    """Read all tables of ``folder``. Raises a ``Malformed`` that names file and line."""
    if not folder.is_dir():
        raise SourceMissing(f"{folder} is not a folder")
    paths = {name: _file(folder, table) for name, table in TABLES.items()}
    incomplete: list[IncompleteLine] = []

    def rows[T](name: str, make: Callable[[list[str]], T]) -> list[T]:
        return list(_rows(paths[name], TABLES[name], make, incomplete))

    source = Source(
        districts={d.id: d for d in rows("district", _district)},
        clients=rows("client", _client),
        accounts=rows("account", _account),
        dispositions=rows("disp", _disposition),
        orders=rows("order", _order),
        loans=rows("loan", _loan),
        cards=rows("card", _card),
        transactions=rows("trans", _transaction),
        incomplete=incomplete,
    )
    _check(source)
    return source


def _check(source: Source) -> None:
    """Numbers are unique and lead somewhere; a reference into nowhere would lose money silently."""
    for name, ids in (
        ("client", [x.id for x in source.clients]),
        ("account", [x.id for x in source.accounts]),
        ("disp", [x.id for x in source.dispositions]),
        ("order", [x.id for x in source.orders]),
        ("loan", [x.id for x in source.loans]),
        ("trans", [x.id for x in source.transactions]),
    ):
        _unique(name, ids)
    accounts = {x.id for x in source.accounts}
    clients = {x.id for x in source.clients}
    for name, pairs in (
        ("trans", [(x.id, x.account) for x in source.transactions]),
        ("order", [(x.id, x.account) for x in source.orders]),
        ("loan", [(x.id, x.account) for x in source.loans]),
        ("disp", [(x.id, x.account) for x in source.dispositions]),
    ):
        for number, account in pairs:
            if account not in accounts:
                raise SourceLine(f"{name} {number}: there is no account {account}")
    for disposition in source.dispositions:
        if disposition.client not in clients:
            raise SourceLine(f"disp {disposition.id}: there is no client {disposition.client}")
