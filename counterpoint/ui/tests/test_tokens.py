"""The tokens: every pair of colours that meets on a screen can be read, in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parent.parent / "static" / "ui" / "tokens.css"

MEANINGS = ["success", "attention", "danger", "information"]
ON_EVERY_SURFACE = ["text", "text-2", "text-3", "accent-text", "negative", *MEANINGS]
SURFACES = ["page", "surface", "surface-2"]
PAIRS = [
    *[(text, surface) for text in ON_EVERY_SURFACE for surface in SURFACES],
    *[(text, "surface-3") for text in ("text", "text-2", "text-3")],
    *[(m, f"{m}-soft") for m in MEANINGS],
    ("accent-text", "accent-soft"), ("text", "accent-soft"), ("text-2", "accent-soft"),
    ("negative", "accent-soft"),
    ("text", "mark-row"), ("text-2", "mark-row"), ("negative", "mark-row"),
    ("on-accent", "accent"), ("on-accent", "accent-hover"), ("on-danger", "danger"),
    ("on-danger", "danger-hover"),
    ("top-text", "top-bg"), ("top-text-2", "top-bg"), ("top-text-2", "top-bg-2"), ("top-mark", "top-bg"),
]  # fmt: skip
#: What is no text needs 3:1 (WCAG 1.4.11).
EDGES = [("line-strong", "surface"), ("focus", "surface"), ("focus", "page"), ("top-mark", "top-bg")]


def theme(name: str) -> dict[str, str]:
    text = TOKENS.read_text()
    blocks = re.findall(r"([^{}]*)\{([^{}]*)\}", text)
    values: dict[str, str] = {}
    for selector, body in blocks:
        if f'[data-bs-theme="{name}"]' in selector and "--page" in body:
            values.update(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", body))
    return values


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_text_can_be_read_on_what_is_behind_it(name: str) -> None:
    colours = theme(name)
    weak = {
        f"{text} on {behind}": round(contrast(colours[text], colours[behind]), 2)
        for text, behind in PAIRS
        if contrast(colours[text], colours[behind]) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("name", ["light", "dark"])
def test_edges_and_focus_can_be_seen(name: str) -> None:
    colours = theme(name)
    weak = {
        f"{e} on {b}": contrast(colours[e], colours[b])
        for e, b in EDGES
        if contrast(colours[e], colours[b]) < 3
    }
    assert weak == {}


def test_contrast_is_computed_as_the_guideline_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_both_themes_name_the_same_tokens() -> None:
    assert theme("light").keys() == theme("dark").keys() != set()
