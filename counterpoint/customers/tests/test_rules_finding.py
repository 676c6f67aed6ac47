from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.customers.data import (
    ContactInvalid,
    ContactKind,
    DocumentKind,
    KeyKind,
    NameInvalid,
    PartyKind,
    PurposeMissing,
    QueryTooShort,
    Reason,
    Unreadable,
)
from counterpoint.customers.rules import keys, likeness, names, numbers, text
from counterpoint.customers.rules.contacts import check_contact
from counterpoint.customers.rules.documents import check_document
from counterpoint.customers.rules.purposes import check_purpose
from counterpoint.customers.synthetic import people

TODAY = date(2026, 11, 24)
BORN = date(1990, 1, 1)
RESIDENT = DocumentKind.RESIDENT_ID


def checked(number, kind=RESIDENT, country="CN"):
    return check_document(kind, number, country=country, today=TODAY)


# Names


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("曾小贤", {"zxx", "cxx"}),
        ("单田芳", {"stf", "dtf"}),
        ("仇英", {"qy", "cy"}),
        ("查良镛", {"zly", "cly"}),
        ("解晓东", {"xxd", "jxd"}),
        ("欧阳锋", {"oyf"}),
        ("尉迟恭", {"ycg", "wcg"}),
        ("王芳", {"wf"}),
        ("买买提·阿不都", {"mmtabd"}),
        ("张长弓", {"zcg", "zzg"}),
        ("欧阳", {"oy"}),
    ],
)
def test_initials_of_every_reading_are_known(name, initials):
    assert {short for _full, short in names.readings(name)} == initials


def test_the_first_reading_of_a_surname_is_the_surname_s():
    assert names.sort_key("曾小贤").startswith("zeng1 ")
    assert names.readings("吕布")[0] == ("lvbu", "lb")
    assert ("lubu", "lb") in names.readings("吕布")


def test_names_sort_by_sound():
    people_ = ["赵敏", "陈静", "王芳", "李娜", "欧阳锋"]
    assert sorted(people_, key=names.sort_key) == ["陈静", "李娜", "欧阳锋", "王芳", "赵敏"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" 王 芳 ", "王芳"),
        ("买买提•阿不都", "买买提·阿不都"),
        ("买买提．阿不都", "买买提·阿不都"),
        ("王\u200b芳", "王芳"),
        ("𠮷田䶮", "𠮷田䶮"),
        ("\U000323b0\U000323b1", "\U000323b0\U000323b1"),
        ("", ""),
    ],
)
def test_chinese_names_are_stored_one_way(typed, stored):
    assert names.chinese_name(typed) == stored


@pytest.mark.parametrize("typed", ["王", "王1", "Wang", "·王芳", "王··芳", "王芳😀", "王" * 51, "王,芳"])
def test_what_is_no_chinese_name_is_refused(typed):
    with pytest.raises(NameInvalid):
        names.chinese_name(typed)


@pytest.mark.parametrize("typed", ["a\x00b", "王\ud800芳", "王\x1b芳", "x" * 201, "\ue000\ue001"])
def test_unreadable_text_is_refused(typed):
    with pytest.raises(Unreadable):
        names.chinese_name(typed)
    with pytest.raises(Unreadable):
        names.latin_name(typed)


@pytest.mark.parametrize("typed", ["Jan Novák", "O’Neil, Mary-Ann", "José", ""])
def test_latin_names_may_have_accents_and_marks(typed):
    assert names.latin_name(typed) == typed


@pytest.mark.parametrize("typed", ["王 Fang", "J0hn", "a@b"])
def test_what_is_no_latin_name_is_refused(typed):
    with pytest.raises(NameInvalid):
        names.latin_name(typed)


@given(st.text(max_size=300))
def test_text_is_either_made_plain_for_good_or_refused(value):
    try:
        plain = text.readable(value, limit=200)
    except Unreadable:
        return
    assert text.readable(plain, limit=200) == plain
    plain.encode()
    assert "\x00" not in plain


# Keys and queries


def found_by(query, name="", latin="", kind=PartyKind.NATURAL, number="", phone="", account=""):
    """Whether a party with these facts has a key that the query's plan reaches."""
    have = keys.name_keys(kind, name, latin)
    said = keys.hint(name, latin)
    have |= keys.document_keys(number, said) if number else set()
    have |= keys.phone_keys(phone, said) if phone else set()
    have |= keys.account_keys(account, said=said) if account else set()

    def hit(probes):
        return any(k is p.kind and key.startswith(p.prefix) for p in probes for k, key in have)

    plan = keys.understand(query)
    return hit(plan.probes) or bool(plan.both and hit(plan.both[0]) and hit(plan.both[1]))


