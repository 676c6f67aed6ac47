"""No path leads from a maker to an approval of the maker's own entry: they are all tried here."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model

from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import MakerApproves, Mode, Requirement, Step
from counterpoint.approvals.models import Approval
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Refusal
from counterpoint.people import services as people
from counterpoint.people.data import Duty

from .conftest import AT_BRANCH, LOBBY, OTHER, REMOTE_FIRST, SUPERVISOR, matter


def every_way(who, maker, by, ask, need=AT_BRANCH):
    """Try to approve ``maker``'s entry as ``by``: at the desk, by claiming, by being given it."""
    mine = matter(who, maker=maker, need=need)
    request = ask(maker=maker, need=need)
    for attempt in (
        lambda: approvals.grant(matter=mine, by=by),
        lambda: approvals.claim(request=request.id, by=by),
        lambda: approvals.approve(request=request.id, by=by),
        lambda: approvals.reassign(request=request.id, person=by.id, by=by),
    ):
        with pytest.raises(Refusal):
            attempt()
    assert not Approval.objects.exists()
    assert approvals.request(request.id).open


def test_a_supervisor_who_made_it(who, ask):
    every_way(who, SUPERVISOR, who[SUPERVISOR], ask)


def test_an_administrator_who_made_it(who, ask):
    get_user_model().objects.filter(username=SUPERVISOR).update(is_superuser=True, is_staff=True)
    every_way(who, SUPERVISOR, who[SUPERVISOR], ask)


def test_at_another_desk_or_branch(who, ask):
    every_way(who, SUPERVISOR, replace(who[SUPERVISOR], desk=2), ask)


def test_in_the_role_of_the_centre(who, ask, centre):
    number = people.person(centre[0].id).number
    both = Requirement(((Step(Mode.REMOTE, "authorize_remote"),), (Step(Mode.SITE, "authorize_remote"),)))
    every_way(who, number, centre[0], ask, need=both)


def lend(giver, receiver, duty=Duty.AUTHORIZE):
    today = clock.today()
    people.delegate(
        giver=giver.id, receiver=receiver.id, duty=duty, branch=3, valid_from=today,
        valid_until=today + timedelta(days=1), reason="休假", by=giver,
    )  # fmt: skip


def test_by_a_power_that_somebody_lent_the_maker(who, ask):
    """The supervisor lends the power to a colleague, who then made the entry."""
    lend(who[SUPERVISOR], who[LOBBY])
    assert people.may(person=who[LOBBY].id, duty=Duty.AUTHORIZE, branch=3)
    every_way(who, LOBBY, who[LOBBY], ask)


def test_by_a_power_that_the_maker_lent(who, ask):
    """The maker lends the power and lets the other approve with it: the maker approves through him."""
    lend(who[SUPERVISOR], who[LOBBY])
    every_way(who, SUPERVISOR, who[LOBBY], ask)


def test_a_lent_power_is_good_for_others_entries_and_says_for_whom(who, ask):
    lend(who[SUPERVISOR], who[LOBBY])
    request = ask(maker=OTHER)
    approvals.claim(request=request.id, by=who[LOBBY])
    approvals.approve(request=request.id, by=who[LOBBY])
    assert Approval.objects.get().behalf_id == who[SUPERVISOR].id


def test_for_a_payload_that_names_another_maker(who):
    forged = matter(who, maker=SUPERVISOR)
    forged.payload["maker"] = who[OTHER].id
    with pytest.raises(Refusal):
        approvals.ask(matter=forged, by=who[SUPERVISOR])


def test_by_the_system_in_nobodys_name(who, ask):
    request = ask()
    with pytest.raises(Refusal):
        approvals.claim(request=request.id, by=SYSTEM)


def test_after_the_desk_has_its_turn(who, ask, monkeypatch):
    ask(maker=SUPERVISOR, need=REMOTE_FIRST)
    late = clock.now() + timedelta(seconds=200)
    monkeypatch.setattr(clock, "now", lambda: late)
    with pytest.raises(MakerApproves):
        approvals.grant(matter=matter(who, maker=SUPERVISOR, need=REMOTE_FIRST), by=who[SUPERVISOR])
