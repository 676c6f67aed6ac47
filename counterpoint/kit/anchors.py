"""The anchor file 锚定文件: the head of every sealed chain, kept outside the database.

Whoever cuts the newest blocks off inside the database leaves a chain that is whole in itself; only
a head that was written down elsewhere gives the cut away. Copy the file away as often as you can.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True, slots=True)
class Anchor:
    """One line: block ``number`` of ``branch`` has ``hash``."""

    branch: int
    number: int
    hash: str
    at: str


class AnchorFile:
    """Reads and appends; remembers how far it has read. One writer at a time: the sealer's lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.heads: dict[int, Anchor] = {}
        self._read = 0

    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def lines(self, *, until: int) -> Iterator[tuple[int, Anchor | None]]:
        """The lines in the first ``until`` bytes with their numbers; ``None`` for one that is no anchor."""
        if not self.path.exists():
            return
        read = 0
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                read += len(line)
                if read > until:
                    return
                # A last line without its end is one being written, or torn by a crash: not yet said.
                if line.endswith(b"\n"):
                    yield number, _parse(line)

    def refresh(self) -> None:
        """Bring ``heads`` up to date with what was appended since."""
        if self.size() < self._read:
            self.heads, self._read = {}, 0
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                anchor = _parse(line)
                if anchor is not None:
                    self.heads[anchor.branch] = anchor

    def append(self, anchors: Iterable[Anchor]) -> None:
        """Write the lines and wait for the disk."""
        lines = [
            json.dumps({"branch": a.branch, "number": a.number, "hash": a.hash, "at": a.at}) for a in anchors
        ]
        if not lines:
            return
        made = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            file.seek(_end_of_lines(file))
            file.truncate()
            file.write("".join(f"{line}\n" for line in lines).encode())
            file.flush()
            os.fsync(file.fileno())
        if made:
            _sync_folder(self.path.parent)
        self.refresh()


def _parse(line: bytes) -> Anchor | None:
    try:
        found = json.loads(line)
        return Anchor(int(found["branch"]), int(found["number"]), str(found["hash"]), str(found["at"]))
    except (ValueError, KeyError, TypeError):
        return None


def _end_of_lines(file: IO[bytes]) -> int:
    """Where the last whole line ends; what a crash tore off after it was never said."""
    size = file.seek(0, os.SEEK_END)
    start = max(0, size - 65_536)
    file.seek(start)
    return start + file.read().rfind(b"\n") + 1


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
