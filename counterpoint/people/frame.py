"""How the room appears in the frame around every page."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from counterpoint.people import home
from counterpoint.people.data import Duty
from counterpoint.people.labels import ROLE_NAMES
from counterpoint.people.models import Staff
from counterpoint.people.services.gate import can
from counterpoint.people.services.permission import person
from counterpoint.ui import services as ui
from counterpoint.ui.data import Column, Me, PaletteItem


def me(request: HttpRequest) -> Me | None:
    """Who is signed in, for the top bar."""
    user = request.user
    if not isinstance(user, Staff):
        return None
    roles = person(user.pk).roles
    role = ROLE_NAMES[roles[0]] if roles else ""
    return Me(id=user.pk, name=user.name, number=user.username, role=role, url_name="people:account")


def appear(title: str | Promise) -> None:
    ui.describe_me(me)
    ui.add_room(
        key="people",
        title=title,
        icon="users",
        url_name="people:staff_list",
        allowed=lambda request: can(request, Duty.PEOPLE_ADMIN),
        order=90,
    )
    ui.add_home("people.restrictions", column=Column.DAY, lines=home.restrictions, order=90)
    ui.add_palette_source("people", palette)
    ui.add_script("people/idle-lock.js", lock_data)
    ui.add_script("people/step-up.js", step_up_data)


def palette(request: HttpRequest, query: str) -> Iterable[PaletteItem]:
    """The pages of who is signed in, and of who administers staff."""
    if not request.user.is_authenticated:
        return
    account, own = reverse("people:account"), reverse("people:delegations")
    yield PaletteItem(title=_("My account"), url=account, icon="user", words="account")
    yield PaletteItem(title=_("My delegations"), url=own, icon="user-check", words="delegation")
    if can(request, Duty.PEOPLE_ADMIN):
        everybodys = reverse("people:staff_delegations")
        yield PaletteItem(
            title=_("Delegations of all"), url=everybodys, icon="user-check", words="delegation"
        )


def step_up_data(request: HttpRequest) -> dict[str, str] | None:
    """Where the script of a fresh proof finds the browser's passkeys."""
    if not request.user.is_authenticated:
        return None
    return {"webauthn": static("mfa/js/webauthn-json.js")}


def lock_data(request: HttpRequest) -> dict[str, str] | None:
    """What the script of the idle lock has to know; nothing where nobody is signed in."""
    if not request.user.is_authenticated:
        return None
    return {
        "idle": str(settings.IDLE_LOCK_SECONDS),
        "css": static("people/idle-lock.css"),
        "lock": reverse("people:lock"),
        "unlock": reverse("people:unlock"),
        "activity": reverse("people:activity"),
        "webauthn": static("mfa/js/webauthn-json.js"),
        "words": _("The line is down. The screen stays locked until it is back."),
    }
