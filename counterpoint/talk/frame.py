"""How the room appears: in the rail, unread on top, by one key on every screen, beside the work."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.kit.data import Actor
from counterpoint.papers.services import register_reader
from counterpoint.people import services as people
from counterpoint.talk import access, queries_messages, services
from counterpoint.talk.data import SubjectKind, UnknownMessage
from counterpoint.talk.services import parts, reach
from counterpoint.ui import services as ui
from counterpoint.ui.data import PaletteItem, Waiting
from counterpoint.visits import services as visits

#: Beside the key that reports a problem.
KEY = "Shift+F8"


def _signed_in(request: HttpRequest) -> bool:
    return request.user.is_authenticated


def waiting(request: HttpRequest) -> Waiting | None:
    """In how many conversations there is something unread."""
    if not _signed_in(request):
        return None
    return Waiting(services.unread(by=people.actor_from(request)), None)


def heard(request: HttpRequest) -> tuple[str, ...]:
    """What changes the count."""
    if not _signed_in(request):
        return ()
    by = people.actor_from(request)
    return (parts.person_channel(by.id), parts.branch_channel(by.branch or 0))


def channels(request: HttpRequest) -> tuple[str, ...]:
    """The same for every page, and asked of nobody: an open conversation finds its own by its name."""
    if not _signed_in(request):
        return ()
    by = people.actor_from(request)
    threads = {parts.threads_channel(by.branch or 0), parts.threads_channel(0)}
    return (*heard(request), parts.read_channel(by.id), *sorted(threads))


def palette(request: HttpRequest, query: str) -> Iterable[PaletteItem]:
    """New talk, the search, and people by name, number or pinyin."""
    if not _signed_in(request):
        return
    yield PaletteItem(title=_("New conversation"), url=reverse("talk:new"), icon="edit")
    if access.may_examine(request):
        yield PaletteItem(title=_("Legal holds"), url=reverse("talk:holds"), icon="lock")
    if len(query.strip()) < 2 and query.isascii():
        return
    me = people.actor_from(request).id
    for one in people.staff_called(query, limit=6):
        if one.id != me:
            url = reverse("talk:with", args=[one.id])
            yield PaletteItem(title=one.name, url=url, icon="message", hint=one.number, found=True)


def may_see_paper(by: Actor, paper: int) -> str | None:
    """For the room of papers: an attachment is for whoever may read its message."""
    for message in queries_messages.with_paper(paper):
        try:
            row, _found = reach.message(message, by)
        except UnknownMessage:
            continue
        if row.withdrawn is None:
            return f"talk-message:{row.pk}"
    return None


def _panel(kind: SubjectKind) -> ui.SectionSource:
    def source(request: HttpRequest, id: int) -> str | None:
        return reverse("talk:on", args=[kind, id]) if _signed_in(request) else None

    return source


def script(request: HttpRequest) -> dict[str, str] | None:
    return {"news": reverse("talk:news")} if _signed_in(request) else None


def appear() -> None:
    ui.add_room(
        key="talk", title=pgettext_lazy("room", "Talk"), icon="messages", url_name="talk:talk",
        allowed=_signed_in, order=17,
    )  # fmt: skip
    ui.add_act(
        key="talk", title=pgettext_lazy("verb", "Talk"), icon="messages", url_name="talk:pane", shortcut=KEY,
        allowed=_signed_in,
    )  # fmt: skip
    ui.add_counter(
        key="talk", title=_("Unread conversations"), icon="messages", url_name="talk:talk", waiting=waiting,
        order=55, channels=heard,
    )  # fmt: skip
    ui.add_palette_source("talk", palette)
    ui.add_channel_source("talk", channels)
    ui.add_script("talk/news.js", script)
    ui.add_script("talk/talk.js", script)
    for page, kind in (
        ("visits.visit", SubjectKind.VISIT), ("desk.visit", SubjectKind.VISIT),
        ("visits.case", SubjectKind.CASE), ("approvals.request", SubjectKind.REQUEST),
        ("notices.notice", SubjectKind.NOTICE),
    ):  # fmt: skip
        ui.add_section(page=page, key="talk", source=_panel(kind))
    register_reader("talk", may_see_paper)
    visits.register_words("talk.thread.opened", "发起讨论", "Talk about it began")
