"""The lobby tablet and the appointments, as whoever runs the lobby sees them."""

import re
from datetime import datetime, time, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from counterpoint.kit import clock
from counterpoint.kit.clock import CHINA
from counterpoint.kit.data import SYSTEM
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import AppointmentState, TicketState
from counterpoint.lobby.tests.bank import BRANCH, OTHER, open_windows, served, take
from counterpoint.lobby.tests.test_suggestions import proposal
from counterpoint.org import services as org

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def browser(who, language="en"):
    client = Client(headers={"Accept-Language": language})
    get_user_model().objects.filter(pk=who.id).update(must_change_password=False)
    client.force_login(
        get_user_model().objects.get(pk=who.id), backend="django.contrib.auth.backends.ModelBackend"
    )
    session = client.session
    session["branch"] = who.branch
    session.save()
    return client


@pytest.fixture
def liu(bank):
    return browser(bank.liu)


def text(answer):
    return answer.content.decode()


def rows(page):
    return re.findall(r'data-row="ticket-(\d+)"', text(page))


def state(ticket, by):
    return lobby.ticket(ticket.key, by=by).state


def test_only_who_runs_the_lobby_sees_it(bank, liu):
    assert liu.get(reverse("lobby:floor")).status_code == 200
    assert browser(bank.wang).get(reverse("lobby:floor")).status_code == 403
    assert browser(bank.wang).post(reverse("lobby:give"), {"service": "cash"}).status_code == 403


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_cards_say_who_waits_for_what_since_when_and_what_is_missing(bank, language):
    open_windows(bank, "wang")
    ticket = take("account", party=bank.customer, group=3)
    lobby.describe_ticket(
        ticket=ticket.key, priority="elderly", priority_reason="满七十岁", papers_missing=["id_card"],
        by=bank.liu,
    )  # fmt: skip
    shown = text(browser(bank.liu, language).get(reverse("lobby:floor"), headers=HTMX))
    service = lobby.services_at(BRANCH)["account"]
    assert ticket.label in shown
    assert (service.name_en if language == "en" else service.name_zh) in shown
    assert "满七十岁" in shown
    assert ("Identity document" if language == "en" else "身份证件") in shown
    assert "张**" in shown
    assert "张三丰" not in shown
    assert f'data-expected="{ticket.promise.high}"' in shown
    assert f"signal:lobby:{BRANCH}" in shown


def test_the_cost_of_the_tablet_does_not_grow_with_the_line(bank, liu, django_assert_max_num_queries):
    open_windows(bank)
    take("cash", party=bank.customer)
    liu.get(reverse("lobby:floor"), headers=HTMX)
    with django_assert_max_num_queries(80) as counted:
        liu.get(reverse("lobby:floor"), headers=HTMX)
    for _ in range(6):
        take("cash", party=bank.customer)
    with django_assert_max_num_queries(len(counted)):
        assert len(rows(liu.get(reverse("lobby:floor"), headers=HTMX))) == 7


def test_a_number_for_a_customer_is_given_once_however_often_it_is_pressed(bank, liu):
    open_windows(bank, "wang")
    said = {
        "service": "cash", "priority": "ordinary", "group": "2", "party": bank.customer,
        "client_key": "0190a0a0-0000-7000-8000-000000000001",
    }  # fmt: skip
    first = liu.post(reverse("lobby:give"), said, headers=HTMX)
    again = liu.post(reverse("lobby:give"), said, headers=HTMX)
    assert first.status_code == again.status_code == 200
    waiting = lobby.waiting(BRANCH).waiting
    assert [(one.ticket.group, one.ticket.party) for one in waiting] == [(2, bank.customer)]
    assert waiting[0].ticket.label in text(first)
    assert "data:image/svg+xml" in text(first)


def test_priority_needs_a_reason(bank, liu):
    open_windows(bank, "wang")
    said = {"service": "cash", "priority": "elderly", "group": "1"}
    assert liu.post(reverse("lobby:give"), said, headers=HTMX).status_code == 422
    assert lobby.waiting(BRANCH).total == 0
    liu.post(reverse("lobby:give"), said | {"priority_reason": "满七十岁"}, headers=HTMX)
    assert lobby.waiting(BRANCH).waiting[0].ticket.priority == "elderly"


