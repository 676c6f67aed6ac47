"""What a sub-command is, and what most of them need before they begin."""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable

from counterpoint.site import assembly

Command = Callable[[argparse.Namespace], int]


def with_database(run: Command) -> Command:
    """The command with the database running, in its newest shape."""

    @functools.wraps(run)
    def command(arguments: argparse.Namespace) -> int:
        with assembly.database():
            assembly.set_up_django()
            assembly.migrate()
            return run(arguments)

    return command
