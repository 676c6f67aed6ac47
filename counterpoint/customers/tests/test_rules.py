import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.customers.data import (
    DocumentInvalid,
    DocumentKind,
    Gender,
    Unreadable,
)
from counterpoint.customers.rules import masks, names
from counterpoint.customers.rules.documents import check_document, check_validity, from_fifteen
from counterpoint.customers.synthetic import resident_number

TODAY = date(2026, 11, 24)
BORN = date(1990, 1, 1)
RESIDENT = DocumentKind.RESIDENT_ID

born = st.dates(date(1900, 1, 1), TODAY)
area = st.sampled_from(["110105", "310101", "310115", "440305", "500112", "650100"])
resident = st.builds(resident_number, area, born, st.integers(0, 999))


def checked(number, kind=RESIDENT, country="CN"):
    return check_document(kind, number, country=country, today=TODAY)


@given(area, born, st.integers(0, 999))
def test_every_well_made_resident_number_passes_and_says_birth_date_and_gender(area, day, order):
    facts = checked(resident_number(area, day, order))
    assert facts.birth_date == day
    assert facts.gender is (Gender.MALE if order % 2 else Gender.FEMALE)


@given(resident, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_every_change_of_one_digit_is_noticed(number, at, digit):
    wrong = number[:at] + digit + number[at + 1 :]
    if wrong == number:
        checked(wrong)
    else:
        with pytest.raises(DocumentInvalid):
            checked(wrong)


@given(resident, st.integers(0, 16))
def test_two_digits_exchanged_are_noticed(number, at):
    wrong = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    if wrong != number:
        with pytest.raises(DocumentInvalid):
            checked(wrong)


@pytest.mark.parametrize("number", ["360426199101010071", "120103198806018241", "11010519491231002X"])
def test_the_known_good_examples_pass(number):
    assert checked(number).number == number


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("360426199101010072", "checksum"),
        ("36042619910101007", "length"),
        ("3604261991010100711", "length"),
        ("360426910101007", "first_generation"),
        ("36042619910101007A", "format"),
        ("A60426199101010071", "format"),
        (resident_number("990101", date(1990, 1, 1), 1), "region"),
        (resident_number("310101", TODAY + timedelta(days=1), 1), "date"),
        (resident_number("310101", date(1889, 12, 31), 1), "date"),
        ("", "length"),
    ],
)
def test_a_wrong_resident_number_says_what_is_wrong(number, reason):
    with pytest.raises(DocumentInvalid) as caught:
        checked(number)
    assert caught.value.details["reason"] == reason


def test_a_date_that_does_not_exist_is_noticed_though_the_check_digit_is_right():
    body = "31010119900230001"
    number = next(body + c for c in "0123456789X" if _ends_right(body + c))
    with pytest.raises(DocumentInvalid) as caught:
        checked(number)
    assert caught.value.details["reason"] == "date"


def _ends_right(number):
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    total = sum(int(d) * w for d, w in zip(number, weights, strict=False))
    return "10X98765432"[total % 11] == number[-1]


@given(resident)
def test_the_check_digit_is_that_of_the_published_weights(number):
    assert _ends_right(number)


@pytest.mark.parametrize(
    "shape", ["１１０１０５１９４９１２３１００２Ｘ", " 110105 19491231 002x ", "110105-19491231-002x"]
)
def test_full_width_digits_spaces_and_a_small_x_are_made_plain(shape):
    assert checked(shape).number == "11010519491231002X"


def test_a_person_older_than_the_county_has_a_valid_card():
    # Pudong 310115 exists since 1992; its people did before.
    facts = checked(resident_number("310115", date(1940, 1, 1), 12))
    assert facts.birth_date == date(1940, 1, 1)
    assert facts.notices == ()


def test_a_county_that_nobody_knows_is_a_notice_and_no_refusal():
    assert checked(resident_number("310199", date(1990, 1, 1), 12)).notices == ("place_unknown",)


@pytest.mark.parametrize(
    ("kind", "country", "given_number", "stored"),
    [
        (DocumentKind.PASSPORT, "CN", "E12345678", "E12345678"),
        (DocumentKind.PASSPORT, "CN", "ea1234567", "EA1234567"),
        (DocumentKind.PASSPORT, "CZ", "40123456", "40123456"),
        (DocumentKind.PASSPORT, "us", "a12345678", "A12345678"),
        (DocumentKind.HK_MACAU_PERMIT, "CN", "H0123456701", "H01234567"),
        (DocumentKind.HK_MACAU_PERMIT, "CN", "m01234567", "M01234567"),
        (DocumentKind.TAIWAN_PERMIT, "CN", "01234567", "01234567"),
        (DocumentKind.TAIWAN_PERMIT, "CN", "0123456789B", "0123456789B"),
        (DocumentKind.HMT_RESIDENCE, "CN", resident_number("810000", date(1990, 1, 1), 1), None),
        (DocumentKind.FOREIGN_RESIDENCE, "CN", "CZE310012345678", "CZE310012345678"),
        (DocumentKind.FOREIGN_RESIDENCE, "CN", resident_number("931203", date(1990, 1, 1), 1), None),
        (DocumentKind.MILITARY, "CN", "南字第01234567号", "南字第01234567号"),
        (DocumentKind.MILITARY, "CN", "南01234567", "南字第01234567号"),
        (DocumentKind.CREDIT_CODE, "CN", "91110000600037341l", "91110000600037341L"),
    ],
)
def test_each_kind_of_document_accepts_its_own_numbers(kind, country, given_number, stored):
    assert checked(given_number, kind, country).number == (stored or given_number)


