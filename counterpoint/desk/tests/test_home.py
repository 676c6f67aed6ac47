"""The start page leads people to where they work, also those who work at no branch."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from counterpoint.kit.data import SYSTEM
from counterpoint.org import services as org
from counterpoint.people.services import ensure_demo_staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("number", "page"),
    [
        ("080101", "desk:choice"), ("080201", "desk:board"), ("080401", "desk:choice"),
        ("090101", "people:account"), ("090201", "people:account"), ("090401", "approvals:desk"),
        ("090501", "people:account"),
    ],
)  # fmt: skip
def test_everybody_has_a_start_page(client, number, page):
    org.ensure_demo_org(by=SYSTEM)
    ensure_demo_staff(by=SYSTEM)
    client.force_login(get_user_model().objects.get(username=number))
    answer = client.get("/", follow=True)
    assert (answer.status_code, answer.redirect_chain[-1][0]) == (200, reverse(page))
    at_branch = number.startswith("08")
    assert ("c-place-day" in answer.content.decode()) is at_branch
