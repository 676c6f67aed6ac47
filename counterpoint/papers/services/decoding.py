"""Asking the decoder about a file: a process of its own, with bounded time, for each."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from counterpoint.papers import queries
from counterpoint.papers.data import Extract, Limits, Media
from counterpoint.papers.services.reading import papers_of

DECODER = Path(__file__).parent.parent / "decoder.py"
READER = DECODER.with_name("textreader.py")
#: The decoder stops itself sooner by its processor time; this is for one that waits.
SECONDS = 120
#: Each may take two gigabytes; who comes third waits.
_room = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Page:
    """The two previews of a page."""

    large: bytes
    small: bytes


@dataclass(frozen=True, slots=True)
class Examined:
    """What the decoder found; ``refused`` is its word, and empty when it has nothing against the file."""

    refused: str = ""
    width: int | None = None
    height: int | None = None
    pages: tuple[Page, ...] = ()


def examine(content: bytes, media: Media, limits: Limits) -> Examined:
    """Decode the file once, with previews of every page. The decoder's end is never ours."""
    asked = json.dumps({"media": media, "pixels": limits.pixels, "pages": limits.pages})
    command = [sys.executable, "-I", str(DECODER), asked]
    with _room:
        try:
            done = subprocess.run(
                command, input=content, capture_output=True, timeout=SECONDS, check=False, env={}
            )
        except subprocess.TimeoutExpired:
            return Examined(refused="slow")
    head, _, rest = done.stdout.partition(b"\n")
    if done.returncode:
        # Killed by its own limits, or by what the file made of a library.
        return Examined(refused="slow" if done.returncode in _OUT_OF_TIME else "broken")
    answer = json.loads(head)
    if "refused" in answer:
        return Examined(refused=answer["refused"])
    previews, at = [], 0
    for length in answer["previews"]:
        previews.append(rest[at : at + length])
        at += length
    pages = tuple(Page(large, small) for large, small in zip(previews[::2], previews[1::2], strict=True))
    return Examined(width=answer["width"], height=answer["height"], pages=pages)


def text_of(*, paper: int, pages: int, characters: int) -> Extract:
    """The words of a paper, as far as its first pages and so many characters go; read apart, like above."""
    found, content = papers_of([paper])[0], queries.content(paper)
    if content is None:
        return Extract(unread="broken")
    asked = json.dumps({"media": found.media, "pages": pages, "characters": characters})
    with _room:
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(READER), asked], input=content, capture_output=True,
                timeout=SECONDS, check=False, env={},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Extract(unread="slow")
    if done.returncode:
        return Extract(unread="slow" if done.returncode in _OUT_OF_TIME else "broken")
    return Extract(**json.loads(done.stdout))


#: SIGXCPU, and SIGKILL, which follows when it is not heard.
_OUT_OF_TIME = (-24, -9)
