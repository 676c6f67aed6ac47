"""Document numbers 证件号码: one rule a kind. A rule accepts, normalises, and reads what is in it.

``stdnum.cn.ric.validate`` is not used whole: it looks the county up in the year of birth and so
refuses true cards of people older than their county, and fails on codes that its table lacks. Its
check digit and date are used; an unknown county is a notice, no refusal.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from stdnum import numdb
from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidComponent

from counterpoint.customers.data import DocumentFacts, DocumentInvalid, DocumentKind, Gender
from counterpoint.customers.rules.text import compact
from counterpoint.kit.data import Why

PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65".split()  # noqa: SIM905
)
COMPATRIOTS = frozenset({"81", "82", "83"})
OLDEST = date(1890, 1, 1)

Rule = Callable[[str, str, date], DocumentFacts]


def check_document(kind: DocumentKind, number: str, *, country: str = "CN", today: date) -> DocumentFacts:
    """The facts of a number, or ``DocumentInvalid`` with the reason."""
    return RULES[kind](compact(number), country.upper(), today)


def number_space(kind: DocumentKind, country: str) -> str:
    """Within what a number is unique. A card, a temporary card and a household book share theirs."""
    if kind in {DocumentKind.RESIDENT_ID, DocumentKind.TEMPORARY_ID, DocumentKind.HOUSEHOLD_BOOK}:
        return "resident"
    if kind is DocumentKind.PASSPORT:
        return f"passport:{country.upper()}"
    return str(kind)


def _wrong(reason: str, message: str, **details: Any) -> DocumentInvalid:
    return DocumentInvalid(
        message,
        why=Why(rule=_("Document numbers"), remedy=_("Compare with the document and type it again.")),
        reason=reason,
        **details,
    )


def from_fifteen(number: str) -> str:
    """A first-generation number of 15 digits as its 18-digit successor."""
    longer = f"{number[:6]}19{number[6:]}0"
    return longer[:-1] + ric.calc_check_digit(longer)


def _eighteen(number: str, today: date) -> tuple[date, Gender]:
    """Length, digits, check digit, birth date: what every 18-digit number of GB 11643 has."""
    if len(number) == 15 and number.isdecimal():
        raise _wrong("first_generation", _("First-generation cards of 15 digits ended on 2013-01-01."))
    if len(number) != 18:
        raise _wrong("length", _("The number has %(n)d characters, not 18.") % {"n": len(number)})
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise _wrong("format", _("The number is 17 digits and a digit or X."))
    if number[-1] != ric.calc_check_digit(number):
        raise _wrong("checksum", _("The check digit is wrong: a digit was mistyped."))
    try:
        born = ric.get_birth_date(number)
    except InvalidComponent:
        raise _wrong("date", _("The number holds a birth date that does not exist.")) from None
    if not OLDEST <= born <= today:
        raise _wrong("date", _("The number holds a birth date that cannot be."))
    return born, Gender.MALE if int(number[16]) % 2 else Gender.FEMALE


def _place_is_known(number: str) -> bool:
    parts = dict(part for _digits, props in numdb.get("cn/loc").info(number[:6]) for part in props.items())
    return "county" in parts


def _resident(kind: DocumentKind) -> Rule:
    def rule(number: str, country: str, today: date) -> DocumentFacts:
        born, gender = _eighteen(number, today)
        if number[:2] not in PROVINCES:
            raise _wrong("region", _("The first two digits name no province."))
        notices = () if _place_is_known(number) else ("place_unknown",)
        if kind is DocumentKind.RESIDENT_ID and (today - born).days > 110 * 365:
            notices = (*notices, "very_old")
        return DocumentFacts(
            kind, number, number_space(kind, "CN"), birth_date=born, gender=gender, nationality="CN",
            notices=notices,
        )  # fmt: skip

    return rule


def _compatriot_residence(number: str, country: str, today: date) -> DocumentFacts:
    born, gender = _eighteen(number, today)
    if number[:2] not in COMPATRIOTS:
        raise _wrong("region", _("Residence permits of compatriots begin with 81, 82 or 83."))
    kind = DocumentKind.HMT_RESIDENCE
    return DocumentFacts(kind, number, str(kind), birth_date=born, gender=gender, nationality="CN")


def _foreign_residence(number: str, country: str, today: date) -> DocumentFacts:
    """The card of 2023 has 18 digits and begins with 9; the older one three letters and 12 digits."""
    kind = DocumentKind.FOREIGN_RESIDENCE
    if re.fullmatch(r"[A-Z]{3}[0-9]{12}", number):
        return DocumentFacts(kind, number, str(kind))
    born, gender = _eighteen(number, today)
    if number[0] != "9":
        raise _wrong("region", _("Permanent residence numbers begin with 9."))
    return DocumentFacts(kind, number, str(kind), birth_date=born, gender=gender)


_CHINESE_PASSPORT = re.compile(r"[EGDPSHKM][0-9]{8}|[EDPSKM][A-HJ-NP-Z][0-9]{7}|1[45][0-9]{7}")
_FOREIGN_PASSPORT = re.compile(r"(?=.*[0-9])[A-Z0-9]{5,12}")


def _passport(number: str, country: str, today: date) -> DocumentFacts:
    kind = DocumentKind.PASSPORT
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise _wrong("country", _("Name the issuing country of the passport by two letters."))
    if country == "CN" and not _CHINESE_PASSPORT.fullmatch(number):
        raise _wrong("format", _("Chinese passports have one or two letters and 9 places in all."))
    if not _FOREIGN_PASSPORT.fullmatch(number):
        raise _wrong("format", _("Passport numbers have 5 to 12 letters and digits."))
    return DocumentFacts(kind, number, number_space(kind, country), nationality=country)


def _hk_macau(number: str, country: str, today: date) -> DocumentFacts:
    kind = DocumentKind.HK_MACAU_PERMIT
    if not re.fullmatch(r"[HM][0-9]{8}(?:[0-9]{2})?", number):
        raise _wrong("format", _("The permit has H or M and 8 digits."))
    # The last two of eleven count the renewals; the person keeps the first nine for life.
    return DocumentFacts(kind, number[:9], str(kind), nationality="CN")


def _taiwan(number: str, country: str, today: date) -> DocumentFacts:
    kind = DocumentKind.TAIWAN_PERMIT
    if not re.fullmatch(r"[0-9]{8}|[0-9]{10}[A-Z]?", number):
        raise _wrong("format", _("The permit has 8 digits, older ones 10 digits and a letter."))
    return DocumentFacts(kind, number, str(kind), nationality="CN")


def _military(number: str, country: str, today: date) -> DocumentFacts:
    kind = DocumentKind.MILITARY
    parts = re.fullmatch(r"([\u4e00-\u9fff]{1,3}?)字?第?([0-9]{6,8})号?", number)
    if not parts:
        raise _wrong("format", _("The number has the form 南字第01234567号."))
    return DocumentFacts(kind, f"{parts[1]}字第{parts[2]}号", str(kind), nationality="CN")


_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")


def _credit_code(number: str, country: str, today: date) -> DocumentFacts:
    kind = DocumentKind.CREDIT_CODE
    if len(number) != 18:
        raise _wrong("length", _("The code has %(n)d characters, not 18.") % {"n": len(number)})
    # stdnum wants digits in front, but village collectives (N1…) have a letter there.
    if not _CREDIT_CODE.fullmatch(number):
        raise _wrong("format", _("The code has digits and letters without I, O, S, V and Z."))
    if number[-1] != uscc.calc_check_digit(number[:-1]):
        raise _wrong("checksum", _("The check digit is wrong: a character was mistyped."))
    return DocumentFacts(kind, number, str(kind), nationality="CN")


RULES: dict[DocumentKind, Rule] = {
    DocumentKind.RESIDENT_ID: _resident(DocumentKind.RESIDENT_ID),
    DocumentKind.TEMPORARY_ID: _resident(DocumentKind.TEMPORARY_ID),
    DocumentKind.HOUSEHOLD_BOOK: _resident(DocumentKind.HOUSEHOLD_BOOK),
    DocumentKind.PASSPORT: _passport,
    DocumentKind.HK_MACAU_PERMIT: _hk_macau,
    DocumentKind.TAIWAN_PERMIT: _taiwan,
    DocumentKind.HMT_RESIDENCE: _compatriot_residence,
    DocumentKind.FOREIGN_RESIDENCE: _foreign_residence,
    DocumentKind.MILITARY: _military,
    DocumentKind.CREDIT_CODE: _credit_code,
}


def check_validity(valid_from: date | None, valid_to: date | None, *, today: date) -> None:
    """Refuse dates that no document has. That it has expired is another matter."""
    if valid_from is not None and not OLDEST <= valid_from <= today:
        raise _wrong("valid_from", _("The document cannot be valid from a day to come."))
    if valid_from is not None and valid_to is not None and valid_to <= valid_from:
        raise _wrong("valid_to", _("The document ends before it begins."))
