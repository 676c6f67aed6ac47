"""A printer that is off and on again: the clock prints what was missed, once, and gives up in time."""

import threading

import pytest

from counterpoint.lobby import services
from counterpoint.lobby.data import DeviceKind, SlipState, SlipTrouble
from counterpoint.lobby.models import Slip
from counterpoint.lobby.printing.simulator import Mood, Printer
from counterpoint.lobby.services import book, slips
from counterpoint.lobby.tests.bank import BRANCH, KIOSK, open_windows, take

pytestmark = pytest.mark.django_db
ORIGIN = "https://bank.example"


class Shelf:
    """The place of one printer: on, off, and on again at the same address."""

    def __init__(self):
        self.printer, self.papers = Printer(), []
        self.address, self.port = self.printer.address, self.printer.server_address[1]
        self.printer.server_close()
        self.on = False

    def switch_on(self, **mood):
        self.printer = Printer(self.port, mood=Mood(**mood))
        # Whoever switches it off waits for what it is printing.
        self.printer.daemon_threads = False
        self.printer.papers = self.papers
        threading.Thread(target=self.printer.serve_forever, args=(0.01,), daemon=True).start()
        self.on = True

    def switch_off(self):
        if self.on:
            self.printer.shutdown()
            self.printer.server_close()
        self.on = False

    @property
    def labels(self):
        """What lies in the tray, once it is off."""
        self.switch_off()
        return [line.text for paper in self.papers for line in paper.lines if line.width == 4]


@pytest.fixture
def shelf():
    one = Shelf()
    yield one
    one.switch_off()


@pytest.fixture
def later(pass_time):
    """Lets seconds pass."""
    return lambda seconds: pass_time(seconds / 60)


def kiosk_with(shelf, bank):
    return services.pair_device(
        branch=BRANCH, kind=DeviceKind.KIOSK, name="Door", printer=shelf.address, by=bank.liu
    )


def asked(number, kiosk):
    return services.print_slip(ticket=number, device=kiosk.id, origin=ORIGIN, by=KIOSK)


def tries():
    return [(one.copy, one.by_clock, one.state) for one in Slip.objects.order_by("id")]


def test_a_printer_that_was_off_prints_once_when_it_is_on_again(bank, shelf, later):
    open_windows(bank)
    number, kiosk = take(), kiosk_with(shelf, bank)
    assert asked(number, kiosk).trouble is SlipTrouble.UNREACHABLE
    later(16)
    assert services.retry_slips() == 0, "it is still off"
    shelf.switch_on()
    later(31)
    assert services.retry_slips() == 1
    for _again in range(3):
        later(600)
        assert services.retry_slips() == 0
    assert shelf.labels == [number.label]
    assert tries() == [
        (1, False, SlipState.FAILED), (2, True, SlipState.FAILED), (3, True, SlipState.PRINTED)
    ]  # fmt: skip
    assert services.unprinted_of(BRANCH) == []


def test_its_code_leads_where_the_first_one_would_have(bank, shelf, later):
    open_windows(bank)
    number, kiosk = take(), kiosk_with(shelf, bank)
    asked(number, kiosk)
    shelf.switch_on()
    later(16)
    services.retry_slips()
    shelf.switch_off()
    (code,) = [line.qr for line in shelf.papers[0].lines if line.qr]
    assert code == f"{ORIGIN}/lobby/t/{services.token_of(number.key, by=bank.liu)}/"


def test_the_pauses_grow_and_end(bank, shelf, later):
    open_windows(bank)
    asked(take(), kiosk_with(shelf, bank))
    for pause in book.value("slip_pauses"):
        later(pause - 5)
        before = Slip.objects.count()
        services.retry_slips()
        assert Slip.objects.count() == before, "too early"
        later(6)
        services.retry_slips()
        assert Slip.objects.count() == before + 1
    later(3600)
    services.retry_slips()
    assert len(tries()) == 1 + len(book.value("slip_pauses"))
    assert services.next_tries(BRANCH) == {}
    assert len(services.unprinted_of(BRANCH)) == 1, "staff still see it"


def test_whoever_does_not_wait_any_more_gets_no_paper(bank, shelf, later):
    open_windows(bank)
    kiosk = kiosk_with(shelf, bank)
    called, gone = take("transfer"), take("transfer")
    asked(called, kiosk), asked(gone, kiosk)
    services.call_next(desk=bank.wang.desk, by=bank.wang)
    services.leave_line(ticket=gone.key, by=bank.liu)
    shelf.switch_on()
    later(16)
    assert services.retry_slips() == 0
    assert shelf.labels == []


def test_a_number_called_in_this_very_moment_is_left_alone(bank, shelf, later, monkeypatch):
    open_windows(bank)
    number, kiosk = take("transfer"), kiosk_with(shelf, bank)
    asked(number, kiosk)
    looked = slips._last(number)
    services.call_next(desk=bank.wang.desk, by=bank.wang)
    shelf.switch_on()
    with pytest.raises(slips.SlipNotNow):
        services.print_slip(ticket=number, device=kiosk.id, origin=ORIGIN, by=KIOSK, failed_copy=looked.copy)
    assert shelf.labels == []


def test_what_may_lie_in_the_tray_is_never_printed_by_the_clock(bank, shelf, later):
    open_windows(bank)
    number, kiosk = take(), kiosk_with(shelf, bank)
    shelf.switch_on(breaks_after=10)
    assert asked(number, kiosk).trouble is SlipTrouble.CUT_OFF
    shelf.switch_off()
    shelf.switch_on()
    later(600)
    assert services.retry_slips() == 0
    assert shelf.labels == []


def test_a_printer_in_trouble_is_tried_with_one_slip_and_then_prints_them_all(bank, shelf, later):
    open_windows(bank)
    kiosk = kiosk_with(shelf, bank)
    numbers = [take(service) for service in ("cash", "transfer", "cash")]
    for number in numbers:
        asked(number, kiosk)
    later(16)
    services.retry_slips()
    assert len(tries()) == 4
    shelf.switch_on()
    later(31)
    assert services.retry_slips() == 3
    assert shelf.labels == [number.label for number in numbers]


def test_where_another_number_has_just_been_printed_nothing_is_waited_for(bank, shelf, later):
    open_windows(bank)
    kiosk = kiosk_with(shelf, bank)
    missed = take()
    asked(missed, kiosk)
    shelf.switch_on()
    newest = take()
    asked(newest, kiosk)
    assert services.retry_slips() == 1
    assert shelf.labels == [newest.label, missed.label]


def test_two_servers_that_saw_the_same_failure_print_one_slip(bank, shelf, later):
    open_windows(bank)
    number, kiosk = take(), kiosk_with(shelf, bank)
    failed = asked(number, kiosk)
    later(16)
    services.retry_slips()
    shelf.switch_on()
    # The other one still holds what it saw: the first failure.
    again = services.print_slip(
        ticket=number, device=kiosk.id, origin=ORIGIN, by=KIOSK, failed_copy=failed.copy
    )
    assert (again.copy, again.state) == (2, SlipState.FAILED)
    assert shelf.labels == []


def test_nothing_missed_costs_one_query(bank, django_assert_num_queries):
    open_windows(bank)
    book.value("slip_pauses")
    with django_assert_num_queries(1):
        services.retry_slips()
