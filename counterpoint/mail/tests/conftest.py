"""What the tests of this room share."""

import pytest

from counterpoint.kit.testing import once
from counterpoint.mail.tests.bank import MORNING, Server, at, build

world = once(build)


@pytest.fixture
def bank(world, db, monkeypatch):
    """The demo branch on a working morning."""
    at(monkeypatch, MORNING)
    return world()


@pytest.fixture
def server(settings):
    """A mail server that is up, and that the product uses."""
    made = Server()
    made.start()
    settings.SMTP_HOST, settings.SMTP_PORT, settings.SMTP_TLS = "127.0.0.1", made.port, "none"
    yield made
    made.stop()
