"""Who comes in a replication: contacts with all that is random about them, drawn before they do."""

from __future__ import annotations

from typing import Any

import numpy as np

from counterpoint.insight.data import CenterModel, ContactChoice
from counterpoint.insight.engine import draws

OUTSIDE, QUEUED, SERVING = 0, 1, 2


class Contact:
    """One who comes."""

    __slots__ = (
        "arrived", "entered", "kind", "patience", "period",
        "predicted", "service", "state", "visit", "waited",
    )  # fmt: skip

    def __init__(
        self, kind: int, arrived: float, period: int, service: float, patience: float, predicted: float
    ) -> None:
        self.kind = kind
        self.arrived = arrived
        self.period = period
        self.service = service
        self.patience = patience
        self.predicted = predicted
        self.entered = arrived
        self.state = OUTSIDE
        #: In all lines so far.
        self.waited = 0.0
        #: Rises with every entry, so that what was planned for an earlier one finds itself outdated.
        self.visit = 0


def coming(model: CenterModel, replication: int) -> list[Contact]:
    """Everybody who comes of himself, in order of arrival."""
    busy = draws.busyness(model, replication)
    found: list[Contact] = []
    for place in range(len(model.types)):
        times, periods = draws.arrivals(model, place, replication, busy)
        found += contacts(model, replication, place, times, periods)
    found.sort(key=lambda contact: contact.arrived)
    return found


def contacts(
    model: CenterModel, replication: int, place: int, times: Any, periods: Any, part: int = 0
) -> list[Contact]:
    """Contacts of a type with their service, patience and prediction; ``part`` tells later lots apart."""
    kind, seed = model.types[place], (model.seed, replication)
    tag = place + part * len(model.types)
    service = draws.by_period(kind.service, periods, draws.stream(*seed, draws.SERVICE, tag))
    patience, balking = draws.stream(*seed, draws.PATIENCE, tag), draws.stream(*seed, draws.BALKING, tag)
    patient = draws.patience_of(kind, periods, patience, balking)
    predicted = service
    if model.routing.contacts is ContactChoice.PREDICTED and model.routing.prediction_cv:
        rng = draws.stream(*seed, draws.NOISE, tag)
        predicted = service * draws.noise(model.routing.prediction_cv, rng, len(times))
    columns = (np.asarray(times), np.asarray(periods), service, patient, predicted)
    return [Contact(place, *row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def staff(model: CenterModel, replication: int) -> list[tuple[int, ...]]:
    """By group, how many are on duty in each period and, last, after closing."""
    found = []
    for place, group in enumerate(model.groups):
        numbers = (*group.agents, group.after_close)
        if group.draw:
            values, weights = zip(*group.draw, strict=True)
            rng = draws.stream(model.seed, replication, draws.STAFF, place)
            drawn = int(rng.choice(values, p=np.asarray(weights) / sum(weights)))
            numbers = tuple(drawn if number else 0 for number in numbers)
        found.append(numbers)
    return found
