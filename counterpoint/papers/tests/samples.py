"""Files for the tests, good and bad: pictures by Pillow, PDFs written out by hand where they must be odd."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib

import typst
from PIL import Image, ImageDraw


def picture(
    form: str = "JPEG", size: tuple[int, int] = (640, 400), mode: str = "RGB", **options: object
) -> bytes:
    """Red above, blue below, so that a turn shows."""
    shown = Image.new("RGB", size, "red")
    ImageDraw.Draw(shown).rectangle((0, size[1] // 2, *size), fill="blue")
    out = io.BytesIO()
    shown.convert(mode).save(out, form, **options)
    return out.getvalue()


def photo() -> bytes:
    """A telephone's: lies on its side, says where it was taken, and by whom."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "Wang Fang's passport"
    exif.get_ifd(0x8825)[1] = "N"
    return picture(exif=exif.tobytes(), comment=b"taken at home")


def moving(form: str) -> bytes:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, form, save_all=True, append_images=frames[1:])
    return out.getvalue()


def scans(pages: int = 3) -> bytes:
    """Fax-like pages in one TIFF."""
    sheets = [Image.new("1", (1240, 1754), 1) for _ in range(pages)]
    out = io.BytesIO()
    sheets[0].save(out, "TIFF", compression="group4", save_all=True, append_images=sheets[1:])
    return out.getvalue()


def png_bomb() -> bytes:
    """A few kilobytes that say they are 60,000 by 60,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(180_001 * 20), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        for name, content in files.items():
            box.writestr(name.replace("__", "."), content)
    return out.getvalue()


def zip_bomb() -> bytes:
    return archive(zeros=bytes(5_000_000))


def word_document() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        box.writestr("[Content_Types].xml", "<Types/>")
    return out.getvalue()


def printed(pages: int = 1) -> bytes:
    """A PDF as typst sets it: object streams, embedded fonts."""
    text = "\n#pagebreak()\n".join(f"= Page {page + 1}" for page in range(pages))
    made = typst.compile(text.encode())
    assert isinstance(made, bytes)
    return made


def stream(data: bytes, dictionary: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (dictionary, len(data), data)


def _objects(catalog: bytes) -> list[bytes]:
    return [
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Contents 4 0 R>>",
        stream(b"0 0 1 rg 50 50 100 100 re f"),
    ]


def _body(objects: list[bytes]) -> tuple[bytes, list[int]]:
    out, places = b"%PDF-1.7\n", []
    for number, written in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    return out, places


def pdf(catalog: bytes = b"", *more: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of one page; ``more`` are its objects from number 5 on."""
    objects = [*_objects(catalog), *more]
    out, places = _body(objects)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n"
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return out + head + table + end % (len(objects) + 1, trailer, len(out))


def packed_pdf(catalog: bytes, *hidden: bytes) -> bytes:
    """The same with the objects from number 5 on compressed in an object stream, out of plain sight."""
    out, places = _body(_objects(catalog))
    head, packed = b"", b""
    for number, written in enumerate(hidden, start=5):
        head += b"%d %d " % (number, len(packed))
        packed += written + b" "
    box = 5 + len(hidden)
    about = b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (len(hidden), len(head))
    places.append(len(out))
    out += b"%d 0 obj\n%s\nendobj\n" % (box, stream(zlib.compress(head + packed), about))
    rows = [(0, 0, 255), *((1, place, 0) for place in places[:4])]
    rows += [(2, box, index) for index in range(len(hidden))]
    rows += [(1, places[4], 0), (1, len(out), 0)]
    table = zlib.compress(b"".join(struct.pack(">BIB", *row) for row in rows))
    about = b"/Type/XRef/Size %d/W[1 4 1]/Root 1 0 R/Filter/FlateDecode" % len(rows)
    return out + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (box + 1, stream(table, about), len(out))


_PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def encrypted_pdf(password: bytes) -> bytes:
    """Standard security handler, revision 2; with an empty password every reader opens it by itself."""
    user = (password + _PAD)[:32]
    owner = _rc4(hashlib.md5((b"owner" + _PAD)[:32]).digest()[:5], user)
    key = hashlib.md5(user + owner + struct.pack("<i", -4) + bytes(16)).digest()[:5]
    about = b"<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (
        owner.hex().encode(), _rc4(key, _PAD).hex().encode(),
    )  # fmt: skip
    mark = b"0" * 32
    return pdf(b"", about, trailer=b"/Encrypt 5 0 R/ID[<%s><%s>]" % (mark, mark))
