"""The chart of accounts 会计科目表, read from ``chart.toml`` beside this file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from django.utils.translation import get_language

from counterpoint.kit.data import NotFound

KINDS = ("asset", "liability", "common", "income", "expense", "off")


class UnknownSubject(NotFound):
    """The chart has no such subject 科目."""

    code = "unknown_gl"


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject of the chart 科目. ``sign`` is +1 where the debit side is the normal one."""

    code: str
    zh: str
    en: str
    side: str
    kind: str

    @property
    def sign(self) -> int:
        return 1 if self.side == "debit" else -1

    @property
    def off(self) -> bool:
        """Outside the balance sheet 表外."""
        return self.kind == "off"

    @property
    def name(self) -> str:
        return self.en if (get_language() or "").startswith("en") else self.zh


@cache
def chart() -> dict[str, Subject]:
    """Every subject by its code, in the order of the codes."""
    rows = tomllib.loads(files(__package__).joinpath("chart.toml").read_text("utf-8"))["account"]
    subjects = {row["code"]: Subject(**row) for row in sorted(rows, key=lambda row: row["code"])}
    for subject in subjects.values():
        if subject.side not in ("debit", "credit") or subject.kind not in KINDS:
            raise ValueError(f"chart of accounts: subject {subject.code} is malformed")
    if len(subjects) != len(rows):
        raise ValueError("chart of accounts: a code stands twice")
    return subjects


def subject(code: str) -> Subject:
    """The subject with ``code``; raises ``UnknownSubject``."""
    found = chart().get(code)
    if found is None:
        raise UnknownSubject(f"the chart of accounts has no {code!r}", gl=code)
    return found
