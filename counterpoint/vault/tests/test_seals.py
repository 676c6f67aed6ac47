"""Seals, keys and code machines: one custodian each, three apart, given when both sign."""

from dataclasses import replace

import pytest
from django.urls import reverse

from counterpoint.kit.data import SYSTEM, NotAllowed
from counterpoint.kit.testing import once
from counterpoint.vault import services as vault
from counterpoint.vault.data import (
    NotCustodian,
    NotSeparated,
    Part,
    ReasonMissing,
    SealKind,
    SealKnown,
    SealMalformed,
    SecondPersonMissing,
    UnknownSeal,
)
from counterpoint.vault.tests.bank import BRANCH, build, stock
from counterpoint.vault.tests.test_cases_views import browser

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
LI = {"second_number": "080102", "second_password": "counterpoint"}


world = once(build)


@pytest.fixture
def bank(world):
    return world()


def made(bank, holder, *, part=Part.SEAL, kind=SealKind.SEAL, number="Z-01", by=SYSTEM):
    return vault.register_seal(
        branch=BRANCH, number=number, kind=kind, part=part, name_zh="汇票专用章", name_en="Draft seal",
        custodian=holder.id, by=by,
    )  # fmt: skip


def text(page):
    return page.content.decode()


def test_a_seal_has_a_custodian_from_the_first_moment(bank):
    one = made(bank, bank.wang, by=bank.zhang)
    assert one.custodian == bank.wang.id
    assert one.since is not None
    assert vault.seals_of(person=bank.wang.id) == [one]


def test_a_number_is_registered_once_at_a_branch(bank):
    made(bank, bank.wang)
    with pytest.raises(SealKnown):
        made(bank, bank.li)


@pytest.mark.parametrize("number", ["", "  ", "9" * 21])
def test_a_seal_has_a_number_that_fits(bank, number):
    with pytest.raises(SealMalformed):
        made(bank, bank.wang, number=number)


def test_a_teller_registers_none(bank):
    with pytest.raises(NotAllowed):
        made(bank, bank.wang, by=bank.wang)


def test_it_goes_to_who_takes_it_and_the_way_is_kept(bank):
    one = made(bank, bank.wang)
    given = vault.give_seal(seal=one.id, receiver=bank.li, by=bank.wang, reason="leave")
    assert given.custodian == bank.li.id
    newest = vault.seal_moves(seal=one.id)[0]
    assert (newest.giver, newest.receiver, newest.reason) == (bank.wang.id, bank.li.id, "leave")
    with pytest.raises(NotCustodian):
        vault.give_seal(seal=one.id, receiver=bank.chen, by=bank.wang)


def test_nobody_gives_it_to_herself(bank):
    one = made(bank, bank.wang)
    with pytest.raises(SecondPersonMissing):
        vault.give_seal(seal=one.id, receiver=bank.wang, by=bank.wang)


@pytest.mark.parametrize(
    ("held", "coming"),
    [(Part.SEAL, Part.CODE), (Part.CODE, Part.SEAL), (Part.KEY, Part.COMBINATION)],
)
def test_parts_that_must_be_apart_do_not_come_into_one_hand(bank, held, coming):
    made(bank, bank.li, part=held)
    other = made(bank, bank.wang, part=coming, number="Z-02")
    with pytest.raises(NotSeparated) as refused:
        vault.give_seal(seal=other.id, receiver=bank.li, by=bank.wang)
    assert set(refused.value.details["parts"]) == {str(held), str(coming)}
    assert vault.seal(other.id).custodian == bank.wang.id


def test_a_seal_may_go_to_who_holds_a_key(bank):
    made(bank, bank.li, part=Part.KEY, kind=SealKind.KEY)
    other = made(bank, bank.wang, number="Z-02")
    assert vault.give_seal(seal=other.id, receiver=bank.li, by=bank.wang).custodian == bank.li.id


def test_the_seal_does_not_come_to_who_keeps_the_forms(bank):
    stock(bank, kind="draft")
    one = made(bank, bank.chen)
    with pytest.raises(NotSeparated):
        vault.give_seal(seal=one.id, receiver=bank.wang, by=bank.chen)


