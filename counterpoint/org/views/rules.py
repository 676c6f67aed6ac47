"""The dated rules on screen: the list, a rule, its trial, its drafts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.kit import clock
from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.org import access, labels, queries, rulebook, rules, services
from counterpoint.org.data import Confidence, RuleDecision, RuleStatus
from counterpoint.org.forms import DraftForm, ReasonForm, RetirementForm, TrialForm
from counterpoint.org.rulebook import TableView, VersionView
from counterpoint.org.views.places import checked
from counterpoint.people.data import Duty
from counterpoint.people.services import actor_from, can

REPLAYED_DAYS = 30


@dataclass(frozen=True, slots=True)
class Drawn:
    """A version as a decision table to look at."""

    inputs: list[str]
    outputs: list[str]
    rows: list[tuple[int, list[str], list[str], str, Any, str]]
    value: str
    hit: str


def _drawn(version: rules.Version) -> Drawn:
    lang = queries.language()
    rows = []
    for number, row in enumerate(version.rows, start=1):
        asked = [rules.cell_words(version, row, one, lang) for one in version.inputs]
        given = [
            rules.value_words(part.type, row.then[part.name], lang) if part.name in row.then else ""
            for part in version.outputs.values()
        ]
        mark = row.confidence
        rows.append(
            (
                number,
                asked,
                given,
                row.zh if lang == "zh" else row.en,
                _badge(mark) if mark else None,
                row.source,
            )
        )
    unit = version.unit_zh if lang == "zh" else version.unit_en
    shown = (
        f"{rules.value_words(version.value_type or '', version.value, lang)} {unit}"
        if version.is_value
        else ""
    )
    return Drawn(
        [_name(one) for one in version.inputs.values()],
        [_name(one) for one in version.outputs.values()],
        rows,
        shown,
        version.hit,
    )


def _name(part: rules.Input | rules.Output) -> str:
    return queries.in_words(part.zh, part.en)


def _badge(mark: Confidence) -> tuple[Any, str]:
    return labels.CONFIDENCE[mark], labels.CONFIDENCE_MEANING[mark]


@allows(access.sees)
@require_GET
def rule_list(request: HttpRequest) -> HttpResponse:
    """All rules by chapter: what holds today, what waits, how well it is known."""
    today, show = clock.today(), request.GET.get("show", "")
    chapters: dict[str, list[tuple[TableView, Any]]] = {}
    for table in rulebook.tables(today):
        doubtful = table.current is None or table.current.confidence is not Confidence.CONFIRMED
        if (show == "drafts" and not table.drafts) or (show == "doubtful" and not doubtful):
            continue
        badge = _badge(table.current.confidence) if table.current else None
        chapters.setdefault(table.chapter, []).append((table, badge))
    named = [
        (name, labels.CHAPTERS.get(name, name), chapters[name])
        for name in [*labels.CHAPTERS, *chapters]
        if name in chapters
    ]
    seen = {name: (title, lines) for name, title, lines in named}
    return render(request, "org/rules.html", {"chapters": seen, "show": show, "today": today})


@allows(access.sees)
@require_GET
def rule(request: HttpRequest, key: str) -> HttpResponse:
    """One rule: drawn, sourced, tried, with its history."""
    return render(request, "org/rule.html", _rule_context(request, key))


def _rule_context(request: HttpRequest, key: str) -> dict[str, Any]:
    today, lang = clock.today(), queries.language()
    table = rulebook.table(key, today)
    shown = table.current or (table.versions[0] if table.versions else None)
    statuses = rulebook.statuses(key)
    versions = list(table.versions)
    lines = [
        (one, labels.STATUS[one.status], labels.STATUS_MEANING[one.status], statuses.get(one.id, []),
         rules.changes(versions[index + 1].rule if index + 1 < len(versions) else None, one.rule, lang)
         if index + 1 < len(versions) else [])
        for index, one in enumerate(versions)
    ]  # fmt: skip
    return {
        "table": table,
        "shown": shown,
        "badge": _badge(shown.confidence) if shown else None,
        "scope": labels.SCOPES.get(shown.scope, shown.scope) if shown else "",
        "drawn": _drawn(shown.rule) if shown else None,
        "versions": lines,
        "trial": TrialForm(shown.rule, lang) if shown and not shown.rule.is_value else None,
        "may_draft": can(request, Duty.RULES_DRAFT),
        "today": today,
    }


@allows(access.sees)
@require_POST
def trial(request: HttpRequest, version: int) -> HttpResponse:
    """Try facts on a version; nothing is recorded."""
    chosen = rulebook.version(version)
    form = TrialForm(chosen.rule, queries.language(), request.POST)
    decision: RuleDecision | None = None
    trouble = ""
    if form.is_valid():
        try:
            decision = services.decide_with(version=version, facts=form.facts(), at=clock.today())
        except Refusal as refusal:
            trouble = str(refusal)
    context: dict[str, Any] = {"form": form, "decision": decision, "trouble": trouble, "version": chosen}
    if decision:
        lang = queries.language()
        context["outcome"] = [
            (
                part.zh if lang == "zh" else part.en,
                rules.value_words(part.type, decision.outcome[part.name], lang),
            )
            for part in chosen.rule.outputs.values()
        ]
        context["hits"] = [(hit, _badge(hit.confidence)) for hit in decision.hits]
    return render(request, "org/trial_answer.html", context)


@allows(access.drafts)
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, key: str) -> HttpResponse:
    """Draft the next version of a rule, from the one in force."""
    table = rulebook.table(key, clock.today())
    base = table.current or (table.versions[0] if table.versions else None)
    initial: dict[str, Any] = {"effective_from": clock.today() + timedelta(days=1)}
    if base is not None:
        initial |= {
            "source": base.source,
            "confidence": base.confidence,
            "owner": base.owner,
            "body": base.body,
        }
    form = DraftForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.draft_rule(table=key, by=actor_from(request), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The draft waits for another person's approval."))
            return redirect("org:version", made.id)
    return render(
        request, "org/draft.html", {"table": table, "form": form}, status=422 if form.errors else 200
    )


def _before(table: TableView, chosen: VersionView) -> VersionView | None:
    if table.current is not None and table.current.id != chosen.id:
        return table.current
    return next((one for one in table.versions if one.number < chosen.number), None)


@allows(access.sees)
@require_GET
def version(request: HttpRequest, version: int) -> HttpResponse:
    """One version: what it says, what it changes, and what can be done with it."""
    chosen, today = rulebook.version(version), clock.today()
    table, lang = rulebook.table(chosen.table, today), queries.language()
    before, who = _before(table, chosen), actor_from(request)
    context = {
        "table": table,
        "version": chosen,
        "status": (labels.STATUS[chosen.status], labels.STATUS_MEANING[chosen.status]),
        "badge": _badge(chosen.confidence),
        "drawn": _drawn(chosen.rule),
        "before": before,
        "changes": rules.changes(before.rule if before else None, chosen.rule, lang),
        "statuses": [
            (one, labels.STATUS[one.status]) for one in rulebook.statuses(chosen.table).get(version, [])
        ],
        "trial": None if chosen.rule.is_value else TrialForm(chosen.rule, lang),
        "is_draft": chosen.status is RuleStatus.DRAFT,
        "is_author": who.key == chosen.drafted_by,
        "may_approve": can(request, Duty.RULES_APPROVE),
        "in_force": chosen.in_force(today),
        "replayable": chosen.table in services.fact_sources(),
        "refusal_form": ReasonForm(),
        "retirement_form": RetirementForm(initial={"last_day": today}),
    }
    return render(request, "org/version.html", context)


@allows(access.approves)
@require_POST
def approval(request: HttpRequest, version: int) -> HttpResponse:
    """Approve a draft; never one's own."""
    services.approve_rule(version=version, by=actor_from(request))
    messages.success(request, _("The rule is approved."))
    return redirect("org:version", version)


@allows(access.drafts_or_approves)
@require_POST
def refusal(request: HttpRequest, version: int) -> HttpResponse:
    """Turn a draft down."""
    services.refuse_rule(version=version, by=actor_from(request), **checked(ReasonForm(request.POST)))
    messages.success(request, _("The draft is refused."))
    return redirect("org:version", version)


@allows(access.approves)
@require_POST
def retirement(request: HttpRequest, version: int) -> HttpResponse:
    """Give a version its last day."""
    services.retire_rule(version=version, by=actor_from(request), **checked(RetirementForm(request.POST)))
    messages.success(request, _("The rule has a last day."))
    return redirect("org:version", version)


@allows(access.drafts_or_approves)
@require_GET
def replay(request: HttpRequest, version: int) -> HttpResponse:
    """What the version would have decided in the last days."""
    offset = request.GET.get("offset", "0")
    until = clock.today()
    result = services.replay(
        version=version,
        since=until - timedelta(days=REPLAYED_DAYS),
        until=until,
        offset=int(offset) if offset.isdecimal() and len(offset) < 9 else 0,
        limit=20,
    )
    return render(request, "org/replay.html", {"result": result, "version": version})
