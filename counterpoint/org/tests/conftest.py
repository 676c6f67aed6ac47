import pytest
from django.contrib.auth import get_user_model

from counterpoint.kit.data import SYSTEM, Actor, ActorKind
from counterpoint.org import services
from counterpoint.people.services import ensure_demo_staff, person_by_number


@pytest.fixture
def bank(db):
    """The demo bank with its people."""
    services.ensure_demo_org(by=SYSTEM)
    ensure_demo_staff(by=SYSTEM)


@pytest.fixture
def who(bank):
    """``who("080101")``: the actor with this staff number."""

    def find(number: str) -> Actor:
        found = person_by_number(number)
        return Actor(kind=ActorKind.PERSON, id=found.id, name=found.name, branch=found.branch)

    return find


@pytest.fixture
def author(who):
    return who("090101")


@pytest.fixture
def supervisor(who):
    return who("080201")


@pytest.fixture
def sign_in(bank, client, settings):
    """``sign_in("080101")``: a browser of that person."""
    settings.DEMO = True
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }

    def enter(number: str):
        client.force_login(
            get_user_model().objects.get(username=number), backend="django.contrib.auth.backends.ModelBackend"
        )
        return client

    return enter
