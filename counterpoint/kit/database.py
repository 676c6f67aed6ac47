"""A database connection apart from Django's, for work that streams or outlives a request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connections

from counterpoint.kit.privileges import APP_ROLE


def connect(*, application: str) -> psycopg.Connection:
    """An autocommitting connection to Django's database, with the same rights as Django's own."""
    settings = connections["default"].settings_dict
    parameters = connections["default"].get_connection_params()
    for django_only in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(django_only, None)
    parameters["application_name"] = f"counterpoint {application}"
    connection = psycopg.connect(**parameters, autocommit=True)
    if settings["OPTIONS"].get("assume_role"):
        connection.execute(f"SET ROLE {APP_ROLE}")
    return connection


@contextmanager
def connected(*, application: str) -> Iterator[psycopg.Connection]:
    connection = connect(application=application)
    try:
        yield connection
    finally:
        connection.close()
