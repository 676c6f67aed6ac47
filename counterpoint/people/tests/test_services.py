"""Rights and the verbs that change them, on the real database."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from counterpoint.kit.clock import now, today
from counterpoint.kit.data import SYSTEM, Actor, ActorKind, AlreadyDone, Malformed, NotAllowed, NotFound
from counterpoint.kit.models import Event
from counterpoint.people import services
from counterpoint.people.data import (
    AlreadyAssigned,
    Duty,
    IncompatibleDuties,
    LockedOut,
    NumberTaken,
    OwnRights,
    Role,
    SamePerson,
    SecondPersonRefused,
    UnknownPerson,
    WeakPassword,
    WrongDates,
)
from counterpoint.people.models import (
    DutyConflict,
    Qualification,
    Restriction,
    RoleAssignment,
    Staff,
    Suspension,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def verbs_of(person: Staff) -> list[str]:
    return list(
        Event.objects.filter(subject=f"person:{person.pk}").order_by("id").values_list("verb", flat=True)
    )


def may(person: Staff, duty: Duty, branch: int = 3, at: datetime | None = None) -> bool:
    return services.may(person=person.pk, duty=duty, branch=branch, at=at).allowed


def newcomer(by: Actor, number: str = "080999") -> Staff:
    issued = services.add_staff(number=number, name_zh="钱多", name_en="Qian Duo", branch=3, by=by)
    return Staff.objects.get(pk=issued.person.id)


def test_a_teller_may_handle_cash_at_the_own_branch_only(teller: Staff) -> None:
    assert may(teller, Duty.CASH)
    assert not may(teller, Duty.CASH, branch=4)
    assert not may(teller, Duty.CASH, branch=0)
    assert not may(teller, Duty.AUTHORIZE)


def test_a_whole_bank_role_holds_at_every_branch(bank: dict[str, Staff]) -> None:
    assert may(bank["090201"], Duty.AUDIT, branch=4)
    assert may(bank["090201"], Duty.AUDIT, branch=0)


def test_a_decision_says_why_and_who_can_help(teller: Staff) -> None:
    decision = services.may(person=teller.pk, duty=Duty.AUTHORIZE, branch=3)
    assert "Authorize" in decision.reason or "授权" in decision.reason
    assert decision.why.remedy
    assert "090301" in decision.why.helper


def test_an_unknown_person_may_nothing(bank: dict[str, Staff]) -> None:
    assert not services.may(person=987654, duty=Duty.CASH, branch=3)
    with pytest.raises(UnknownPerson):
        services.person(987654)


def test_one_question_costs_one_query(teller: Staff) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert may(teller, Duty.CASH)
    assert len(queries) == 1


def test_a_role_begins_on_its_day_and_ends_after_its_last(by: Actor) -> None:
    person = newcomer(by)
    services.assign_role(
        person=person.pk, role=Role.LOBBY_MANAGER, branch=3, by=by,
        valid_from=today() + 2 * DAY, valid_until=today() + 4 * DAY,
    )  # fmt: skip
    expected = {0: False, 1: False, 2: True, 4: True, 5: False}
    for days, allowed in expected.items():
        assert may(person, Duty.LOBBY, at=now() + days * DAY) is allowed, days


def test_an_expired_role_says_when_it_ended(by: Actor) -> None:
    person = newcomer(by)
    services.assign_role(
        person=person.pk, role=Role.LOBBY_MANAGER, branch=3, by=by,
        valid_from=date(2026, 1, 1), valid_until=date(2026, 1, 31),
    )  # fmt: skip
    decision = services.may(person=person.pk, duty=Duty.LOBBY, branch=3)
    assert not decision
    assert "2026-01-31" in decision.reason


def test_a_restriction_wins_over_the_role_until_lifted(teller: Staff, by: Actor) -> None:
    restriction = services.impose_restriction(
        person=teller.pk, duty=Duty.CASH, reason="notice 7 is not acknowledged", source="notice:7", by=SYSTEM
    )
    decision = services.may(person=teller.pk, duty=Duty.CASH, branch=3)
    assert not decision
    assert decision.why.source == "notice:7"
    assert may(teller, Duty.ACCOUNTS)
    services.lift_restriction(restriction=restriction, by=by)
    assert may(teller, Duty.CASH)
    with pytest.raises(AlreadyDone):
        services.lift_restriction(restriction=restriction, by=by)
    assert verbs_of(teller)[-2:] == ["people.restriction.imposed", "people.restriction.lifted"]


def test_a_restriction_of_all_duties_ends_by_itself(teller: Staff, by: Actor) -> None:
    services.impose_restriction(
        person=teller.pk, duty=None, reason="leave", source="hr", by=by, valid_until=now() + DAY
    )
    assert not may(teller, Duty.ACCOUNTS)
    assert may(teller, Duty.ACCOUNTS, at=now() + 2 * DAY)


def test_a_supervisor_may_restrict_but_lifts_only_the_own_restrictions(
    teller: Staff, supervisor: Staff, by: Actor
) -> None:
    boss = services.actor_of(supervisor)
    own = services.impose_restriction(person=teller.pk, duty=Duty.CASH, reason="x", source="branch", by=boss)
    services.lift_restriction(restriction=own, by=boss)
    foreign = services.impose_restriction(person=teller.pk, duty=Duty.CASH, reason="x", source="audit", by=by)
    with pytest.raises(NotAllowed):
        services.lift_restriction(restriction=foreign, by=boss)


def test_cash_needs_the_certificate_and_it_expires(teller: Staff, by: Actor) -> None:
    held = Qualification.objects.get(person=teller)
    services.withdraw_qualification(qualification=held.pk, by=by)
    assert not may(teller, Duty.CASH)
    services.grant_qualification(person=teller.pk, kind="anti_counterfeit", by=by, expires_on=today() + DAY)
    assert may(teller, Duty.CASH)
    decision = services.may(person=teller.pk, duty=Duty.CASH, branch=3, at=now() + 3 * DAY)
    assert not decision
    assert (today() + DAY).isoformat() in decision.reason


def test_nobody_gives_themselves_a_role(admin: Staff, by: Actor) -> None:
    with pytest.raises(OwnRights):
        services.assign_role(person=admin.pk, role=Role.AUDITOR, branch=0, by=by)
    assert not RoleAssignment.objects.filter(person=admin, role=Role.AUDITOR).exists()


@pytest.mark.parametrize("number", ["080101", "080201", "090201"])
def test_nobody_but_an_administrator_changes_rights(bank: dict[str, Staff], number: str) -> None:
    by, other = services.actor_of(bank[number]), bank["080301"].pk
    given = RoleAssignment.objects.filter(person=other).get()
    attempts = [
        lambda: services.assign_role(person=other, role=Role.TELLER, branch=3, by=by),
        lambda: services.revoke_role(assignment=given.pk, reason="x", by=by),
        lambda: services.grant_qualification(person=other, kind="anti_counterfeit", by=by),
        lambda: services.suspend_staff(person=other, reason="x", by=by),
        lambda: services.reset_password(person=other, by=by),
        lambda: services.add_staff(number="0800", name_zh="某", branch=3, by=by),
        lambda: services.lift_lock_out(person=other, by=by),
    ]
    before = Event.objects.count()
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()
    assert Event.objects.count() == before


def test_a_branch_administrator_gives_no_role_for_the_whole_bank(by: Actor, teller: Staff) -> None:
    local = newcomer(by)
    services.assign_role(person=local.pk, role=Role.IT_ADMIN, branch=3, by=by)
    here = services.actor_of(local)
    person = newcomer(here, number="080998")
    services.assign_role(person=person.pk, role=Role.LOBBY_MANAGER, branch=3, by=here)
    for branch in (0, 4):
        with pytest.raises(NotAllowed):
            services.assign_role(person=person.pk, role=Role.LOBBY_MANAGER, branch=branch, by=here)


def test_a_machine_changes_no_rights(teller: Staff) -> None:
    machine = Actor(kind=ActorKind.MACHINE, id=teller.pk, name="kiosk")
    with pytest.raises(NotAllowed):
        services.suspend_staff(person=teller.pk, reason="x", by=machine)


def test_incompatible_duties_stay_in_different_hands(teller: Staff, by: Actor) -> None:
    with pytest.raises(IncompatibleDuties) as refused:
        services.assign_role(person=teller.pk, role=Role.SUPERVISOR, branch=3, by=by)
    assert refused.value.why.source
    services.assign_role(person=teller.pk, role=Role.SUPERVISOR, branch=4, by=by)
    with pytest.raises(IncompatibleDuties):
        services.assign_role(person=teller.pk, role=Role.AUDITOR, branch=0, by=by)


def test_incompatible_duties_may_follow_one_another(by: Actor) -> None:
    person = newcomer(by)
    services.assign_role(person=person.pk, role=Role.TELLER, branch=3, by=by, valid_until=today() + DAY)
    with pytest.raises(IncompatibleDuties):
        services.assign_role(
            person=person.pk, role=Role.SUPERVISOR, branch=3, by=by, valid_from=today() + DAY
        )
    services.assign_role(
        person=person.pk, role=Role.SUPERVISOR, branch=3, by=by, valid_from=today() + 2 * DAY
    )


def test_no_shipped_role_holds_incompatible_duties(bank: dict[str, Staff]) -> None:
    from counterpoint.people.queries import duties_of_roles

    for role, duties in duties_of_roles(today()).items():
        for pair in DutyConflict.objects.all():
            assert not {pair.one, pair.other} <= duties, role


def test_a_role_is_given_once_and_taken_once(by: Actor) -> None:
    person = newcomer(by)
    given = services.assign_role(person=person.pk, role=Role.TELLER, branch=3, by=by)
    with pytest.raises(AlreadyAssigned):
        services.assign_role(person=person.pk, role=Role.TELLER, branch=3, by=by)
    services.revoke_role(assignment=given, reason="moved", by=by)
    with pytest.raises(AlreadyDone):
        services.revoke_role(assignment=given, reason="moved", by=by)
    row = RoleAssignment.objects.get(pk=given)
    assert (row.revoked_by, row.revoke_reason) == (by.key, "moved")
    assert row.revoked_at is not None


def test_bad_dates_and_missing_things_are_refused(teller: Staff, by: Actor) -> None:
    with pytest.raises(WrongDates):
        services.assign_role(
            person=teller.pk, role=Role.LOBBY_MANAGER, branch=3, by=by,
            valid_from=date(2026, 2, 2), valid_until=date(2026, 2, 1),
        )  # fmt: skip
    with pytest.raises(NotFound):
        services.revoke_role(assignment=99999, reason="x", by=by)
    with pytest.raises(Malformed):
        services.suspend_staff(person=teller.pk, reason=" ", by=by)
    with pytest.raises(UnknownPerson):
        services.suspend_staff(person=99999, reason="x", by=by)


def test_adding_staff_checks_the_number(by: Actor, bank: dict[str, Staff]) -> None:
    with pytest.raises(NumberTaken):
        services.add_staff(number="080101", name_zh="某", branch=3, by=by)
    for number in ("", "12", "08a101", "0801011234567", "０８０１０１"):
        with pytest.raises(Malformed):
            services.add_staff(number=number, name_zh="某", branch=3, by=by)


def test_new_staff_have_a_one_time_password_and_pinyin(by: Actor) -> None:
    issued = services.add_staff(number="080777", name_zh="王小明", branch=3, by=by)
    row = Staff.objects.get(pk=issued.person.id)
    assert row.check_password(issued.password)
    assert row.must_change_password
    assert row.pinyin == "wangxiaoming wxm"
    assert issued.password not in str(Event.objects.get(subject=f"person:{row.pk}").data)


def test_a_suspended_person_may_nothing_until_resumed(teller: Staff, by: Actor) -> None:
    services.suspend_staff(person=teller.pk, reason="investigation", by=by)
    assert not may(teller, Duty.CASH)
    assert teller.pk not in {p.id for p in services.people_with(duty=Duty.CASH, branch=3)}
    with pytest.raises(AlreadyDone):
        services.suspend_staff(person=teller.pk, reason="again", by=by)
    services.resume_staff(person=teller.pk, by=by)
    assert may(teller, Duty.CASH)
    row = Suspension.objects.get(person=teller)
    assert row.resumed_by == by.key
    assert row.resumed_at is not None


def test_people_with_a_duty_are_listed_by_number(bank: dict[str, Staff], by: Actor) -> None:
    services.impose_restriction(person=bank["080102"].pk, duty=Duty.CASH, reason="x", source="x", by=by)
    assert [p.number for p in services.people_with(duty=Duty.CASH, branch=3)] == ["080101", "080103"]
    assert services.people_with(duty=Duty.CASH, branch=4) == []
    assert services.person(bank["080103"].pk).roles == (Role.SENIOR_TELLER,)


def test_a_person_chooses_a_good_password_alone(teller: Staff, by: Actor) -> None:
    own = services.actor_of(teller)
    for bad in ("short", "1234567890", "password123", "counterpoint"):
        with pytest.raises(WeakPassword):
            services.change_password(person=teller.pk, password=bad, by=own)
    with pytest.raises(OwnRights):
        services.change_password(person=teller.pk, password="a-good-one-4-me", by=by)
    services.change_password(person=teller.pk, password="a-good-one-4-me", by=own)
    teller.refresh_from_db()
    assert teller.check_password("a-good-one-4-me")


def second(maker: Staff, **changes: object) -> Actor:
    values = {
        "username": "080201", "password": "counterpoint", "code": None, "branch": 3,
        "duty": Duty.AUTHORIZE, "not_person": maker.pk,
    } | changes  # fmt: skip
    return services.verify_second_person(**values)  # type: ignore[arg-type]


def test_the_second_person_is_proved_and_told(teller: Staff, supervisor: Staff) -> None:
    who = second(teller)
    assert (who.id, who.branch) == (supervisor.pk, 3)
    assert verbs_of(supervisor)[-1] == "people.second_person.verified"


def test_the_maker_is_never_the_second_person(supervisor: Staff) -> None:
    with pytest.raises(SamePerson):
        second(supervisor)


def test_the_second_person_needs_the_duty_at_this_branch(teller: Staff) -> None:
    with pytest.raises(NotAllowed):
        second(teller, username="080103")
    with pytest.raises(NotAllowed):
        second(teller, branch=4)


def test_a_second_person_who_does_not_exist_reads_like_a_wrong_password(teller: Staff) -> None:
    with pytest.raises(SecondPersonRefused) as wrong:
        second(teller, password="wrong")
    with pytest.raises(SecondPersonRefused) as nobody:
        second(teller, username="999999")
    assert str(wrong.value) == str(nobody.value)


def test_guessing_at_the_second_person_locks_the_person_out(
    teller: Staff, by: Actor, supervisor: Staff
) -> None:
    for _attempt in range(4):
        with pytest.raises(SecondPersonRefused):
            second(teller, password="wrong")
    with pytest.raises(LockedOut):
        second(teller, password="wrong")
    with pytest.raises(LockedOut):
        second(teller)
    services.lift_lock_out(person=supervisor.pk, by=by)
    assert second(teller).id == supervisor.pk


@pytest.mark.django_db(transaction=True)
def test_the_second_person_is_not_asked_inside_a_transaction(teller: Staff) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        second(teller)


@pytest.mark.parametrize(
    "broken",
    [
        {"lifted_by": "person:1"},
        {"lifted_at": datetime(2026, 1, 1).astimezone()},
        {"valid_until": datetime(2020, 1, 1).astimezone()},
        {"duty": "juggling"},
        {"imposed_by": ""},
    ],
)
def test_the_database_keeps_who_and_when_together(teller: Staff, broken: dict[str, object]) -> None:
    good = {
        "person": teller,
        "duty": "cash",
        "reason": "r",
        "source": "s",
        "imposed_by": "system:0",
        "valid_from": now(),
    }
    Restriction.objects.create(**good)
    with pytest.raises(IntegrityError), transaction.atomic():
        Restriction.objects.create(**good | broken)
