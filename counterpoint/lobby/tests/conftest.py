"""What the tests of this room share."""

from datetime import timedelta

import pytest

from counterpoint.kit import clock
from counterpoint.kit.testing import once
from counterpoint.lobby.tests.bank import build

world = once(build)


@pytest.fixture
def bank(world, db):
    """The demo branch, its tellers seated."""
    return world()


@pytest.fixture
def pass_time(monkeypatch):
    """Let the clock go on by so many minutes, or back."""
    real = clock.now
    gone = timedelta()

    def pass_minutes(minutes):
        nonlocal gone
        gone += timedelta(minutes=minutes)
        monkeypatch.setattr(clock, "now", lambda: real() + gone)

    return pass_minutes
