"""A database of its own for a measurement, beside the product's, dropped afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection


@contextmanager
def scratch_database(name: str, *, empty: bool = False) -> Iterator[None]:
    """Django's connection turned to a fresh database, migrated or ``empty``, and back."""
    settings = connection.settings_dict
    before, options = settings["NAME"], dict(settings["OPTIONS"])
    settings["OPTIONS"].pop("assume_role", None)
    connection.close()
    _execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    settings["NAME"] = name
    try:
        if not empty:
            call_command("migrate", verbosity=0, interactive=False)
        yield
    finally:
        connection.close()
        settings["NAME"] = before
        _execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        settings["OPTIONS"] = options
        connection.close()


def _execute(*statements: str) -> None:
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
