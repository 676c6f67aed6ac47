"""The customer's own phone 预填码: one visit, for a while, a draft and nothing else."""

from datetime import timedelta

import pytest
from django.db import connection

from counterpoint.kit import clock
from counterpoint.kit.models import Event
from counterpoint.visits import services
from counterpoint.visits.data import (
    DraftChanged,
    DraftRefused,
    DraftSource,
    PassRefused,
    VisitState,
)
from counterpoint.visits.models import Pass
from counterpoint.visits.tests.bank import BRANCH, served

pytestmark = pytest.mark.django_db
TYPED = {"amount": "500.00", "narrative": "李四房租"}


@pytest.fixture
def visit(bank):
    return services.open_visit(branch=BRANCH, by=bank.liu, party=bank.customer).id


def issue(visit, bank):
    return services.issue_pass(visit=visit, by=bank.liu)


def fill(token, fields=TYPED, operation="1201"):
    return services.pre_fill(token=token, operation=operation, fields=fields)


def refused(token):
    """Reading and writing are refused alike, with the same words."""
    said = set()
    for act in (lambda: services.pass_of(token), lambda: fill(token)):
        with pytest.raises(PassRefused) as refusal:
            act()
        said.add(str(refusal.value))
    assert len(said) == 1
    return said.pop()


def test_the_phone_fills_a_draft_and_nothing_else(bank, visit):
    view, token = issue(visit, bank)
    assert services.pass_of(token) == services.live_pass(visit) == view
    made = fill(token)
    assert (made.source, made.person, made.fields, made.confirmed) == (
        DraftSource.CUSTOMER, None, TYPED, frozenset(),
    )  # fmt: skip
    assert services.unconfirmed(made) == ["amount"]
    assert services.visit(visit).state is VisitState.WAITING
    again = fill(token, TYPED | {"amount": "600.00"})
    assert (again.version, again.fields["amount"]) == (2, "600.00")
    event = Event.objects.filter(verb="visits.draft.pre_filled").latest("id")
    assert (event.branch_id, event.actor, event.correlation) == (
        BRANCH, "system:0", services.visit(visit).key,
    )  # fmt: skip
    assert "李四" not in str(event.data)


def test_the_token_is_kept_nowhere(bank, visit):
    _view, token = issue(visit, bank)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(p)::text FROM visits_pass p")
        assert token not in cursor.fetchone()[0]
    assert token not in str(list(Event.objects.values_list("data", "subject")))


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 10_000, "汉" * 43, "a\x00b", None, 7])
def test_a_forged_token_is_nothing(bank, visit, token):
    issue(visit, bank)
    refused(token)


def test_all_that_is_over_is_over_in_the_same_words(bank, visit, monkeypatch):
    said = {refused("x" * 43)}
    _view, first = issue(visit, bank)
    _view, second = issue(visit, bank)
    said.add(refused(first))
    assert services.revoke_pass(visit=visit, by=bank.liu).revoked
    said.add(refused(second))
    _view, third = issue(visit, bank)
    services.finish(visit=visit, by=bank.liu)
    said.add(refused(third))
    other = services.open_visit(branch=BRANCH, by=bank.liu).id
    _view, fourth = issue(other, bank)
    Pass.objects.filter(visit=other).update(uses=30)
    said.add(refused(fourth))
    _view, fifth = issue(other, bank)
    moment = clock.now() + timedelta(minutes=31)
    monkeypatch.setattr(clock, "now", lambda: moment)
    said.add(refused(fifth))
    assert services.live_pass(other) is None
    assert len(said) == 1


def test_what_the_bank_has_begun_the_phone_no_longer_touches(bank, visit):
    _view, token = issue(visit, bank)
    first = fill(token)
    services.serve(visit=visit, by=bank.wang)
    services.save_draft(
        visit=visit, operation="1201", fields=TYPED | {"amount": "1.00"}, version=first.version, by=bank.wang
    )
    with pytest.raises(DraftChanged):
        fill(token, TYPED | {"amount": "9.00"})
    assert services.draft(visit, "1201").fields["amount"] == "1.00"
    assert services.unconfirmed(services.draft(visit, "1201")) == []
    assert fill(token, operation="1101").operation == "1101"


def test_a_draft_begun_at_the_counter_is_not_the_phones(bank):
    visit = served(bank)
    services.save_draft(visit=visit, operation="1201", fields={"amount": "1.00"}, by=bank.wang)
    _view, token = issue(visit, bank)
    with pytest.raises(DraftChanged):
        fill(token)


@pytest.mark.parametrize(
    "fields",
    [{f"f{n}": "x" for n in range(61)}, {"a": "x" * 501}, {"a": "\x00"}, {"pin": "1"}, ["a"], {"a": []}],
)
def test_the_phone_is_bound_as_the_counter_is(bank, visit, fields):
    _view, token = issue(visit, bank)
    with pytest.raises(DraftRefused):
        fill(token, fields)
    assert services.drafts_of(visit) == []


def test_a_pass_writes_so_often_and_no_more(bank, visit):
    _view, token = issue(visit, bank)
    Pass.objects.update(uses=29)
    fill(token)
    refused(token)
    assert services.draft(visit, "1201").version == 1


def test_nobody_revokes_what_is_not_there(bank, visit):
    with pytest.raises(PassRefused):
        services.revoke_pass(visit=visit, by=bank.liu)
