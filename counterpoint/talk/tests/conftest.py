"""What the tests of this room share."""

import pytest

from counterpoint.kit.testing import once
from counterpoint.talk.tests.bank import build

world = once(build)


@pytest.fixture
def bank(world, db):
    """The demo branch at work."""
    return world()
