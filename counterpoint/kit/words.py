"""Amounts in words 大写金额, as Chinese vouchers need them and as English ones spell them.

Source of the Chinese form: 正确填写票据和结算凭证的基本规定 (支付结算办法, annex 1): 人民币 without a gap;
整 after 元, optional after 角, none after 分; one 零 for any run of zeros between figures.
"""

from __future__ import annotations

from counterpoint.kit.money import EXPONENTS, Money

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿", "亿亿")
_NAMES = {
    "CNY": "人民币", "USD": "美元", "EUR": "欧元", "HKD": "港币", "GBP": "英镑", "JPY": "日元",
    "KRW": "韩元", "AUD": "澳元", "CAD": "加元", "CHF": "瑞士法郎", "SGD": "新加坡元",
    "NZD": "新西兰元", "MOP": "澳门元", "THB": "泰铢", "CZK": "捷克克朗",
}  # fmt: skip


def _group(number: int) -> str:
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        else:
            gap = True
    return text


def _whole(number: int) -> str:
    groups: list[int] = []
    while number:
        groups.append(number % 10_000)
        number //= 10_000
    text, gap = "", False
    for index in reversed(range(len(groups))):
        part = groups[index]
        if part == 0:
            gap = True
            continue
        if text and (gap or part < 1000):
            text += "零"
        text += _group(part) + _GROUPS[index]
        gap = False
    return text


def chinese(money: Money) -> str:
    """``¥1,409.50`` → ``人民币壹仟肆佰零玖元伍角``; negative amounts begin with 负."""
    exponent = EXPONENTS[money.currency]
    whole, part = divmod(abs(money.minor), 10**exponent)
    jiao, fen = divmod(part, 10) if exponent == 2 else (0, 0)
    text = _NAMES[money.currency] + ("负" if money.minor < 0 else "")
    if whole:
        text += _whole(whole) + "元"
    if not part:
        return text + ("整" if whole else "零元整")
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif whole:
        text += "零"
    return text + (_DIGITS[fen] + "分" if fen else "")


_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = ("", " thousand", " million", " billion", " trillion", " quadrillion", " quintillion")


def _hundreds(number: int) -> str:
    hundred, rest = divmod(number, 100)
    words = [f"{_ONES[hundred]} hundred"] if hundred else []
    if rest >= 20:
        ten, one = divmod(rest, 10)
        words.append(_TENS[ten] + (f"-{_ONES[one]}" if one else ""))
    elif rest:
        words.append(_ONES[rest])
    return " and ".join(words)


def english(money: Money) -> str:
    """``¥1,409.50`` → ``CNY one thousand four hundred and nine and 50/100``."""
    exponent = EXPONENTS[money.currency]
    whole, part = divmod(abs(money.minor), 10**exponent)
    groups: list[str] = []
    scale, rest = 0, whole
    while rest:
        if rest % 1000:
            groups.append(_hundreds(rest % 1000) + _SCALES[scale])
        rest //= 1000
        scale += 1
    text = " ".join(reversed(groups)) or "zero"
    ending = f" and {part:0{exponent}d}/{10**exponent}" if part else " only"
    return f"{money.currency}{' minus' if money.minor < 0 else ''} {text}{ending}"
