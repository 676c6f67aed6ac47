"""``counterpoint up``: everything from nothing, then served on one port."""

from __future__ import annotations

import gc
import os
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import uvicorn

from counterpoint.site import assembly
from counterpoint.site.progress import Steps, console

HOST = "127.0.0.1"
#: More than the live door takes streams.
FILES = 16_384
#: Seconds after which a thread that computes lets another one compute.
SWITCH = 0.0005


def free_port(wished: int) -> int:
    """``wished``, or the next free port after it; says so when it had to move on."""
    for port in range(wished, min(wished + 50, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        if port != wished:
            console.print(f"  [yellow]![/] Port {wished} is taken; using {port}.")
        return port
    raise SystemExit(f"No free port from {wished} on. Choose one with --port.")


def rush(*, port: int, speed: float) -> int:
    """``counterpoint rush``: a rush hour of the demo branch, on data of its own, by a faster clock."""
    os.environ["COUNTERPOINT_DATA"] = str(assembly.data_folder() / "rush")
    return up(port=port, prepare_only=False, demo=True, speed=speed)


def up(*, port: int, prepare_only: bool, demo: bool, speed: float = 0) -> int:
    """Everything from nothing, then served; with ``speed`` a rush hour is played that many times as fast."""
    steps = Steps()
    port = port if prepare_only else free_port(port)
    os.environ.setdefault("COUNTERPOINT_URL", f"http://{HOST}:{port}")
    if demo:
        os.environ["COUNTERPOINT_DEMO"] = "1"
    with _mail_server(demo and not prepare_only), assembly.database() as server:
        with steps.step("Database"):
            assembly.set_up_django()
            assembly.migrate()
        with steps.step("Screens and translations"):
            assembly.prepare_static()
        if demo:
            from demo import branch

            branch.build(steps=steps)
        with steps.step("Seals"):
            assembly.seal_all()
        if prepare_only:
            return 0
        assembly.read_templates()
        _serve(port, _hurried(speed) if speed else ())
        if server is not None:
            server.stop(wait_for_others=False)
    return 0


@contextmanager
def _mail_server(wanted: bool) -> Iterator[None]:
    """The demo's own SMTP server in a process beside this one, unless the environment names another."""
    if not wanted or os.environ.get("COUNTERPOINT_SMTP_HOST"):
        yield
        return
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    folder = str(assembly.data_folder() / "mail")
    command = [sys.executable, "-W", "ignore", "-m", "counterpoint.mail.testserver"]
    beside = subprocess.Popen([*command, f"--port={port}", f"--folder={folder}"], stdin=subprocess.PIPE)
    os.environ |= {
        "COUNTERPOINT_SMTP_HOST": HOST, "COUNTERPOINT_SMTP_PORT": str(port), "COUNTERPOINT_SMTP_TLS": "none",
        "COUNTERPOINT_MAIL_FOLDER": folder,
    }  # fmt: skip
    try:
        yield
    finally:
        # It ends with its standard input, also when this process is killed.
        beside.communicate()


def open_files() -> None:
    """Every page keeps a stream open, and many systems let a process open 1,024 files unless it asks."""
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def share_fairly() -> None:
    """Let whoever answers quickly come in between whoever computes long.

    Python hands its lock on every five milliseconds. The loop that takes requests and streams needs it for a
    tenth of one, and a page asks the database twenty times and needs it again after each; both would wait
    the five milliseconds each time while another page is drawn. And what was loaded by now stays: looking
    through it for garbage would stop everybody for a tenth of a second.
    """
    sys.setswitchinterval(SWITCH)
    gc.collect()
    gc.freeze()


def _hurried(speed: float) -> tuple[tuple[str, Callable[[threading.Event], None]], ...]:
    """The branch's morning, from where the clock runs ahead, and the play beside the server."""
    from counterpoint.kit import clock
    from demo import rush

    clock.hurry(start=rush.start_of(), speed=speed)
    return (("rush", rush.play),)


def _serve(port: int, more: Sequence[tuple[str, Callable[[threading.Event], None]]] = ()) -> None:
    from counterpoint.approvals import services as approvals
    from counterpoint.feedback import services as feedback
    from counterpoint.insight import services as insight
    from counterpoint.kit import sealer
    from counterpoint.lobby import services as lobby
    from counterpoint.mail import services as mail
    from counterpoint.meetings import services as meetings
    from counterpoint.notices import services as notices
    from counterpoint.people import services as people
    from counterpoint.site.asgi import application
    from counterpoint.talk import services as talk
    from counterpoint.vault import services as vault
    from counterpoint.visits import services as visits

    open_files()
    share_fairly()
    stop = threading.Event()
    beside = [
        threading.Thread(target=work, args=(stop,), name=name, daemon=True)
        for name, work in (
            ("sealer", sealer.run_forever),
            ("housekeeping", people.sweep_forever),
            ("limits", vault.watch_limits),
            ("approvals", approvals.watch),
            ("insight", insight.watch),
            ("lobby", lobby.watch),
            ("slips", lobby.watch_slips),
            ("visits", visits.watch),
            ("notices", notices.watch),
            ("attachments", notices.watch_attachments),
            ("mail", mail.watch),
            ("feedback", feedback.watch),
            ("talk", talk.watch),
            ("meetings", meetings.watch),
            *more,
        )
    ]
    for thread in beside:
        thread.start()
    console.print(f"\n  Counterpoint 柜协 is open at [bold]http://{HOST}:{port}/[/]   Ctrl-C closes it.\n")
    configuration = uvicorn.Config(
        application, host=HOST, port=port, log_level="warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=3, timeout_keep_alive=75,
    )  # fmt: skip
    try:
        uvicorn.Server(configuration).run()
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        for thread in beside:
            thread.join(timeout=10)
        console.print("  Closed.")
