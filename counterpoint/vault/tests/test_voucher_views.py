"""Vouchers on the screen: who sees which ranges, two people in the dialog, the blind count, the register."""

import re

import pytest
from django.urls import reverse

from counterpoint.kit.data import SYSTEM, NotAllowed
from counterpoint.kit.testing import once
from counterpoint.vault import services as vault
from counterpoint.vault.data import Run, VoucherState
from counterpoint.vault.models_vouchers import VoucherCount, VoucherMove
from counterpoint.vault.shelves import LENGTH, blocks, pieces
from counterpoint.vault.tests.bank import stocked
from counterpoint.vault.tests.test_cases_views import browser

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ZHANG = {"second_number": "080201", "second_password": "counterpoint"}
LI = {"second_number": "080102", "second_password": "counterpoint"}


world = once(stocked)


@pytest.fixture
def bank(world):
    return world()


def text(page):
    return page.content.decode()


def act(web, name, *, kind="passbook", **typed):
    """Open the form of an act, and send it with what was typed."""
    page = text(web.get(reverse("vault:voucher_kind", args=[kind]) + f"?act={name}"))
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page)
    sent = {"idempotency_key": key.group(1) if key else ""} | typed
    return web.post(reverse("vault:voucher_act", args=[kind, name]), sent, headers=HTMX)


def test_a_teller_sees_her_own_box_and_the_vault_and_no_register(bank):
    page = text(browser(bank).get(reverse("vault:vouchers")))
    assert "CZ00000101" in page
    assert "CZ00000151" in page
    assert "Voucher register" not in page
    other = text(browser(bank, "080102").get(reverse("vault:vouchers")))
    assert "CZ00000101" not in other


def test_a_supervisor_sees_all_boxes_and_prints_the_register(bank):
    web = browser(bank, "080201")
    page = text(web.get(reverse("vault:vouchers")))
    assert "CZ00000101" in page
    assert "Voucher register" in page
    paper = web.get(reverse("vault:voucher_paper"))
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content[:4] == b"%PDF"


def test_a_teller_cannot_print_the_register(bank):
    assert browser(bank).get(reverse("vault:voucher_paper")).status_code == 403


def test_who_has_nothing_to_do_with_vouchers_sees_none(bank):
    for name, arguments in (
        ("vouchers", []), ("voucher_kind", ["passbook"]), ("voucher_count", [bank.mine]),
        ("voucher_paper", []),
    ):  # fmt: skip
        page = browser(bank, "080401").get(reverse(f"vault:{name}", args=arguments))
        assert page.status_code == 403, name


def test_no_address_answers_without_signing_in(client):
    assert client.get(reverse("vault:vouchers")).status_code in (302, 401, 403)


def test_making_forms_void_asks_for_the_second_person_first(bank):
    web = browser(bank)
    typed = {"box": bank.mine, "first": "CZ00000101", "last": "103", "reason": "printer jam"}
    asked = act(web, "void", **typed)
    assert asked.status_code == 409
    assert "second-dialog" in text(asked)
    assert "c-refusal" not in text(asked)
    done = act(web, "void", **typed, **ZHANG)
    assert done.status_code == 200
    assert VoucherMove.objects.get(act="void").second_id == bank.zhang.id


def test_a_wrong_password_of_the_second_person_does_nothing(bank):
    wrong = ZHANG | {"second_password": "guess"}
    page = act(browser(bank), "void", box=bank.mine, first="101", last="101", reason="torn", **wrong)
    assert page.status_code >= 400
    assert "c-refusal" in text(page)
    assert not VoucherMove.objects.filter(act="void").exists()


def test_a_colleague_who_does_not_authorize_cannot_sign_for_void_forms(bank):
    page = act(browser(bank), "void", box=bank.mine, first="101", last="101", reason="torn", **LI)
    assert page.status_code >= 400
    assert not VoucherMove.objects.filter(act="void").exists()


def test_forms_go_into_a_colleagues_box_when_she_signs(bank):
    typed = {"box": bank.mine, "target": bank.other, "first": "101", "last": "110"}
    assert act(browser(bank), "move", **typed, **LI).status_code == 200
    assert vault.next_voucher(box=bank.other, kind=bank.passbook) == 101


def test_numbers_that_are_not_the_lowest_are_refused_in_words(bank):
    typed = {"box": bank.mine, "target": bank.other, "first": "105", "last": "110"}
    page = act(browser(bank), "move", **typed, **LI)
    assert page.status_code == 409
    assert "CZ00000101" in text(page)
    assert vault.next_voucher(box=bank.mine, kind=bank.passbook) == 101


@pytest.mark.parametrize("number", ["", "10a", "-3", "1" * 30, "CZ"])
def test_what_is_no_register_number_is_said_at_its_field(bank, number):
    page = act(browser(bank), "void", box=bank.mine, first=number, last="101", reason="torn", **ZHANG)
    assert page.status_code == 422
    assert "c-error" in text(page)


def test_a_box_of_somebody_else_is_no_choice(bank):
    page = act(browser(bank, "080102"), "void", box=bank.mine, first="101", last="101", reason="x", **ZHANG)
    assert page.status_code == 422
    assert not VoucherMove.objects.filter(act="void").exists()


def test_giving_out_is_not_done_here(bank):
    page = act(browser(bank), "use", box=bank.mine, first="101", last="101")
    assert page.status_code in (400, 422)


