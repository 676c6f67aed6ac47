"""Cash on its way 现金调拨: two sides, a blind count, and money that is always somewhere."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM
from counterpoint.kit.states import document
from counterpoint.kit.testing import once
from counterpoint.ledger import services as ledger
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Role
from counterpoint.vault import closing_transfers
from counterpoint.vault import services as vault
from counterpoint.vault.data import (
    BoxKind,
    BoxStopped,
    NotCustodian,
    NotEnoughOfFace,
    NotesPromised,
    NotTheirTransfer,
    ReasonMissing,
    TransferDiffers,
    TransferEnded,
    TransferMalformed,
    TransferPeople,
    TransferToItself,
    UnknownFace,
)
from counterpoint.vault.data_cash import TransferState
from counterpoint.vault.models import CashBooking, LimitBreach, Stock, Transfer
from counterpoint.vault.rules_transfers import TRANSFER
from counterpoint.vault.services import transfers
from counterpoint.vault.services.transfer_money import TRANSIT
from counterpoint.vault.tests.bank import BRANCH, build

pytestmark = pytest.mark.django_db
NOTES = {"10000": 20, "5000": 4}


def held():
    """Wang Fang and Li hold a box each; Chen, the senior teller, holds the vault; Zhang is the supervisor."""
    bank = build()
    vault.claim_box(box=bank.safe, by=bank.chen, second=bank.zhang)
    return bank


world = once(held)


@pytest.fixture
def bank(world):
    return world()


def faces(box):
    return vault.box(box).faces


def in_transit(branch=BRANCH):
    account = ledger.internal_account(branch=branch, gl="1001", currency="CNY", label=TRANSIT)
    return ledger.account(account).balance


def asked(bank, *, source=None, target=None, notes=NOTES, by=None):
    return vault.request_transfer(
        source=source or bank.safe, target=target or bank.mine, faces=notes, by=by or bank.wang
    )


def on_its_way(bank, **wanted):
    made = asked(bank, **wanted)
    return vault.issue_transfer(transfer=made.id, by=bank.chen)


def received(bank, made, by=None):
    assert vault.count_transfer(transfer=made.id, faces=made.faces, by=by or bank.wang)
    return vault.receive_transfer(transfer=made.id, by=by or bank.wang)


def test_asked_counted_out_and_counted_in(bank):
    safe, mine = faces(bank.safe), faces(bank.mine)
    made = asked(bank)
    assert faces(bank.safe) == safe
    vault.issue_transfer(transfer=made.id, by=bank.chen)
    assert faces(bank.safe)["10000"] == safe["10000"] - 20
    assert faces(bank.mine) == mine
    assert in_transit() == 220_000
    done = received(bank, made)
    assert done.state is TransferState.RECEIVED
    assert faces(bank.mine)["5000"] == mine["5000"] + 4
    assert in_transit() == 0
    assert vault.faces_astray() == []
    assert [step.state for step in vault.transfer_steps(transfer=made.id)] == [
        "requested",
        "issued",
        "received",
    ]


def test_a_count_that_differs_says_so_and_stops_it(bank):
    made = on_its_way(bank)
    assert not vault.count_transfer(transfer=made.id, faces={"10000": 20, "5000": 3}, by=bank.wang)
    with pytest.raises(TransferDiffers):
        vault.receive_transfer(transfer=made.id, by=bank.wang)
    assert in_transit() == 220_000


def test_nobody_receives_what_was_not_counted(bank):
    made = on_its_way(bank)
    with pytest.raises(TransferDiffers):
        vault.receive_transfer(transfer=made.id, by=bank.wang)


def test_what_is_rejected_goes_back_with_its_notes(bank):
    before = faces(bank.safe)
    made = on_its_way(bank)
    with pytest.raises(ReasonMissing):
        vault.reject_transfer(transfer=made.id, reason=" ", by=bank.wang)
    vault.reject_transfer(transfer=made.id, reason="two bundles are torn", by=bank.wang)
    assert faces(bank.safe) == before
    assert in_transit() == 0


def test_it_ends_once(bank):
    made = on_its_way(bank)
    received(bank, made)
    for again in (
        lambda: vault.receive_transfer(transfer=made.id, by=bank.wang),
        lambda: vault.reject_transfer(transfer=made.id, reason="late", by=bank.wang),
        lambda: vault.cancel_transfer(transfer=made.id, by=bank.chen),
        lambda: vault.issue_transfer(transfer=made.id, by=bank.chen),
    ):
        with pytest.raises(TransferEnded):
            again()
    assert vault.faces_astray() == []


def test_taken_back_before_it_was_received(bank):
    before = faces(bank.safe)
    made = on_its_way(bank)
    vault.cancel_transfer(transfer=made.id, by=bank.chen, reason="not needed")
    assert faces(bank.safe) == before
    assert in_transit() == 0


def test_only_the_two_custodians_act(bank):
    made = asked(bank)
    with pytest.raises(NotCustodian):
        vault.issue_transfer(transfer=made.id, by=bank.wang)
    vault.issue_transfer(transfer=made.id, by=bank.chen)
    with pytest.raises(NotCustodian):
        vault.count_transfer(transfer=made.id, faces=NOTES, by=bank.li)
    with pytest.raises(NotCustodian):
        vault.cancel_transfer(transfer=made.id, by=bank.wang)
    with pytest.raises(NotTheirTransfer):
        vault.request_transfer(source=bank.safe, target=bank.mine, faces=NOTES, by=bank.li)


@pytest.mark.parametrize(
    ("notes", "refusal"),
    [
        ({}, TransferMalformed),
        ({"10000": 0}, TransferMalformed),
        ({"10000": -1}, TransferMalformed),
        ({"20000": 1}, UnknownFace),
        ({"10000": 10**9}, UnknownFace),
    ],
)
def test_impossible_notes_are_refused(bank, notes, refusal):
    with pytest.raises(refusal):
        asked(bank, notes=notes)


def test_nobody_sends_to_the_same_box_nor_more_than_there_is(bank):
    with pytest.raises(TransferToItself):
        asked(bank, source=bank.mine, target=bank.mine)
    made = asked(bank, notes={"10000": faces(bank.safe)["10000"] + 1})
    with pytest.raises((NotEnoughOfFace, TransferPeople)):
        vault.issue_transfer(transfer=made.id, by=bank.chen)
    with pytest.raises(NotEnoughOfFace):
        vault.issue_transfer(transfer=made.id, by=bank.chen, second=bank.zhang)
    assert vault.transfer(made.id).state is TransferState.REQUESTED


def test_much_money_out_of_the_vault_takes_two_people(bank):
    made = asked(bank, notes={"10000": 2_000})
    with pytest.raises(TransferPeople):
        vault.issue_transfer(transfer=made.id, by=bank.chen)
    with pytest.raises(TransferPeople):
        vault.issue_transfer(transfer=made.id, by=bank.chen, second=bank.chen)
    issued = vault.issue_transfer(transfer=made.id, by=bank.chen, second=bank.zhang)
    assert issued.state is TransferState.ISSUED


def test_from_the_central_bank_and_back(bank):
    reserve = ledger.internal_account(branch=BRANCH, gl="1003", currency="CNY")
    before = ledger.account(reserve).balance
    safe = faces(bank.safe)["10000"]
    made = vault.request_transfer(source=None, target=bank.safe, faces={"10000": 100}, by=bank.chen)
    with pytest.raises(ReasonMissing):
        vault.issue_transfer(transfer=made.id, by=bank.chen, second=bank.zhang)
    vault.issue_transfer(transfer=made.id, by=bank.chen, second=bank.zhang, voucher="PBC-7")
    vault.carry_transfer(transfer=made.id, carrier="押运三组", seals="F0012", by=bank.chen)
    assert vault.count_transfer(transfer=made.id, faces=made.faces, by=bank.chen)
    vault.receive_transfer(transfer=made.id, by=bank.chen, second=bank.zhang)
    assert faces(bank.safe)["10000"] == safe + 100
    assert ledger.account(reserve).balance == before - 1_000_000
    back = vault.request_transfer(source=bank.safe, target=None, faces={"10000": 100}, by=bank.chen)
    vault.issue_transfer(transfer=back.id, by=bank.chen, second=bank.zhang)
    vault.carry_transfer(transfer=back.id, carrier="押运三组", seals="F0013", by=bank.chen)
    vault.receive_transfer(transfer=back.id, by=bank.chen, second=bank.zhang, voucher="PBC-8")
    assert ledger.account(reserve).balance == before
    assert in_transit() == 0


def test_between_branches_each_balances_and_a_carrier_is_named(bank):
    other = next(unit.id for unit in org.branches() if unit.id != BRANCH)
    if not org.business_day(other).open:
        org.open_day(branch=other, date=org.business_day(BRANCH).date, by=SYSTEM)
    there = vault.boxes_of(branch=other)[0]
    assert there.kind is BoxKind.VAULT
    people.assign_role(person=bank.li.id, role=Role.TELLER, branch=other, by=SYSTEM)
    li = replace(bank.li, branch=other)
    vault.release_box(box=bank.other, by=bank.li)
    vault.claim_box(box=there.id, by=li, second=bank.staff["090201"])
    made = vault.request_transfer(source=bank.safe, target=there.id, faces=NOTES, by=li)
    vault.issue_transfer(transfer=made.id, by=bank.chen, second=bank.zhang)
    for early in (
        lambda: vault.count_transfer(transfer=made.id, faces=NOTES, by=li),
        lambda: vault.receive_transfer(transfer=made.id, by=li, second=bank.zhang),
        lambda: vault.reject_transfer(transfer=made.id, reason="late", by=li),
    ):
        with pytest.raises(TransferEnded):
            early()
    with pytest.raises(ReasonMissing):
        vault.carry_transfer(transfer=made.id, carrier="押运一组", seals="", by=bank.chen)
    vault.carry_transfer(transfer=made.id, carrier="押运一组", seals="F1 F2", by=bank.chen)
    with pytest.raises(TransferEnded):
        vault.cancel_transfer(transfer=made.id, by=bank.chen)
    assert vault.count_transfer(transfer=made.id, faces=NOTES, by=li)
    vault.receive_transfer(transfer=made.id, by=li, second=replace(bank.zhang, branch=BRANCH))
    assert faces(there.id)["10000"] == there.faces["10000"] + 20
    through = [
        ledger.account(ledger.internal_account(branch=b, gl="3002", currency="CNY")).balance
        for b in (BRANCH, other)
    ]
    assert sum(through) == 0
    assert abs(through[0]) == 220_000


def test_asking_twice_for_the_same_is_asking_once(bank):
    first = asked(bank)
    assert asked(bank).id == first.id
    assert asked(bank, notes={"10000": 21}).id != first.id
    vault.issue_transfer(transfer=first.id, by=bank.chen)
    assert asked(bank).id != first.id


def test_damaged_notes_go_to_the_vault_as_what_they_are(bank):
    places = len(Stock.objects.get(box=bank.mine).counts)
    Stock.objects.filter(box=bank.mine).update(damaged=[3, *[0] * (places - 1)])
    before = faces(bank.mine)["10000"]
    with pytest.raises(TransferMalformed):
        vault.request_transfer(
            source=bank.mine, target=bank.safe, faces={"10000": 3}, damaged={"10000": 4}, by=bank.wang
        )
    made = vault.request_transfer(
        source=bank.mine, target=bank.safe, faces={"10000": 3}, damaged={"10000": 3}, by=bank.wang
    )
    vault.issue_transfer(transfer=made.id, by=bank.wang)
    assert vault.box(bank.mine).damaged == {}
    received(bank, made, by=bank.chen)
    assert vault.box(bank.safe).damaged == {"10000": 3}
    assert faces(bank.mine)["10000"] == before - 3


def test_damaged_notes_that_are_sent_back_are_damaged_still(bank):
    places = len(Stock.objects.get(box=bank.mine).counts)
    Stock.objects.filter(box=bank.mine).update(unfit=[2, *[0] * (places - 1)])
    made = vault.request_transfer(
        source=bank.mine, target=bank.safe, faces={"10000": 2}, unfit={"10000": 2}, by=bank.wang
    )
    vault.issue_transfer(transfer=made.id, by=bank.wang)
    vault.reject_transfer(transfer=made.id, reason="no room", by=bank.chen)
    assert vault.box(bank.mine).unfit == {"10000": 2}


def test_within_the_branch_no_carrier_takes_it(bank):
    made = on_its_way(bank)
    with pytest.raises(TransferEnded):
        vault.carry_transfer(transfer=made.id, carrier="押运一组", seals="F1", by=bank.chen)


def test_a_supervisor_clears_a_request_that_nobody_wants(bank):
    made = asked(bank)
    assert vault.cancel_transfer(transfer=made.id, by=bank.zhang, reason="day's end").state == "cancelled"
    issued = on_its_way(bank)
    with pytest.raises(NotCustodian):
        vault.cancel_transfer(transfer=issued.id, by=bank.zhang)


def test_a_box_over_its_limit_is_named_as_the_cause(bank):
    breach = LimitBreach.objects.create(
        box_id=bank.mine, branch_id=BRANCH, amount=2, limit=1, due=clock.now()
    )
    made = asked(bank, source=bank.mine, target=bank.safe)
    assert made.breach == breach.pk


def test_the_picture_is_drawn_from_the_table():
    page = Path(__file__).parents[3] / "docs" / "states" / f"{TRANSFER.name}.md"
    assert page.read_text("utf-8") == document(TRANSFER)


def test_a_crash_behind_the_entry_undoes_the_whole_step(bank, monkeypatch):
    """The step, its entry and its notes are one transaction: what is not written whole is not written."""
    made, before = asked(bank), faces(bank.safe)

    def crash(*_arguments, **_named):
        raise OSError("the line is cut")

    with monkeypatch.context() as broken:
        broken.setattr(transfers, "_step", crash)
        with pytest.raises(OSError, match="cut"):
            vault.issue_transfer(transfer=made.id, by=bank.chen)
    assert faces(bank.safe) == before
    assert in_transit() == 0
    assert vault.transfer(made.id).state is TransferState.REQUESTED
    vault.issue_transfer(transfer=made.id, by=bank.chen)
    assert in_transit() == 220_000


def test_nothing_leaves_a_box_that_stands_still(bank):
    made = asked(bank, source=bank.mine, target=bank.safe)
    vault.pause_box(box=bank.mine, reason="lunch", by=bank.wang)
    with pytest.raises(BoxStopped):
        vault.issue_transfer(transfer=made.id, by=bank.wang)
    assert vault.transfer(made.id).state is TransferState.REQUESTED


def test_promised_notes_stay_in_the_vault(bank):
    CashBooking.objects.create(
        number="YY-1", branch_id=BRANCH, vault_id=bank.safe, party_id=1, account_id=1, currency="CNY",
        amount=1, faces={"10000": faces(bank.safe)["10000"]}, booker_id=bank.chen.id, state="promised",
        day=org.next_working_day(org.business_day(BRANCH).date),
    )  # fmt: skip
    made = asked(bank, notes={"10000": 1})
    with pytest.raises(NotesPromised):
        vault.issue_transfer(transfer=made.id, by=bank.chen)
    assert on_its_way(bank, notes={"5000": 1}).state is TransferState.ISSUED


def test_an_open_transfer_stops_the_close_and_the_hand_over(bank):
    day = org.business_day(BRANCH).date
    made = on_its_way(bank)
    [finding] = closing_transfers.transfers_gate(BRANCH, day)
    assert made.number in finding.words
    assert finding.link.endswith(f"/transfers/{made.id}/")
    blockers = vault.blockers_of(person=bank.chen.id, branch=BRANCH)
    assert [one.link for one in blockers] == [finding.link]
    received(bank, made)
    assert closing_transfers.transfers_gate(BRANCH, day) == []
    assert vault.blockers_of(person=bank.chen.id, branch=BRANCH) == []


def test_verify_finds_money_in_transit_that_nobody_sent(bank):
    made = on_its_way(bank)
    assert list(closing_transfers.check(connection.connection)) == []
    Transfer.objects.filter(pk=made.id).update(amount=5)
    [wrong] = closing_transfers.check(connection.connection)
    assert (wrong.code, wrong.columns) == ("vault.transit", ("balance",))
    Transfer.objects.filter(pk=made.id).update(transit=None)
    assert {one.table for one in closing_transfers.check(connection.connection)} == {
        "ledger_account",
        "vault_transfer",
    }