def test_each_act_on_a_card_does_what_it_says(bank, liu):
    open_windows(bank, "wang")
    left, void, moved, forms = take("cash"), take("cash"), take("cash"), take("account")
    liu.post(reverse("lobby:ticket_leave", args=[left.key]), headers=HTMX)
    assert state(left, bank.liu) is TicketState.LEFT
    liu.post(reverse("lobby:ticket_back", args=[left.key]), headers=HTMX)
    assert state(left, bank.liu) is TicketState.RETURNED
    assert liu.post(reverse("lobby:ticket_void", args=[void.key]), headers=HTMX).status_code == 422
    liu.post(reverse("lobby:ticket_void", args=[void.key]), {"reason": "取错号"}, headers=HTMX)
    assert state(void, bank.liu) is TicketState.VOIDED
    liu.post(
        reverse("lobby:ticket_move", args=[moved.key]), {"service": "query", "note": "先查余额"}, headers=HTMX
    )
    assert lobby.ticket(moved.key, by=bank.liu).service == "query"
    liu.post(reverse("lobby:ticket_prework", args=[forms.key]), headers=HTMX)
    assert state(forms, bank.liu) is TicketState.PREWORK
    liu.post(reverse("lobby:ticket_prework", args=[forms.key]), headers=HTMX)
    assert lobby.ticket(forms.key, by=bank.liu).prework
    liu.post(
        reverse("lobby:ticket_note", args=[forms.key]),
        {"priority": "pregnant", "priority_reason": "孕妇", "group": "2", "papers_missing": ["income"]},
        headers=HTMX,
    )
    noted = lobby.ticket(forms.key, by=bank.liu)
    assert (noted.priority, noted.group, noted.papers_missing) == ("pregnant", 2, ("income",))


def test_a_number_says_why_it_is_not_next_and_what_happened_to_it(bank, liu):
    open_windows(bank, "wang")
    ticket = take("cash")
    shown = text(liu.get(reverse("lobby:ticket", args=[ticket.key]), headers=HTMX))
    assert lobby.explain(ticket=ticket.key, by=bank.liu).split(".")[0].split("。")[0][:4] in shown
    assert "waiting" in shown


def test_somebody_of_another_branch_reaches_no_number(bank):
    ticket = take_open(bank)
    stranger = browser(bank.liu)
    session = stranger.session
    session["branch"] = OTHER
    session.save()
    assert stranger.get(reverse("lobby:ticket", args=[ticket.key])).status_code in (403, 404)


def take_open(bank):
    open_windows(bank, "wang")
    return take("cash")


def test_windows_are_opened_given_other_services_and_closed(bank, liu):
    desk = bank.li.desk
    shown = text(liu.get(reverse("lobby:window", args=[desk]), headers=HTMX))
    assert "may not do this service" in shown
    liu.post(
        reverse("lobby:window", args=[desk]), {"services": ["cash", "query"], "own": ["cash"]}, headers=HTMX
    )
    window = next(one for one in lobby.windows_at(BRANCH) if one.desk == desk)
    assert (window.services, window.primary) == (("cash", "query"), ("cash",))
    barred = liu.post(reverse("lobby:window", args=[desk]), {"services": ["loan"]}, headers=HTMX)
    assert 'data-refusal="ticket_not_eligible"' in text(barred)
    liu.post(reverse("lobby:close_window", args=[desk]), headers=HTMX)
    assert not lobby.windows_at(BRANCH)


def test_a_desk_at_which_nobody_sits_says_so_before_anybody_tries(bank, liu):
    empty = bank.desks[-1]
    assert "Nobody works at this desk" in text(liu.get(reverse("lobby:window", args=[empty]), headers=HTMX))


def test_the_suggestion_on_top_is_accepted_with_one_tap(bank, liu):
    open_windows(bank, "wang")
    made = lobby.suggest_window(branch=BRANCH, proposal=proposal(bank.li.desk, "cash"), by=SYSTEM)
    shown = " ".join(text(liu.get(reverse("lobby:floor"), headers=HTMX)).split())
    assert "Open window 02 for Cash from" in shown
    assert "90th percentile wait 14 → 8 min" in shown
    liu.post(reverse("lobby:accept", args=[made.id]), headers=HTMX)
    assert "cash" in next(one.services for one in lobby.windows_at(BRANCH) if one.desk == bank.li.desk)
    assert reverse("lobby:accept", args=[made.id]) not in text(liu.get(reverse("lobby:floor"), headers=HTMX))
    other = lobby.suggest_window(branch=BRANCH, proposal=proposal(bank.chen.desk, "cash"), by=SYSTEM)
    liu.post(reverse("lobby:decline", args=[other.id]), headers=HTMX)
    assert lobby.suggestion_at(BRANCH) is None


