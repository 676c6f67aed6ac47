"""A month of entries: what the demo branch's counters did, day by day, by a fixed seed."""

from __future__ import annotations

import random
from datetime import date

from counterpoint.customers import services as customers
from counterpoint.kit.data import SYSTEM, Actor, ActorKind
from counterpoint.kit.keys import key_from
from counterpoint.kit.verbs import declare
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import Effect, Leg, Posting
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.vault import services as vault
from counterpoint.vault.data import BoxKind, BoxView

ENTRIES_A_DAY = 40
OPENING = range(200_000, 9_000_000)
#: Term deposits are round sums, in hundreds of yuan.
TERM_OPENING = range(50, 3_001)
NOTE = 10_000
#: A withdrawal so large that it is booked a day ahead.
BOOKED = 6_000_000

OPENED = declare("demo.balance.opened", summary="Bring in a demo customer's balance.", where=__name__)
DEPOSITED = declare("demo.cash.deposited", summary="A deposit of the demo's past month.", where=__name__)
WITHDRAWN = declare("demo.cash.withdrawn", summary="A withdrawal of the demo's past month.", where=__name__)
MOVED = declare("demo.transfer.made", summary="A transfer of the demo's past month.", where=__name__)


def is_complete(branch: int, until: date) -> bool:
    return org.business_day(branch).date >= until


def write(*, branch: int, accounts: list[int], terms: list[int], until: date) -> None:
    """Post the days before ``until``, each opened, accrued and closed; ``until`` stays open."""
    boxes = [box for box in vault.boxes_of(branch=branch) if box.kind is BoxKind.TELLER]
    tellers = _tellers(branch)
    _opening_balances(branch, accounts, terms)
    while (day := org.business_day(branch)).date < until:
        if not day.open:
            org.open_day(branch=branch, date=org.next_working_day(day.date), by=SYSTEM)
            continue
        draw = random.Random(f"{branch}:{day.date}")  # noqa: S311 (a story, not a secret)
        ledger.post_many(
            [_entry(draw, branch, day.date, at, accounts, boxes, tellers) for at in range(ENTRIES_A_DAY)]
        )
        ledger.accrue_interest(branch=branch, date=day.date, by=SYSTEM)
        if vault.bookings_of(branch=branch, day=day.date, open_only=True):
            vault.miss_bookings(branch=branch, day=day.date, by=SYSTEM)
        if org.next_working_day(day.date) >= until:
            _booking(branch, accounts, tellers[0], until)
        org.close_day(branch=branch, by=SYSTEM)
        org.open_day(branch=branch, date=org.next_working_day(day.date), by=SYSTEM)


def _booking(branch: int, accounts: list[int], teller: Actor, day: date) -> None:
    """On the last evening the customer with the most money booked a large withdrawal for the open day."""
    richest = max(ledger.accounts(accounts).values(), key=lambda one: (one.balance, -one.id))
    known = vault.bookings_of(branch=branch, day=day, open_only=True)
    if teller.kind is ActorKind.PERSON and richest.balance >= BOOKED and not known:
        owner = customers.parties_of_account(richest.id)[0][0]
        vault.book_cash(
            party=owner.id, account=richest.id, amount=BOOKED, day=day, purpose="购车款", by=teller
        )


def _tellers(branch: int) -> list[Actor]:
    from counterpoint.people.data import Duty

    found = people.people_with(duty=Duty.CASH, branch=branch)
    return [Actor(ActorKind.PERSON, person.id, person.name, branch) for person in found] or [SYSTEM]


def _opening_balances(branch: int, accounts: list[int], terms: list[int]) -> None:
    draw = random.Random(f"{branch}:opening")  # noqa: S311
    brought = [(account, draw.choice(OPENING)) for account in accounts]
    brought += [(account, draw.choice(TERM_OPENING) * NOTE) for account in terms]
    day = org.business_day(branch)
    clearing = ledger.internal_account(branch=branch, gl="3001", currency="CNY")
    ledger.post_many(
        [
            Posting(
                key=key_from(f"opening {account}", owner="demo"), verb=OPENED, branch=branch,
                business_date=day.date, legs=(Leg(clearing, amount), Leg(account, -amount)), by=SYSTEM,
                subject=f"account:{account}", summary="转入",
            )
            for account, amount in brought
        ]
    )  # fmt: skip


def _entry(
    draw: random.Random, branch: int, day: date, at: int, accounts: list[int], boxes: list[BoxView],
    tellers: list[Actor],
) -> Posting:  # fmt: skip
    kind = draw.choices((DEPOSITED, WITHDRAWN, MOVED), (45, 30, 25))[0]
    account, other = draw.sample(accounts, 2)
    box = draw.choice(boxes)
    by = draw.choice(tellers)
    notes = draw.choice((1, 2, 3, 5, 8, 10, 20, 30, 50))
    amount = notes * NOTE
    effects: tuple[Effect, ...] = ()
    if kind == MOVED:
        amount += draw.randrange(NOTE)
        legs = (Leg(account, amount), Leg(other, -amount))
        summary = "转账"
    else:
        sign = 1 if kind == DEPOSITED else -1
        legs = (Leg(box.account, sign * amount), Leg(account, -sign * amount))
        effects = (Effect("vault.faces", {"box": box.id, "faces": {str(NOTE): sign * notes}}),)
        summary = "现金存入" if sign > 0 else "现金支取"
    return Posting(
        key=key_from(f"{branch}:{day}:{at}", owner="demo.history"), verb=kind, branch=branch,
        business_date=day, legs=legs, by=by, subject=f"account:{account}", summary=summary, effects=effects,
    )  # fmt: skip
