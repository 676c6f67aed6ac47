"""A notice at the till: the operation that it governs waits until the teller has acknowledged it."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from counterpoint.notices import services as notices
from counterpoint.notices.data import Audience, Draft, Kind, UnreadNotice
from counterpoint.people import services as people
from counterpoint.teller import services as teller

from .conftest import spread


def actor(number):
    return people.actor_of(get_user_model().objects.get(username=number))


def published(*operations):
    draft = Draft(
        title_zh="存款新规", text_zh="先点大数", operations=operations, audience=Audience(everybody=True)
    )
    made = notices.draft_notice(kind=Kind.PROCEDURE, draft=draft, by=actor("090101")).id
    notices.submit(version=made, by=actor("090101"))
    notices.publish(version=made, by=actor("080201"))
    return made


def test_the_form_says_which_notice_and_opens_it(bank):
    made = published("1101")
    client = Client()
    client.force_login(
        get_user_model().objects.get(pk=bank.maker.id), backend="django.contrib.auth.backends.ModelBackend"
    )
    session = client.session
    session["branch"], session["desk"] = 3, bank.maker.desk
    session.save()
    page = client.get(reverse("teller:operation", args=["1101"])).content.decode()
    assert 'data-refusal="unread_notice"' in page
    assert f"{reverse('notices:version', args=[made])}?operation=1101" in page
    assert "unread_notice" not in client.get(reverse("teller:operation", args=["1102"])).content.decode()
    notices.acknowledge(version=made, by=bank.maker)
    assert "unread_notice" not in client.get(reverse("teller:operation", args=["1101"])).content.decode()


def test_neither_a_quote_nor_a_confirmation_passes_an_unread_notice(bank):
    form = {"account": bank.customers[0].number, "amount": 10_000, "faces": spread(10_000)}
    made = teller.quote(operation="1101", form=form, by=bank.maker)
    published("1101")
    with pytest.raises(UnreadNotice):
        teller.confirm(quote=made.id, key=made.key, by=bank.maker)
    with pytest.raises(UnreadNotice):
        teller.quote(operation="1101", form=form, by=bank.maker)
