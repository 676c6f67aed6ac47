"""What the tests of this room share."""

import pytest

from counterpoint.kit.testing import once
from counterpoint.visits.tests.bank import build

made = once(build)


@pytest.fixture
def bank(made, db):
    """The demo branch at work."""
    return made()
