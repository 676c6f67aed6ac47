"""The twin on the branch's own tickets: what it learns, answers and suggests, and the pages of it."""

import os
import random
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from counterpoint.insight import services
from counterpoint.insight.data_past import RunKind, RunState, TooLittleKnown
from counterpoint.insight.services import apart as apart_module
from counterpoint.insight.services import past as pasts
from counterpoint.insight.services import runs, suggesting
from counterpoint.insight.views.twin import replay_charts, row_words
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, NotAllowed
from counterpoint.kit.testing import once
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import LobbyMalformed, PastTicket, PastWindow, TicketChannel
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.vault import services as vault

pytestmark = pytest.mark.django_db
BRANCH, OPENS = 3, 9 * 3600
SERVES = ("cash", "query")


def past_days(count):
    day = org.business_day(BRANCH).date
    for _ in range(count):
        day = org.last_working_day(day - timedelta(days=1))
        yield day


def write_day(day, desk, person, *, slow=1.0):
    """One window, somebody every four minutes, five minutes each: the line grows, all are served."""
    dice, free, tickets = random.Random(day.toordinal()), float(OPENS), []
    for place in range(40):
        came = OPENS + place * 240 + dice.uniform(0, 60)
        begun = max(came, free)
        free = begun + dice.uniform(200, 400) * slow
        tickets.append(
            PastTicket(
                service=SERVES[place % 2], arrived=came, called=begun, begun=begun, ended=free, desk=desk,
                person=person, promise=(0, 300, 3600), csat=4 if place % 4 == 0 else None, nps=9,
            )
        )  # fmt: skip
    window = PastWindow(desk, person, SERVES, SERVES, float(OPENS), free + 60)
    return lobby.take_over_history(branch=BRANCH, day=day, tickets=tickets, windows=[window], by=SYSTEM)


def build():
    org.ensure_demo_org(by=SYSTEM)
    people.ensure_demo_staff(by=SYSTEM)
    vault.ensure_demo_boxes(by=SYSTEM)
    staff = {row.username: people.actor_of(row) for row in get_user_model().objects.all()}
    desks = org.desks(BRANCH)
    for day in past_days(5):
        write_day(day, desks[0].id, staff["080101"].id)
    return {"staff": staff, "desks": desks}


world = once(build)


@pytest.fixture
def bank(world, db, monkeypatch):
    # The sums are tested here, and not that they are done in another process.
    for module in (runs, suggesting):
        monkeypatch.setattr(module, "apart", lambda function, *args, **kwargs: function(*args, **kwargs))
    return world()


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
    return browser(bank["staff"]["080301"])


def text(answer):
    return answer.content.decode()


def test_the_past_is_what_the_tickets_say(bank):
    past = services.branch_past(BRANCH, clock.today())
    assert past.tickets == 200
    assert len(past.days) == 5
    assert past.opens == 9 * 60
    assert sum(map(sum, past.demand.expected.values())) == pytest.approx(40)
    assert past.demand.durations["cash"][0] == pytest.approx(5, abs=0.4)
    assert [window.name for window in past.model.windows] == ["01"]
    assert past.model.windows[0].open[0][1] == float("inf")


def test_too_few_days_are_refused_in_words(bank):
    with pytest.raises(TooLittleKnown):
        services.branch_past(4, clock.today())


def test_a_day_is_taken_over_once_and_only_when_it_is_over(bank):
    today, desk = org.business_day(BRANCH).date, bank["desks"][0].id
    person = bank["staff"]["080101"].id
    for day in (today, next(past_days(1))):
        with pytest.raises(LobbyMalformed):
            write_day(day, desk, person)
    assert lobby.statistics(branch=BRANCH, since=today - timedelta(days=30), until=today).total.tickets == 200
    assert lobby.expected(branch=BRANCH, service="cash").mean == pytest.approx(300, abs=30)


def test_a_replayed_day_under_the_same_rule_is_like_the_day(bank):
    day = next(past_days(1))
    found = runs.replay(BRANCH, day, 1)
    rows = found["rows"]
    assert rows["pooled"]["mean"] == pytest.approx(rows["actual"]["mean"], rel=0.1)
    assert rows["more"]["mean"] < rows[found["rule"]]["mean"] / 2


def test_a_replay_says_how_far_chance_reaches_and_says_the_same_each_time(bank):
    day = next(past_days(1))
    first, again = (runs.replay(BRANCH, day, 1) for _time in range(2))
    assert first == again
    rule, real = first["rows"][first["rule"]], first["rows"]["actual"]
    known = [(low, high) for low, high in zip(rule["low"], rule["high"], strict=True) if low is not None]
    assert all(low < high for low, high in known[1:])
    assert "low" not in real
    line = replay_charts(first)[0]
    banded = [one.name for one in line.series if one.band]
    assert banded == [row_words(first["rule"]), row_words("more")]


def test_a_plan_opens_more_windows_than_the_one_that_was_not_enough(bank):
    found = runs.plan(BRANCH, 10, 0.9)
    assert found["met"]
    assert max(found["windows"]) > 1
    assert found["plan_mean"] < found["now_mean"]
    assert all(one["low"] <= one["high"] for one in found["plan"] if one["low"] is not None)


