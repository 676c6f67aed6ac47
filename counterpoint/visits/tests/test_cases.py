"""Cases: opened, taken, handed, moved, finished, reopened; who may see them and who may not."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Malformed, NotAllowed, Refusal
from counterpoint.kit.models import Event
from counterpoint.kit.testing import once
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.visits import rules_cases
from counterpoint.visits import services as visits
from counterpoint.visits.data import (
    CaseChanged,
    CaseEnded,
    CaseIncomplete,
    CaseMalformed,
    CaseState,
    CaseTaken,
    NotYourCase,
    ReopenTooLate,
    UnknownCase,
    UnknownTeam,
    UnknownVisit,
)
from counterpoint.visits.models_cases import Case, CaseHand, CaseItem, CaseStateRow
from counterpoint.visits.services import cases_moving, cases_parts
from counterpoint.visits.tests.cases_bank import BRANCH, HEAD, OTHER, build, customer, inquiry, loan

pytestmark = pytest.mark.django_db
S = CaseState
HOURS = rules_cases.hours_of({"spans": [["09:00", "12:00"], ["13:00", "17:00"]]})


world = once(build)


@pytest.fixture
def bank(world):
    return world()


def event(verb):
    return Event.objects.filter(verb=verb).latest("id")


def tick_all(case, by):
    for item in visits.items_of(case=case):
        if not item.ticked:
            visits.tick_item(case=case, item=item.id, ticked=True, by=by)


def waive_all(case, by):
    for need in visits.papers_of_case(case=case):
        if need.lacking:
            visits.waive_paper(case=case, need=need.id, reason="已在上次业务中收取", by=by)


def finished(bank):
    made = loan(bank)
    visits.take_case(case=made.id, by=bank.zhao)
    tick_all(made.id, bank.zhao)
    waive_all(made.id, bank.zhang)
    return visits.move_case(case=made.id, state=S.DONE, by=bank.zhao)


def test_a_case_begins_in_its_kinds_team_with_its_checklist_and_papers(bank):
    party = customer()
    made = loan(bank, party=party, about="购车")
    assert (made.state, made.team.key, made.owner, made.opener) == (S.NEW, "loans", None, bank.wang.id)
    assert (made.items, made.ticked, made.lacking) == (5, 0, 4)
    assert made.number == f"C{made.id:06d}"
    assert "*" in made.party_name
    assert made.due > made.at
    told = event("visits.case.opened")
    assert told.subject == f"case:{made.id}"
    assert told.data["party"] == party
    assert "经营" not in str(told.data)


def test_the_same_key_opens_one_case(bank):
    key = uuid4()
    first, second = (loan(bank, key=key) for _ in range(2))
    assert first.id == second.id
    assert event("visits.case.opened").data == {"kind": "loan_application", "again": True}
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"kind": "no_such"}, CaseMalformed), ({"title": "  "}, CaseMalformed),
        ({"title": "x" * 121}, CaseMalformed), ({"title": "a\x00b"}, CaseMalformed),
        ({"about": "x" * 2001}, CaseMalformed), ({"team": "no_such"}, UnknownTeam),
        ({"team": 999_999}, UnknownTeam), ({"visit": 999_999}, UnknownVisit),
        ({"links": ["entry:999999999"]}, Refusal), ({"links": ["nonsense"]}, Refusal),
        ({"party": 999_999}, Refusal), ({"branch": OTHER}, NotAllowed), ({"branch": 999}, Refusal),
    ],
)  # fmt: skip
def test_what_cannot_be_opened_is_refused_and_nothing_is_written(bank, given, refusal):
    with pytest.raises(refusal):
        loan(bank, **given)
    assert Case.objects.count() == 0


def test_a_team_of_another_branch_is_refused(bank):
    theirs = next(one for one in visits.teams_of(branch=OTHER) if one.key == "loans")
    with pytest.raises(CaseMalformed):
        loan(bank, team=theirs.id)


def test_taking_makes_the_owner_and_starts_the_work(bank):
    made = visits.take_case(case=loan(bank).id, by=bank.zhao)
    assert (made.owner, made.state) == (bank.zhao.id, S.DOING)
    with pytest.raises(CaseTaken):
        visits.take_case(case=made.id, by=bank.zhao)
    with pytest.raises(CaseTaken) as refused:
        visits.take_case(case=made.id, by=bank.wu)
    assert refused.value.details["owner"] == bank.zhao.id


def test_only_the_team_takes_a_case(bank):
    made = loan(bank)
    with pytest.raises(NotYourCase):
        visits.take_case(case=made.id, by=bank.li)
    with pytest.raises(UnknownCase):
        visits.take_case(case=made.id, by=bank.ye)
    with pytest.raises(NotYourCase):
        visits.take_case(case=made.id, by=bank.zhang)


def test_who_has_it_or_the_supervisor_gives_it_to_a_member(bank):
    made = visits.take_case(case=loan(bank).id, by=bank.zhao)
    with pytest.raises(NotYourCase):
        visits.assign_case(case=made.id, owner=bank.wu.id, by=bank.wu)
    with pytest.raises(CaseMalformed):
        visits.assign_case(case=made.id, owner=bank.wang.id, by=bank.zhao)
    given = visits.assign_case(case=made.id, owner=bank.wu.id, by=bank.zhang, note="赵敏休假")
    assert given.owner == bank.wu.id
    assert event("visits.case.assigned").data["before"] == {"owner": bank.zhao.id}
    with pytest.raises(CaseTaken):
        visits.assign_case(case=made.id, owner=bank.wu.id, by=bank.wu)


def test_a_suspended_colleague_is_given_nothing(bank):
    made = loan(bank)
    people.suspend_staff(person=bank.wu.id, reason="调查", by=SYSTEM)
    with pytest.raises(CaseMalformed):
        visits.assign_case(case=made.id, owner=bank.wu.id, by=bank.zhang)


def test_handing_on_needs_a_note_and_lets_go_of_it(bank):
    made = visits.take_case(case=loan(bank).id, by=bank.zhao)
    with pytest.raises(CaseMalformed):
        visits.hand_case(case=made.id, team="back_office", by=bank.zhao)
    with pytest.raises(CaseMalformed):
        visits.hand_case(case=made.id, team="loans", note="x", by=bank.zhao)
    handed = visits.hand_case(case=made.id, team="back_office", note="请核对执照", by=bank.zhao)
    assert (handed.team.key, handed.owner, handed.state) == ("back_office", None, S.NEW)
    assert "执照" not in str(event("visits.case.handed").data)
    assert CaseHand.objects.filter(case=made.id).latest("id").note == "请核对执照"
    with pytest.raises(NotYourCase):
        visits.hand_case(case=made.id, team="loans", note="x", by=bank.zhao)
    assert visits.take_case(case=made.id, by=bank.feng).owner == bank.feng.id


def test_what_waits_goes_on_waiting_in_other_hands(bank):
    made = visits.take_case(case=loan(bank).id, by=bank.zhao)
    visits.move_case(case=made.id, state=S.WAITING_CUSTOMER, by=bank.zhao)
    handed = visits.hand_case(case=made.id, team="lobby", note="客户来时请接待", by=bank.zhao)
    assert (handed.state, handed.owner, handed.due) == (S.WAITING_CUSTOMER, None, None)
    taken = visits.move_case(case=made.id, state=S.DOING, by=bank.liu)
    assert taken.owner == bank.liu.id


def test_giving_it_back_lets_the_team_take_it(bank):
    made = visits.take_case(case=loan(bank).id, by=bank.zhao)
    back = visits.move_case(case=made.id, state=S.NEW, by=bank.zhao)
    assert (back.state, back.owner) == (S.NEW, None)
    assert visits.take_case(case=made.id, by=bank.wu).owner == bank.wu.id


def test_moving_by_the_table_only(bank):
    made = loan(bank)
    for state in (S.NEW, S.DONE, S.WAITING_CUSTOMER, S.WAITING_OTHER):
        with pytest.raises(CaseMalformed):
            visits.move_case(case=made.id, state=state, by=bank.zhao)
    visits.move_case(case=made.id, state=S.CANCELLED, note="客户放弃", by=bank.zhao)
    with pytest.raises(CaseMalformed):
        visits.move_case(case=made.id, state=S.DOING, by=bank.zhao)
    with pytest.raises(CaseEnded):
        visits.take_case(case=made.id, by=bank.zhao)
    with pytest.raises(CaseEnded):
        visits.hand_case(case=made.id, team="lobby", note="x", by=bank.zhao)


def test_giving_up_needs_a_reason(bank):
    made = loan(bank)
    with pytest.raises(CaseMalformed) as refused:
        visits.move_case(case=made.id, state=S.CANCELLED, by=bank.zhao)
    assert refused.value.details["field"] == "note"


def test_it_is_done_when_checks_and_papers_are_complete(bank):
    made = visits.take_case(case=loan(bank).id, by=bank.zhao)
    with pytest.raises(CaseIncomplete) as refused:
        visits.move_case(case=made.id, state=S.DONE, by=bank.zhao)
    assert refused.value.details == {"items": 4, "papers": 4}
    tick_all(made.id, bank.zhao)
    with pytest.raises(CaseIncomplete):
        visits.move_case(case=made.id, state=S.DONE, by=bank.zhao)
    waive_all(made.id, bank.zhang)
    done = visits.move_case(case=made.id, state=S.DONE, by=bank.zhao)
    assert (done.state, done.lacking, done.open) == (S.DONE, 0, False)
    assert done.due is not None
    assert not done.late(clock.now())


def test_a_finished_case_is_reopened_within_the_rules_days(bank):
    done = finished(bank)
    again = visits.move_case(case=done.id, state=S.DOING, by=bank.zhao)
    assert (again.state, again.owner) == (S.DOING, bank.zhao.id)
    visits.move_case(case=done.id, state=S.DONE, by=bank.zhao)
    Case.objects.filter(pk=done.id).update(since=clock.now() - timedelta(days=20))
    with pytest.raises(ReopenTooLate):
        visits.move_case(case=done.id, state=S.DOING, by=bank.zhao)


def test_the_clock_stands_while_the_customer_is_waited_for_and_goes_on_later(bank, monkeypatch):
    morning = clock.now().astimezone(clock.CHINA).replace(hour=9, minute=0, second=0, microsecond=0)
    while not org.is_working_day(morning.date()):
        morning += timedelta(days=1)
    now = {"is": morning}
    monkeypatch.setattr(clock, "now", lambda: now["is"])
    made = visits.take_case(case=loan(bank).id, by=bank.zhao)
    now["is"] += timedelta(minutes=30)
    waits = visits.move_case(case=made.id, state=S.WAITING_CUSTOMER, by=bank.zhao)
    assert waits.due is None
    now["is"] += timedelta(minutes=60)
    goes_on = visits.move_case(case=made.id, state=S.DOING, by=bank.zhao)
    stood = rules_cases.worked(made.due, goes_on.due, HOURS, org.is_working_day)
    assert stood == timedelta(minutes=60)
    now["is"] += timedelta(minutes=10)
    other = visits.move_case(case=made.id, state=S.WAITING_OTHER, by=bank.zhao)
    assert other.due == goes_on.due


def test_a_clock_that_goes_back_breaks_nothing(bank, monkeypatch):
    now = {"is": clock.now()}
    monkeypatch.setattr(clock, "now", lambda: now["is"])
    made = visits.take_case(case=loan(bank).id, by=bank.zhao)
    now["is"] -= timedelta(hours=3)
    moved = visits.move_case(case=made.id, state=S.WAITING_CUSTOMER, by=bank.zhao)
    assert moved.since >= made.since
    assert visits.move_case(case=made.id, state=S.DOING, by=bank.zhao).due >= made.at


def test_what_was_decided_on_an_older_version_is_refused(bank):
    made = loan(bank)
    taken = visits.take_case(case=made.id, by=bank.zhao)
    assert taken.version == made.version + 1
    for act in (
        lambda: visits.move_case(case=made.id, state=S.WAITING_OTHER, version=made.version, by=bank.zhao),
        lambda: visits.hand_case(case=made.id, team="lobby", note="x", version=made.version, by=bank.zhao),
        lambda: visits.assign_case(case=made.id, owner=bank.wu.id, version=made.version, by=bank.zhao),
        lambda: visits.edit_case(case=made.id, title="x", about="", version=made.version, by=bank.zhao),
    ):
        with pytest.raises(CaseChanged):
            act()
    visits.move_case(case=made.id, state=S.WAITING_OTHER, version=taken.version, by=bank.zhao)


def test_editing_changes_title_words_and_customer_and_tells_which(bank):
    made, party = loan(bank), customer()
    edited = visits.edit_case(
        case=made.id, title="经营贷款", about="三年期", party=party, version=made.version, by=bank.zhao
    )
    assert (edited.title, edited.about, edited.party) == ("经营贷款", "三年期", party)
    assert event("visits.case.edited").data["changed"] == ["title", "about", "party"]
    with pytest.raises(CaseMalformed):
        visits.edit_case(case=made.id, title="", about="", version=edited.version, by=bank.zhao)


def test_who_sees_a_case(bank):
    made = loan(bank)
    for seer in (bank.wang, bank.li, bank.zhang, bank.zhao, bank.sun, replace(bank.sun, branch=HEAD)):
        assert visits.case(made.id, by=seer).id == made.id
    for stranger in (bank.qian, bank.ye, bank.feng):
        with pytest.raises(UnknownCase):
            visits.case(made.id, by=stranger)
    visits.hand_case(case=made.id, team="back_office", note="请复核", by=bank.zhao)
    assert visits.case(made.id, by=bank.feng).id == made.id


def test_a_confined_case_is_for_its_team_and_those_it_concerns(bank):
    made = inquiry(bank)
    for seer in (bank.liu, bank.zhang, bank.sun):
        assert visits.case(made.id, by=seer).id == made.id
    for colleague in (bank.wang, bank.zhao):
        with pytest.raises(UnknownCase):
            visits.case(made.id, by=colleague)


def test_lists_hold_what_the_asker_may_see(bank):
    party = customer()
    one = loan(bank, party=party)
    two = visits.open_case(kind="inquiry", branch=BRANCH, title="等候", party=party, by=bank.liu)
    subject = f"party:{party}"
    assert [case.id for case in visits.cases_of(subject)] == [one.id]
    assert [case.id for case in visits.cases_of(subject, by=bank.wang)] == [one.id]
    for seer in (bank.liu, bank.zhang, bank.sun):
        assert {case.id for case in visits.cases_of(subject, by=seer)} == {one.id, two.id}
    assert visits.cases_of(subject, by=bank.qian) == []
    assert visits.cases_of("party:x") == visits.cases_of("") == []
    visits.take_case(case=one.id, by=bank.zhao)
    assert [case.id for case in visits.cases_open(BRANCH, bank.zhao.id)] == [one.id]
    assert {case.id for case in visits.cases_open(BRANCH)} == {one.id, two.id}


def test_what_the_database_itself_does_not_let_in(bank):
    made = loan(bank)
    for change in ({"state": "doing"}, {"due": made.at - timedelta(days=1)}, {"task": "opening"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=made.id).update(**change)


def test_every_state_is_a_row_with_who_and_when(bank):
    done = finished(bank)
    rows = list(CaseStateRow.objects.filter(case=done.id).order_by("id").values_list("state", "person"))
    assert rows == [("new", bank.wang.id), ("doing", bank.zhao.id), ("done", bank.zhao.id)]


def test_the_board_is_read_in_as_many_queries_for_one_case_as_for_many(bank, django_assert_num_queries):
    for number in range(3):
        made = loan(bank, party=customer() if number == 0 else None)
        visits.take_case(case=made.id, by=bank.zhao)
    with django_assert_num_queries(5):
        from counterpoint.visits import queries_cases

        found = queries_cases.columns(bank.teams["loans"].id)
    assert len(found[S.DOING]) == 3
    for _ in range(7):
        loan(bank)
    with django_assert_num_queries(5):
        assert len(queries_cases.columns(bank.teams["loans"].id)[S.NEW]) == 7


def test_a_line_is_ticked_once_and_its_tick_taken_back(bank):
    made = visits.take_case(case=loan(bank).id, by=bank.zhao)
    line = visits.items_of(case=made.id)[0]
    visits.tick_item(case=made.id, item=line.id, ticked=True, by=bank.zhao)
    with pytest.raises(Refusal):
        visits.tick_item(case=made.id, item=line.id, ticked=True, by=bank.wu)
    ticked = visits.items_of(case=made.id)[0]
    assert (ticked.ticked, ticked.person) == (True, "赵敏")
    visits.tick_item(case=made.id, item=line.id, ticked=False, by=bank.wu)
    assert not CaseItem.objects.get(pk=line.id).ticked
    with pytest.raises(UnknownCase):
        visits.tick_item(case=made.id, item=999_999, ticked=True, by=bank.zhao)
    with pytest.raises(NotYourCase):
        visits.tick_item(case=made.id, item=line.id, ticked=True, by=bank.li)


def test_a_machine_of_states_is_asked_and_no_list_of_its_own(bank, monkeypatch):
    made = visits.take_case(case=loan(bank).id, by=bank.zhao)
    asked = []
    monkeypatch.setattr(cases_moving.CASE.__class__, "may", lambda self, a, b: asked.append((a, b)) or False)
    with pytest.raises(Malformed):
        visits.move_case(case=made.id, state=S.DONE, by=bank.zhao)
    assert asked == [(S.DOING, S.DONE)]
    assert cases_parts.person_id(SYSTEM) is None
