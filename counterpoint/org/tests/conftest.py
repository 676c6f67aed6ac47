import pytest

from counterpoint.kit.data import SYSTEM, Actor, ActorKind
from counterpoint.org import services
from counterpoint.people.models import Staff
from counterpoint.people.services import ensure_demo_staff
from counterpoint.ui import words_tool


@pytest.fixture(autouse=True, scope="session")
def _words():
    """Chinese as it is shown: compiled catalogues are not kept in the repository."""
    words_tool.compile_all()


@pytest.fixture
def bank(db):
    """The demo bank with its people."""
    services.ensure_demo_org(by=SYSTEM)
    ensure_demo_staff(by=SYSTEM)


@pytest.fixture
def who(bank):
    """``who("080101")``: the actor with this staff number."""

    def find(number: str) -> Actor:
        row = Staff.objects.get(username=number)
        return Actor(kind=ActorKind.PERSON, id=row.pk, name=row.name_zh, branch=row.branch_id)

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
            Staff.objects.get(username=number), backend="django.contrib.auth.backends.ModelBackend"
        )
        return client

    return enter
