"""Staff for who administers them: the list, a person's page, and the verbs on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.people import queries, queries_delegations
from counterpoint.people.access import has_duty
from counterpoint.people.data import Duty, Issued, Role
from counterpoint.people.forms import (
    QualificationForm,
    ReasonForm,
    RestrictionForm,
    RoleForm,
    StaffForm,
)
from counterpoint.people.forms_delegations import form_for
from counterpoint.people.labels import STATE_NAMES, duty_name, qualification_name, role_name
from counterpoint.people.models import Suspension
from counterpoint.people.services import person as person_view
from counterpoint.people.services import rights, second, staff
from counterpoint.people.services.presence import actor_from
from counterpoint.people.views.delegation_lines import lines
from counterpoint.people.views.paging import neighbours, page_of

administers = has_duty(Duty.PEOPLE_ADMIN)


@allows(administers)
@require_GET
def staff_list(request: HttpRequest) -> HttpResponse:
    """The staff list: searched by number, name or pinyin, a page at a time."""
    text = request.GET.get("q", "").strip()[:40]
    page = page_of(request)
    people, more = queries.search(text, page=page)
    found = [(p, [role_name(r) for r in p.roles]) for p in people]
    context = {"lines": found, "q": text, **neighbours(page, more=more)}
    template = "people/staff_rows.html" if is_fragment(request) else "people/staff_list.html"
    return render(request, template, context)


@allows(administers)
@require_http_methods(["GET", "POST"])
def staff_new(request: HttpRequest) -> HttpResponse:
    """Add somebody; the one-time password is shown once."""
    form = StaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            issued = staff.add_staff(by=actor_from(request), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return person_page(request, issued.person.id, issued=issued)
    return render(request, "people/staff_new.html", {"form": form})


@allows(administers)
@require_GET
def staff_page(request: HttpRequest, person: int) -> HttpResponse:
    """One person: roles, qualifications, restrictions."""
    return person_page(request, person)


def person_page(request: HttpRequest, person: int, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "person": person_view(person),
        "roles": [(role_name(a.role), a, STATE_NAMES[a.state]) for a in queries.assignments_of(person)],
        "qualifications": [(qualification_name(q.kind), q) for q in queries.qualifications_of(person)],
        "restrictions": [(duty_name(r.duty), r) for r in queries.restrictions_of(person)],
        "suspension": Suspension.objects.filter(person=person, resumed_at=None).first(),
        "mine": request.user.pk == person,
        "role_form": RoleForm(prefix="role"),
        "qualification_form": QualificationForm(prefix="qualification"),
        "restriction_form": RestrictionForm(prefix="restriction"),
        "reason_form": ReasonForm(),
        "delegations": lines(queries_delegations.given_or_received(person, page=1)[0]),
        "delegation_form": form_for(person),
        "ending": "people:staff_delegation_ending",
    }
    return render(request, "people/staff_page.html", context | more, status=status)


def _do(request: HttpRequest, person: int, act: Callable[[], object], done: str) -> HttpResponse:
    """Run one verb and come back to the person's page, with its refusal if there is one."""
    try:
        result = act()
    except Refusal as refusal:
        return person_page(request, person, status=refusal.status, refusal=refusal)
    if isinstance(result, Issued):
        return person_page(request, person, issued=result)
    messages.success(request, done)
    return redirect("people:staff_page", person)


def _valid(request: HttpRequest, person: int, form: forms.Form, name: str) -> HttpResponse | None:
    return None if form.is_valid() else person_page(request, person, status=422, **{name: form})


@allows(administers)
@require_POST
def roles(request: HttpRequest, person: int) -> HttpResponse:
    """Give a role."""
    form = RoleForm(request.POST, prefix="role")
    if bad := _valid(request, person, form, "role_form"):
        return bad
    data = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
    return _do(
        request,
        person,
        lambda: rights.assign_role(person=person, by=actor_from(request), **data),
        _("The role is given."),
    )


