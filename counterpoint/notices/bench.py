"""``counterpoint bench notices``: how fast a notice is found among 20,000 made-up ones and their attachments.

It works in a database of its own on the same server and drops it afterwards. The search is measured at the
service, the lines with their hits included: once for who writes notices and finds all of them, once for a
reader whom half of them reached.
"""

from __future__ import annotations

import os
import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import accumulate
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, ActorKind
from counterpoint.kit.measuring import described, emit, machine, measure, percentile
from counterpoint.kit.scratch import scratch_database
from counterpoint.notices import rules
from counterpoint.notices.data import Kind, VersionState
from counterpoint.notices.models import (
    Notice,
    NoticeVersion,
    PaperText,
    Recipient,
    VersionPaper,
    VersionWords,
)
from counterpoint.notices.services import parts, reading
from counterpoint.org import services as org
from counterpoint.papers import services as papers
from counterpoint.people import services as people
from counterpoint.ui import services as ui

DATABASE = "counterpoint_bench_notices"
SEED = 20261128
WORDS, ENGLISH = 6_000, 2_000
QUERIES = 400
CHUNK = 1_000
#: One of so many notices has an attachment, of so many words.
ATTACHED, LONG = 10, (500, 2_000)
WRITER, APPROVER, READER = "090101", "080201", "080101"


@dataclass
class Tongue:
    """Made-up words, the common ones far more often than the rare ones (Zipf)."""

    draw: random.Random
    chinese: list[str] = field(default_factory=list)
    english: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        characters = [chr(0x4E00 + one) for one in self.draw.sample(range(20_000), 1_500)]
        weights = list(accumulate(1 / (n + 10) for n in range(len(characters))))
        pairs = (self.draw.choices(characters, cum_weights=weights, k=2) for _ in range(WORDS))
        self.chinese = ["".join(pair) for pair in pairs]
        syllables = [a + b for a in "bcdfglmnprst" for b in ("a", "e", "i", "o", "un", "er")]
        self.english = ["".join(self.draw.choices(syllables, k=3)) for _ in range(ENGLISH)]
        self._zipf = [list(accumulate(1 / (n + 3) for n in range(many))) for many in (WORDS, ENGLISH)]

    def words(self, count: int) -> list[str]:
        return self.draw.choices(self.chinese, cum_weights=self._zipf[0], k=count)

    def text(self, count: int) -> str:
        """Sentences of four to twelve words, now and then an English one among them."""
        words = self.words(count)
        for at in range(0, count, 15):
            words[at] = f" {self.draw.choices(self.english, cum_weights=self._zipf[1])[0]} "
        for at in range(7, count, 8):
            words[at] += "。"
        return "".join(words)


def bench_notices(*, notices: int = 20_000, json: bool = False) -> int:
    """Measure and print. The last line is one JSON object when ``json`` is asked for."""
    console = Console(stderr=json)
    with scratch_database(DATABASE):
        people.ensure_demo_staff(by=SYSTEM)
        org.ensure_demo_org(by=SYSTEM, first_day=org.last_working_day(clock.today()))
        tongue = Tongue(random.Random(SEED))  # noqa: S311
        with Progress(console=console, transient=True) as progress:
            titles = _load(notices, tongue, progress)
        os.sync()
        mixes = _mixes(tongue, titles)
        taken = {
            whose: {kind: measure(queries, _look(whose)) for kind, queries in mixes.items()}
            for whose in ("writer", "reader")
        }
        here = machine()
    figures = {
        "notices": notices, "attachments": notices // ATTACHED, "machine": here,
        **{
            f"{whose}_p{part}_ms": {kind: percentile(times, part) for kind, times in kinds.items()}
            for whose, kinds in taken.items() for part in (50, 99)
        },
    }  # fmt: skip
    console.print(_table(figures))
    if json:
        emit(figures)
    return 0


def _look(whose: str) -> Callable[[str], None]:
    by = _actor(WRITER if whose == "writer" else READER)

    def look(query: str) -> None:
        reading.search(by=by, query=query, all_of_them=whose == "writer")

    return look


