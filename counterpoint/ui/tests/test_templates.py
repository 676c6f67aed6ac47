"""What holds for every template of every room."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from counterpoint.ui import vendor

ROOMS = Path(__file__).parent.parent.parent
TEMPLATES = sorted(ROOMS.glob("*/templates/**/*.html"))
MODULES = vendor.ROOT / "node_modules" / "@tabler" / "icons"


def offences(pattern: str) -> list[str]:
    found = re.compile(pattern, re.IGNORECASE)
    return [
        f"{path.relative_to(ROOMS)}: {match[0]}"
        for path in TEMPLATES
        for match in found.finditer(path.read_text(encoding="utf-8"))
    ]


def test_no_template_has_a_style_or_a_script_of_its_own() -> None:
    assert TEMPLATES
    assert offences(r"\sstyle\s*=|<style\b") == []
    assert offences(r"<script(?![^>]*\bsrc=)[^>]*>") == []
    assert offences(r"\son[a-z]+\s*=\s*[\"']|\shx-on\b|javascript:|\"js:") == []


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert offences(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//") == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOMS)))
def test_every_template_can_be_read(path: Path) -> None:
    get_template(str(path).split("/templates/", 1)[1])


def test_no_icon_name_is_worked_out_where_the_sprite_cannot_see_it() -> None:
    """A name from a variable is fine when it comes from Python, where ``icon="…"`` is found."""
    assert "cash" in vendor.icons_used()
    assert offences(r"{%\s*icon\s+[\"'][^\"']*[^a-z0-9\"'-][^\"']*[\"']") == []


@pytest.mark.skipif(not MODULES.exists(), reason="the front-end packages are not installed")
def test_the_sprite_holds_every_icon_that_is_named() -> None:
    names = vendor.icons_used()
    made = vendor.sprite(names, vendor.ROOT / "node_modules")
    assert re.findall(r'<symbol id="([^"]+)"', made) == names


@pytest.mark.skipif(not MODULES.exists(), reason="the front-end packages are not installed")
def test_an_icon_that_does_not_exist_is_named() -> None:
    with pytest.raises(vendor.VendorError, match="no-such-picture"):
        vendor.sprite(["no-such-picture"], vendor.ROOT / "node_modules")


def test_the_lock_file_carries_hashes_and_no_addresses() -> None:
    text = (vendor.ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert "://" not in re.sub(r'"url": "https://(opencollective|github)\.com/[^"]*"', "", text)
    assert text.count('"integrity"') == text.count('"node_modules/')
