"""Reading 查看: what somebody may know of; lists, the board, the month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import F, Q
from django.utils.translation import gettext as _

from counterpoint.feedback import queries, rules
from counterpoint.feedback.data import Department, Did, Item, ItemState, Kind, Month, Page, UnknownItem
from counterpoint.feedback.models import OPEN
from counterpoint.feedback.services import routing
from counterpoint.kit import clock
from counterpoint.kit.data import Actor

LONGEST_QUERY = 80


def item(id: int, *, by: Actor) -> Item:
    """An item, for who may know of it: an idea for everybody; a problem for its people and departments."""
    found = queries.by_id(id)
    if found is None or not (
        found.kind is Kind.IDEA or queries.follows(id, by.id) or routing.belongs(by, found)
    ):
        raise UnknownItem(_("There is no such report."))
    return found


def find(id: int, *, by: Actor) -> Item | None:
    """The same, or nothing."""
    try:
        return item(id, by=by)
    except UnknownItem:
        return None


def has_news(*, item: int, by: Actor) -> bool:
    """Was something said on an item that the actor has not seen?"""
    return queries.news(by.id).filter(item=item).exists()


def mine(*, by: Actor, show: str, page: int) -> Page:
    """What I reported and follow; with what was said to me and not seen first."""
    where = queries.followed_by(by.id)
    if show == "open":
        where &= OPEN
    order = (F("news").desc(), F("id").desc())
    return queries.listed(where, person=by.id, page=page, order=order)


def board(*, by: Actor, query: str, kind: str, state: str, department: str, page: int) -> Page:
    """What the departments to which the actor belongs have to do; the most urgent first."""
    known = routing.mine(by)
    where = routing.theirs(by, known)
    if department:
        where &= Q(department=department)
    if kind:
        where &= Q(kind=kind)
    where &= Q(state=state) if state else OPEN
    text = query.strip()[:LONGEST_QUERY]
    if text[:1] in "Ff" and text[1:].isascii() and text[1:].isdigit() and len(text) < 12:
        where &= Q(pk=int(text[1:]))
    elif text:
        where &= Q(title__icontains=text) | Q(text__icontains=text) | Q(operation=text)
    return queries.listed(where, person=by.id, page=page, order=routing.URGENT)


def ideas(*, by: Actor, show: str, page: int) -> Page:
    """Ideas for everybody: the most wanted first, or the newest; what was merged stands with the other."""
    where = Q(kind=Kind.IDEA) & ~Q(state=ItemState.DUPLICATE)
    where &= Q(state__in=[ItemState.ANSWERED, ItemState.CLOSED]) if show == "done" else Q()
    if show != "done":
        where &= ~Q(state__in=[ItemState.ANSWERED, ItemState.CLOSED])
    newest = F("id").desc()
    order = (newest,) if show == "new" else (F("counted").desc(nulls_last=True), newest)
    return queries.listed(where, person=by.id, page=page, order=order)


def alike(found: Item, *, by: Actor) -> list[Item]:
    """Into which of the department's items this one might be merged."""
    words = [word for word in rules.plain(found.title).split() if len(word) > 1]
    pieces = words or []
    if not found.title.isascii():
        pieces += [found.title[at : at + 2] for at in range(0, max(0, len(found.title) - 1), 2)]
    mine = routing.theirs(by, routing.mine(by)) & ~Q(pk=found.id)
    return queries.alike(pieces[:12], found.kind, mine)


def month(year: int, number: int, *, page: int) -> tuple[Month, list[Did], bool]:
    """You said, we did 你说我做: a month's figures, and what was done."""
    first = date(year, number, 1)
    after = date(year + number // 12, number % 12 + 1, 1)
    start, end = clock.start_of(first), clock.start_of(after)
    lines, more = queries.did(start, end, page)
    return queries.month(start, end), lines, more


def waiting(*, by: Actor, known: Mapping[str, Department]) -> tuple[int, datetime | None]:
    """How much waits for somebody of these departments, and since when: what was said, what is to do."""
    told, since = queries.news_count(by.id)
    todo, oldest = queries.waiting(routing.theirs(by, known), by.id) if known else (0, None)
    return told + todo, min((one for one in (since, oldest) if one), default=None)
