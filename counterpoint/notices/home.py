"""On everybody's home page: what has to be read, and what is new."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from counterpoint.notices import services
from counterpoint.notices.data import Line, Phase
from counterpoint.people.services import actor_from
from counterpoint.ui.data import HomeLine

#: More stand on the page of notices.
MOST_UNREAD, MOST_NEWS = 8, 6


def _line(one: Line, hint: str) -> HomeLine:
    url = reverse("notices:version", args=[one.id])
    return HomeLine(title=one.title, url=url, icon="bell", hint=hint, at=one.effective)


def must_read(request: HttpRequest) -> Iterator[HomeLine]:
    """What waits for an acknowledgement, and whether it bars operations until then."""
    found = services.search(by=actor_from(request), show="unread").lines
    for one in found[:MOST_UNREAD]:
        bars = bool(one.operations) and one.phase is Phase.LIVE
        yield _line(one, _("bars %(codes)s") % {"codes": " ".join(one.operations[:4])} if bars else "")
    if len(found) > MOST_UNREAD:
        url = reverse("notices:notices") + "?show=unread"
        yield HomeLine(title=pgettext("home", "All of them"), url=url, icon="dots")


def news(request: HttpRequest) -> Iterator[HomeLine]:
    """The newest that stand and wait for nothing."""
    found = services.search(by=actor_from(request)).lines
    for one in [one for one in found if not one.unread][:MOST_NEWS]:
        yield _line(one, "")
