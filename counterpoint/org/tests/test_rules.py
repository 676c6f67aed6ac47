import contextlib
import json
from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.kit.data import Refusal
from counterpoint.org import rules
from counterpoint.org.data import (
    DayKind,
    MissingFact,
    NoRuleInForce,
    OverlappingVersions,
    RuleMalformed,
    UnknownFact,
    WrongFactType,
)
from counterpoint.org.services.shipped import shipped_days, shipped_rules

AMOUNT = {"name": "amount_minor", "type": "money", "zh": "金额", "en": "Amount"}
FLAG = {"name": "report", "type": "bool", "zh": "报告", "en": "Report", "default": False, "merge": "any"}


def body(op="ge", value=5_000_000, **more):
    return {
        "inputs": [AMOUNT],
        "outputs": [FLAG],
        "rows": [{"when": {"amount_minor": {op: value}}, "then": {"report": True}}],
    } | more


def table(*versions):
    return rules.Table("t", tuple(versions))


def shipped(key):
    return next(
        rules.Table(key, tuple(
            rules.parse(
                one["body"], number=number, effective_from=one["effective_from"],
                effective_to=one["effective_to"], source=one["source"], confidence=one["confidence"],
            )
            for number, one in enumerate(versions, start=1)
        ))
        for about, versions in shipped_rules() if about["key"] == key
    )  # fmt: skip


