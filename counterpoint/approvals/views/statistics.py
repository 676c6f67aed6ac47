"""Statistics of the approval desk 授权统计: by waiting time, rule, reason and approver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from counterpoint.approvals import access, labels, queries_desk, services
from counterpoint.approvals.forms import WAITS, PeriodForm, period_start
from counterpoint.approvals.services.figures import Line, Statistics
from counterpoint.approvals.views import showing
from counterpoint.kit import clock
from counterpoint.kit.access import allows
from counterpoint.kit.data import Malformed
from counterpoint.people import services as people

#: The chart of waiting times is drawn in a box of this size.
WIDTH, HEIGHT, FOOT = 600, 150, 25


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line of a table with its bar, in parts of a hundred, and the list that it opens."""

    name: str
    line: Line
    url: str
    approved: float
    returned: float
    refused: float
    other: float

    @property
    def parts(self) -> list[tuple[str, float, float]]:
        """Class, beginning and width of each part of the bar."""
        found, at = [], 0.0
        for css in ("approved", "returned", "refused", "other"):
            width = getattr(self, css)
            found.append((css, round(at, 1), round(width, 1)))
            at += width
        return found


def drawn(lines: tuple[Line, ...], names: dict[str, str], key: str, base: dict[str, Any]) -> list[Drawn]:
    top = max((line.count for line in lines), default=1)
    return [
        Drawn(
            names.get(line.key, line.key), line,
            f"{reverse('approvals:requests')}?{urlencode(base | {key: line.key})}",
            *(100 * part / top for part in (line.approved, line.returned, line.refused, line.other)),
        )
        for line in lines
    ]  # fmt: skip


def wait_names() -> list[str]:
    """The waiting classes in words: the bound is said once, the unit stands in the title."""
    return [
        f"≥ {low}" if high is None else f"< {high}" if not low else f"{low}–{high}" for low, high in WAITS
    ]


def waits(counts: tuple[tuple[str, int], ...], base: dict[str, Any]) -> dict[str, Any]:
    """The waiting classes as bars."""
    top, width = max([count for _name, count in counts] + [1]), WIDTH / len(counts)
    total = sum(count for _name, count in counts)
    tall = HEIGHT - FOOT - 15
    return {
        "total": total,
        "bars": [
            {
                "name": name, "count": count, "share": round(100 * count / total) if total else 0,
                "x": round(at * width + 12, 1), "y": round(HEIGHT - FOOT - count * tall / top, 1),
                "width": round(width - 24, 1), "height": round(count * tall / top, 1),
                "middle": round(at * width + width / 2, 1),
                "url": f"{reverse('approvals:requests')}?{urlencode(base | {'wait': at})}",
            }
            for at, (name, (_key, count)) in enumerate(zip(wait_names(), counts, strict=True))
        ],
    }  # fmt: skip


def tables(found: Statistics, base: dict[str, Any]) -> list[dict[str, Any]]:
    """By rule, by reason, by approver."""
    ids = [int(line.key) for line in found.by_approver if line.key.isdigit()]
    people_names = {str(id): name.name for id, name in queries_desk.names(ids).items()}
    words = {code: str(said) for code, said in labels.reason_words().items()}
    return [
        {"title": _("By rule"), "icon": "scale", "lines": drawn(found.by_rule, {}, "rule", base)},
        {"title": _("By reason"), "icon": "arrow-back-up",
         "lines": drawn(found.by_reason, words, "reason", base)},
        {"title": _("By approver"), "icon": "users",
         "lines": drawn(found.by_approver, people_names, "person", base)},
    ]  # fmt: skip


def branches_of(request: HttpRequest) -> list[tuple[int, Any]]:
    """The branches that this person may count: the own one, or each and all."""
    names, own = showing.branch_names(), people.actor_from(request).branch or 0
    if not access.watches_everywhere(request):
        return [(own, names.get(own, ""))]
    return [(0, _("Whole bank")), *names.items()]


@allows(access.watches)
@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """The figures of a period, with the lists behind them."""
    branches = branches_of(request)
    asked = {name: value for name, value in request.GET.items() if value}
    form = PeriodForm({"branch": str(branches[0][0]), **asked}, branches)
    if not form.is_valid():
        raise Malformed(_("These statistics do not exist."), field=next(iter(form.errors)))
    period, branch = form.cleaned_data["period"], form.cleaned_data["branch"]
    found = services.statistics(branch=branch, since=period_start(period), until=clock.now())
    base = {"period": period} | ({"branch": branch} if branch else {})
    context = {
        "form": form, "found": found, "waits": waits(found.by_wait, base), "tables": tables(found, base),
        "all_url": f"{reverse('approvals:requests')}?{urlencode(base)}",
    }  # fmt: skip
    return render(request, "approvals/statistics.html", context)
