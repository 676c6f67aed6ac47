"""The branch twin on a page 网点推演: yesterday under another policy, tomorrow's windows by half hour."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from counterpoint.insight import services
from counterpoint.insight.access import branch_here, sees_insight
from counterpoint.insight.charts import Chart, Series, half_hours
from counterpoint.insight.data_past import RunKind, RunState
from counterpoint.insight.forms import PlanForm, ReplayForm
from counterpoint.insight.models import TwinRun
from counterpoint.kit import clock
from counterpoint.kit.access import allows
from counterpoint.kit.forms import read
from counterpoint.kit.pages import is_fragment
from counterpoint.org import services as org
from counterpoint.people import services as people


def row_words(name: str) -> str:
    """What a row of a replay is called."""
    return {
        "actual": pgettext("replay", "as it was"),
        "dedicated": pgettext("replay", "own line at each window"),
        "pooled": pgettext("replay", "one line, longest wait first"),
        "cmu": pgettext("replay", "shortest service first"),
        "predicted": pgettext("replay", "index on predicted time"),
        "more": pgettext("replay", "rule in force, more windows"),
    }.get(name, name)


def _context(request: HttpRequest) -> dict[str, Any]:
    branch = branch_here(request)
    asked = {kind: services.last_run(branch=branch, kind=kind) for kind in RunKind}
    # On a day off the business day of the last working day may still be open, and has no course yet.
    running = min(clock.today(), org.business_day(branch).date)
    yesterday = org.last_working_day(running - timedelta(days=1))
    return {
        "tab": "twin",
        "branch": branch,
        "replay_form": ReplayForm(initial={"day": yesterday, "more": 1}),
        "plan_form": PlanForm(),
        "replay": _shown(asked[RunKind.REPLAY], replay_charts),
        "plan": _shown(asked[RunKind.PLAN], plan_charts),
    }


def _shown(run: TwinRun | None, charts: Any) -> dict[str, Any] | None:
    if run is None:
        return None
    done = run.state == RunState.DONE
    return {
        "run": run,
        "waits": run.state in (RunState.WAITING, RunState.RUNNING),
        "charts": charts(run.answer) if done else [],
    }


@allows(sees_insight)
@require_GET
def twin(request: HttpRequest) -> HttpResponse:
    """Both questions, with the last answers; told anew when the twin has answered."""
    template = "insight/parts/answers.html" if is_fragment(request) else "insight/twin.html"
    return render(request, template, _context(request))


@allows(sees_insight)
@require_POST
def replay(request: HttpRequest) -> HttpResponse:
    """Replay a past day."""
    typed = read(ReplayForm(request.POST))
    question = {"day": typed["day"].isoformat(), "more": typed["more"]}
    by = people.actor_from(request)
    services.ask(branch=branch_here(request), kind=RunKind.REPLAY, question=question, by=by)
    return _asked(request)


@allows(sees_insight)
@require_POST
def plan(request: HttpRequest) -> HttpResponse:
    """Plan tomorrow's windows."""
    typed, by = read(PlanForm(request.POST)), people.actor_from(request)
    services.ask(branch=branch_here(request), kind=RunKind.PLAN, question=dict(typed), by=by)
    return _asked(request)


def _asked(request: HttpRequest) -> HttpResponse:
    if is_fragment(request):
        return render(request, "insight/parts/answers.html", _context(request))
    return redirect("insight:twin")


def replay_charts(answer: dict[str, Any]) -> list[Chart]:
    """A past day: one line a row, and their figures as bars."""
    rows: dict[str, dict[str, Any]] = dict(sorted(answer["rows"].items(), key=lambda row: row[1]["over"]))
    labels = half_hours(answer["opens"], answer["slots"])
    drawn = ["actual", answer["rule"], *(["more"] if "more" in rows else []), "dedicated"]
    names = list(dict.fromkeys(drawn))
    bands = {answer["rule"], "more"}
    real, best = rows["actual"], min(rows, key=lambda name: rows[name]["over"])
    day = date.fromisoformat(answer["day"])
    return [
        Chart(
            id="replay-line",
            title=_("Mean wait by half hour of arrival, %(day)s") % {"day": day},
            unit=_("min"),
            head=_("Arrival"),
            x=labels,
            series=[
                Series(
                    row_words(name),
                    rows[name]["slots"],
                    _replay_band(rows[name]) if name in bands else None,
                    faint=name == "actual",
                )
                for name in names
            ],
            summary=_(
                "%(count)s customers; as it was, the mean wait was %(real).1f min, the twin says %(twin).1f. "
                "The bands hold eight runs in ten of %(seeds)s, each with other durations."
            )
            % {
                "count": answer["customers"],
                "real": real["mean"],
                "twin": rows[answer["rule"]]["mean"],
                "seeds": answer.get("seeds", 0),
            },
        ),
        Chart(
            id="replay-bars",
            title=_("Customers who wait over 10 minutes"),
            unit="%",
            head=_("Policy"),
            x=[row_words(name) for name in rows],
            sideways=True,
            series=[Series(_("over 10 min"), [row["over"] for row in rows.values()], kind="bar")],
            summary=_("Least with “%(name)s”: %(best).0f %% instead of %(real).0f %%.")
            % {"name": row_words(best), "best": rows[best]["over"], "real": real["over"]},
        ),
    ]


def _replay_band(row: dict[str, Any]) -> tuple[list[float | None], list[float | None]] | None:
    """Low and high by half hour; an answer of before the band was drawn has none."""
    return (row["low"], row["high"]) if "low" in row else None


def plan_charts(answer: dict[str, Any]) -> list[Chart]:
    """Tomorrow: windows by half hour, and the waits that they give, with the band of eight days in ten."""
    plan, now = answer["plan"], answer["now"]
    labels = half_hours(answer["opens"], max(len(plan), len(now)))
    said = {
        "share": answer["share"],
        "within": answer["within"],
        "hours": answer["hours"],
        "days": answer["days"],
    }
    met = _(
        "With %(hours).1f window-hours, %(share).0f of 100 wait at most %(within).0f min in every half hour."
    )
    missed = _(
        "Even with every window, some half hour has fewer than %(share).0f of 100 within %(within).0f min."
    )
    return [
        Chart(
            id="plan-windows",
            title=_("Windows to open, by half hour"),
            unit=_("windows"),
            head=_("Half hour"),
            x=labels,
            summary=(met if answer["met"] else missed) % said,
            series=[
                Series(_("plan"), answer["windows"], kind="bar"),
                Series(_("as on the last day"), [one["windows"] for one in now], faint=True),
            ],
        ),
        Chart(
            id="plan-waits",
            title=_("Mean wait with the plan; the band holds eight days in ten"),
            unit=_("min"),
            head=_("Half hour"),
            x=labels,
            target=answer["within"],
            series=[
                Series(
                    _("plan"),
                    [one["mean"] for one in plan],
                    ([one["low"] for one in plan], [one["high"] for one in plan]),
                ),
                Series(_("as on the last day"), [one["mean"] for one in now], faint=True),
            ],
            summary=_("Mean wait %(plan).1f min; with the windows as on the last day %(now).1f min.")
            % {"plan": answer["plan_mean"] or 0.0, "now": answer["now_mean"] or 0.0},
        ),
    ]
