"""What feeds the workbench of differences 差错查找: the day's movements, other boxes, what was typed."""

from __future__ import annotations

from django.db.models import Q

from counterpoint.ledger import services as ledger
from counterpoint.vault import queries_counts as queries
from counterpoint.vault.data_counts import CashCountView, Moved, OtherBox, Proposal
from counterpoint.vault.models_cash import Difference
from counterpoint.vault.rules_differences import propose
from counterpoint.vault.services.counts import binding_on, counted_today

#: A box moves some hundred times a day; a machine's cassettes some thousand.
MOVEMENTS_MAX = 5_000


def proposals(*, count: CashCountView) -> list[Proposal]:
    """Causes that would explain why a count differs, the likeliest first."""
    if count.agrees:
        return []
    return propose(
        difference=count.difference, off=count.off, typed=count.typed, moved=_moved(count),
        others=_others(count) if count.difference else (), binding=binding_on(count.date),
    )  # fmt: skip


def _moved(count: CashCountView) -> list[Moved]:
    """The day's movements of the box up to the count; an entry that takes another back is none of its own."""
    found: list[Moved] = []
    cursor: int | None = None
    while len(found) < MOVEMENTS_MAX:
        page = ledger.statement(
            account=count.account, since=count.date, until=count.date, cursor=cursor, limit=500
        )
        found += [
            Moved(line.entry, line.at, line.amount, line.summary, line.verb, line.reversed_by is not None)
            for line in page.lines
            if line.version <= count.version and line.reverses is None
        ]
        cursor = page.next
        if cursor is None or cursor > count.version:
            break
    return found


def _others(count: CashCountView) -> list[OtherBox]:
    """The last count of each other box of the branch that day, where it differed."""
    last: dict[int, CashCountView] = {}
    for one in counted_today(branch=count.branch, date=count.date):
        last.setdefault(one.box, one)
    # A recount after a case agrees; the case itself is what mirrors.
    booked = {
        row.count_id: row
        for row in Difference.objects.filter(
            Q(branch_id=count.branch, business_date=count.date, currency=count.currency) & ~Q(box=count.box)
        ).select_related("box")[: queries.PAGE]
    }
    found = [
        OtherBox(row.count_id, row.box.number, row.amount, row.pk, row.number) for row in booked.values()
    ]
    return found + [
        OtherBox(one.id, one.box_number, one.difference)
        for one in last.values()
        if one.box != count.box and one.currency == count.currency and one.difference
        and one.id not in booked
    ]  # fmt: skip
