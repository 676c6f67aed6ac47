"""What the tests of this room share."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from counterpoint.kit import clock
from counterpoint.kit.testing import once
from counterpoint.lobby import services
from counterpoint.lobby.data import DeviceKind
from counterpoint.lobby.tests.bank import BRANCH, build

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


@pytest.fixture
def screen(bank):
    """Browsers that are paired as a screen of the branch; nobody is signed in at them."""

    def paired(kind, **client):
        device = services.pair_device(branch=BRANCH, kind=kind, name="Hall", by=bank.liu)
        made = Client(headers={"Accept-Language": "en"}, **client)
        made.cookies[f"lobby_{kind}"] = services.device_token(device)
        made.device = device
        return made

    return paired


@pytest.fixture
def kiosk(screen):
    return screen(DeviceKind.KIOSK)


@pytest.fixture
def liu(bank):
    """Liu Yang of the lobby, signed in."""
    client = Client(headers={"Accept-Language": "en"})
    row = get_user_model().objects.get(pk=bank.liu.id)
    row.must_change_password = False
    row.save()
    client.force_login(row, backend="django.contrib.auth.backends.ModelBackend")
    return client
