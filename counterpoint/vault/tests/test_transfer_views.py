"""Screens of transfers over HTTP: the list, a new one, its steps, the second person, the slip."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM
from counterpoint.kit.testing import once
from counterpoint.org import services as org
from counterpoint.vault import services as vault
from counterpoint.vault.data import TransferEnded, TransferState
from counterpoint.vault.models import Transfer, TransferCount
from counterpoint.vault.services.transfers import lapse_transfer
from counterpoint.vault.tests.bank import BRANCH, build

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ZHANG = {"second_number": "080201", "second_password": "counterpoint"}
NOTES = {"10000": 1234, "5000": 4}
TYPED = {"count_10000_bundles": "1", "count_10000_straps": "2", "count_10000_loose": "34",
         "count_5000_loose": "4"}  # fmt: skip
MANY = {"10000": 2_000}
MANY_TYPED = {"count_10000_bundles": "2"}


def held():
    made = build()
    vault.claim_box(box=made.safe, by=made.chen, second=made.zhang)
    return made


world = once(held)


@pytest.fixture
def bank(world):
    return world()


def browser(number, branch=BRANCH):
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(
        get_user_model().objects.get(username=number), backend="django.contrib.auth.backends.ModelBackend"
    )
    session = client.session
    session["branch"] = branch
    session.save()
    return client


@pytest.fixture
def wang(bank):
    """Who holds a box and asks for cash."""
    return browser("080101")


@pytest.fixture
def chen(bank):
    """Who holds the vault."""
    return browser("080103")


def asked(bank, notes=NOTES):
    return vault.request_transfer(source=bank.safe, target=bank.mine, faces=notes, by=bank.wang)


def issued(bank, notes=NOTES):
    made = asked(bank, notes)
    return vault.issue_transfer(transfer=made.id, by=bank.chen, second=bank.zhang)


def page(client, made, **kwargs):
    return client.get(reverse("vault:transfer", args=[made.id]), **kwargs)


def act(client, made, step, data=(), **kwargs):
    return client.post(reverse("vault:transfer_act", args=[made.id, step]), dict(data), **kwargs)


def state(made):
    return vault.transfer(made.id).state


def words(answer):
    return answer.content.decode()


def test_the_list_is_empty_on_purpose_and_shows_whose_turn_it_is(bank, wang, chen):
    assert "No transfer is open" in words(wang.get(reverse("vault:transfers")))
    made = asked(bank)
    assert "your turn" in words(chen.get(reverse("vault:transfers")))
    mine = words(wang.get(reverse("vault:transfers"), headers=HTMX))
    assert made.number in mine
    assert "your turn" not in mine
    assert "<html" not in mine


def test_asked_for_by_bundles_straps_and_loose(bank, wang):
    shown = words(wang.get(reverse("vault:transfer_new")))
    assert f'value="{bank.safe}" selected' in shown
    assert f'value="{bank.mine}" selected' in shown
    form = {"source": bank.safe, "target": bank.mine, "quality": "fit", **TYPED}
    answer = wang.post(reverse("vault:transfer_new"), form)
    [made] = vault.open_transfers(branch=BRANCH)
    assert answer["Location"] == reverse("vault:transfer", args=[made.id])
    assert made.faces == NOTES


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({}, 422),
        ({"count_10000_loose": "-1"}, 422),
        ({"count_10000_loose": "a few"}, 422),
        ({"count_20000_loose": "1"}, 422),
        ({"count_c100_bundles": "1"}, 422),
        ({"count_10000_loose": "1", "source": "999999"}, 422),
        ({"count_10000_loose": "1", "quality": "new"}, 422),
    ],
)
def test_what_cannot_be_asked_for_is_refused_and_kept_on_the_form(bank, wang, typed, status):
    form = {"source": bank.safe, "target": bank.mine, "quality": "fit", "reason": "for noon", **typed}
    answer = wang.post(reverse("vault:transfer_new"), form)
    assert answer.status_code == status
    assert 'value="for noon"' in words(answer)
    assert vault.open_transfers(branch=BRANCH) == []


def test_a_box_over_its_limit_has_its_transfer_filled_in(bank, wang):
    proposed = vault.proposed_transfer(box=bank.mine)
    shown = words(wang.get(reverse("vault:transfer_new"), {"box": bank.mine, "proposed": "1"}))
    assert f'value="{proposed["source"]}" selected' in shown
    assert f'value="{proposed["target"]}" selected' in shown
    assert bool(proposed["faces"]) == ("Proposed by the limits" in shown)
    assert wang.get(reverse("vault:transfer_new"), {"box": "x" * 30}).status_code == 200


def test_the_giver_sees_the_notes_and_a_button_and_others_no_button(bank, wang, chen):
    made = asked(bank)
    giver, other = words(page(chen, made)), words(page(browser("080102"), made))
    assert "1234" in giver
    assert reverse("vault:transfer_act", args=[made.id, "issue"]) in giver
    assert reverse("vault:transfer_act", args=[made.id, "issue"]) not in other
    assert reverse("vault:transfer_act", args=[made.id, "cancel"]) in words(page(wang, made))


def test_who_counts_is_not_told_what_was_sent(bank, wang, chen):
    made = issued(bank)
    for shown in (page(wang, made), page(wang, made, headers=HTMX), wang.get(reverse("vault:transfers"))):
        assert "1234" not in words(shown)
        assert "123,600" not in words(shown)
    assert "1234" in words(page(chen, made))
    assert wang.get(reverse("vault:transfer_paper", args=[made.id])).status_code == 403
    other = words(page(browser("080102"), made))
    assert "123,600" not in other


def test_a_count_that_differs_keeps_what_was_typed_and_says_no_figure(bank, wang):
    made = issued(bank)
    answer = act(wang, made, "receive", {**TYPED, "count_5000_loose": "5"}, headers=HTMX)
    assert answer.status_code == 409
    shown = words(answer)
    assert 'name="count_5000_loose" value="5"' in shown
    assert "Counted blind: differs" in shown
    assert "1234" not in shown
    assert TransferCount.objects.get().agrees is False
    act(wang, made, "receive", TYPED)
    assert state(made) is TransferState.RECEIVED


def test_much_money_asks_for_a_second_person_in_a_dialog(bank, wang, chen):
    made = asked(bank, MANY)
    answer = act(chen, made, "issue", headers=HTMX)
    assert answer.status_code == 409
    assert "data-open-now" in words(answer)
    wrong = act(chen, made, "issue", {**ZHANG, "second_password": "wrong"}, headers=HTMX)
    assert wrong.status_code == 403
    assert "data-open-now" in words(wrong)
    myself = {"second_number": "080103", "second_password": "counterpoint"}
    assert act(chen, made, "issue", myself).status_code in (403, 409)
    assert state(made) is TransferState.REQUESTED
    assert act(chen, made, "issue", ZHANG, headers=HTMX)["HX-Redirect"].endswith(f"/{made.id}/")
    assert act(wang, made, "receive", MANY_TYPED, headers=HTMX).status_code == 409
    act(wang, made, "receive", {**MANY_TYPED, **ZHANG})
    assert state(made) is TransferState.RECEIVED
    assert TransferCount.objects.count() == 1


def test_a_second_press_and_a_step_that_is_none_are_refused(bank, chen):
    made = asked(bank)
    act(chen, made, "issue")
    assert act(chen, made, "issue").status_code == 409
    assert act(chen, made, "steal").status_code == 409
    assert act(chen, made, "count").status_code == 409
    assert chen.get(reverse("vault:transfer_act", args=[made.id, "issue"])).status_code == 405
    assert state(made) is TransferState.ISSUED


def test_refused_with_a_reason_it_goes_back(bank, wang):
    made = issued(bank)
    assert act(wang, made, "reject", {"reason": ""}).status_code == 422
    act(wang, made, "reject", {"reason": "bands are torn"})
    assert state(made) is TransferState.REJECTED
    assert "bands are torn" in words(page(wang, made))


def test_the_central_bank_needs_a_slip_and_a_carrier_is_named(bank, chen):
    made = vault.request_transfer(source=None, target=bank.safe, faces={"10000": 100}, by=bank.chen)
    assert act(chen, made, "issue", ZHANG).status_code == 422
    act(chen, made, "issue", {**ZHANG, "voucher": "PBC-118"})
    assert act(chen, made, "carry", {"carrier": "押运三组", "seals": ""}).status_code == 422
    act(chen, made, "carry", {"carrier": "押运三组", "seals": "F0012"})
    shown = words(page(chen, made))
    assert "PBC-118" in shown
    assert "F0012" in shown
    act(chen, made, "receive", {"count_10000_straps": "1", **ZHANG})
    assert state(made) is TransferState.RECEIVED


def test_the_slip_is_a_pdf_with_every_step(bank, wang, chen):
    made = issued(bank)
    act(wang, made, "receive", TYPED)
    slip = wang.get(reverse("vault:transfer_paper", args=[made.id]))
    assert slip["Content-Type"] == "application/pdf"
    assert slip.content.startswith(b"%PDF")


def test_another_branch_and_who_handles_no_cash_see_nothing(bank):
    made = asked(bank)
    other = next(unit.id for unit in org.branches() if unit.id != BRANCH)
    assert page(browser("080101", other), made).status_code in (403, 404)
    assert page(Client(), made).status_code in (302, 403)


def test_the_list_asks_few_questions_however_long_it_is(bank, chen, django_assert_max_num_queries):
    for n in range(1, 13):
        asked(bank, {"10000": n})
    address = reverse("vault:transfers")
    chen.get(address)
    with django_assert_max_num_queries(40):
        found = words(chen.get(address))
    assert len(re.findall("data-row", found)) == 12


def test_what_is_there_follows_the_box_and_the_quality(bank, wang):
    typed = {"source": bank.mine, "target": bank.safe, "quality": "damaged", "count_10000_straps": "2"}
    shown = words(wang.get(reverse("vault:transfer_new"), typed, headers=HTMX))
    assert 'name="count_10000_straps" value="2"' in shown
    assert str(vault.box(bank.mine).faces["10000"]) not in shown
    fit = words(wang.get(reverse("vault:transfer_new"), {**typed, "quality": "fit"}, headers=HTMX))
    assert str(vault.box(bank.mine).faces["10000"]) in fit


def test_the_link_to_the_entry_waits_until_it_is_counted(bank, wang, chen):
    made = issued(bank)
    assert "/ledger/entries/" not in words(page(wang, made))
    assert "/ledger/entries/" in words(page(chen, made))


def test_a_request_that_nobody_issued_in_time_lapses_and_says_so(bank, wang):
    old = vault.request_transfer(source=bank.safe, target=bank.mine, faces={"10000": 3}, by=bank.wang)
    new = vault.request_transfer(source=bank.safe, target=bank.mine, faces={"10000": 4}, by=bank.wang)
    sent = vault.request_transfer(source=bank.safe, target=bank.mine, faces={"10000": 5}, by=bank.wang)
    vault.issue_transfer(transfer=sent.id, by=bank.chen)
    hours = int(org.value(key="vault.transfer_request_hours", at=org.business_day(BRANCH).date))
    long_ago = clock.now() - timedelta(hours=hours, minutes=1)
    Transfer.objects.filter(pk__in=(old.id, sent.id)).update(at=long_ago)
    assert vault.lapse_requests() == 1
    assert vault.lapse_requests() == 0
    states = [vault.transfer(one.id).state for one in (old, new, sent)]
    assert states == [TransferState.CANCELLED, TransferState.REQUESTED, TransferState.ISSUED]
    with pytest.raises(TransferEnded):
        vault.issue_transfer(transfer=old.id, by=bank.chen)
    with pytest.raises(TransferEnded):
        lapse_transfer(transfer=old.id, by=SYSTEM)
    page = wang.get(reverse("vault:transfer", args=[old.id]))
    assert "Nobody issued it in time." in page.content.decode()
    assert wang.get(reverse("vault:transfer_paper", args=[old.id])).content.startswith(b"%PDF-")
