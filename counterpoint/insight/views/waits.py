"""Waits, promises, ratings and paths of a period, as charts with their tables."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from counterpoint.insight.access import branch_here, sees_insight
from counterpoint.insight.forms import PeriodForm
from counterpoint.insight.pages import picture, state_words, waits_context, where_time_goes
from counterpoint.insight.rules.process import process as process_of
from counterpoint.kit import clock
from counterpoint.kit.access import allows
from counterpoint.lobby import services as lobby
from counterpoint.org import services as org


def target_minutes() -> float:
    """The wait that the bank does not want to exceed."""
    return float(org.value(key="lobby.wait_target_minutes", at=clock.today()))


@allows(sees_insight)
@require_GET
def waits(request: HttpRequest) -> HttpResponse:
    """How long customers waited, and what was promised."""
    form, since, until = PeriodForm.asked(request.GET, clock.today())
    context = waits_context(branch_here(request), since, until, target_minutes())
    source = lobby.promise_source(branch_here(request))
    context |= {
        "form": form, "since": since, "until": until, "tab": "waits", "source": source,
        "source_words": lobby.source_words(source),
    }  # fmt: skip
    return render(request, "insight/waits.html", context)


@allows(sees_insight)
@require_GET
def process(request: HttpRequest) -> HttpResponse:
    """What customers went through, and where their time goes."""
    form, since, until = PeriodForm.asked(request.GET, clock.today())
    branch = branch_here(request)
    courses = lobby.courses(branch=branch, since=since, until=until)
    context = {"form": form, "since": since, "until": until, "tab": "process", "none": not courses}
    if courses:
        found = process_of(courses)
        variants = [
            ([state_words(state) for state in one.path], one.count, one.share, one.middle / 60)
            for one in found.variants
        ]
        context |= {
            "found": found, "picture": picture(found), "variants": variants,
            "charts": [where_time_goes(branch, courses)],
        }  # fmt: skip
    return render(request, "insight/process.html", context)
