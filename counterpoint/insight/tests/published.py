"""Reading the published results of the ContactCenters examples, where the shared data lies near the code."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "contactcenters_ref"
NUMBER = r"-?\d+(?:\.\d+)?(?:E-?\d+)?"


@dataclass(frozen=True)
class Figure:
    """A published mean with its standard deviation and error; ``rounding`` is half of its last digit."""

    mean: float
    sd: float
    error: float
    rounding: float


def read(name: str) -> dict[str, Figure]:
    """By report and row, such as ``Service level`` or ``Waiting time/Inbound``."""
    found: dict[str, Figure] = {}
    report = header = ""
    for line in (FOLDER / f"{name}.res").read_text().splitlines():
        if line.startswith(("REPORT on", "Report for")):
            report, header = re.sub(r"REPORT on Tally stat. collector ==> |Report for ", "", line).strip(), ""
        elif "num. obs." in line or "num obs." in line or "nobs." in line:
            header = line
        elif header and "confidence interval" not in line and (row := _row(line, header)):
            label, figure = row
            found[f"{report}/{label}" if label else report] = figure
    return found


def _row(line: str, header: str) -> tuple[str, Figure] | None:
    """One row; the header says whether it is (mean, sd, n) or (n, least, most, mean, sd)."""
    words = line.split("95.0%")[0].split()
    ratio = "of averages" in header
    label, numbers = words[: -3 if ratio else -5], words[-3 if ratio else -5 :]
    if len(numbers) < (3 if ratio else 5) or not all(re.fullmatch(NUMBER, each) for each in numbers):
        return None
    mean, sd, count = (numbers[0], numbers[1], numbers[2]) if ratio else (numbers[3], numbers[4], numbers[0])
    return " ".join(label), Figure(
        float(mean), float(sd), float(sd) / math.sqrt(int(count)), _half_digit(mean)
    )


def _half_digit(text: str) -> float:
    digits, _, exponent = text.partition("E")
    return 0.5 * 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))
