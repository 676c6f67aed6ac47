"""A model as a file: TOML to ``CenterModel``, refused with the place of whatever is wrong.

The format is described in ``docs/manual/twin.md``; the two change together.
"""

from __future__ import annotations

import math
import tomllib
from itertools import pairwise
from typing import Any

from counterpoint.insight.data import (
    AgentChoice,
    BadModel,
    CenterModel,
    ClearQueue,
    ContactChoice,
    ContactType,
    Dialer,
    Outcome,
    Retry,
    Routing,
    TimeUnit,
)
from counterpoint.insight.engine import draws, reading, shapes
from counterpoint.insight.engine.model_groups import edges as edges_of
from counterpoint.insight.engine.model_groups import group, known
from counterpoint.insight.engine.reading import Table

SECONDS = {TimeUnit.SECOND: 1.0, TimeUnit.MINUTE: 60.0, TimeUnit.HOUR: 3600.0}
MOST_REPLICATIONS = 100_000
#: A run of more contacts than this takes hours: it is refused before it starts.
MOST_CONTACTS = 20_000_000
#: One replication is held in memory.
MOST_AT_ONCE = 1_000_000
MOST_BYTES = 1_000_000


def parse(text: str, *, replications: int | None = None, seed: int | None = None) -> CenterModel:
    """The model of a file; ``replications`` and ``seed`` stand above what the file says."""
    if len(text.encode()) > MOST_BYTES:
        raise BadModel(f"the file is longer than {MOST_BYTES} bytes")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadModel(f"not a TOML file: {error}") from error
    if replications is not None:
        content["replications"] = replications
    if seed is not None:
        content["seed"] = seed
    model = _model(Table(content, ""))
    _check(model)
    return model


def _model(file: Table) -> CenterModel:
    unit = file.choice("time_unit", TimeUnit, [each.value for each in TimeUnit])
    borders = _borders(file.table("periods"))
    type_tables, group_tables = file.tables("types"), file.tables("groups")
    kinds = _names(type_tables)
    groups = _names(group_tables)
    per = file.text("rate_per", unit.value)
    edges = edges_of(type_tables, group_tables, kinds, groups)
    model = CenterModel(
        name=file.text("name", "a model"),
        time_unit=unit,
        borders=borders,
        types=tuple(
            _type(row, borders, (unit, per), kinds, edges[0][place]) for place, row in enumerate(type_tables)
        ),
        groups=tuple(
            group(row, len(borders) - 1, kinds, edges[1][place]) for place, row in enumerate(group_tables)
        ),
        routing=_routing(file.table("routing")) if file.has("routing") else Routing(),
        busyness=shapes.distribution(file.get("busyness"), "busyness") if file.has("busyness") else None,
        queue_capacity=file.whole("queue_capacity") if file.has("queue_capacity") else None,
        lines=file.whole("lines", least=1) if file.has("lines") else None,
        clear_queue=file.choice(
            "clear_queue", ClearQueue, [each.value for each in ClearQueue], ClearQueue.NEVER
        ),
        dialers=tuple(_dialer(row, borders, kinds, groups) for row in file.tables("dialers", least=0)),
        thresholds=_thresholds(file),
        warmup=file.number("warmup", 0.0, most=borders[-1] - borders[0]),
        confidence=file.number("confidence", 0.95, least=0.5, most=0.9999),
        replications=file.whole("replications", 100, least=1, most=MOST_REPLICATIONS),
        seed=file.whole("seed", 1, most=2**32 - 1),
    )
    file.finish()
    return model


def _borders(table: Table) -> tuple[float, ...]:
    if table.has("borders"):
        rows = reading.listed(table.get("borders"), table.place("borders"))
        borders = [
            reading.number(row, f"{table.place('borders')}[{place}]") for place, row in enumerate(rows)
        ]
        if len(borders) < 2 or any(later <= earlier for earlier, later in pairwise(borders)):
            raise BadModel("periods.borders: at least two rising times are expected")
    else:
        start, length = table.number("start", 0.0), table.number("length", above=True)
        borders = [start + length * place for place in range(table.whole("count", least=1, most=10_000) + 1)]
    table.finish()
    return tuple(borders)


def _names(tables: list[Table]) -> list[str]:
    names = [table.text("name") for table in tables]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise BadModel(f"{tables[place].place('name')}: {name!r} is there twice")
    return names


def _thresholds(file: Table) -> tuple[float, ...]:
    if not file.has("thresholds"):
        return ()
    rows = reading.listed(file.get("thresholds"), "thresholds")
    return tuple(reading.number(row, f"thresholds[{place}]") for place, row in enumerate(rows))


