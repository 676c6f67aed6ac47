"""Pure decisions: what is masked, what is a link, who is named, how it is found, what interrupts."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.talk import rules
from counterpoint.talk.data import Kind, Retention, TalkMalformed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("卡号6222021001112345678请查", "卡号****5678请查"),
        ("6222 0210 0111 2345 678", "****5678"),
        ("身份证 31010119900101123X 已核", "身份证 ****123X 已核"),
        ("电话 13812345678，座机 021-63212345", "电话 ****5678，座机 ****2345"),
        ("2026-11-24 10:42 第 12 号", "2026-11-24 10:42 第 12 号"),
        ("金额 1234567.89 元", "金额 1234567.89 元"),
    ],
)
def test_numbers_of_customers_keep_their_last_four_characters(text, shown):
    assert rules.masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "６２２２０２１００１１１２３４５６７８",
        "6222\u200b0210\u200b0111\u200b2345678",
        "٦٢٢٢٠٢١٠٠١١١٢٣٤٥٦٧٨",
    ],
)
def test_wide_foreign_and_split_figures_do_not_pass_by_the_mask(text):
    assert rules.masked(rules.plain(text)) == "****5678"


@given(st.text(max_size=300))
def test_after_the_mask_no_long_number_is_left(text):
    plain = rules.masked(rules.plain(text))
    assert not re.search(r"(?<![0-9])[0-9]{11,22}(?![0-9])", plain)
    assert rules.masked(plain) == plain


@given(st.text(max_size=300), st.lists(st.text(min_size=1, max_size=6), max_size=4))
def test_the_pieces_are_the_text(text, names):
    assert "".join(one.text for one in rules.pieces(text, names)) == text


@given(st.text(max_size=200))
def test_only_web_addresses_are_links(text):
    for one in rules.pieces(text + " javascript:x data:y"):
        assert one.what != "link" or re.match(r"https?://\S+\Z", one.text, re.I)


def test_a_link_ends_before_the_sentence_does():
    found = rules.pieces("见 https://bank.example/a。再看 http://b.example/c, 谢谢")
    assert [one.text for one in found if one.what == "link"] == [
        "https://bank.example/a",
        "http://b.example/c",
    ]


def test_the_longer_name_is_meant():
    names = {1: "王芳", 2: "王芳菲", 3: "李娜"}
    assert rules.mentioned("@王芳菲 请看", names) == {2}
    assert rules.mentioned("@王芳 @李娜", names) == {1, 3}
    assert rules.mentioned("王芳 已看", names) == set()
    assert rules.mentioned("@李娜", {3: "李娜", 4: "李娜"}) == {3, 4}


@given(st.text(alphabet="尾箱差额已查明零钞abcdef 12", min_size=1, max_size=40))
def test_a_text_is_found_by_each_of_its_words(text):
    index = set(rules.index(text))
    for word in text.split():
        assert set(rules.asked(word)) <= index


def test_a_word_that_is_not_there_is_not_found():
    assert not set(rules.asked("印章")) <= set(rules.index("尾箱差额已查明"))
    assert rules.asked("!!") == []


@pytest.mark.parametrize(
    ("facts", "interrupts"),
    [
        ({"kind": Kind.DIRECT}, True),
        ({"kind": Kind.GROUP}, False),
        ({"kind": Kind.GROUP, "named": True}, True),
        ({"kind": Kind.BRANCH, "urgent": True}, True),
        ({"kind": Kind.DIRECT, "serving": True}, False),
        ({"kind": Kind.GROUP, "named": True, "serving": True}, False),
        ({"kind": Kind.THREAD, "named": True, "own_visit": True, "serving": True}, True),
        ({"kind": Kind.THREAD, "named": False, "own_visit": True, "serving": True}, False),
        ({"kind": Kind.DIRECT, "urgent": True, "serving": True}, True),
        ({"kind": Kind.DIRECT, "urgent": True, "serving": True, "let_through": ()}, False),
    ],
)
def test_who_serves_is_let_alone_but_for_what_the_rule_names(facts, interrupts):
    usual = {"urgent": False, "named": False, "own_visit": False, "serving": False,
             "let_through": ("urgent", "mention")}  # fmt: skip
    assert rules.interrupts(**(usual | facts)) is interrupts


@pytest.mark.parametrize(
    "value", [None, {}, {"personal": 1, "work": 1}, {"personal": 0, "work": 1, "record": 1}]
)
def test_a_class_without_days_is_a_broken_rule(value):
    with pytest.raises(TalkMalformed):
        rules.days_of(value)


def test_each_class_has_its_days():
    assert rules.days_of({"personal": 1, "work": 2, "record": 3})[Retention.RECORD] == 3
