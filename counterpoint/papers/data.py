"""The door of the room: papers and looks as values, kinds, refusals. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from counterpoint.kit.data import Malformed, NotFound, Refusal, Why


class PaperKind(StrEnum):
    """What a paper shows 影像类别."""

    ID_COPY = "id_copy"
    PHOTO = "photo"
    SCAN = "scan"
    FORM = "form"
    CONTRACT = "contract"
    PROOF = "proof"
    OTHER = "other"


class Retention(StrEnum):
    """How long a paper is kept 保管期限; the years of each class are a dated rule."""

    IDENTITY = "identity"
    VOUCHER = "voucher"
    WORK = "work"


class Media(StrEnum):
    """What a paper may be, by its content and never by its name."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    TIFF = "image/tiff"
    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


#: What has words but no picture of its pages; kept only where a room asks for it.
OFFICE = (Media.DOCX, Media.XLSX)


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as other rooms see it 凭证影像. ``person`` is the id of who kept it."""

    id: int
    branch: int
    name: str
    media: Media
    size: int
    sha256: str
    kind: PaperKind
    retention: Retention
    pages: int
    width: int | None
    height: int | None
    person: int
    at: datetime
    discarded: bool

    @property
    def is_picture(self) -> bool:
        """Can a browser show the paper itself?"""
        return self.media in (Media.JPEG, Media.PNG, Media.WEBP)

    @property
    def is_office(self) -> bool:
        """A document without previews: it is saved, not shown."""
        return self.media in OFFICE


@dataclass(frozen=True, slots=True)
class Extract:
    """The words of a paper, for searching; ``unread`` is the word for why there are none."""

    text: str = ""
    unread: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at a paper 调阅: who, when, for the sake of what."""

    person: int
    at: datetime
    subject: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What a paper may be on one day, by the dated rules."""

    bytes: int
    pixels: int
    pages: int
    bytes_a_day: int


class PaperRefused(Malformed):
    """The file is not kept; ``word`` says why, for machines."""

    code = "paper_refused"

    def __init__(self, message: object, *, word: str, why: Why | None = None) -> None:
        super().__init__(message, word=word, why=why)


class PaperTooLarge(Malformed):
    """More bytes than a paper may have."""

    code = "paper_too_large"
    status = 413


class TooMuchToday(Refusal):
    """One person has kept as many bytes as a day allows."""

    code = "papers_too_much_today"
    status = 429


class UnknownPaper(NotFound):
    """There is no such paper, or none that the asker may see."""

    code = "unknown_paper"


class PaperDiscarded(Refusal):
    """The content was discarded after its time 已销毁; the row and the hash stay."""

    code = "paper_discarded"
    status = 410


class PaperDamaged(Refusal):
    """The content is not what was kept: its hash differs 影像受损."""

    code = "paper_damaged"
    status = 500


class PaperStillNeeded(Refusal):
    """Its time of retention has not passed."""

    code = "paper_still_needed"


class ReasonMissing(Malformed):
    """Nothing is discarded without a reason."""

    code = "paper_reason_missing"
