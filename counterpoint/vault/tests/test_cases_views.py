"""Screens of bookings, damaged notes and counterfeit money over HTTP: pages, fragments, the second person."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from counterpoint.vault import services as vault
from counterpoint.vault.data import BookingState, CounterfeitState, Damage, Holder, Seized
from counterpoint.vault.models_cases import CounterfeitCase, DamagedExchange
from counterpoint.vault.tests.bank import BRANCH
from counterpoint.vault.tests.cases_bank import with_customer

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
LI = {"second_number": "080102", "second_password": "counterpoint"}


@pytest.fixture
def bank():
    return with_customer()


def browser(bank, number="080101"):
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(
        get_user_model().objects.get(username=number), backend="django.contrib.auth.backends.ModelBackend"
    )
    session = client.session
    session["branch"] = BRANCH
    session.save()
    return client


@pytest.fixture
def web(bank):
    """A browser of Wang Fang, who holds a box."""
    return browser(bank)


def key_in(page):
    return re.search(r'name="idempotency_key" value="([^"]+)"', page.content.decode()).group(1)


def rows(*lines, total=5):
    form = {"notes-TOTAL_FORMS": str(total), "notes-INITIAL_FORMS": str(total)}
    for at in range(total):
        line = lines[at] if at < len(lines) else {"pieces": "1", "currency": "CNY", "making": "machine"}
        form |= {f"notes-{at}-{name}": value for name, value in line.items()}
    return form


def fake(serial="HD90123456", **more):
    return {"currency": "CNY", "face": "100", "serial": serial, "pieces": "1", "making": "machine"} | more


def torn(**more):
    return {"face": "10000", "pieces": "2", "left": "80"} | more


def places(bank):
    """Every page of the three, with something on it."""
    booking = vault.book_cash(
        party=bank.party, account=bank.account, amount=20_000_000, day=bank.tomorrow, by=bank.wang
    )
    exchange = vault.exchange_damaged(
        notes=[Damage("10000", 1, 80), Damage("5000", 1, 60)], by=bank.wang, second=bank.li
    )
    case = vault.seize_counterfeits(
        notes=[Seized("CNY", "", "10000", f"HD9012345{at}") for at in range(5)], holder=Holder("张三丰"),
        by=bank.wang, second=bank.li,
    )  # fmt: skip
    return [
        reverse("vault:bookings"), reverse("vault:booking", args=[booking.id]), reverse("vault:booking_new"),
        reverse("vault:booking_new") + f"?q={bank.number}", reverse("vault:damaged"),
        reverse("vault:exchange_new"), reverse("vault:exchange", args=[exchange.id]),
        reverse("vault:counterfeits"), reverse("vault:counterfeit_new"),
        reverse("vault:counterfeit", args=[case.id]), reverse("vault:counterfeits") + "?q=HD9&state=seized",
        reverse("vault:bookings") + f"?day={bank.tomorrow}", reverse("vault:bookings") + "?day=2026-99-99",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_every_page_as_page_and_as_fragment(bank, web, language, headers):
    for place in places(bank):
        page = web.get(place, headers=headers | {"Accept-Language": language})
        assert page.status_code == 200, place
        text = page.content.decode()
        assert "style=" not in text.partition("<main")[2]
        assert "19491231" not in text


def test_a_customer_manager_sees_none_of_it(bank):
    stranger = browser(bank, "080401")
    for place in places(bank):
        assert stranger.get(place).status_code == 403, place


def test_a_booking_is_found_made_and_cancelled(bank, web):
    new = reverse("vault:booking_new")
    assert "no customer" in web.get(new + "?q=nobody").content.decode()
    opened = web.get(new + f"?q={bank.number}")
    form = {
        "q": bank.number, "idempotency_key": key_in(opened), "account": bank.account, "amount": "300,000",
        "day": bank.tomorrow.isoformat(), "purpose": "购房",
    }  # fmt: skip
    wrong = web.post(new, form | {"faces_10000": "1"}, headers=HTMX)
    assert wrong.status_code == 422
    assert "faces_do_not_sum" in wrong.content.decode()
    for bad in ({"amount": "abc"}, {"day": "soon"}, {"faces_10000": "-1"}, {"account": "1"}):
        assert web.post(new, form | bad).status_code == 422
    made = web.post(new, form, headers=HTMX)
    (booking,) = vault.bookings_of(branch=BRANCH)
    assert made["HX-Redirect"] == reverse("vault:booking", args=[booking.id])
    assert booking.faces == {"10000": 3000}
    cancel = reverse("vault:booking_cancel", args=[booking.id])
    assert web.post(cancel, {"reason": ""}).status_code == 422
    assert web.post(cancel, {"reason": "客户取消"}).status_code == 302
    assert vault.booking(booking.id).state is BookingState.CANCELLED
    again = web.post(cancel, {"reason": "客户取消"}, headers=HTMX)
    assert again.status_code == 409
    assert "booking_ended" in again.content.decode()


def test_damaged_notes_are_judged_first_and_paid_when_the_second_person_signed(bank, web):
    new = reverse("vault:exchange_new")
    form = {"idempotency_key": key_in(web.get(new)), "customer": "张三丰"} | rows(torn())
    judged = web.post(new, form, headers=HTMX).content.decode()
    assert "data-open-now" in judged
    assert "200.00" in judged
    assert not DamagedExchange.objects.exists()
    refused = web.post(new, form | LI | {"second_password": "wrong"}, headers=HTMX)
    assert refused.status_code == 403
    assert "data-open-now" in refused.content.decode()
    assert 'wrong"' not in refused.content.decode()
    done = web.post(new, form | LI, headers=HTMX)
    (exchange,) = vault.damaged_exchanges(branch=BRANCH)
    assert done["HX-Redirect"] == reverse("vault:exchange", args=[exchange.id])
    web.post(new, form | LI)
    assert DamagedExchange.objects.count() == 1
    slip = web.get(reverse("vault:exchange_paper", args=[exchange.id]))
    assert slip.content.startswith(b"%PDF")


def test_rows_that_are_wrong_say_so_beside_themselves(bank, web):
    new = reverse("vault:exchange_new")
    form = {"idempotency_key": key_in(web.get(new))}
    for bad in (torn(face=""), torn(left=""), torn(left="101"), torn(pieces="-1"), torn(face="20000")):
        page = web.post(new, form | rows(bad), headers=HTMX)
        assert page.status_code == 422
        assert "c-error" in page.content.decode()
    assert web.post(new, form | rows(), headers=HTMX).status_code == 422
    assert web.post(new, form, headers=HTMX).status_code == 422
    more = web.post(new, form | rows(torn(left="")) | {"more": "1"}, headers=HTMX).content.decode()
    assert more.count('name="notes-') > 9 * 5
    assert 'value="2"' in more


def test_half_notes_are_handed_in_by_two(bank, web):
    vault.exchange_damaged(notes=[Damage("10000", 1, 60)], by=bank.wang, second=bank.li)
    place = reverse("vault:half_notes")
    assert web.post(place, {}, headers=HTMX).status_code == 403
    assert web.post(place, LI).status_code == 302
    assert vault.half_notes(branch=BRANCH) == ([], 0)


def test_a_seizure_from_the_form_to_the_certificate(bank, web):
    new = reverse("vault:counterfeit_new")
    form = {
        "idempotency_key": key_in(web.get(new)), "holder": "张三丰", "identity_kind": "resident_id",
        "identity": "11010519491231002X", "uncooperative": "on",
    } | rows(fake(), fake("", face="1", coin="on", bag="B-7", pieces="3"))  # fmt: skip
    shown = web.post(new, form, headers=HTMX).content.decode()
    assert "Report at once" in shown
    assert "110" in shown
    assert not CounterfeitCase.objects.exists()
    assert web.post(new, form | LI | {"second_number": "080101"}, headers=HTMX).status_code == 403
    assert web.post(new, form | LI | {"second_number": "080201"}, headers=HTMX).status_code == 403
    web.post(new, form | LI)
    web.post(new, form | LI)
    (case,) = vault.counterfeit_cases(branch=BRANCH)
    assert case.pieces == 4
    prints = reverse("vault:counterfeit_prints", args=[case.id])
    original, copy = web.post(prints, follow=True), web.post(prints, follow=True)
    assert original.content.startswith(b"%PDF")
    assert copy.content.startswith(b"%PDF")
    assert original.content != copy.content
    assert vault.counterfeit_case(case.id).prints == 2
    late = reverse("vault:counterfeit_paper", args=[case.id, 7])
    assert web.get(late).status_code == 404


@pytest.mark.parametrize(
    "bad",
    [
        {"holder": ""},
        {"identity": "110105194912310021"},
        {"identity": "9" * 500},
        {"idempotency_key": "x"},
        rows(fake(serial="!!")),
        rows(fake(serial="")),
        rows(fake(face="abc")),
        rows(fake(face="-100")),
        rows(fake(face="3")),
        rows(fake(pieces="0")),
        rows(fake(currency="USD")),
        rows(fake(), fake()),
        rows(fake("", face="")),
    ],
)
def test_a_seizure_that_cannot_be_is_refused_in_words(bank, web, bad):
    new = reverse("vault:counterfeit_new")
    form = {"idempotency_key": key_in(web.get(new)), "holder": "张三", "identity_kind": "resident_id"}
    page = web.post(new, form | rows(fake()) | bad | LI, headers=HTMX)
    assert page.status_code == 422
    assert "c-error" in page.content.decode() or "data-refusal" in page.content.decode()
    assert not CounterfeitCase.objects.exists()


def test_the_steps_of_a_case_to_its_hand_in(bank, web):
    case = vault.seize_counterfeits(
        notes=[Seized("CNY", "", "10000", f"HD9012345{at}") for at in range(5)], holder=Holder("张三丰"),
        by=bank.wang, second=bank.li,
    )  # fmt: skip

    def step(name, form=None, status=302):
        place = reverse("vault:counterfeit_step", args=[case.id, name])
        assert web.post(place, form or {}).status_code == status, name

    step("nonsense", status=422)
    step("report", {"to": ""}, 422)
    step("report", {"to": "110"})
    step("appraisal", {"appraiser": "人行鉴定"})
    step("notice")
    step("conclusion", {"note": "全部为假"}, 403)
    step("conclusion", LI | {"note": "全部为假"})
    assert vault.counterfeit_case(case.id).state is CounterfeitState.FOUND_FALSE
    place = reverse("vault:counterfeit_hand_in")
    assert web.post(place, LI, headers=HTMX).status_code == 409
    assert web.post(place, {"case": case.id}, headers=HTMX).status_code == 403
    answer = web.post(place, LI | {"case": case.id})
    page = web.get(answer["Location"])
    assert "HD90123450" in page.content.decode()
    number = vault.counterfeit_case(case.id).batch
    listed = web.get(reverse("vault:counterfeit_batch_paper", args=[number]))
    assert listed.content.startswith(b"%PDF")
    assert web.get(reverse("vault:counterfeit_batch", args=["JK9999"])).status_code == 409


def test_pages_of_another_branch_do_not_exist_here(bank, web):
    CounterfeitCase.objects.create(
        number="X", branch_id=4, business_date=bank.today, seizer_id=bank.wang.id, second_id=bank.li.id,
        holder="x", appraisal_until=bank.today, surrender_until=bank.today,
    )  # fmt: skip
    other = CounterfeitCase.objects.get()
    assert web.get(reverse("vault:counterfeit", args=[other.id])).status_code == 404
    assert web.post(reverse("vault:counterfeit_prints", args=[other.id])).status_code == 404


def test_lists_ask_the_database_a_fixed_number_of_times(bank, web, django_assert_max_num_queries):
    places(bank)
    web.get(reverse("vault:bookings"))
    for name in ("vault:bookings", "vault:damaged", "vault:counterfeits"):
        with django_assert_max_num_queries(45):
            web.get(reverse(name), headers=HTMX)
