"""The demo branch 示范网点: people, desks, customers, accounts, and a month of entries, by a fixed seed."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date
from typing import Protocol

from counterpoint.customers import services as customers
from counterpoint.customers.data import PartyKind, Relation
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind, NewAccount, Product
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.vault import services as vault
from counterpoint.visits import services as visits
from demo import feedback, history, mail, meetings, notices, queue, talk

BRANCHES = (3, 4)
#: One row of made-up people; the first so many are customers of the first branch, the rest of the second.
CUSTOMERS = {3: slice(0, 160), 4: slice(160, 200)}
SEED = 20260101
WORKING_DAYS = 22
#: Every so many natural customers has a term deposit as well.
TERM_EVERY = 4


class Progress(Protocol):
    def step(self, text: str) -> AbstractContextManager[None]: ...


def build(*, steps: Progress) -> None:
    """Make what is missing of the demo, up to the last working day. Again: nothing changes."""
    target = org.last_working_day(clock.today())
    with steps.step("Demo: people, branches, rules"):
        people.ensure_demo_staff(by=SYSTEM)
        org.ensure_demo_org(by=SYSTEM, first_day=_first_day(target))
        mail.write()
    with steps.step("Demo: notices"):
        notices.write()
    with steps.step("Demo: talk"):
        talk.write()
    with steps.step("Demo: customers and accounts"):
        held = {branch: _accounts(branch) for branch in BRANCHES}
        vault.ensure_demo_boxes(by=SYSTEM)
        vault.ensure_demo_hands(by=SYSTEM)
        visits.ensure_demo_teams(by=SYSTEM)
    with steps.step("Demo: problems, ideas, a complaint"):
        feedback.write()
    if not all(history.is_complete(branch, target) for branch in BRANCHES):
        with steps.step("Demo: a month of entries"):
            for branch in BRANCHES:
                demand, terms = held[branch]
                history.write(branch=branch, accounts=demand, terms=terms, until=target)
                visits.spawn_tasks(branch=branch, day=target, by=SYSTEM)
    with steps.step("Demo: three weeks of numbers"):
        queue.write(branch=3, until=target)
    with steps.step("Demo: meetings"):
        meetings.write()


def _first_day(target: date) -> date:
    day = target
    for _ in range(WORKING_DAYS):
        day = org.last_working_day(date.fromordinal(day.toordinal() - 1))
    return day


def _accounts(branch: int) -> tuple[list[int], list[int]]:
    """Demand and term accounts of the branch's customers."""
    parties = customers.ensure_demo_customers(branch=branch, seed=SEED, part=CUSTOMERS[branch], by=SYSTEM)
    demand = [f"demo:{party}:demand" for party in parties]
    known = ledger.accounts_by_reference(demand)
    if len(known) == len(demand):
        return [known[reference] for reference in demand], _terms(parties)
    lines, owners = _lines(parties)
    opened = ledger.open_accounts(branch=branch, accounts=lines, by=SYSTEM)
    for reference, account in opened.items():
        if not customers.parties_of_account(account):
            customers.link_account(
                account=account, party=owners[reference], relation=Relation.OWNER, by=SYSTEM
            )
    return [opened[reference] for reference in demand], _terms(parties)


def _terms(parties: list[int]) -> list[int]:
    known = ledger.accounts_by_reference([f"demo:{party}:term" for party in parties])
    return sorted(known.values())


def _lines(parties: list[int]) -> tuple[list[NewAccount], dict[str, int]]:
    lines: list[NewAccount] = []
    owners: dict[str, int] = {}
    for at, party in enumerate(parties):
        view = customers.party(party, purpose="opening", by=SYSTEM)
        legal = view.kind is PartyKind.LEGAL
        reference = f"demo:{party}:demand"
        owners[reference] = party
        product = Product.CORPORATE_DEMAND if legal else Product.PERSONAL_DEMAND
        lines.append(
            NewAccount(
                name=view.name, kind=AccountKind.DEMAND, product=product, currency="CNY", party=party,
                reference=reference,
            )
        )  # fmt: skip
        if not legal and at % TERM_EVERY == 0:
            reference = f"demo:{party}:term"
            owners[reference] = party
            lines.append(
                NewAccount(
                    name=view.name, kind=AccountKind.TERM, product=Product.PERSONAL_TERM, currency="CNY",
                    party=party, reference=reference, term_months=12, rate=9500,
                )
            )  # fmt: skip
    return lines, owners
