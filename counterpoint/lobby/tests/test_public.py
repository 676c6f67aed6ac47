"""The customer's faces: kiosk, phone, display. Nobody is signed in there."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from counterpoint.kit import live
from counterpoint.lobby import services
from counterpoint.lobby.data import (
    DeviceKind,
    PhonePart,
    RatingState,
    TicketChannel,
    TicketState,
)
from counterpoint.lobby.faces import middle_in_words, range_in_words
from counterpoint.lobby.tests.bank import BRANCH, KIOSK, open_windows, served, take
from counterpoint.lobby.tests.web import CODE, HTMX, at, pressed, refused, text
from counterpoint.org import services as org

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone():
    return Client(headers={"Accept-Language": "en"}, enforce_csrf_checks=True)


def line():
    return [one.ticket for one in services.waiting(BRANCH).waiting]


def sent(phone, name, token, **form):
    """A form of the phone's page, sent from it."""
    page = text(phone.get(reverse("lobby:phone", args=[token])))
    secret = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    csrf = secret.group(1) if secret else phone.cookies["csrftoken"].value
    return phone.post(
        reverse(f"lobby:{name}", args=[token]), form | {"csrfmiddlewaretoken": csrf}, headers=HTMX
    )


def number(service="cash", **more):
    """A number with the secret of its page."""
    return services.take_ticket(branch=BRANCH, service=service, channel=TicketChannel.KIOSK, by=KIOSK, **more)


def test_a_browser_that_is_not_paired_is_no_screen(bank):
    stranger = Client(headers={"Accept-Language": "en"})
    for kind in ("kiosk", "display"):
        answer = stranger.get(at(kind))
        assert (answer.status_code, refused(answer)) == (404, "device_refused")
        assert "Sign in" in text(answer)
    assert stranger.post(at("take"), {"service": "cash"}).status_code == 404
    assert line() == []


def test_the_lobby_pairs_a_browser_and_ends_it(bank, liu):
    assert "Pair this screen" in text(liu.get(at("kiosk")))
    answer = liu.post(
        reverse("lobby:pair", args=["kiosk", CODE]), {"name": "Door", "printer": "127.0.0.1:9100"}
    )
    assert answer.status_code == 302
    assert answer.cookies["lobby_kiosk"]["httponly"]
    assert 'name="service"' in text(liu.get(at("kiosk")))
    (device,) = services.devices_of(BRANCH)
    assert (device.name, device.printer) == ("Door", "127.0.0.1:9100")
    assert "Door" in text(liu.get(reverse("lobby:devices")))
    liu.post(reverse("lobby:end_device", args=[device.id]))
    assert liu.get(at("kiosk")).status_code == 404


def test_a_kiosk_with_somebody_signed_in_offers_to_sign_out(bank, liu, kiosk):
    liu.cookies["lobby_kiosk"] = kiosk.cookies["lobby_kiosk"].value
    assert reverse("account_logout") in text(liu.get(at("kiosk")))
    assert reverse("account_logout") not in text(kiosk.get(at("kiosk")))


def test_one_press_is_one_number_with_promise_papers_and_code(bank, kiosk):
    open_windows(bank)
    answer = pressed(kiosk)
    (ticket,) = line()
    assert (ticket.channel, ticket.service) == (TicketChannel.KIOSK, "cash")
    shown = text(answer)
    assert f"<h2>{ticket.label}</h2>" in shown
    assert range_in_words(ticket.promise.low, ticket.promise.high) in shown
    assert "Identity document" in shown
    assert "data:image/svg+xml;base64," in shown


def test_a_double_press_is_one_number(bank, kiosk):
    open_windows(bank)
    key = str(uuid4())
    first, second = pressed(kiosk, idempotency_key=key), pressed(kiosk, idempotency_key=key)
    assert len(line()) == 1
    assert line()[0].label in text(first)
    assert line()[0].label in text(second)


def test_priority_and_group_are_the_customers_own_words(bank, kiosk):
    open_windows(bank)
    pressed(kiosk, priority="elderly", group="3")
    assert (line()[0].priority, line()[0].group) == ("elderly", 3)
    assert "vip" not in re.findall(r'name="priority" value="(\w+)"', text(kiosk.get(at("kiosk"))))
    assert pressed(kiosk, priority="vip").status_code == 403


