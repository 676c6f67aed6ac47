"""Slips: bytes that a printer reads, a real socket, and what is said when it does not print."""

import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.kit import clock
from counterpoint.kit.data import NotAllowed
from counterpoint.lobby import services
from counterpoint.lobby.data import (
    DeviceEnded,
    DeviceKind,
    DeviceRefused,
    LobbyMalformed,
    SlipNotNow,
    SlipState,
    SlipTrouble,
)
from counterpoint.lobby.models import Slip
from counterpoint.lobby.printing.line import PrinterTrouble, address_of, send
from counterpoint.lobby.printing.reader import WrongBytes, read_slip
from counterpoint.lobby.printing.simulator import Mood, Printer, picture
from counterpoint.lobby.printing.writer import SlipText, clean, slip_bytes
from counterpoint.lobby.services import slips
from counterpoint.lobby.tests.bank import BRANCH, KIOSK, OTHER, open_windows, take

ORIGIN = "https://bank.example"
WORDS = st.text(st.characters(codec="gb18030", exclude_categories=("Cs", "Cc")), max_size=40)


def slip(**changes):
    said = {
        "bank": "柜协示范银行", "branch": "上海人民路支行", "title": "现金业务 Cash", "label": "A012",
        "lines": ("预计等候4–9分钟",), "address": "https://bank.example/lobby/t/abc/", "scan": "扫码看号",
        "foot": "请留意叫号", "mark": "",
    }  # fmt: skip
    return slip_bytes(SlipText(**said | changes))


@pytest.fixture
def printers():
    """Printers on sockets of this computer, each in its mood."""
    made = []

    def printer(**mood):
        one = Printer(mood=Mood(**mood))
        threading.Thread(target=one.serve_forever, args=(0.01,), daemon=True).start()
        made.append(one)
        return one

    yield printer
    for one in made:
        one.shutdown()
        one.server_close()


def test_a_slip_carries_the_number_large_the_words_in_chinese_and_the_code():
    paper = read_slip(slip())
    large = next(line for line in paper.lines if line.text == "A012")
    assert (large.width, large.height) == (4, 4)
    assert "预计等候4–9分钟" in paper.text
    assert [line.qr for line in paper.lines if line.qr] == ["https://bank.example/lobby/t/abc/"]
    assert paper.cut


def test_chinese_is_sent_between_its_commands_as_gb18030():
    assert b"\x1c&" + "上海人民路支行".encode("gb18030") + b"\x1c.\n" in slip()


def test_a_second_copy_is_marked_and_a_first_is_not():
    assert "补打" in read_slip(slip(mark="补打")).text
    assert "补打" not in read_slip(slip()).text


@given(words=WORDS, mark=WORDS)
def test_whatever_is_written_is_read_again(words, mark):
    paper = read_slip(slip(branch=words, mark=mark))
    assert any(line.text == clean(words) for line in paper.lines)


def test_control_characters_in_a_name_do_not_steer_the_printer():
    paper = read_slip(slip(branch="支行\x1dV\x00\x1b@"))
    assert any(line.text == "支行 V  @" for line in paper.lines)


@given(st.binary(max_size=60))
def test_the_reader_reads_or_refuses_and_never_breaks(data):
    try:
        paper = read_slip(data)
    except WrongBytes:
        return
    # Nothing is read that was not there.
    assert sum(len(line.text) for line in paper.lines) <= len(data)


def test_the_simulator_draws_what_it_read():
    drawn = picture(read_slip(slip()))
    assert drawn.width == 576
    assert drawn.getextrema()[0] == 0


def test_a_printer_prints_once_over_a_socket(printers):
    printer = printers()
    send(printer.address, slip())
    printer.shutdown()
    assert [paper.cut for paper in printer.papers] == [True]
    assert printer.wrong == []


