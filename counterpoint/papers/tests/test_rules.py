"""Names, first bytes and years, without a database."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from counterpoint.papers import rules
from counterpoint.papers.data import Media
from counterpoint.papers.tests import samples


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (samples.picture(), Media.JPEG),
        (samples.picture("PNG"), Media.PNG),
        (samples.picture("WEBP"), Media.WEBP),
        (samples.picture("TIFF"), Media.TIFF),
        (samples.pdf(), Media.PDF),
        (b"", "empty"),
        (samples.zip_bomb(), "archive"),
        (b"Rar!\x1a\x07\x01\x00", "archive"),
        (b"\x1f\x8b\x08\x00", "archive"),
        (samples.word_document(), "office"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
        (b"MZ\x90\x00", "program"),
        (b"\x7fELF\x02", "program"),
        (b"#!/bin/sh\n", "program"),
        (samples.picture("GIF"), "picture"),
        (samples.picture("BMP"), "picture"),
        (b"\x00\x00\x00\x18ftypheic", "picture"),
        (b"\x00\x00\x00\x18ftypisom", "film"),
        (b"\xef\xbb\xbf <!doctype html><script>alert(1)</script>", "markup"),
        (b'<?xml version="1.0"?><invoice/>', "markup"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "drawing"),
        (b'<?xml version="1.0"?><svg onload="alert(1)"/>', "drawing"),
        ("姓名,金额".encode(), "unknown"),
        (b" %PDF-1.7 not at the beginning", "unknown"),
        (samples.picture() + samples.archive(a__txt=b"hidden"), "hidden"),
        (samples.pdf() + samples.archive(a__txt=b"hidden") + b"\n", "hidden"),
    ],
)
def test_a_file_is_what_its_first_bytes_say(content, said):
    assert rules.sniff(content) == said


@pytest.mark.parametrize(
    ("name", "media", "kept"),
    [
        ("身份证.JPG", Media.JPEG, "身份证.jpg"),
        ("../../etc/passwd", Media.PDF, "passwd.pdf"),
        ("C:\\Users\\wang\\scan 1.pdf", Media.PDF, "scan 1.pdf"),
        ("..", Media.PNG, "paper.png"),
        (".htaccess", Media.PNG, "htaccess.png"),
        ("", Media.TIFF, "paper.tif"),
        ("2026.11.24 合同", Media.PDF, "2026.11.24 合同.pdf"),
        ("scan.001", Media.TIFF, "scan.001.tif"),
        ("a\x00b\r\nSet-Cookie: c\x1b.png", Media.PNG, "abSet-Cookie_ c.png"),
        # The name would be drawn as …exe.jpg turned round; without the mark it says what it says.
        ("photo\u202egpj.png", Media.PNG, "photogpj.png"),
        ("a\u200b\u2066\ufeffb.png", Media.PNG, "ab.png"),
        ("a\ud800b.png", Media.PNG, "ab.png"),
        ('<img src="x">.jpeg', Media.JPEG, "_img src=_x__.jpeg"),
        ("photo.exe.jpg", Media.JPEG, "photo.exe.jpg"),
        ("长" * 300 + ".pdf", Media.PDF, "长" * 116 + ".pdf"),
    ],
)
def test_a_name_keeps_what_is_harmless(name, media, kept):
    assert rules.fitting_name(name, media) == kept


@pytest.mark.parametrize(
    ("name", "media"),
    [
        ("a.pdf", Media.JPEG), ("a.jpg", Media.PDF), ("a.png", Media.JPEG), ("a.exe", Media.JPEG),
        ("a.html", Media.PNG), ("a.docx", Media.PDF), ("a.svg", Media.PNG), ("a.jpg\u202e.exe", Media.JPEG),
        ("a.pdf .", Media.PNG),
    ],
)  # fmt: skip
def test_a_name_that_promises_another_type_is_a_lie(name, media):
    assert rules.fitting_name(name, media) is None


@given(some.text(max_size=400), some.sampled_from(Media))
def test_no_name_leaves_its_place_or_hides_a_letter(name, media):
    kept = rules.fitting_name(name, media)
    if kept is not None:
        assert 0 < len(kept) <= rules.NAME_LENGTH
        assert not set(kept) & set('/\\<>:"|?*')
        assert not any(unicodedata.category(letter)[0] == "C" for letter in kept)
        assert rules.ending_of(kept) in rules.ENDINGS[media]
        assert not kept.startswith((".", " "))
        assert rules.fitting_name(kept, media) == kept


def test_a_paper_is_kept_to_the_end_of_its_last_year():
    assert rules.kept_until(date(2026, 1, 1), 10) == date(2036, 12, 31)
    assert rules.kept_until(date(2026, 12, 31), 0) == date(2026, 12, 31)
