"""What the tests of this room share."""

import pytest

from counterpoint.visits.tests.bank import build


@pytest.fixture
def bank(db):
    """The demo branch at work."""
    return build()
