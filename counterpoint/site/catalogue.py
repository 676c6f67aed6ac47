"""The catalogue of events 事件目录: every verb of every room, written to ``docs/events.md``.

``python -m counterpoint.site.catalogue`` writes it; a house test fails when it is stale.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from counterpoint.kit.verbs import VerbEntry

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENT = ROOT / "docs" / "events.md"

HEAD = """# Events 事件目录

Every verb leaves one event row: who, when, business date, branch, subject, data. This list is
generated from the source (`python -m counterpoint.site.catalogue`); a test fails when it is stale.
Events are append-only and sealed; see [the seals](adr/0005-seals.md).
"""


def load() -> None:
    """Import every module of every room that may declare a verb."""
    from django.conf import settings

    for room in settings.ROOMS:
        package = importlib.import_module(f"counterpoint.{room}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not {"tests", "migrations"} & set(module.name.split(".")):
                importlib.import_module(module.name)


def entries() -> list[VerbEntry]:
    """All verbs but those of tests, by name."""
    from counterpoint.kit.verbs import CATALOGUE

    return sorted((e for e in CATALOGUE.values() if ".tests." not in e.where), key=lambda e: e.name)


def document() -> str:
    parts = [HEAD]
    for room, verbs in groupby(entries(), key=lambda entry: entry.name.partition(".")[0]):
        summary = (importlib.import_module(f"counterpoint.{room}").__doc__ or "").partition("\n")[0]
        parts.append(f"\n## {room}\n\n{summary}\n\n| event | what happened | verb |\n|---|---|---|\n")
        parts += [f"| `{e.name}` | {_cell(e.summary)} | `{_short(e.where)}` |\n" for e in verbs]
    return "".join(parts)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _short(where: str) -> str:
    return where.removeprefix("counterpoint.")


def main() -> int:
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counterpoint.site.settings")
    django.setup()
    load()
    DOCUMENT.write_text(document())
    sys.stdout.write(f"{DOCUMENT.relative_to(ROOT)}: {len(entries())} events\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