def _type(
    table: Table,
    borders: tuple[float, ...],
    units: tuple[TimeUnit, str],
    kinds: list[str],
    groups: list[tuple[int, float]],
) -> ContactType:
    periods = len(borders) - 1
    unit, per = units[0], table.text("rate_per", units[1])
    given = table.get("rates") if table.has("rates") else 0.0
    if table.has("interarrival") and table.has("rates"):
        raise BadModel(f"{table.place('interarrival')}: either this or rates")
    rates = reading.by_period(given, table.place("rates"), periods, reading.number)
    found = ContactType(
        name=table.text("name"),
        rates=tuple(_per_unit(rate, per, unit, borders, place, table) for place, rate in enumerate(rates)),
        service=shapes.by_period(table, "service", periods),
        patience=shapes.by_period(table, "patience", periods) if table.has("patience") else (),
        balk=table.number("balk", 0.0, most=1.0),
        priority=table.whole("priority", 0, least=-1000, most=1000),
        weight=table.number("weight", 1.0, above=True),
        retry=_retry(table.table("retry")) if table.has("retry") else None,
        queue_capacity=table.whole("queue_capacity") if table.has("queue_capacity") else None,
        busyness=shapes.distribution(table.get("busyness"), table.place("busyness"))
        if table.has("busyness")
        else None,
        interarrival=shapes.optional(table, "interarrival"),
        balk_queue=_shares(table, "balk_queue"),
        after_work=shapes.by_period(table, "after_work", periods) if table.has("after_work") else (),
        transfers=_transfers(table, kinds),
        groups=tuple(groups),
        **_message(table),
    )
    table.finish()
    return found


def _per_unit(
    rate: float, per: str, unit: TimeUnit, borders: tuple[float, ...], place: int, table: Table
) -> float:
    if per == "period":
        return rate / (borders[place + 1] - borders[place])
    if per not in list(TimeUnit):
        raise BadModel(
            f"{table.place('rate_per')}: one of second, minute, hour, period is expected, not {per!r}"
        )
    return rate * SECONDS[unit] / SECONDS[TimeUnit(per)]


def _shares(table: Table, key: str) -> tuple[float, ...]:
    if not table.has(key):
        return ()
    rows = reading.listed(table.get(key), table.place(key))
    return tuple(reading.number(row, f"{table.place(key)}[{at}]", most=1.0) for at, row in enumerate(rows))


def _transfers(table: Table, kinds: list[str]) -> tuple[tuple[int, float], ...]:
    if not table.has("transfers"):
        return ()
    given = table.table("transfers")
    found = tuple((known(name, kinds, given.where), given.number(name, most=1.0)) for name in given.content)
    # Who always goes on would never leave.
    if sum(share for _, share in found) > 0.99:
        raise BadModel(f"{given.where}: the shares come to more than 0.99")
    given.finish()
    return found


def _message(table: Table) -> dict[str, Any]:
    if not table.has("message"):
        return {}
    message = table.table("message")
    found = {"message_after": message.number("after"), "message_hold": message.number("hold", 0.0)}
    message.finish()
    return found


def _retry(table: Table) -> Retry:
    outcomes = [each.value for each in Outcome]
    on = reading.listed(table.content.get("on", ["abandoned"]), table.place("on"))
    table.has("on")
    for each in on:
        if each not in outcomes:
            raise BadModel(f"{table.place('on')}: one of {', '.join(outcomes)} is expected, not {each!r}")
    found = Retry(
        # Who always comes again would never leave a place that has closed.
        probability=table.number("probability", most=0.99),
        delay=shapes.distribution(table.get("delay"), table.place("delay")),
        on=frozenset(Outcome(each) for each in on),
    )
    table.finish()
    return found


def _routing(table: Table) -> Routing:
    found = Routing(
        agents=table.choice("agents", AgentChoice, [each.value for each in AgentChoice], AgentChoice.LIST),
        contacts=table.choice(
            "contacts", ContactChoice, [each.value for each in ContactChoice], ContactChoice.LONGEST_WAIT
        ),
        index_offset=table.number("index_offset", 0.0),
        prediction_cv=table.number("prediction_cv", 0.0, most=10.0),
    )
    table.finish()
    return found


def _dialer(table: Table, borders: tuple[float, ...], kinds: list[str], groups: list[str]) -> Dialer:
    def named(key: str) -> tuple[int, ...]:
        rows = reading.listed(table.get(key), table.place(key))
        return tuple(known(row, groups, table.place(key)) for row in rows)

    def share(value: Any, where: str) -> float:
        return reading.number(value, where, most=1.0)

    found = Dialer(
        kind=known(table.get("type"), kinds, table.place("type")),
        reach=reading.by_period(table.get("reach"), table.place("reach"), len(borders) - 1, share),
        test_groups=named("test_groups"),
        target_groups=named("target_groups"),
        min_free_test=table.whole("min_free_test", 1, most=10_000),
        min_free_target=table.whole("min_free_target", 1, most=10_000),
        factor=table.number("factor", 1.0, most=1000.0),
        extra=table.whole("extra", 0, most=1000),
        start=table.number("start", borders[0]),
        stop=table.number("stop", borders[-1]),
    )
    table.finish()
    return found


def _check(model: CenterModel) -> None:
    if not any(any(one.agents) or one.after_close for one in model.groups):
        raise BadModel("groups: nobody is ever on duty")
    if not any(any(kind.rates) or kind.interarrival for kind in model.types) and not model.dialers:
        raise BadModel("types: nobody ever comes")
    # The busiest factor of the day counts: a slip there would fill the memory, too.
    factors = [model.busyness, *(kind.busyness for kind in model.types)]
    busy = max(draws.mean_of(one) if one is not None else 1.0 for one in factors)
    expected = draws.expected_arrivals(model) * max(busy, 1.0)
    if expected > MOST_AT_ONCE:
        raise BadModel(f"types: {expected:.3g} contacts a replication, at most {MOST_AT_ONCE:g} may be")
    if math.isinf(expected) or expected * model.replications > MOST_CONTACTS:
        raise BadModel(
            f"replications: {expected * model.replications:.3g} contacts would be run, "
            f"at most {MOST_CONTACTS:g} may be"
        )
