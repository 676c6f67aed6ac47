"""The branch board 网点看板: every desk now, who needs somebody, what has been posted; as it happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import MarkKind, RequestView
from counterpoint.kit import clock
from counterpoint.kit.money import Money
from counterpoint.ledger import services as ledger
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import TicketView
from counterpoint.notices import services as notices
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.teller import services as teller
from counterpoint.vault import services as vault
from counterpoint.visits import services as visits
from counterpoint.visits.data import DeskNow, HelpState, VisitState, VisitView

NEWEST = 12
#: The ring of a desk's clock, as long as its circle: 2 π × 15.
RING = 94.2
#: So many people of one matter are named on the board.
NAMED = 3


def context(request: HttpRequest) -> dict[str, Any]:
    """Everything the board shows."""
    who = people.actor_from(request)
    branch = org.branch(who.branch or 0)
    day = org.business_day(branch.id)
    waiting = approvals.waiting_at(branch=branch.id, by=who)
    open_visits = visits.open_visits(branch.id)
    entries = ledger.entries_of_day(branch=branch.id, date=day.date, limit=NEWEST)
    names = _names({e.actor for e in entries})
    return {
        "branch": branch,
        "day": day,
        "me": who,
        "desks": _desks(branch.id, day.date, waiting),
        "needs": sorted(_needs(branch.id, waiting, open_visits), key=lambda one: one["since"]),
        "queue": _queue(branch.id, open_visits),
        "entries": [_entry(entry, names) for entry in entries],
        "figures": teller.figures_of_day(branch=branch.id, day=day.date),
        "bars": _bars(branch.id, day.date),
        "matters": vault.attention(branch=branch.id, person=who.id),
    }


def _names(keys: set[str]) -> dict[str, str]:
    """By the key of an actor, the person's name; the system and machines have none here."""
    persons = {key: int(key.partition(":")[2]) for key in keys if key.startswith("person:")}
    names = people.names_of(persons.values())
    return {key: names.get(persons.get(key, 0), "") for key in keys}


def _desks(branch: int, day: date, waiting: list[RequestView]) -> list[dict[str, Any]]:
    done, called = teller.at_desks(branch=branch, day=day), lobby.called_now(branch)
    asked: dict[int, RequestView] = {}
    for request in waiting:
        if request.desk is not None:
            asked.setdefault(request.desk, request)
    return [
        _tile(line, done.get(line.desk), asked.get(line.desk), called.get(line.desk))
        for line in visits.board(branch)
    ]


def _tile(line: DeskNow, done: Any, request: RequestView | None, called: TicketView | None) -> dict[str, Any]:
    """One desk: what is done there, the ring of its clock, and the marks of what it waits for."""
    operation = line.operation or (done.operation if done and line.visit is None else "")
    return {
        "line": line, "done": done, "request": request, "ring": _ring(line), "called": called,
        "title": teller.operation(operation).name(get_language() or "") if _known(operation) else "",
        "link": reverse("visits:visit", args=[line.visit]) if line.visit else "",
    }  # fmt: skip


def _known(code: str) -> bool:
    return code in teller.OPERATIONS


def _ring(line: DeskNow) -> dict[str, Any] | None:
    """How much of the expected time has passed, as a piece of a circle."""
    if line.since is None or not line.expected_seconds:
        return None
    part = (clock.now() - line.since).total_seconds() / line.expected_seconds
    return {"length": RING, "passed": f"{min(1.0, part) * RING:.1f}", "late": part > 1}


def _needs(branch: int, waiting: list[RequestView], open_visits: list[VisitView]) -> Iterator[dict[str, Any]]:
    """Who waits for somebody: approvals, help, hand-offs, cases that are late. Each opens itself."""
    language = get_language() or "zh"
    names = people.names_of(_concerned(waiting))
    for request in waiting:
        claimed = names[request.claim.person] if request.claim else ""
        amount = f" · {Money(request.amount, request.currency)}" if request.amount else ""
        yield _need(
            _("Approval"), "shield-check", f"{request.title(language)}{amount}", request.at,
            reverse("approvals:request", args=[request.id]), by=names[request.maker],
            more=claimed, meaning="danger" if MarkKind.ESCALATED in request.marks else "attention",
        )  # fmt: skip
    for call in visits.open_calls(branch):
        joined = call.state is HelpState.JOINED
        yield _need(
            _("Help"), "lifebuoy", call.words or call.operation or "—", call.at,
            reverse("visits:help", args=[call.id]), by=call.asker_name, more=call.helper_name,
            meaning="information" if joined else "attention",
        )  # fmt: skip
    for visit in open_visits:
        if visit.hand_off is not None:
            yield _need(
                _("Hand-off"), "send", visit.number, visit.hand_off.at,
                reverse("visits:visit", args=[visit.id]), by=visit.hand_off.giver_name,
            )  # fmt: skip
    for bar in people.restricted_at(branch=branch):
        what = people.duty_name(bar.duty) if bar.duty else _("everything")
        yield _need(
            _("Restricted"), "ban", f"{what}: {bar.reason}", bar.since, "", by=bar.name, meaning="danger",
        )  # fmt: skip
    for unread in notices.barred_at(branch=branch):
        yield _need(
            _("Restricted"), "ban", f"{'、'.join(unread.operations)} · {unread.title}", unread.since,
            reverse("notices:readers", args=[unread.version]), by=_several(unread.names), meaning="danger",
        )  # fmt: skip
    now = clock.now()
    for case in visits.cases_open(branch)[:20]:
        if case.due is not None and case.due < now:
            yield _need(
                _("Case is late"), "alarm", case.title, case.due, reverse("visits:case", args=[case.id]),
                by=case.owner_name, meaning="danger",
            )  # fmt: skip


