"""The close is killed in any step and goes on; two supervisors close at once and one does."""

import os
import subprocess
import sys
import textwrap
import time
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM
from counterpoint.kit.keys import new_key
from counterpoint.kit.models import Event
from counterpoint.kit.verbs import CATALOGUE, declare
from counterpoint.ledger import services as ledger
from counterpoint.ledger import verify
from counterpoint.ledger.data import AccountKind, Leg, Posting
from counterpoint.ledger.models import Accumulation
from counterpoint.org import services as org
from counterpoint.org.data import CloseUnderWay, DayNotOpen, Phase, Step
from counterpoint.org.models import DayChange, DayPaper
from counterpoint.org.services import closing
from tests.races.test_org import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
DAY = date(2026, 11, 24)
BRANCH = 3
#: Runs the close in a process of its own that kills itself at one place of one step.
SCRIPT = """
import os, signal, dataclasses, django
django.setup()
from counterpoint.kit.data import SYSTEM
from counterpoint.org import services as org
from counterpoint.org.services import closing
KEY, PLACE = os.environ["KILL_STEP"], os.environ["KILL_PLACE"]
step = closing._steps[KEY]
def run(branch, date, report):
    if PLACE == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = step.run(branch, date, report)
    os.kill(os.getpid(), signal.SIGKILL)
closing._steps[KEY] = dataclasses.replace(step, run=run)
org.close_branch(branch=3, by=SYSTEM)
"""


@pytest.fixture(autouse=True)
def _bank(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: DAY)
    org.ensure_demo_org(by=SYSTEM)
    org.load_shipped_rules(by=SYSTEM)
    yield
    ledger.stop_engine()


def with_money():
    if "ledger.test.posted" not in CATALOGUE:
        declare("ledger.test.posted", summary="A posting of the tests.", where=__name__)
    mine = ledger.open_account(
        party=1, kind=AccountKind.DEMAND, currency="CNY", branch=BRANCH, by=SYSTEM, name="张三"
    )
    cash = ledger.internal_account(branch=BRANCH, gl="1001", currency="CNY")
    ledger.post(
        Posting(
            key=new_key(), verb="ledger.test.posted", branch=BRANCH, business_date=DAY,
            legs=(Leg(cash, 100_000), Leg(mine.id, -100_000)), by=SYSTEM, subject=f"account:{mine.id}",
        )
    )  # fmt: skip
    return mine.id


def killed(step, place):
    name = connection.settings_dict["NAME"]
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(SCRIPT)],
        env=os.environ | {
            "DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "counterpoint.site.settings", "KILL_STEP": step, "KILL_PLACE": place,
        },
        cwd=Path(__file__).parent.parent.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == -9, done.stderr


def when_the_pen_has_fallen():
    """The server lets go of a dead process's pen as soon as it hears that the line is gone."""
    for _ in range(100):
        run = org.day_run(branch=BRANCH, date=DAY)
        if not run.running:
            return run
        time.sleep(0.05)
    pytest.fail("the run of a dead process still counts as running")


def test_every_step_survives_being_killed_before_and_after_its_work():
    mine = with_money()
    steps = [step.key for step in closing.steps()]
    assert {"org.shut", "ledger.interest", "ledger.totals", "ledger.day_book", "org.seal"} <= set(steps)
    for step in steps:
        for place in ("before", "after"):
            killed(step, place)
            run = when_the_pen_has_fallen()
            assert run.finished is None
            done = [one.key for one in run.steps if one.finished]
            assert done == steps[: steps.index(step)]
    run = org.close_branch(branch=BRANCH, by=SYSTEM)
    assert run.finished
    assert run.attempts == 2 * len(steps) + 1
    assert Accumulation.objects.get(account_id=mine).product == 100_000
    assert DayChange.objects.filter(branch=BRANCH, date=DAY, opened=False).count() == 1
    finished = Event.objects.filter(verb="org.step.finished", subject=f"day_run:{run.id}")
    assert sorted(e.data["step"] for e in finished) == sorted(steps)
    names = list(DayPaper.objects.values_list("name", flat=True))
    assert len(names) == len(set(names)) >= 2
    before = Event.objects.count()
    with pytest.raises(DayNotOpen):
        org.close_branch(branch=BRANCH, by=SYSTEM)
    assert Event.objects.count() == before
    connection.ensure_connection()
    assert verify.check(connection.connection) == []


def test_of_two_who_close_at_once_one_does_and_the_other_is_told(monkeypatch):
    import threading

    inside, leave = threading.Event(), threading.Event()

    def slow(branch, day, report):
        inside.set()
        leave.wait(20)

    monkeypatch.setitem(closing._steps, "t.slow", Step("t.slow", "Slow", 11, slow))

    def second():
        inside.wait(20)
        try:
            return org.close_branch(branch=BRANCH, by=SYSTEM)
        finally:
            leave.set()

    first, other = at_once(lambda: org.close_branch(branch=BRANCH, by=SYSTEM), second)
    assert isinstance(other, CloseUnderWay)
    assert first.finished
    assert first.phase is Phase.CLOSE
