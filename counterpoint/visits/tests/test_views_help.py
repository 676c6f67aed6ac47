"""Help on screen: the call with its context, what only the helper sees, how long it took."""

import pytest
from django.urls import reverse

from counterpoint.visits import operations, services
from counterpoint.visits.data import HelpState
from counterpoint.visits.operations import OperationWords
from counterpoint.visits.tests.bank import served
from counterpoint.visits.tests.web import HTMX, browser, refused, text

pytestmark = pytest.mark.django_db
FIELDS = {"account": "6299500003010000983", "amount": "1,409.50", "agent_name": "王五"}


@pytest.fixture
def wang(bank):
    return browser(bank.wang)


@pytest.fixture
def called(bank, wang):
    """Wang Fang has called, with a deposit half typed."""
    visit = served(bank)
    services.save_draft(visit=visit, operation="1101", fields=FIELDS, by=bank.wang)
    wang.post(reverse("visits:call"), {"page": "/desk/", "operation": "1101"}, headers=HTMX)
    return services.help_call_of(bank.wang.id)


def test_one_key_sends_the_screen_along(bank, called):
    assert (called.visit, called.operation, called.page) == (
        services.current_visit(bank.wang.id).id, "1101", "/desk/",
    )  # fmt: skip
    assert called.duty == "cash"


def test_the_duty_is_that_of_the_operation_or_of_seeing_customers(bank, wang, monkeypatch):
    monkeypatch.setattr(operations, "_sources", [lambda code: OperationWords(code, "Loans", "loans")])
    wang.post(reverse("visits:call"), {"page": "/desk/", "operation": "2101"}, headers=HTMX)
    assert services.help_call_of(bank.wang.id).duty == "loans"
    services.withdraw_help(call=services.help_call_of(bank.wang.id).id, by=bank.wang)
    wang.post(reverse("visits:call"), {"page": "/vault/"}, headers=HTMX)
    assert services.help_call_of(bank.wang.id).duty == "customer_view"


@pytest.mark.parametrize("page", ["", "//evil.example/", "https://evil.example/", "x" * 201])
def test_a_call_from_nowhere_is_refused(bank, wang, page):
    answer = wang.post(reverse("visits:call"), {"page": page}, headers=HTMX)
    assert answer.status_code == 422
    assert services.help_call_of(bank.wang.id) is None


def test_only_who_has_joined_sees_the_askers_screen(bank, wang, called):
    page, li = reverse("visits:help", args=[called.id]), browser(bank.li)
    before = text(li.get(page))
    assert "1,409.50" not in before
    assert "张**" not in before
    assert li.post(reverse("visits:join", args=[called.id])).url == page
    after = text(li.get(page))
    for words in ("1,409.50", "6299500003010000983", "张**", "王*"):
        assert words in after
    for words in ("王五", "张三丰", "11010519491231002X"):
        assert words not in after
    chen = text(browser(bank.chen).get(page))
    assert "1,409.50" not in chen
    late = browser(bank.chen).post(reverse("visits:join", args=[called.id]), headers=HTMX)
    assert (late.status_code, refused(late)) == (409, "help_taken")


def test_the_helper_sees_in_which_field_the_asker_is(bank, wang, called):
    li = browser(bank.li)
    li.post(reverse("visits:join", args=[called.id]))
    presence = reverse("visits:presence", args=[called.visit])
    assert wang.post(presence, {"field": "1101.amount"}, content_type="application/json").status_code == 204
    shown = text(li.get(reverse("visits:help", args=[called.id])))
    assert 'class="is-at" data-field="amount"' in shown
    assert bank.li.id in [one.person for one in services.onlookers(called.visit)]


def test_take_over_moves_the_visit_to_the_helpers_desk(bank, called):
    li = browser(bank.li)
    li.post(reverse("visits:join", args=[called.id]))
    assert "/take-over/" in text(li.get(reverse("visits:help", args=[called.id])))
    assert li.post(reverse("visits:take_over", args=[called.id])).url == "/"
    serving = services.visit(called.visit).serving
    assert (serving.person, serving.desk) == (bank.li.id, bank.li.desk)
    assert "/take-over/" not in text(li.get(reverse("visits:help", args=[called.id])))


def test_at_its_end_it_is_said_how_long_the_asker_waited(bank, called):
    li = browser(bank.li)
    li.post(reverse("visits:join", args=[called.id]))
    done = li.post(reverse("visits:end_help", args=[called.id]), headers=HTMX)
    assert "until somebody came" in done.headers["HX-Trigger"]
    assert services.help_call(called.id).state is HelpState.ENDED


def test_the_asker_withdraws_as_long_as_nobody_has_come(bank, wang, called):
    wang.post(reverse("visits:withdraw_help", args=[called.id]), headers=HTMX)
    assert services.help_call(called.id).state is HelpState.WITHDRAWN
    assert browser(bank.li).post(reverse("visits:join", args=[called.id]), headers=HTMX).status_code == 409


def test_another_branch_knows_nothing_of_it(bank, called):
    far = browser(bank.far)
    assert far.get(reverse("visits:help", args=[called.id])).status_code == 404
    assert far.post(reverse("visits:join", args=[called.id])).status_code == 404


def test_the_inbox_shows_the_calls_that_one_could_answer(bank, called):
    assert f"help-{called.id}" in text(browser(bank.li).get(reverse("visits:inbox")))
    # Who has no cash duty cannot help with a deposit.
    assert f"help-{called.id}" not in text(browser(bank.zhao).get(reverse("visits:inbox")))