def test_a_service_that_nobody_does_says_when_and_where(bank, kiosk):
    open_windows(bank, "wang")
    org.release_desk(desk=bank.chen.desk, by=bank.chen)
    shown = text(kiosk.get(at("kiosk") + "?in=en"))
    assert shown.count("nobody on duty") == 1
    answer = pressed(kiosk, "loan")
    assert (answer.status_code, refused(answer)) == (409, "nobody_serves")
    assert "make an appointment" in text(answer)
    assert line() == []


def test_a_wrong_press_is_refused_in_words(bank, kiosk):
    open_windows(bank)
    assert pressed(kiosk, "gold").status_code == 404
    assert pressed(kiosk, group="0").status_code == 422
    assert pressed(kiosk, idempotency_key="x").status_code == 422


def test_the_language_of_the_kiosk_is_in_its_address(bank, kiosk):
    open_windows(bank)
    assert "现金业务" in text(kiosk.get(at("kiosk")))
    assert "Cash" in text(kiosk.get(at("kiosk") + "?in=en"))


def test_a_slip_that_is_not_printed_is_said_at_the_kiosk_and_to_staff(bank, kiosk, liu):
    open_windows(bank)
    shown = text(kiosk.post(at("slip") + "?in=en", {"token": number().token}, headers=HTMX))
    assert "Your number counts" in shown
    assert "this kiosk has no printer" in text(liu.get(reverse("lobby:devices")))


def test_screens_hear_their_branch_and_nothing_else(bank, kiosk, screen):
    display = screen(DeviceKind.DISPLAY)
    for answer in (kiosk.get(at("kiosk_pass")), display.get(at("display_pass"))):
        assert live.read_ticket(answer.json()["ticket"]).channels == (f"display:{BRANCH}",)
    assert kiosk.get(at("display_pass")).status_code == 404


def test_the_phone_shows_place_promise_and_papers_and_no_name(bank, phone):
    open_windows(bank)
    take()
    taken = number("loan", party=bank.customer)
    answer = phone.get(reverse("lobby:phone", args=[taken.token]))
    shown = text(answer)
    assert taken.ticket.label in shown
    assert "Proof of income" in shown
    assert "张" not in shown
    assert answer.headers["Referrer-Policy"] == "same-origin"
    heard = live.read_ticket(re.search(r'data-live-ticket="([^"]+)"', shown).group(1))
    assert heard.channels == (f"ticket:{taken.ticket.key}", f"display:{BRANCH}")
    assert heard.person == 0


def test_the_phone_says_where_to_go_and_that_a_promise_was_broken(bank, phone, pass_time):
    open_windows(bank, "wang")
    first, second = number(), number()
    pass_time(90)
    services.break_promises()
    assert "longer than we said" in text(phone.get(reverse("lobby:phone", args=[second.token])))
    called = services.call_next(desk=bank.wang.desk, by=bank.wang)
    token = {first.ticket.key: first.token, second.ticket.key: second.token}[called.ticket.key]
    assert f"Please come to window {called.desk_number}" in text(
        phone.get(reverse("lobby:phone", args=[token]))
    )


def test_the_customer_leaves_the_line_by_phone(bank, phone):
    open_windows(bank)
    taken = number()
    assert "You have left the line" in text(sent(phone, "leave", taken.token))
    assert services.ticket(taken.ticket.key, by=bank.liu).state is TicketState.LEFT
    again = sent(phone, "leave", taken.token)
    assert (again.status_code, refused(again)) == (409, "ticket_moved")


def test_a_form_of_another_site_is_refused(bank, phone):
    open_windows(bank)
    taken = number()
    assert phone.post(reverse("lobby:leave", args=[taken.token])).status_code == 403
    assert services.ticket(taken.ticket.key, by=bank.liu).in_line


def test_after_the_service_the_phone_asks_once(bank, phone):
    open_windows(bank, "wang")
    taken = number()
    assert 'name="csat"' not in text(phone.get(reverse("lobby:phone", args=[taken.token])))
    services.finish_ticket(ticket=served(bank.wang).key, by=bank.wang)
    assert 'name="csat"' in text(phone.get(reverse("lobby:phone", args=[taken.token])))
    assert sent(phone, "rate", taken.token, csat="6").status_code == 422
    assert "Thank you" in text(sent(phone, "rate", taken.token, csat="5", nps="9", comment="好"))
    given = services.rating_of(taken.ticket.key)
    assert (given.csat, given.nps, given.comment, given.state) == (5, 9, "好", RatingState.GIVEN)
    again = sent(phone, "rate", taken.token, csat="1")
    assert refused(again) == "rating_used"
    assert services.rating_of(taken.ticket.key).csat == 5


