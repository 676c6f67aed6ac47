"""One case: its facts, checks, papers, comments, links and history; and the change of its facts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from counterpoint.customers import services as customers
from counterpoint.kit import clock
from counterpoint.kit.access import allows
from counterpoint.kit.data import Actor, Refusal
from counterpoint.kit.keys import new_key
from counterpoint.kit.pages import is_fragment
from counterpoint.papers import services as papers
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.ui import services as ui
from counterpoint.visits import access_cases as access
from counterpoint.visits import frame_cases, pages_cases, queries_cases, services
from counterpoint.visits.data_cases import CaseRights, CaseState, CaseView
from counterpoint.visits.forms.cases import CommentForm, FactsForm, LinkForm, OwnerForm, TeamForm
from counterpoint.visits.rules_cases import CASE
from counterpoint.visits.services import cases_rules
from counterpoint.visits.services.cases_access import rights
from counterpoint.visits.services.cases_links import subject_kinds

#: The parts that fetch themselves again when something happened.
PARTS = {"work": "visits/cases/parts/work.html", "talk": "visits/cases/parts/comment_list.html",
         "side": "visits/cases/parts/side.html"}  # fmt: skip


def heard(request: HttpRequest, case: CaseView) -> str:
    """The channel on which the page hears of the case: its team's, else its branch's."""
    mine = {one.id for one in frame_cases.boards(request)}
    return f"team:{case.team.id}" if case.team.id in mine else f"branch:{case.branch}"


def work_context(case: CaseView, by: Actor) -> dict[str, Any]:
    """Head, checklist and papers."""
    needs = services.papers_of_case(case=case.id)
    ids = [id for one in needs for id in one.papers]
    files = {one.id: one for one in papers.papers_of(ids[:100])} if ids else {}
    until = cases_rules.reopen_until(case.since) if case.state is CaseState.DONE else None
    reopens, seen = until is not None and clock.today() <= until, pages_cases.reader(case, by)
    # Taking has a button of its own, and a finished case goes on only for some days.
    idle = case.state is CaseState.NEW or (case.state is CaseState.DONE and not reopens)
    return seen | {
        "moves": [step for step in seen["steps"] if step.state is not CaseState.DOING or not idle],
        "items": services.items_of(case=case.id), "needs": [pages_cases.need(one, files) for one in needs],
        "reopens": reopens, "until": until,
    }  # fmt: skip


def talk_context(request: HttpRequest, case: CaseView, by: Actor) -> dict[str, Any]:
    """A page of comments."""
    text = request.GET.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
    page = services.comments_of(case=case.id, before=before)
    return {
        "case": case, "comments": [pages_cases.comment(one, by) for one in page.lines], "next": page.next,
        "before": before,
    }  # fmt: skip


def side_context(case: CaseView, by: Actor, may: CaseRights) -> dict[str, Any]:
    """Facts, links and history."""
    return {
        "case": case, "may": may, "links": services.links_of(case=case.id, by=by),
        "days": pages_cases.moments(queries_cases.history(case.id)),
    }  # fmt: skip


def page_context(request: HttpRequest, case: CaseView, by: Actor, **more: Any) -> dict[str, Any]:
    """The whole page with its forms; a refused form comes back as it was typed."""
    work = work_context(case, by)
    may = work["may"]
    teams = [one for one in services.teams_of(branch=case.branch) if one.id != case.team.id]
    facts = {"title": case.title, "about": case.about, "customer": _number(case), "version": case.version}
    context = talk_context(request, case, by) | side_context(case, by, may) | work | {
        "heard": heard(request, case),
        "boarded": any(one.id == case.team.id for one in frame_cases.boards(request)),
        "sees_customers": people.can(request, Duty.CUSTOMER_VIEW),
        "facts_form": FactsForm(initial=facts),
        "comment_form": CommentForm(initial={"idempotency_key": new_key()}),
        "link_form": LinkForm(kinds=subject_kinds()),
        "team_form": TeamForm(teams=teams, initial={"version": case.version}),
        "gives_up": may.works and CASE.may(case.state, CaseState.CANCELLED),
        "assigns": case.open and (may.supervises or (may.works and case.owner in (None, by.id))),
    }  # fmt: skip
    if context["assigns"]:
        others = [one for one in services.members(case.team) if one.id != case.owner]
        context["owner_form"] = OwnerForm(members=others, initial={"version": case.version})
    return context | more


def _number(case: CaseView) -> str:
    """The customer's number, as the form takes it."""
    if case.party is None:
        return ""
    known = customers.parties_by_id([case.party]).get(case.party)
    return known.number if known is not None else ""


@allows(access.uses_cases)
@require_GET
def case(request: HttpRequest, case: int) -> HttpResponse:
    """One case; its parts by themselves, live."""
    found, by = access.case_for(request, case), people.actor_from(request)
    part = request.GET.get("part", "")
    if not is_fragment(request) or part not in PARTS:
        template = "visits/cases/parts/case.html" if is_fragment(request) else "visits/cases/case.html"
        return render(request, template, page_context(request, found, by))
    context = {
        "work": lambda: work_context(found, by),
        "talk": lambda: talk_context(request, found, by),
        "side": lambda: side_context(found, by, rights(found, by)),
    }[part]()
    sees = people.can(request, Duty.CUSTOMER_VIEW)
    return render(request, PARTS[part], context | {"heard": heard(request, found), "sees_customers": sees})


def answer(request: HttpRequest, id: int, said: object) -> HttpResponse:
    """After something was done: the page anew, with a word about it."""
    if not is_fragment(request):
        messages.success(request, str(said))
        return redirect("visits:case", id)
    found = access.case_for(request, id)
    context = page_context(request, found, people.actor_from(request))
    return ui.toast(render(request, "visits/cases/parts/case.html", context), str(said))


def refused(request: HttpRequest, id: int, refusal: Refusal | None = None, **forms: Any) -> HttpResponse:
    """The page as it is now, with the reason, and what was typed."""
    found = access.case_for(request, id)
    context = page_context(request, found, people.actor_from(request), refusal=refusal, **forms)
    template = "visits/cases/parts/case.html" if is_fragment(request) else "visits/cases/case.html"
    return render(request, template, context, status=refusal.status if refusal else 422)


@allows(access.uses_cases)
@require_POST
def facts(request: HttpRequest, case: int) -> HttpResponse:
    """Change title, words and customer."""
    found, form = access.case_for(request, case), FactsForm(request.POST)
    if not form.is_valid():
        return refused(request, case, facts_form=form, opened="facts-dialog")
    typed = form.cleaned_data
    party = typed["customer"] if people.can(request, Duty.CUSTOMER_VIEW) else found.party
    try:
        services.edit_case(
            case=case, title=typed["title"], about=typed["about"], version=typed["version"], party=party,
            by=people.actor_from(request),
        )  # fmt: skip
    except Refusal as refusal:
        return refused(request, case, refusal, facts_form=form)
    return answer(request, case, _("The case is changed."))
