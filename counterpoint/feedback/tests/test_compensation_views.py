"""The compensation on the page of a complaint: proposing, the state, paying, taking back, who sees it."""

import pytest
from django.urls import reverse

from counterpoint.feedback import services as feedback
from counterpoint.feedback.data_complaints import Finding
from counterpoint.feedback.models import Compensation
from counterpoint.feedback.tests.bank import browser
from counterpoint.feedback.tests.compensation_bank import (
    account,
    approve,
    approved,
    balance,
    pay,
    proposed,
    request_of,
    upset,
    upset_bank,
)
from counterpoint.kit.testing import once

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
world = once(upset_bank)


@pytest.fixture
def bank(world, db):
    return world()


def at(name, *arguments):
    return reverse(f"feedback:{name}", args=arguments)


def words(answer):
    return answer.content.decode()


def form(bank, **more):
    return {"amount": "200.00", "account": bank.customer.account, "reason": "设备故障"} | more


def test_the_handler_proposes_on_the_page_and_sees_it_wait(bank):
    client = browser(bank.liu)
    assert "Propose a compensation" in words(client.get(at("complaint", bank.complaint)))
    answer = client.post(at("compensations", bank.complaint), form(bank))
    assert answer.headers["Location"] == at("complaint", bank.complaint)
    page = words(client.get(at("complaint", bank.complaint)))
    made = Compensation.objects.get()
    assert (made.amount, made.account_id, made.reason) == (200_00, bank.customer.account, "设备故障")
    assert "Waits for approval" in page
    assert reverse("approvals:request", args=[request_of(made.pk)]) in page
    assert "Propose a compensation" not in page
    assert "Pay it" not in page


def test_the_approver_opens_the_request_with_the_complaint_in_it(bank):
    id = proposed(bank)
    page = words(browser(bank.zhang).get(reverse("approvals:request", args=[request_of(id)])))
    for said in ("等候太久，态度生硬", "叫号设备故障", "200.00", "本行示例参数", "Received"):
        assert said in page
    assert "已受理" in words(
        browser(bank.zhang, "zh-hans").get(reverse("approvals:request", args=[request_of(id)]))
    )


PLACES = ("approvals:requests", "approvals:desk", "approvals:account", "approvals:party", "desk:board")


def shown_at(place, bank):
    about = {"approvals:account": [bank.customer.account], "approvals:party": [bank.customer.party]}
    return words(browser(bank.zhang).get(reverse(place, args=about.get(place))))


@pytest.mark.parametrize("place", PLACES)
def test_whom_it_concerns_finds_the_request_nowhere(bank, place):
    proposed(bank, complaint=upset(bank, bank.customer, about=(bank.zhang,)))
    assert "Complaint compensation" not in shown_at(place, bank)
    proposed(bank)
    assert "Complaint compensation" in shown_at(place, bank)


def test_whom_it_concerns_does_not_open_the_request(bank):
    id = proposed(bank, complaint=upset(bank, bank.customer, about=(bank.zhang,)))
    for name in ("request", "strip"):
        address = reverse(f"approvals:{name}", args=[request_of(id)])
        assert browser(bank.zhang).get(address).status_code == 404


def test_it_is_paid_by_one_press_and_shows_its_entry(bank):
    id, client = approved(bank), browser(bank.liu)
    assert "Pay it" in words(client.get(at("complaint", bank.complaint)))
    for _ in range(2):
        answer = client.post(at("payment", bank.complaint, id))
        assert answer.headers["Location"] == at("complaint", bank.complaint)
    page = words(client.get(at("complaint", bank.complaint)))
    assert balance(bank.customer.account) == 200_00
    assert reverse("ledger:entry", args=[pay(id, bank.liu)]) in page
    assert "Pay it" not in page
    assert "Paid in all" in page


def test_the_close_says_what_was_paid(bank):
    pay(approved(bank), bank.liu)
    client = browser(bank.liu)
    feedback.answer_complaint(complaint=bank.complaint, finding=Finding.UPHELD, text="致歉", by=bank.liu)
    assert "Compensated with" in words(client.get(at("complaint", bank.complaint)))
    client.post(at("complaint_act", bank.complaint, "closure"), {"cause": "设备已更换"})
    assert "Compensated with ¥200.00." in words(client.get(at("complaint", bank.complaint)))


