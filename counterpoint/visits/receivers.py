"""To whom a visit may be handed now 可转交对象: desks, duties and people, with who is there and free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from counterpoint.kit.data import Actor
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import SERVING, Duty, PersonView
from counterpoint.visits import queries_screens
from counterpoint.visits.data import Target

#: A branch has a few desks and a few people; a list beyond this would not be chosen from by keys.
MOST = 30


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the dialog: ``there``, so that it can be chosen; ``free``, with nobody at the desk."""

    value: str
    title: str
    who: str
    there: bool
    free: bool
    count: int = 0
    idle: int = 0


def choices(by: Actor) -> dict[Target, list[Choice]]:
    """The desks but one's own, the duties that somebody there has, and people without a desk."""
    branch = by.branch or 0
    busy = queries_screens.busy(branch)
    desks = [one for one in org.desks(branch) if one.active and one.holder != by.id][:MOST]
    able = _able(branch, by)
    colleagues = {one.id: one for held in able.values() for one in held}
    seated = {one.holder for one in desks if one.holder is not None}
    here = seated | people.here(set(colleagues))
    return {
        Target.DESK: [_desk(one.id, one.number, one.holder, colleagues, busy) for one in desks],
        Target.PERSON: [
            Choice(f"person:{one.id}", one.name, one.number, True, one.id not in busy)
            for one in colleagues.values() if one.id in here - seated
        ][:MOST],
        Target.DUTY: [
            _duty(duty, [one.id for one in held if one.id in here], busy)
            for duty, held in able.items() if any(one.id in here for one in held)
        ],
    }  # fmt: skip


def _able(branch: int, by: Actor) -> dict[Duty, list[PersonView]]:
    """Who has which duty of the counter at this branch and belongs to it."""
    return {
        duty: [
            one for one in people.people_with(duty=duty, branch=branch)
            if one.id != by.id and one.branch == branch
        ]
        for duty in SERVING
    }  # fmt: skip


def _desk(
    desk: int, number: str, holder: int | None, known: dict[int, PersonView], busy: set[int]
) -> Choice:  # fmt: skip
    name = ""
    if holder is not None:
        name = known[holder].name if holder in known else people.person(holder).name
    return Choice(f"desk:{desk}", number, name, holder is not None, holder is not None and holder not in busy)


def _duty(duty: Duty, there: Iterable[int], busy: set[int]) -> Choice:
    ids = set(there)
    idle = len(ids - busy)
    return Choice(f"duty:{duty}", people.duty_name(duty), "", True, idle > 0, len(ids), idle)
