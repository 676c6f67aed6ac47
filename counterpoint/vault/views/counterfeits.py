"""Counterfeit money: the register, the form by keyboard, one case with its clocks, hand-ins, papers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.customers import services as customers
from counterpoint.customers.data import DocumentKind
from counterpoint.kit.access import allows
from counterpoint.kit.data import Malformed, Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.vault import access, services
from counterpoint.vault.data_cases import CaseStep, CaseView, NothingToHandIn, ReportDuty
from counterpoint.vault.data_cash import CounterfeitState
from counterpoint.vault.forms_cases import SeizedRows, SeizureForm, filled, more_rows, rows_of
from counterpoint.vault.labels import face_name
from counterpoint.vault.labels_cases import CASE_STATES, CLOCKS, KINDS, MAKINGS, STEPS
from counterpoint.vault.papers_cases import certificate, hand_in_list
from counterpoint.vault.services.counterfeits import duty_of, printable_case
from counterpoint.vault.views.bookings import go
from counterpoint.vault.views.damaged import chinese, cursor, paper
from counterpoint.vault.views.second import second_of, signed

PAGE = 30


def _state(text: str) -> CounterfeitState | None:
    return CounterfeitState(text) if text in list(CounterfeitState) else None


def list_context(request: HttpRequest, **more: Any) -> dict[str, Any]:
    """The register by serial number, case number or holder; and what is due for the central bank."""
    branch = people.actor_from(request).branch or 0
    day = org.business_day(branch).date
    words, state = request.GET.get("q", "").strip()[:40], _state(request.GET.get("state", ""))
    found = services.counterfeit_cases(
        branch=branch, words=words, state=state, before=cursor(request), limit=PAGE + 1
    )
    query = QueryDict(mutable=True)
    query.update(
        {"q": words, "state": state or "", "before": str(found[PAGE - 1].id if len(found) > PAGE else "")}
    )
    older = f"{reverse('vault:counterfeits')}?{query.urlencode()}" if len(found) > PAGE else ""
    return {
        "cases": [_line(one, day) for one in found[:PAGE]], "q": words, "state": state, "older": older,
        "states": [(str(one), label[0]) for one, label in CASE_STATES.items()], "branch": branch,
        "due": services.due_for_hand_in(branch=branch, at=day), **more,
    }  # fmt: skip


def _line(one: CaseView, day: Any) -> dict[str, Any]:
    words, meaning = CASE_STATES[one.state]
    late = any(clock.late for clock in services.counterfeit_clocks(case=one, at=day))
    return {
        "case": one, "state": words, "meaning": meaning, "late": late,
        "serials": [note.serial for note in one.notes if note.serial][:3], "more": max(0, len(one.notes) - 3),
        "faces": list(dict.fromkeys(face_name(note.face, note.currency) for note in one.notes))[:2],
    }  # fmt: skip


@allows(access.sees)
@require_GET
def counterfeits(request: HttpRequest) -> HttpResponse:
    """The register."""
    template = "vault/parts/counterfeits.html" if is_fragment(request) else "vault/counterfeits.html"
    return render(request, template, list_context(request))


def duty_in_words(duty: ReportDuty) -> dict[str, Any]:
    at = 0 if chinese() else 1
    return {
        "due": duty.due, "reasons": [pair[at] for pair in duty.reasons],
        "call": [pair[at] for pair in duty.call], "source": duty.source,
    }  # fmt: skip


def _timeline(found: CaseView) -> list[dict[str, Any]]:
    names = {one.person: people.person(one.person).name for one in found.steps}
    lines = []
    for step in found.steps:
        if step.what:
            what = CaseStep(step.what)
            title, meaning, icon = STEPS[what], "neutral", "file-text"
            text = "" if what in (CaseStep.GENUINE, CaseStep.PRINTED) else step.note
        else:
            title, meaning = CASE_STATES[step.state]
            icon, text = "circle-dot", step.note
        lines.append({"at": step.at, "title": title, "who": names[step.person], "text": text,
                      "meaning": meaning, "icon": icon})  # fmt: skip
    return lines


def page_context(request: HttpRequest, id: int, **more: Any) -> dict[str, Any]:
    """A case with notes, clocks, timeline, and what may be done next."""
    branch = people.actor_from(request).branch or 0
    found = services.counterfeit_case(id, branch=branch)
    day = org.business_day(branch).date
    words, meaning = CASE_STATES[found.state]
    clocks = services.counterfeit_clocks(case=found, at=day)
    notes = [
        {"note": n, "face": face_name(n.face, n.currency), "kind": KINDS[n.kind],
         "making": next((label for key, label in MAKINGS.items() if str(key) == n.making), ""),
         "genuine": n.id in found.genuine}
        for n in found.notes
    ]  # fmt: skip
    document = customers.label(DocumentKind(found.identity_kind)) if found.identity_kind else ""
    return {
        "case": found, "state": words, "meaning": meaning, "branch": branch, "notes": notes,
        "document": document, "duty": duty_in_words(duty_of(found)),
        "clocks": [{"clock": c, "title": CLOCKS[c.key], "left": (c.until - day).days} for c in clocks],
        "timeline": _timeline(found),
        "seen": services.seen_before(serials=[n.serial for n in found.notes], case=found.id),
        "people": (people.person(found.seizer), people.person(found.second)),
        "may_apply": found.state is CounterfeitState.SEIZED and day <= found.appraisal_until,
        "appraising": found.state is CounterfeitState.APPRAISING,
        "notified": found.step(CaseStep.NOTIFIED) is not None, **more,
    }  # fmt: skip


def _page(request: HttpRequest, id: int, status: int = 200, **more: Any) -> HttpResponse:
    template = "vault/parts/counterfeit.html" if is_fragment(request) else "vault/counterfeit.html"
    return render(request, template, page_context(request, id, **more), status=status)


@allows(access.sees)
@require_GET
def counterfeit(request: HttpRequest, case: int) -> HttpResponse:
    """One case."""
    return _page(request, case)


def form_context(form: SeizureForm, rows: Any, **more: Any) -> dict[str, Any]:
    return {"form": form, "rows": rows} | more


@allows(access.handles_cash)
@sensitive_post_parameters("second_password", "identity")
@require_http_methods(["GET", "POST"])
def counterfeit_new(request: HttpRequest) -> HttpResponse:
    """Enter what was found; see whom to call; the second person signs; the case stands."""
    template = "vault/parts/counterfeit_new.html" if is_fragment(request) else "vault/counterfeit_new.html"
    if request.method == "GET":
        return render(request, template, form_context(SeizureForm(), rows_of(SeizedRows)))
    form = SeizureForm(request.POST)
    if "more" in request.POST:
        rows = more_rows(SeizedRows, request.POST)
        return render(request, template, form_context(form, rows, unchecked=True))
    rows = rows_of(SeizedRows, request.POST)
    if not (form.is_valid() & rows.is_valid()):
        return render(request, template, form_context(form, rows), status=422)
    by = people.actor_from(request)
    notes = [row.seized() for row in filled(rows)]
    shown: dict[str, Any] = {}
    try:
        found = services.check_seizure(
            notes=notes, holder=form.who(), at=org.business_day(by.branch or 0).date,
            circumstances=form.circumstances(),
        )  # fmt: skip
        lines = [(face_name(note.face, note.currency), note, stamp) for note, stamp in found.notes]
        shown = {"lines": lines, "duty": duty_in_words(found.duty), "seen": found.seen, "open_dialog": True}
        if not signed(request):
            return render(request, template, form_context(form, rows, **shown))
        made = services.seize_counterfeits(
            notes=notes, holder=form.who(), by=by, second=second_of(request),
            key=form.cleaned_data["idempotency_key"], circumstances=form.circumstances(),
        )  # fmt: skip
    except Refusal as refusal:
        place = "second_refusal" if shown else "refusal"
        context = form_context(form, rows, **shown, **{place: refusal})
        return render(request, template, context, status=refusal.status)
    return go(request, "vault:counterfeit", made.id)


@allows(access.handles_cash)
@sensitive_post_parameters("second_password")
@require_POST
def counterfeit_step(request: HttpRequest, case: int, step: str) -> HttpResponse:
    """Report it, hand it to the appraiser, say that the notice was given, or conclude."""
    by, post = people.actor_from(request), request.POST
    try:
        if step == "report":
            services.report_counterfeit(case=case, to=post.get("to", ""), by=by)
        elif step == "appraisal":
            services.apply_for_appraisal(case=case, appraiser=post.get("appraiser", ""), by=by)
        elif step == "notice":
            services.notify_appraisal(case=case, by=by)
        elif step == "conclusion":
            services.conclude_appraisal(
                case=case, genuine=_ids(post, "genuine"), note=post.get("note", ""), by=by,
                second=second_of(request), key=_key(post),
            )  # fmt: skip
        else:
            raise Malformed(_("There is no such step."))
    except Refusal as refusal:
        if step == "conclusion":
            more = {"second_refusal": refusal, "open_dialog": True}
        else:
            more = {"refusal": refusal}
        return _page(request, case, refusal.status, **more)
    messages.success(request, _("Written down."))
    return go(request, "vault:counterfeit", case)


def _ids(post: QueryDict, name: str) -> list[int]:
    texts = [str(text) for text in post.getlist(name)]
    return [int(text) for text in texts if text.isdecimal() and len(text) < 19]


def _key(post: QueryDict) -> UUID | None:
    try:
        return UUID(str(post.get("idempotency_key", "")))
    except ValueError:
        return None


@allows(access.handles_cash)
@require_POST
def counterfeit_prints(request: HttpRequest, case: int) -> HttpResponse:
    """Count a printing of the certificate and go to its paper."""
    count = services.print_certificate(case=case, by=people.actor_from(request))
    return redirect("vault:counterfeit_paper", case=case, count=count)


@allows(access.handles_cash)
@require_GET
def counterfeit_paper(request: HttpRequest, case: int, count: int) -> HttpResponse:
    """The certificate of a printing that was just counted."""
    row = printable_case(case=case, count=count, by=people.actor_from(request))
    return paper(certificate(row, count), row.number)


@allows(access.handles_cash)
@sensitive_post_parameters("second_password")
@require_POST
def counterfeit_hand_in(request: HttpRequest) -> HttpResponse:
    """Hand the chosen cases in to the central bank, two people."""
    try:
        chosen = _ids(request.POST, "case")
        if not chosen:
            raise NothingToHandIn(_("Choose at least one case."))
        number = services.surrender_counterfeits(
            cases=chosen, by=people.actor_from(request), second=second_of(request)
        )
    except Refusal as refusal:
        template = "vault/parts/counterfeits.html" if is_fragment(request) else "vault/counterfeits.html"
        context = list_context(request, second_refusal=refusal, open_dialog=True, chosen=chosen)
        return render(request, template, context, status=refusal.status)
    messages.success(request, _("Handed in under %(number)s.") % {"number": number})
    return go(request, "vault:counterfeit_batch", number)


@allows(access.sees)
@require_GET
def counterfeit_batch(request: HttpRequest, number: str) -> HttpResponse:
    """One hand-in."""
    branch = people.actor_from(request).branch or 0
    day = org.business_day(branch).date
    cases = services.counterfeit_batch(number=number, branch=branch)
    context = {
        "number": number,
        "cases": [_line(one, day) for one in cases],
        "pieces": sum(n.pieces for one in cases for n in one.notes if n.id not in one.genuine),
    }
    return render(request, "vault/counterfeit_batch.html", context)


@allows(access.sees)
@require_GET
def counterfeit_batch_paper(request: HttpRequest, number: str) -> HttpResponse:
    """Its list as a paper."""
    branch = people.actor_from(request).branch or 0
    cases = services.counterfeit_batch(number=number, branch=branch)
    return paper(org.paper_pdf(hand_in_list(number, cases), org.business_day(branch).date), number)
