"""What the tests of this room share."""

import pytest

from counterpoint.feedback.tests.bank import build
from counterpoint.kit.testing import once

world = once(build)


@pytest.fixture
def bank(world, db):
    """The demo branch at work."""
    return world()
