"""The engine says what the ContactCenters examples published, within the confidence intervals of both.

The expectations are read from the result files; few replications keep the file short. All intervals of a
model are compared jointly: with a dozen measures one alone is expected to look bad.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from scipy import stats

from counterpoint.insight.data import CenterResult, Estimate, TypeResult
from counterpoint.insight.engine import model_file, tallies
from counterpoint.insight.tests import published

MODELS = Path(__file__).parent / "models"
#: The chance that a right engine fails one model.
RISK = 0.01
Measures = dict[str, tuple[Callable[[CenterResult], Estimate], float]]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not published.FOLDER.exists(), reason="the published results are not here"),
]


def count(
    name: str, scope: Callable[[CenterResult], TypeResult] = lambda result: result.total, by: float = 1.0
):
    return lambda result: scope(result).counts[name], by


def wait(name: str, scope: Callable[[CenterResult], TypeResult] = lambda result: result.total):
    return lambda result: scope(result).waits[name], 1.0


def within(
    name: str, scope: Callable[[CenterResult], TypeResult] = lambda result: result.total, by: float = 1.0
):
    return lambda result: next(iter(scope(result).within.values()))[name], by


def occupancy(name: str, place: int = 0, by: float = 1.0):
    def of(result: CenterResult) -> Estimate:
        return [*result.groups, result.all_groups][place].occupancy[name]

    return of, by


def kind(place: int) -> Callable[[CenterResult], TypeResult]:
    return lambda result: [*result.types, result.total][place]


def period(type_place: int, place: int):
    def of(result: CenterResult) -> Estimate:
        return result.types[type_place].periods["served_within 0.333333"][place]

    return of, 1.0


MMC: Measures = {
    "Number of contacts in target": within("served_within"),
    "Service level": within("level_of_served"),
    "Speed of answer": wait("wait_served"),
    "Occupancy ratio": occupancy("open"),
}
MSK: Measures = {
    "Number of served contacts": count("served"),
    "Number of contacts having abandoned": count("abandoned"),
    "Service level": within("level_with_late_abandoned"),
    "Occupancy ratio": occupancy("whole"),
    **{
        f"Number of contacts meeting target service level/Type {k}, period {p}": period(k, p)
        for k in range(3)
        for p in range(3)
    },
}
TELETHON: Measures = {
    "Number of arrived contacts": count("arrived"),
    "Number of served contacts": count("served"),
    "Number of blocked contacts": count("blocked"),
    "Number of abandoned contacts": count("abandoned"),
    "Number of messages": count("messages"),
    "Number of disconnected contacts": count("disconnected"),
    "Number of contacts in target": within("served_within"),
    "Speed of answer": wait("wait_served"),
    # Over the expected arrivals, as the example has it.
    "Service level": within("served_within", by=100 / 1000),
    "Agents' occupancy ratio": occupancy("overrun", by=100),
}
BOTH = ["English", "Spanish", "all types"]
BILINGUAL: Measures = {
    f"{report}/{name}": measure(place)
    for place, name in enumerate(BOTH)
    for report, measure in {
        "Number of arrived contacts": lambda place: count("arrived", kind(place)),
        "Number of retrials after abandonment": lambda place: count("retried", kind(place)),
        "Number of served contacts": lambda place: count("served", kind(place)),
        "Number of disconnected contacts": lambda place: count("disconnected", kind(place)),
        "Number of abandoned contacts": lambda place: count("abandoned", kind(place)),
        "Number of contacts in target": lambda place: within("served_within", kind(place)),
        "Service level": lambda place: within(
            "served_within", kind(place), 100 / (5000 if place == 2 else 2500)
        ),
    }.items()
} | {
    f"Agents' occupancy ratio/{name}": occupancy("overrun", place, 100)
    for place, name in enumerate(["English-only", "Spanish-only", "bilingual", "all groups"])
}
IN_OUT = ["Inbound", "Outbound", "All types"]
BLEND: Measures = {
    f"{report}/{name}": measure(place)
    for place, name in enumerate(IN_OUT)
    for report, measure in {
        "Number of arrived contacts": lambda place: count("arrived", kind(place)),
        "Number of served contacts": lambda place: count("served", kind(place)),
        "Number of abandoned contacts": lambda place: count("abandoned", kind(place)),
        "Number of contacts having to wait": lambda place: count("waited", kind(place)),
        "Time-average queue size": lambda place: wait("queue_open", kind(place)),
        "Waiting time": lambda place: wait("wait_all", kind(place)),
    }.items()
} | {
    "Number of tried outbound calls": count("dialled"),
    "Service level": within("level_short_waits", kind(0), 100),
    "Agents' occupancy ratio/Inbound only": occupancy("open", 0, 100),
    "Agents' occupancy ratio/Blend": occupancy("open", 1, 100),
    "Agents' occupancy ratio/All groups": occupancy("open", 2, 100),
}
EXAMPLES: dict[str, tuple[str, int, Measures]] = {
    "MMC": ("mmc", 60, MMC),
    "MMCAb": (
        "mmcab",
        60,
        MMC
        | {
            "Number of contacts having abandoned": count("abandoned"),
            "Service level with abandonment": within("level_with_late_abandoned"),
        },
    ),
    "MMCBlocked": (
        "mmcblocked",
        60,
        MMC
        | {
            "Number of blocked contacts": count("blocked"),
            "Service level with blocked contacts": within("level_with_lost"),
        },
    ),
    "MMCClrQ": (
        "mmcclrq",
        60,
        MMC
        | {
            "Number of disconnected contacts": count("disconnected"),
            "Service level with disconnected contacts": within("level_with_lost"),
        },
    ),
    "CallCC": (
        "callcc",
        100,
        {
            "Number of arrivals per day": count("arrived"),
            "Proportion of calls lost": count("abandoned", by=1 / 1660),
        },
    ),
    "SimpleMSK": ("simplemsk", 40, MSK),
    "SimpleMSKWithRerouting": ("simplemskwithrerouting", 40, MSK),
    "Telethon": ("telethon", 80, TELETHON),
    "TelethonMsg": ("telethonmsg", 80, TELETHON),
    "TelethonOcc": (
        "telethon",
        80,
        TELETHON | {"Corrected agents' occupancy ratio": occupancy("attended", by=100)},
    ),
    "Bilingual": ("bilingual", 40, BILINGUAL),
    "Blend": ("blend", 30, BLEND),
}


def run(model: str, replications: int) -> CenterResult:
    text = (MODELS / f"{model}.toml").read_text()
    return tallies.run(model_file.parse(text, replications=replications, seed=1))


def distances(
    result: CenterResult, figures: dict[str, published.Figure], measures: Measures
) -> dict[str, float]:
    """How many standard errors of the difference each measure is off; rounding of the file taken away."""
    found = {}
    student = float(stats.t.ppf((1 + result.confidence) / 2, result.replications - 1))
    for name, (measure, by) in measures.items():
        mine, theirs = measure(result), figures[name]
        # What seldom happens may not have happened at all in a few replications: then the published
        # deviation says how far a mean of so few may be off.
        seen = (mine.high - mine.low) / 2 / student * by
        error = max(seen, theirs.sd / result.replications**0.5)
        gap = max(0.0, abs(mine.mean * by - theirs.mean) - theirs.rounding)
        spread = (error**2 + theirs.error**2) ** 0.5
        found[name] = gap / spread if spread else (0.0 if gap == 0 else float("inf"))
    return found


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_gives_what_was_published(example):
    model, replications, measures = EXAMPLES[example]
    figures = published.read(example)
    off = distances(run(model, replications), figures, measures)
    allowed = float(stats.norm.ppf(1 - RISK / len(measures) / 2))
    assert {name: round(far, 2) for name, far in off.items() if far > allowed} == {}


def test_every_published_measure_is_compared():
    untold = {
        "CallCC": {"Average waiting time per customer", "Proportion of waiting times < s"},
        # The complement of the service level beside it.
        "Blend": {"Number of contacts not in target"},
    }
    for example, (_, _, measures) in EXAMPLES.items():
        assert set(published.read(example)) - set(measures) == untold.get(example, set())


def test_call_cc_waits_as_published():
    """Its two other measures are sums over the expected number of calls, served or not."""
    figures, result = published.read("CallCC"), run("callcc", 100)
    short = result.total.within["20"]
    good = (short["served_within"].mean + short["abandoned_within"].mean) / 1660
    error = (short["served_within"].high - short["served_within"].low) / 1660
    assert abs(good - figures["Proportion of waiting times < s"].mean) < error + 3 * 0.0054
    entered = result.total.counts["arrived"].mean - result.total.counts["blocked"].mean
    waits = result.total.waits["wait_all"]
    found, spread = waits.mean * entered / 1660, waits.high - waits.low
    assert abs(found - figures["Average waiting time per customer"].mean) < spread + 3 * 1.08


def test_a_wrong_model_is_found_out():
    """The comparison has teeth: one agent fewer is not within the intervals."""
    text = (MODELS / "mmc.toml").read_text().replace("agents = 12", "agents = 11")
    off = distances(tallies.run(model_file.parse(text, replications=60)), published.read("MMC"), MMC)
    assert max(off.values()) > 5
