"""What is read of cases, as views from ``data_cases.py``; each with a pinned number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from counterpoint.visits.data_cases import (
    OPEN_STATES,
    CaseItemView,
    CaseMoment,
    CasePaperRowView,
    CasePaperView,
    CaseState,
    CaseView,
    CommentPage,
    CommentView,
    Mentioned,
    PaperStatus,
    TeamView,
)
from counterpoint.visits.models_cases import (
    OPEN,
    Case,
    CaseComment,
    CaseHand,
    CaseItem,
    CaseLink,
    CaseMention,
    CasePaper,
    CasePaperRow,
    CaseStateRow,
    CaseTick,
    Team,
)
from counterpoint.visits.rules_cases import papers_in_force

#: What a list shows, and what a column of a board does; a page of comments; the lines of a history.
MOST = 200
COLUMN = 50
DONE_COLUMN = 15
COMMENTS = 20
HISTORY = 60


def in_words(zh: str, en: str) -> str:
    return (en or zh) if (get_language() or "zh").startswith("en") else zh


def name_of(person: Any) -> str:
    """The name of a row's person; what nobody did, the system did."""
    return person.name if person is not None else "Counterpoint"


def team_view(row: Team) -> TeamView:
    return TeamView(row.pk, row.key, row.branch_id, in_words(row.name_zh, row.name_en), row.duty)


def _counted(table: type[Any], **where: Any) -> Coalesce:
    counted = table.objects.filter(case=OuterRef("pk"), **where).order_by().values("case")
    return Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n")), 0)


def _lacking() -> Coalesce:
    missing = [PaperStatus.MISSING, PaperStatus.REFUSED]
    return _counted(CasePaper, required=True, status__in=missing)


def rows(where: Q | QuerySet[Case]) -> QuerySet[Case]:
    """Cases with their people, team, and how far they are, in one query."""
    found = where if isinstance(where, QuerySet) else Case.objects.filter(where)
    return found.select_related("team", "owner", "opener").annotate(
        lines=_counted(CaseItem), ticked=_counted(CaseItem, ticked=True), lacking=_lacking()
    )


def view(row: Any, kinds: Mapping[str, str], parties: Mapping[int, str]) -> CaseView:
    kind = kinds.get(row.kind, row.kind)
    # A task is called what its kind is called in the reader's language; nobody has written its title.
    title = f"{kind} {row.day:%m-%d}" if row.task else row.title
    return CaseView(
        id=row.pk, kind=row.kind, kind_name=kind, branch=row.branch_id, state=CaseState(row.state),
        since=row.since, title=title, about=row.about, team=team_view(row.team), owner=row.owner_id,
        owner_name=row.owner.name if row.owner else "", opener=row.opener_id, opener_name=name_of(row.opener),
        at=row.at, due=row.due, target=row.target, party=row.party_id, visit=row.visit_id,
        party_name=parties.get(row.party_id, ""), version=row.version, task=row.task, day=row.day,
        items=row.lines, ticked=row.ticked, lacking=row.lacking,
    )  # fmt: skip


def by_urgency(where: Q, *, limit: int) -> list[Case]:
    """The cases that are due first stand first; those whose clock stands come after them."""
    return list(rows(where).order_by(F("due").asc(nulls_last=True), "id")[:limit])


def columns(team: int) -> dict[CaseState, list[Case]]:
    """A team's board: each open column by urgency, the finished ones by when they were finished."""
    found = {state: by_urgency(Q(team=team, state=state), limit=COLUMN) for state in OPEN_STATES}
    done = rows(Q(team=team, state=CaseState.DONE))
    found[CaseState.DONE] = list(done.order_by("-since")[:DONE_COLUMN])
    return found


def counts(team: int) -> dict[str, int]:
    """How many open cases stand in each state of a team."""
    found = Case.objects.filter(OPEN, team=team).order_by().values_list("state").annotate(n=Count("pk"))
    return dict(found)


def to_be_taken(teams: Iterable[int]) -> dict[int, int]:
    """How many cases wait in each of these teams for somebody who takes them."""
    found = Case.objects.filter(team__in=list(teams), state=CaseState.NEW, owner=None).order_by()
    return dict(found.values_list("team").annotate(n=Count("pk")))


def in_hands(person: int) -> tuple[int, datetime | None]:
    """How many cases somebody can work on now, and since when the oldest is in that state."""
    mine = Case.objects.filter(owner=person, state=CaseState.DOING)
    found = mine.aggregate(n=Count("pk"), oldest=Min("since"))
    return found["n"], found["oldest"]


def about(subject: str) -> Q:
    """Cases of a customer, of a visit, or that something is linked to."""
    kind, _colon, id = subject.partition(":")
    linked = Q(pk__in=CaseLink.objects.filter(subject=subject, ended=None).values("case"))
    whole = int(id) if id.isascii() and id.isdigit() and len(id) < 19 else None
    if whole is not None and kind == "party":
        return linked | Q(party_id=whole)
    if whole is not None and kind == "visit":
        return linked | Q(visit=whole)
    return linked


def mentioning(person: int, seen: Q, *, limit: int) -> list[Case]:
    """Open cases in which a comment names somebody, the latest mention first."""
    last = CaseMention.objects.filter(person=person, comment__case=OuterRef("pk")).order_by("-pk")
    named = Q(pk__in=CaseMention.objects.filter(person=person).values("comment__case"))
    found = rows(OPEN & seen & named).annotate(named=Subquery(last.values("pk")[:1]))
    return list(found.order_by("-named")[:limit])