@allows(administers)
@require_POST
def role_revoking(request: HttpRequest, person: int, assignment: int) -> HttpResponse:
    """Take a role away."""
    reason = request.POST.get("reason", "")
    return _do(
        request,
        person,
        lambda: rights.revoke_role(assignment=assignment, reason=reason, by=actor_from(request)),
        _("The role is taken away."),
    )


@allows(administers)
@require_POST
def qualifications(request: HttpRequest, person: int) -> HttpResponse:
    """Record a qualification."""
    form = QualificationForm(request.POST, prefix="qualification")
    if bad := _valid(request, person, form, "qualification_form"):
        return bad
    return _do(
        request,
        person,
        lambda: rights.grant_qualification(person=person, by=actor_from(request), **form.cleaned_data),
        _("The qualification is recorded."),
    )


@allows(administers)
@require_POST
def qualification_withdrawing(request: HttpRequest, person: int, qualification: int) -> HttpResponse:
    """Take a qualification back."""
    return _do(
        request,
        person,
        lambda: rights.withdraw_qualification(qualification=qualification, by=actor_from(request)),
        _("The qualification is withdrawn."),
    )


@allows(administers)
@require_POST
def restrictions(request: HttpRequest, person: int) -> HttpResponse:
    """Restrict a duty or all."""
    form = RestrictionForm(request.POST, prefix="restriction")
    if bad := _valid(request, person, form, "restriction_form"):
        return bad
    data = form.cleaned_data
    duty = Duty(data["duty"]) if data["duty"] else None
    return _do(
        request,
        person,
        lambda: rights.impose_restriction(
            person=person, duty=duty, reason=data["reason"], source=_("administration"),
            valid_until=data["valid_until"], by=actor_from(request),
        ),
        _("The restriction is imposed."),
    )  # fmt: skip


@allows(administers)
@require_POST
def restriction_lifting(request: HttpRequest, person: int, restriction: int) -> HttpResponse:
    """Lift a restriction."""
    reason = request.POST.get("reason", "")
    return _do(
        request,
        person,
        lambda: rights.lift_restriction(restriction=restriction, reason=reason, by=actor_from(request)),
        _("The restriction is lifted."),
    )


@allows(administers)
@require_POST
def suspension(request: HttpRequest, person: int) -> HttpResponse:
    """Suspend somebody: every session of theirs ends at once."""
    reason = request.POST.get("reason", "")
    return _do(
        request,
        person,
        lambda: staff.suspend_staff(person=person, reason=reason, by=actor_from(request)),
        _("The person is suspended and signed out everywhere."),
    )


@allows(administers)
@require_POST
def suspension_ending(request: HttpRequest, person: int) -> HttpResponse:
    """End a suspension."""
    return _do(
        request,
        person,
        lambda: staff.resume_staff(person=person, by=actor_from(request)),
        _("The suspension has ended."),
    )


@allows(administers)
@require_POST
def password_reset(request: HttpRequest, person: int) -> HttpResponse:
    """Issue a one-time password; it is shown once."""
    return _do(request, person, lambda: staff.reset_password(person=person, by=actor_from(request)), "")


@allows(administers)
@require_POST
def second_factor_reset(request: HttpRequest, person: int) -> HttpResponse:
    """Remove the second factors of somebody who has lost them."""
    reason = request.POST.get("reason", "")
    return _do(
        request,
        person,
        lambda: staff.reset_second_factor(person=person, reason=reason, by=actor_from(request)),
        _("The second factors are removed."),
    )


@allows(administers)
@require_POST
def lock_out_lifting(request: HttpRequest, person: int) -> HttpResponse:
    """Let somebody who is locked out try again."""
    return _do(
        request,
        person,
        lambda: second.lift_lock_out(person=person, by=actor_from(request)),
        _("The lock-out is lifted."),
    )
