"""Reads of the room, as views from ``data.py``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import get_language

from counterpoint.feedback.data import (
    Context,
    Did,
    Effect,
    Item,
    ItemState,
    Kind,
    Line,
    Month,
    Page,
    PostKind,
    Step,
)
from counterpoint.feedback.models import (
    OPEN,
    Closure,
    Escalation,
    Follower,
    ItemStateRow,
    Post,
    Rating,
    Reopening,
    Vote,
)
from counterpoint.feedback.models import Item as ItemRow

SIZE = 30
STEPS = 200
SATISFIED = 4
ALIKE = 8


def in_words(zh: str, en: str) -> str:
    return (en or zh) if (get_language() or "zh").startswith("en") else zh


def rows() -> QuerySet[ItemRow]:
    """Items with everything that a view of them shows, in one question."""
    late = Escalation.objects.filter(item=OuterRef("pk"), due_at=OuterRef("due_at"))
    live = Vote.objects.filter(item=OuterRef("pk"), ended=None).order_by()
    counted = live.values("item").annotate(n=Count("pk")).values("n")
    again = Reopening.objects.filter(item=OuterRef("pk"))
    found = ItemRow.objects.select_related("reporter", "owner")
    return found.annotate(late=Exists(late), counted=Subquery(counted), again=Exists(again))


def item(row: Any) -> Item:
    return Item(
        id=row.pk, kind=Kind(row.kind), state=ItemState(row.state), title=row.title, text=row.text,
        context=Context(row.address, row.operation, row.visit), branch=row.branch_id,
        department=row.department, reporter=row.reporter_id, reporter_name=row.reporter.name,
        owner=row.owner_id, owner_name=row.owner.name if row.owner else "", at=row.at, due=row.due_at,
        planned=row.planned_for, escalated=row.late, merged_into=row.merged_into_id, reopened=row.again,
        votes=row.counted or 0,
    )  # fmt: skip


def by_id(id: int) -> Item | None:
    found = rows().filter(pk=id).first()
    return item(found) if found else None


def follows(item: int, person: int) -> bool:
    return Follower.objects.filter(item=item, person=person).exists()


def has_voted(item: int, person: int) -> bool:
    return Vote.objects.filter(item=item, person=person, ended=None).exists()


def news(person: int) -> QuerySet[Follower]:
    """What was said to a follower and not seen yet."""
    fresh = Q(seen_at=None) | Q(seen_at__lt=F("news_at"))
    return Follower.objects.filter(fresh, person=person, news_at__isnull=False)


def news_count(person: int) -> tuple[int, datetime | None]:
    found = news(person).aggregate(n=Count("pk"), oldest=Min("news_at"))
    return found["n"], found["oldest"]


def waiting(mine: Q, person: int) -> tuple[int, datetime | None]:
    """What waits for somebody of these departments: what nobody took, and what they took themselves."""
    todo = Q(state=ItemState.REPORTED) | Q(state=ItemState.TRIAGED, owner=person)
    found = ItemRow.objects.filter(mine & todo).aggregate(n=Count("pk"), oldest=Min("at"))
    return found["n"], found["oldest"]


def listed(where: Q, *, person: int, page: int, order: tuple[Any, ...] = ("-id",)) -> Page:
    """A page of items."""
    part = slice((page - 1) * SIZE, page * SIZE + 1)
    known = news(person).filter(item=OuterRef("pk"))
    voted = Vote.objects.filter(item=OuterRef("pk"), person=person, ended=None)
    rated = Rating.objects.filter(answer__item=OuterRef("pk")).order_by("-id").values("score")[:1]
    found = rows().filter(where).annotate(news=Exists(known), voted=Exists(voted), score=Subquery(rated))
    shown: list[Any] = list(found.order_by(*order)[part])
    lines = tuple(Line(item(row), row.news, row.voted, row.score) for row in shown[:SIZE])
    return Page(lines, len(shown) > SIZE)


def followed_by(person: int) -> Q:
    return Q(Exists(Follower.objects.filter(item=OuterRef("pk"), person=person)))


def steps(id: int, *, internal: bool) -> list[Step]:
    """An item's timeline, the oldest first; notes of the department only for the department."""
    states = ItemStateRow.objects.filter(item=id).select_related("person").order_by("id")[:STEPS]
    posts = Post.objects.filter(item=id).select_related("person").order_by("id")
    if not internal:
        posts = posts.exclude(kind=PostKind.NOTE)
    found = [Step(one.at, one.person.name, ItemState(one.state), None, one.note) for one in states]
    found += [Step(one.at, one.person.name, None, PostKind(one.kind), one.text) for one in posts[:STEPS]]
    return sorted(found, key=lambda step: step.at)


def last_answer(item: int) -> Post | None:
    return (
        Post.objects.filter(item=item, kind=PostKind.ANSWER)
        .select_related("person", "rating")
        .order_by("-id")
        .first()
    )


def closure(item: int) -> Closure | None:
    return Closure.objects.filter(item=item).order_by("-id").first()


def effect(row: Closure) -> Effect:
    return Effect(text=row.effect, before=row.before, after=row.after, unit=row.unit, reason=row.reason)


def alike(title_words: Iterable[str], kind: Kind, mine: Q) -> list[Item]:
    """Open items into which another may be merged, by words of its title, the newest first."""
    some = Q()
    for word in title_words:
        some |= Q(title__icontains=word)
    if not some:
        return []
    found = rows().filter(OPEN & mine & some, kind=kind).order_by("-id")
    return [item(row) for row in found[:ALIKE]]


def did(start: datetime, end: datetime, page: int) -> tuple[list[Did], bool]:
    """What was closed with something to show, the newest first; each item by its last closure."""
    later = Closure.objects.filter(item=OuterRef("item"), id__gt=OuterRef("id"))
    found = Closure.objects.filter(~Exists(later), at__gte=start, at__lt=end, shown=True)
    found = found.filter(item__state=ItemState.CLOSED).select_related("item").order_by("-id")
    answers = Post.objects.filter(item=OuterRef("item"), kind=PostKind.ANSWER).order_by("-id").values("text")
    part: list[Any] = list(found.annotate(answer=Subquery(answers[:1]))[(page - 1) * SIZE : page * SIZE + 1])
    lines = [
        Did(row.item_id, Kind(row.item.kind), row.item.title, row.answer or "", effect(row), row.at)
        for row in part[:SIZE]
    ]
    return lines, len(part) > SIZE


def month(start: datetime, end: datetime) -> Month:
    """A month in figures."""
    within = {"at__gte": start, "at__lt": end}
    entered = ItemStateRow.objects.filter(**within)
    scores = Rating.objects.filter(**within)
    return Month(
        reported=ItemRow.objects.filter(**within).count(),
        answered=entered.filter(state=ItemState.ANSWERED).values("item").distinct().count(),
        late=Escalation.objects.filter(**within).values("item").distinct().count(),
        closed=entered.filter(state=ItemState.CLOSED).values("item").distinct().count(),
        scores=scores.count(),
        satisfied=scores.filter(score__gte=SATISFIED).count(),
    )


def overdue(at: datetime, limit: int = 500) -> list[ItemRow]:
    """Items past their time whose superior was not told of this time yet."""
    told = Escalation.objects.filter(item=OuterRef("pk"), due_at=OuterRef("due_at"))
    return list(ItemRow.objects.filter(~Exists(told), due_at__lte=at).order_by("id")[:limit])
