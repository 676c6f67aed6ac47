"""How the room appears in the frame around every page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from counterpoint.people.data import Duty
from counterpoint.people.labels import ROLE_NAMES
from counterpoint.people.models import Staff
from counterpoint.people.services.gate import can
from counterpoint.people.services.permission import person
from counterpoint.ui import services as ui
from counterpoint.ui.data import Me


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
    ui.add_script("people/idle-lock.js", lock_data)


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
