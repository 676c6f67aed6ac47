"""Delegation with dates, on the real database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from counterpoint.kit.clock import now, today
from counterpoint.kit.data import Actor, AlreadyDone, Malformed, NotAllowed, NotFound
from counterpoint.kit.models import Event
from counterpoint.people import services
from counterpoint.people.data import (
    AlreadyDelegated,
    DelegationTooLong,
    Duty,
    DutyNotDelegable,
    IncompatibleDuties,
    OwnRights,
    ReceiverElsewhere,
    Role,
    UnknownPerson,
    WrongDates,
)
from counterpoint.people.models import DelegableDuty, Delegation, DutyRequirement, Qualification, Staff
from counterpoint.people.services import delegations

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _units(monkeypatch: pytest.MonkeyPatch) -> None:
    """Branches 3 and 4 in region 2 of bank 1."""
    above = {3: [2, 1], 4: [2, 1], 2: [1], 1: [], 0: [1]}
    monkeypatch.setattr(delegations, "_above", [above.__getitem__])


@pytest.fixture
def lobby(bank: dict[str, Staff]) -> Staff:
    return bank["080301"]


Give = Callable[..., int]


@pytest.fixture
def give(supervisor: Staff, lobby: Staff) -> Give:
    """The supervisor lets the lobby manager authorize at the branch, today and tomorrow."""

    def act(**changes: Any) -> int:
        values = {
            "giver": supervisor.pk, "receiver": lobby.pk, "duty": Duty.AUTHORIZE, "branch": 3,
            "valid_from": today(), "valid_until": today() + DAY, "reason": "leave",
            "by": services.actor_of(supervisor),
        }  # fmt: skip
        return services.delegate(**values | changes)

    return act


def may(person: Staff, branch: int = 3, at: datetime | None = None, duty: Duty = Duty.AUTHORIZE) -> bool:
    return services.may(person=person.pk, duty=duty, branch=branch, at=at).allowed


def test_a_delegated_duty_counts_wherever_rights_are_asked(
    give: Give, supervisor: Staff, lobby: Staff
) -> None:
    assert not may(lobby)
    give()
    decision = services.may(person=lobby.pk, duty=Duty.AUTHORIZE, branch=3)
    assert decision
    assert supervisor.name in decision.reason
    assert f"{today() + DAY}" in decision.reason
    assert Duty.AUTHORIZE in services.duties_of(lobby.pk)
    numbers = [p.number for p in services.people_with(duty=Duty.AUTHORIZE, branch=3)]
    assert numbers == ["080201", "080301"]
    assert not may(lobby, branch=4)


def test_a_delegation_begins_on_its_day_and_ends_after_its_last(give: Give, lobby: Staff) -> None:
    give(valid_from=today() + 2 * DAY, valid_until=today() + 3 * DAY)
    expected = {0: False, 1: False, 2: True, 3: True, 4: False}
    assert {n: may(lobby, at=now() + n * DAY) for n in expected} == expected


def test_the_basis_names_on_whose_behalf_and_whose_own_the_right_is(
    give: Give, supervisor: Staff, lobby: Staff, by: Actor
) -> None:
    def basis(person: Staff, branch: int = 3) -> Any:
        return services.basis(person=person.pk, duty=Duty.AUTHORIZE, branch=branch)

    give()
    own, lent = basis(supervisor), basis(lobby)
    assert (own.own, own.role, own.givers) == (True, Role.SUPERVISOR, ())
    assert (lent.own, lent.role, lent.givers) == (False, None, (supervisor.pk,))
    assert lent.only_through(supervisor.pk)
    assert not own.only_through(supervisor.pk)
    assert basis(lobby, branch=4) == basis(lobby, branch=0)
    assert basis(lobby, branch=4).givers == ()
    second = newcomer(by, Role.SUPERVISOR)
    give(giver=second.pk, by=services.actor_of(second))
    assert basis(lobby).givers == (supervisor.pk, second.pk)
    assert not basis(lobby).only_through(supervisor.pk)


def newcomer(by: Actor, role: Role | None = None, branch: int = 3, number: str = "080999") -> Staff:
    issued = services.add_staff(number=number, name_zh="钱多", name_en="Qian Duo", branch=branch, by=by)
    if role is not None:
        services.assign_role(person=issued.person.id, role=role, branch=branch, by=by)
    return Staff.objects.get(pk=issued.person.id)


def test_it_sleeps_while_the_giver_may_not_do_it_and_wakes_again(
    give: Give, supervisor: Staff, lobby: Staff, by: Actor
) -> None:
    give()
    services.suspend_staff(person=supervisor.pk, reason="investigation", by=by)
    decision = services.may(person=lobby.pk, duty=Duty.AUTHORIZE, branch=3)
    assert not decision
    assert supervisor.name in decision.reason
    assert Duty.AUTHORIZE not in services.duties_of(lobby.pk)
    assert services.people_with(duty=Duty.AUTHORIZE, branch=3) == []
    services.resume_staff(person=supervisor.pk, by=by)
    assert may(lobby)
    bar = services.impose_restriction(
        person=supervisor.pk, duty=Duty.AUTHORIZE, reason="x", source="audit", by=by
    )
    assert not may(lobby)
    services.lift_restriction(restriction=bar, by=by)
    assert may(lobby)


def test_a_restriction_of_the_receiver_wins(give: Give, lobby: Staff, by: Actor) -> None:
    give()
    services.impose_restriction(person=lobby.pk, duty=Duty.AUTHORIZE, reason="x", source="audit", by=by)
    assert not may(lobby)
    assert services.basis(person=lobby.pk, duty=Duty.AUTHORIZE, branch=3).givers == ()


def test_giver_receiver_and_administrator_end_it_and_nobody_else(
    give: Give, supervisor: Staff, lobby: Staff, bank: dict[str, Staff], by: Actor
) -> None:
    for who in (services.actor_of(supervisor), services.actor_of(lobby), by):
        made = give()
        with pytest.raises(NotAllowed):
            services.end_delegation(delegation=made, by=services.actor_of(bank["080101"]))
        assert may(lobby)
        services.end_delegation(delegation=made, by=who)
        assert not may(lobby)
        row = Delegation.objects.get(pk=made)
        assert (row.ended_by, row.ended_at is not None) == (who.key, True)
        with pytest.raises(AlreadyDone):
            services.end_delegation(delegation=made, by=who)
    with pytest.raises(NotFound):
        services.end_delegation(delegation=0, by=by)


def test_what_is_over_by_its_dates_cannot_be_ended(give: Give, by: Actor) -> None:
    made = give()
    Delegation.objects.filter(pk=made).update(valid_from=today() - 2 * DAY, valid_until=today() - DAY)
    with pytest.raises(AlreadyDone):
        services.end_delegation(delegation=made, by=by)


def test_only_the_giver_or_an_administrator_delegates(
    give: Give, lobby: Staff, bank: dict[str, Staff], by: Actor
) -> None:
    for number in ("080301", "080101", "090201"):
        with pytest.raises(NotAllowed):
            give(by=services.actor_of(bank[number]))
    give(by=by)
    assert may(lobby)


def test_nobody_delegates_to_themselves_nor_an_administrator_to_the_own_person(
    give: Give, supervisor: Staff, by: Actor
) -> None:
    with pytest.raises(OwnRights):
        give(receiver=supervisor.pk)
    local = newcomer(by, Role.IT_ADMIN)
    with pytest.raises(OwnRights):
        give(receiver=local.pk, by=services.actor_of(local))


def test_only_what_the_giver_has_by_a_role_there(
    give: Give, bank: dict[str, Staff], lobby: Staff, supervisor: Staff
) -> None:
    with pytest.raises(NotAllowed) as refused:
        give(branch=4, receiver=bank["090501"].pk)
    assert refused.value.why.rule
    with pytest.raises(NotAllowed):
        give(duty=Duty.AUTHORIZE_REMOTE)
    give()
    with pytest.raises(DutyNotDelegable):
        give(giver=lobby.pk, receiver=bank["080401"].pk, by=services.actor_of(lobby))


def test_a_giver_whose_role_ends_before_the_first_day_has_nothing_to_give(give: Give, by: Actor) -> None:
    person = newcomer(by)
    services.assign_role(person=person.pk, role=Role.SUPERVISOR, branch=3, by=by, valid_until=today() + DAY)
    mine = {"giver": person.pk, "by": services.actor_of(person)}
    with pytest.raises(NotAllowed):
        give(valid_from=today() + 2 * DAY, valid_until=today() + 3 * DAY, **mine)
    give(valid_from=today() + DAY, valid_until=today() + 3 * DAY, **mine)


def test_the_receiver_gets_no_incompatible_duties_now_or_later(
    give: Give, teller: Staff, lobby: Staff, by: Actor
) -> None:
    with pytest.raises(IncompatibleDuties) as refused:
        give(receiver=teller.pk)
    assert refused.value.why.source
    made = give()
    with pytest.raises(IncompatibleDuties) as refused:
        services.assign_role(person=lobby.pk, role=Role.TELLER, branch=3, by=by)
    assert refused.value.why.rule
    services.assign_role(person=lobby.pk, role=Role.TELLER, branch=3, by=by, valid_from=today() + 2 * DAY)
    services.end_delegation(delegation=made, by=by)
    services.assign_role(person=lobby.pk, role=Role.TELLER, branch=3, by=by, valid_until=today() + DAY)


def test_the_receiver_needs_the_qualification_and_no_restriction(
    give: Give, lobby: Staff, supervisor: Staff, by: Actor
) -> None:
    DutyRequirement.objects.create(
        duty=Duty.AUTHORIZE, qualification="anti_counterfeit", valid_from=today() - DAY, source="test"
    )
    services.grant_qualification(person=supervisor.pk, kind="anti_counterfeit", by=by)
    with pytest.raises(NotAllowed) as refused:
        give()
    assert refused.value.details["person"] == lobby.pk
    services.grant_qualification(person=lobby.pk, kind="anti_counterfeit", by=by)
    give()
    assert may(lobby)
    services.withdraw_qualification(qualification=Qualification.objects.get(person=lobby).pk, by=by)
    assert not may(lobby)


def test_a_suspended_receiver_gets_nothing(give: Give, lobby: Staff, by: Actor) -> None:
    services.suspend_staff(person=lobby.pk, reason="x", by=by)
    with pytest.raises(NotAllowed):
        give()
    with pytest.raises(UnknownPerson):
        give(receiver=999_999)
    with pytest.raises(UnknownPerson):
        give(giver=999_999, by=by)


def test_the_receiver_is_of_the_unit_or_above_it(give: Give, bank: dict[str, Staff], by: Actor) -> None:
    neighbour = newcomer(by, branch=4)
    with pytest.raises(ReceiverElsewhere):
        give(receiver=neighbour.pk)
    give(receiver=bank["090501"].pk)
    give(receiver=bank["090101"].pk)
    assert may(bank["090501"])
    remote = {"giver": bank["090401"].pk, "by": services.actor_of(bank["090401"]), "branch": 0}
    with pytest.raises(ReceiverElsewhere):
        give(duty=Duty.AUTHORIZE_REMOTE, **remote)
    give(duty=Duty.AUTHORIZE_REMOTE, **remote | {"receiver": bank["090101"].pk})
    assert may(bank["090101"], branch=4, duty=Duty.AUTHORIZE_REMOTE)


def test_a_machine_receives_nothing(give: Give, by: Actor) -> None:
    machine = services.add_machine(number="990001", name="Core banking", branch=3, by=by)
    with pytest.raises(NotAllowed):
        give(receiver=machine.id)


def test_the_dates_have_an_order_a_beginning_and_a_longest_duration(give: Give) -> None:
    with pytest.raises(WrongDates):
        give(valid_until=today() - DAY)
    with pytest.raises(WrongDates):
        give(valid_from=today() - DAY)
    with pytest.raises(DelegationTooLong) as refused:
        give(valid_until=today() + 30 * DAY)
    assert refused.value.why.source
    give(valid_until=today() + 29 * DAY)


def test_what_may_be_delegated_and_how_long_is_the_banks_table(give: Give, lobby: Staff) -> None:
    with pytest.raises(DutyNotDelegable):
        give(duty=Duty.RULES_APPROVE)
    DelegableDuty.objects.create(duty=Duty.RULES_APPROVE, days=2, valid_from=today())
    with pytest.raises(DelegationTooLong):
        give(duty=Duty.RULES_APPROVE, valid_until=today() + 2 * DAY)
    give(duty=Duty.RULES_APPROVE)
    assert may(lobby, duty=Duty.RULES_APPROVE)
    DelegableDuty.objects.filter(duty=Duty.AUTHORIZE).update(valid_until=today() - DAY)
    with pytest.raises(DutyNotDelegable):
        give()


def test_the_same_is_not_delegated_twice_for_one_day(give: Give) -> None:
    give()
    for more in ({}, {"valid_from": today() + DAY, "valid_until": today() + 2 * DAY}):
        with pytest.raises(AlreadyDelegated):
            give(**more)
    give(valid_from=today() + 2 * DAY, valid_until=today() + 2 * DAY)
    give(duty=Duty.DAY_CLOSE)


def test_a_reason_is_needed(give: Give) -> None:
    for reason in ("", "  ", "x" * 201):
        with pytest.raises(Malformed):
            give(reason=reason)
    assert not Delegation.objects.exists()


def test_the_events_name_both_by_number_and_say_no_reason(
    give: Give, supervisor: Staff, lobby: Staff, by: Actor
) -> None:
    made = give(reason="a family matter")
    services.end_delegation(delegation=made, by=by)
    given, ended = Event.objects.filter(verb__startswith="people.delegation.").order_by("id")
    assert (given.verb, ended.verb) == ("people.delegation.given", "people.delegation.ended")
    for event in (given, ended):
        assert event.subject == f"person:{lobby.pk}"
        assert (event.data["giver"], event.data["delegation"], event.branch_id) == (supervisor.pk, made, 3)
    assert "family" not in str([given.data, ended.data])


def test_a_question_costs_one_query_and_two_for_who_acts_on_anothers_behalf(
    give: Give, supervisor: Staff, lobby: Staff, bank: dict[str, Staff]
) -> None:
    give()

    def cost(question: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as queries:
            question()
        return len(queries)

    asked = {"duty": Duty.AUTHORIZE, "branch": 3}
    assert cost(lambda: services.basis(person=supervisor.pk, **asked)) == 1
    assert cost(lambda: services.basis(person=lobby.pk, **asked)) == 2
    assert cost(lambda: services.people_with(duty=Duty.CASH, branch=3)) == 3
    assert cost(lambda: services.people_with(**asked)) == 4


@pytest.mark.parametrize(
    "broken",
    [
        {"ended_by": "person:1"},
        {"ended_at": datetime(2026, 1, 1).astimezone()},
        {"valid_until": date(2020, 1, 1)},
        {"duty": "juggling"},
        {"given_by": ""},
        {"reason": ""},
        {"branch_id": -1},
        {"receiver": "giver"},
    ],
)
def test_the_database_keeps_a_delegation_whole(
    supervisor: Staff, lobby: Staff, broken: dict[str, Any]
) -> None:
    good = {
        "giver": supervisor, "receiver": lobby, "duty": "authorize", "branch_id": 3, "reason": "r",
        "valid_from": today(), "valid_until": today(), "given_by": "person:1",
    }  # fmt: skip
    Delegation.objects.create(**good)
    if broken.get("receiver"):
        broken = {"receiver": supervisor}
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.create(**good | broken)