def test_the_twin_answers_what_was_asked_and_says_what_it_cannot(bank, liu):
    day = next(past_days(1))
    page = reverse("insight:twin")
    assert "No day was replayed yet" in text(liu.get(page))
    liu.post(reverse("insight:replay"), {"day": day.isoformat(), "more": "1"}, headers={"HX-Request": "true"})
    assert "the twin works" in text(liu.get(page))
    sunday = day - timedelta(days=200)
    assert services.answer_waiting() == 1
    run = services.last_run(branch=BRANCH, kind=RunKind.REPLAY)
    assert (run.state, run.trouble) == (RunState.DONE, "")
    shown = text(liu.get(page))
    assert "data-chart=" in shown
    assert "40 customers" in shown
    services.ask(
        branch=BRANCH, kind=RunKind.REPLAY, question={"day": sunday.isoformat(), "more": 0},
        by=bank["staff"]["080301"],
    )  # fmt: skip
    services.answer_waiting()
    assert services.last_run(branch=BRANCH, kind=RunKind.REPLAY).state == RunState.FAILED
    assert "too few past tickets" in text(liu.get(page))


def test_a_question_that_breaks_the_twin_ends_and_one_that_was_cut_off_waits_again(bank, monkeypatch):
    def ask():
        return services.ask(
            branch=BRANCH, kind=RunKind.REPLAY, question={"day": str(next(past_days(1))), "more": 0},
            by=bank["staff"]["080301"],
        )  # fmt: skip

    def breaks(_row):
        raise ZeroDivisionError

    broken = ask()
    with monkeypatch.context() as patched:
        patched.setattr(runs, "answer", breaks)
        assert services.answer_waiting() == 1
    assert services.run_of(broken, branch=BRANCH).state == RunState.FAILED

    cut_off = ask()
    runs._next()
    assert services.run_of(cut_off, branch=BRANCH).state == RunState.RUNNING
    assert runs.begin_again() == 1
    assert services.answer_waiting() == 1
    assert services.run_of(cut_off, branch=BRANCH).state == RunState.DONE


def test_only_who_sees_the_board_asks_the_twin(bank):
    teller = bank["staff"]["080101"]
    assert browser(teller).get(reverse("insight:twin")).status_code == 403
    with pytest.raises(NotAllowed):
        services.ask(branch=BRANCH, kind=RunKind.PLAN, question={"within": 10, "share": 90}, by=teller)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("page", ["insight:waits", "insight:process"])
def test_every_chart_has_a_sentence_and_a_table(bank, page, language):
    shown = text(browser(bank["staff"]["080301"], language).get(reverse(page)))
    charts = shown.count("data-chart=")
    assert charts >= 1
    assert shown.count("<figcaption>") == shown.count("<details>") == charts
    assert "<figcaption></figcaption>" not in shown


def test_a_period_without_customers_says_so_and_a_wrong_one_is_mended(bank, liu):
    empty = text(liu.get(reverse("insight:waits"), {"since": "2020-01-01", "until": "2020-01-31"}))
    assert "Nobody was called in this period" in empty
    wrong = liu.get(reverse("insight:waits"), {"since": "2026-02-01", "until": "2026-01-01"})
    assert wrong.status_code == 200
    assert "At most 92 days" in text(wrong)


def seat(bank, number, desk):
    who = bank["staff"][number]
    org.claim_desk(desk=desk.id, by=who)
    vault.claim_box(box=vault.free_box_of_desk(desk=desk.id).id, by=who)
    return who


def crowd(bank, count):
    now = clock.now()
    for place in range(count):
        lobby.take_ticket(
            branch=BRANCH, service="cash", channel=TicketChannel.LOBBY, by=bank["staff"]["080301"],
            arrived=now - timedelta(minutes=count - place),
        )  # fmt: skip


def test_a_window_is_suggested_when_a_crowd_waits_and_somebody_could_serve(bank):
    first, second = bank["desks"][:2]
    wang = seat(bank, "080101", first)
    seat(bank, "080102", second)
    lobby.open_window(desk=first.id, by=wang)
    crowd(bank, 12)
    made = services.suggest_for(BRANCH)
    assert made is not None
    assert (made.desk, made.runs) == (second.id, 200)
    assert "cash" in made.services
    assert made.p90_after < made.p90_before
    assert made.gain_low > 0
    assert services.suggest_for(BRANCH) is None, "one waits for an answer already"
    lobby.decline_suggestion(suggestion=made.id, by=bank["staff"]["080301"])
    assert services.suggest_for(BRANCH) is None, "it was declined a moment ago"


def test_nothing_is_suggested_without_a_line_or_without_anybody_to_open(bank):
    first = bank["desks"][0]
    wang = seat(bank, "080101", first)
    lobby.open_window(desk=first.id, by=wang)
    assert services.suggest_for(BRANCH) is None
    crowd(bank, 6)
    assert services.suggest_for(BRANCH) is None


def test_customers_whom_nobody_serves_are_no_reason_against_a_window(bank):
    """Who is never served must not count as one who does not wait: the window that serves him is a gain."""
    first, second = bank["desks"][:2]
    wang = seat(bank, "080101", first)
    li = seat(bank, "080102", second)
    lobby.open_window(desk=first.id, services=("cash",), by=wang)
    lobby.open_window(desk=second.id, services=("query",), by=li)
    for _ in range(4):
        lobby.take_ticket(
            branch=BRANCH, service="query", channel=TicketChannel.LOBBY, by=bank["staff"]["080301"],
            arrived=clock.now() - timedelta(minutes=9),
        )  # fmt: skip
    lobby.close_window(desk=second.id, by=li)
    made = services.suggest_for(BRANCH)
    assert made is not None
    assert "query" in made.services


def test_sums_are_done_in_another_process():
    assert apart_module.apart(os.getpid) != os.getpid()


def test_minutes_count_from_midnight_in_china():
    assert pasts.minute(clock.start_of(clock.today()) + timedelta(hours=9)) == 540