def test_the_form_sent_twice_does_it_once(bank):
    web = browser(bank)
    page = text(web.get(reverse("vault:voucher_kind", args=["passbook"]) + "?act=skip"))
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page).group(1)
    sent = {"idempotency_key": key, "box": bank.mine, "first": "101", "last": "102", "reason": "jam"} | ZHANG
    for _ in range(2):
        assert web.post(reverse("vault:voucher_act", args=["passbook", "skip"]), sent).status_code == 302
    assert VoucherMove.objects.filter(act="skip").count() == 1


def test_the_page_of_a_count_holds_no_number_that_is_expected(bank):
    page = text(browser(bank).get(reverse("vault:voucher_count", args=[bank.mine])))
    assert "00000101" not in page
    assert "00000150" not in page
    assert not re.search(r'value="101-', page)


def test_a_count_at_the_days_end_needs_two_people_and_is_kept(bank):
    web, address = browser(bank), reverse("vault:voucher_count", args=[bank.mine])
    typed = {"moment": "end", "kind_passbook": "CZ101-CZ140, 141-150"}
    asked = web.post(address, typed, headers=HTMX)
    assert asked.status_code == 409
    assert "second-dialog" in text(asked)
    assert "CZ101-CZ140, 141-150" in text(asked)
    assert web.post(address, typed | LI, headers=HTMX).status_code == 200
    made = VoucherCount.objects.get()
    assert (made.missing, made.extra) == ([], [])
    assert "Agrees" in text(web.get(address))


def test_a_count_that_differs_says_which_numbers(bank):
    web, address = browser(bank), reverse("vault:voucher_count", args=[bank.mine])
    web.post(address, {"moment": "mid", "kind_passbook": "101-148, 160"})
    page = text(web.get(address))
    assert "CZ00000149 – CZ00000150" in page
    assert "CZ00000160" in page


@pytest.mark.parametrize("typed", ["abc", "150-101", "101-110, 105", "<b>"])
def test_a_count_that_cannot_be_read_is_not_kept(bank, typed):
    address = reverse("vault:voucher_count", args=[bank.mine])
    page = browser(bank).post(address, {"moment": "mid", "kind_passbook": typed}, headers=HTMX)
    assert page.status_code == 422
    assert not VoucherCount.objects.exists()


def test_a_count_of_no_moment_is_refused(bank):
    address = reverse("vault:voucher_count", args=[bank.mine])
    assert browser(bank).post(address, {"moment": "noon"}, headers=HTMX).status_code == 422


def test_a_colleagues_box_is_not_counted_by_me(bank):
    assert browser(bank, "080102").get(reverse("vault:voucher_count", args=[bank.mine])).status_code == 404


def test_an_unknown_kind_is_not_found(bank):
    assert browser(bank).get(reverse("vault:voucher_kind", args=["nothing"])).status_code == 404


def test_a_list_takes_no_more_queries_when_more_lies_there(bank, django_assert_max_num_queries):
    web = browser(bank, "080201")
    for at in range(10):
        vault.receive_vouchers(
            kind=bank.bond, first=100 * at + 1, last=100 * at + 50, box=bank.safe, by=SYSTEM
        )
    with django_assert_max_num_queries(60):
        web.get(reverse("vault:vouchers"))


def test_bars_keep_the_same_number_at_the_same_place():
    runs = [Run(101, 150, VoucherState.HELD, 1), Run(151, 200, VoucherState.HELD, 2),
            Run(901, 1000, VoucherState.HELD, 2)]  # fmt: skip
    spans = blocks(runs)
    assert spans == [(101, 200), (901, 1000)]
    first, second, third = pieces(runs, spans)
    assert first.x == 0
    assert second.x == pytest.approx(first.width)
    assert third.x > second.x + second.width
    assert third.x + third.width == pytest.approx(LENGTH, abs=0.1)
    assert pieces([Run(5, 5, VoucherState.USED, 1)], [(1, 10**6)])[0].width > 1
    assert blocks([]) == []


def test_operations_set_up_a_kind_of_form_once(bank):
    web, address = browser(bank, "090101"), reverse("vault:voucher_kind_new")
    assert address in text(web.get(reverse("vault:vouchers")))
    typed = {
        "code": "cheque",
        "name_zh": "转账支票",
        "name_en": "Cheque",
        "number_prefix": "zp",
        "digits": "8",
    }
    made = web.post(address, typed)
    assert made.status_code == 302
    assert web.get(made["Location"]).status_code == 200
    kind = vault.voucher_kind(code="cheque")
    assert (kind.number(7), kind.unit, kind.separated) == ("ZP00000007", 100, False)
    again = web.post(address, typed | {"name_en": "Another"}, headers=HTMX)
    assert again.status_code == 409
    assert "already" in text(again)
    for wrong in ({"code": "Ab"}, {"code": "cheque2", "digits": "0"}, {"code": "cheque2", "name_zh": ""}):
        assert web.post(address, typed | wrong).status_code == 422
    valuable = web.post(address, typed | {"code": "gold_bond", "unit": "1,000"})
    assert valuable.status_code == 302
    assert vault.voucher_kind(code="gold_bond").unit == 100_000
    assert vault.voucher_kind(code="cheque2") is None


def test_nobody_else_does(bank):
    for number in ("080101", "080201"):
        web = browser(bank, number)
        assert web.get(reverse("vault:voucher_kind_new")).status_code == 403
        assert reverse("vault:voucher_kind_new") not in text(web.get(reverse("vault:vouchers")))
    with pytest.raises(NotAllowed):
        vault.make_voucher_kind(code="cheque", name_zh="支票", name_en="Cheque", digits=8, by=bank.zhang)
