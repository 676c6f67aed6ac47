"""What the tests of this room share."""

import pytest

from counterpoint.kit.testing import once
from counterpoint.meetings.tests.bank import MONDAY, at, build

world = once(build)


@pytest.fixture
def bank(world, db, monkeypatch):
    """The demo branch on a Monday morning, before anybody met."""
    at(monkeypatch, MONDAY)
    return world()
