"""The pure decision about rights."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from counterpoint.people.data import Duty
from counterpoint.people.rules import (
    Assignment,
    Bar,
    Delegated,
    Facts,
    Requirement,
    Verdict,
    conflict,
    judge,
    overlap,
    rests_on,
)

DAY = date(2026, 11, 24)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
assignments = st.builds(
    Assignment,
    role=st.sampled_from(["teller", "supervisor"]),
    branch=st.integers(0, 3),
    valid_from=days,
    valid_until=st.none() | days,
)
TELLER = frozenset({"teller"})


@given(st.lists(assignments, max_size=4), days, st.integers(0, 3))
def test_allowed_means_that_some_role_covers_branch_and_day(
    held: list[Assignment], on: date, branch: int
) -> None:
    verdict = judge(Facts(assignments=tuple(held), roles_with_duty=TELLER), branch=branch, on=on).verdict
    covered = any(
        a.role == "teller" and a.branch in (0, branch) and a.valid_from <= on <= (a.valid_until or date.max)
        for a in held
    )
    assert (verdict is Verdict.ALLOWED) == covered


@given(st.lists(assignments, max_size=4), days, st.integers(0, 3))
def test_a_restriction_or_a_suspension_always_wins(held: list[Assignment], on: date, branch: int) -> None:
    bar = Bar("notice", "notice:1", "", "")
    for facts in (
        Facts(assignments=tuple(held), roles_with_duty=TELLER, bars=(bar,)),
        Facts(assignments=tuple(held), roles_with_duty=TELLER, suspended=bar),
        Facts(
            assignments=tuple(held), roles_with_duty=TELLER, requirements=(Requirement("k", "", "", False),)
        ),
    ):
        assert judge(facts, branch=branch, on=on).verdict is not Verdict.ALLOWED


def delegations() -> st.SearchStrategy[Delegated]:
    facts = st.builds(
        Facts,
        suspended=st.none() | st.just(Bar("", "", "", "")),
        assignments=st.lists(assignments, max_size=2).map(tuple),
        roles_with_duty=st.just(TELLER),
    )
    return st.builds(Delegated, giver=st.integers(1, 3), term=assignments, facts=facts)


@given(st.lists(assignments, max_size=2), st.lists(delegations(), max_size=3), days, st.integers(0, 3))
def test_a_delegation_gives_what_its_giver_has_there_that_day_and_no_more(
    held: list[Assignment], lent: list[Delegated], on: date, branch: int
) -> None:
    facts = Facts(assignments=tuple(held), roles_with_duty=TELLER)
    own = judge(facts, branch=branch, on=on).verdict is Verdict.ALLOWED
    behalf = [
        d.giver for d in lent
        if d.term.covers(branch) and d.term.holds_on(on)
        and judge(d.facts, branch=branch, on=on).verdict is Verdict.ALLOWED
    ]  # fmt: skip
    facts = replace(facts, delegations=tuple(lent))
    assert (judge(facts, branch=branch, on=on).verdict is Verdict.ALLOWED) == (own or bool(behalf))
    role, givers = rests_on(facts, branch=branch, on=on)
    assert (role is not None, [one.giver for one in givers]) == (own, behalf)


@given(st.lists(delegations(), min_size=1, max_size=3), days, st.integers(0, 3))
def test_what_was_delegated_is_never_passed_on(lent: list[Delegated], on: date, branch: int) -> None:
    middle = Facts(roles_with_duty=TELLER, delegations=tuple(lent))
    passed_on = Delegated(9, Assignment("", 0, date.min, None, "cash"), middle)
    facts = Facts(roles_with_duty=TELLER, delegations=(passed_on,))
    assert judge(facts, branch=branch, on=on).verdict is Verdict.ASLEEP


def test_a_restriction_of_the_receiver_wins_over_a_delegation_too() -> None:
    giver = Facts(assignments=(Assignment("teller", 3, DAY),), roles_with_duty=TELLER)
    facts = Facts(
        roles_with_duty=TELLER, delegations=(Delegated(1, Assignment("", 3, DAY, DAY, "cash"), giver),)
    )
    assert judge(facts, branch=3, on=DAY).verdict is Verdict.ALLOWED
    barred = replace(facts, bars=(Bar("notice", "notice:1", "", ""),))
    assert judge(barred, branch=3, on=DAY).verdict is Verdict.RESTRICTED
    assert rests_on(barred, branch=3, on=DAY) == (None, [])
    lacking = replace(facts, requirements=(Requirement("k", "", "", False),))
    assert judge(lacking, branch=3, on=DAY).verdict is Verdict.UNQUALIFIED


@given(assignments, st.sampled_from([Duty.CASH, Duty.AUTHORIZE, Duty.LOBBY]), days)
def test_a_delegated_duty_conflicts_as_a_role_with_it_does(held: Assignment, duty: Duty, day: date) -> None:
    duties = {"teller": frozenset({Duty.CASH}), "supervisor": frozenset({Duty.AUTHORIZE})}
    new = Assignment("", 3, day, day, duty)
    found = conflict(new, [held], duties=duties, pairs=[(Duty.CASH, Duty.AUTHORIZE)])
    clash = {duty, *duties[held.role]} == {Duty.CASH, Duty.AUTHORIZE}
    assert (found is not None) == (clash and overlap(new, held))


def test_each_lack_has_its_own_verdict() -> None:
    def verdict(*held: Assignment) -> Verdict:
        return judge(Facts(assignments=held, roles_with_duty=TELLER), branch=3, on=DAY).verdict

    day = timedelta(days=1)
    assert verdict() is Verdict.NO_ROLE
    assert verdict(Assignment("supervisor", 3, DAY)) is Verdict.NO_ROLE
    assert verdict(Assignment("teller", 4, DAY)) is Verdict.ELSEWHERE
    assert verdict(Assignment("teller", 3, DAY + day)) is Verdict.LATER
    assert verdict(Assignment("teller", 3, DAY - 2 * day, DAY - day)) is Verdict.ENDED
    assert verdict(Assignment("teller", 3, DAY, DAY)) is Verdict.ALLOWED
    assert judge(Facts(known=False), branch=3, on=DAY).verdict is Verdict.UNKNOWN


@given(assignments, assignments)
def test_overlap_does_not_depend_on_the_order(one: Assignment, other: Assignment) -> None:
    assert overlap(one, other) == overlap(other, one)


@given(assignments, assignments)
def test_conflicts_are_found_in_either_order_and_only_where_roles_meet(
    one: Assignment, other: Assignment
) -> None:
    duties = {"teller": frozenset({Duty.CASH}), "supervisor": frozenset({Duty.AUTHORIZE})}
    for pair in ((Duty.CASH, Duty.AUTHORIZE), (Duty.AUTHORIZE, Duty.CASH)):
        found = conflict(one, [other], duties=duties, pairs=[pair])
        assert (found is not None) == (one.role != other.role and overlap(one, other))
