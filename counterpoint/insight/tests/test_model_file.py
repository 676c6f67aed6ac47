"""A model file is read exactly, or refused with the place of what is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from counterpoint.insight import services
from counterpoint.insight.data import BadModel, Shape

GOOD = """
time_unit = "minute"
periods = { length = 60, count = 2 }

[[types]]
name = "cash"
rates = [1, 2]
service = { shape = "exponential", mean = 4 }

[[groups]]
name = "tellers"
agents = 6
skills = ["cash"]
"""
MANUAL = Path(__file__).parents[3] / "docs" / "manual" / "twin.md"


def refused(text: str) -> str:
    with pytest.raises(BadModel) as caught:
        services.read_model(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('time_unit = "minute"', "", "time_unit: is missing"),
        (
            "rates = [1, 2]",
            "rates = [1, 2]\npreemptive = true",
            "types[0].preemptive: pre-emption is not modelled",
        ),
        ("agents = 6", "agents = 6\ninterrupts = true", "groups[0].interrupts: pre-emption is not modelled"),
        ('"minute"', '"week"', "time_unit: one of second, minute, hour is expected, not 'week'"),
        ("rates = [1, 2]", "rates = [1, -2]", r"types[0].rates[1]: -2 is not at least 0"),
        ("rates = [1, 2]", "rates = [1, 2, 3]", "types[0].rates: 3 entries, but there are 2 periods"),
        ("rates = [1, 2]", 'rates = ["1", 2]', "types[0].rates[0]: a number is expected, not a text"),
        ("rates = [1, 2]", "rates = [1, true]", "types[0].rates[1]: a number is expected, not true or false"),
        ("rates = [1, 2]", "rates = [0, 0]", "types: nobody ever comes"),
        ("rates = [1, 2]", "rates = [nan, 2]", "types[0].rates[0]: nan is not"),
        ("rates = [1, 2]", "rates = [inf, 2]", "types[0].rates[0]: inf is not"),
        ("mean = 4", "mean = 0", "types[0].service.mean: 0 is not above 0"),
        ("mean = 4", "mean = 4, cv = 1", "types[0].service.cv: is not known here"),
        ('"exponential"', '"normal"', "types[0].service.shape: one of exponential"),
        ("agents = 6", "agents = 0", "groups: nobody is ever on duty"),
        ("agents = 6", "agents = 1.5", "groups[0].agents: a whole number is expected"),
        ("agents = 6", "agents = -1", "groups[0].agents: -1 is not between 0"),
        ("agents = 6", "agent = 6", "groups[0].agents: is missing"),
        (
            'skills = ["cash"]',
            'skills = ["loan"]',
            "groups[0].skills[0]: 'loan' is not there; there are cash",
        ),
        ('skills = ["cash"]', "skills = []", "groups[0]: the group serves no type"),
        ('skills = ["cash"]', "", "types or groups: either the types name their groups"),
        ("time_unit", "replications = 99999\ntime_unit", "replications: 1.8e+07"),
        ("time_unit", "replications = 1000000\ntime_unit", "replications: 1000000 is not between 1"),
        ("rates = [1, 2]", "rates = 1e5", "types: 1.2e+07 contacts a replication"),
        ("rates = [1, 2]", "rates = 1\ninterarrival = 2", "types[0].interarrival: either this or rates"),
        ("rates = [1, 2]", "interarrival = 0", "types: inf contacts a replication"),
        ("rates = [1, 2]", "rates = 1\ntransfers = { cash = 1 }", "types[0].transfers: the shares come to"),
        ("rates = [1, 2]", "rates = 1\nbalk_queue = [2]", "types[0].balk_queue[0]: 2 is not"),
        ("agents = 6", "agents = { draw = [[3, 0]] }", "groups[0].agents.draw: at least one weight"),
        ("time_unit", "busyness = 1e9\ntime_unit", "types: 1.8e+11 contacts a replication"),
        ("time_unit", "surprise = 1\ntime_unit", "surprise: is not known here"),
        ("count = 2", "count = 0", "periods.count: 0 is not between 1"),
        ("{ length = 60, count = 2 }", "{ borders = [0, 60, 50] }", "periods.borders: at least two rising"),
        ("[[types]]", "[types]", "types: a list is expected, not a table"),
        ("[[groups]]", "[[groups", "not a TOML file"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(old, new, said):
    text = GOOD.replace(old, new)
    assert text != GOOD
    if said.startswith("replications: 1.8e+07"):
        text = text.replace("rates = [1, 2]", "rates = [2, 2]")
        said = "replications: 2.4e+07 contacts would be run"
    assert said in refused(text)


def test_a_name_is_there_once():
    again = GOOD + '\n[[groups]]\nname = "tellers"\nagents = 1\nskills = ["cash"]\n'
    assert "groups[1].name: 'tellers' is there twice" in refused(again)


def test_rates_are_per_what_the_file_says():
    def rates(per: str) -> tuple[float, ...]:
        return services.read_model(f'rate_per = "{per}"\n{GOOD}').types[0].rates

    assert rates("minute") == (1, 2)
    assert rates("hour") == rates("period") == pytest.approx((1 / 60, 2 / 60))
    assert rates("second") == (60, 120)


def test_runs_are_written_out():
    text = GOOD.replace("count = 2", "count = 7").replace(
        "[1, 2]", "{ runs = [[1, 5], [2, 0]], repeat = 2, rest = 9 }"
    )
    assert services.read_model(text).types[0].rates == (5, 0, 0, 5, 0, 0, 9)


@pytest.mark.parametrize(
    ("written", "mean", "scv"),
    [
        ('{ shape = "gamma", mean = 4, cv = 0.5 }', 4, 0.25),
        ('{ shape = "gamma", alpha = 2, rate = 0.5 }', 4, 0.5),
        ('{ shape = "lognormal", mean = 4, sd = 2 }', 4, 0.25),
        ('{ shape = "erlang", mean = 4, stages = 4 }', 4, 0.25),
        ('{ shape = "exponential", rate = 0.25 }', 4, 1),
        ('{ shape = "uniform", least = 2, most = 6 }', 4, 1 / 12),
        ('{ shape = "weibull", alpha = 1, scale = 4 }', 4, 1),
        ('{ shape = "empirical", values = [2, 6], weights = [1, 1] }', 4, 0.25),
        ("4", 4, 0),
    ],
)
def test_a_distribution_has_the_moments_that_are_written(written, mean, scv):
    from counterpoint.insight.engine import draws

    kind = services.read_model(GOOD.replace('{ shape = "exponential", mean = 4 }', written)).types[0]
    values = draws.draw(kind.service[0], draws.stream(1, 1, 1), 200_000)
    assert draws.mean_of(kind.service[0]) == pytest.approx(mean)
    assert values.mean() == pytest.approx(mean, rel=0.02)
    assert values.var() / mean**2 == pytest.approx(scv, rel=0.05, abs=1e-12)


def test_the_types_side_of_a_link_is_enough():
    text = GOOD.replace('skills = ["cash"]', "").replace(
        "rates =", 'groups = [{ name = "tellers", after = 3 }]\nrates ='
    )
    model = services.read_model(text)
    assert model.types[0].groups == model.groups[0].skills == ((0, 3.0),)


def test_a_bare_number_is_exact():
    model = services.read_model(GOOD.replace('{ shape = "exponential", mean = 4 }', "4"))
    assert model.types[0].service[0].shape is Shape.DETERMINISTIC


def test_the_manuals_example_runs_and_every_key_of_its_results_is_described():
    page = MANUAL.read_text()
    example = re.search(r"```toml\n(.*?)```", page, re.S)[1]
    found = services.plain(services.run_model(services.read_model(example, replications=3)))
    json.dumps(found, allow_nan=False)
    for name in [*found, *found["total"], *found["total"]["thresholds"]["10"], *found["all_groups"]]:
        assert f"`{name}`" in page or f"`….{name}" in page or f"`{name}." in page or name == "model", name


def test_the_same_seed_says_the_same_and_another_does_not():
    def told(seed: int) -> str:
        return json.dumps(
            services.plain(services.run_model(services.read_model(GOOD, replications=3, seed=seed)))
        )

    first = told(1)
    assert first == told(1)
    assert first != told(2).replace('"seed": 2', '"seed": 1')
