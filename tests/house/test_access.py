"""Every address says who may open it."""

import functools
import inspect

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.house.source import none

#: Views of packages that decide for themselves, by module. The JSON API's have their own test below.
ELSEWHERE = (
    "allauth.account.",
    "allauth.mfa.",
    "django.views.i18n",
    "ninja.",
)


def addresses(patterns, prefix=""):
    for pattern in patterns:
        place = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, place)
        elif isinstance(pattern, URLPattern):
            # Packages bind arguments with ``partial``; a rule on what is bound counts as well.
            view = pattern.callback
            yield place, view.func if isinstance(view, functools.partial) else view


def is_ruled(view):
    return callable(getattr(view, "access_rule", None))


def test_every_view_says_who_may_open_it():
    none(
        [
            f"/{place} → {view.__module__}.{view.__qualname__}"
            for place, view in addresses(get_resolver().url_patterns)
            if not is_ruled(view) and not view.__module__.startswith(ELSEWHERE)
        ],
        "decorate the view with @allows(rule) from kit.access",
    )


def operations_of(view):
    """The operations behind one address of the JSON API, which wraps them in a function."""
    if not view.__module__.startswith("ninja."):
        return ()
    return getattr(inspect.getclosurevars(view).nonlocals.get("self"), "operations", ())


def test_every_operation_of_the_api_asks_who_is_there():
    found, seen = [], 0
    for place, view in addresses(get_resolver().url_patterns):
        for operation in operations_of(view):
            seen += 1
            if not operation.auth_callbacks and not is_ruled(operation.view_func):
                found.append(
                    f"{'/'.join(sorted(operation.methods))} /{place} → {operation.view_func.__qualname__}"
                )
    none(found, "an operation needs auth= or @allows(anybody)")
    assert seen > 25, "the operations are no longer found where this test looks"


def test_a_view_without_a_rule_is_recognised():
    from counterpoint.kit.access import allows, anybody

    def view(request): ...

    assert not is_ruled(view)
    assert is_ruled(allows(anybody)(view))


@pytest.mark.django_db
def test_a_stranger_is_shown_nothing_but_the_way_in(client, settings):
    """Pages that need no argument, asked for by nobody: a redirect, a refusal, or open on purpose."""
    from counterpoint.kit.access import anybody

    settings.DEMO = False
    found = []
    for place, view in addresses(get_resolver().url_patterns):
        rule = getattr(view, "access_rule", None)
        if rule is None or rule is anybody or "<" in place or "(" in place:
            continue
        answer = client.get(f"/{place}")
        if answer.status_code == 200:
            found.append(f"/{place} → {view.__module__}.{view.__qualname__}")
    none(found)
