"""Reads the words of one file in a process of its own, for searching: PDF, DOCX, XLSX.

Run as a script, with what is asked as JSON for its only argument and the file on standard input. It has no
database, no settings and no secrets; the kernel bounds its memory and its time, and what is packed is
measured before it is unpacked. It answers with one JSON object: the text, or a word for why there is none.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

MEMORY, SECONDS = 1 << 30, 20
#: What a packed document may become, in all, and from how many parts.
UNPACKED, PARTS = 200 << 20, 5_000
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Unread(Exception):
    """There is no text to be had; the word says why."""


def measured(content: bytes) -> zipfile.ZipFile:
    """The package, once it is known that it stays small."""
    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError) as error:
        raise Unread("broken") from error
    parts = packed.infolist()
    if len(parts) > PARTS or sum(one.file_size for one in parts) > UNPACKED:
        raise Unread("huge")
    if any(one.flag_bits & 1 for one in parts):
        raise Unread("encrypted")
    return packed


def pdf_text(content: bytes, asked: dict[str, Any]) -> Iterator[str]:
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    for number in range(min(len(document), asked["pages"])):
        yield document[number].get_textpage().get_text_bounded()


def docx_text(content: bytes, asked: dict[str, Any]) -> Iterator[str]:
    import docx
    from docx.oxml.ns import qn

    measured(content)
    for block in docx.Document(io.BytesIO(content)).element.body.iter(qn("w:p")):
        yield "".join(part.text or "" for part in block.iter(qn("w:t")))


def xlsx_text(content: bytes, asked: dict[str, Any]) -> Iterator[str]:
    from python_calamine import CalamineWorkbook

    measured(content)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names[: asked["pages"]]:
        yield name
        for row in book.get_sheet_by_name(name).iter_rows():
            yield " ".join(str(cell) for cell in row if cell not in ("", None))


READERS = {"application/pdf": pdf_text, DOCX: docx_text, XLSX: xlsx_text}


def read(content: bytes, asked: dict[str, Any]) -> str:
    """The text on one line, as far as it is asked for."""
    reader = READERS.get(asked["media"])
    if reader is None:
        raise Unread("picture")
    found, length = [], 0
    for part in reader(content, asked):
        plain = " ".join(part.replace("\x00", " ").split())
        found.append(plain)
        length += len(plain) + 1
        if length > asked["characters"]:
            break
    text = " ".join(part for part in found if part)[: asked["characters"]]
    if not text:
        raise Unread("empty")
    return text.encode(errors="replace").decode()


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        answer = {"text": read(sys.stdin.buffer.read(), json.loads(sys.argv[1]))}
    except Unread as unread:
        answer = {"unread": str(unread)}
    except Exception:
        # Whatever a library says of a file that it cannot read, there is no text.
        answer = {"unread": "broken"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