def items(case: int) -> list[CaseItemView]:
    """The checklist of a case, each line with its last tick."""
    last = CaseTick.objects.filter(item=OuterRef("pk")).order_by("-pk")
    found = CaseItem.objects.filter(case=case).annotate(last=Subquery(last.values("pk")[:1])).order_by("pk")
    lines = list(found)
    ticks = CaseTick.objects.select_related("person").in_bulk([one.last for one in lines if one.last])
    shown = []
    for one in lines:
        tick = ticks.get(one.last)
        shown.append(
            CaseItemView(
                one.pk, one.key, in_words(one.text_zh, one.text_en), one.required, one.ticked,
                name_of(tick.person) if tick else "", tick.at if tick else None,
            )
        )  # fmt: skip
    return shown


def papers(case: int) -> list[CasePaperView]:
    """The papers that a case asks for, each with what happened to it."""
    needs = list(CasePaper.objects.filter(case=case).order_by("pk"))
    told: dict[int, list[CasePaperRow]] = defaultdict(list)
    for row in CasePaperRow.objects.filter(need__case=case).select_related("person").order_by("pk"):
        told[row.need_id].append(row)
    return [_paper(one, told[one.pk]) for one in needs]


def _paper(need: CasePaper, told: list[CasePaperRow]) -> CasePaperView:
    return CasePaperView(
        id=need.pk, kind=need.kind, name=in_words(need.name_zh, need.name_en), required=need.required,
        status=PaperStatus(need.status), shows=need.shows,
        papers=papers_in_force([(PaperStatus(row.status), row.paper_id) for row in told]),
        rows=tuple(
            CasePaperRowView(PaperStatus(row.status), row.paper_id, name_of(row.person), row.at, row.note)
            for row in told
        ),
    )  # fmt: skip


def cases_with_paper(paper: int) -> list[Case]:
    """The cases with which a paper lies."""
    needs = CasePaperRow.objects.filter(paper_id=paper).values("need__case")
    return list(Case.objects.filter(pk__in=needs).select_related("team").order_by("-pk")[:10])


def comments(case: int, *, before: int | None = None, limit: int = COMMENTS) -> CommentPage:
    """A page of comments, the newest first, with whom they name; three queries, however many there are."""
    found = CaseComment.objects.filter(case=case)
    if before is not None:
        found = found.filter(pk__lt=before)
    page = list(found.select_related("person", "withdrawal").order_by("-pk")[: limit + 1])
    more, page = len(page) > limit, page[:limit]
    named: dict[int, list[Mentioned]] = defaultdict(list)
    for one in CaseMention.objects.filter(comment__in=[row.pk for row in page]).select_related("person"):
        who = one.person
        names = tuple(name for name in (who.name_zh, who.name_en) if name)
        named[one.comment_id].append(Mentioned(who.pk, who.username, names))
    lines = tuple(_comment(row, named[row.pk]) for row in page)
    return CommentPage(lines, page[-1].pk if more else None)


def _comment(row: CaseComment, named: Iterable[Mentioned]) -> CommentView:
    withdrawal = getattr(row, "withdrawal", None)
    return CommentView(
        id=row.pk, case=row.case_id, person=row.person_id, name=row.person.name,
        words="" if withdrawal else row.words, at=row.at, mentions=() if withdrawal else tuple(named),
        withdrawn=withdrawal.at if withdrawal else None,
    )  # fmt: skip


def links(case: int) -> list[tuple[int, str]]:
    """What is linked to a case now."""
    found = CaseLink.objects.filter(case=case, ended=None).order_by("pk")[:MOST]
    return list(found.values_list("pk", "subject"))


def states(case: int) -> list[tuple[datetime, CaseState]]:
    """The states that a case went through, in their order."""
    found = CaseStateRow.objects.filter(case=case).order_by("pk").values_list("at", "state")
    return [(at, CaseState(state)) for at, state in found]


def history(case: int) -> list[CaseMoment]:
    """What happened to a case besides comments, the newest first; four queries."""
    moments = [
        CaseMoment(row.at, "state", row.state, name_of(row.person), row.note)
        for row in CaseStateRow.objects.filter(case=case).select_related("person").order_by("-pk")[:HISTORY]
    ]
    hands = CaseHand.objects.filter(case=case).select_related("person", "team", "owner").order_by("-pk")
    for hand in hands[:HISTORY]:
        to = hand.owner.name if hand.owner else in_words(hand.team.name_zh, hand.team.name_en)
        what = "owner" if hand.owner else "team"
        moments.append(CaseMoment(hand.at, what, to, name_of(hand.person), hand.note))
    for tick in _newest(CaseTick.objects.filter(item__case=case).select_related("person", "item")):
        text = in_words(tick.item.text_zh, tick.item.text_en)
        what = "ticked" if tick.ticked else "unticked"
        moments.append(CaseMoment(tick.at, what, text, name_of(tick.person)))
    for row in _newest(CasePaperRow.objects.filter(need__case=case).select_related("person", "need")):
        text = in_words(row.need.name_zh, row.need.name_en)
        moments.append(CaseMoment(row.at, f"paper_{row.status}", text, name_of(row.person), row.note))
    return sorted(moments, key=lambda one: one.at, reverse=True)[:HISTORY]


def _newest(found: QuerySet[Any]) -> QuerySet[Any]:
    return found.order_by("-pk")[:HISTORY]
