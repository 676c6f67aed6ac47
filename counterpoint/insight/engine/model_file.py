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
    AgentGroup,
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
from counterpoint.insight.engine import reading, shapes
from counterpoint.insight.engine.reading import Table

SECONDS = {TimeUnit.SECOND: 1.0, TimeUnit.MINUTE: 60.0, TimeUnit.HOUR: 3600.0}
MOST_REPLICATIONS = 100_000
#: A run of more contacts than this takes hours: it is refused before it starts.
MOST_CONTACTS = 20_000_000
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
    edges = _edges(type_tables, group_tables, kinds, groups)
    model = CenterModel(
        name=file.text("name", "a model"),
        time_unit=unit,
        borders=borders,
        types=tuple(_type(row, borders, unit, per, edges[0][place]) for place, row in enumerate(type_tables)),
        groups=tuple(
            _group(row, len(borders) - 1, kinds, edges[1][place]) for place, row in enumerate(group_tables)
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
    table: Table, borders: tuple[float, ...], unit: TimeUnit, per: str, groups: list[tuple[int, float]]
) -> ContactType:
    periods = len(borders) - 1
    per = table.text("rate_per", per)
    rates = reading.by_period(
        table.content.get("rates", 0.0) if table.has("rates") else 0.0,
        table.place("rates"),
        periods,
        reading.number,
    )
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


def _group(table: Table, periods: int, kinds: list[str], skills: list[tuple[int, float]]) -> AgentGroup:
    agents = reading.by_period(table.get("agents"), table.place("agents"), periods, _count)
    factors = [1.0] * len(kinds)
    if table.has("factors"):
        given = table.table("factors")
        for name in given.content:
            factors[_known(name, kinds, given.where)] = given.number(name, above=True, most=1000.0)
        given.finish()
    found = AgentGroup(
        name=table.text("name"),
        agents=agents,
        after_close=table.whole("after_close", agents[-1], most=10_000),
        skills=tuple(skills),
        factors=tuple(factors),
    )
    table.finish()
    return found


def _count(value: Any, where: str) -> int:
    return reading.whole(value, where, most=10_000)


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
        return tuple(_known(row, groups, table.place(key)) for row in rows)

    def share(value: Any, where: str) -> float:
        return reading.number(value, where, most=1.0)

    found = Dialer(
        kind=_known(table.get("type"), kinds, table.place("type")),
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


Edges = list[list[tuple[int, float]]]


def _edges(
    types: list[Table], groups: list[Table], kinds: list[str], names: list[str]
) -> tuple[Edges, Edges]:
    """Who may take whom, in the order of preference of either side; one side alone is enough."""
    of_types = [_links(table, "groups", names) for table in types]
    of_groups = [_links(table, "skills", kinds) for table in groups]
    if all(row is None for row in of_types) and all(row is None for row in of_groups):
        raise BadModel("types or groups: either the types name their groups, or the groups their skills")
    one_side = [[] if row is None else row for row in of_types]
    other = [[] if row is None else row for row in of_groups]
    for kind, row in enumerate(of_types):
        if row is None:
            one_side[kind] = [
                (g, after) for g, skills in enumerate(other) for k, after in skills if k == kind
            ]
    for group, row in enumerate(of_groups):
        if row is None:
            other[group] = [
                (k, after) for k, links in enumerate(one_side) for g, after in links if g == group
            ]
    for place, skills in enumerate(other):
        if not skills:
            raise BadModel(f"{groups[place].where}: the group serves no type")
    for place, links in enumerate(one_side):
        if not links:
            raise BadModel(f"{types[place].where}: no group serves the type")
    return one_side, other


def _links(table: Table, key: str, names: list[str]) -> list[tuple[int, float]] | None:
    if not table.has(key):
        return None
    links: list[tuple[int, float]] = []
    for place, row in enumerate(reading.listed(table.get(key), table.place(key))):
        where, after = f"{table.place(key)}[{place}]", 0.0
        if isinstance(row, dict):
            link = Table(row, where)
            row, after = link.get("name"), link.number("after", 0.0)
            link.finish()
        links.append((_known(row, names, where), after))
    return links


def _known(name: Any, names: list[str], where: str) -> int:
    if name not in names:
        raise BadModel(f"{where}: {name!r} is not there; there are {', '.join(names)}")
    return names.index(name)


def _check(model: CenterModel) -> None:
    if not any(any(group.agents) or group.after_close for group in model.groups):
        raise BadModel("groups: nobody is ever on duty")
    if not any(any(kind.rates) for kind in model.types) and not model.dialers:
        raise BadModel("types: nobody ever comes")
    expected = sum(
        rate * (until - since)
        for kind in model.types
        for rate, since, until in zip(kind.rates, model.borders, model.borders[1:], strict=False)
    )
    if math.isinf(expected) or expected * model.replications > MOST_CONTACTS:
        raise BadModel(
            f"replications: {expected * model.replications:.3g} contacts would be run, "
            f"at most {MOST_CONTACTS:g} may be"
        )
