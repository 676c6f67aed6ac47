"""What the pages show: page and fragment share these contexts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.urls import reverse

from counterpoint.kit import clock
from counterpoint.org import services as org
from counterpoint.people.data import PersonView
from counterpoint.people.services import actor_from
from counterpoint.talk import access, rules, services
from counterpoint.talk.data import Channel, Kind, Line, Lines, Member, Message, Messages, Presence, Subject
from counterpoint.talk.labels import KINDS, PRESENCES, SIGNS, SUBJECTS
from counterpoint.talk.services import parts

#: What each thread's own page is called.
PLACES = {"visit": "visits:visit", "case": "visits:case", "request": "approvals:request",
          "notice": "notices:notice"}  # fmt: skip


def number_of(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def page_of(request: HttpRequest) -> int:
    return min(max(1, number_of(request, "page") or 1), 9999)


# ---- the list --------------------------------------------------------------------------------------------


def listed(request: HttpRequest, current: int | None, *, small: bool = False) -> dict[str, Any]:
    """The conversations, with where each partner is: few questions, however many there are."""
    by, left, page = actor_from(request), request.GET.get("show") == "left", page_of(request)
    found = services.lines(by=by, page=page, left=left)
    if page == 1 and not left and not any(one.kind is Kind.BRANCH for one in found.lines):
        # Somebody who works elsewhere today has not been in this branch's channel yet.
        services.settle(person=by.id, branch=by.branch or 0)
        found = services.lines(by=by)
    where = services.presence(one.partner for one in found.lines if one.partner)
    address = reverse("talk:list")
    asked = f"{address}?current={current or ''}&show={'left' if left else ''}&small={'1' if small else ''}"
    return {
        "lines": [line(one, where) for one in found.lines], "current": current, "left": left, "small": small,
        "list_address": f"{asked}&page={page}", "signals": " ".join(heard(by.id, by.branch or 0)),
        **pager(found, asked, page),
    }  # fmt: skip


def heard(person: int, branch: int) -> tuple[str, ...]:
    return (parts.person_channel(person), parts.branch_channel(branch))


def pager(found: Lines, asked: str, page: int) -> dict[str, Any]:
    return {
        "next": f"{asked}&page={page + 1}" if found.more else "",
        "previous": f"{asked}&page={page - 1}" if page > 1 else "",
    }


def line(one: Line, where: dict[int, Any]) -> dict[str, Any]:
    shown = SUBJECTS[one.subject] if one.subject else KINDS[one.kind]
    here = PRESENCES[where[one.partner]] if one.partner in where else None
    today = one.at is not None and one.at >= clock.start_of(clock.today())
    return {
        "one": one,
        "shown": shown,
        "presence": here,
        "today": today,
        "unread": min(one.unread, 99),
        "many": one.unread > 99,
    }


# ---- one conversation ------------------------------------------------------------------------------------


def talk(
    request: HttpRequest, channel: Channel, found: Messages, members: list[Member], *,
    before: int | None = None, around: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A conversation with a page of its messages, and where to write."""
    by, at = actor_from(request), "talk-small" if request.GET.get("small") == "1" else "talk"
    with org.one_book():
        minutes = int(parts.rule("edit_minutes")), int(parts.rule("withdraw_minutes"))
    where = services.presence([channel.partner] if channel.partner else ())
    context = composer(reverse("talk:messages", args=[channel.id]), at) | {
        "channel": channel, "kind": KINDS[channel.kind], "by": by.id, "around": around,
        "said": [message(request, channel, one, members, minutes) for one in found.messages],
        "event": channel.address, "upto": found.messages[-1].id if found.messages else 0,
        "members": members, "place": place(channel),
        "presence": PRESENCES[where[channel.partner]] if channel.partner else None,
        "names": [one.name for one in members if one.person != by.id],
    }  # fmt: skip
    base = f"{reverse('talk:channel', args=[channel.id])}?small={int(at == 'talk-small')}&part=messages"
    return context | leaves(base, found.older, before, around)


def leaves(base: str, older: int | None, before: int | None, around: int | None) -> dict[str, Any]:
    """The addresses of this page of messages, of an earlier one, and of the newest."""
    asked = f"&before={before}" if before else f"&around={around}" if around else ""
    return {
        "pane_address": base + asked, "older": f"{base}&before={older}" if older else "",
        "newest": base if asked else "",
    }  # fmt: skip


def place(channel: Channel) -> str:
    """The page of what a thread is about."""
    return reverse(PLACES[channel.subject], args=[channel.subject_id]) if channel.subject else ""


def first(other: PersonView, presence: Presence) -> dict[str, Any]:
    """The conversation that somebody might begin with another."""
    return empty(reverse("talk:first", args=[other.id])) | {
        "title": other.name, "presence": PRESENCES[presence], "kind": KINDS[Kind.DIRECT], "names": [],
    }  # fmt: skip


def empty(address: str, at: str = "talk") -> dict[str, Any]:
    """A conversation in which nothing was said yet."""
    return composer(address, at) | {"said": [], "upto": 0, "event": "", "members": []}


def panel(request: HttpRequest, subject: Subject) -> dict[str, Any]:
    """A thread beside the piece of work that it is about."""
    by, before, at = actor_from(request), number_of(request, "before"), "talk-panel"
    address = reverse("talk:on_messages", args=[subject.kind, subject.id])
    id, older = services.thread_of(subject), None
    if id is None:
        context = empty(address, at)
    else:
        channel, found, members = services.messages(id, by=by, before=before)
        context, older = talk(request, channel, found, members, before=before), found.older
    base = f"{reverse('talk:on', args=[subject.kind, subject.id])}?part=messages"
    return context | composer(address, at) | leaves(base, older, before, None) | {
        "subject": subject, "shown": SUBJECTS[subject.kind], "by": by.id,
        "event": f"talk:{subject.kind}:{subject.id}", "names": services.nameable(subject, by=by),
    }  # fmt: skip


def composer(action: str, at: str) -> dict[str, Any]:
    """Where to write; ``at`` keeps apart what may stand on one page twice."""
    return {"action": action, "at": at, "key": uuid4(), "signs": [(str(one), SIGNS[one]) for one in SIGNS]}


def message(
    request: HttpRequest, channel: Channel, one: Message, members: list[Member], minutes: tuple[int, int]
) -> dict[str, Any]:
    """A message as it is drawn, with what this person may do with it."""
    by = actor_from(request).id
    others = [member for member in members if member.person != one.author]
    mine = one.author == by and one.withdrawn is None and channel.writes
    age = clock.now() - one.at
    return {
        # By hand: fifty messages with eight addresses each are a tenth of a second of looking up.
        "one": one, "own": one.author == by, "address": f"{reverse('talk:talk')}messages/{one.id}/",
        "pieces": rules.pieces(one.text, [name for _person, name in one.mentioned]),
        "me": any(person == by for person, _name in one.mentioned),
        "reactions": [(reaction, SIGNS[reaction.sign]) for reaction in one.reactions],
        "may_edit": mine and age <= timedelta(minutes=minutes[0]),
        "may_withdraw": mine and age <= timedelta(minutes=minutes[1]),
        "may_unmask": one.masked and access.may_unmask(request),
        "readers": sum(member.read >= one.id for member in others), "others": len(others),
        "may_react": channel.writes and one.withdrawn is None,
        "two": channel.kind is Kind.DIRECT,
    }  # fmt: skip