def test_the_close_is_refused_in_words_while_one_waits(bank):
    proposed(bank)
    feedback.answer_complaint(complaint=bank.complaint, finding=Finding.UPHELD, text="致歉", by=bank.liu)
    answer = browser(bank.liu).post(at("complaint_act", bank.complaint, "closure"), {"cause": "已更换"})
    assert answer.status_code == 409
    assert 'data-refusal="compensation_open"' in words(answer)
    assert "已更换" in words(answer)


def test_it_is_withdrawn_with_a_reason(bank):
    id, client = proposed(bank), browser(bank.liu)
    assert client.post(at("withdrawal", bank.complaint, id), {"reason": ""}).status_code == 422
    client.post(at("withdrawal", bank.complaint, id), {"reason": "客户已谅解"})
    page = words(client.get(at("complaint", bank.complaint)))
    assert "客户已谅解" in page
    assert "Propose a compensation" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "0"}, {"amount": "-5"}, {"amount": "1.005"}, {"amount": "1" * 33}, {"amount": "9" * 25},
        {"amount": "两百"}, {"amount": "1e3"}, {"amount": ""}, {"account": "999999"}, {"account": "x"},
        {"reason": ""}, {"reason": "长" * 501}, {"amount": "5000.01"},
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_beside_what_was_typed(bank, wrong):
    answer = browser(bank.liu).post(at("compensations", bank.complaint), form(bank) | wrong)
    assert answer.status_code in (409, 422)
    assert "c-refusal" in words(answer)
    assert "设备故障" in words(answer) or "reason" in wrong
    assert not Compensation.objects.exists()


def test_a_proposal_is_found_under_its_own_complaint_alone(bank):
    id, other = approved(bank), upset(bank, bank.customer)
    client = browser(bank.liu)
    assert client.post(at("payment", other, id)).status_code == 404
    assert client.post(at("payment", bank.complaint, 10**9)).status_code == 404
    assert balance(bank.customer.account) == 0


def test_the_part_alone_is_fetched_on_a_signal(bank):
    id, client = proposed(bank), browser(bank.liu)
    page = words(client.get(at("compensations", bank.complaint), headers=HTMX))
    assert page.count("<html") == 0
    assert f"signal:request:{request_of(id)} from:body" in page
    assert f"signal:complaint:{bank.complaint} from:body" in page


def test_who_only_registered_it_and_others_see_nothing_of_the_money(bank):
    approved(bank)
    assert "200.00" not in words(browser(bank.chen).get(at("complaint", bank.complaint)))
    assert browser(bank.li).get(at("compensations", bank.complaint)).status_code == 404
    assert "200.00" in words(browser(bank.auditor).get(at("complaint", bank.complaint)))


def test_the_handler_sees_in_the_list_what_can_be_paid(bank, django_assert_max_num_queries):
    second = upset(bank, bank.customer)
    client, list_ = browser(bank.liu), at("complaints")
    id = approved(bank, complaint=second)
    proposed(bank)
    client.get(list_)
    with django_assert_max_num_queries(19):
        page = words(client.get(list_))
    assert page.count("Waits for approval") == 1
    assert page.count("Approved") == 1
    assert "Approved" not in words(browser(bank.operations).get(list_))
    pay(id, bank.liu)
    assert "Approved" not in words(client.get(list_))


def test_the_questions_do_not_grow_with_the_proposals(bank, django_assert_max_num_queries):
    client = browser(bank.liu)
    for _ in range(4):
        id = proposed(bank, account=account(bank, bank.customer))
        feedback.withdraw_compensation(compensation=id, note="改账户", by=bank.liu)
    approve(proposed(bank), bank.zhang)
    client.get(at("complaint", bank.complaint))
    with django_assert_max_num_queries(31):
        client.get(at("complaint", bank.complaint))
