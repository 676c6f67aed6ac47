"""Pure decisions: what may be kept of a text, who owns an operation, what closes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.feedback import rules, rules_compensation, rules_complaints
from counterpoint.feedback.data import Effect, FeedbackRuleMalformed, ItemState
from counterpoint.kit.states import document

S = ItemState
DEPARTMENTS = [
    {"key": "a", "zh": "甲", "en": "A", "duty": "rules_draft"},
    {"key": "b", "zh": "乙", "en": "B", "duty": "authorize", "of_branch": True, "superior": "a"},
]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("卡 6222021234567890123 坏了", "卡 ****0123 坏了"),
        ("11010519491231002X", "****002X"),
        ("6222 0212 3456 7890", "****7890"),
        ("13812345678", "****5678"),
        ("021-62345678", "****5678"),
        ("2026-11-24 10:42 起", "2026-11-24 10:42 起"),
        ("交易 1102，2026-11-24，1,234.00 元", "交易 1102，2026-11-24，1,234.00 元"),
    ],
)
def test_numbers_of_customers_are_masked_and_others_stay(text, kept):
    assert rules.masked(text) == kept


@given(st.text(alphabet="0123456789 -Xx汉", max_size=60))
def test_masking_again_changes_nothing(text):
    assert rules.masked(rules.masked(text)) == rules.masked(text)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://bank.test/customers/?q=王五", "/customers/"), ("/desk/#x", "/desk/"),
        ("javascript:alert(1)", ""), ("http://[", ""), ("", ""), ("/a\x00b", ""),
    ],
)  # fmt: skip
def test_of_an_address_only_the_path_is_kept(url, kept):
    assert rules.address_of(url) == kept


def test_the_longest_prefix_decides():
    known = rules.departments_of(DEPARTMENTS)
    routes = [{"prefix": "", "department": "a"}, {"prefix": "13", "department": "b"}]
    assert rules.route(routes, "1301", known).key == "b"
    assert rules.route(routes, "1102", known).key == "a"
    assert rules.route(routes, "", known).key == "a"


@pytest.mark.parametrize(
    "value",
    [None, [], [{}], [{**DEPARTMENTS[0], "duty": "none"}], [{**DEPARTMENTS[1], "superior": "x"}], [1]],
)
def test_a_broken_list_of_departments_is_refused(value):
    with pytest.raises(FeedbackRuleMalformed):
        rules.departments_of(value)


@pytest.mark.parametrize(
    "value", [None, [], [{"prefix": "11", "department": "a"}], [{"prefix": "", "department": "x"}]]
)
def test_a_broken_list_of_routes_is_refused(value):
    with pytest.raises(FeedbackRuleMalformed):
        rules.route(value, "1301", rules.departments_of(DEPARTMENTS))


@pytest.mark.parametrize(
    "value",
    [None, {}, {"simple": 15, "complex": 30, "special": 30}, {"simple": 0, "complex": 1, "special": 1}],
)
def test_a_broken_official_clock_is_refused(value):
    with pytest.raises(FeedbackRuleMalformed):
        rules_complaints.clock_of(value)


def test_being_reopened_starts_the_clock_and_being_handed_on_does_not():
    def when(day):
        return datetime(2026, 11, day, tzinfo=UTC)

    steps = [(when(1), S.REPORTED), (when(2), S.TRIAGED), (when(3), S.REPORTED)]
    assert rules.marks(steps)[0] == (when(1), True)
    again = [*steps, (when(4), S.ANSWERED), (when(5), S.REPORTED)]
    assert rules.marks(again) == [(when(5), True)]


def test_an_effect_needs_figures_and_without_one_a_reason_is_needed():
    assert not rules.closes(Effect(text="好", reason="因为"))
    assert rules.closes(Effect(reason="因为"))
    assert not rules.closes(Effect())


def test_every_state_can_be_left_or_is_an_end():
    for machine in (rules.MACHINE, rules_complaints.MACHINE, rules_compensation.MACHINE):
        reached = {machine.start} | {move.end for move in machine.moves}
        assert reached == {state.code for state in machine.states}


def test_the_pictures_of_the_states_are_up_to_date():
    for machine in (rules.MACHINE, rules_complaints.MACHINE, rules_compensation.MACHINE):
        page = Path(__file__).parents[3] / "docs" / "states" / f"{machine.name}.md"
        assert page.read_text("utf-8") == document(machine)
