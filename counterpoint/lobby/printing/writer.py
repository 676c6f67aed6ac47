"""A slip as ESC/POS bytes. Chinese goes as GB18030 between ``FS &`` and ``FS .``, the QR code natively.

python-escpos makes the commands that it knows; it knows no Chinese printer's ``FS &``, so text is
written here. Epson's ESC/POS reference: https://download4.epson.biz/sec_pubs/pos/reference_en/escpos/
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from escpos.printer import Dummy

CHINESE_ON, CHINESE_OFF = b"\x1c&", b"\x1c."
#: ``FS W 1``: Chinese at twice the width and height; ``GS !`` alone leaves it small on many printers.
CHINESE_LARGE, CHINESE_SMALL = b"\x1cW\x01", b"\x1cW\x00"
#: Asks the printer how its paper is, ``DLE EOT 4``, and whether it is at work, ``DLE EOT 1``.
ASK_PAPER, ASK_WORK = b"\x10\x04\x04", b"\x10\x04\x01"


@dataclass(frozen=True, slots=True)
class SlipText:
    """What stands on a slip, in the customer's language; ``mark`` is what a second copy is marked with."""

    bank: str
    branch: str
    title: str
    label: str
    lines: tuple[str, ...]
    address: str
    scan: str
    foot: str
    mark: str = ""


def slip_bytes(slip: SlipText) -> bytes:
    """The whole slip, from reset to cut."""
    out = Dummy()
    out.hw("INIT")
    out.set(align="center", bold=True)
    _say(out, [slip.bank, slip.branch])
    if slip.mark:
        _say(out, [f"*** {slip.mark} ***"])
    out.set(align="center", bold=False)
    _say(out, ["", slip.title])
    out.set(align="center", bold=True, custom_size=True, width=4, height=4)
    _say(out, [slip.label])
    out.set(align="left", bold=False, normal_textsize=True)
    _say(out, ["", *slip.lines, ""])
    out.set(align="center")
    if slip.address:
        out.qr(slip.address, size=6, native=True)
        _say(out, [slip.scan])
    _say(out, ["", slip.foot, ""])
    out.cut()
    return bytes(out.output)


def _say(out: Dummy, lines: Iterable[str]) -> None:
    for line in lines:
        out._raw(CHINESE_ON + clean(line).encode("gb18030", "replace") + CHINESE_OFF + b"\n")


def clean(line: str) -> str:
    """Without control characters: what somebody typed as a name must not steer the printer."""
    return "".join(letter if letter.isprintable() else " " for letter in line)
