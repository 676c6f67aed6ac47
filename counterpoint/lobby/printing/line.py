"""The line to a printer: one TCP connection a slip, asked for paper before, and again after.

A printer that takes bytes and says nothing has not printed for sure, so it is asked once more at the
end: its answer comes after all that it took.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket

from counterpoint.lobby.data import SlipTrouble
from counterpoint.lobby.printing.writer import ASK_PAPER, ASK_WORK

CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 4.0
#: Bits of the answers: ``DLE EOT 4`` says 0x60 when the roll has ended, ``DLE EOT 1`` 0x08 when off line.
PAPER_ENDED, OFF_LINE = 0x60, 0x08
#: Raw printing is on 9100 by custom; a port of the system is none of a printer's.
FIRST_PORT = 1024


class PrinterTrouble(Exception):
    """The slip was not printed, or not for sure."""

    def __init__(self, trouble: SlipTrouble) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


def address_of(text: str) -> tuple[str, int] | None:
    """Host and port of a printer: a number on the house's own network, never a name. ``None``: no such."""
    host, _colon, port = text.strip().rpartition(":")
    try:
        place = ipaddress.IPv4Address(host)
        number = int(port) if port.isascii() and port.isdigit() else 0
    except ValueError:
        return None
    if not (place.is_private or place.is_loopback) or place.is_link_local or place.is_unspecified:
        return None
    return (str(place), number) if FIRST_PORT <= number <= 65535 else None


def send(address: str, slip: bytes) -> None:
    """Print, or raise ``PrinterTrouble``. Never takes longer than the limits above."""
    where = address_of(address)
    if where is None:
        raise PrinterTrouble(SlipTrouble.NO_PRINTER)
    try:
        with socket.create_connection(where, timeout=CONNECT_SECONDS) as line:
            line.settimeout(ANSWER_SECONDS)
            _check(line, before=True)
            try:
                line.sendall(slip)
                _check(line, before=False)
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
            except OSError as error:
                raise PrinterTrouble(SlipTrouble.CUT_OFF) from error
    except OSError as error:
        raise PrinterTrouble(SlipTrouble.UNREACHABLE) from error


def _check(line: socket.socket, *, before: bool) -> None:
    """Ask, and raise for an answer that means trouble. Paper that ended under a slip has cut it off."""
    line.sendall(ASK_WORK)
    working = line.recv(1)
    line.sendall(ASK_PAPER)
    paper = line.recv(1)
    if not working or not paper:
        raise PrinterTrouble(SlipTrouble.UNREACHABLE if before else SlipTrouble.CUT_OFF)
    if working[0] & OFF_LINE:
        raise PrinterTrouble(SlipTrouble.OFFLINE if before else SlipTrouble.CUT_OFF)
    if paper[0] & PAPER_ENDED == PAPER_ENDED:
        raise PrinterTrouble(SlipTrouble.PAPER_OUT if before else SlipTrouble.CUT_OFF)
