"""What the tests of this room share."""

import pytest

from counterpoint.kit.testing import once
from counterpoint.notices.services import memory
from counterpoint.notices.tests.bank import build

world = once(build)


@pytest.fixture
def bank(world, db):
    """The demo branch at work; nothing is remembered of the test before."""
    memory.forget()
    yield world()
    memory.forget()
