"""The process that looks at files: what it finds, what it refuses, and that its end is only its own."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from counterpoint.papers.data import Limits, Media
from counterpoint.papers.services import decoding
from counterpoint.papers.services.decoding import examine
from counterpoint.papers.tests import samples

LIMITS = Limits(bytes=20 << 20, pixels=60_000_000, pages=5, bytes_a_day=500 << 20)
#: What a decoder would have to know to reach the database.
SECRET = "set(os.environ) - {'LC_CTYPE'}"
SCRIPT = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"


def shown(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (samples.picture(), Media.JPEG),
        (samples.picture(mode="CMYK"), Media.JPEG),
        (samples.picture("PNG"), Media.PNG),
        (samples.picture("PNG", mode="P"), Media.PNG),
        (samples.picture("PNG", mode="RGBA"), Media.PNG),
        (samples.picture("PNG", mode="LA"), Media.PNG),
        (samples.picture("PNG", mode="I;16"), Media.PNG),
        (samples.picture("WEBP"), Media.WEBP),
        (samples.picture("TIFF", mode="1"), Media.TIFF),
    ],
)
def test_a_picture_is_measured_and_shown(content, media):
    found = examine(content, media, LIMITS)
    assert (found.refused, found.width, found.height) == ("", 640, 400)
    (page,) = found.pages
    assert (shown(page.large).size, shown(page.small).size) == ((640, 400), (240, 150))
    assert shown(page.large).mode == "RGB"


def test_every_page_has_its_previews():
    tiff, pdf = (
        examine(content, media, LIMITS)
        for content, media in ((samples.scans(3), Media.TIFF), (samples.printed(2), Media.PDF))
    )
    assert (len(tiff.pages), tiff.width) == (3, 1240)
    assert (len(pdf.pages), pdf.width) == (2, None)
    assert max(shown(pdf.pages[0].large).size) == 2000
    assert pdf.pages[0].large != pdf.pages[1].large


def test_a_preview_stands_upright_and_says_nothing_of_its_photo():
    found = examine(samples.photo(), Media.JPEG, LIMITS)
    assert (found.width, found.height) == (400, 640)
    for content in (found.pages[0].large, found.pages[0].small):
        picture = shown(content)
        assert picture.height > picture.width
        # Turned a quarter clockwise, what was above is on the right.
        red = picture.getpixel((picture.width - 5, picture.height // 2))
        assert red[0] > 200
        assert red[2] < 60
        assert not picture.getexif()
        assert not {"comment", "exif", "xmp", "icc_profile"} & set(picture.info)
        assert b"passport" not in content


@pytest.mark.parametrize(
    ("content", "media", "word"),
    [
        (samples.picture()[:4000], Media.JPEG, "broken"),
        (samples.picture("PNG")[:600], Media.PNG, "broken"),
        (samples.picture("WEBP"), Media.JPEG, "broken"),
        (samples.png_bomb(), Media.PNG, "pixels"),
        (samples.moving("WEBP"), Media.WEBP, "moving"),
        (samples.moving("PNG"), Media.PNG, "moving"),
        (samples.scans(6), Media.TIFF, "pages"),
        (samples.printed(6), Media.PDF, "pages"),
        (b"%PDF-1.7\nnothing", Media.PDF, "broken"),
        (samples.pdf()[:200], Media.PDF, "broken"),
        (samples.encrypted_pdf(b"secret"), Media.PDF, "encrypted"),
        (samples.encrypted_pdf(b""), Media.PDF, "encrypted"),
    ],
)
def test_what_cannot_be_read_is_refused(content, media, word):
    assert examine(content, media, LIMITS).refused == word


@pytest.mark.parametrize(
    "content",
    [
        samples.pdf(b"/OpenAction 5 0 R", SCRIPT),
        samples.pdf(b"/OpenAction 5 0 R", b"<</S/J#61vaScript/#4AS<6170>>>"),
        samples.packed_pdf(b"/OpenAction 5 0 R", b"<</S/J#61vaScript/J#53 6 0 R>>", b"(app.alert\\(1\\))"),
        # A text that looks like the beginning of a stream hides nothing behind it.
        samples.packed_pdf(b"/X(>>\nstream\n)/OpenAction 5 0 R", b"<</S/J#61vaScript/J#53(1)>>"),
        samples.pdf(b"/AcroForm<</Fields[]/XFA 5 0 R>>", samples.stream(b"<xdp/>")),
        samples.pdf(b"/OpenAction<</S/Launch/F(cmd.exe)>>"),
        samples.packed_pdf(b"/OpenAction 5 0 R", b"<</S/SubmitForm/F(http://example.com)>>"),
        samples.pdf(
            b"/Names<</EmbeddedFiles<</Names[(a.exe)5 0 R]>>>>", b"<</F(a.exe)/EF<</F 6 0 R>>>>",
            samples.stream(b"MZ"),
        ),
        # An older state of the file that this reader does not see, but another one might.
        samples.pdf(b"/OpenAction 5 0 R", SCRIPT) + samples.pdf()[9:],
    ],
    ids=["script", "escaped", "packed", "string", "xfa", "launch", "submit", "embedded", "older"],
)  # fmt: skip
def test_a_pdf_that_acts_is_refused(content):
    assert examine(content, Media.PDF, LIMITS).refused == "active"


@pytest.mark.parametrize(
    "content",
    [
        samples.packed_pdf(b"/X 5 0 R", b"<</Title(about /JavaScript and /JS )>>"),
        samples.pdf(b"/X 5 0 R", samples.stream(b"/JS /JavaScript /Launch")),
        samples.pdf(b"/OpenAction<</S/URI/URI(https://example.com)>>"),
        samples.pdf(b"/JSX 1/Launches 2"),
    ],
    ids=["text", "stream", "link", "longer names"],
)
def test_a_pdf_that_only_speaks_of_it_is_kept(content):
    assert examine(content, Media.PDF, LIMITS).refused == ""


@pytest.mark.parametrize(
    ("script", "word"),
    [
        ("import os; os.abort()", "broken"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "slow"),
        ("import time; time.sleep(60)", "slow"),
        (f"import json, os; print(json.dumps(dict(refused='knows' if {SECRET} else 'nothing')))", "nothing"),
    ],
    ids=["crash", "processor", "sleep", "environment"],
)  # fmt: skip
def test_the_decoder_ends_alone_and_knows_nothing(script, word, tmp_path, monkeypatch):
    path = tmp_path / "decoder.py"
    path.write_text(script)
    monkeypatch.setattr(decoding, "DECODER", path)
    if "sleep" in script:
        monkeypatch.setattr(decoding, "SECONDS", 1)
    assert examine(samples.picture(), Media.JPEG, LIMITS).refused == word