@pytest.mark.parametrize(
    ("mood", "trouble"),
    [
        ({"paper_out": True}, SlipTrouble.PAPER_OUT),
        ({"offline": True}, SlipTrouble.OFFLINE),
        ({"breaks_after": 10}, SlipTrouble.CUT_OFF),
    ],
)
def test_trouble_is_named(printers, mood, trouble):
    with pytest.raises(PrinterTrouble) as refused:
        send(printers(**mood).address, slip())
    assert refused.value.trouble is trouble


def test_nobody_there_is_named_too(printers):
    gone = Printer()
    gone.server_close()
    with pytest.raises(PrinterTrouble) as refused:
        send(gone.address, slip())
    assert refused.value.trouble is SlipTrouble.UNREACHABLE


@pytest.mark.parametrize(
    "text",
    ["", "printer:9100", "8.8.8.8:9100", "127.0.0.1:80", "127.0.0.1", "169.254.169.254:9100", "::1:9100"],
)
def test_a_printer_is_of_this_house(text):
    assert address_of(text) is None


@pytest.mark.parametrize("text", ["127.0.0.1:9100", "192.168.3.7:9100", "10.1.2.3:65535"])
def test_addresses_of_this_house_are_taken(text):
    host, port = address_of(text)
    assert f"{host}:{port}" == text


def kiosk_of(bank, printer=""):
    return services.pair_device(
        branch=BRANCH, kind=DeviceKind.KIOSK, name="Door", printer=printer, by=bank.liu
    )


@pytest.fixture
def composed(monkeypatch):
    """What slips were made: whether each was marked as a copy."""
    marks = []

    def compose(_ticket, _origin, marked):
        marks.append(marked)
        return slip(mark="补打" if marked else "")

    monkeypatch.setattr(slips, "_composers", [compose])
    return marks


def printed(ticket, device, *, by=KIOSK, again=False):
    return services.print_slip(ticket=ticket, device=device.id, origin=ORIGIN, by=by, again=again)


def test_the_kiosk_prints_a_number_once_however_often_it_asks(bank, printers, composed):
    open_windows(bank)
    printer, number = printers(), take()
    kiosk = kiosk_of(bank, printer.address)
    first = printed(number, kiosk)
    second = printed(number, kiosk)
    assert (first.state, first.copy, composed) == (SlipState.PRINTED, 1, [False])
    assert second.id == first.id
    printer.shutdown()
    assert len(printer.papers) == 1


def test_staff_print_again_and_the_paper_says_so(bank, printers, composed):
    open_windows(bank)
    printer, number = printers(), take()
    kiosk = kiosk_of(bank, printer.address)
    printed(number, kiosk)
    again = printed(number, kiosk, by=bank.liu, again=True)
    assert (again.copy, composed) == (2, [False, True])
    printer.shutdown()
    assert "补打" in printer.papers[1].text


def test_trouble_loses_no_number_and_is_on_record(bank, printers, composed):
    open_windows(bank)
    number, empty = take(), kiosk_of(bank, printers(paper_out=True).address)
    failed = printed(number, empty)
    assert (failed.state, failed.trouble) == (SlipState.FAILED, SlipTrouble.PAPER_OUT)
    assert services.ticket(number.key, by=bank.liu).in_line
    assert services.slips_of(BRANCH)[0] == failed
    good = printed(number, kiosk_of(bank, printers().address))
    assert (good.state, good.copy, composed) == (SlipState.PRINTED, 2, [False, False])


def test_what_broke_off_half_way_may_lie_in_the_tray_so_the_next_is_a_copy(bank, printers, composed):
    open_windows(bank)
    number = take()
    failed = printed(number, kiosk_of(bank, printers(breaks_after=10).address))
    printed(number, kiosk_of(bank, printers().address))
    assert (failed.trouble, composed) == (SlipTrouble.CUT_OFF, [False, True])


def test_nothing_is_printed_for_a_number_that_has_ended(bank, printers):
    open_windows(bank)
    number = take()
    services.leave_line(ticket=number.key, by=bank.liu)
    with pytest.raises(SlipNotNow):
        printed(number, kiosk_of(bank, printers().address))


