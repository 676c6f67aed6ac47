"""The pytest plugin: an embedded server for a test run; every parallel worker has one of its own.

Which events are final depends on every transaction of a server, so workers cannot share one. Loaded
by ``-p`` so that it runs before Django reads its settings. It also blocks the network: a test may
speak to this computer and to nobody else.
"""

from __future__ import annotations

import copy
import ipaddress
import os
import socket
import tempfile
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from counterpoint.kit.embedded import Server

_server: Server | None = None

os.environ.setdefault("COUNTERPOINT_DATA", tempfile.mkdtemp(prefix="counterpoint-test-"))
os.environ["COUNTERPOINT_OWNER"] = "1"
# Nobody in a test carries a second factor, unless the test says ``settings.DEMO = False``.
os.environ.setdefault("COUNTERPOINT_DEMO", "1")
os.environ["COUNTERPOINT_PLAIN_STATIC"] = "1"
_shared = os.environ.get("COUNTERPOINT_TEST_SERVER") == os.environ.get("DATABASE_URL")
if "DATABASE_URL" not in os.environ or ("PYTEST_XDIST_WORKER" in os.environ and _shared):
    # Nothing here outlives the run, so the disk need not be waited for; tests that kill a server
    # start their own, with fsync on.
    _server = Server(
        Path(tempfile.mkdtemp(prefix="counterpoint-pg-")),
        settings={"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"},
    )
    _server.start()
    os.environ["DATABASE_URL"] = os.environ["COUNTERPOINT_TEST_SERVER"] = _server.url


#: Fixtures that open the test database, whoever asks for them.
_DATABASE_FIXTURES = frozenset({"db", "transactional_db", "django_db_setup"})


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the database, so that the fast gate can leave it out."""
    for item in items:
        fixtures = _DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
        if fixtures or item.get_closest_marker("django_db"):
            item.add_marker("database")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Every test begins in the product's first language, whatever a request of the last one spoke."""
    from django.conf import settings
    from django.utils import translation

    translation.activate(settings.LANGUAGE_CODE)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _server is not None:
        _server.stop()


class NetworkBlocked(RuntimeError):
    """A test tried to leave this computer. Not an ``OSError``: code that survives those must not hide it."""


def _is_here(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode()
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guard_address(original: Callable[..., Any], place: int) -> Callable[..., Any]:
    def guarded(self: socket.socket, *args: Any) -> Any:
        address = args[place] if len(args) > place else args[-1]
        if self.family != socket.AF_UNIX and not _is_here(address[0]):
            raise NetworkBlocked(f"tests do not reach {address!r}")
        return original(self, *args)

    return guarded


def _guard_name(original: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(host: object, *args: Any, **kwargs: Any) -> Any:
        if not _is_here(host):
            raise NetworkBlocked(f"tests do not look up {host!r}")
        return original(host, *args, **kwargs)

    return guarded


def block_network() -> None:
    """Let sockets reach Unix sockets and the loopback only."""
    # sendto(data, address) and sendto(data, flags, address): the address is the last of them.
    for name, place in (("connect", 0), ("connect_ex", 0), ("sendto", 2)):
        setattr(socket.socket, name, _guard_address(getattr(socket.socket, name), place))
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        setattr(socket, name, _guard_name(getattr(socket, name)))


def _flush_append_only_tables() -> None:
    """Tests with real commits empty the tables afterwards; the append-only ones would not let them."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    original = DatabaseOperations.execute_sql_flush

    def flush(self: Any, sql_list: Iterable[str]) -> None:
        original(
            self,
            [
                "SET session_replication_role = replica",
                *sql_list,
                "SET session_replication_role = origin",
            ],
        )

    DatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]


def once[T](build: Callable[[], T]) -> Any:
    """A fixture that builds a world once for a module of tests, and a copy of it for each test.

    The world stands in a transaction that ends, undone, with the module; what a test does on top is
    undone by the test's own savepoint. Building it for each test took more time than the tests.

        world = once(build)

        @pytest.fixture
        def bank(world, db):
            return world()
    """

    @pytest.fixture(scope="module")
    def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[], T]]:
        from django.db import transaction

        with django_db_blocker.unblock(), transaction.atomic():
            built = build()
            with django_db_blocker.block():
                yield lambda: copy.deepcopy(built)
            transaction.set_rollback(True)

    return world


def _compile_words() -> None:
    """The Chinese of every room, as the binary catalogues are not kept in the repository."""
    # The kit knows no rooms; the tool is looked up only where tests run.
    import_module("counterpoint.ui.words_tool").compile_all()


def _hash_quickly() -> None:
    """Passwords are hashed as they are outside, but with the least work: it was a third of a run's time."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    least = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}
    for name, value in least.items():
        setattr(Argon2PasswordHasher, name, value)


def pytest_sessionstart(session: pytest.Session) -> None:
    block_network()
    _hash_quickly()
    _flush_append_only_tables()
    _compile_words()
