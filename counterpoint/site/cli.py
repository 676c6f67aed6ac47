"""The console script ``counterpoint``: one sub-command a line, each loads only what it needs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from counterpoint.site import assembly
from counterpoint.site.cli_bench import add_benches
from counterpoint.site.cli_command import Command, with_database


def up(arguments: argparse.Namespace) -> int:
    from counterpoint.site import serve

    return serve.up(port=arguments.port, prepare_only=arguments.prepare, demo=not arguments.no_demo)


def rush(arguments: argparse.Namespace) -> int:
    from counterpoint.site import serve

    return serve.rush(port=arguments.port, speed=arguments.speed)


@with_database
def demo(arguments: argparse.Namespace) -> int:
    from counterpoint.site.progress import Steps
    from demo import branch

    branch.build(steps=Steps())
    assembly.seal_unless_served()
    return 0


@with_database
def import_berka(arguments: argparse.Namespace) -> int:
    from demo.berka import importer

    status = importer.run(arguments.folder, json=arguments.json)
    assembly.seal_unless_served()
    return status


@with_database
def verify(arguments: argparse.Namespace) -> int:
    from counterpoint.kit import sealer

    return sealer.verify(json=arguments.json)


@with_database
def proof(arguments: argparse.Namespace) -> int:
    """Write the inclusion proof of one event, for an auditor: it shows that the event stands, unaltered,
    in a block that the bank has sealed and signed. An event is sealed a few seconds after it happens.
    """
    import json

    from counterpoint.kit import sealer
    from counterpoint.kit.data import Refusal

    try:
        found = json.dumps(sealer.proof(arguments.event), ensure_ascii=False, indent=1)
        if not arguments.out:
            return _say(found)
        Path(arguments.out).write_text(f"{found}\n", encoding="utf-8")
    except OSError as error:
        return _say(f"{error.filename}: {error.strerror}", failed=True)
    except Refusal as refusal:
        return _say(f"{refusal.code}: {refusal}", failed=True)
    return _say(f"The proof of event {arguments.event} is in {arguments.out}.")


def check_proof(arguments: argparse.Namespace) -> int:
    """Check an inclusion proof with the bank's public sealing key, and show the event that it proves.
    Needs no database, and no trust in the one that the proof came from. Ends with 0 when the proof
    holds, with 1 and the reason when it does not.
    """
    import json

    from counterpoint.kit.data import Refusal
    from counterpoint.kit.proofs import check_proof as check

    try:
        event = check(Path(arguments.file).read_bytes(), Path(arguments.key).read_bytes())
    except OSError as error:
        return _say(f"{error.filename}: {error.strerror}", failed=True)
    except Refusal as refusal:
        return _say(f"{refusal.code}: {refusal}", failed=True)
    return _say(json.dumps(event, ensure_ascii=False, indent=1, default=str))


def _say(text: str, *, failed: bool = False) -> int:
    (sys.stderr if failed else sys.stdout).write(f"{text}\n")
    return 1 if failed else 0


@with_database
def rules_replay(arguments: argparse.Namespace) -> int:
    from counterpoint.org import services

    return services.replay_command(arguments)


@with_database
def day_close(arguments: argparse.Namespace) -> int:
    from counterpoint.site import day

    return day.close(arguments.branch)


@with_database
def day_open(arguments: argparse.Namespace) -> int:
    from datetime import date

    from counterpoint.site import day

    named = date.fromisoformat(arguments.date) if arguments.date else None
    return day.open_next(arguments.branch, named, on_holiday=arguments.on_holiday)


def twin_run(arguments: argparse.Namespace) -> int:
    """Run a model of queues, skills and people from a TOML file (see docs/manual/twin.md): means and
    confidence intervals of waits, losses, service levels and occupancy. Needs no database.
    """
    from counterpoint.site import twin

    return twin.run(
        arguments.model, json=arguments.json, replications=arguments.replications, seed=arguments.seed
    )


@with_database
def lobby_learn(arguments: argparse.Namespace) -> int:
    """Learn how long customers wait from a branch's own numbers, under the routing in force; every night the
    running product does the same. With too few waits nothing changes, and promises are made by the rule.
    """
    from counterpoint.kit.data import Refusal
    from counterpoint.lobby import services as lobby

    try:
        found = lobby.learn_promises(branch=arguments.branch)
    except Refusal as refusal:
        return _say(f"{refusal.code}: {refusal}", failed=True)
    return _say(
        f"Model {found.version}: {found.samples} waits, {found.since} to {found.until}. On its last days, "
        f"which it had not seen: off by {found.mae / 60:.1f} min, {found.coverage:.0f} % inside the range."
    )


def printer_simulator(arguments: argparse.Namespace) -> int:
    """A receipt printer on a socket of this computer: reads ESC/POS strictly and lays each slip as a picture
    and as text in a folder. For trying kiosks without one. Needs no database.
    """
    from counterpoint.lobby.printing import simulator

    return simulator.run(port=arguments.port, folder=arguments.folder, paper_out=arguments.paper_out)


def torture(arguments: argparse.Namespace) -> int:
    from counterpoint.site import torture as module

    return module.run(rounds=arguments.rounds, json=arguments.json)


def words(arguments: argparse.Namespace) -> int:
    from counterpoint.ui import words_tool

    if arguments.write:
        words_tool.write()
    return words_tool.check()


@with_database
def manage(arguments: argparse.Namespace) -> int:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["counterpoint manage", *arguments.rest])
    return 0


def psql(arguments: argparse.Namespace) -> int:
    """SQL as the database's superuser, on the embedded server: for auditors and for trying seals."""
    import os
    import subprocess

    from counterpoint.kit.embedded import BIN

    with assembly.database():
        command = [str(BIN / "psql"), "--no-psqlrc", os.environ["DATABASE_URL"], *arguments.rest]
        return subprocess.run(command, check=False).returncode


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="counterpoint", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, run: Command, help_text: str, *, within: Any = commands, add_help: bool = True
    ) -> argparse.ArgumentParser:
        sub: argparse.ArgumentParser = within.add_parser(
            name, help=help_text, description=run.__doc__ or help_text, add_help=add_help
        )
        sub.set_defaults(run=run)
        return sub

    def figures(sub: argparse.ArgumentParser) -> argparse.ArgumentParser:
        sub.add_argument("--json", action="store_true", help="one JSON object as the last line")
        return sub

    sub = add("up", up, "make everything and serve it")
    sub.add_argument("--port", type=int, default=8000)
    sub.add_argument("--prepare", action="store_true", help="everything but serving")
    sub.add_argument("--no-demo", action="store_true", help="without the demo branch")
    add("demo", demo, "make the demo branch")
    sub = add("rush", rush, "a rush hour of the demo branch, faster than the world, on data of its own")
    sub.add_argument("--port", type=int, default=8001)
    sub.add_argument("--speed", type=float, default=10, help="times as fast as the world (10)")
    sub = figures(add("verify", verify, "recompute every seal, balance and sum"))
    sub = add("proof", proof, "the inclusion proof of one event, as JSON")
    sub.add_argument("event", type=int, metavar="EVENT", help="the event's number")
    sub.add_argument("--out", metavar="FILE", help="write the proof to a file, not to the screen")
    sub = add("check-proof", check_proof, "check a proof with the bank's public key; needs no database")
    sub.add_argument("file", metavar="FILE", help="the proof, as it was handed out")
    sub.add_argument("--key", required=True, metavar="PEM", help="the public key, var/keys/seal-….pub")
    sub = figures(add("torture", torture, "kill the database and the poster under load; nothing may be lost"))
    sub.add_argument("--rounds", type=int, default=5)
    sub = add("printer-simulator", printer_simulator, "a receipt printer to try kiosks with")
    sub.add_argument("--port", type=int, default=9100)
    sub.add_argument("--folder", default="var/slips", help="where the slips are laid")
    sub.add_argument("--paper-out", action="store_true", help="its roll has ended")
    sub = add("words", words, "check the translations")
    sub.add_argument("--write", action="store_true", help="add what is missing to the catalogues")
    for name, run, text in (("manage", manage, "Django's own commands"), ("psql", psql, "SQL as superuser")):
        add(name, run, text, add_help=False)

    imports = commands.add_parser("import", help="read data of another system").add_subparsers(required=True)
    sub = figures(add("berka", import_berka, "the PKDD'99 Czech bank", within=imports))
    sub.add_argument("folder")
    rules = commands.add_parser("rules", help="dated rules").add_subparsers(required=True)
    sub = figures(add("replay", rules_replay, "what a changed rule would have decided", within=rules))
    sub.add_argument("version", help="a rule's key, key@number, or the id of a draft or version")
    sub.add_argument("--since", help="first day, YYYY-MM-DD")
    sub.add_argument("--until", help="last day, YYYY-MM-DD")
    sub.add_argument("--offset", type=int, default=0, help="skip so many changed decisions")
    sub.add_argument("--limit", type=int, default=50, help="show so many changed decisions")
    _add_branch(commands, add)
    _add_twin(commands, add, figures)
    add_benches(commands, add, figures)
    return parser


