"""The pure decisions of visits: states, what a draft may hold, who helps first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.kit.states import document
from counterpoint.visits import rules
from counterpoint.visits.data import Colleague, HandOffState, HelpState, VisitState
from counterpoint.visits.rules import HAND_OFF, HELP, VISIT

V = VisitState
FIELDS = st.dictionaries(
    st.sampled_from(["a", "b", "c", "amount", "payee", "agent"]),
    st.integers(0, 2) | st.booleans() | st.sampled_from(["", "0", "1", "甲"]),
)


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ({}, V.WAITING),
        ({"parked": True}, V.PARKED),
        ({"parked": True, "handed": True}, V.HANDED),
        ({"parked": True, "handed": True, "serving": True}, V.SERVING),
        ({"parked": True, "handed": True, "serving": True, "ended": True}, V.ENDED),
    ],
)
def test_how_a_visit_stands_follows_from_what_is_open(rows, state):
    nothing = {"ended": False, "serving": False, "handed": False, "parked": False}
    assert rules.state_of(**(nothing | rows)) is state


@pytest.mark.parametrize(
    ("machine", "states"), [(VISIT, VisitState), (HAND_OFF, HandOffState), (HELP, HelpState)]
)
def test_every_state_is_in_its_machine_and_can_be_reached(machine, states):
    assert {state.code for state in machine.states} == set(states)
    assert {move.end for move in machine.moves} | {machine.start} == set(states)
    assert machine.start in document(machine)


def test_ended_is_the_end_and_nothing_ends_while_it_is_on_its_way():
    assert VISIT.after(V.ENDED) == ()
    assert not VISIT.may(V.HANDED, V.ENDED)
    assert not VISIT.may(V.WAITING, V.HANDED)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("password", True), ("new_password", True), ("PIN", True), ("card_pin", True), ("userPin", True),
        ("payPwd", True), ("cvv2", True), ("sms_otp", True), ("query_secret", True), ("access-token", True),
        ("pinyin", False), ("spin", False), ("opinion", False), ("amount", False), ("shipping", False),
    ],
)  # fmt: skip
def test_a_secret_is_known_by_a_word_of_its_name(name, secret):
    assert rules.is_secret(name) is secret
    assert (rules.trouble_with({name: "1"}) == ("secret", name)) is secret


@pytest.mark.parametrize(
    ("fields", "trouble"),
    [
        ({}, None),
        ({f"f{n}": n for n in range(60)}, None),
        ({f"f{n}": n for n in range(61)}, "many"),
        ({"a": "x" * 500}, None),
        ({"a": "x" * 501}, "long"),
        ({"a" * 40: 1}, None),
        ({"a" * 41: 1}, "name"),
        ({"": 1}, "name"),
        ({"a b": 1}, "name"),
        ({"a\x00": 1}, "name"),
        ({7: 1}, "name"),
        ({"a": "x\x00y"}, "letters"),
        ({"a": "x\ud800"}, "letters"),
        ({"a": "第一行\n第二行"}, None),
        ({"a": 1.5}, "type"),
        ({"a": None}, "type"),
        ({"a": ["x"]}, "type"),
        ({"a": 2**63}, "type"),
        ({"a": True}, None),
        (["a"], "form"),
    ],
)
def test_what_a_draft_may_hold(fields, trouble):
    found = rules.trouble_with(fields)
    assert (found[0] if found else None) == trouble
    assert found is None or "\x00" not in found[1]


@given(before=FIELDS, after=FIELDS)
def test_what_differs_names_exactly_what_would_have_to_change(before, after):
    names = rules.differing(before, after)
    assert names == rules.differing(after, before)
    changed = before | {name: after[name] for name in names if name in after}
    changed = {name: value for name, value in changed.items() if name not in names or name in after}
    assert [(n, type(v), v) for n, v in sorted(changed.items())] == [
        (n, type(v), v) for n, v in sorted(after.items())
    ]


@given(before=FIELDS, after=FIELDS)
def test_a_changed_field_is_never_confirmed_still(before, after):
    kept = set(rules.still_confirmed(before, before, after))
    assert not kept & set(rules.differing(before, after))
    assert kept <= set(after)


def test_one_and_yes_are_not_the_same():
    assert rules.differing({"a": 1}, {"a": True}) == ["a"]


@pytest.mark.parametrize(
    ("page", "ours"),
    [
        ("/teller/1101?visit=7", True), ("//elsewhere.example/", False), ("https://elsewhere.example", False),
        ("/\\elsewhere.example", False), ("/a\nb", False), ("", False), ("/" + "x" * 200, False),
        (None, False),
    ],
)  # fmt: skip
def test_only_a_page_of_this_house_is_help_called_from(page, ours):
    assert rules.is_page(page) is ours


def colleague(person, *, desk="", free=True, here=True, distance=None):
    return Colleague(person, f"p{person}", desk, free, here, distance)


def test_the_nearest_is_free_then_here_then_near():
    found = rules.in_order_of_help(
        [
            colleague(1, free=False, desk="02", distance=1),
            colleague(2, desk="05", distance=4),
            colleague(3, desk="03", distance=2),
            colleague(4, here=False),
            colleague(5),
        ]
    )
    assert [one.person for one in found] == [3, 2, 5, 4, 1]


@pytest.mark.parametrize(("one", "other", "far"), [("01", "03", 2), ("A3", "A3", 0), ("", "03", None)])
def test_how_far_two_desks_lie_apart(one, other, far):
    assert rules.distance(one, other) == far


def test_of_several_open_visits_the_one_handed_to_me_then_the_oldest_that_waits():
    waiting, parked = (2, V.WAITING, False), (1, V.PARKED, False)
    serving, away, mine = (0, V.SERVING, False), (3, V.HANDED, False), (9, V.HANDED, True)
    assert rules.best_visit([serving, away, waiting, parked]) == 1
    assert rules.best_visit([serving, away, waiting, parked, mine]) == 9
    assert rules.best_visit([serving, away]) == 3
    assert rules.best_visit([serving]) == 0
    assert rules.best_visit([]) is None
