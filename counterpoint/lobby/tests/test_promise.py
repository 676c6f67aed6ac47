"""The learned promise: who makes it, when the rule takes over, and that it says so."""

import random
from datetime import timedelta

import pytest

from counterpoint.kit import clock
from counterpoint.kit.models import Event
from counterpoint.lobby import services
from counterpoint.lobby.data import PromiseBasis, TicketState, TooFewWaits
from counterpoint.lobby.models import Period, PromiseModel, PromiseSample, Ticket
from counterpoint.lobby.services import promise_kept, promise_learned
from counterpoint.lobby.tests.bank import BRANCH, open_windows, served, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(bank):
    """One window at work, and somebody who waits: whoever comes now has to wait too."""
    open_windows(bank, "wang")
    take()
    served(bank.wang)
    take()
    return bank


def known_waits(count=1200):
    """Many earlier tickets, with the numbers of the last one; all waited between 8 and 12 minutes."""
    drawn, sample = random.Random(1), PromiseSample.objects.latest("id")
    last = sample.ticket
    tickets, day = [], last.business_date
    for at in range(count):
        came = last.arrived_at - timedelta(days=30 - at * 29 // count)
        fields = {
            f.attname: getattr(last, f.attname) for f in Ticket._meta.fields if f.name not in ("id", "key")
        }
        fields |= {
            "number": at, "series": "Q", "digest": f"{at}", "arrived_at": came, "since": came,
            "taken_at": came, "business_date": day - timedelta(days=30 - at * 29 // count),
            "state": TicketState.SERVED,
        }  # fmt: skip
        tickets.append(Ticket(**fields))
    Ticket.objects.bulk_create(tickets)
    Period.objects.bulk_create(
        Period(
            ticket=one, branch_id=BRANCH, state=TicketState.CALLED, service=one.service, desk_id=1,
            person_id=Period.objects.filter(person__isnull=False).values_list("person_id", flat=True)[0],
            start=one.arrived_at + timedelta(minutes=drawn.uniform(8, 12)),
            end=one.arrived_at + timedelta(hours=1),
        )
        for one in tickets
    )  # fmt: skip
    PromiseSample.objects.bulk_create(
        PromiseSample(
            ticket=one, branch_id=BRANCH, business_date=one.business_date, features=sample.features,
            routing=sample.routing, numbers=sample.numbers,
        )
        for one in tickets
    )  # fmt: skip


@pytest.fixture
def learned(line):
    """Learned of scenes like that of the next who comes."""
    known_waits()
    waits = PromiseSample.objects.get(ticket__state=TicketState.WAITING).ticket
    services.leave_line(ticket=waits.key, by=line.wang)
    return services.learn_promises(branch=BRANCH)


def test_what_was_known_is_kept_for_those_who_wait_only(bank):
    open_windows(bank, "wang")
    take()
    assert not PromiseSample.objects.exists()
    served(bank.wang)
    ticket = take()
    sample = PromiseSample.objects.get()
    assert sample.ticket.key == ticket.key
    assert len(sample.numbers) == len(services.feature_names(list(services.services_at(BRANCH))))


def test_a_number_taken_is_promised_what_was_learned(learned):
    made = take().promise
    assert made.basis == "model 1"
    assert 8.5 * 60 <= made.mid <= 11.5 * 60
    assert 7.5 * 60 <= made.low < made.mid < made.high <= 12.5 * 60
    assert services.promise_source(BRANCH).basis is PromiseBasis.MODEL


def test_learning_is_an_event_with_what_it_came_to(learned):
    event = Event.objects.get(verb="lobby.promise.learned")
    assert event.data["samples"] == learned.samples == 1200
    assert 70 <= learned.coverage <= 90
    assert learned.mae < 90
    assert services.learn_promises(branch=BRANCH).version == 2


def test_with_few_waits_nothing_is_learned_and_the_rule_goes_on(line):
    with pytest.raises(TooFewWaits):
        services.learn_promises(branch=BRANCH)
    assert take().promise.basis == "rule"
    assert services.promise_source(BRANCH).basis is PromiseBasis.NOTHING_LEARNED


def test_a_model_that_somebody_has_changed_does_not_speak(learned):
    body = bytes(PromiseModel.objects.get().body)
    promise_kept._read.clear()
    PromiseModel.objects.update(body=body[:-1] + bytes([body[-1] ^ 1]))
    assert take().promise.basis == "rule"
    assert services.promise_source(BRANCH).basis is PromiseBasis.BROKEN


def test_a_model_of_another_branch_put_here_does_not_speak(learned):
    promise_kept._read.clear()
    PromiseModel.objects.update(version=7)
    assert take().promise.basis == "rule"
    assert services.promise_source(BRANCH).basis is PromiseBasis.BROKEN


def test_a_marked_model_that_cannot_be_read_does_not_speak(learned):
    promise_kept._read.clear()
    row = PromiseModel.objects.get()
    row.body = b"no numbers"
    row.mark = promise_kept.mark_of(row)
    row.save()
    assert take().promise.basis == "rule"
    assert services.promise_source(BRANCH).basis is PromiseBasis.BROKEN


@pytest.mark.parametrize(
    ("stale", "basis"),
    [
        ({"learned_at": clock.now() - timedelta(days=15)}, PromiseBasis.OLD),
        ({"routing": "another"}, PromiseBasis.OTHER_ROUTING),
        ({"features": "another"}, PromiseBasis.OTHER_FEATURES),
    ],
)
def test_a_stale_model_leaves_the_promise_to_the_rule(learned, stale, basis):
    PromiseModel.objects.update(**stale)
    assert take().promise.basis == "rule"
    assert services.promise_source(BRANCH).basis is basis


def test_waits_under_another_routing_are_not_learned_from(line):
    known_waits()
    PromiseSample.objects.update(routing="another")
    with pytest.raises(TooFewWaits):
        services.learn_promises(branch=BRANCH)


def test_a_branch_learns_once_a_night(line, monkeypatch):
    known_waits()
    monkeypatch.setattr(promise_learned, "_tried", {})
    at = clock.now().replace(hour=7, minute=0)
    monkeypatch.setattr(clock, "now", lambda: at)
    promise_learned.learn_at_night()
    assert not PromiseModel.objects.exists()
    night = at.replace(hour=18) + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: night)
    for _strike in range(3):
        promise_learned.learn_at_night()
    assert PromiseModel.objects.count() == 1
