"""Reads for the screens of the approval desk: names, the day so far, what happened, the list of requests."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth import get_user_model
from django.db.models import (
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
)

from counterpoint.approvals import models
from counterpoint.approvals.data import RequestState, RequestView
from counterpoint.approvals.queries import requests
from counterpoint.kit import clock

#: A paper lies with few requests: the first one, and those that mend it.
MOST_OF_A_PAPER = 20
#: What an approver has done, and not the maker or the clock.
DECIDED = [str(s) for s in (RequestState.APPROVED, RequestState.RETURNED, RequestState.REFUSED)]


@dataclass(frozen=True, slots=True)
class Name:
    """How a member of staff is named on screens."""

    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Step:
    """A claim with its end, or what the clock did."""

    at: datetime
    kind: str
    person: int | None = None
    ended: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests a list shows; what is ``None`` or empty does not matter."""

    state: str = ""
    maker: int | None = None
    branch: int | None = None
    day: date | None = None
    rule: tuple[str, int] | None = None
    reason: str = ""
    person: int | None = None
    waited: tuple[int, int | None] | None = None
    ended_from: datetime | None = None
    ended_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose requests somebody may see: own ones always, those of ``branches``; ``None``: of all."""

    person: int
    branches: tuple[int, ...] | None


def names(ids: Iterable[int | None]) -> dict[int, Name]:
    """The names of these members of staff, in one question."""
    wanted = {id for id in ids if id is not None}
    rows = get_user_model().objects.filter(pk__in=wanted).only("username", "name_zh", "name_en")
    return {row.pk: Name(row.name, row.username) for row in rows}


def _counted(rows: QuerySet[models.Request]) -> dict[str, int]:
    found = rows.order_by().values_list("end__state").annotate(count=Count("pk", distinct=True))
    return {state or str(RequestState.OPEN): count for state, count in found}


def day_of_maker(maker: int, day: date) -> dict[str, int]:
    """How many requests the maker has made on a day, by how they stand."""
    return _counted(models.Request.objects.filter(maker=maker, at__gte=clock.start_of(day)))


def day_of_parties(parties: Collection[int], day: date) -> dict[str, int]:
    """How many requests of a day concern these customers, by how they stand."""
    subjects = [f"party:{party}" for party in parties]
    rows = models.Request.objects.filter(concerns__subject__in=subjects, at__gte=clock.start_of(day))
    return _counted(rows) if subjects else {}


def steps(request: int) -> list[Step]:
    """Who took the request up and what its clock did, in order."""
    claims = models.Claim.objects.filter(request=request).order_by("pk")[:100]
    found = [Step(one.at, "claim", one.person_id, one.ended, one.why) for one in claims]
    found += [Step(one.at, one.kind) for one in models.RequestMark.objects.filter(request=request)]
    return sorted(found, key=lambda step: step.at)


def followed_by(request: int) -> int | None:
    """The request that mends this one."""
    return models.Request.objects.filter(follows=request).values_list("pk", flat=True).first()


def with_paper(paper: int) -> list[RequestView]:
    """The requests with which a paper lies, the newest first."""
    rows = models.RequestPaper.objects.filter(paper_id=paper).order_by("-request_id")
    return requests(pk__in=list(rows.values_list("request_id", flat=True)[:MOST_OF_A_PAPER]))


def page(wanted: Wanted, scope: Scope, *, before: int | None, limit: int) -> list[RequestView]:
    """Requests that fit, newest first, from one cursor on."""
    rows = models.Request.objects.filter(_seen_by(scope))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    rows = _asked(_ended(rows, wanted), wanted).distinct().order_by("-pk")
    return requests(pk__in=list(rows.values_list("pk", flat=True)[:limit]))


def _seen_by(scope: Scope) -> Q:
    kept_out = Q(Exists(models.Recusal.objects.filter(request=OuterRef("pk"), person=scope.person)))
    if scope.branches is None:
        return ~kept_out
    own = Q(maker=scope.person) | Q(approvals__approver=scope.person)
    return ~kept_out & (own | Q(branch_id__in=scope.branches))


def _asked(rows: QuerySet[models.Request], wanted: Wanted) -> QuerySet[models.Request]:
    if wanted.maker is not None:
        rows = rows.filter(maker=wanted.maker)
    if wanted.branch is not None:
        rows = rows.filter(branch_id=wanted.branch)
    if wanted.rule is not None:
        rows = rows.filter(rule_key=wanted.rule[0], rule_version=wanted.rule[1])
    if wanted.day is not None:
        start = clock.start_of(wanted.day)
        rows = rows.filter(at__gte=start, at__lt=start + timedelta(days=1))
    return rows


def _ended(rows: QuerySet[models.Request], wanted: Wanted) -> QuerySet[models.Request]:
    if wanted.state:
        rows = rows.filter(end__state=wanted.state) if wanted.state in models.ENDS else rows.filter(end=None)
    if wanted.reason:
        rows = rows.filter(end__reason=wanted.reason)
    if wanted.person is not None:
        rows = rows.filter(end__person=wanted.person, end__state__in=DECIDED)
    if wanted.ended_from is not None:
        rows = rows.filter(end__at__gte=wanted.ended_from)
    if wanted.ended_until is not None:
        rows = rows.filter(end__at__lt=wanted.ended_until)
    if wanted.waited is not None:
        low, high = wanted.waited
        waited = ExpressionWrapper(F("end__at") - F("at"), output_field=DurationField())
        rows = rows.alias(waited=waited).filter(end__state__in=DECIDED, waited__gte=timedelta(seconds=low))
        if high is not None:
            rows = rows.filter(waited__lt=timedelta(seconds=high))
    return rows
