"""Drafts over HTTP: what the page sends while somebody types, and what it is told of others."""

import json

import pytest
from django.urls import reverse

from counterpoint.visits import services
from counterpoint.visits.data import DraftSource
from counterpoint.visits.tests.bank import served
from counterpoint.visits.tests.web import browser, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def wang(bank):
    return browser(bank.wang)


@pytest.fixture
def visit(bank):
    return served(bank)


def address(visit, operation="1101"):
    return reverse("visits:draft", args=[visit, operation])


def save(client, visit, fields, version=0, confirmed=(), operation="1101"):
    body = {"version": version, "fields": fields, "confirmed": list(confirmed)}
    return client.post(address(visit, operation), body, content_type="application/json")


def test_each_change_has_its_version(bank, wang, visit):
    first = save(wang, visit, {"amount": "1"})
    assert first.json()["version"] == 1
    assert save(wang, visit, {"amount": "12"}, 1).json()["version"] == 2
    assert services.draft(visit, "1101").fields == {"amount": "12"}
    # The same again writes nothing, whatever version it names.
    assert save(wang, visit, {"amount": "12"}, 1).json()["version"] == 2


def test_a_stale_version_is_refused_with_the_fields_that_differ(bank, wang, visit):
    save(wang, visit, {"amount": "1", "narrative": "a"})
    services.save_draft(
        visit=visit, operation="1101", fields={"amount": "2", "narrative": "a"}, version=1, by=bank.wang
    )
    answer = save(wang, visit, {"amount": "3", "narrative": "a"}, 1)
    told = answer.json()
    assert (answer.status_code, told["code"]) == (409, "draft_changed")
    assert told["details"]["fields"] == ["amount"]
    assert services.draft(visit, "1101").fields["amount"] == "2"
    shown = text(wang.get(address(visit), {"fields": "amount,narrative"}))
    assert 'data-draft-version="2"' in shown
    assert 'data-draft-field="amount" data-draft-value="&quot;2&quot;"' in shown
    assert "Wang Fang" in shown
    assert save(wang, visit, {"amount": "3", "narrative": "a"}, 2).json()["version"] == 3


def test_what_the_teller_ticks_is_confirmed(bank, wang, visit):
    services.save_draft(
        visit=visit, operation="1201", source=DraftSource.LOBBY, by=bank.wang,
        fields={"payee": "62995000", "amount": "5", "narrative": "x"},
    )  # fmt: skip
    same = {"payee": "62995000", "amount": "5", "narrative": "x"}
    answer = save(wang, visit, same, 1, ["payee"], "1201")
    assert answer.json()["confirmed"] == ["payee"]
    assert services.unconfirmed(services.draft(visit, "1201")) == ["amount"]
    # What the teller types needs no second look, and what nobody knows is no field.
    typed = save(wang, visit, same | {"amount": "6"}, 1, ["nothing"], "1201").json()
    assert typed["confirmed"] == ["amount", "payee"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"x", b"[]", b'{"fields": 1}', b'{"version": "1", "fields": {}}',
        b'{"version": -1, "fields": {}}',
        b'{"version": 0, "fields": {"password": "1"}}', b'{"version": 0, "fields": {"a": {}}}',
        b'{"version": 0, "fields": {"a": "\\u0000"}}',
        b'{"version": 0, "fields": {"a": "1"}, "confirmed": 1}',
        json.dumps({"version": 0, "fields": {"a": "x" * 501}}).encode(),
        json.dumps({"version": 0, "fields": {f"f{n}": "1" for n in range(61)}}).encode(),
        b" " * 200_001,
    ],
)  # fmt: skip
def test_what_is_no_draft_is_refused(wang, visit, body):
    answer = wang.post(address(visit), body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_who_does_not_serve_does_not_write(bank, visit):
    li = browser(bank.li)
    answer = save(li, visit, {"amount": "1"})
    assert (answer.status_code, answer.json()["code"]) == (403, "visit_not_serving")
    assert li.get(address(visit), {"fields": "amount"}).status_code == 403
    assert save(browser(bank.far), visit, {"amount": "1"}).status_code == 404


def test_a_draft_that_has_ended_is_not_brought_back_by_a_late_key(bank, wang, visit):
    save(wang, visit, {"amount": "1"})
    services.end_draft(visit=visit, operation="1101", by=bank.wang)
    assert save(wang, visit, {"amount": "12"}, 1).status_code == 404
    assert services.drafts_of(visit) == []
    assert save(wang, visit, {"amount": "3"}).json()["version"] == 1


def test_presence_is_told_field_by_field_and_ends(bank, visit):
    li = browser(bank.li)
    presence = reverse("visits:presence", args=[visit])
    li.post(presence, {"field": "1101.amount"}, content_type="application/json")
    assert [one.field for one in services.onlookers(visit)] == ["1101.amount"]
    wrong = li.post(presence, {"field": "x" * 41}, content_type="application/json")
    assert wrong.status_code == 422
    li.post(presence, {"gone": True}, content_type="application/json")
    assert services.onlookers(visit) == []
    services.finish(visit=visit, by=bank.wang)
    assert li.post(presence, {"field": ""}, content_type="application/json").status_code == 204
    assert services.onlookers(visit) == []
