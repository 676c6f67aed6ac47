"""The branch board 网点看板: who works where, what has been posted, as it happens."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from counterpoint.kit import clock
from counterpoint.ledger import services as ledger
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.teller import services as teller
from counterpoint.teller.data import Receipt
from counterpoint.vault import services as vault

NEWEST = 40
RECEIPTS = 500
OPENS_AT, CLOSES_AT = 8, 18


def context(request: HttpRequest) -> dict[str, Any]:
    """Everything the board shows, from the day's receipts and entries."""
    who = people.actor_from(request)
    branch = org.branch(who.branch or 0)
    day = org.business_day(branch.id)
    receipts = teller.receipts(branch=branch.id, day=day.date, limit=RECEIPTS)
    entries = ledger.entries_of_day(branch=branch.id, date=day.date, limit=NEWEST)
    names = _names({*(e.actor for e in entries), *(f"person:{r.maker}" for r in receipts)})
    return {
        "branch": branch,
        "day": day,
        "me": who,
        "desks": _desks(branch.id, receipts, names),
        "entries": [_entry(entry, names) for entry in entries],
        "figures": _figures(receipts),
        "bars": _bars(receipts),
        "matters": vault.attention(branch=branch.id, person=who.id),
    }


def _names(keys: set[str]) -> dict[str, str]:
    found = {}
    for key in keys:
        kind, _sep, number = key.partition(":")
        found[key] = people.person(int(number)).name if kind == "person" else ""
    return found


def _desks(branch: int, receipts: list[Receipt], names: dict[str, str]) -> list[dict[str, Any]]:
    last: dict[int, Receipt] = {}
    done: Counter[int] = Counter()
    for receipt in receipts:
        if receipt.desk is not None:
            last.setdefault(receipt.desk, receipt)
            done[receipt.desk] += 1
    lines = []
    for desk in org.desks(branch):
        latest = last.get(desk.id)
        key = f"person:{desk.holder}"
        name = (names.get(key) or people.person(desk.holder).name) if desk.holder else ""
        lines.append(
            {
                "desk": desk, "holder": name, "done": done[desk.id], "last": latest,
                "title": teller.operation(latest.code).name(get_language() or "") if latest else "",
            }
        )  # fmt: skip
    return lines


def _entry(entry: Any, names: dict[str, str]) -> dict[str, Any]:
    code = entry.data.get("code") or entry.data.get("operation")
    title = teller.OPERATIONS[code].name(get_language() or "") if code in teller.OPERATIONS else entry.summary
    moved = sum(leg[1] for leg in entry.data["legs"] if leg[1] > 0)
    return {"id": entry.id, "at": entry.at, "title": title, "amount": moved, "by": names.get(entry.actor, ""),
            "currency": entry.data.get("currency", "CNY"), "reverses": entry.reverses}  # fmt: skip


def _figures(receipts: list[Receipt]) -> dict[str, int]:
    return {
        "count": len(receipts),
        "cash_in": sum(r.cash for r in receipts if r.cash > 0),
        "cash_out": -sum(r.cash for r in receipts if r.cash < 0),
        "approved": sum(r.approver is not None for r in receipts),
        "to_pay": sum(r.to_pay for r in receipts),
    }


def _bars(receipts: list[Receipt]) -> dict[str, Any]:
    """Receipts by half-hour as a bar chart's coordinates, in a box of 600 × 150."""
    slots = (CLOSES_AT - OPENS_AT) * 2
    counts = [0] * slots
    for receipt in receipts:
        counts[_slot(receipt.at, slots)] += 1
    top = max([*counts, 4])
    width = 600 / slots
    now = _slot(clock.now(), slots)
    return {
        "top": top,
        "bars": [
            {
                "x": round(at * width + 3, 1), "y": round(125 - count * 110 / top, 1),
                "width": round(width - 6, 1), "height": round(count * 110 / top, 1),
                "count": count, "now": at == now,
                "label": f"{OPENS_AT + at // 2}:{'30' if at % 2 else '00'}", "hour": at % 2 == 0,
                "middle": round(at * width + width / 2, 1),
            }
            for at, count in enumerate(counts)
        ],
    }  # fmt: skip


def _slot(at: datetime, slots: int) -> int:
    local = at.astimezone(clock.CHINA)
    return min(max((local.hour - OPENS_AT) * 2 + local.minute // 30, 0), slots - 1)
