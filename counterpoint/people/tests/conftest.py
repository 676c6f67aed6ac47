"""People for the tests: the demo's, by their numbers."""

from __future__ import annotations

import pytest

from counterpoint.kit.data import SYSTEM, Actor
from counterpoint.people.models import Staff
from counterpoint.people.services import actor_of, ensure_demo_staff


@pytest.fixture
def bank(db: None) -> dict[str, Staff]:
    """Everybody of the demo, by staff number."""
    ensure_demo_staff(by=SYSTEM)
    return {row.username: row for row in Staff.objects.all()}


@pytest.fixture
def teller(bank: dict[str, Staff]) -> Staff:
    return bank["080101"]


@pytest.fixture
def supervisor(bank: dict[str, Staff]) -> Staff:
    return bank["080201"]


@pytest.fixture
def admin(bank: dict[str, Staff]) -> Staff:
    return bank["090301"]


@pytest.fixture
def by(admin: Staff) -> Actor:
    return actor_of(admin)
