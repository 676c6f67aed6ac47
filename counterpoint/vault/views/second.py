"""The second person at the same screen 双人办理, as the forms of the vault ask for one."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from counterpoint.kit.data import Actor, Why
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault.data_cases import SecondPersonNeeded
from counterpoint.vault.forms_cases import SecondForm


def second_of(request: HttpRequest, *, duty: Duty = Duty.CASH) -> Actor:
    """Who signed in the dialog. Called outside of any transaction: failures must be counted."""
    by = people.actor_from(request)
    form = SecondForm(request.POST)
    if not form.is_valid():
        raise SecondPersonNeeded(
            _("Two people are needed for this."),
            why=Why(remedy=_("A second person signs in at this screen.")),
        )
    typed = form.cleaned_data
    return people.verify_second_person(
        username=typed["second_number"], password=typed["second_password"],
        code=typed["second_code"] or None, branch=by.branch or 0, duty=duty, not_person=by.id,
        request=request,
    )  # fmt: skip


def signed(request: HttpRequest) -> bool:
    """Whether the dialog was filled at all; before that, a form only shows what it would do."""
    return bool(request.POST.get("second_number", "").strip())
