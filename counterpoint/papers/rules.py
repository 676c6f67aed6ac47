"""Pure decisions: what a file is by its first bytes, what its name may be, how long it is kept."""

from __future__ import annotations

import unicodedata
from datetime import date

from counterpoint.papers.data import Media

NAME_LENGTH = 120

#: The endings that each kind of file may bear; the first is given to a file without one.
ENDINGS: dict[Media, tuple[str, ...]] = {
    Media.JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    Media.PNG: ("png",),
    Media.WEBP: ("webp",),
    Media.TIFF: ("tif", "tiff"),
    Media.PDF: ("pdf",),
    Media.DOCX: ("docx",),
    Media.XLSX: ("xlsx",),
}
#: Endings that promise something else; a scanner's own ``.001`` or a sentence's end promises nothing.
FOREIGN = frozenset({
    "7z", "apk", "app", "avi", "avif", "bat", "bin", "bmp", "cmd", "com", "csv", "dll", "dmg", "doc",
    "docm", "docx", "eml", "exe", "gif", "gz", "heic", "heif", "hta", "htm", "html", "iso", "jar", "js",
    "json", "lnk", "md", "mht", "mov", "mp3", "mp4", "msi", "msg", "odt", "ods", "ofd", "ps1", "py", "rar",
    "rtf", "scr", "sh", "svg", "tar", "txt", "vbs", "wps", "xht", "xhtml", "xls", "xlsm", "xlsx", "xml",
    "zip",
})  # fmt: skip
_MAGIC: tuple[tuple[bytes, Media], ...] = (
    (b"\xff\xd8\xff", Media.JPEG),
    (b"\x89PNG\r\n\x1a\n", Media.PNG),
    (b"II*\x00", Media.TIFF),
    (b"MM\x00*", Media.TIFF),
    (b"%PDF-", Media.PDF),
)
#: First bytes of what is refused, so that the refusal can say what it is.
_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "archive"),
    (b"PK\x05\x06", "archive"),
    (b"PK\x07\x08", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"\xd0\xcf\x11\xe0", "office"),
    (b"{\\rtf", "office"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"#!", "program"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
)
_OFFICE_PARTS = (b"[Content_Types].xml", b"mimetypeapplication/vnd.", b"OFD.xml")


#: The part by which each kind of package is known.
_PACKAGES = ((b"word/document.xml", Media.DOCX), (b"xl/workbook.xml", Media.XLSX))


def sniff(content: bytes, *, office: bool = False) -> Media | str:
    """What the file is: one of ours, or a word for what it is instead; ``office`` takes DOCX and XLSX."""
    if not content:
        return "empty"
    if office and content.startswith(b"PK\x03\x04"):
        found = next((media for part, media in _PACKAGES if part in content), None)
        if found is not None:
            return found
    ours = next((media for magic, media in _MAGIC if content.startswith(magic)), None)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        ours = Media.WEBP
    if ours is not None:
        return "hidden" if carries_archive(content) else ours
    for magic, word in _REFUSED:
        if content.startswith(magic):
            office = word == "archive" and any(part in content[:4096] for part in _OFFICE_PARTS)
            return "office" if office else word
    if content[4:8] == b"ftyp":
        return "picture" if content[8:12] in (b"heic", b"heix", b"mif1", b"avif") else "film"
    return _text_word(content)


def _text_word(content: bytes) -> str:
    head = content[:1024].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").lower()
    if not head.startswith(b"<"):
        return "unknown"
    return "drawing" if b"<svg" in content[:4096].lower() else "markup"


def carries_archive(content: bytes) -> bool:
    """Does a ZIP archive end where the file ends, behind the paper that everybody sees?"""
    tail = content[-(22 + 65_535) :]
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        return False
    comment = int.from_bytes(tail[at + 20 : at + 22], "little")
    return at + 22 + comment <= len(tail)


def ending_of(name: str) -> str:
    """``Scan.JPG`` → ``jpg``; empty when there is none."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem.strip(". ") else ""


def clean_name(name: str) -> str:
    """The file's name without folders, control characters and marks that turn or hide letters.

    Categories C* are controls, formats (bidi marks among them), lone surrogates, private and unassigned.
    """
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(
        " " if unicodedata.category(letter).startswith("Z") else letter
        for letter in base
        if not unicodedata.category(letter).startswith("C")
    )
    safe = "".join("_" if letter in '<>:"|?*' else letter for letter in shown)
    return " ".join(safe.split()).lstrip(". ").rstrip(". ")


def fitting_name(name: str, media: Media) -> str | None:
    """The clean name with an ending that is true; ``None`` when its ending says another known type."""
    clean = clean_name(name)
    ending, own = ending_of(clean), ENDINGS[media]
    if ending in FOREIGN - set(own) or any(
        ending in others for kind, others in ENDINGS.items() if kind is not media
    ):
        return None
    stem = clean
    if ending in own:
        stem = clean[: -len(ending) - 1].rstrip(". ")
    else:
        ending = own[0]
    return f"{stem[: NAME_LENGTH - len(ending) - 1].rstrip('. ') or 'paper'}.{ending}"


def kept_until(kept: date, years: int) -> date:
    """The last day of retention: so many full years after the year in which the paper was kept.

    Accounting archives count from the end of the year 会计年度终了; the other classes follow, which keeps
    them a little longer and never shorter.
    """
    return date(kept.year + years, 12, 31)
