"""libpq's pipeline on asyncio: many statements in one round trip.

psycopg's own pipeline costs 50 µs of processor time a statement, which is more than the server needs
for it. So this drives psycopg's wrapper of libpq directly: statements are prepared once and sent by
name, arrays of numbers go as text, arrays of anything else as binary.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
import psycopg
from psycopg import pq

from counterpoint.ledger.effects import Rows

type Statement = tuple[str, Sequence[Any]]

_LENGTH = struct.Struct(">i").pack
_HEAD = struct.Struct(">iiiii").pack
_TEXT, _BYTES = 25, 17
_NULL = _LENGTH(-1)
_BRACKETS = bytes.maketrans(b"{}", b"[]")
#: Longer texts are cheaper to send as they are.
_LONG = 64
_OK = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)

#: Seconds after which a silent server counts as gone.
PATIENCE = 10.0


class LineBroken(Exception):
    """The connection is gone; what was under way may or may not have been committed."""


class ServerError(Exception):
    """The server refused a statement; ``code`` is its SQLSTATE."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def encode(value: Any) -> tuple[bytes | None, int]:
    """``value`` for libpq, and its format: 0 text, 1 binary."""
    if value is None:
        return None, 0
    if isinstance(value, list | tuple):
        return _encode_list(value)
    if isinstance(value, bool):
        return (b"t" if value else b"f"), 0
    if isinstance(value, bytes):
        return value, 1
    if isinstance(value, dict):
        return orjson.dumps(value), 0
    return str(value).encode(), 0


def _encode_list(values: Sequence[Any]) -> tuple[bytes, int]:
    first = values[0] if values else 0
    if isinstance(first, bytes):
        return _HEAD(1, 0, _BYTES, len(values), 1) + _lengthen(values), 1
    if isinstance(first, str) and (len(first) > _LONG or not _is_plain(values)):
        return _encode_texts(values)
    # A literal of numbers, UUIDs, words and NULLs is JSON in other brackets, and orjson is fast at it.
    return b"{" + orjson.dumps(values)[1:-1] + b"}", 0


def _is_plain(values: Sequence[str | None]) -> bool:
    """Neither control characters, which JSON escapes in its own way, nor half surrogates."""
    return "".join([value or "" for value in values]).isprintable()


def _encode_texts(values: Sequence[str | None]) -> tuple[bytes, int]:
    if None in values:
        parts = [_NULL if v is None else _LENGTH(len(v.encode())) + v.encode() for v in values]
        return _HEAD(1, 1, _TEXT, len(values), 1) + b"".join(parts), 1
    return _HEAD(1, 0, _TEXT, len(values), 1) + _lengthen([v.encode() for v in values if v is not None]), 1


def _lengthen(items: Sequence[bytes]) -> bytes:
    """Each item with its length before it."""
    parts: list[bytes] = [b""] * (2 * len(items))
    parts[::2] = map(_LENGTH, map(len, items))
    parts[1::2] = items
    return b"".join(parts)


def _numbers(literal: bytes) -> list[Any]:
    brackets = literal.translate(_BRACKETS)
    return orjson.loads(brackets.replace(b"NULL", b"null") if b"N" in brackets else brackets)  # type: ignore[no-any-return]


def _words(literal: bytes) -> list[str | None]:
    """An array of codes. They need no quotes; anything that does is not for here."""
    if b'"' in literal:
        raise ValueError("an array of texts that need quotes")
    words = literal[1:-1].decode().split(",") if len(literal) > 2 else []
    return [None if word == "NULL" else word for word in words] if b"NULL" in literal else list(words)


_READERS: dict[int, Callable[[bytes], Any]] = {
    16: lambda v: v == b"t",
    17: lambda v: bytes.fromhex(v[2:].decode()),
    20: int, 21: int, 23: int, 26: int,
    114: orjson.loads, 3802: orjson.loads,
    1005: _numbers, 1007: _numbers, 1016: _numbers, 1009: _words,
    1082: lambda v: date.fromisoformat(v.decode()),
    1184: lambda v: datetime.fromisoformat(v.decode()),
    2950: lambda v: UUID(v.decode()),
}  # fmt: skip


