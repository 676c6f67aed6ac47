"""Suggestions for windows: one tap changes the rights, and their end gives them back."""

from datetime import timedelta

import pytest

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, NotAllowed
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import LobbyMalformed, NotEligible
from counterpoint.lobby.data_suggestions import Proposal, SuggestionEnded, SuggestionState
from counterpoint.lobby.models import Suggestion
from counterpoint.lobby.tests.bank import BRANCH, open_windows, served, take
from counterpoint.org.data import DeskNotHeld
from counterpoint.vault import services as vault

pytestmark = pytest.mark.django_db


def proposal(desk, *services, minutes=40, **more):
    now = clock.now()
    return Proposal(
        desk=desk, services=services or ("cash",), since=now, until=now + timedelta(minutes=minutes),
        **{"p90_before": 840, "p90_after": 480, "gain_low": 60, "gain_high": 200, "runs": 200} | more,
    )  # fmt: skip


def suggest(desk, *services, **more):
    return lobby.suggest_window(by=SYSTEM, branch=BRANCH, proposal=proposal(desk, *services, **more))


def serves(desk):
    return next((one.services for one in lobby.windows_at(BRANCH) if one.desk == desk), None)


def test_one_tap_opens_the_window_and_its_end_closes_it(bank, pass_time):
    open_windows(bank, "wang")
    made = suggest(bank.li.desk, "cash")
    assert lobby.suggestion_at(BRANCH) == made
    assert serves(bank.li.desk) is None
    taken = lobby.accept_suggestion(suggestion=made.id, by=bank.liu)
    assert taken.state is SuggestionState.ACCEPTED
    assert serves(bank.li.desk) == ("cash",)
    assert lobby.suggestion_at(BRANCH) is None
    assert [one.id for one in lobby.accepted_at(BRANCH)] == [made.id]
    pass_time(39)
    assert lobby.end_suggestions() == 0
    pass_time(2)
    assert lobby.end_suggestions() == 1
    assert serves(bank.li.desk) is None
    assert lobby.accepted_at(BRANCH) == ()


def test_an_open_window_gets_the_service_besides_its_own_and_loses_it_again(bank, pass_time):
    open_windows(bank, "li", services=("query",))
    made = suggest(bank.li.desk, "cash")
    lobby.accept_suggestion(suggestion=made.id, by=bank.liu)
    window = next(one for one in lobby.windows_at(BRANCH) if one.desk == bank.li.desk)
    assert (set(window.services), window.primary) == ({"cash", "query"}, ("cash",))
    pass_time(41)
    lobby.end_suggestions()
    assert serves(bank.li.desk) == ("query",)


def test_a_customer_at_the_window_is_served_before_it_closes(bank, pass_time):
    made = suggest(bank.li.desk, "cash")
    lobby.accept_suggestion(suggestion=made.id, by=bank.liu)
    take("cash")
    ticket = served(bank.li)
    pass_time(41)
    assert lobby.end_suggestions() == 0
    assert serves(bank.li.desk) == ("cash",)
    lobby.finish_ticket(ticket=ticket.key, by=bank.li)
    assert lobby.end_suggestions() == 1
    assert serves(bank.li.desk) is None


def test_a_window_that_was_opened_anew_since_is_left_alone(bank, pass_time):
    made = suggest(bank.li.desk, "cash")
    lobby.accept_suggestion(suggestion=made.id, by=bank.liu)
    lobby.open_window(desk=bank.li.desk, services=("cash", "query"), by=bank.li)
    pass_time(41)
    assert lobby.end_suggestions() == 1
    assert serves(bank.li.desk) == ("cash", "query")


def test_it_says_what_the_person_at_the_desk_lacks_and_changes_nothing(bank):
    made = suggest(bank.li.desk, "cash")
    vault.release_box(box=vault.box_of(person=bank.li.id).id, by=bank.li)
    with pytest.raises(NotEligible) as refused:
        lobby.accept_suggestion(suggestion=made.id, by=bank.liu)
    assert str(refused.value)
    assert serves(bank.li.desk) is None
    assert lobby.suggestion_at(BRANCH) == made
    empty = suggest(bank.desks[-1], "cash")
    with pytest.raises(DeskNotHeld):
        lobby.accept_suggestion(suggestion=empty.id, by=bank.liu)


def test_only_who_runs_the_lobby_answers_and_only_once(bank):
    made = suggest(bank.li.desk, "cash")
    with pytest.raises(NotAllowed):
        lobby.accept_suggestion(suggestion=made.id, by=bank.wang)
    lobby.decline_suggestion(suggestion=made.id, by=bank.liu)
    assert lobby.last_declined(BRANCH, desk=bank.li.desk).id == made.id
    with pytest.raises(SuggestionEnded):
        lobby.accept_suggestion(suggestion=made.id, by=bank.liu)


def test_an_unanswered_suggestion_lapses_and_a_new_one_takes_its_place(bank, pass_time):
    first = suggest(bank.li.desk, "cash")
    second = suggest(bank.li.desk, "cash", p90_after=400)
    assert Suggestion.objects.get(pk=first.id).state == SuggestionState.LAPSED
    pass_time(11)
    assert lobby.suggestion_at(BRANCH) is None
    with pytest.raises(SuggestionEnded):
        lobby.accept_suggestion(suggestion=second.id, by=bank.liu)
    assert lobby.end_suggestions() == 1
    assert Suggestion.objects.get(pk=second.id).state == SuggestionState.LAPSED


@pytest.mark.parametrize("more", [{"p90_after": 840}, {"minutes": 0}])
def test_a_suggestion_that_shortens_nothing_is_none(bank, more):
    with pytest.raises(LobbyMalformed):
        suggest(bank.li.desk, "cash", **more)
