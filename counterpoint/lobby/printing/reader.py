"""Reads ESC/POS as a printer does 解析小票: strictly, so that a wrong byte is found and not printed.

Knows the commands of our slips and refuses every other; the simulator prints what it reads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum


class WrongBytes(ValueError):
    """The bytes are no slip; says where."""


class Align(IntEnum):
    LEFT = 0
    CENTER = 1
    RIGHT = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line; ``qr`` is the content of a code instead of text."""

    text: str
    align: Align = Align.LEFT
    bold: bool = False
    width: int = 1
    height: int = 1
    qr: str = ""


@dataclass(slots=True)
class Paper:
    """What came out so far."""

    lines: list[Line] = field(default_factory=list)
    cut: bool = False

    @property
    def text(self) -> str:
        return "\n".join(f"[QR {line.qr}]" if line.qr else line.text for line in self.lines)


class Reader:
    """Takes bytes one slip at a time."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0
        self.paper = Paper()
        self.chinese = False
        self.align, self.bold, self.width, self.height = Align.LEFT, False, 1, 1
        self.words = bytearray()
        self.code = ""

    def read(self) -> Paper:
        commands = {0x1B: self._esc, 0x1D: self._gs, 0x1C: self._fs}
        while self.at < len(self.data):
            byte = self._take(1)[0]
            if byte in commands:
                commands[byte]()
            elif byte == 0x0A:
                self._feed()
            elif byte == 0x0D:
                pass
            elif byte < 0x20 or (byte >= 0x80 and not self.chinese):
                raise WrongBytes(f"byte {byte:#04x} at {self.at - 1}")
            else:
                self.words.append(byte)
        return self.paper

    def _take(self, count: int) -> bytes:
        found = self.data[self.at : self.at + count]
        if len(found) < count:
            raise WrongBytes("it ends inside a command")
        self.at += count
        return found

    def _feed(self, times: int = 1) -> None:
        try:
            text = self.words.decode("gb18030")
        except UnicodeDecodeError as error:
            raise WrongBytes(f"no GB18030 before {self.at}") from error
        self.words.clear()
        line = Line(text, self.align, self.bold, self.width, self.height)
        self.paper.lines += [line, *[Line("")] * (times - 1)]

    def _esc(self) -> None:
        kind = self._take(1)
        if kind == b"@":
            self.chinese, self.align, self.bold = False, Align.LEFT, False
            self.width = self.height = 1
            return
        value = self._take(1)[0]
        if kind == b"a":
            self.align = Align(value % 48)
        elif kind in (b"E", b"G"):
            self.bold = bool(value & 1)
        elif kind == b"!":
            self.bold = bool(value & 0x08)
            self.height, self.width = 1 + bool(value & 0x10), 1 + bool(value & 0x20)
        elif kind == b"d":
            self._feed(value)
        elif kind not in (b"M", b"-", b"{", b"t", b"R", b"V"):
            raise WrongBytes(f"ESC {kind!r} at {self.at}")

    def _gs(self) -> None:
        kind = self._take(1)
        if kind == b"!":
            value = self._take(1)[0]
            self.width, self.height = (value >> 4) + 1, (value & 0x0F) + 1
        elif kind == b"V":
            mode = self._take(1)[0]
            if mode in (65, 66):
                self._take(1)
            elif mode not in (0, 1, 48, 49):
                raise WrongBytes(f"GS V {mode}")
            self.paper.cut = True
        elif kind == b"(" and self._take(1) == b"k":
            self._symbol()
        elif kind in (b"b", b"B"):
            self._take(1)
        else:
            raise WrongBytes(f"GS {kind!r} at {self.at}")

    def _symbol(self) -> None:
        """``GS ( k``: model, size, correction, then the content, then the print of a QR code."""
        low, high = self._take(2)
        body = self._take(low + 256 * high)
        if len(body) < 3 or body[0] != 49:
            raise WrongBytes("a symbol that is no QR code")
        if body[1] == 80:
            self.code = body[3:].decode("latin-1")
        elif body[1] == 81:
            if not self.code:
                raise WrongBytes("a QR code without content")
            self.paper.lines.append(Line("", self.align, qr=self.code))
        elif body[1] not in (65, 67, 69):
            raise WrongBytes(f"QR function {body[1]}")

    def _fs(self) -> None:
        kind = self._take(1)
        if kind in (b"&", b"."):
            self.chinese = kind == b"&"
        elif kind in (b"W", b"!"):
            self._take(1)
        else:
            raise WrongBytes(f"FS {kind!r} at {self.at}")


def read_slip(data: bytes) -> Paper:
    """The paper that these bytes print."""
    return Reader(data).read()
