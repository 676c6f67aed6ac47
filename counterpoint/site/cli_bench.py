"""``counterpoint bench …``: measurements, each against a peer or a goal."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from counterpoint.site import assembly
from counterpoint.site.cli_command import with_database


@with_database
def bench_post(arguments: argparse.Namespace) -> int:
    from counterpoint.ledger import bench_post as bench
    from counterpoint.vault import bench as vault_bench

    cash = bench.Cash("vault.faces", vault_bench.fill)
    return bench.run(json=arguments.json, seconds=arguments.seconds, cash=cash)


@with_database
def bench_search(arguments: argparse.Namespace) -> int:
    from counterpoint.customers import bench

    return bench.bench_search(customers=arguments.customers, json=arguments.json)


@with_database
def bench_notices(arguments: argparse.Namespace) -> int:
    from counterpoint.notices import bench

    return bench.bench_notices(notices=arguments.notices, json=arguments.json)


@with_database
def bench_close(arguments: argparse.Namespace) -> int:
    from counterpoint.site import bench_close as bench

    return bench.run(json=arguments.json, entries=arguments.entries, accounts=arguments.accounts)


@with_database
def bench_lobby_calls(arguments: argparse.Namespace) -> int:
    from counterpoint.site import bench_lobby_calls as bench

    return bench.run(
        json=arguments.json, branches=arguments.branches, rate=arguments.rate, rounds=arguments.rounds
    )


def bench_desk(arguments: argparse.Namespace) -> int:
    from counterpoint.site import bench_desk as bench

    return bench.run(json=arguments.json, seconds=arguments.seconds, desks=arguments.desks)


def bench_live(arguments: argparse.Namespace) -> int:
    from counterpoint.site import bench_live as bench

    return bench.run(
        json=arguments.json, connections=arguments.connections, most=arguments.most,
        presses=arguments.presses, branch_desks=arguments.branch_desks,
    )  # fmt: skip


def bench_lobby(arguments: argparse.Namespace) -> int:
    """Waits of customers on a frozen branch under each routing policy, all decided by the product's router,
    beside a bound that no policy can beat. Needs no database.
    """
    assembly.set_up_django()
    from counterpoint.site import bench_lobby as bench

    return bench.run(
        json=arguments.json, days=arguments.days, bound_days=arguments.bound_days,
        promise_days=arguments.promise_days, floor=arguments.floor,
    )  # fmt: skip


def _days(text: str) -> int:
    if not text.isdecimal() or int(text) < 4:
        raise argparse.ArgumentTypeError("four days or more: half of them are looked at once more, by day")
    return int(text)


def add_benches(commands: Any, add: Callable[..., Any], figures: Callable[..., Any]) -> None:
    bench = commands.add_parser("bench", help="measure against a peer").add_subparsers(required=True)
    sub = figures(add("post", bench_post, "postings against pgbench", within=bench))
    sub.add_argument("--seconds", type=float, default=6.0, help="length of one run")
    sub = figures(add("close", bench_close, "the day's end, and positions as at a time", within=bench))
    sub.add_argument("--entries", type=int, default=100_000)
    sub.add_argument("--accounts", type=int, default=50_000)
    sub = figures(add("desk", bench_desk, "the HTTP path", within=bench))
    sub.add_argument("--seconds", type=float, default=20.0)
    sub.add_argument("--desks", type=int, default=200)
    sub = figures(add("live", bench_live, "the live door: streams, signals, press to screen", within=bench))
    sub.add_argument("--connections", type=int, default=1000, help="open streams while people press")
    sub.add_argument("--most", type=int, default=5000, help="open streams at the end")
    sub.add_argument("--presses", type=int, default=100, help="requests for approval, 600 at most")
    sub.add_argument("--branch-desks", type=int, default=20, help="desks of a branch")
    sub = figures(add("lobby", bench_lobby, "waits under each routing policy", within=bench))
    sub.add_argument("--days", type=_days, default=400, help="four or more")
    sub.add_argument("--bound-days", type=int, default=40, help="days of the lower bound; 0: without it")
    sub.add_argument("--promise-days", type=int, default=400, help="days of the promise; 0: without it")
    sub.add_argument(
        "--floor", type=int, nargs="?", const=6000, default=0, metavar="WAITS",
        help="also the best promise there could be, to so many waits of each policy; takes minutes",
    )  # fmt: skip
    sub = figures(add("lobby-calls", bench_lobby_calls, "call next at many branches at once", within=bench))
    sub.add_argument("--branches", type=int, default=1000)
    sub.add_argument("--rate", type=int, default=200, help="calls a second, in all")
    sub.add_argument("--rounds", type=int, default=3, help="so often every desk calls once")
    sub = figures(add("search", bench_search, "customer search", within=bench))
    sub.add_argument("--customers", type=int, default=1_000_000)
    sub = figures(add("notices", bench_notices, "search of notices", within=bench))
    sub.add_argument("--notices", type=int, default=20_000)
