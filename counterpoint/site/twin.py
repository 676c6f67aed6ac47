"""``counterpoint twin run MODEL.toml``: a model as a file, run and told. Needs no database."""

from __future__ import annotations

import json as json_module
import sys
import time
from pathlib import Path

from rich.table import Table

from counterpoint.insight import services as insight
from counterpoint.kit.data import Refusal
from counterpoint.site.progress import console


def run(path: str, *, json: bool, replications: int | None, seed: int | None) -> int:
    try:
        model = insight.read_model(
            Path(path).read_bytes().decode("utf-8"), replications=replications, seed=seed
        )
    except OSError as error:
        return _refused(f"{path}: {error.strerror}")
    except UnicodeDecodeError as error:
        return _refused(f"{path}: not UTF-8 at byte {error.start}")
    except Refusal as refusal:
        return _refused(f"{path}: {refusal}")
    started = time.monotonic()
    result = insight.run_model(model)
    seconds = time.monotonic() - started
    if json:
        found = insight.plain(result) | {"seconds": round(seconds, 3)}
        sys.stdout.write(f"{json_module.dumps(found, ensure_ascii=False)}\n")
        return 0
    table = Table("who", "what", f"mean (interval at {result.confidence:.0%})", box=None)
    for row in insight.result_lines(result):
        table.add_row(*row)
    console.print(table)
    console.print(f"[dim]{result.replications} replications, seed {result.seed}, {seconds:.1f} s[/]")
    return 0


def _refused(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return 1
