"""The tool for words 翻译工具: which texts a room shows, which of them lack Chinese, and compiling.

The source is English, so English is complete by itself; each room has its Chinese in
``locale/zh_Hans/LC_MESSAGES/django.po``. No gettext programs are needed.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOMS = Path(__file__).resolve().parent.parent
LOCALE = "zh_Hans"

HEADER = """msgid ""
msgstr ""
"Project-Id-Version: Counterpoint\\n"
"Language: zh_Hans\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""

#: Function → where its msgid, its plural and its context stand.
CALLS = {
    "_": (0, None, None),
    "gettext": (0, None, None),
    "gettext_lazy": (0, None, None),
    "gettext_noop": (0, None, None),
    "ngettext": (0, 1, None),
    "ngettext_lazy": (0, 1, None),
    "pgettext": (1, None, 0),
    "pgettext_lazy": (1, None, 0),
    "npgettext": (1, 2, 0),
    "npgettext_lazy": (1, 2, 0),
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)[^{}]*\}")
#: A call of a gettext function whose arguments are strings or the word ``count``.
_CALL = re.compile(
    r"""\b(?:_|gettext|ngettext|pgettext|npgettext)\("""
    r"""(?:[^()"']|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')*\)"""
)


@dataclass(frozen=True, slots=True)
class Text:
    """One text that a room shows 文案."""

    id: str
    plural: str | None
    context: str | None
    where: str
    line: int

    @property
    def key(self) -> tuple[str, str | None]:
        return self.id, self.context


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a room's words."""

    room: str
    text: str
    what: str

    def __str__(self) -> str:
        return f"{self.room}: {self.what}: {self.text!r}"


def _literal(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _of_python(source: str, where: str, names: dict[str, str]) -> Iterator[Text]:
    """Texts in calls of gettext's functions, under whatever name they were imported."""
    tree = ast.parse(source)
    aliases = dict(names)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            aliases.update({alias.asname or alias.name: alias.name for alias in node.names})
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
        places = CALLS.get(aliases.get(name, name))
        if places is None:
            continue
        at = [_literal(node.args[p]) if p is not None and len(node.args) > p else None for p in places]
        if at[0]:
            yield Text(at[0], at[1], at[2], where, node.lineno)


def _of_template(source: str, where: str) -> Iterator[Text]:
    """Django turns a template into something like Python, of which only the calls are valid."""
    turned = templatize(source, origin=where)
    for found in _CALL.finditer(turned):
        line = turned.count("\n", 0, found.start()) + 1
        for text in _of_python(found[0].replace("\n", " "), where, {}):
            yield Text(text.id, text.plural, text.context, where, line)


def texts_of(room: Path) -> dict[tuple[str, str | None], Text]:
    """Every text that this room's Python and templates show."""
    found: dict[tuple[str, str | None], Text] = {}
    for path in sorted(room.rglob("*")):
        where = str(path.relative_to(room.parent))
        if "tests" in path.parts or "migrations" in path.parts or "static" in path.parts:
            continue
        if path.suffix == ".py":
            texts = _of_python(path.read_text(encoding="utf-8"), where, {})
        elif path.suffix in {".html", ".txt", ".typ"} and "templates" in path.parts:
            texts = _of_template(path.read_text(encoding="utf-8"), where)
        else:
            continue
        for text in texts:
            known = found.get(text.key)
            if known is None or (text.plural and not known.plural):
                found[text.key] = text
    return found


def rooms(root: Path = ROOMS, only: str = "") -> list[Path]:
    return sorted(path.parent for path in root.glob(f"{only or '*'}/__init__.py"))


def po_of(room: Path) -> Path:
    return room / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def read_catalog(path: Path) -> Catalog:
    """The room's Chinese, empty when there is no file yet."""
    if not path.exists():
        return Catalog(locale=LOCALE, project="Counterpoint", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def check(root: Path = ROOMS) -> int:
    """Print what is wrong, room by room; 0 when nothing is."""
    faults = faults_of(root)
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    return 1 if faults else 0


def faults_of(root: Path = ROOMS, only: str = "") -> list[Fault]:
    """What is missing, empty, doubtful, left over, or translated with other placeholders."""
    faults: list[Fault] = []
    spoken: dict[tuple[str, str | None], tuple[str, str]] = {}
    for room in rooms(root, only):
        catalog = read_catalog(po_of(room))
        wanted = texts_of(room)
        for key, text in wanted.items():
            faults.extend(_faults_of(room.name, catalog, key, text))
        for message in catalog:
            if message.id and _key(message.id, message.context) not in wanted:
                faults.append(Fault(room.name, _first(message.id), "no longer used"))
            # Django joins all rooms into one catalogue, in which one text has one translation.
            elif message.id and message.string:
                said = _first(message.string)
                other, before = spoken.setdefault(_key(message.id, message.context), (room.name, said))
                if before != said:
                    what = f"is {said} here and {before} in {other}; give one of them a context"
                    faults.append(Fault(room.name, _first(message.id), what))
    return faults


def _first(id_: object) -> str:
    return str(id_[0]) if isinstance(id_, tuple | list) else str(id_)


def _key(id_: object, context: str | None) -> tuple[str, str | None]:
    return _first(id_), context


def _faults_of(room: str, catalog: Catalog, key: tuple[str, str | None], text: Text) -> Iterator[Fault]:
    message = catalog.get(key[0], key[1])
    if message is None:
        yield Fault(room, text.id, "not translated")
        return
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if not all(strings) or not strings:
        yield Fault(room, text.id, "empty")
    if message.fuzzy:
        yield Fault(room, text.id, "marked as doubtful")
    if text.plural and not isinstance(message.id, tuple | list):
        yield Fault(room, text.id, "needs its plural")
    for string in filter(None, strings):
        if _placeholders(text.plural or text.id) != _placeholders(string):
            yield Fault(room, text.id, "other placeholders in the translation")


def _placeholders(text: str) -> set[str]:
    return {found[0] for found in _PLACEHOLDER.finditer(text)}


def write(root: Path = ROOMS, only: str = "") -> int:
    """Add what is missing, with an empty translation, and drop what is no longer used. Counts changes."""
    changed = 0
    for room in rooms(root, only):
        wanted = texts_of(room)
        path = po_of(room)
        if not wanted and not path.exists():
            continue
        old = read_catalog(path)
        new = Catalog(locale=LOCALE, project="Counterpoint", charset="utf-8", fuzzy=False)
        for key, text in sorted(wanted.items(), key=lambda pair: (pair[1].where, pair[1].line, pair[0][0])):
            known = old.get(key[0], key[1])
            id_: str | tuple[str, str] = (text.id, text.plural) if text.plural else text.id
            new.add(id_, known.string if known else "", context=text.context, locations=[(text.where, 0)])
            changed += known is None
        changed += sum(1 for m in old if m.id and _key(m.id, m.context) not in wanted)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            # A header of our own: one with the date would differ at every run.
            file.write(HEADER.encode())
            write_po(file, new, width=110, include_lineno=False, omit_header=True)
    return changed


def compile_all(root: Path = ROOMS) -> int:
    """Write the binary catalogues that are older than their sources. Says how many."""
    made = 0
    for room in rooms(root):
        source = po_of(room)
        target = source.with_suffix(".mo")
        if not source.exists() or (
            target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns
        ):
            continue
        # Beside it and then into place: another process may be reading.
        draft = target.with_suffix(f".{os.getpid()}.new")
        with draft.open("wb") as file:
            write_mo(file, read_catalog(source))
        draft.replace(target)
        made += 1
    return made


def _newer(target: Path, source: Path) -> bool:
    return target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns
