"""Groups in a model file: how many are on duty, and who may take whom."""

from __future__ import annotations

from typing import Any

from counterpoint.insight.data import AgentGroup, BadModel
from counterpoint.insight.engine import reading, shapes
from counterpoint.insight.engine.reading import Table

MOST_AGENTS = 10_000


def group(table: Table, periods: int, kinds: list[str], skills: list[tuple[int, float]]) -> AgentGroup:
    agents, drawn = _agents(table, periods)
    found = AgentGroup(
        name=table.text("name"),
        agents=agents,
        after_close=table.whole("after_close", agents[-1], most=MOST_AGENTS),
        skills=tuple(skills),
        factors=tuple(_factors(table, kinds)),
        services=tuple(_services(table, kinds)),
        draw=drawn,
    )
    table.finish()
    return found


def _agents(table: Table, periods: int) -> tuple[tuple[int, ...], tuple[tuple[int, float], ...]]:
    """Numbers by period; or 1 and 0 by period, and the numbers of which one is drawn a replication."""
    value, where = table.get("agents"), table.place("agents")
    if not (isinstance(value, dict) and "draw" in value):
        return reading.by_period(value, where, periods, _count), ()
    given = Table(value, where)
    on = given.get("on") if given.has("on") else 1
    mask = reading.by_period(on, given.place("on"), periods, lambda one, at: reading.whole(one, at, most=1))
    drawn = []
    for place, row in enumerate(reading.listed(given.get("draw"), given.place("draw"))):
        at = f"{given.place('draw')}[{place}]"
        if len(reading.listed(row, at)) != 2:
            raise BadModel(f"{at}: [how many, weight] is expected")
        drawn.append((_count(row[0], at), reading.number(row[1], at)))
    if not sum(weight for _, weight in drawn) > 0:
        raise BadModel(f"{given.place('draw')}: at least one weight above 0 is expected")
    given.finish()
    return mask, tuple(drawn)


def _count(value: Any, where: str) -> int:
    return reading.whole(value, where, most=MOST_AGENTS)


def _factors(table: Table, kinds: list[str]) -> list[float]:
    factors = [1.0] * len(kinds)
    if table.has("factors"):
        given = table.table("factors")
        for name in given.content:
            factors[known(name, kinds, given.where)] = given.number(name, above=True, most=1000.0)
        given.finish()
    return factors


def _services(table: Table, kinds: list[str]) -> list[Any]:
    services: list[Any] = [None] * len(kinds)
    if table.has("services"):
        given = table.table("services")
        for name in given.content:
            place = known(name, kinds, given.where)
            services[place] = shapes.distribution(given.get(name), given.place(name))
        given.finish()
    return services


Edges = list[list[tuple[int, float]]]


def edges(types: list[Table], groups: list[Table], kinds: list[str], names: list[str]) -> tuple[Edges, Edges]:
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
        links.append((known(row, names, where), after))
    return links


def known(name: Any, names: list[str], where: str) -> int:
    if name not in names:
        raise BadModel(f"{where}: {name!r} is not there; there are {', '.join(names)}")
    return names.index(name)
