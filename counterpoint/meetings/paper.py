"""The paper of finalised minutes, set with typst. A bank can edit the template in ``papers/``."""

from __future__ import annotations

import json
import threading
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from pylopdf_fonts_zh_cn import sans_path

from counterpoint.kit import clock
from counterpoint.meetings.data import Meeting, MinutesView
from counterpoint.org import services as org

PAPERS = Path(__file__).parent / "papers"
_lock = threading.Lock()


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(root=str(PAPERS), font_paths=[str(sans_path().parent)], ignore_system_fonts=True)


def minutes_pdf(meeting: Meeting, minutes: MinutesView) -> bytes:
    """A finalised version of the minutes, as PDF/A-2b: what was true when it was finalised."""
    record, units = minutes.record, {unit.id: unit for unit in org.units()}
    start, done = datetime.fromisoformat(record["start"]), minutes.finalised
    if done is None:
        raise ValueError("only finalised minutes have a paper")
    home, branch = units.get(org.home()), units.get(meeting.branch)
    data = record | {
        "bank": home.name_zh if home else "", "branch": branch.name_zh if branch else "",
        "number": f"{meeting.name}-{minutes.version}", "version": minutes.version, "reason": minutes.reason,
        "when": f"{start:%Y-%m-%d %H:%M}", "text": minutes.text, "finaliser": minutes.finaliser_name,
        "finalised": f"{done.astimezone(clock.CHINA):%Y-%m-%d %H:%M}",
        "date": {"year": done.year, "month": done.month, "day": done.day},
    }  # fmt: skip
    return _set(data)


def _set(data: dict[str, Any]) -> bytes:
    with _lock:
        made = _compiler().compile(
            input=str(PAPERS / "minutes.typ"), format="pdf", pdf_standards="a-2b",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )  # fmt: skip
    if not isinstance(made, bytes):
        raise TypeError("a paper is one document")
    return made