def test_a_screen_is_its_branchs_and_kinds_until_it_is_ended(bank):
    kiosk = kiosk_of(bank)
    token = services.device_token(kiosk)
    assert services.device_of(token, branch=BRANCH, kind=DeviceKind.KIOSK) == kiosk
    for branch, kind in ((OTHER, DeviceKind.KIOSK), (BRANCH, DeviceKind.DISPLAY)):
        with pytest.raises(DeviceRefused):
            services.device_of(token, branch=branch, kind=kind)
    with pytest.raises(DeviceRefused):
        services.device_of(token + "x", branch=BRANCH, kind=DeviceKind.KIOSK)
    services.end_device(device=kiosk.id, by=bank.liu)
    with pytest.raises(DeviceRefused):
        services.device_of(token, branch=BRANCH, kind=DeviceKind.KIOSK)
    with pytest.raises(DeviceEnded):
        services.end_device(device=kiosk.id, by=bank.liu)


def test_only_the_lobby_pairs_a_screen_and_its_printer_is_of_this_house(bank):
    with pytest.raises(NotAllowed):
        services.pair_device(branch=BRANCH, kind=DeviceKind.KIOSK, name="Door", by=bank.zhao)
    with pytest.raises(LobbyMalformed):
        kiosk_of(bank, "8.8.8.8:9100")


def unprinted():
    return [(one.label, one.unsure) for one in services.unprinted_of(BRANCH)]


def tried_again(bank, device):
    return services.try_slips_again(branch=BRANCH, device=device.id, origin=ORIGIN, by=bank.liu)


def test_what_has_no_paper_is_shown_and_printed_once_when_there_is_paper(bank, printers):
    open_windows(bank)
    empty, full = printers(paper_out=True), printers()
    first, second = take(), take("transfer")
    for number in (first, second):
        printed(number, kiosk_of(bank, empty.address))
    assert unprinted() == [(first.label, False), (second.label, False)]
    good = kiosk_of(bank, full.address)
    assert tried_again(bank, good) == 2
    assert unprinted() == []
    assert tried_again(bank, good) == 0
    full.shutdown()
    assert len(full.papers) == 2


def test_what_may_lie_in_the_tray_is_printed_only_where_somebody_asks(bank, printers):
    open_windows(bank)
    number = take()
    printed(number, kiosk_of(bank, printers(breaks_after=10).address))
    assert unprinted() == [(number.label, True)]
    assert tried_again(bank, kiosk_of(bank, printers().address)) == 0


def test_what_was_lost_with_its_process_is_shown_and_never_printed_unasked(bank):
    open_windows(bank)
    number, kiosk = take(), kiosk_of(bank)
    printed(number, kiosk)
    Slip.objects.update(state=SlipState.SENDING, trouble="")
    assert unprinted() == []
    Slip.objects.update(asked_at=clock.now() - timedelta(minutes=2))
    assert unprinted() == [(number.label, True)]
    services.leave_line(ticket=number.key, by=bank.liu)
    assert unprinted() == []


def test_two_who_try_again_at_once_print_one_slip(bank, printers, composed, monkeypatch):
    open_windows(bank)
    number, printer = take(), printers()
    kiosk = kiosk_of(bank, printer.address)
    printed(number, kiosk_of(bank, printers(paper_out=True).address))
    looked = slips._last(number)
    printed(number, kiosk)
    # Who looked before the other had asked finds it out behind the lock.
    monkeypatch.setattr(slips, "_last", lambda _ticket: looked)
    found = printed(number, kiosk)
    assert (found.state, len(composed)) == (SlipState.PRINTED, 2)
    printer.shutdown()
    assert len(printer.papers) == 1


def test_a_printer_in_trouble_is_asked_once_and_not_for_every_number(bank, printers):
    open_windows(bank)
    empty = kiosk_of(bank, printers(paper_out=True).address)
    for service in ("cash", "transfer", "cash"):
        printed(take(service), empty)
    before = Slip.objects.count()
    assert tried_again(bank, empty) == 0
    assert Slip.objects.count() == before + 1