NOW = date(2026, 11, 24)
dates = st.dates(date(1990, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(("op", "amount", "hit"), [
    ("ge", 4_999_999, False), ("ge", 5_000_000, True), ("gt", 5_000_000, False), ("gt", 5_000_001, True),
    ("le", 5_000_000, True), ("lt", 5_000_000, False), ("eq", 5_000_000, True), ("ne", 5_000_000, False),
])  # fmt: skip
def test_a_boundary_is_in_or_out_as_it_is_written(op, amount, hit):
    decision = rules.evaluate(table(rules.parse(body(op))), {"amount_minor": amount}, NOW)
    assert decision.outcome == {"report": hit}
    assert len(decision.hits) == hit


def test_between_includes_both_ends_and_in_takes_one_of_a_list():
    between = table(rules.parse(body("between", [10, 20])))
    assert [rules.evaluate(between, {"amount_minor": n}, NOW).outcome["report"] for n in (9, 10, 20, 21)] == [
        False, True, True, False,
    ]  # fmt: skip
    chosen = table(rules.parse(body("in", [10, 30])))
    assert [rules.evaluate(chosen, {"amount_minor": n}, NOW).outcome["report"] for n in (10, 20, 30)] == [
        True, False, True,
    ]  # fmt: skip


def test_a_hit_says_why_since_when_and_from_where():
    version = rules.parse(
        body(), number=3, effective_from=date(2026, 1, 1), source="令〔2025〕11号", confidence="secondary"
    )
    zh = rules.evaluate(table(version), {"amount_minor": 6_000_000}, NOW).hits[0]
    en = rules.evaluate(table(version), {"amount_minor": 6_000_000}, NOW, language="en").hits[0]
    assert zh.reason == "金额（60,000.00） ≥ 50,000.00"
    assert en.reason == "Amount (60,000.00) ≥ 50,000.00"
    assert (zh.version, zh.since, zh.source, zh.unverified) == (3, date(2026, 1, 1), "令〔2025〕11号", True)


@pytest.mark.parametrize(("facts", "error"), [
    ({}, MissingFact),
    ({"amount_minor": None}, WrongFactType),
    ({"amount_minor": "5"}, WrongFactType),
    ({"amount_minor": 5.0}, WrongFactType),
    ({"amount_minor": True}, WrongFactType),
    ({"amount_minor": 5, "colour": "red"}, UnknownFact),
])  # fmt: skip
def test_a_fact_that_is_missing_unknown_or_of_another_type_is_a_typed_error(facts, error):
    with pytest.raises(error):
        rules.evaluate(table(rules.parse(body())), facts, NOW)


def test_an_optional_fact_that_nobody_knows_satisfies_nothing():
    asked = AMOUNT | {"optional": True}
    decision = rules.evaluate(table(rules.parse(body("ge", 0, inputs=[asked]))), {}, NOW)
    assert decision.outcome == {"report": False}


def test_a_default_stands_in_for_a_fact_that_is_left_out():
    asked = AMOUNT | {"default": 9_000_000}
    assert rules.evaluate(table(rules.parse(body(inputs=[asked]))), {}, NOW).outcome == {"report": True}


def test_first_stops_at_the_first_row_and_collect_merges_all():
    rows = [
        {"when": {"amount_minor": {"ge": 1}}, "then": {"n": 1, "tags": ["a"]}},
        {"when": {"amount_minor": {"ge": 2}}, "then": {"n": 2, "tags": ["b", "a"]}},
        {"when": {}, "then": {"tags": ["c"]}},
    ]
    outputs = [
        {"name": "n", "type": "int", "default": 0, "merge": "max"},
        {"name": "tags", "type": "list", "merge": "list"},
    ]
    common = {"inputs": [AMOUNT], "outputs": outputs, "rows": rows}
    first = rules.evaluate(table(rules.parse(common | {"hit": "first"})), {"amount_minor": 5}, NOW)
    every = rules.evaluate(table(rules.parse(common | {"hit": "collect"})), {"amount_minor": 5}, NOW)
    assert (first.outcome, len(first.hits)) == ({"n": 1, "tags": ["a"]}, 1)
    assert (every.outcome, len(every.hits)) == ({"n": 2, "tags": ["a", "b", "c"]}, 3)


@pytest.mark.parametrize("broken", [
    [], "x", {}, {"value": 5}, {"value": 5, "type": "colour"}, {"value": True, "type": "int"},
    body("almost"), body("ge", "many"), body("between", [3, 1]), body("in", []), body("in", 5),
    body(hit="perhaps"), body(rows=[]), body(rows=[{"when": {"colour": {"eq": 1}}, "then": {}}]),
    body(rows=[{"when": {}, "then": {"colour": 1}}]), body(rows=[{"when": {}, "then": {"report": 1}}]),
    body(inputs=[AMOUNT, AMOUNT]), body(inputs=[AMOUNT | {"type": "json"}]), body(extra=1),
    body(outputs=[FLAG | {"merge": "magic"}]), body(outputs=[FLAG | {"default": 3}]),
    body(rows=[{"when": {}, "then": {}, "colour": 1}]), body(rows=5), body(inputs=[5]), body(rows=["x"]),
    body(rows=[{"when": [], "then": {}}]), body(rows=[{"when": {"amount_minor": 5}, "then": {}}]),
    body(rows=[{"when": {}, "then": {}, "confidence": "certain"}]),
])  # fmt: skip
def test_a_rule_that_cannot_be_read_is_refused_with_the_reason(broken):
    with pytest.raises(RuleMalformed) as caught:
        rules.parse(broken)
    assert str(caught.value)


PARTS = ["inputs", "outputs", "rows", "when", "then", "name", "type", "value", "hit", "eq", "x"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(PARTS), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(json_values)
def test_no_input_makes_the_reader_fail_in_another_way(value):
    with contextlib.suppress(RuleMalformed):
        rules.parse(value)


def end_of(start, length):
    return None if length is None else (start or date(2000, 1, 1)) + timedelta(days=length)


@given(st.lists(st.tuples(dates | st.none(), st.integers(0, 900) | st.none()), max_size=6), dates)
def test_versions_that_do_not_overlap_never_share_a_day(stretches, day):
    versions = [
        rules.parse(body(), number=n, effective_from=start, effective_to=end_of(start, length))
        for n, (start, length) in enumerate(stretches)
    ]
    holding = [one for one in versions if one.holds_on(day)]
    if len(holding) > 1:
        assert rules.overlaps(versions)
        with pytest.raises(OverlappingVersions):
            rules.in_force(table(*versions), day)
    elif holding:
        assert rules.in_force(table(*versions), day) is holding[0]
    else:
        with pytest.raises(NoRuleInForce):
            rules.in_force(table(*versions), day)


@given(st.sampled_from([about["key"] for about, _ in shipped_rules()]), dates)
def test_a_shipped_rule_has_at_most_one_version_on_any_day(key, day):
    assert sum(one.holds_on(day) for one in shipped(key).versions) <= 1
    assert not rules.overlaps(shipped(key).versions)


@given(
    st.integers(-(2**63), 2**63 - 1), st.integers(0, 2**63 - 1), st.booleans(),
    st.sampled_from(["low", "normal", "high"]), st.sampled_from(["1101", "1102", "1201", "1802", "9999"]),
)  # fmt: skip
def test_the_same_facts_are_decided_the_same_and_left_alone(amount, total, agent, risk, operation):
    facts = {
        "operation": operation, "amount_minor": amount, "day_total_minor": total, "agent": agent,
        "customer_risk": risk,
    }  # fmt: skip
    before = json.dumps(facts)
    found = [rules.evaluate(shipped("teller.approval"), facts, NOW) for _ in range(2)]
    assert found[0] == found[1]
    assert json.dumps(facts) == before
    assert found[0].outcome["approvals"] == max([0, *(1 if hit.row != 3 else 2 for hit in found[0].hits)])


def test_a_decision_of_the_last_day_of_2025_still_gives_the_old_answer():
    facts = {"operation": "1102", "amount_minor": 5_000_000}
    old = rules.evaluate(shipped("teller.identity"), facts, date(2025, 12, 31))
    new = rules.evaluate(shipped("teller.identity"), facts, date(2026, 1, 1))
    assert old.outcome["ask_source"] is True
    assert new.outcome["ask_source"] is False
    assert old.outcome["copy"] is new.outcome["copy"] is True
    assert (old.version, new.version) == (1, 2)


def test_a_customer_of_high_risk_is_still_asked_for_the_source():
    facts = {"operation": "1101", "amount_minor": 5_000_000, "customer_risk": "high"}
    assert rules.evaluate(shipped("teller.identity"), facts, NOW).outcome["ask_source"] is True


@pytest.mark.parametrize(("facts", "reports"), [
    ({"kind": "cash_in", "day_total_minor": 4_999_999}, []),
    ({"kind": "cash_in", "day_total_minor": 5_000_000}, ["cash_cny"]),
    ({"kind": "cash_out", "day_total_minor": 1, "currency": "EUR", "usd_minor": 1_000_000}, ["cash_foreign"]),
    ({"kind": "transfer", "day_total_minor": 50_000_000}, ["natural_cny"]),
    ({"kind": "transfer", "day_total_minor": 50_000_000, "exempt": True}, []),
    ({"kind": "transfer", "day_total_minor": 50_000_000, "party": "legal"}, []),
    ({"kind": "transfer", "day_total_minor": 200_000_000, "party": "legal"}, ["legal_cny"]),
    ({"kind": "cross_border", "day_total_minor": 20_000_000}, ["natural_border_cny"]),
])  # fmt: skip
def test_large_values_are_reported_from_their_limits_on(facts, reports):
    outcome = rules.evaluate(shipped("teller.large_value_report"), facts, NOW).outcome
    assert outcome == {"report": bool(reports), "reports": reports}


@pytest.mark.parametrize(("left", "cross", "paid"), [
    (750_000, False, 1_000_000), (749_999, False, 500_000), (500_000, False, 500_000), (499_999, False, 0),
    (750_000, True, 500_000),
])  # fmt: skip
def test_a_damaged_note_is_paid_by_what_is_left(left, cross, paid):
    facts = {"left_ppm": left, "cross_loss": cross}
    assert rules.evaluate(shipped("cash.damaged_notes"), facts, NOW).outcome == {"paid_ppm": paid}


def test_five_counterfeit_pieces_are_reported_and_in_2019_twenty_were():
    for day, report in ((NOW, True), (date(2019, 6, 1), False)):
        decision = rules.evaluate(shipped("cash.counterfeit_report"), {"pieces": 5}, day)
        assert decision.outcome == {"report": report}


def test_every_row_of_the_reference_is_shipped_with_a_source_and_a_mark():
    found = shipped_rules()
    references = {about["reference"] for about, _ in found}
    assert {f"R{n}" for n in range(1, 34)} | {"R17b"} <= references
    for about, versions in found:
        assert about["title_zh"], about
        assert about["title_en"], about
        for one in versions:
            assert one["source"], about
            read = rules.parse(one["body"], confidence=one["confidence"])
            assert all(row.zh and row.en for row in read.rows), about
            parts = [*read.inputs.values(), *read.outputs.values()]
            assert all(part.zh != part.name for part in parts), about


def test_the_shipped_calendar_agrees_with_an_independent_one():
    known = {day.date: DayKind(day.kind) for day in shipped_days()}
    other = holidays.country_holidays("CN", years=range(2025, 2028))
    day = date(2025, 1, 1)
    while day < date(2028, 1, 1):
        assert rules.is_working(day, known) == other.is_working_day(day), day
        day += timedelta(days=1)


@given(dates, st.integers(-30, 30))
def test_working_days_are_counted_there_and_back(day, count):
    known = {one.date: DayKind(one.kind) for one in shipped_days()}
    start = rules.next_working(day, known)
    there = rules.add_working_days(start, count, known)
    assert rules.is_working(there, known)
    assert rules.add_working_days(there, -count, known) == start


def test_a_calendar_without_working_days_is_an_error_and_no_endless_search():
    known = {NOW + timedelta(days=n): DayKind.HOLIDAY for n in range(100)}
    with pytest.raises(ValueError, match="no working day"):
        rules.next_working(NOW, known)


def test_the_difference_of_two_versions_names_what_went_and_what_came():
    old, new = rules.parse(body("ge"), source="A"), rules.parse(body("gt"), source="A")
    signs = [(line.sign, "≥" in line.text, ">" in line.text) for line in rules.changes(old, new, "en")]
    assert signs == [("-", True, False), ("+", False, True)]
    assert rules.changes(old, old, "zh") == []


def test_a_refusal_of_the_rules_is_no_server_error():
    assert issubclass(RuleMalformed, Refusal)
    assert RuleMalformed.status == 422
