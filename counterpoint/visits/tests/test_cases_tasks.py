"""Teams, and the recurring tasks of a branch: made when the day opens, asked for when it closes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from counterpoint.kit.data import SYSTEM, NotAllowed
from counterpoint.kit.testing import once
from counterpoint.org import services as org
from counterpoint.org.data import Phase
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.visits import services as visits
from counterpoint.visits.data import CaseRuleMalformed, CaseState, NotYourCase, TeamKnown
from counterpoint.visits.models_cases import Case, Team
from counterpoint.visits.tests.cases_bank import BRANCH, OTHER, build, loan

pytestmark = pytest.mark.django_db


world = once(build)


@pytest.fixture
def bank(world):
    return world()


# Teams


def test_who_holds_the_duty_belongs_to_the_team_and_who_loses_it_no_longer_does(bank):
    team = bank.teams["loans"]
    assert {one.number for one in visits.members(team)} == {"080103", "080401", "080402"}
    people.impose_restriction(person=bank.wu.id, duty=Duty.LOANS, reason="调查", source="合规部", by=SYSTEM)
    assert "080402" not in {one.number for one in visits.members(team)}
    made = loan(bank)
    with pytest.raises(NotYourCase):
        visits.take_case(case=made.id, by=bank.wu)


def test_teams_of_a_person_are_those_of_the_branch_and_of_the_bank(bank):
    assert [one.key for one in visits.teams_of_person(by=bank.chen)] == ["counter", "loans"]
    assert [one.key for one in visits.teams_of_person(by=bank.feng)] == ["back_office"]
    assert visits.teams_of_person(by=replace(bank.chen, branch=OTHER)) == []


def test_a_team_is_added_once_by_who_administers(bank):
    with pytest.raises(NotAllowed):
        visits.add_team(
            key="vip", branch=BRANCH, name_zh="贵宾组", name_en="VIP", duty=Duty.LOANS, by=bank.wang
        )
    visits.add_team(key="vip", branch=BRANCH, name_zh="贵宾组", name_en="VIP", duty=Duty.LOANS, by=SYSTEM)
    with pytest.raises(TeamKnown):
        visits.add_team(key="vip", branch=BRANCH, name_zh="贵宾组", name_en="VIP", duty=Duty.LOANS, by=SYSTEM)
    before = Team.objects.count()
    visits.ensure_demo_teams(by=SYSTEM)
    assert Team.objects.count() == before


# Tasks


def test_a_days_tasks_are_made_once(bank):
    day = org.business_day(BRANCH).date
    first = visits.spawn_tasks(branch=BRANCH, day=day, by=SYSTEM)
    again = visits.spawn_tasks(branch=BRANCH, day=day, by=bank.zhou)
    assert (again.made, again.known) == (0, first.made)
    tasks = {one.task: one for one in visits.tasks_left(branch=BRANCH, day=day)}
    assert {"opening", "closing"} <= set(tasks)
    assert tasks["opening"].due is not None
    assert tasks["opening"].opener is None
    assert Case.objects.filter(branch_id=OTHER).count() == 0


def test_a_task_of_its_own_day_is_unique_in_the_database_too(bank):
    day = org.business_day(BRANCH).date
    visits.spawn_tasks(branch=BRANCH, day=day, by=SYSTEM)
    made = visits.tasks_left(branch=BRANCH, day=day)[0]
    twin = visits.open_case(kind=made.kind, branch=BRANCH, title="x", task=made.task, day=day, by=SYSTEM)
    assert twin.id == made.id


def test_the_opening_of_a_day_makes_its_tasks_and_its_close_names_those_left(bank):
    day = org.business_day(BRANCH).date
    org.close_day(branch=BRANCH, by=bank.zhang)
    following = org.next_working_day(day)
    run = org.open_branch(branch=BRANCH, date=following, by=bank.zhou)
    made = next(step for step in run.steps if step.key == "visits.tasks").result["made"]
    assert made >= 2
    gate = next(one for one in org.check_gates(branch=BRANCH, date=following) if one.key == "visits.tasks")
    assert len(gate.findings) == made
    assert not gate.blocking
    assert "C0" in gate.findings[0].words
    for one in visits.tasks_left(branch=BRANCH, day=following):
        taker = bank.liu if one.team.key == "lobby" else bank.wang
        visits.take_case(case=one.id, by=taker)
        for item in visits.items_of(case=one.id):
            visits.tick_item(case=one.id, item=item.id, ticked=True, by=taker)
        visits.move_case(case=one.id, state=CaseState.DONE, by=taker)
    gate = next(one for one in org.check_gates(branch=BRANCH, date=following) if one.key == "visits.tasks")
    assert gate.open
    assert org.day_run(branch=BRANCH, date=following, phase=Phase.OPEN).finished is not None


def test_a_branch_without_the_team_is_told_and_the_day_opens_all_the_same(bank):
    Team.objects.filter(key="lobby", branch_id=BRANCH).delete()
    spawned = visits.spawn_tasks(branch=BRANCH, day=org.business_day(BRANCH).date, by=SYSTEM)
    assert set(spawned.left) == {"opening", "closing"}


def test_a_rule_that_cannot_be_read_keeps_no_branch_from_opening(bank, monkeypatch):
    day, decided = org.business_day(BRANCH).date, org.value
    wrong = {"cases.tasks": {"tasks": [{"key": "x"}]}}
    monkeypatch.setattr(org, "value", lambda *, key, at: wrong.get(key) or decided(key=key, at=at))
    org.close_day(branch=BRANCH, by=bank.zhang)
    run = org.open_branch(branch=BRANCH, date=org.next_working_day(day), by=bank.zhou)
    assert "trouble" in next(step for step in run.steps if step.key == "visits.tasks").result
    wrong = {"cases.kind.branch_opening": {"zh": ""}}
    assert visits.spawn_tasks(branch=BRANCH, day=day, by=SYSTEM).left == ("opening",)
    assert "branch_opening" not in visits.kinds()
    with pytest.raises(CaseRuleMalformed):
        visits.open_case(kind="branch_opening", branch=BRANCH, title="x", by=bank.liu)


def test_a_weekly_task_that_fell_on_a_closed_day_comes_on_the_next_open_one(bank):
    day = org.business_day(BRANCH).date
    monday = day + timedelta(days=7 - day.weekday())
    org.close_day(branch=BRANCH, by=bank.zhang)
    visits.spawn_tasks(branch=BRANCH, day=monday + timedelta(days=1), by=SYSTEM)
    assert "machines" in {
        one.task for one in visits.tasks_left(branch=BRANCH, day=monday + timedelta(days=1))
    }
