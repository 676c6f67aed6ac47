"""Questions to the twin 推演: asked on a page, answered beside the server, kept with their answers."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.insight.data import PlanTarget, TwinBranch, TwinDay, TwinWindow
from counterpoint.insight.data_past import BranchPast, RunKind, RunState, TooLittleKnown, UnknownRun
from counterpoint.insight.engine import plans
from counterpoint.insight.engine.branch import run_day
from counterpoint.insight.models import TwinRun
from counterpoint.insight.services import past as pasts
from counterpoint.insight.services.apart import apart
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, Refusal, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import Policy
from counterpoint.people import services as people
from counterpoint.people.data import Duty

#: A replay is played again so often, each time with other durations; the first number names its draws.
SEEDS, REPLAYED = 20, 7405
log = logging.getLogger("counterpoint.insight")


@verb("insight.twin.asked")
def ask(*, branch: int, kind: RunKind, question: dict[str, Any], by: Actor) -> int:
    """Ask the twin 提出推演; its number. The answer comes when it is found."""
    people.check_actor(by=by, duty=Duty.BOARD, branch=branch)
    row = TwinRun.objects.create(
        branch_id=branch, kind=kind, question=question, asked_by=by.key, asked_at=clock.now()
    )
    _tell(row, question=question)
    return row.pk


@verb("insight.twin.answered")
def _end(*, run: int, answer: dict[str, Any] | None, trouble: str, by: Actor) -> None:
    """The twin has answered 推演完成, or says why it cannot."""
    row = TwinRun.objects.select_for_update(no_key=True).get(pk=run)
    row.state = RunState.DONE if answer is not None else RunState.FAILED
    row.answer, row.trouble, row.ended = answer, trouble[:300], clock.now()
    row.save(update_fields=["state", "answer", "trouble", "ended"])
    _tell(row, trouble=trouble)


def _tell(row: TwinRun, **data: object) -> None:
    tell(
        Told(
            subject=f"twin_run:{row.pk}", branch=row.branch_id, data={"kind": str(row.kind), **data},
            channels=(f"insight:{row.branch_id}",),
        )
    )  # fmt: skip


def run_of(id: int, *, branch: int) -> TwinRun:
    """A question with its answer, of this branch."""
    row = TwinRun.objects.filter(pk=id, branch_id=branch).first()
    if row is None:
        raise UnknownRun(_("The twin was not asked that."))
    return row


def last_run(*, branch: int, kind: RunKind) -> TwinRun | None:
    """The last question of a kind."""
    return TwinRun.objects.filter(branch_id=branch, kind=kind).order_by("-id").first()


def answer_waiting() -> int:
    """Answer what was asked, one after the other; how many."""
    done = 0
    while (row := _next()) is not None:
        try:
            found = answer(row)
        except Refusal as refusal:
            _end(run=row.pk, answer=None, trouble=str(refusal), by=SYSTEM)
        except Exception:
            log.exception("The twin broke on question %s.", row.pk)
            _end(run=row.pk, answer=None, trouble=_("The twin broke on this question."), by=SYSTEM)
        else:
            _end(run=row.pk, answer=found, trouble="", by=SYSTEM)
        done += 1
    return done


def begin_again() -> int:
    """Questions on which a process before this one was cut off wait again; how many."""
    return TwinRun.objects.filter(state=RunState.RUNNING).update(state=RunState.WAITING, begun=None)


def _next() -> TwinRun | None:
    with transaction.atomic():
        row = TwinRun.objects.select_for_update(skip_locked=True, no_key=True)
        found = row.filter(state=RunState.WAITING).order_by("id").first()
        if found is not None:
            TwinRun.objects.filter(pk=found.pk).update(state=RunState.RUNNING, begun=clock.now())
        return found


def answer(row: TwinRun) -> dict[str, Any]:
    """The answer to a question, as the page draws it."""
    if row.kind == RunKind.REPLAY:
        return replay(row.branch_id, date.fromisoformat(row.question["day"]), int(row.question["more"]))
    return plan(row.branch_id, float(row.question["within"]), float(row.question["share"]) / 100)


def replay(branch: int, day: date, more: int) -> dict[str, Any]:
    """A past day as it was, as the twin has it, under each policy, and with so many windows more."""
    past = pasts.branch_past(branch, day)
    found = lobby.courses(branch=branch, since=day, until=day)
    spans = lobby.window_spans(branch=branch, since=day, until=day)
    means = past.demand.durations
    model = pasts.model_of(spans, day, past.opens, past.slots, means, past.factors, past.model.policy)
    twin_day, real = pasts.day_of(past, found)
    if not real or not model.windows:
        raise TooLittleKnown(_("Nobody was served on that day."))
    waits = {"actual": [one.wait / 60 for one in real]}
    others = _redrawn(twin_day, means)
    played_again: dict[str, list[list[float]]] = {}
    for policy in Policy:
        branch_ = replace(model, policy=replace(model.policy, policy=policy))
        waits[str(policy)] = _played(branch_, twin_day)
        played_again[str(policy)] = [_played(branch_, other) for other in others]
    if more:
        waits["more"] = _played(_with_more(model, more), twin_day)
        played_again["more"] = [_played(_with_more(model, more), other) for other in others]
    slots = [min(past.slots - 1, int(at // pasts.SLOT)) for at in twin_day.arrived]
    return {
        "day": day.isoformat(), "opens": past.opens, "slots": past.slots, "customers": len(real),
        "rule": str(model.policy.policy), "more": more,
        "seeds": SEEDS,
        "rows": {
            name: _row(values, slots, past.slots) | _band(played_again.get(name, []), slots, past.slots)
            for name, values in waits.items()
        },
    }  # fmt: skip


def _redrawn(day: TwinDay, means: Mapping[str, tuple[float, float]]) -> list[TwinDay]:
    """The same customers with services that take as long as they might have, by several seeds."""
    found = []
    for seed in range(SEEDS):
        rng = np.random.default_rng([REPLAYED, seed])
        sigmas = np.array([math.sqrt(math.log1p(means[one][1])) for one in day.service])
        middles = np.array([math.log(means[one][0]) for one in day.service]) - sigmas**2 / 2
        drawn = np.exp(middles + sigmas * rng.standard_normal(len(day.service)))
        found.append(replace(day, duration=drawn.tolist()))
    return found


def _band(played: list[list[float]], slots: list[int], count: int) -> dict[str, Any]:
    """By half hour, between which mean waits eight runs in ten lie."""
    means = [_row(values, slots, count)["slots"] for values in played]
    if not means:
        return {}
    by_slot = [[one for one in column if one is not None] for column in zip(*means, strict=True)]
    low, high = ([float(np.quantile(one, share)) if one else None for one in by_slot] for share in (0.1, 0.9))
    return {"low": low, "high": high}


def _played(model: TwinBranch, day: TwinDay) -> list[float]:
    """Waits of a day; whom nobody would serve waits until the doors close, and not 0 minutes."""
    found = run_day(model, day, lobby.pick)
    return [
        wait if window >= 0 else max(0.0, model.closes - arrived)
        for wait, window, arrived in zip(found.waits, found.windows, day.arrived, strict=True)
    ]


def _with_more(model: TwinBranch, more: int) -> TwinBranch:
    """So many windows more that serve everything, the whole day."""
    everything = frozenset(model.means)
    windows = [
        TwinWindow(f"+{place + 1}", everything, dict.fromkeys(everything, 1.0)) for place in range(more)
    ]
    return replace(model, windows=(*model.windows, *windows))


def _row(values: list[float], slots: list[int], count: int) -> dict[str, Any]:
    """Mean, 90th percentile and the share over ten minutes, and the mean by half hour."""
    all_of_them, at = np.asarray(values), np.asarray(slots)
    means = [float(all_of_them[at == slot].mean()) if (at == slot).any() else None for slot in range(count)]
    return {
        "mean": float(all_of_them.mean()), "p90": float(np.quantile(all_of_them, 0.9)),
        "over": float((all_of_them > 10).mean()) * 100, "slots": means,
    }  # fmt: skip


def plan(branch: int, within: float, share: float) -> dict[str, Any]:
    """How many windows to open by half hour, and how the windows of the last day would do."""
    past = pasts.branch_past(branch, clock.today() - timedelta(days=1))
    target, model = PlanTarget(share=share, within=within), _whole_day(past)
    found, now = apart(plans.planned, model, past, target, lobby.pick)
    return {
        "opens": past.opens, "within": within, "share": share * 100, "met": found.met, "days": plans.DAYS,
        "hours": found.window_hours, "windows": list(found.windows), "learned_days": len(past.days),
        "plan": [_slot(one) for one in found.curve.slots], "now": [_slot(one) for one in now.slots],
        "plan_mean": found.curve.mean.mean, "now_mean": now.mean.mean,
    }  # fmt: skip


def _whole_day(past: BranchPast) -> TwinBranch:
    """Every window that was open, and spare ones like the first, the whole day: the plan chooses."""
    windows = [replace(one, open=((0.0, float("inf")),)) for one in past.model.windows]
    spare = [replace(windows[place % len(windows)], name=f"+{place + 1}") for place in range(4)]
    return replace(past.model, windows=(*windows, *spare))


def _slot(one: Any) -> dict[str, Any]:
    return {
        "windows": one.windows, "customers": one.customers, "mean": one.mean.mean, "low": one.low,
        "high": one.high, "p90": one.p90,
        "within": None if one.within.mean is None else 100 * one.within.mean,
    }  # fmt: skip
