from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, AlreadyDone, Malformed, NotAllowed
from counterpoint.kit.models import Event
from counterpoint.org import queries, services
from counterpoint.org.data import (
    CodeTaken,
    DateNotAllowed,
    DayAlreadyOpen,
    DayKind,
    DayNotOpen,
    DeskNotHeld,
    DeskTaken,
    HasDesk,
    UnitKind,
    UnknownBranch,
    UnknownDesk,
    WrongBranch,
)
from counterpoint.org.models import DeskClaim
from counterpoint.people import services as people
from counterpoint.people.data import Duty, ReceiverElsewhere

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)


# Branches and desks


def test_the_demo_bank_is_made_once(bank):
    events = Event.objects.count()
    services.ensure_demo_org(by=SYSTEM)
    assert Event.objects.count() == events
    assert [(one.id, one.name_zh) for one in services.branches()] == [
        (3, "上海人民路支行"), (4, "上海南京路支行"),
    ]  # fmt: skip
    assert [one.number for one in services.desks(3)] == ["01", "02", "03", "04", "05"]
    assert services.business_day(branch=3).date == TODAY


def test_the_units_above_a_branch_receive_its_duties_and_its_neighbours_do_not(bank, who):
    assert queries.units_above(3) == [2, 1]
    assert (queries.units_above(1), queries.units_above(0), queries.units_above(99)) == ([], [1], [])
    giver, day = who("080201"), clock.now().astimezone(clock.CHINA).date()
    neighbour = people.add_staff(number="080998", name_zh="林夏", branch=4, by=SYSTEM).person.id
    given = {"giver": giver.id, "duty": Duty.AUTHORIZE, "branch": 3, "reason": "leave", "by": giver}
    given |= {"valid_from": day, "valid_until": day}
    with pytest.raises(ReceiverElsewhere):
        people.delegate(receiver=neighbour, **given)
    people.delegate(receiver=who("090501").id, **given)
    assert people.may(person=who("090501").id, duty=Duty.AUTHORIZE, branch=3)


def test_a_unit_keeps_its_code_to_itself_and_its_place_in_the_tree(bank):
    with pytest.raises(CodeTaken):
        services.add_unit(kind=UnitKind.BRANCH, code="990108", name_zh="x", name_en="x", parent=2, by=SYSTEM)
    with pytest.raises(UnknownBranch):
        services.add_unit(kind=UnitKind.REGION, code="1", name_zh="x", name_en="x", parent=3, by=SYSTEM)
    with pytest.raises(UnknownBranch):
        services.add_unit(kind=UnitKind.BRANCH, code="1", name_zh="x", name_en="x", by=SYSTEM)
    new = {"kind": UnitKind.BRANCH, "code": "1", "name_zh": "新", "name_en": "New", "parent": 2}
    added = services.add_unit(**new, by=SYSTEM)
    assert added.id > 4


def test_a_desk_has_one_person_and_a_person_one_desk(who):
    fang, na = who("080101"), who("080102")
    one, two = services.desks(3)[:2]
    services.claim_desk(desk=one.id, by=fang)
    assert services.desk(one.id).holder == fang.id
    assert services.desk_of(fang.id).id == one.id
    with pytest.raises(AlreadyDone):
        services.claim_desk(desk=one.id, by=fang)
    with pytest.raises(DeskTaken):
        services.claim_desk(desk=one.id, by=na)
    with pytest.raises(HasDesk):
        services.claim_desk(desk=two.id, by=fang)
    services.release_desk(desk=one.id, by=fang)
    with pytest.raises(DeskNotHeld):
        services.release_desk(desk=one.id, by=fang)
    services.claim_desk(desk=one.id, by=na)
    assert DeskClaim.objects.filter(desk=one.id).count() == 2


def test_the_database_itself_keeps_two_people_from_one_desk(who):
    fang, na = who("080101"), who("080102")
    desk = services.desks(3)[0].id
    services.claim_desk(desk=desk, by=fang)
    with pytest.raises(IntegrityError, match="org_claim_one_person_a_desk"):
        DeskClaim.objects.create(desk_id=desk, person_id=na.id)


