"""How a request is drawn: its line in the list, its rows, whom it concerns, what the day was like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language

from counterpoint.approvals import labels, queries, queries_desk
from counterpoint.approvals.data import ConflictKind, MarkKind, RequestView, Row
from counterpoint.approvals.queries_desk import Name
from counterpoint.approvals.services.desk import QueueItem
from counterpoint.customers import services as customers
from counterpoint.kit import clock
from counterpoint.kit.data import Actor
from counterpoint.org import services as org
from counterpoint.papers import services as papers
from counterpoint.papers.data import PaperKind

NOBODY = Name("", "")
#: The viewer has no more pages; the paper's own page shows all.
MOST_PAGES = 60
#: What gives a blind value away although its own row is hidden.
TELLTALES = {"amount": ("money", "faces"), "account": ("account", "name")}


def language() -> str:
    return get_language() or ""


def blind(view: RequestView, by: Actor) -> frozenset[str]:
    """Which values are to be typed again, and so are in no page of others while the request waits."""
    if not view.open or by.id == view.maker:
        return frozenset()
    return frozenset(view.requirement.rekey)


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the rendered form as its reader may see it."""

    label: str
    kind: str
    value: Any
    before: Any
    currency: str
    hidden: bool

    @property
    def differs(self) -> bool:
        return self.before is not None and self.before != self.value


def rows(view: RequestView, by: Actor) -> list[Shown]:
    """The rendered form in its order; blind values and what would tell them are left out."""
    keys = blind(view, by)
    kinds = {kind for key in keys for kind in TELLTALES.get(key, ())}
    found, hidden = [], set()
    for row in view.rows:
        secret = row.key in keys or row.kind in kinds
        # One line says that it is typed blind; the telltales just stand nowhere.
        if secret and (not row.key or row.key in hidden):
            continue
        if secret:
            hidden.add(row.key)
        found.append(_shown(row, secret))
    return found


def _shown(row: Row, secret: bool) -> Shown:
    chinese = language().startswith("zh")
    label, said = (row.zh, row.value) if chinese else (row.en, row.en_value or row.value)
    value, before = (None, None) if secret else (_drawn(row, said), _drawn(row, row.before))
    return Shown(label, row.kind, value, before, row.currency or "CNY", secret)


def _drawn(row: Row, value: Any) -> Any:
    if value is None:
        return None
    if row.kind == "faces" and isinstance(value, dict):
        return [(int(face), n) for face, n in value.items()]
    if row.kind == "name":
        return customers.mask_name(str(value))
    if row.kind == "party":
        return customers.party(value).name if isinstance(value, int) else customers.mask_name(str(value))
    return value


def branch_names() -> dict[int, str]:
    return {one.id: one.name for one in org.branches()}


def line(item: QueueItem, by: Actor, names: dict[int, Name], branches: dict[int, str]) -> dict[str, Any]:
    """One request in the list."""
    view = item.request
    claimer = names.get(view.claim.person, NOBODY) if view.claim else None
    return {
        "request": view, "title": view.title(language()), "can": item.can, "mine": item.mine,
        "maker": names.get(view.maker, NOBODY), "claimer": claimer, "blind": "amount" in blind(view, by),
        "branch": branches.get(view.branch, "") if view.branch != by.branch else "",
        "why": view.reasons[0].words(language()) if view.reasons else "",
        "marks": [labels.MARKS[mark] for mark in MarkKind if mark in view.marks],
        "conflict": labels.CONFLICTS[item.conflicts[0]] if item.conflicts else "",
        "made": ConflictKind.MAKER in item.conflicts,
        "stamp": f"{view.claim} {sorted(view.marks)} {len(view.approvals)} {item.can}",
    }  # fmt: skip


def people_of(views: Iterable[RequestView]) -> dict[int, Name]:
    """The names of everybody who has to do with these requests, in one question."""
    ids: set[int | None] = set()
    for view in views:
        ids |= {view.maker, view.claim.person if view.claim else None}
        ids |= {one.approver for one in view.approvals} | {view.end.person if view.end else None}
    return queries_desk.names(ids)


def parties(view: RequestView) -> list[dict[str, Any]]:
    """Whom the request concerns, masked, with what has to be known about them."""
    found = []
    for id in view.parties[:5]:
        party = customers.party(id)
        alerts = [(customers.label(alert.kind), alert.serious) for alert in party.alerts]
        found.append({"party": party, "alerts": alerts})
    return found


def reasons(view: RequestView) -> list[dict[str, Any]]:
    """Why approval is needed, in words, with the rule behind each."""
    return [{"words": one.words(language()), "reason": one} for one in view.reasons]


def scans(view: RequestView) -> list[dict[str, Any]]:
    """The pages of its papers, for the viewer."""
    found = papers.papers_of(view.papers) if view.papers else []
    pages = [(paper, page) for paper in found for page in range(1, paper.pages + 1)]
    return [
        {"paper": paper, "kind": papers.KINDS[PaperKind(paper.kind)], "page": page if paper.pages > 1 else 0,
         "url": reverse("papers:preview", args=[paper.id, page])}
        for paper, page in pages[:MOST_PAGES]
    ]  # fmt: skip


def earlier(view: RequestView) -> dict[str, Any] | None:
    """The returned request that this one mends, with what was wrong."""
    found = queries.request(view.follows) if view.follows else None
    if found is None or found.end is None:
        return None
    who = queries_desk.names([found.end.person]).get(found.end.person or 0, NOBODY)
    return {"request": found, "end": found.end, "who": who, "reason": labels.reason(found.end.reason)}


def day(view: RequestView) -> dict[str, Any]:
    """What the maker and the customers asked for on the request's day."""
    on = view.at.astimezone(clock.CHINA).date()
    return {
        "maker_day": labels.counts_words(queries_desk.day_of_maker(view.maker, on)),
        "customer_day": labels.counts_words(queries_desk.day_of_parties(view.parties, on)),
    }