def test_customers_are_found_by_posting_only(bank, liu):
    assert liu.get(reverse("lobby:find")).status_code == 405
    assert "张**" in text(liu.post(reverse("lobby:find"), {"q": "张三丰"}, headers=HTMX))
    assert "data-party" not in text(liu.post(reverse("lobby:find"), {"q": "查无此人"}, headers=HTMX))


@pytest.fixture
def slot(bank):
    """The first place of a service on the next working day."""
    day = org.next_working_day(clock.today())
    return lobby.slots(branch=BRANCH, service="account", day=day)[0]


def test_a_place_is_taken_counted_and_freed(bank, liu, slot):
    page = reverse("lobby:appointments")
    day = slot.start.astimezone(CHINA).date()
    said = {"service": "account", "start": slot.start.isoformat(), "group": "1", "party": bank.customer}
    assert liu.post(page, said, headers=HTMX).status_code == 200
    made = lobby.appointments_of(branch=BRANCH, day=day)[0]
    shown = text(liu.get(page, {"day": day.isoformat(), "service": "account"}))
    assert made.code in shown
    assert f"{slot.capacity - 1} of {slot.capacity} free" in shown
    for _ in range(slot.capacity - 1):
        liu.post(page, said | {"party": ""}, headers=HTMX)
    assert 'data-refusal="slot_full"' in text(liu.post(page, said, headers=HTMX))
    liu.post(reverse("lobby:cancel_appointment", args=[made.id]), headers=HTMX)
    assert lobby.appointment(made.id).state is AppointmentState.CANCELLED
    assert liu.post(page, said, headers=HTMX).status_code == 200


@pytest.mark.parametrize("start", ["", "tomorrow", "2026-01-01T09:00"])
def test_a_time_that_is_none_is_refused(bank, liu, start):
    said = {"service": "account", "start": start, "group": "1"}
    assert liu.post(reverse("lobby:appointments"), said, headers=HTMX).status_code == 422


def test_the_calendar_file_names_place_and_time_but_nobody(bank, liu, slot):
    made = lobby.make_appointment(
        branch=BRANCH, service="account", start=slot.start, party=bank.customer, by=bank.liu
    )
    answer = liu.get(reverse("lobby:calendar", args=[made.id]))
    assert answer["Content-Type"].startswith("text/calendar")
    event = Calendar.from_ical(answer.content).walk("VEVENT")[0]
    assert event.decoded("dtstart") == slot.start
    assert made.code in str(event["uid"])
    assert event.walk("VALARM")
    assert "张" not in text(answer)
    lobby.cancel_appointment(appointment=made.id, by=bank.liu)
    over = Calendar.from_ical(liu.get(reverse("lobby:calendar", args=[made.id])).content)
    assert (str(over["method"]), str(over.walk("VEVENT")[0]["status"])) == ("CANCEL", "CANCELLED")


def test_who_has_an_appointment_gets_a_number_at_check_in(bank, liu, monkeypatch):
    open_windows(bank, "wang")
    day = org.next_working_day(clock.today())
    start = datetime.combine(day, time(9, 30), CHINA)
    made = lobby.make_appointment(branch=BRANCH, service="account", start=start, by=bank.liu)
    monkeypatch.setattr(clock, "now", lambda: start - timedelta(minutes=5))
    unknown = liu.post(reverse("lobby:check_in"), {"code": "ZZZZZZZZ"}, headers=HTMX)
    assert 'data-refusal="appointment_unknown"' in text(unknown)
    assert liu.post(reverse("lobby:check_in"), {"code": made.code.lower()}, headers=HTMX).status_code == 200
    assert lobby.appointment(made.id).state is AppointmentState.CHECKED_IN


def test_who_is_served_shows_at_the_window(bank, liu):
    open_windows(bank, "wang")
    take("cash")
    ticket = served(bank.wang)
    shown = text(liu.get(reverse("lobby:floor"), headers=HTMX))
    assert f'data-row="desk-{bank.wang.desk}" data-stamp="{ticket.label} serving' in shown
