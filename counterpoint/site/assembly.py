"""Bringing the parts up: the database, Django, the schema, the reference data."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from counterpoint.kit.embedded import Server

ROOT = Path(__file__).resolve().parent.parent.parent


def data_folder() -> Path:
    """Where keys, anchors and the embedded database live; kept in the environment for settings."""
    folder = Path(os.environ.get("COUNTERPOINT_DATA") or ROOT / "var").absolute()
    os.environ["COUNTERPOINT_DATA"] = str(folder)
    return folder


@contextmanager
def database() -> Iterator[Server | None]:
    """A database that answers: the one of ``DATABASE_URL``, or the embedded one.

    A running embedded server is used and left alone; one that was started here is stopped at the
    end, after other commands that use it have finished.
    """
    from counterpoint.kit.embedded import Server

    folder = data_folder()
    if os.environ.get("DATABASE_URL"):
        yield None
        return
    server = Server(folder)
    server.start()
    os.environ["DATABASE_URL"] = server.url
    try:
        yield server
    finally:
        del os.environ["DATABASE_URL"]
        server.stop()


def set_up_django() -> None:
    """Load settings and rooms. Needs ``DATABASE_URL``."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counterpoint.site.settings")
    django.setup()


def migrate() -> bool:
    """Bring the schema up to date as its owner; False when it already was."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    options = connection.settings_dict["OPTIONS"]
    role = options.pop("assume_role", None)
    connection.close()
    try:
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        call_command("migrate", verbosity=0, interactive=False)
        return True
    finally:
        connection.close()
        if role:
            options["assume_role"] = role


def seal_all() -> None:
    """Seal every event that can be sealed now."""
    from counterpoint.kit import sealer

    while sealer.seal_once().blocks:
        pass


def seal_unless_served() -> None:
    """Seal what a command wrote, where no server runs that would do it with its own keys."""
    from counterpoint.kit.database import connected

    with connected(application="command") as connection:
        served = connection.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s",
            ["counterpoint sealer"],
        ).fetchone()
    if served is None:
        seal_all()


def prepare_static() -> None:
    """Compile the translations and collect the files that the browser loads; nothing when none changed."""
    from django.conf import settings
    from django.core.management import call_command
    from django.utils.translation.reloader import translation_file_changed

    from counterpoint.ui import vendor, words_tool

    vendor.build()
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    wanted = _fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    words_tool.compile_all()
    # Django keeps the words that it has read, and it has read them by now.
    translation_file_changed(None, Path("django.mo"))
    call_command(
        "collectstatic", verbosity=0, interactive=False, clear=stamp.exists(), ignore_patterns=["redoc*"]
    )
    stamp.write_text(wanted)


def read_templates() -> None:
    """Read every template once, half a second for all: whoever presses first need not wait for that."""
    from django.apps import apps
    from django.template.loader import get_template

    rooms = [one for one in apps.get_app_configs() if one.name.startswith("counterpoint.")]
    folders = [Path(one.path) / "templates" for one in rooms]
    names = [str(found.relative_to(folder)) for folder in folders for found in folder.rglob("*.html")]
    for name in names:
        get_template(name)


def _fingerprint() -> str:
    """What the browser's files and the word lists are made from: their paths, sizes and times."""
    digest = hashlib.sha256()
    package = ROOT / "counterpoint"
    for pattern in ("*/static/**/*", "*/locale/**/*.po"):
        for path in sorted(package.glob(pattern)):
            about = path.stat()
            digest.update(f"{path.relative_to(package)}|{about.st_size}|{about.st_mtime_ns}\n".encode())
    return digest.hexdigest()
