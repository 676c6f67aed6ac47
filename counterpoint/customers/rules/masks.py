"""What is left of personal data when it is masked 脱敏. Every mask shows less than it hides."""

from __future__ import annotations

from datetime import date

from counterpoint.customers.rules.names import split_surname
from counterpoint.customers.rules.text import DOT, is_han

STAR = "*"


def mask_name(name: str) -> str:
    """张三 → 张*, 欧阳锋 → 欧阳*, 买买提·阿不都 → 买**·***, Jan Novák → J** N****."""
    if not name:
        return ""
    if any(is_han(c) for c in name):
        if DOT in name:
            return name[0] + "".join(c if c == DOT else STAR for c in name[1:])
        surname, given = split_surname(name)
        return surname + STAR * len(given) if given else STAR * len(name)
    return " ".join(_initial(word) for word in name.split())


def _initial(word: str) -> str:
    return word[0] + STAR * (len(word) - 1) if len(word) > 1 else STAR


def mask_document(number: str) -> str:
    """310101199001011234 → 310***********1234; a short number keeps its first and last two."""
    n = len(number)
    if n >= 15:
        head, tail = 3, 4
    elif n >= 8:
        head, tail = 1, 2
    else:
        head, tail = 0, min(2, n // 3)
    return number[:head] + STAR * (n - head - tail) + (number[n - tail :] if tail else "")


def mask_phone(phone: str) -> str:
    """+8613812345678 → 138****5678; another number keeps its last three."""
    plain = phone.removeprefix("+86")
    if len(plain) == 11 and plain.isdecimal() and plain[0] == "1":
        return f"{plain[:3]}****{plain[-4:]}"
    keep = min(3, len(plain) // 3)
    return STAR * (len(plain) - keep) + (plain[len(plain) - keep :] if keep else "")


def mask_address(address: str) -> str:
    """The province or city only: its first three characters at most, never more than a third."""
    keep = min(3, len(address) // 3)
    return address[:keep] + STAR * 6 if address else ""


def mask_email(address: str) -> str:
    name, at, host = address.partition("@")
    return f"{name[0] if len(name) > 2 else ''}***{at}{host}" if at else STAR * len(address)


def mask_birth(born: date | None) -> str:
    return f"{born.year}-**-**" if born else ""


def mask_account(number: str) -> str:
    keep = min(4, len(number) // 3)
    return STAR * (len(number) - keep) + number[len(number) - keep :] if number else ""