@pytest.mark.parametrize(
    ("kind", "country", "number"),
    [
        (DocumentKind.PASSPORT, "CN", "Z12345678"),
        (DocumentKind.PASSPORT, "CN", "E1234567"),
        (DocumentKind.PASSPORT, "CZ", "ABCDEF"),
        (DocumentKind.PASSPORT, "CZ", "1234"),
        (DocumentKind.PASSPORT, "", "A12345678"),
        (DocumentKind.HK_MACAU_PERMIT, "CN", "X01234567"),
        (DocumentKind.HK_MACAU_PERMIT, "CN", "H0123456"),
        (DocumentKind.TAIWAN_PERMIT, "CN", "1234567"),
        (DocumentKind.HMT_RESIDENCE, "CN", resident_number("310101", date(1990, 1, 1), 1)),
        (DocumentKind.FOREIGN_RESIDENCE, "CN", resident_number("310101", date(1990, 1, 1), 1)),
        (DocumentKind.MILITARY, "CN", "01234567"),
        (DocumentKind.CREDIT_CODE, "CN", "91110000600037341M"),
        (DocumentKind.CREDIT_CODE, "CN", "9111000060003734IL"),
        (DocumentKind.CREDIT_CODE, "CN", "12345"),
    ],
)
def test_each_kind_of_document_refuses_what_is_not_its_own(kind, country, number):
    with pytest.raises(DocumentInvalid):
        checked(number, kind, country)


def test_a_village_collective_has_a_letter_in_front_of_its_credit_code():
    from stdnum.cn import uscc

    body = "N2310000MA1234567"
    assert checked(body + uscc.calc_check_digit(body), DocumentKind.CREDIT_CODE).number.startswith("N2")


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_every_change_of_one_place_of_a_credit_code_is_noticed(at, character):
    right = "91110000600037341L"
    wrong = right[:at] + character + right[at + 1 :]
    if wrong != right:
        with pytest.raises(DocumentInvalid):
            checked(wrong, DocumentKind.CREDIT_CODE)


@given(st.text(max_size=80), st.sampled_from(list(DocumentKind)))
def test_no_text_whatever_breaks_a_document_rule(number, kind):
    with contextlib.suppress(DocumentInvalid, Unreadable):
        checked(number, kind)


@given(resident)
def test_a_first_generation_number_leads_to_its_successor(number):
    if number[6:8] == "19":
        assert from_fifteen(number[:6] + number[8:17]) == number


def test_validity_that_cannot_be_is_refused():
    check_validity(date(2020, 1, 1), None, today=TODAY)
    for begin, end in [
        (TODAY + timedelta(1), None),
        (date(2020, 1, 1), date(2019, 1, 1)),
        (date(1800, 1, 1), None),
    ]:
        with pytest.raises(DocumentInvalid):
            check_validity(begin, end, today=TODAY)


# Masks


@given(st.text("0123456789", min_size=1, max_size=24))
def test_a_masked_number_hides_at_least_half_and_keeps_its_length(number):
    masked = masks.mask_document(number)
    assert len(masked) == len(number)
    assert sum(c != "*" for c in masked) * 2 <= len(number)


@given(resident)
def test_a_masked_resident_number_hides_the_birth_date(number):
    assert masks.mask_document(number) == number[:3] + "*" * 11 + number[-4:]


@given(st.text(alphabet="王李欧阳锋小明𠮷䶮", min_size=1, max_size=6))
def test_a_masked_chinese_name_shows_no_given_name(name):
    masked = masks.mask_name(name)
    assert len(masked) == len(name)
    _surname, given_name = names.split_surname(name)
    assert masked.endswith("*" * max(1, len(given_name)))


@given(st.text(st.characters(exclude_characters="*"), max_size=40))
def test_no_mask_breaks_or_returns_the_whole(value):
    for mask in (masks.mask_name, masks.mask_document, masks.mask_phone, masks.mask_address, masks.mask_email,
                 masks.mask_account):  # fmt: skip
        masked = mask(value)
        assert masked != value or not any(c.isalnum() for c in value)


@pytest.mark.parametrize(
    ("mask", "value", "masked"),
    [
        (masks.mask_name, "张三", "张*"),
        (masks.mask_name, "欧阳锋", "欧阳*"),
        (masks.mask_name, "买买提·阿不都", "买**·***"),
        (masks.mask_name, "Jan Novák", "J** N****"),
        (masks.mask_phone, "+8613812345678", "138****5678"),
        (masks.mask_phone, "+862163211234", "*******234"),
        (masks.mask_document, "310101199001011234", "310***********1234"),
        (masks.mask_document, "E12345678", "E******78"),
        (masks.mask_address, "上海市人民路1号", "上海******"),
        (masks.mask_email, "wang.fang@example.com", "w***@example.com"),
        (masks.mask_email, "wf@example.com", "***@example.com"),
        (masks.mask_account, "6222021234567890123", "***************0123"),
        (masks.mask_birth, date(1990, 5, 6), "1990-**-**"),
    ],
)
def test_masks_look_as_banks_print_them(mask, value, masked):
    assert mask(value) == masked
