"""Before the counter: the lobby, the pass and its code, and the page on the customer's own phone."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, NotAllowed
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import TicketChannel
from counterpoint.visits import services
from counterpoint.visits.data import Channel, DraftSource, PassRefused, VisitState
from counterpoint.visits.forms.prework import PREWORK
from counterpoint.visits.models import Draft
from counterpoint.visits.rules_screens import is_critical
from counterpoint.visits.tests.bank import BRANCH, served
from counterpoint.visits.tests.web import HTMX, browser, text

pytestmark = pytest.mark.django_db
TRANSFER = {"operation": "1201", "payee": "6299 5000 0301 0000 983", "amount": "1,234.00"}


@pytest.fixture
def liu(bank):
    """Liu Yang in the lobby."""
    return browser(bank.liu)


@pytest.fixture
def visit(bank):
    return services.open_visit(
        branch=BRANCH, party=bank.customer, reason="transfer", channel=Channel.LOBBY, by=bank.liu
    )


@pytest.fixture
def phone():
    """Nobody of the bank, and no session."""
    return Client(headers={"Accept-Language": "en"}, enforce_csrf_checks=True)


@pytest.fixture
def address(bank, visit):
    _made, token = services.issue_pass(visit=visit.id, by=bank.liu)
    return reverse("visits:pre", args=[token])


def send(phone, address, form):
    page = text(phone.get(address, {"operation": form["operation"]}))
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
    return phone.post(address, form | {"csrfmiddlewaretoken": token})


def test_a_visit_begins_in_the_lobby(bank, liu):
    answer = liu.post(reverse("visits:lobby"), {"reason": "loan", "party": bank.customer}, headers=HTMX)
    assert answer.status_code == 200
    (made,) = services.open_visits(BRANCH)
    assert (made.reason, made.party, made.channel, made.state) == (
        "loan", bank.customer, Channel.LOBBY, VisitState.WAITING,
    )  # fmt: skip
    liu.post(reverse("visits:lobby"), {"reason": "cash"}, headers=HTMX)
    assert services.open_visits(BRANCH)[1].party is None
    assert liu.post(reverse("visits:lobby"), {"reason": "nothing"}, headers=HTMX).status_code == 422


def test_the_lobby_lists_who_waits_and_who_is_served(bank, liu, visit):
    served(bank, party=bank.other)
    shown = text(liu.get(reverse("visits:lobby")))
    assert f'data-row="visit-{visit.id}"' in shown
    assert "张**" in shown
    assert "张三丰" not in shown
    assert "Wang Fang" in shown
    liu.post(reverse("visits:finish", args=[visit.id]), headers=HTMX)
    assert services.visit(visit.id).state is VisitState.ENDED


def test_the_lobby_fills_in_a_draft_that_wants_confirming(bank, liu, visit):
    page = reverse("visits:pre_fill_form", args=[visit.id, "1201"])
    assert 'name="payee"' in text(liu.get(page, headers=HTMX))
    wrong = liu.post(page, {"payee": "abc", "amount": "0"}, headers=HTMX)
    assert wrong.status_code == 422
    assert "is-invalid" in text(wrong)
    liu.post(page, {"payee": "62995000", "amount": "5"}, headers=HTMX)
    liu.post(page, {"payee": "62995000", "amount": "6"}, headers=HTMX)
    draft = services.draft(visit.id, "1201")
    assert (draft.source, draft.fields) == (DraftSource.LOBBY, {"payee": "62995000", "amount": "6"})
    assert services.unconfirmed(draft) == ["payee", "amount"]


def test_the_pass_is_shown_once_as_a_code(bank, liu, visit):
    dialog = text(liu.post(reverse("visits:issue", args=[visit.id]), headers=HTMX))
    token = re.search(r"/visits/pre/([\w-]{20,})/code\.svg", dialog).group(1)
    picture = liu.get(reverse("visits:code", args=[token]))
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert b"<svg" in picture.content
    assert b"style=" not in picture.content
    assert Client().get(reverse("visits:code", args=[token])).status_code != 200
    assert liu.get(reverse("visits:code", args=["forged"])).status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_phone_fills_a_draft_and_nothing_else(bank, phone, visit, address, language):
    first = phone.get(address, headers={"Accept-Language": language})
    assert first.status_code == 200
    assert "no-store" in first.headers["Cache-Control"]
    done = send(phone, address, TRANSFER)
    assert done.status_code == 302
    draft = services.draft(visit.id, "1201")
    assert (draft.source, draft.person) == (DraftSource.CUSTOMER, None)
    assert draft.fields == {"payee": TRANSFER["payee"], "amount": "1,234.00"}
    assert services.unconfirmed(draft) == ["payee", "amount"]
    # Whoever opens the page afterwards learns nothing of what was sent, nor of whom it is about.
    after = text(phone.get(done.url)) + text(phone.get(address, {"operation": "1201"}))
    for secret in ("1,234", "6299", "983", "张", visit.number, "Wang", "Liu"):
        assert secret not in after


def test_the_phone_can_correct_what_it_sent_until_the_bank_has_begun(bank, phone, visit, address):
    send(phone, address, TRANSFER)
    send(phone, address, TRANSFER | {"amount": "99"})
    services.serve(visit=visit.id, by=bank.wang)
    draft = services.draft(visit.id, "1201")
    assert draft.fields["amount"] == "99"
    services.save_draft(
        visit=visit.id, operation="1201", fields=draft.fields | {"amount": "100"}, version=draft.version,
        by=bank.wang,
    )  # fmt: skip
    late = send(phone, address, TRANSFER)
    assert late.status_code == 409
    assert "The bank has begun" in text(late)
    assert services.draft(visit.id, "1201").fields["amount"] == "100"


@pytest.mark.parametrize(
    "form", [{"amount": "0"}, {"amount": "-3"}, {"amount": "abc"}, {"payee": ""}, {"payee": "<script>"},
             {"narrative": "字" * 61}],
)  # fmt: skip
def test_what_is_typed_wrong_stays_on_the_page(phone, visit, address, form):
    answer = send(phone, address, TRANSFER | form)
    assert answer.status_code == 422
    assert "has-error" in text(answer)
    assert services.drafts_of(visit.id) == []


def test_without_its_token_of_the_form_nothing_is_taken(phone, visit, address):
    assert phone.post(address, TRANSFER).status_code == 403
    assert services.drafts_of(visit.id) == []


def test_an_unknown_operation_is_only_the_choice_again(phone, visit, address):
    assert "What would you like to do?" in text(phone.get(address, {"operation": "1501"}))
    answer = send(phone, address, TRANSFER) and phone.get(address, {"operation": "1202"})
    assert 'name="payee_name"' not in text(answer)


def test_one_page_for_every_reason_why_a_pass_does_not_hold(bank, phone, visit, address, monkeypatch):
    forged = phone.get(reverse("visits:pre", args=["forged"]))
    assert (forged.status_code, "This page is closed" in text(forged)) == (404, True)
    later = clock.now() + timedelta(hours=2)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: later)
        assert phone.get(address).status_code == 404
    assert phone.get(address).status_code == 200
    services.issue_pass(visit=visit.id, by=bank.liu)
    assert phone.get(address).status_code == 404


def test_the_fields_are_those_of_the_counters_own_forms(bank):
    from counterpoint.visits.operations import operation_words

    for code, (form, _words, _icon) in PREWORK.items():
        known = set(operation_words(code).labels)
        assert set(form().fields) <= known, code
        assert any(is_critical(name) for name in form().fields) or code == "1301"


@pytest.fixture
def number(bank):
    """A number for a transfer, taken at the kiosk."""
    return lobby.take_ticket(
        branch=BRANCH, service="transfer", channel=TicketChannel.KIOSK, by=lobby.self_service(BRANCH)
    )


def test_the_page_of_a_number_leads_to_the_forms_of_its_service(bank, phone, number):
    own = text(phone.get(reverse("lobby:phone", args=[number.token])))
    there = reverse("visits:pre_number", args=[number.token])
    assert there in own
    page = text(phone.get(there))
    assert "Transfer within the bank" in page
    assert "Pay in cash" not in page
    assert 'name="payee"' not in text(phone.get(there, {"operation": "1101"}))
    enquiry = lobby.take_ticket(
        branch=BRANCH, service="query", channel=TicketChannel.KIOSK, by=lobby.self_service(BRANCH)
    )
    assert "visits/pre" not in text(phone.get(reverse("lobby:phone", args=[enquiry.token])))


def test_what_a_number_filled_in_waits_at_the_desk_and_wants_confirming(bank, phone, number):
    there = reverse("visits:pre_number", args=[number.token])
    assert send(phone, there, TRANSFER).status_code == 302
    assert lobby.ticket(number.ticket.key, by=bank.wang).prework == ("1201",)
    assert "Filled in" in text(phone.get(reverse("lobby:phone", args=[number.token])))
    visit = services.visit_of_ticket(ticket=number.ticket.key, by=bank.wang)
    assert (visit.opened, visit.label) == (None, number.ticket.label)
    draft = services.draft(visit.id, "1201")
    assert (draft.source, draft.person) == (DraftSource.CUSTOMER, None)
    assert services.unconfirmed(draft) == ["payee", "amount"]
    assert "1,234" not in text(phone.get(there, {"operation": "1201"}))


def test_a_number_that_was_called_or_left_fills_nothing(bank, phone, number):
    there = reverse("visits:pre_number", args=[number.token])
    send(phone, there, TRANSFER)
    lobby.open_window(desk=bank.wang.desk, by=SYSTEM)
    services.call_next(by=bank.wang)
    visit = services.begin(by=bank.wang)
    late = phone.get(there)
    assert (late.status_code, "This page is closed" in text(late)) == (404, True)
    with pytest.raises(PassRefused):
        services.pre_fill_number(token=number.token, operation="1201", fields={"amount": "9"})
    assert services.draft(visit.id, "1201").fields["amount"] == "1,234.00"
    assert phone.get(reverse("visits:pre_number", args=["forged"])).status_code == 404


def test_the_visit_of_who_filled_in_and_left_ends_with_the_number(bank, phone, number):
    send(phone, reverse("visits:pre_number", args=[number.token]), TRANSFER)
    lobby.leave_by_phone(token=number.token)
    assert services.end_left() == 1
    assert services.open_visits(BRANCH) == []


def test_a_page_sends_so_often_and_no_more(bank, phone, number):
    there = reverse("visits:pre_number", args=[number.token])
    send(phone, there, TRANSFER)
    Draft.objects.update(version=30)
    more = send(phone, there, TRANSFER | {"amount": "7"})
    assert more.status_code == 404
    assert "Too much was sent" in text(more)


def test_nobody_opens_a_visit_without_a_number_in_the_systems_name(bank):
    with pytest.raises(NotAllowed):
        services.open_visit(branch=BRANCH, by=lobby.self_service(BRANCH))
