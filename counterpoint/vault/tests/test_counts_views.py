"""The screens of counts, differences and checks: blind before, clear after, shut to whom they are not for."""

import pytest
from django.test import Client
from django.urls import reverse

from counterpoint.kit.data import SYSTEM
from counterpoint.kit.keys import new_key
from counterpoint.kit.testing import once
from counterpoint.kit.verbs import CATALOGUE, declare
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind, Effect, Leg, Posting
from counterpoint.org import services as org
from counterpoint.vault import services as vault
from counterpoint.vault.data import Cause, CheckState
from counterpoint.vault.labels_counts import CAUSES
from counterpoint.vault.models_cash import CashCount, Difference
from counterpoint.vault.papers_counts import count_sheet
from counterpoint.vault.tests.bank import BRANCH, build

pytestmark = pytest.mark.django_db
HX = {"HTTP_HX_REQUEST": "true"}
PASSWORD = "counterpoint"


world = once(build)


@pytest.fixture
def bank(world):
    return world()


def seat(person):
    client = Client()
    client.force_login(type_of_staff().objects.get(pk=person.id))
    return client


def type_of_staff():
    from django.contrib.auth import get_user_model

    return get_user_model()


def typed(box, **changes):
    """The form as it is sent: loose pieces only."""
    faces = {face: n for face, n in vault.box(box).faces.items() if n} | changes
    return {f"count_{face}_loose": str(n) for face, n in faces.items()} | {"moment": "mid", "opened": "1"}


def signature(number, prefix="second"):
    return {f"{prefix}_number": number, f"{prefix}_password": PASSWORD}


def test_the_page_for_counting_knows_nothing_of_what_should_be_there(bank):
    page = seat(bank.wang).get(reverse("vault:count_new", args=[bank.mine]))
    assert page.status_code == 200
    text = page.content.decode()
    view = vault.box(bank.mine)
    assert str(view.counted) not in text
    assert f"{view.counted / 100:,.2f}" not in text
    assert 'value="600"' not in text


def test_a_count_is_sent_and_its_result_shows_what_should_be_there(bank):
    client = seat(bank.wang)
    sent = client.post(reverse("vault:count_new", args=[bank.mine]), typed(bank.mine, **{"10000": 599}))
    made = CashCount.objects.get()
    assert sent.status_code == 302
    assert sent["Location"] == f"/vault/counts/{made.pk}/?opened=1"
    page = client.get(sent["Location"])
    assert page.context["count"].difference == -10000
    assert page.context["may_settle"]
    listed = client.get(reverse("vault:counts"))
    assert ">599<" not in listed.content.decode()


@pytest.mark.parametrize("wrong", ["-1", "x", "1.5", "999999999", "１２三"])
def test_what_is_no_number_is_said_beside_its_field_and_nothing_typed_is_lost(bank, wrong):
    form = typed(bank.mine) | {"count_5000_loose": wrong}
    page = seat(bank.wang).post(reverse("vault:count_new", args=[bank.mine]), form, **HX)
    assert page.status_code == 422
    assert not CashCount.objects.exists()
    text = page.content.decode()
    assert 'name="count_10000_loose" value="600"' in text
    assert 'aria-invalid="true"' in text


def test_a_face_that_is_none_and_a_moment_that_is_none_are_refused(bank):
    client, address = seat(bank.wang), reverse("vault:count_new", args=[bank.mine])
    assert client.post(address, typed(bank.mine) | {"count_300_loose": "1"}).status_code == 422
    assert client.post(address, typed(bank.mine) | {"moment": "surprise"}).status_code == 409
    assert client.post(address, typed(bank.mine) | {"moment": "noon"}).status_code == 422
    assert not CashCount.objects.exists()


def test_the_second_person_signs_for_the_vault_at_this_screen(bank):
    client, address = seat(bank.zhang), reverse("vault:count_new", args=[bank.safe])
    assert client.post(address, typed(bank.safe)).status_code == 409
    wrong = typed(bank.safe) | {"second_number": "080103", "second_password": "no"}
    assert client.post(address, wrong).status_code == 403
    assert client.post(address, typed(bank.safe) | signature("080103")).status_code == 302
    assert CashCount.objects.get().second_id == bank.chen.id


def test_a_case_is_opened_with_an_approval_and_ended_with_another(bank):
    client = seat(bank.wang)
    client.post(reverse("vault:count_new", args=[bank.mine]), typed(bank.mine, **{"10000": 599}))
    made = CashCount.objects.get()
    settle = reverse("vault:count_settle", args=[made.pk])
    assert client.post(settle, {}).status_code == 403
    assert client.post(settle, signature("080101")).status_code == 403
    assert client.post(settle, signature("080201"), **HX).status_code == 200
    case = Difference.objects.get()
    page = client.get(reverse("vault:difference", args=[case.pk]))
    assert page.status_code == 200
    assert page.context["open"]
    explained = {"cause": "other", "note": "under the drawer", "entry": str(case.entry)}
    assert client.post(reverse("vault:difference_explain", args=[case.pk]), explained).status_code == 302
    end = reverse("vault:difference_resolve", args=[case.pk])
    form = {"how": "found", "amount": "100.00", "note": "found", "faces_10000": "1",
            "idempotency_key": str(page.context["resolve"]["idempotency_key"].value())}  # fmt: skip
    assert client.post(end, form | {"amount": "x"}).status_code == 422
    assert client.post(end, form | {"how": "income"} | signature("080201")).status_code == 422
    assert client.post(end, form | signature("080201")).status_code == 302
    assert vault.difference(case.pk).remaining == 0
    assert case.number in client.get(reverse("vault:differences") + "?all=1").content.decode()
    assert case.number not in client.get(reverse("vault:differences")).content.decode()