@pytest.mark.parametrize(
    ("query", "facts"),
    [
        ("王", {"name": "王芳"}),
        ("王芳", {"name": "王芳"}),
        ("芳", {"name": "王芳"}),
        ("wf", {"name": "王芳"}),
        ("WF", {"name": "王芳"}),
        ("ｗｆ", {"name": "王芳"}),
        ("wang", {"name": "王芳"}),
        ("wang fang", {"name": "王芳"}),
        ("Wang'fang", {"name": "王芳"}),
        ("cxx", {"name": "曾小贤"}),
        ("zxx", {"name": "曾小贤"}),
        ("𠮷", {"name": "𠮷田"}),
        ("买买提阿不都", {"name": "买买提·阿不都"}),
        ("买买提·阿", {"name": "买买提·阿不都"}),
        ("阿不都", {"name": "买买提·阿不都"}),
        ("novak", {"latin": "Jan Novák"}),
        ("jan nov", {"latin": "Jan Novák"}),
        ("novak jan", {"latin": "Jan Novák"}),
        ("示范(集团)", {"name": "上海示范（集团）有限公司", "kind": PartyKind.LEGAL}),
        ("1234", {"number": "310101199001011234"}),
        ("310101199001011234", {"number": "310101199001011234"}),
        ("002x", {"number": "11010519491231002X"}),
        ("110105491231002", {"number": "11010519491231002X"}),
        ("E12345678", {"number": "E12345678"}),
        ("e1234 5678", {"number": "E12345678"}),
        ("H0123456701", {"number": "H01234567"}),
        ("南字第01234567号", {"number": "南字第01234567号"}),
        ("5678", {"phone": "+8613812345678"}),
        ("13812345678", {"phone": "+8613812345678"}),
        ("+86 138 1234 5678", {"phone": "+8613812345678"}),
        ("890123", {"account": "6222021234567890123"}),
        ("6222 0212 3456 7890 123", {"account": "6222021234567890123"}),
        ("张三 1234", {"name": "张三", "number": "310101199001011234"}),
        ("张三5678", {"name": "张三", "phone": "+8613812345678"}),
        ("11010519491231002 x", {"number": "11010519491231002X"}),
        ("cxx 5678", {"name": "曾小贤", "phone": "+8613812345678"}),
        ("zs 5678", {"name": "张三", "phone": "+8613812345678"}),
    ],
)
def test_a_customer_is_found_by_every_kind_of_key(query, facts):
    assert found_by(query, **facts)


@pytest.mark.parametrize(
    ("query", "facts"),
    [
        ("90123", {"account": "6222021234567890123"}),
        ("张三 9999", {"name": "张三", "number": "310101199001011234"}),
        ("李四 1234", {"name": "张三", "number": "310101199001011234"}),
        ("xc", {"name": "曾小贤"}),
        ("1990", {"number": "310101199001011234"}),
    ],
)
def test_a_customer_is_not_found_by_too_little_or_by_another_s_key(query, facts):
    assert not found_by(query, **facts)


@pytest.mark.parametrize("query", ["", "   ", "123", "*", "%", "_", "王 12", "···"])
def test_a_query_that_says_too_little_is_refused_unless_it_names_somebody(query):
    if query == "王 12":
        assert keys.understand(query).probes
        return
    with pytest.raises(QueryTooShort):
        keys.understand(query)


@given(st.text(max_size=200))
def test_no_query_whatever_breaks_the_search(query):
    try:
        plan = keys.understand(query)
    except (QueryTooShort, Unreadable):
        return
    assert plan.probes or plan.both
    sides = (*plan.both[0], *plan.both[1]) if plan.both else ()
    assert all(p.prefix for p in (*plan.probes, *sides))


@given(
    st.text("王曾单欧阳尉迟小乐长𠮷吕解·", min_size=2, max_size=5),
    st.sampled_from(["", "Jan Novák", "O’Neil, Mary", "Ünal"]),
)
def test_a_hint_of_the_name_never_loses_a_customer(name, latin):
    ((_kind, number),) = keys.document_keys("310101199005061247", keys.hint(name, latin))
    for kind, key in keys.name_keys(PartyKind.NATURAL, name, latin):
        for end in range(1, len(key) + 1):
            assert keys.may_be(keys.Probe(kind, key[:end], 0), number), (kind, key)


def test_a_hint_of_the_name_leaves_the_others_out():
    ((_kind, number),) = keys.document_keys("310101199005061247", keys.hint("曾小贤"))
    for kind, typed in ((KeyKind.NAME, "王"), (KeyKind.NAME_PART, "大"), (KeyKind.INITIALS, "w")):
        assert not keys.may_be(keys.Probe(kind, typed, 0), number)
    for kind, typed in ((KeyKind.NAME, "曾"), (KeyKind.INITIALS, "c"), (KeyKind.PINYIN, "zeng")):
        assert keys.may_be(keys.Probe(kind, typed, 0), number)


def test_a_key_without_a_hint_leaves_everything_open():
    firm = "上海" * 20
    assert keys.hint(firm) == ""
    ((_kind, number),) = keys.document_keys("91110000600037341L", keys.hint(firm))
    assert keys.may_be(keys.Probe(KeyKind.NAME, "王", 0), number)
    assert keys.is_whole(keys.Probe(KeyKind.DOCUMENT, "91110000600037341L"[::-1], 0), number)


