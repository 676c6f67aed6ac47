"""Templates: whose they include, and that they carry no style or script of their own."""

import re

import pytest

from tests.house.source import files, named, none, room_of

BORROWS = re.compile(r"""{%-?\s*(?:include|extends)\s+["']([^"']+)["']""")
INLINE = {
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "inline script": re.compile(
        r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*type\s*=\s*[\"']application/json)", re.I
    ),
    "event attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.I),
    "javascript: address": re.compile(r"javascript:", re.I),
}
#: Packages whose own pages are drawn anew here.
RESTYLED = {"account", "allauth", "mfa"}
STATUS_PAGE = re.compile(r"[45]\d\d(_csrf)?\.html")
COMMENT = re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|<!--.*?-->", re.S)


def templates():
    return [path for path in files(".html") if "templates" in path.parts]


def inline_sins(text):
    text = COMMENT.sub(lambda found: "\n" * found.group().count("\n"), text)
    for what, pattern in INLINE.items():
        for found in pattern.finditer(text):
            yield what, text.count("\n", 0, found.start()) + 1


def test_a_template_includes_its_own_rooms_and_those_of_ui_only():
    found = [
        f"{named(path)} borrows {borrowed}"
        for path in templates()
        for borrowed in BORROWS.findall(path.read_text())
        if borrowed.partition("/")[0] not in {room_of(path), "ui"}
        # A page of a package that we restyle may extend that package's own frame.
        and path.parts[path.parts.index("templates") + 1] == room_of(path)
    ]
    none(found)


def test_a_template_lies_in_a_folder_named_after_its_room():
    """…or after the package whose page it replaces."""
    found = [
        named(path)
        for path in templates()
        if path.parts[path.parts.index("templates") + 1] not in {room_of(path), *RESTYLED}
        and not STATUS_PAGE.fullmatch(path.name)
    ]
    none(found)


def test_no_template_carries_inline_style_or_script():
    found = [
        f"{named(path)}:{line} {what}" for path in templates() for what, line in inline_sins(path.read_text())
    ]
    none(found)


TAG = re.compile(r"""<[a-z]+(?:{%.*?%}|{{.*?}}|"(?:{%.*?%}|{{.*?}}|[^"])*"|[^>"])*>""", re.S)
LISTENS = re.compile(r"""hx-trigger="[^"]*(?:signal:|visit-news)""")


def test_what_listens_to_signals_does_not_replace_itself():
    """With its element go the last signal that a throttle holds back and the request that is queued."""
    found = [
        f"{named(path)}: {tag[:60]}"
        for path in templates()
        for tag in TAG.findall(path.read_text())
        if LISTENS.search(tag) and 'hx-swap="outerHTML"' in tag
    ]
    none(found)


@pytest.mark.parametrize(
    ("text", "sins"),
    [
        ('<p style="color:red">', ["inline style"]),
        ("<style>p{}</style>", ["inline style"]),
        ("<script>alert(1)</script>", ["inline script"]),
        ('<script src="/static/a.js" defer></script>', []),
        ('<script type="application/json" id="x">{}</script>', []),
        ('<a onclick="x()">', ["event attribute"]),
        ('<a href="javascript:x()">', ["javascript: address"]),
        ("{# <style> #}<!-- <p style='x'> -->", []),
        ('<p data-style="x" hx-on:click="x">', []),
    ],
)
def test_inline_style_and_script_are_recognised(text, sins):
    assert [what for what, _ in inline_sins(text)] == sins


def test_no_script_of_ours_is_built_from_text():
    found = [
        f"{named(path)}: {word}"
        for path in files(".js")
        if "vendor" not in path.parts
        for word in ("eval(", "new Function(", "document.write(", ".innerHTML =", ".innerHTML=")
        if word in path.read_text()
    ]
    none(found)
