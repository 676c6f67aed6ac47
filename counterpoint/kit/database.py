"""Connections apart from Django's, for work that streams or outlives a request; planned statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper

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


@contextmanager
def planned() -> Iterator[CursorWrapper]:
    """A cursor of Django's own connection whose statements PostgreSQL keeps planned.

    For the few long statements that every page asks: planning one took twice as long as running it.
    The text has to be the same each time; what differs is a parameter.
    """
    connection.ensure_connection()
    raw = connection.connection
    usual, raw.cursor_factory = raw.cursor_factory, ServerBindingCursor
    try:
        made = connection.cursor()
    finally:
        raw.cursor_factory = usual
    with made as cursor:
        yield cursor
