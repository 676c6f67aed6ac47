"""The tool for words: what is shown is found, and what lacks Chinese is named."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest

from counterpoint.ui import words_tool

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext as inContext
a = _("Plain")
b = ngettext("%(n)d note", "%(n)d notes", n)
c = inContext("business day", "Open")
d = unrelated("Not a text")
"""
TEMPLATE = """{% load i18n %}{% translate "In a template" %}
{% blocktranslate count n=k trimmed %}one {{ n }}{% plural %}many {{ n }}{% endblocktranslate %}
{% part _("As an argument") %}{% translate "May" context "month" %}{# {% translate "Hidden" %} #}"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    room = tmp_path / "teller"
    (room / "templates" / "teller").mkdir(parents=True)
    (room / "tests").mkdir()
    (room / "__init__.py").touch()
    (room / "views.py").write_text(PYTHON)
    (room / "tests" / "test_x.py").write_text('from x import _\n_("Only a test")\n')
    (room / "templates" / "teller" / "a.html").write_text(TEMPLATE)
    return tmp_path


def translated(root: Path, **changes: str) -> None:
    """Give every text of the room a translation; ``changes`` replaces parts of the file afterwards."""
    words_tool.write(root)
    path = words_tool.po_of(root / "teller")
    text = path.read_text().replace('msgstr[0] ""', 'msgstr[0] "%(n)s 个"')
    text = text.replace('notes"\nmsgstr[0] "%(n)s', 'notes"\nmsgstr[0] "%(n)d')
    head, tail = text.split("\n\n", 1)
    tail = tail.replace('msgstr ""', 'msgstr "译文"')
    for old, new in changes.items():
        tail = tail.replace(old, new)
    path.write_text(f"{head}\n\n{tail}")


def test_every_text_of_python_and_templates_is_found(root: Path) -> None:
    found = words_tool.texts_of(root / "teller")
    assert set(found) == {
        ("Plain", None), ("%(n)d note", None), ("Open", "business day"), ("In a template", None),
        ("one %(n)s", None), ("As an argument", None), ("May", "month"),
    }  # fmt: skip
    assert found[("one %(n)s", None)].plural == "many %(n)s"


def test_a_room_without_its_chinese_fails(root: Path) -> None:
    assert {fault.what for fault in words_tool.faults_of(root)} == {"not translated"}
    assert len(words_tool.faults_of(root)) == 7


def test_writing_adds_what_is_missing_but_does_not_translate_it(root: Path) -> None:
    assert words_tool.write(root) == 7
    assert {fault.what for fault in words_tool.faults_of(root)} == {"empty"}
    assert words_tool.write(root) == 0


def test_a_complete_room_passes_and_stays_as_it_is(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    translated(root)
    assert words_tool.faults_of(root) == []
    assert words_tool.check(root) == 0
    before = words_tool.po_of(root / "teller").read_text()
    words_tool.write(root)
    assert words_tool.po_of(root / "teller").read_text() == before
    assert capsys.readouterr().out == ""


def test_a_text_that_is_no_longer_shown_is_named_and_dropped(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    translated(root)
    (root / "teller" / "views.py").write_text("")
    assert {str(fault) for fault in words_tool.faults_of(root)} == {
        "teller: no longer used: 'Plain'",
        "teller: no longer used: '%(n)d note'",
        "teller: no longer used: 'Open'",
    }
    assert words_tool.check(root) == 1
    assert "Plain" in capsys.readouterr().out
    words_tool.write(root)
    assert words_tool.faults_of(root) == []


def test_a_translation_that_loses_a_placeholder_is_named(root: Path) -> None:
    translated(root, **{"%(n)s 个": "几个"})
    assert [fault.what for fault in words_tool.faults_of(root)] == ["other placeholders in the translation"]


def test_one_text_has_one_translation_over_all_rooms(root: Path) -> None:
    translated(root)
    other = root / "vault"
    other.mkdir()
    (other / "__init__.py").write_text('from django.utils.translation import gettext as _\n_("Plain")\n')
    words_tool.write(root, "vault")
    path = words_tool.po_of(other)
    path.write_text(path.read_text().replace('"Plain"\nmsgstr ""', '"Plain"\nmsgstr "另一译文"'))
    assert [fault.text for fault in words_tool.faults_of(root)] == ["Plain"]
    assert "give one of them a context" in words_tool.faults_of(root)[0].what


def test_the_compiled_catalogue_is_what_gettext_reads(root: Path) -> None:
    translated(root)
    assert words_tool.compile_all(root) == 1
    assert words_tool.compile_all(root) == 0
    with words_tool.po_of(root / "teller").with_suffix(".mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert catalogue.gettext("Plain") == "译文"
    assert catalogue.ngettext("%(n)d note", "%(n)d notes", 2) == "%(n)d 个"
    assert catalogue.pgettext("business day", "Open") == "译文"


def test_this_room_is_complete() -> None:
    assert words_tool.faults_of(only="ui") == []
