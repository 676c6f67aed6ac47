"""The counter's screens over HTTP: fragments, pages, approval at the desk, papers."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from counterpoint.kit import clock
from counterpoint.teller import models
from counterpoint.teller import services as teller

from .conftest import balance, deposit, serve, spread

HTMX = {"HX-Request": "true"}


@pytest.fixture
def web(bank):
    """A browser of Wang Fang at desk 01."""
    client = Client()
    client.force_login(
        get_user_model().objects.get(pk=bank.maker.id), backend="django.contrib.auth.backends.ModelBackend"
    )
    session = client.session
    session["branch"], session["desk"] = 3, bank.maker.desk
    session.save()
    return client


def key_in(page):
    return re.search(r'name="idempotency_key" value="([^"]+)"', page.content.decode()).group(1)


def quoted(web, customer, amount="100.00", **more):
    opened = web.get(reverse("teller:operation", args=["1101"]), headers=HTMX)
    minor = int(amount.replace(".", "").replace(",", ""))
    faces = {f"faces_{face}": count for face, count in spread(minor).items()}
    form = {"account": customer.number, "amount": amount, "idempotency_key": key_in(opened)} | faces | more
    return web.post(reverse("teller:quote", args=["1101"]), form, headers=HTMX)


def post(web, page):
    address = re.search(r'hx-post="([^"]*confirmation/)"', page.content.decode()).group(1)
    return web.post(address, {"idempotency_key": key_in(page)}, headers=HTMX)


@pytest.mark.parametrize("code", sorted(teller.OPERATIONS))
@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_operation_has_its_form_as_page_and_as_fragment(web, code, headers, language):
    page = web.get(reverse("teller:operation", args=[code]), headers=headers | {"Accept-Language": language})
    text = page.content.decode()
    assert page.status_code == 200
    assert teller.OPERATIONS[code].name(language) in text
    assert ("<html" in text) == (not headers)
    assert 'name="idempotency_key"' in text


def test_an_unknown_operation_is_not_found(web):
    assert web.get("/teller/operations/9999/").status_code == 404


def test_nobody_enters_without_signing_in(bank):
    assert Client().get(reverse("teller:operation", args=["1101"])).status_code in (302, 401, 403)


def test_from_form_to_receipt(web, bank):
    page = quoted(web, bank.zhang)
    assert page.status_code == 200
    assert "100.00" in page.content.decode()
    done = post(web, page)
    assert done.status_code == 200
    assert balance(bank.zhang) == 100_00
    (receipt,) = teller.receipts(branch=3)
    assert receipt.number in done.content.decode()
    assert "toast" in done.headers["HX-Trigger"]
    again = post(web, page)
    assert receipt.number in again.content.decode()
    assert balance(bank.zhang) == 100_00


@pytest.mark.parametrize("amount", ["", "0", "-5", "abc", "1.001", "99999999999999999999"])
def test_a_wrong_amount_is_said_beside_its_field_and_nothing_is_lost(web, bank, amount):
    page = web.post(
        reverse("teller:quote", args=["1101"]),
        {"account": bank.zhang.number, "amount": amount, "narrative": "工资", "idempotency_key": "0" * 32},
        headers=HTMX,
    )
    text = page.content.decode()
    assert page.status_code == 422
    assert "has-error" in text
    assert "工资" in text
    assert not models.Quote.objects.exists()


def test_a_refusal_keeps_the_form_and_says_why(web, bank):
    page = web.post(
        reverse("teller:quote", args=["1102"]),
        {"account": bank.zhang.number, "amount": "10", "narrative": "买菜", "idempotency_key": "0" * 32},
        headers=HTMX,
    )
    text = page.content.decode()
    assert page.status_code == 409
    assert 'data-refusal="insufficient_funds"' in text
    assert "支取不得超过可用余额" in text
    assert "ledger.floor" not in text
    assert "买菜" in text


def test_a_password_is_never_sent_back(web, bank):
    page = web.post(
        reverse("teller:quote", args=["1102"]),
        {"account": bank.zhang.number, "amount": "10", "password": "258147", "idempotency_key": "0" * 32},
        headers=HTMX,
    )
    assert "258147" not in page.content.decode()


def big(web, bank):
    return quoted(web, bank.zhang, "60,000.00", id_checked="on", id_copied="on")


def approve(web, page, number, password="counterpoint"):
    address = re.search(r'hx-post="([^"]*approval/)"', page.content.decode()).group(1)
    return web.post(address, {"number": number, "password": password, "code": ""}, headers=HTMX)


def test_a_second_person_approves_in_the_dialog_and_then_it_posts(web, bank):
    page = big(web, bank)
    text = page.content.decode()
    assert "approval-dialog" in text
    assert "60,000.00" in text
    answer = approve(web, page, "080201")
    assert answer.status_code == 200
    assert "张伟" in answer.content.decode()
    assert "approval-dialog" not in answer.content.decode()
    assert web.session["_auth_user_id"] == str(bank.maker.id)
    assert post(web, answer).status_code == 200
    assert balance(bank.zhang) == 60_000_00


def test_when_the_centre_is_silent_a_supervisor_of_the_branch_signs_here(web, bank, monkeypatch):
    """The rule asks the centre first; whose turn it is then is the branch's own supervisor's."""
    funds = {"account": bank.zhang.number, "amount": 250_000_00, "faces": spread(250_000_00)}
    rich = teller.quote(operation="1101", form=funds | {"id_checked": True, "id_copied": True}, by=bank.maker)
    given = teller.approve(quote=rich.id, approver=bank.supervisor)
    teller.confirm(quote=rich.id, key=rich.key, by=bank.maker, approval=given.id)
    form = {"payer": bank.zhang.number, "payee": bank.li.number, "amount": 200_000_00}
    quote = teller.quote(operation="1201", form=form, by=bank.maker)
    teller.ask_approval(quote=quote.id, by=bank.maker)
    shown = reverse("teller:quote_shown", args=[quote.id])
    assert "approval-dialog" not in web.get(shown, headers=HTMX).content.decode()
    late = clock.now() + timedelta(seconds=200)
    monkeypatch.setattr(clock, "now", lambda: late)
    page = web.get(shown, headers=HTMX)
    assert "approval-dialog" in page.content.decode()
    assert approve(web, page, "080201").status_code == 200
    assert "approval-dialog" not in web.get(shown, headers=HTMX).content.decode()


@pytest.mark.parametrize(
    ("number", "password", "code"),
    [("080101", "counterpoint", "same_person"), ("080201", "wrong", "second_person_refused"),
     ("080102", "counterpoint", "not_allowed"), ("999999", "x", "second_person_refused")],
)  # fmt: skip
def test_a_failed_approval_stays_in_the_dialog(web, bank, number, password, code, settings):
    page = big(web, bank)
    answer = approve(web, page, number, password)
    text = answer.content.decode()
    assert answer.status_code == 403
    assert f'data-refusal="{code}"' in text
    assert "data-open-now" in text
    assert password not in text or password == "x"
    assert post(web, page).status_code == 409
    assert balance(bank.zhang) == 0


def test_cash_out_is_paid_on_the_receipt(web, bank):
    deposit(bank.zhang, 100_00, bank.maker)
    receipt = serve("1102", {"account": bank.zhang.number, "amount": 50_00}, bank.maker)
    shown = web.get(reverse("teller:receipt", args=[receipt.id]), headers=HTMX).content.decode()
    assert reverse("teller:payment", args=[receipt.id]) in shown
    paid = web.post(reverse("teller:payment", args=[receipt.id]), headers=HTMX)
    assert reverse("teller:payment", args=[receipt.id]) not in paid.content.decode()
    assert teller.receipt(receipt.id).paid


def test_the_paper_is_a_pdf_and_the_second_a_marked_copy(web, bank):
    receipt = deposit(bank.zhang, 100_00, bank.maker)
    for count in range(2):
        answer = web.post(reverse("teller:prints", args=[receipt.id]))
        assert answer.headers["Location"] == reverse("teller:paper", args=[receipt.id, count])
    paper = web.get(reverse("teller:paper", args=[receipt.id, 1]))
    assert paper.content.startswith(b"%PDF")
    assert web.get(reverse("teller:paper", args=[receipt.id, 7])).status_code == 404


def test_several_lines_are_entered_as_one_service(web, bank):
    opened = web.get(reverse("teller:operation", args=["1701"]), headers=HTMX)
    form = {
        "idempotency_key": key_in(opened), "lines-TOTAL_FORMS": 3, "lines-INITIAL_FORMS": 0,
        "lines-0-kind": "deposit", "lines-0-account": bank.zhang.number, "lines-0-amount": "100",
        "lines-1-kind": "fee", "lines-1-account": "", "lines-1-amount": "5",
        "lines-2-kind": "deposit", "lines-2-account": "", "lines-2-amount": "", "faces_10000": "1",
        "faces_500": "1",
    }  # fmt: skip
    page = web.post(reverse("teller:quote", args=["1701"]), form, headers=HTMX)
    assert page.status_code == 200, page.content.decode()
    assert post(web, page).status_code == 200
    assert balance(bank.zhang) == 100_00


def test_my_day_shows_the_entries_and_the_drawer(web, bank):
    receipt = deposit(bank.zhang, 100_00, bank.maker)
    text = web.get(reverse("teller:day"), headers=HTMX).content.decode()
    assert receipt.number in text
    assert "100.00" in text


def test_a_quote_is_given_up(web, bank):
    page = quoted(web, bank.zhang)
    address = re.search(r'hx-post="([^"]*cancellation/)"', page.content.decode()).group(1)
    assert web.post(address, headers=HTMX).status_code == 302
    assert post(web, page).status_code == 409
