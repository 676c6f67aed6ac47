"""Large-cash bookings 大额取现预约: promised notes are nobody else's until somebody came or the day ended."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from counterpoint.kit.data import SYSTEM, NotAllowed
from counterpoint.kit.states import document
from counterpoint.org import services as org
from counterpoint.vault import closing_cases, rules_cases
from counterpoint.vault import services as vault
from counterpoint.vault.data import (
    BookingEnded,
    BookingExists,
    BookingNotCovered,
    BookingRefused,
    BookingState,
    BookingTooSoon,
    FacesDoNotSum,
    ReasonMissing,
    UnknownBooking,
    UnknownFace,
)
from counterpoint.vault.models import Stock
from counterpoint.vault.tests.bank import BRANCH
from counterpoint.vault.tests.cases_bank import with_customer
from counterpoint.vault.tests.test_services import move

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank():
    return with_customer()


def book(bank, amount=20_000_000, **more):
    wish = {"party": bank.party, "account": bank.account, "amount": amount, "day": bank.tomorrow}
    return vault.book_cash(**(wish | {"by": bank.wang} | more))


def short_vault(bank, face="10000", leave=0):
    """Send nearly all notes of a face from the vault to a desk."""
    safe = vault.box(bank.safe)
    move(safe, vault.box(bank.mine), {face: safe.faces[face] - leave})


def test_a_booking_promises_the_fewest_notes_of_the_vault(bank):
    made = book(bank)
    assert made.state is BookingState.PROMISED
    assert made.faces == {"10000": 2000}
    assert vault.promised_of(box=bank.safe) == {"10000": 2000}
    assert vault.promised_of(box=bank.safe, besides=bank.tomorrow) == {}
    assert vault.free_faces(box=bank.safe)["10000"] == vault.box(bank.safe).faces["10000"] - 2000


def test_the_customers_own_faces_are_kept(bank):
    faces = {"10000": 1500, "5000": 1000}
    assert book(bank, faces=faces).faces == faces


def test_what_is_promised_is_not_promised_again(bank):
    short_vault(bank, leave=2500)
    book(bank)
    other = book(bank, day=org.add_working_days(bank.today, 2), faces={"10000": 2000})
    assert other.state is BookingState.BOOKED
    assert other.to_order


def test_notes_that_cannot_come_in_time_are_refused_with_the_first_day_that_works(bank):
    short_vault(bank)
    with pytest.raises(BookingTooSoon) as refused:
        book(bank, faces={"10000": 2000})
    earliest = org.add_working_days(bank.today, 2)
    assert refused.value.details["earliest"] == earliest.isoformat()
    assert book(bank, faces={"10000": 2000}, day=earliest).state is BookingState.BOOKED


def test_unfit_and_damaged_notes_are_never_promised(bank):
    counts = Stock.objects.get(box=bank.safe).counts
    Stock.objects.filter(box=bank.safe).update(unfit=[counts[0] - 100], damaged=[50])
    assert vault.free_faces(box=bank.safe)["10000"] == 50
    with pytest.raises(BookingTooSoon):
        book(bank, faces={"10000": 2000})


def test_a_large_sum_is_booked_a_day_ahead_by_the_dated_rule(bank):
    with pytest.raises(BookingTooSoon) as refused:
        book(bank, day=bank.today)
    assert refused.value.details["earliest"] == bank.tomorrow.isoformat()
    assert refused.value.why.source
    assert book(bank, amount=5_000_000, day=bank.today).active


def test_a_day_without_work_is_no_day_for_cash(bank):
    day = bank.tomorrow
    while org.is_working_day(day):
        day += timedelta(days=1)
    with pytest.raises(BookingRefused):
        book(bank, day=day)


@pytest.mark.parametrize("amount", [0, -1, 10**14, "20000", 1.5, True, None])
def test_an_amount_that_is_none_is_refused(bank, amount):
    with pytest.raises(BookingRefused):
        book(bank, amount=amount)


@pytest.mark.parametrize(
    ("faces", "refusal"),
    [
        ({"10000": 1999}, FacesDoNotSum),
        ({"20000": 1000}, UnknownFace),
        ({"10000": -2000}, UnknownFace),
        ({"10000": 2001, "5000": -2}, UnknownFace),
        ({"10000": 2000.0}, UnknownFace),
        ({"10000": 10**30}, UnknownFace),
        ({"x": 1}, UnknownFace),
    ],
)
def test_faces_that_are_wrong_are_refused(bank, faces, refusal):
    with pytest.raises(refusal):
        book(bank, faces=faces)


def test_a_face_that_was_withdrawn_is_refused_from_its_day(bank, monkeypatch):
    known = {"notes": [10000, 5000], "coins": []}
    value = org.value
    monkeypatch.setattr(
        org, "value", lambda *, key, at: known if key == "cash.faces" else value(key=key, at=at)
    )
    with pytest.raises(UnknownFace):
        book(bank, faces={"10000": 1999, "2000": 5})


@pytest.mark.parametrize("day", [date(2020, 1, 6), date(2099, 1, 5)])
def test_a_day_long_past_or_far_ahead_is_refused(bank, day):
    with pytest.raises(BookingRefused):
        book(bank, day=day)


def test_the_account_is_the_customers_and_has_one_booking_a_day(bank):
    with pytest.raises(BookingRefused):
        book(bank, party=bank.party + 99)
    book(bank)
    with pytest.raises(BookingExists):
        book(bank)


def test_huge_text_is_refused(bank):
    with pytest.raises(BookingRefused):
        book(bank, purpose="x" * 121)
    made = book(bank)
    with pytest.raises(BookingRefused):
        vault.cancel_booking(booking=made.id, reason="x" * 201, by=bank.wang)


def test_a_lobby_manager_books_no_cash(bank):
    with pytest.raises(NotAllowed):
        book(bank, by=bank.staff["080301"])


def test_cancelled_with_a_reason_its_notes_are_free(bank):
    made = book(bank)
    with pytest.raises(ReasonMissing):
        vault.cancel_booking(booking=made.id, reason="  ", by=bank.wang)
    assert vault.cancel_booking(booking=made.id, reason="客户来电取消", by=bank.wang).reason == "客户来电取消"
    assert vault.promised_of(box=bank.safe) == {}
    with pytest.raises(BookingEnded):
        vault.cancel_booking(booking=made.id, reason="again", by=bank.wang)


def test_what_was_ordered_is_promised_once_it_has_come(bank):
    short_vault(bank)
    made = book(bank, faces={"10000": 2000}, day=org.add_working_days(bank.today, 2))
    with pytest.raises(BookingNotCovered) as refused:
        vault.promise_booking(booking=made.id, by=bank.wang)
    assert refused.value.details["lacking"] == {"10000": 2000}
    move(vault.box(bank.mine), vault.box(bank.safe), {"10000": 3000})
    assert vault.promise_booking(booking=made.id, by=bank.wang).state is BookingState.PROMISED
    with pytest.raises(BookingEnded):
        vault.promise_booking(booking=made.id, by=bank.wang)


def test_paid_only_on_its_day_and_once(bank):
    later = book(bank)
    with pytest.raises(BookingRefused):
        vault.pay_booking(booking=later.id, entry=1, by=bank.wang)
    today = book(bank, amount=1_000_000, day=bank.today)
    paid = vault.pay_booking(booking=today.id, entry=77, by=bank.wang)
    assert (paid.state, paid.entry, paid.ended is None) == (BookingState.PAID, 77, False)
    with pytest.raises(BookingEnded):
        vault.pay_booking(booking=today.id, entry=78, by=bank.wang)


def test_nobody_came_until_the_day_ended(bank):
    today = book(bank, amount=1_000_000, day=bank.today)
    later = book(bank)
    (finding,) = closing_cases.booking_gate(BRANCH, bank.today)
    assert today.number in finding.words
    for missed in (1, 0):
        report = SimpleNamespace(by=SYSTEM)
        assert closing_cases.missed_step(BRANCH, bank.today, report) == {"missed": missed}
    assert vault.booking(today.id).state is BookingState.MISSED
    assert vault.booking(later.id).state is BookingState.PROMISED


def test_the_needs_of_a_day_by_face(bank):
    short_vault(bank, leave=300)
    book(bank, day=org.add_working_days(bank.today, 2), faces={"10000": 1500, "5000": 1000})
    needs = {one.face: one for one in vault.needs_of(branch=BRANCH, day=org.add_working_days(bank.today, 2))}
    assert (needs["10000"].wanted, needs["10000"].free, needs["10000"].lacking) == (1500, 300, 1200)
    assert needs["5000"].lacking == 0


def test_an_unknown_booking_is_said_to_be_unknown(bank):
    with pytest.raises(UnknownBooking):
        vault.booking(10**9)


def test_the_picture_of_its_states_is_the_true_one():
    from tests.house.source import ROOT

    for machine in (rules_cases.BOOKING, rules_cases.COUNTERFEIT):
        assert (ROOT / "docs" / "states" / f"{machine.name}.md").read_text() == document(machine)
