"""When enough people agree, and who may not: the pure part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.approvals import rules
from counterpoint.approvals.data import ConflictKind, Mode, Requirement, Step, Vote

B, R, S = Mode.BRANCH, Mode.REMOTE, Mode.SITE


def vote(person, mode=B, *duties, skills=()):
    return Vote(person, frozenset(duties or {"authorize"}), mode, frozenset(skills))


def test_one_of_two_paths_is_enough():
    need = Requirement(((Step(B, "authorize", 2),), (Step(R, "authorize_remote"),)))
    assert not rules.standing(need, [vote(1)]).met
    assert rules.standing(need, [vote(1), vote(2)]).met
    assert rules.standing(need, [vote(9, R, "authorize_remote")]).met


def test_every_step_of_a_path_is_needed():
    need = Requirement(((Step(B, "authorize"), Step(R, "authorize_remote")),))
    found = rules.standing(need, [vote(1)])
    assert [step.mode for step, _lack in found.open_steps] == [R]
    assert rules.standing(need, [vote(1), vote(2, R, "authorize_remote")]).met


def test_in_order_only_the_first_open_step_waits():
    need = Requirement(((Step(B, "authorize"), Step(R, "authorize_remote")),), ordered=True)
    assert [s.mode for s in rules.standing(need, []).next_steps(ordered=True)] == [B]
    assert [s.mode for s in rules.standing(need, [vote(1)]).next_steps(ordered=True)] == [R]


def test_a_person_counts_once_whatever_that_person_may():
    need = Requirement(((Step(B, "authorize"), Step(B, "day_close")),))
    both = vote(1, B, "authorize", "day_close")
    assert rules.standing(need, [both, both]).missing == 1


def test_the_one_with_two_duties_takes_the_step_that_nobody_else_can():
    need = Requirement(((Step(B, "authorize"), Step(B, "day_close")),))
    assert rules.standing(need, [vote(1, B, "authorize", "day_close"), vote(2, B, "authorize")]).met
    assert rules.standing(need, [vote(2, B, "authorize"), vote(1, B, "authorize", "day_close")]).met


def test_unanimous_hears_everybody_who_was_there():
    need = Requirement(((Step(B, "authorize", 1, unanimous=True),),))
    assert not rules.standing(need, [vote(1), vote(2)], eligible=3).met
    assert rules.standing(need, [vote(1), vote(2), vote(3)], eligible=3).met
    assert rules.standing(need, [vote(1)], eligible=0).met


def test_a_skill_is_needed_where_the_step_says_so():
    need = Requirement(((Step(B, "authorize", skill="fx"),),))
    assert not rules.standing(need, [vote(1)]).met
    assert rules.standing(need, [vote(1, skills=("fx",))]).met


steps = st.builds(Step, st.sampled_from(Mode), st.sampled_from(["a", "b"]), st.integers(1, 3))
needs = st.builds(
    Requirement,
    st.lists(st.lists(steps, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple),
)
votes = st.lists(
    st.builds(
        Vote, st.integers(1, 6), st.frozensets(st.sampled_from("ab"), min_size=1), st.sampled_from(Mode)
    ),
    max_size=8,
)  # fmt: skip


@given(needs, votes)
def test_one_vote_more_never_takes_away(need, cast):
    fewer = rules.standing(need, cast[:-1])
    more = rules.standing(need, cast)
    assert more.missing <= fewer.missing or len({v.person for v in cast}) < len(cast)


@given(needs, votes)
def test_met_means_that_enough_different_people_agreed(need, cast):
    found = rules.standing(need, cast)
    if found.met:
        assert len({v.person for v in cast}) >= need.people
    assert found.met == (found.missing == 0)


@given(needs, votes, st.randoms())
def test_the_order_of_votes_does_not_matter(need, cast, random):
    single = list({v.person: v for v in cast}.values())
    shuffled = single[:]
    random.shuffle(shuffled)
    assert rules.standing(need, single).missing == rules.standing(need, shuffled).missing


def conflict(**more):
    facts = {
        "person": 2, "branch": 3, "maker": 1, "makers_power": False, "interests": {},
        "parties": (7,), "request_branch": 3, "not_own_branch": False, "decided": (),
    } | more  # fmt: skip
    return rules.conflicts(**facts)


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"person": 1}, ConflictKind.MAKER),
        ({"makers_power": True}, ConflictKind.MAKERS_POWER),
        ({"interests": {7: "self"}}, ConflictKind.OWN_ACCOUNT),
        ({"interests": {7: "relative"}}, ConflictKind.RELATED),
        ({"not_own_branch": True}, ConflictKind.OWN_BRANCH),
        ({"decided": (2,)}, ConflictKind.DECIDED),
    ],
)
def test_who_has_a_stake_does_not_decide(facts, kind):
    assert conflict(**facts) == (kind,)


def test_others_do():
    assert conflict() == ()
    assert conflict(interests={8: "relative"}) == ()
    assert conflict(parties=()) == ()


@pytest.mark.parametrize(
    ("typed", "right"),
    [("120000.00", True), ("120,000", True), (" 120 000.0 ", True), ("12000.00", False), ("", False),
     ("120000.01", False), ("1200", False)],
)  # fmt: skip
def test_typing_again(typed, right):
    assert rules.same_rekey({"amount": typed}, {"amount": "120000.00"}, ("amount",)) is right


def test_an_account_with_zeros_at_its_end_is_not_shortened():
    assert not rules.same_rekey({"account": "62229"}, {"account": "622290"}, ("account",))
    assert rules.same_rekey({"account": "6222 90"}, {"account": "622290"}, ("account",))


def test_a_requirement_survives_being_written_down():
    from dataclasses import asdict

    need = rules.requirement_of(
        {"approvals": 2, "modes": ["branch", "remote"], "rekey": ["amount"], "step_up": True}
    )
    assert rules.requirement_of(asdict(need)) == need
    assert need.people == 2
    assert [path[0].duty for path in need.paths] == ["authorize", "authorize_remote"]
    assert rules.requirement_of({"approvals": 0}) is None


def test_nothing_is_promised_where_nobody_is():
    assert rules.expected_seconds(ahead=0, approvers=0, typical=20.0) is None
    assert rules.expected_seconds(ahead=3, approvers=2, typical=20.0) == 40