def test_a_desk_of_another_branch_or_none_at_all_is_refused(who):
    with pytest.raises(WrongBranch):
        services.claim_desk(desk=services.desks(4)[0].id, by=who("080101"))
    with pytest.raises(UnknownDesk):
        services.claim_desk(desk=999_999, by=who("080101"))
    with pytest.raises(WrongBranch):
        services.claim_desk(desk=services.desks(3)[0].id, by=SYSTEM)


def test_only_a_supervisor_with_a_reason_frees_the_desk_of_another(who, supervisor):
    desk = services.desks(3)[0].id
    services.claim_desk(desk=desk, by=who("080101"))
    with pytest.raises(Malformed):
        services.release_desk(desk=desk, by=supervisor)
    with pytest.raises(NotAllowed):
        services.release_desk(desk=desk, by=who("080102"), reason="我要用")
    services.release_desk(desk=desk, by=supervisor, reason="离行未签退")
    assert services.desk(desk).holder is None


# The calendar and the business day


def test_a_make_up_saturday_is_a_working_day_and_national_day_is_none(bank):
    assert services.is_working_day(date(2026, 10, 10))
    assert not services.is_working_day(date(2026, 10, 1))
    assert services.next_working_day(date(2026, 9, 30)) == date(2026, 10, 8)
    assert services.add_working_days(date(2026, 9, 30), 3) == date(2026, 10, 10)


def test_a_change_of_the_calendar_counts_at_once(bank, author):
    assert services.is_working_day(TODAY)
    services.set_calendar_day(date=TODAY, kind=DayKind.HOLIDAY, name_zh="临时放假", source="通知", by=author)
    assert not services.is_working_day(TODAY)
    services.set_calendar_day(date=TODAY, kind=None, by=author)
    assert services.is_working_day(TODAY)


def test_a_teller_does_not_change_the_calendar(who):
    with pytest.raises(NotAllowed):
        services.set_calendar_day(date=TODAY, kind=DayKind.HOLIDAY, name_zh="x", source="x", by=who("080101"))


def test_a_day_is_closed_once_and_never_opened_again(bank, supervisor):
    with pytest.raises(DayAlreadyOpen):
        services.open_day(branch=3, date=TODAY + timedelta(days=1), by=supervisor)
    assert services.close_day(branch=3, by=supervisor).open is False
    with pytest.raises(DayNotOpen):
        services.close_day(branch=3, by=supervisor)
    for old in (TODAY, TODAY - timedelta(days=1)):
        with pytest.raises(DateNotAllowed):
            services.open_day(branch=3, date=old, by=supervisor)
    assert services.proposed_day(3) == date(2026, 11, 25)
    services.open_day(branch=3, date=services.proposed_day(3), by=supervisor)
    assert services.business_day(branch=3) == services.business_day(branch=3)
    assert [(one.date, one.opened) for one in queries.history(3)] == [
        (date(2026, 11, 25), True), (TODAY, False), (TODAY, True),
    ]  # fmt: skip


def test_a_saturday_is_opened_only_on_purpose_and_next_month_not_at_all(bank, supervisor, monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 27))
    services.close_day(branch=3, by=supervisor)
    with pytest.raises(DateNotAllowed, match=r"working day|工作日"):
        services.open_day(branch=3, date=date(2026, 11, 28), by=supervisor)
    with pytest.raises(DateNotAllowed):
        services.open_day(branch=3, date=date(2026, 12, 24), by=supervisor)
    assert services.open_day(branch=3, date=date(2026, 11, 28), by=supervisor, on_holiday=True).open


def test_a_teller_neither_opens_nor_closes_the_day(who):
    with pytest.raises(NotAllowed):
        services.close_day(branch=3, by=who("080101"))
    with pytest.raises(NotAllowed):
        services.open_day(branch=3, date=TODAY, by=who("080101"))


def test_a_supervisor_does_not_close_the_day_of_another_branch(supervisor):
    with pytest.raises(NotAllowed):
        services.close_day(branch=4, by=supervisor)


def test_unknown_branches_have_no_day(bank):
    with pytest.raises(UnknownBranch):
        services.business_day(branch=99)
    with pytest.raises(UnknownBranch):
        services.open_day(branch=2, date=TODAY, by=SYSTEM)
