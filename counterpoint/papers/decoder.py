"""Looks at one file in a process of its own: a file may be made to break what reads it.

Run as a script, with the limits as JSON for its only argument and the file on standard input. It has
no database, no settings and no secrets; the kernel bounds its memory and its time. It answers with one
line of JSON and, behind it, the previews one after the other. Pillow and PDFium read uploads here and
nowhere else, and each file once: its previews are kept.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

import pypdfium2
from PIL import Image, ImageSequence
from pypdfium2 import raw

#: Longest sides in pixels: a sheet of A4 stays legible; a picture in a row of a list.
LARGE, SMALL = 2000, 240
MEMORY, SECONDS = 2 << 30, 40
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/tiff": "TIFF"}
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

OFFICE = "application/vnd.openxmlformats-officedocument."
#: What a packed document may become, in all, and from how many parts.
UNPACKED, PARTS = 200 << 20, 5_000

#: Names by which a PDF acts, reaches out or carries files when somebody opens it.
ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|EF|FileAttachment|RichMedia|XFA|SubmitForm|ImportData|GoToE"
    rb"|GoToR|Rendition|Movie|Sound|3D)(?![A-Za-z0-9_.+-])"
)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_STRING = re.compile(rb"\((?:\\.|[^\\()])*\)", re.DOTALL)


class Refused(Exception):
    """The file is not kept; the word says why."""


def pictures(content: bytes, limits: dict[str, Any]) -> Iterator[Image.Image]:
    """Every page of a picture, decoded whole, so that one which is cut off is noticed; upright."""
    formats = [FORMATS[limits["media"]]]
    # Our own limit stands in ``_measure``; Pillow's would only warn.
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(io.BytesIO(content), formats=formats) as probe:
        _measure(probe, limits)
        probe.verify()
    with Image.open(io.BytesIO(content), formats=formats) as picture:
        # MPO is what telephones write: a JPEG with a second view behind it, which no browser shows.
        frames = 1 if picture.format == "MPO" else getattr(picture, "n_frames", 1)
        if frames > 1 and picture.format != "TIFF":
            raise Refused("moving")
        if frames > limits["pages"]:
            raise Refused("pages")
        for frame in ImageSequence.Iterator(picture):
            _measure(frame, limits)
            frame.load()
            yield frame
            if picture.format != "TIFF":
                break


def _measure(picture: Image.Image, limits: dict[str, Any]) -> None:
    """Before anything is decoded: a small file may say that it is a huge picture."""
    if picture.width * picture.height > limits["pixels"]:
        raise Refused("pixels")


def orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except Exception:
        # What a camera wrote about a picture is no reason to refuse the picture.
        return 1


def bare(picture: Image.Image) -> Image.Image:
    """The preview: upright, on white, in plain colours, with nothing that the file says about itself."""
    turn = TURNS.get(orientation(picture))
    shown = shrunk(_smooth(picture), LARGE)
    if turn is not None:
        shown = shown.transpose(turn)
    clean = Image.new("RGB", shown.size, "white")
    if "A" in shown.getbands():
        shown = shown.convert("RGBA")
        clean.paste(shown, mask=shown.getchannel("A"))
    else:
        clean.paste(shown.convert("RGB"))
    return clean


def _smooth(picture: Image.Image) -> Image.Image:
    """In a mode that shrinks without losing thin lines."""
    if picture.mode.startswith("I"):
        return picture.point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode in ("1", "F"):
        return picture.convert("L")
    if picture.mode in ("P", "PA", "LA"):
        return picture.convert("RGBA")
    return picture


def shrunk(picture: Image.Image, longest: int) -> Image.Image:
    """Never larger than it is."""
    share = longest / max(picture.size)
    if share >= 1:
        return picture
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def sheets(content: bytes, limits: dict[str, Any]) -> Iterator[Image.Image]:
    """Every page of a PDF as it is seen, once it is known to hold nothing that acts."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        raise Refused("encrypted" if locked else "broken") from error
    # Encryption with an empty password opens by itself, but nothing in the file can be searched.
    if raw.FPDF_GetSecurityHandlerRevision(document) >= 0:
        raise Refused("encrypted")
    if not 0 < len(document) <= limits["pages"]:
        raise Refused("pages" if len(document) else "broken")
    check_passive(content, document)
    document.init_forms()
    for page in document:
        width, height = page.get_size()
        yield page.render(scale=LARGE / max(width, height)).to_pil()


def check_passive(content: bytes, document: pypdfium2.PdfDocument) -> None:
    """No script, no program, no file inside, nothing that reaches out.

    PDFium writes every object out in the open and spells its names plainly, whatever the file did to
    hide them. The file itself is read too: another reader may see an older state of it, or mend it.
    """
    if raw.FPDFDoc_GetAttachmentCount(document) > 0 or raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        raise Refused("active")
    plain = io.BytesIO()
    document.save(plain)
    if ACTIVE.search(_STRING.sub(b"", outside_streams(plain.getvalue()))):
        raise Refused("active")
    if ACTIVE.search(_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), outside_streams(content))):
        raise Refused("active")


def outside_streams(content: bytes) -> bytes:
    """A PDF without what its streams hold: there any bytes may stand, the names of actions too."""
    kept, at = [], 0
    while (begin := content.find(b"stream", at)) >= 0:
        kept.append(content[at:begin])
        after_dictionary = content[max(0, begin - 8) : begin].rstrip().endswith(b">>")
        end = -1
        if after_dictionary and content[begin + 6 : begin + 7] in (b"\r", b"\n"):
            end = content.find(b"endstream", begin)
        at = end + 9 if end >= 0 else begin + 6
    return b"".join([*kept, content[at:]])


def check_package(content: bytes) -> None:
    """A document of words or figures: whole, of a bounded size when unpacked, without macros or a lock."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
        if len(parts) > PARTS or sum(one.file_size for one in parts) > UNPACKED:
            raise Refused("huge")
        if any(one.flag_bits & 1 for one in parts):
            raise Refused("encrypted")
        if any(one.filename.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js")) for one in parts):
            raise Refused("macros")
        if packed.testzip() is not None:
            raise Refused("broken")


def jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=84, optimize=True)
    return out.getvalue()


def examine(content: bytes, limits: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """How many pages and how large, and two previews of each page."""
    if limits["media"].startswith(OFFICE):
        check_package(content)
        return {"pages": 1, "width": None, "height": None}, []
    is_pdf = limits["media"] == "application/pdf"
    size: tuple[int | None, int | None] = (None, None)
    previews: list[bytes] = []
    for page in (sheets if is_pdf else pictures)(content, limits):
        if not (is_pdf or previews):
            size = (page.height, page.width) if orientation(page) >= 5 else page.size
        large = bare(page)
        previews += [jpeg(large), jpeg(shrunk(large, SMALL))]
    return {"pages": len(previews) // 2, "width": size[0], "height": size[1]}, previews


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    previews: list[bytes] = []
    try:
        answer, previews = examine(sys.stdin.buffer.read(), json.loads(sys.argv[1]))
    except Refused as refused:
        answer = {"refused": str(refused)}
    except Exception:
        # Whatever a library says of a file that it cannot read, the file is broken.
        answer = {"refused": "broken"}
    answer["previews"] = [len(one) for one in previews]
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + b"".join(previews))


if __name__ == "__main__":
    main()