def test_the_sheet_of_a_count_is_a_paper_in_chinese(bank):
    client = seat(bank.wang)
    client.post(reverse("vault:count_new", args=[bank.mine]), typed(bank.mine, **{"10000": 599}))
    made = CashCount.objects.get()
    client.post(reverse("vault:count_settle", args=[made.pk]), signature("080201"), **HX)
    answer = client.get(reverse("vault:count_paper", args=[made.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    sheet = count_sheet(vault.cash_count(made.pk))
    first, result = sheet.sheets
    assert ["100 元", None, None, 599, 599, 600, -1, 5_990_000] in [list(row) for row in first.rows]
    case = Difference.objects.get()
    assert list(result.rows[0]) == ["账实不符：短款", -10_000, case.number, str(case.entry)]
    assert seat(bank.staff["080401"]).get(reverse("vault:count_paper", args=[made.pk])).status_code == 403


def test_a_proposal_of_the_workbench_fills_in_what_was_found_and_whose_account_it_is(bank):
    client, account = seat(bank.wang), a_deposit(bank, booked=54)
    real = {"10000": vault.box(bank.mine).faces["10000"] - 9}
    client.post(reverse("vault:count_new", args=[bank.mine]), typed(bank.mine, **real))
    made = CashCount.objects.get()
    client.post(reverse("vault:count_settle", args=[made.pk]), signature("080201"), **HX)
    address = reverse("vault:difference", args=[Difference.objects.get().pk])
    plain = client.get(address)
    assert plain.context["proposals"][0]["cause"] == CAUSES[Cause.TRANSPOSED]
    assert not plain.context["explain"].initial
    taken = client.get(address, {"cause": "0"})
    entry = taken.context["proposals"][0]["proposal"].entry
    assert taken.context["explain"].initial["entry"] == entry
    assert taken.context["resolve"].initial["account"] == account.number
    for nonsense in ("99", "x", "-1", "00000"):
        assert not client.get(address, {"cause": nonsense}).context["explain"].initial
    found = {"cause": "transposed", "note": "seen", "entry": str(entry)}
    client.post(reverse("vault:difference_explain", args=[Difference.objects.get().pk]), found)
    assert client.get(address).context["resolve"].initial["account"] == account.number


def a_deposit(bank, *, booked):
    """So many hundreds into a customer's account and Wang Fang's box; the account."""
    if "vault.test.paid_in" not in CATALOGUE:
        declare("vault.test.paid_in", summary="A deposit in a test.", where=__name__)
    account = ledger.open_account(
        party=1, kind=AccountKind.DEMAND, currency="CNY", branch=BRANCH, by=SYSTEM, name="张三"
    )
    box = vault.box(bank.mine)
    ledger.post(
        Posting(
            key=new_key(), verb="vault.test.paid_in", branch=BRANCH, by=bank.wang, summary="现金存款",
            business_date=org.business_day(BRANCH).date, subject=f"account:{account.id}",
            legs=(Leg(box.account, booked * 10_000), Leg(account.id, -booked * 10_000)),
            effects=(Effect("vault.faces", {"box": box.id, "faces": {"10000": booked}}),),
        )
    )  # fmt: skip
    return account


def test_nobody_looks_into_another_branch_and_nobody_without_cash_looks_at_all(bank):
    made = CashCount.objects.create(
        box_id=bank.mine, branch_id=4, business_date=org.business_day(BRANCH).date, moment="mid",
        person_id=bank.wang.id, version=1, currency="CNY", typed={}, faces={}, expected_faces={}, counted=0,
        expected=0,
    )  # fmt: skip
    assert seat(bank.wang).get(reverse("vault:count", args=[made.pk])).status_code == 404
    assert seat(bank.wang).get(reverse("vault:count", args=[10**12])).status_code == 404
    customers = seat(bank.staff["080401"])
    for name in ("vault:counts", "vault:differences", "vault:checks"):
        assert customers.get(reverse(name)).status_code == 403


def test_a_check_is_planned_begun_counted_and_printed(bank):
    client, custodian = seat(bank.zhang), seat(bank.wang)
    auditor = bank.staff["090201"]
    plan = {
        "box": bank.mine, "day": org.business_day(BRANCH).date.isoformat(), "inspector": bank.zhang.id,
        "witness": auditor.id,
    }  # fmt: skip
    assert client.post(reverse("vault:checks"), plan | {"witness": bank.wang.id}).status_code == 409
    assert client.post(reverse("vault:checks"), plan | {"day": "soon"}).status_code == 422
    assert client.post(reverse("vault:checks"), plan).status_code == 302
    [check] = vault.checks_of(branch=BRANCH, viewer=bank.zhang.id)
    page = reverse("vault:check", args=[check.id])
    assert custodian.get(page).status_code == 404
    assert check.number not in custodian.get(reverse("vault:checks")).content.decode()
    assert client.get(page + "report.pdf").status_code == 404
    assert client.post(page + "start/").status_code == 302
    text = client.get(page).content.decode()
    assert f"{vault.box(bank.mine).counted / 100:,.2f}" not in text
    form = typed(bank.mine) | signature("090201")
    assert client.post(page + "result/", form).status_code == 409
    assert client.post(page + "result/", form | signature("080101", "custodian")).status_code == 302
    assert vault.surprise_check(check.id).state is CheckState.FINISHED
    assert client.post(page + "cancellation/", {"reason": "again"}).status_code == 409
    paper = client.get(page + "report.pdf")
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")
