"""Drafts 草稿: bounded, without secrets, and never overwritten silently."""

import pytest
from django.db import connection

from counterpoint.kit.models import Event
from counterpoint.visits import services
from counterpoint.visits.data import (
    DraftChanged,
    DraftRefused,
    DraftSource,
    NotServing,
    UnknownDraft,
)
from counterpoint.visits.models import Draft
from counterpoint.visits.tests.bank import BRANCH, served

pytestmark = pytest.mark.django_db
TYPED = {"amount": "5000.00", "account": "6222", "agent": False}


@pytest.fixture
def visit(bank):
    return served(bank)


def save(visit, bank, fields=TYPED, **more):
    given = {"visit": visit, "operation": "1101", "fields": fields, "by": bank.wang} | more
    return services.save_draft(**given)


def test_what_was_typed_is_there_again(bank, visit):
    made = save(visit, bank)
    assert (made.version, made.fields, made.person, made.source) == (
        1,
        TYPED,
        bank.wang.id,
        DraftSource.TELLER,
    )
    second = save(visit, bank, TYPED | {"amount": "6000.00"}, version=1)
    assert (second.version, second.fields["amount"]) == (2, "6000.00")
    assert services.drafts_of(visit) == [second]


def test_a_stale_version_is_told_what_differs_and_from_whom(bank, visit):
    save(visit, bank)
    services.join(call=services.call_help(page="/", by=bank.wang, visit=visit).id, by=bank.li)
    save(visit, bank, TYPED | {"amount": "7000.00"}, version=1, by=bank.li)
    with pytest.raises(DraftChanged) as refused:
        save(visit, bank, TYPED | {"account": "6333"}, version=1)
    told = refused.value.details
    assert (told["fields"], told["person"], told["version"]) == (["account", "amount"], bank.li.id, 2)
    assert told["who"] == bank.li.name
    assert services.draft(visit, "1101").fields["amount"] == "7000.00"


def test_who_has_read_nothing_overwrites_nothing(bank, visit):
    save(visit, bank)
    with pytest.raises(DraftChanged):
        save(visit, bank, {"amount": "1.00"})


def test_the_same_again_is_no_second_event(bank, visit):
    first = save(visit, bank)
    assert save(visit, bank) == save(visit, bank, version=7) == first
    assert Event.objects.filter(verb="visits.draft.saved").count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {f"f{n}": "x" for n in range(61)},
        {"a": "x" * 501},
        {"a": "x" * 1_000_000},
        {"a": "x\x00y"},
        {"a\x00": "x"},
        {"a": "\ud800"},
        {"password": "123456"},
        {"card_pin": "123456"},
        {"x" * 41: "x"},
        {"a": 1.5},
        {"a": None},
        {"a": {"b": 1}},
        ["a"],
        None,
    ],
)
def test_what_a_draft_may_not_hold_is_refused_and_not_written(bank, visit, fields):
    with pytest.raises(DraftRefused):
        save(visit, bank, fields)
    assert not Draft.objects.exists()


@pytest.mark.parametrize("operation", ["", "x" * 17, "../..", "a\x00", None, "1101;"])
def test_an_operation_is_a_code(bank, visit, operation):
    with pytest.raises(DraftRefused):
        save(visit, bank, operation=operation)


def test_so_many_drafts_and_no_more(bank, visit):
    for number in range(20):
        save(visit, bank, operation=f"{1100 + number}")
    with pytest.raises(DraftRefused):
        save(visit, bank, operation="1999")


def test_only_who_serves_and_who_helps_write_while_it_is_served(bank, visit):
    with pytest.raises(NotServing):
        save(visit, bank, by=bank.li)
    made = services.call_help(page="/", by=bank.wang, visit=visit)
    with pytest.raises(NotServing):
        save(visit, bank, by=bank.li)
    services.join(call=made.id, by=bank.li)
    save(visit, bank, by=bank.li)
    services.end_help(call=made.id, by=bank.wang)
    with pytest.raises(NotServing):
        save(visit, bank, {"amount": "1.00"}, version=1, by=bank.li)


def test_what_the_lobby_filled_in_wants_the_tellers_confirmation(bank):
    visit = services.open_visit(branch=BRANCH, by=bank.liu, party=bank.customer).id
    first = save(visit, bank, by=bank.liu, source=DraftSource.LOBBY)
    assert services.unconfirmed(first) == ["amount", "account"]
    services.serve(visit=visit, by=bank.wang)
    # The teller types the amount anew, and that one needs no confirmation; the account still does.
    second = save(visit, bank, TYPED | {"amount": "9.00"}, version=1)
    assert services.unconfirmed(second) == ["account"]
    third = services.confirm_fields(visit=visit, operation="1101", names=["account"], version=2, by=bank.wang)
    assert services.unconfirmed(third) == []


def test_a_confirmed_field_that_changes_is_confirmed_no_more(bank):
    visit = services.open_visit(branch=BRANCH, by=bank.liu).id
    save(visit, bank, by=bank.liu, source=DraftSource.LOBBY)
    services.serve(visit=visit, by=bank.wang)
    services.confirm_fields(
        visit=visit, operation="1101", names=["amount", "account"], version=1, by=bank.wang
    )
    services.leave(by=bank.wang)
    changed = save(visit, bank, TYPED | {"amount": "1.00"}, version=1, by=bank.liu, source=DraftSource.LOBBY)
    assert changed.confirmed == {"account"}
    assert services.unconfirmed(changed) == ["amount"]


def test_nobody_confirms_what_has_changed_meanwhile(bank, visit):
    save(visit, bank)
    save(visit, bank, TYPED | {"amount": "9.00"}, version=1)
    with pytest.raises(DraftChanged):
        services.confirm_fields(visit=visit, operation="1101", names=["amount"], version=1, by=bank.wang)


def test_only_who_serves_confirms_and_only_what_is_there(bank, visit):
    save(visit, bank)
    with pytest.raises(NotServing):
        services.confirm_fields(visit=visit, operation="1101", names=["amount"], version=1, by=bank.li)
    with pytest.raises(DraftRefused):
        services.confirm_fields(visit=visit, operation="1101", names=["payee"], version=1, by=bank.wang)
    with pytest.raises(UnknownDraft):
        services.confirm_fields(visit=visit, operation="1102", names=["a"], version=1, by=bank.wang)


def test_a_draft_that_ended_is_wiped_and_not_brought_back(bank, visit):
    save(visit, bank)
    services.end_draft(visit=visit, operation="1101", by=bank.wang)
    assert services.drafts_of(visit) == []
    with pytest.raises(UnknownDraft):
        services.end_draft(visit=visit, operation="1101", by=bank.wang)
    with pytest.raises(UnknownDraft):
        save(visit, bank, {"amount": "1.00"}, version=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT fields::text FROM visits_draft")
        assert cursor.fetchall() == [("{}",)]
    assert save(visit, bank).version == 1
