"""``counterpoint printer-simulator``: a receipt printer in a process of its own, on a real socket.

It reads bytes strictly, answers ``DLE EOT``, cuts, and lays each slip as PNG and text in a folder.
"""

from __future__ import annotations

import socketserver
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import qrcode
from PIL import Image, ImageDraw, ImageFont

from counterpoint.lobby.printing.reader import Align, Line, Paper, WrongBytes, read_slip

ASK = b"\x10\x04"
#: Paper of 80 mm at 203 dpi prints 576 dots; font A has 12 × 24, Chinese 24 × 24.
DOTS, LETTER = 576, 24
FONTS = ("NotoSansCJK-Regular.ttc", "NotoSansSC-Regular.otf", "msyh.ttc", "PingFang.ttc", "wqy-zenhei.ttc")


@dataclass(frozen=True, slots=True)
class Mood:
    """How the printer does."""

    paper_out: bool = False
    offline: bool = False
    #: Ends the connection after so many bytes of a slip, as a cable that is pulled.
    breaks_after: int | None = None


class _Handler(socketserver.BaseRequestHandler):
    server: Printer

    def handle(self) -> None:
        taken = bytearray()
        while piece := self.request.recv(4096):
            taken += piece
            while (at := taken.find(ASK)) >= 0 and len(taken) > at + 2:
                kind = taken[at + 2]
                del taken[at : at + 3]
                self.request.sendall(self._answer(kind))
            breaks = self.server.mood.breaks_after
            if breaks is not None and len(taken) > breaks:
                return
        if taken:
            self.server.took(bytes(taken))

    def _answer(self, kind: int) -> bytes:
        mood = self.server.mood
        if kind == 4:
            return b"\x72" if mood.paper_out else b"\x12"
        return b"\x1e" if mood.offline else b"\x16"


class Printer(socketserver.ThreadingTCPServer):
    """Listens on this computer only. ``papers`` is what came out, ``wrong`` what no printer understands."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0, *, folder: Path | None = None, mood: Mood | None = None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.mood, self.folder = mood or Mood(), folder
        self.papers: list[Paper] = []
        self.wrong: list[str] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def took(self, data: bytes) -> None:
        try:
            paper = read_slip(data)
        except WrongBytes as error:
            self.wrong.append(str(error))
            return
        self.papers.append(paper)
        if self.folder is not None:
            place = self.folder / f"slip-{len(self.papers):04d}"
            place.with_suffix(".txt").write_text(f"{paper.text}\n", encoding="utf-8")
            picture(paper).save(place.with_suffix(".png"))


def picture(paper: Paper) -> Image.Image:
    """The slip as it lies in the hand."""
    sheets = [_drawn(line) for line in paper.lines]
    whole = Image.new("L", (DOTS, sum(one.height for one in sheets) + 2 * LETTER), 255)
    top = LETTER
    for one in sheets:
        whole.paste(one, (0, top))
        top += one.height
    return whole


def _drawn(line: Line) -> Image.Image:
    if line.qr:
        code: Any = qrcode.make(line.qr, box_size=6, border=2).get_image().convert("L")
        sheet = Image.new("L", (DOTS, code.height), 255)
        sheet.paste(code, (_left(line, code.width), 0))
        return sheet
    font = _font(LETTER * line.height)
    width = round(font.getlength(line.text) * line.width / line.height)
    sheet = Image.new("L", (max(1, round(font.getlength(line.text))), round(LETTER * line.height * 1.4)), 255)
    ImageDraw.Draw(sheet).text((0, 0), line.text, font=font, fill=0, stroke_width=int(line.bold))
    whole = Image.new("L", (DOTS, sheet.height), 255)
    whole.paste(sheet.resize((max(1, width), sheet.height)), (_left(line, width), 0))
    return whole


def _left(line: Line, width: int) -> int:
    return {Align.LEFT: 0, Align.CENTER: (DOTS - width) // 2, Align.RIGHT: DOTS - width}[line.align]


def _font(size: int) -> Any:
    for name in FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def run(*, port: int, folder: str, paper_out: bool) -> int:
    """Serve until Ctrl-C."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    with Printer(port, folder=place, mood=Mood(paper_out=paper_out)) as printer:
        sys.stdout.write(f"A printer listens at {printer.address}; its slips lie in {place}.\n")
        sys.stdout.flush()
        printer.serve_forever()
    return 0
