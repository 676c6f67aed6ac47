"""The demo bank, its people, and papers that they keep."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model

from counterpoint.kit.data import SYSTEM
from counterpoint.kit.testing import once
from counterpoint.org import services as org
from counterpoint.papers import services as papers
from counterpoint.papers.services import readers
from counterpoint.papers.tests import samples
from counterpoint.people.services import actor_of, ensure_demo_staff

BRANCH = 3


def at_work():
    """Everybody of the demo by staff number, as actors at the demo branch."""
    org.ensure_demo_org(by=SYSTEM)
    ensure_demo_staff(by=SYSTEM)
    return {row.username: replace(actor_of(row), branch=BRANCH) for row in get_user_model().objects.all()}


world = once(at_work)


@pytest.fixture
def staff(world, db, settings):
    settings.DEMO = True
    return world()


@pytest.fixture
def wang(staff):
    return staff["080101"]


@pytest.fixture
def zhang(staff):
    return staff["080201"]


@pytest.fixture
def keep(wang):
    """``keep(content, "a.jpg")``: kept by Wang Fang, unless somebody else is named."""

    def run(content=None, name="a.jpg", kind="photo", by=wang, branch=BRANCH, **more):
        content = samples.picture() if content is None else content
        return papers.keep(content=content, name=name, kind=kind, branch=branch, by=by, **more)

    return run


@pytest.fixture
def no_readers(monkeypatch):
    """What other rooms say about papers has no part in these tests."""
    monkeypatch.setattr(readers, "_readers", {})


@pytest.fixture
def sign_in(staff, client, settings):
    """``sign_in("080101")``: a browser of that person."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }

    def enter(number):
        client.force_login(
            get_user_model().objects.get(username=number), backend="django.contrib.auth.backends.ModelBackend"
        )
        return client

    return enter