def test_the_question_may_be_passed_over(bank, phone):
    open_windows(bank, "wang")
    taken = number()
    services.finish_ticket(ticket=served(bank.wang).key, by=bank.wang)
    sent(phone, "skip", taken.token)
    assert services.rating_of(taken.ticket.key).state is RatingState.SKIPPED


@pytest.mark.parametrize("token", ["x", "0" * 40, "好"])
def test_a_forged_page_is_closed_in_words(bank, phone, token):
    answer = phone.get(reverse("lobby:phone", args=[token]))
    assert (answer.status_code, refused(answer)) == (404, "lobby_token_refused")


def test_a_page_that_has_expired_is_closed_too(bank, phone, pass_time):
    open_windows(bank)
    taken = number()
    pass_time(13 * 60)
    assert phone.get(reverse("lobby:phone", args=[taken.token])).status_code == 404
    assert phone.get(reverse("lobby:phone_pass", args=[taken.token])).status_code == 404


def test_another_room_offers_something_on_the_phone(bank, phone, monkeypatch):
    from counterpoint.lobby.services import offers

    monkeypatch.setattr(offers, "_parts", [])
    services.register_phone_part(
        lambda ticket: PhonePart(f"Forms for {ticket.label}", "/visits/pre/x/", "edit")
    )
    services.register_phone_part(lambda _ticket: None)
    open_windows(bank)
    taken = number()
    shown = text(phone.get(reverse("lobby:phone", args=[taken.token])))
    assert f"Forms for {taken.ticket.label}" in shown
    assert 'href="/visits/pre/x/"' in shown


def joined(client, display):
    """The address behind the code on the display."""
    return display.get(at("display")).context["join"].partition("testserver")[2]


def test_a_phone_takes_one_number_by_the_code_on_the_display(bank, screen):
    open_windows(bank)
    phone = Client(headers={"Accept-Language": "en"})
    address = joined(phone, screen(DeviceKind.DISPLAY))
    assert "Cash" in text(phone.get(address))
    answer = phone.post(address, {"service": "cash", "idempotency_key": str(uuid4())})
    assert line()[0].channel is TicketChannel.PHONE
    again = phone.post(address, {"service": "query", "idempotency_key": str(uuid4())})
    assert again.url == answer.url
    assert len(line()) == 1


def test_the_code_of_another_day_takes_no_number(bank, screen):
    open_windows(bank)
    phone = Client(headers={"Accept-Language": "en"})
    address = joined(phone, screen(DeviceKind.DISPLAY))
    answer = phone.post(address[:-3] + "xx/", {"service": "cash"})
    assert (answer.status_code, refused(answer)) == (404, "join_refused")
    assert line() == []


def test_the_display_shows_calls_with_their_place_and_says_them_in_two_languages(bank, screen):
    open_windows(bank, "wang")
    number(party=bank.customer)
    number()
    called = services.call_next(desk=bank.wang.desk, by=bank.wang)
    shown = text(screen(DeviceKind.DISPLAY).get(at("display")))
    label = " ".join(called.ticket.label)
    assert f'data-zh="请 {label} 号，到 1 号窗口。"' in shown
    assert f'data-en="Number {label}, please go to window 1."' in shown
    assert re.search(r'data-place="\d+" data-desk="01" data-now="1"', shown)
    assert "张" not in shown


def test_the_display_says_that_a_promise_was_broken(bank, screen, pass_time):
    open_windows(bank, "wang")
    ticket, display = take(), screen(DeviceKind.DISPLAY)
    assert "抱歉" not in text(display.get(at("display")))
    pass_time(90)
    services.break_promises()
    shown = text(display.get(at("display"), headers=HTMX))
    assert "抱歉" in shown
    assert ticket.label in shown


def test_a_service_without_an_open_window_has_no_time_on_the_display(bank, screen):
    open_windows(bank, "wang", services=("cash",))
    shown = text(screen(DeviceKind.DISPLAY).get(at("display")))
    assert shown.count("≈") == 1


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0, 40, "不到1分钟"), (0, 290, "5分钟以内"), (245, 530, "4–9分钟"), (120, 120, "2分钟")],
)
def test_a_promise_in_words(low, high, words):
    assert range_in_words(low, high) == words


def test_the_middle_of_a_promise_is_never_nothing():
    assert middle_in_words(0) == "最可能1分钟"
