"""Papers of the vault that are no tables, set with typst. The templates in ``papers/`` are files a bank can
edit.
"""

from __future__ import annotations

import json
import threading
from functools import cache
from pathlib import Path
from typing import Any

import typst
from pylopdf_fonts_zh_cn import sans_path

PAPERS = Path(__file__).parent / "papers"
_lock = threading.Lock()


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(root=str(PAPERS), font_paths=[str(sans_path().parent)], ignore_system_fonts=True)


def pdf(template: str, data: dict[str, Any]) -> bytes:
    """``papers/<template>.typ`` with ``data``, as PDF/A-2b."""
    with _lock:
        made = _compiler().compile(
            input=str(PAPERS / f"{template}.typ"), format="pdf", pdf_standards="a-2b",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )  # fmt: skip
    if not isinstance(made, bytes):
        raise TypeError("a paper is one document")
    return made
