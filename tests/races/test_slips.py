"""Two servers and a hand at one slip that did not print: with real commits, and without the lock."""

import threading
from functools import partial

import pytest

from counterpoint.ledger.engine.loop import stop_engine
from counterpoint.lobby import services
from counterpoint.lobby.data import DeviceKind, SlipState
from counterpoint.lobby.models import Slip, Ticket
from counterpoint.lobby.printing.simulator import Mood, Printer
from counterpoint.lobby.services import reach
from counterpoint.lobby.tests.bank import BRANCH, KIOSK, build, open_windows, take
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 4
ORIGIN = "https://bank.example"


@pytest.fixture
def bank(transactional_db):
    made = build()
    open_windows(made)
    yield made
    stop_engine()


@pytest.fixture
def printer():
    """Who closes it waits for what it is printing."""
    one = Printer()
    one.daemon_threads = False
    threading.Thread(target=one.serve_forever, args=(0.01,), daemon=True).start()
    yield one
    one.shutdown()
    one.server_close()


def paired(bank, printer):
    return services.pair_device(
        branch=BRANCH, kind=DeviceKind.KIOSK, name="Door", printer=printer.address, by=bank.liu
    )


def missed(kiosk, printer):
    """A number whose first slip found no paper; now there is some."""
    printer.mood = Mood(paper_out=True)
    number = take()
    failed = services.print_slip(ticket=number, device=kiosk.id, origin=ORIGIN, by=KIOSK)
    printer.mood = Mood()
    return number, failed


def again(number, kiosk, by, copy=None):
    return partial(
        services.print_slip, ticket=number, device=kiosk.id, origin=ORIGIN, by=by, failed_copy=copy
    )


def test_two_clocks_and_a_hand_print_one_slip(bank, printer):
    kiosk, numbers = paired(bank, printer), []
    for _round in range(ROUNDS):
        number, failed = missed(kiosk, printer)
        numbers.append(number.label)
        clock = again(number, kiosk, KIOSK, failed.copy)
        results = at_once(clock, clock, again(number, kiosk, bank.liu))
        assert not [one for one in results if isinstance(one, Exception)], results
        assert Slip.objects.filter(ticket=number.id).count() == 2
    assert Slip.objects.filter(state=SlipState.PRINTED).count() == ROUNDS
    printer.shutdown()
    printer.server_close()
    assert [line.text for one in printer.papers for line in one.lines if line.width == 4] == numbers


def test_without_the_ticket_s_lock_both_would_send_it(bank, printer, monkeypatch):
    """The negative control: both find the failed one newest; the second row runs into the constraint."""
    kiosk = paired(bank, printer)
    number, failed = missed(kiosk, printer)
    together = threading.Barrier(2, timeout=10)

    def unlocked(key, by, any_day=False):
        return Ticket.objects.get(key=key)

    def met(*asked, **how):
        together.wait()
        return made(*asked, **how)

    made = Slip.objects.create
    monkeypatch.setattr(reach, "locked", unlocked)
    monkeypatch.setattr(Slip.objects, "create", met)
    results = at_once(*[again(number, kiosk, KIOSK, failed.copy)] * 2)
    (trouble,) = [one for one in results if isinstance(one, Exception)]
    assert "lobby_slip_copy" in str(trouble)
