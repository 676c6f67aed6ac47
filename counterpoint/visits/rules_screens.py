"""Pure decisions of the screens: which fields want a second look, which hold personal data, how they read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from counterpoint.visits.data import DraftSource, DraftView

#: Where the money goes and how much; wrong, it is somebody else's.
_CRITICAL = re.compile(
    r"(?:lines-\d+-)?(?:account|payer|payee|payee_number|to|amount|customer)\Z|faces_\w+\Z|\w*name\Z|name_\w+\Z"
)
_NAMES = re.compile(r"(?:agent_|payee_)?name(?:_\w+)?\Z|officers\Z")
_DOCUMENTS = re.compile(r"\w*document_number\Z|\w*phone\w*\Z")
#: A tick says that who ticks it has looked; it is nobody else's.
_OATHS = re.compile(r"id_\w+\Z")


def is_critical(name: str) -> bool:
    """Has the teller to confirm this field 关键要素 where somebody else filled it in?"""
    return _CRITICAL.match(name) is not None


def unconfirmed_of(draft: DraftView) -> list[str]:
    """The critical fields that came from the lobby or the customer and that no teller has confirmed."""
    if draft.source is DraftSource.TELLER:
        return []
    return [
        name for name, value in draft.fields.items()
        if value not in ("", None) and is_critical(name) and name not in draft.confirmed
    ]  # fmt: skip


def marks_of(names: Iterable[str]) -> list[str]:
    """The marks to show: the faces of one grid are confirmed together."""
    return list(dict.fromkeys("faces" if name.startswith("faces_") else name for name in names))


def names_of(marks: Iterable[str], fields: Iterable[str]) -> list[str]:
    """The fields that these marks stand for."""
    wanted = set(marks)
    return [
        name for name in fields if name in wanted or ("faces" in wanted and name.startswith("faces_"))
    ]  # fmt: skip


def is_name_field(name: str) -> bool:
    return _NAMES.match(name) is not None


def is_document_field(name: str) -> bool:
    return _DOCUMENTS.match(name) is not None


def is_oath(name: str) -> bool:
    """Does the field say what its teller has done with own eyes, such as “identity checked”?"""
    return _OATHS.match(name) is not None


def shown_value(value: Any) -> str:
    """A draft's value as text; empty for a tick, which is its label."""
    return "" if value is True else str(value)
