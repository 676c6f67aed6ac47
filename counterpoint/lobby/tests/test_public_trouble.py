"""The customer's faces under load and in trouble: too many numbers, no paper, many calls at once."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from counterpoint.kit import clock
from counterpoint.lobby import services
from counterpoint.lobby.data import DeviceKind
from counterpoint.lobby.models import TakeCount
from counterpoint.lobby.printing.simulator import Printer
from counterpoint.lobby.services import book
from counterpoint.lobby.tests.bank import BRANCH, KIOSK, open_windows, take
from counterpoint.lobby.tests.web import CODE, HTMX, at, pressed, refused, text
from counterpoint.lobby.views.phone import join_address

pytestmark = pytest.mark.django_db


def label_of(answer):
    return re.search(r'data-number="(\w+)"', text(answer)).group(1)


@pytest.fixture
def still(monkeypatch):
    """The clock stands, so that no span ends meanwhile."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)


def counted(source, n):
    """So many numbers were taken from there in this span already."""
    TakeCount.objects.filter(source=source).update(n=n)


def test_a_thousand_numbers_in_a_minute_are_no_trouble_for_a_kiosk(bank, kiosk, still):
    open_windows(bank)
    pressed(kiosk)
    counted(services.source_of_device(kiosk.device), 1000)
    assert pressed(kiosk).status_code == 200


def test_a_kiosk_that_runs_wild_is_stopped_in_words_and_the_others_go_on(bank, screen, still):
    open_windows(bank)
    wild, other = screen(DeviceKind.KIOSK), screen(DeviceKind.KIOSK)
    key = str(uuid4())
    first = pressed(wild, idempotency_key=key)
    counted(services.source_of_device(wild.device), 1500)
    answer = pressed(wild)
    assert (answer.status_code, refused(answer)) == (429, "too_many_numbers")
    assert "ask the colleague in the lobby" in text(answer)
    assert label_of(pressed(wild, idempotency_key=key)) == label_of(first), "the same press, the same number"
    assert pressed(other).status_code == 200
    assert take("transfer").label, "the lobby's own staff are never counted"


def test_phones_of_one_address_are_counted_together_and_those_of_another_apart(bank, rf, still):
    open_windows(bank)
    address = join_address(rf.get("/"), CODE, BRANCH).removeprefix("http://testserver")
    page = Client(headers={"Accept-Language": "en"})
    form = {"service": "cash"}
    assert page.post(address, form, REMOTE_ADDR="10.0.0.7").status_code == 302
    (row,) = TakeCount.objects.all()
    assert "10.0.0.7" not in row.source
    TakeCount.objects.update(n=30)
    full = Client(headers={"Accept-Language": "en"}).post(address, form, REMOTE_ADDR="10.0.0.7")
    assert (full.status_code, refused(full)) == (429, "too_many_numbers")
    assert Client().post(address, form, REMOTE_ADDR="10.0.0.8").status_code == 302


def test_counts_are_forgotten(bank, kiosk, monkeypatch):
    open_windows(bank)
    pressed(kiosk)
    later = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    pressed(kiosk)
    assert [one.span.hour for one in TakeCount.objects.all()] == [later.hour]


def test_staff_see_what_has_no_paper_and_print_it_with_one_press(bank, kiosk, liu):
    open_windows(bank)
    number = take()
    services.print_slip(ticket=number, device=kiosk.device.id, origin="http://testserver", by=KIOSK)
    assert "1 number was not printed" in text(liu.get(reverse("lobby:floor"), headers=HTMX))
    page = text(liu.get(reverse("lobby:devices")))
    assert "Without paper" in page
    assert number.label in page
    assert "not by itself" in page, "a kiosk without a printer stays without one"
    done = liu.post(reverse("lobby:try_slips"), {"device": kiosk.device.id})
    assert done.status_code == 302
    assert [one.copy for one in services.unprinted_of(BRANCH)] == [2]
    part = text(liu.get(reverse("lobby:devices"), headers=HTMX))
    assert part.lstrip().startswith('<div class="c-stack" id="lobby-slips"')


def test_staff_see_when_a_slip_is_tried_again_and_each_try(bank, liu, pass_time):
    open_windows(bank)
    gone = Printer()
    gone.server_close()
    door = services.pair_device(
        branch=BRANCH, kind=DeviceKind.KIOSK, name="Door", printer=gone.address, by=bank.liu
    )
    services.print_slip(ticket=take(), device=door.id, origin="http://testserver", by=KIOSK)
    page = text(liu.get(reverse("lobby:devices")))
    assert "<td>by itself at <time" in page
    pass_time(0.5)
    services.retry_slips()
    page = text(liu.get(reverse("lobby:devices")))
    assert '<td>2 <span class="c-muted">by itself</span></td>' in page
    assert page.count("Print again at Door") == 1, "only what was tried last is printed again"


def test_six_calls_stand_below_each_other(bank, screen):
    open_windows(bank)
    hall = screen(DeviceKind.DISPLAY)
    for _customer in range(7):
        take("transfer")
    for _call in range(6):
        called = services.call_next(desk=bank.wang.desk, by=bank.wang).ticket
        services.begin_serving(ticket=called.key, by=bank.wang)
        services.finish_ticket(ticket=called.key, by=bank.wang)
    assert "is-many" not in text(hall.get(at("display"), headers=HTMX))
    assert len(services.display(BRANCH).called) == 6


def test_where_more_windows_call_than_the_rule_has_lines_each_call_is_shown(bank, screen, monkeypatch):
    open_windows(bank)
    take("transfer"), take("transfer")
    for who in (bank.wang, bank.li):
        services.call_next(desk=who.desk, by=who)
    known = book.value
    monkeypatch.setattr(
        book, "value", lambda name, day=None: 1 if name == "display_lines" else known(name, day)
    )
    assert len(services.display(BRANCH).called) == 2
