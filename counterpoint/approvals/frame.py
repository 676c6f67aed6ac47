"""How the room appears: rail, counter, live channels, palette, papers, and parts of lower pages."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from counterpoint.approvals import access, queries_desk, services
from counterpoint.approvals.data import request_number
from counterpoint.approvals.services.desk import Reader
from counterpoint.kit.data import Actor
from counterpoint.papers import services as papers
from counterpoint.people.data import Duty
from counterpoint.people.services import actor_from, can
from counterpoint.ui import services as ui
from counterpoint.ui.data import PaletteItem, Waiting


def channels(request: HttpRequest) -> tuple[str, ...]:
    """The branch's requests for who decides or watches them, the centre's for who decides there."""
    if not request.user.is_authenticated:
        return ()
    branch = actor_from(request).branch
    watches = branch is not None and (can(request, Duty.AUTHORIZE) or can(request, Duty.BOARD))
    found = (f"approvals:{branch}",) if watches else ()
    return (*found, "approvals:remote") if can(request, Duty.AUTHORIZE_REMOTE) else found


def waiting(request: HttpRequest) -> Waiting | None:
    """How many requests I could take up, and since when the oldest waits."""
    if not access.may_decide(request):
        return None
    return Waiting(*services.waiting_for_me(by=actor_from(request)))


def palette(request: HttpRequest, query: str) -> Iterable[PaletteItem]:
    """Its pages, and a request by its number."""
    if not request.user.is_authenticated:
        return
    yield PaletteItem(
        _("Requests for approval"), reverse("approvals:requests"), "list", words="authorization"
    )
    yield PaletteItem(_("My relations to customers"), reverse("approvals:interests"), "users")
    if any(can(request, duty) for duty in access.WATCHERS):
        yield PaletteItem(_("Approval statistics"), reverse("approvals:statistics"), "chart-bar")
    number = query.strip().upper().removeprefix("SQ")
    if query.strip().upper().startswith("SQ") and number.isascii() and number.isdigit() and len(number) < 19:
        url = reverse("approvals:request", args=[int(number)])
        yield PaletteItem(request_number(int(number)), url, "shield-check", found=True)


def reads_paper(by: Actor, paper: int) -> str | None:
    """For the sake of which request somebody may see a paper."""
    reader = Reader(by)
    found = next((view for view in queries_desk.with_paper(paper) if reader.reads(view)), None)
    return f"request:{found.id}" if found else None


def part(name: str, _request: HttpRequest, id: int) -> str:
    """The address of what waits for approval and concerns the thing of that page."""
    return reverse(name, args=[id])


def appear() -> None:
    """Enter it all."""
    ui.add_room(
        key="approvals", title=_("Approval desk"), icon="shield-check", url_name="approvals:desk",
        allowed=access.may_decide, order=25,
    )  # fmt: skip
    ui.add_counter(
        key="approvals", title=_("Requests for approval"), icon="shield-check", url_name="approvals:desk",
        waiting=waiting, order=10, channels=channels,
    )  # fmt: skip
    ui.add_channel_source("approvals", channels)
    ui.add_palette_source("approvals", palette)
    papers.register_reader("approvals", reads_paper)
    ui.add_section(page="customers.party", key="approvals", source=partial(part, "approvals:party"))
    ui.add_section(page="ledger.account", key="approvals", source=partial(part, "approvals:account"))
