"""Customer numbers 客户号: nine digits from a counter and a check digit (ISO 7064 MOD 11,10)."""

from __future__ import annotations

from stdnum.iso7064 import mod_11_10


def customer_number(counter: int) -> str:
    body = f"{counter:09d}"
    return body + mod_11_10.calc_check_digit(body)


def is_customer_number(number: str) -> bool:
    return len(number) == 10 and number.isascii() and number.isdecimal() and bool(mod_11_10.is_valid(number))