def _actor(number: str) -> Actor:
    found = people.person_by_number(number)
    if found is None:
        raise LookupError(number)
    return Actor(kind=ActorKind.PERSON, id=found.id, name=found.name, branch=found.branch)


def _load(count: int, tongue: Tongue, progress: Progress) -> list[str]:
    """The notices, all in force, every second of them for the reader; their titles."""
    titles: list[str] = []
    writer, approver, reader = (_actor(number).id for number in (WRITER, APPROVER, READER))
    task = progress.add_task("notices", total=count)
    for start in range(0, count, CHUNK):
        size = min(CHUNK, count - start)
        made = Notice.objects.bulk_create(Notice(kind=Kind.POLICY, branch_id=3) for _ in range(size))
        at = clock.now() - timedelta(days=1)
        versions = NoticeVersion.objects.bulk_create(
            NoticeVersion(
                notice=one, number=1, state=VersionState.PUBLISHED, everybody=True, author_id=writer,
                title_zh="".join(tongue.words(6)), text_zh=tongue.text(tongue.draw.randint(60, 300)),
                effective_at=at, published_at=at, published_by_id=approver,
            )
            for one in made
        )  # fmt: skip
        VersionWords.objects.bulk_create(
            VersionWords(version=one, grams=parts.index(one)) for one in versions
        )
        Recipient.objects.bulk_create(Recipient(version=one, person_id=reader) for one in versions[::2])
        _attach(versions[::ATTACHED], tongue)
        titles += [one.title_zh for one in versions]
        progress.advance(task, size)
    return titles


def _attach(versions: list[NoticeVersion], tongue: Tongue) -> None:
    """An attachment for each, as it stands after its text was read."""
    by = _actor(WRITER)
    for one in versions:
        paper = papers.keep(
            content=_picture(one.pk),
            name=f"{one.pk}.png",
            kind="other",
            branch=by.branch or 0,
            by=by,
            office=True,
        ).id
        text = tongue.text(tongue.draw.randint(*LONG))
        VersionPaper.objects.create(version=one, paper_id=paper)
        PaperText.objects.create(paper_id=paper, text=text, at=clock.now())
        VersionWords.objects.create(version=one, paper_id=paper, grams=sorted(rules.grams(text)))


def _picture(number: int) -> bytes:
    """A PNG of one grey row that no other number has: the room of papers wants real files."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = zlib.compress(b"\0" + number.to_bytes(8, "big"))
    head = struct.pack(">IIBBBBB", 8, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


def _mixes(tongue: Tongue, titles: list[str]) -> dict[str, list[str]]:
    """What people type: as common as the words are in the texts."""
    draw, common = tongue.draw, "".join(tongue.chinese[:20])

    def mistyped() -> str:
        title = draw.choice(titles)
        at = draw.randrange(2, 6)
        return title[:at] + draw.choice(common) + title[at + 1 :]

    kinds: dict[str, Callable[[], str]] = {
        "one common character": lambda: draw.choice(common),
        "one word": lambda: tongue.words(1)[0],
        "three words": lambda: " ".join(tongue.words(3)),
        "title": lambda: draw.choice(titles),
        "pinyin": lambda: ui.pinyin(draw.choice(titles)[:3]),
        "English": lambda: draw.choice(tongue.english),
        "mistyped": mistyped,
    }
    return {kind: [make() for _ in range(QUERIES)] for kind, make in kinds.items()}


def _table(figures: dict[str, Any]) -> Table:
    table = Table(
        title=f"Search among {figures['notices']:,} notices and {figures['attachments']:,} attachments, "
        "milliseconds (goal: p99 100)",
        caption=f"{described(figures['machine'])}; {QUERIES} queries a kind",
    )
    table.add_column("what is typed")
    columns = ("writer_p50_ms", "writer_p99_ms", "reader_p50_ms", "reader_p99_ms")
    for column in columns:
        table.add_column(column.removesuffix("_ms").replace("_", " "), justify="right")
    for kind in figures[columns[0]]:
        table.add_row(kind, *(f"{figures[column][kind]:.1f}" for column in columns))
    return table
