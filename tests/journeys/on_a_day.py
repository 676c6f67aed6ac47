"""The product and its database on another day: ``… -m tests.journeys.on_a_day 86400 up --port 8100``.

The first argument is by how many seconds. The product has a clock that can be set; the database server, which
the product starts, gets its time from Debian's faketime.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path

from counterpoint.kit import clock
from counterpoint.site import cli

if __name__ == "__main__":
    seconds = int(sys.argv.pop(1))
    clock.hurry(start=clock.now() + timedelta(seconds=seconds), speed=1)
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    os.environ |= {
        "LD_PRELOAD": str(library), "FAKETIME": f"+{seconds}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip
    cli.main()