def decode(result: pq.abc.PGresult) -> Rows:
    """The rows of a result as Python values."""
    rows = range(result.ntuples)
    if not rows:
        return []
    value = result.get_value
    columns: list[list[Any]] = []
    for column in range(result.nfields):
        read = _READERS.get(result.ftype(column), bytes.decode)
        cells: list[Any] = [value(row, column) for row in rows]
        if None in cells:
            columns.append([None if cell is None else read(cell) for cell in cells])
        else:
            columns.append(list(map(read, cells)))
    return list(zip(*columns, strict=True))


class Wire:
    """One connection in pipeline mode. One flight at a time: ``await run(...)``."""

    def __init__(self, line: pq.abc.PGconn) -> None:
        self._line = line
        self._loop = asyncio.get_running_loop()
        self._names: dict[str, bytes] = {}
        self._count = 0
        self._expected: list[str | None] = []
        self._results: list[pq.abc.PGresult] = []
        self._landed: asyncio.Future[None] | None = None
        line.nonblocking = 1
        line.enter_pipeline_mode()
        self._socket = line.socket
        self._loop.add_reader(self._socket, self._readable)

    def close(self) -> None:
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._line.finish()

    async def run(self, statements: Iterable[Statement]) -> list[Rows]:
        """Send the statements, get the rows of each. Raises ``ServerError`` or ``LineBroken``."""
        self._expected.clear()
        self._results = []
        landed = self._landed = self._loop.create_future()
        try:
            for sql, parameters in statements:
                self._send(sql, parameters)
            self._line.pipeline_sync()
            self._flush()
            patience = self._loop.call_later(PATIENCE, self._lost, LineBroken("the server is silent"))
            try:
                await landed
            finally:
                patience.cancel()
        except psycopg.OperationalError as error:
            raise LineBroken(str(error)) from error
        return self._collect()

    def _send(self, sql: str, parameters: Sequence[Any]) -> None:
        name = self._names.get(sql)
        if name is None:
            self._count += 1
            name = self._names[sql] = b"s%d" % self._count
            self._line.send_prepare(name, sql.encode())
            self._expected.append(sql)
        values = []
        formats = []
        for parameter in parameters:
            value, form = encode(parameter)
            values.append(value)
            formats.append(form)
        self._line.send_query_prepared(name, values, param_formats=formats)
        self._expected.append(None)

    def _flush(self) -> None:
        if self._line.flush():
            self._loop.add_writer(self._socket, self._writable)

    def _writable(self) -> None:
        try:
            if not self._line.flush():
                self._loop.remove_writer(self._socket)
        except Exception as error:
            self._lost(LineBroken(str(error)))

    def _readable(self) -> None:
        line = self._line
        try:
            line.consume_input()
            twice = False
            while self._landed is not None and not line.is_busy():
                result = line.get_result()
                if result is None:  # one parts two statements; two say that there is no more for now
                    if twice:
                        return
                    twice = True
                    continue
                twice = False
                if result.status == pq.ExecStatus.PIPELINE_SYNC:
                    landed, self._landed = self._landed, None
                    if landed is not None and not landed.done():
                        landed.set_result(None)
                    return
                self._results.append(result)
        except Exception as error:
            self._lost(LineBroken(str(error)))

    def _lost(self, error: LineBroken) -> None:
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        landed, self._landed = self._landed, None
        if landed is not None and not landed.done():
            landed.set_exception(error)

    def _collect(self) -> list[Rows]:
        rows: list[Rows] = []
        error: ServerError | None = None
        for expected, result in zip(self._expected, self._results, strict=False):
            if result.status not in _OK:
                if expected is not None:  # an aborted flight prepares nothing
                    self._names.pop(expected, None)
                if error is None and result.status == pq.ExecStatus.FATAL_ERROR:
                    state = result.error_field(pq.DiagnosticField.SQLSTATE) or b""
                    error = ServerError(state.decode(), result.error_message.decode(errors="replace"))
            elif expected is None:
                rows.append(decode(result))
        if error is not None:
            raise error
        return rows


def open_line(conninfo: str, session: Sequence[str]) -> pq.abc.PGconn:
    """A connected line on which ``session``'s statements have run. Blocks; for a thread."""
    line = pq.PGconn.connect(conninfo.encode())
    if line.status != pq.ConnStatus.OK:
        raise LineBroken(line.error_message.decode(errors="replace"))
    for statement in session:
        result = line.exec_(statement.encode())
        if result.status not in _OK:
            raise ServerError("", result.error_message.decode(errors="replace"))
    return line
