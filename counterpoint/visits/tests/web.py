"""Browsers of the branch's people, for the tests of the screens."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.test import Client

from counterpoint.kit.data import Actor

HTMX = {"HX-Request": "true"}


def browser(who: Actor, language: str = "en") -> Client:
    """A session of this person, at their branch and desk."""
    client = Client(headers={"Accept-Language": language})
    get_user_model().objects.filter(pk=who.id).update(must_change_password=False)
    client.force_login(
        get_user_model().objects.get(pk=who.id), backend="django.contrib.auth.backends.ModelBackend"
    )
    session = client.session
    session["branch"] = who.branch
    if who.desk is not None:
        session["desk"] = who.desk
    session.save()
    return client


def text(answer) -> str:
    return answer.content.decode()


def refused(answer) -> str:
    """The code of the refusal in an answer."""
    _before, _mark, rest = text(answer).partition('data-refusal="')
    return rest.partition('"')[0]