def _add_branch(commands: Any, add: Callable[..., Any]) -> None:
    days = commands.add_parser("day", help="a branch's business day").add_subparsers(required=True)
    sub = add("close", day_close, "close the day, or go on where it was cut off", within=days)
    sub.add_argument("--branch", type=int, required=True)
    sub = add("open", day_open, "open the next day", within=days)
    sub.add_argument("--branch", type=int, required=True)
    sub.add_argument("--date", help="YYYY-MM-DD; else the next working day")
    sub.add_argument("--on-holiday", action="store_true", help="the branch serves on a day off")
    sub = add("lobby-learn", lobby_learn, "learn a branch's waits, for its promises")
    sub.add_argument("--branch", type=int, required=True)


def _add_twin(commands: Any, add: Callable[..., Any], figures: Callable[..., Any]) -> None:
    twins = commands.add_parser("twin", help="the branch twin").add_subparsers(required=True)
    sub = figures(add("run", twin_run, "run a model of queues and people", within=twins))
    sub.add_argument("model", metavar="MODEL.toml")
    sub.add_argument("--replications", type=int, help="instead of what the file says")
    sub.add_argument("--seed", type=int, help="instead of what the file says")


def main() -> None:
    parser = _parser()
    arguments, rest = parser.parse_known_args()
    if arguments.run in (manage, psql):
        arguments.rest = rest  # their own words, options included
    elif rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        sys.exit(arguments.run(arguments))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
