"""Making what people type comparable: widths, spaces, dots, and what may be stored at all."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

from counterpoint.customers.data import Unreadable

#: Full-width forms become plain ones one by one. NFKC would also fold rare characters of names
#: onto common ones, and a name is what the identity card prints.
_WIDTHS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
#: The dots with which keyboards and other systems write names such as 买买提·阿不都.
DOT = "·"
_DOTS = dict.fromkeys(map(ord, "•‧・･․∙⋅●▪.。．"), DOT)


def readable(text: str, *, limit: int) -> str:
    """``text`` with plain widths and single spaces; refuses what no customer record may hold."""
    if len(text) > limit:
        raise Unreadable(_("The text is longer than %(limit)d characters.") % {"limit": limit})
    plain = unicodedata.normalize("NFC", text.translate(_WIDTHS))
    for character in plain:
        category = unicodedata.category(character)
        # Characters newer than this Python's tables are unassigned to it, and yet in people's names.
        if category in {"Cc", "Cs", "Cn", "Co"} and not is_han(character) and character not in "\t\n\r":
            raise Unreadable(_("The text holds characters that cannot be read. Type it again."))
    # Zero-width marks come along with copied text and would make equal names differ.
    plain = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    return " ".join(plain.split())


def compact(text: str, *, limit: int = 64) -> str:
    """A number without the spaces and hyphens people put in, in capitals."""
    return "".join(c for c in readable(text, limit=limit).upper() if c not in " -_./()")


def is_han(character: str) -> bool:
    """A Chinese character, the rare ones of the supplementary planes 冷僻字 included."""
    code = ord(character)
    return (
        0x4E00 <= code <= 0x9FFF
        or 0x3400 <= code <= 0x4DBF
        or code == 0x3007
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x3FFFF
    )


def dotted(text: str) -> str:
    """A Chinese name with the one dot 间隔号 that we store."""
    return text.translate(_DOTS)