def _several(names: tuple[str, ...]) -> str:
    """The first few, and how many more."""
    shown, more = "、".join(names[:NAMED]), len(names) - NAMED
    return _("%(names)s and %(n)s more") % {"names": shown, "n": more} if more > 0 else shown


def _concerned(waiting: list[RequestView]) -> set[int]:
    """Who made these requests, and who has taken them up."""
    return {one.maker for one in waiting} | {one.claim.person for one in waiting if one.claim}


def _need(
    kind: str, icon: str, text: str, since: datetime, link: str, *, by: str = "", more: str = "",
    meaning: str = "attention",
) -> dict[str, Any]:  # fmt: skip
    return {
        "kind": kind, "icon": icon, "text": text, "since": since, "link": link, "by": by, "more": more,
        "meaning": meaning,
    }  # fmt: skip


#: States in which a customer waits, in the order of the bars.
WAITING = (VisitState.WAITING, VisitState.HANDED, VisitState.PARKED)


def _queue(branch: int, open_visits: list[VisitView]) -> list[dict[str, Any]]:
    """Customers who wait, by what for: how many, and since when the first.

    Who stands in the lobby's line is counted there, and not once more as a visit that was prepared.
    """
    found = {service: (count, first) for service, count, first in lobby.line_by_service(branch)}
    for visit in open_visits:
        if visit.state in WAITING and (visit.ticket is None or visit.state is not VisitState.WAITING):
            count, first = found.get(visit.reason, (0, visit.at))
            found[visit.reason] = count + 1, min(first, visit.at)
    most = max((count for count, _first in found.values()), default=1)
    lines = [
        {
            "reason": visits.reason_name(reason) or _("not said"), "count": count, "oldest": first,
            "width": round(100 * count / most),
        }
        for reason, (count, first) in found.items()
    ]  # fmt: skip
    return sorted(lines, key=lambda line: line["oldest"])


def _entry(entry: Any, names: dict[str, str]) -> dict[str, Any]:
    code = entry.data.get("code") or entry.data.get("operation")
    title = teller.OPERATIONS[code].name(get_language() or "") if code in teller.OPERATIONS else entry.summary
    moved = sum(leg[1] for leg in entry.data["legs"] if leg[1] > 0)
    return {"id": entry.id, "at": entry.at, "title": title, "amount": moved, "by": names.get(entry.actor, ""),
            "currency": entry.data.get("currency", "CNY"), "reverses": entry.reverses}  # fmt: skip


def _bars(branch: int, day: date) -> dict[str, Any]:
    """Receipts by half-hour in a box of 600 × 150, today before the same weekday of last week."""
    today, before = (teller.half_hours(branch=branch, day=one) for one in (day, day - timedelta(days=7)))
    top, width = max([*today, *before, 4]), 600 / len(today)
    now = min(max((_local().hour - teller.OPENS_AT) * 2 + _local().minute // 30, 0), len(today) - 1)
    return {
        "then": day - timedelta(days=7),
        "bars": [
            {
                "x": round(at * width + 3, 1), "width": round(width - 6, 1), "count": count,
                "before": before[at], "now": at == now, "hour": at % 2 == 0,
                "label": f"{teller.OPENS_AT + at // 2}:{'30' if at % 2 else '00'}",
                "middle": round(at * width + width / 2, 1),
            }
            | _column(count, top) | {f"then_{k}": v for k, v in _column(before[at], top).items()}
            for at, count in enumerate(today)
        ],
    }  # fmt: skip


def _column(count: int, top: int) -> dict[str, float]:
    return {"y": round(125 - count * 110 / top, 1), "height": round(count * 110 / top, 1)}


def _local() -> datetime:
    return clock.now().astimezone(clock.CHINA)
