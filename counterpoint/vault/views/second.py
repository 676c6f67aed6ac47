"""The second person at the same screen 双人办理, as the forms of the vault ask for one."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from counterpoint.kit.data import Actor, Why
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault.data_cases import SecondPersonNeeded
from counterpoint.vault.views.signing import prove


def second_of(request: HttpRequest, *, duty: Duty = Duty.CASH) -> Actor:
    """Who signed in the dialog. Called outside of any transaction: failures must be counted."""
    branch = people.actor_from(request).branch or 0
    second = prove(request, duties=(duty,), branch=branch)
    if second is None:
        raise SecondPersonNeeded(
            _("Two people are needed for this."),
            why=Why(remedy=_("A second person signs in at this screen.")),
        )
    return second


def signed(request: HttpRequest) -> bool:
    """Whether the dialog was filled at all; before that, a form only shows what it would do."""
    return bool(request.POST.get("second_number", "").strip())