def test_keys_are_short_whatever_the_name():
    long = keys.name_keys(PartyKind.LEGAL, "上海" * 90, "x" * 200)
    assert max(len(key) for _kind, key in long) <= keys.KEY_LENGTH
    assert {k for k, _key in long} <= set(KeyKind)


# Likeness


def test_the_same_document_is_certain():
    one = likeness.Facts("王芳", documents=frozenset({("resident", "1")}))
    two = likeness.Facts("李娜", documents=frozenset({("resident", "1")}))
    assert likeness.compare(one, two) == (100, (Reason.SAME_DOCUMENT,))


@pytest.mark.parametrize(
    ("one", "two", "likely"),
    [
        ({"name_zh": "王芳", "birth_date": BORN}, {"name_zh": "王芳", "birth_date": BORN}, True),
        ({"name_zh": "王芳"}, {"name_zh": "王芳"}, False),
        ({"name_zh": "王芳", "birth_date": BORN}, {"name_zh": "王方", "birth_date": BORN}, True),
        ({"phones": frozenset("1")}, {"phones": frozenset("1")}, False),
        ({"name_zh": "王芳", "phones": frozenset("1")}, {"name_zh": "王芳", "phones": frozenset("1")}, True),
        ({"name_latin": "Jan Novák"}, {"name_latin": "NOVAK, JAN"}, False),
        ({}, {}, False),
    ],
)
def test_one_thing_alone_proves_nothing_and_two_suggest(one, two, likely):
    points, _reasons = likeness.compare(likeness.Facts(**one), likeness.Facts(**two))
    assert (points >= likeness.LIKELY) is likely


def test_a_mistyped_number_is_noticed_beside_the_name():
    right, slip = "310101199001011234", "310101199001021236"
    one = likeness.Facts("王芳", documents=frozenset({("resident", right)}))
    two = likeness.Facts("王芳", documents=frozenset({("resident", slip)}))
    points, reasons = likeness.compare(one, two)
    assert points >= likeness.LIKELY
    assert Reason.SIMILAR_DOCUMENT in reasons


def test_two_valid_numbers_that_differ_are_two_people_though_name_and_birthday_agree():
    one = likeness.Facts("王芳", "", date(1990, 1, 1), frozenset({("resident", "310101199001011234")}))
    two = likeness.Facts("王芳", "", date(1990, 1, 1), frozenset({("resident", "440305199001015678")}))
    assert likeness.compare(one, two)[0] < likeness.LIKELY


# Contacts, purposes, customer numbers, made-up people


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13812345678", "+8613812345678"),
        ("１３８ 1234 5678", "+8613812345678"),
        ("+86 138-1234-5678", "+8613812345678"),
        ("021-63211234", "+862163211234"),
        ("+420 601 123 456", "+420601123456"),
    ],
)
def test_telephones_are_stored_one_way(typed, stored):
    assert check_contact(ContactKind.PHONE, typed) == stored


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (ContactKind.PHONE, "123"),
        (ContactKind.PHONE, "12345678901234567890"),
        (ContactKind.PHONE, "abc"),
        (ContactKind.PHONE, ""),
        (ContactKind.EMAIL, "nobody"),
        (ContactKind.ADDRESS, "上海"),
    ],
)
def test_what_reaches_nobody_is_refused(kind, typed):
    with pytest.raises(ContactInvalid):
        check_contact(kind, typed)


@pytest.mark.parametrize("purpose", ["", " ", "x", "查询", "for Wang Fang 310101", "a" * 80])
def test_a_purpose_is_a_code_and_never_prose(purpose):
    with pytest.raises(PurposeMissing):
        check_purpose(purpose)


@given(st.integers(100000001, 999999999), st.integers(0, 9), st.sampled_from("0123456789"))
def test_a_customer_number_notices_every_wrong_digit(counter, at, digit):
    number = numbers.customer_number(counter)
    assert numbers.is_customer_number(number)
    wrong = number[:at] + digit + number[at + 1 :]
    assert numbers.is_customer_number(wrong) is (wrong == number)


def test_made_up_people_are_the_same_each_time_and_pass_every_rule():
    one, two = list(people(500, seed=3, legal_every=25)), list(people(500, seed=3, legal_every=25))
    assert one == two
    assert len({p.number for p in one}) == 500
    for person in one:
        legal = person.kind is PartyKind.LEGAL
        facts = checked(person.number, DocumentKind.CREDIT_CODE if legal else RESIDENT)
        assert names.chinese_name(person.name, legal=legal) == person.name
        assert check_contact(ContactKind.PHONE, person.phone) == person.phone
        # Nobody can have such a number: the county does not exist.
        assert legal or facts.notices == ("place_unknown",)