def test_the_forms_do_not_come_to_who_keeps_the_seal(bank):
    made(bank, bank.wang)
    vault.receive_vouchers(kind=bank.draft, first=1, last=20, box=bank.safe, by=SYSTEM)
    with pytest.raises(NotSeparated):
        vault.move_vouchers(
            kind=bank.draft, first=1, last=10, source=bank.safe, target=bank.mine, by=bank.zhang,
            second=bank.wang,
        )  # fmt: skip
    assert [one.box for one in vault.voucher_runs(branch=BRANCH)] == [bank.safe]


def test_it_is_taken_out_of_use_by_two_people_with_a_reason(bank):
    one = made(bank, bank.wang)
    with pytest.raises(ReasonMissing):
        vault.retire_seal(seal=one.id, reason=" ", by=bank.wang, second=bank.zhang)
    with pytest.raises(SecondPersonMissing):
        vault.retire_seal(seal=one.id, reason="worn", by=bank.wang, second=bank.wang)
    with pytest.raises(NotAllowed):
        vault.retire_seal(seal=one.id, reason="worn", by=bank.wang, second=bank.li)
    assert not vault.retire_seal(seal=one.id, reason="worn", by=bank.wang, second=bank.zhang).in_use
    assert vault.seals_of(branch=BRANCH) == []
    with pytest.raises(UnknownSeal):
        vault.give_seal(seal=one.id, receiver=bank.li, by=bank.wang)


def test_the_list_says_who_holds_what_and_the_holder_gives_it_in_the_dialog(bank):
    one = made(bank, bank.wang)
    web = browser(bank)
    assert "Z-01" in text(web.get(reverse("vault:seals")))
    assert "give-dialog" in text(web.get(reverse("vault:seal", args=[one.id])))
    address = reverse("vault:seal_act", args=[one.id, "give"])
    unsigned = web.post(address, {}, headers=HTMX)
    assert unsigned.status_code == 409
    assert "Two people are needed" in text(unsigned)
    assert web.post(address, LI, headers=HTMX).status_code == 200
    assert vault.seal(one.id).custodian == bank.li.id
    assert "give-dialog" not in text(web.get(reverse("vault:seal", args=[one.id])))


def test_a_wrong_password_gives_nothing(bank):
    one = made(bank, bank.wang)
    address = reverse("vault:seal_act", args=[one.id, "give"])
    page = browser(bank).post(address, LI | {"second_password": "guess"}, headers=HTMX)
    assert page.status_code >= 400
    assert vault.seal(one.id).custodian == bank.wang.id


def test_the_refusal_of_what_must_be_apart_is_shown_in_words(bank):
    made(bank, bank.li, part=Part.CODE, kind=SealKind.CODE_MACHINE, number="Y-01")
    one = made(bank, bank.wang)
    page = browser(bank).post(reverse("vault:seal_act", args=[one.id, "give"]), LI, headers=HTMX)
    assert page.status_code == 409
    assert "would hold" in text(page)
    assert "Give one of them to somebody else." in text(page)


def test_somebody_elses_seal_is_not_given_by_me(bank):
    one = made(bank, bank.chen)
    page = browser(bank).post(reverse("vault:seal_act", args=[one.id, "give"]), LI, headers=HTMX)
    assert page.status_code == 403
    assert vault.seal(one.id).custodian == bank.chen.id


def test_a_supervisor_registers_one_on_the_screen(bank):
    web, address = browser(bank, "080201"), reverse("vault:seal_new")
    assert web.get(address).status_code == 200
    assert web.post(address, {"number": ""}, headers=HTMX).status_code == 422
    typed = {"number": "K-07", "kind": "key", "part": "key", "name_zh": "金库钥匙", "name_en": "Vault key",
             "custodian": str(bank.chen.id)}  # fmt: skip
    assert web.post(address, typed, headers=HTMX).status_code == 200
    assert vault.seals_of(person=bank.chen.id)[0].number == "K-07"
    again = web.post(address, typed, headers=HTMX)
    assert again.status_code == 409
    assert "registered already" in text(again)


def test_tellers_and_outsiders_do_not_register(bank):
    assert browser(bank).get(reverse("vault:seal_new")).status_code == 403
    assert browser(bank, "080401").get(reverse("vault:seals")).status_code == 403


def test_another_branchs_seal_is_not_found(bank):
    elsewhere = vault.register_seal(
        branch=4, number="Z-09", kind=SealKind.SEAL, name_zh="章", name_en="Seal", custodian=bank.chen.id,
        by=replace(SYSTEM, branch=4),
    )  # fmt: skip
    assert browser(bank).get(reverse("vault:seal", args=[elsewhere.id])).status_code == 404
