"""``counterpoint import berka DIR``: the other bank's people, accounts and every transaction, replayed.

Whatever is there from an earlier run stays and is found again: people and accounts by the numbers
they had, transactions by a key made of theirs. So a run that was killed is simply started again.
"""

from __future__ import annotations

import json as jsonlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from counterpoint.customers import services as customers
from counterpoint.customers.data import Gender, ImportedLink, ImportedParty, Relation
from counterpoint.kit.data import SYSTEM, Malformed, OutcomeUnknown, Refusal
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind, NewAccount, Posting, Product
from counterpoint.org import services as org
from counterpoint.org.data import DayNotOpen, UnitKind
from demo.berka.booking import CURRENCY, SUBJECTS, key_of, posting_of
from demo.berka.data import Sex, Source
from demo.berka.parser import read
from demo.berka.resequence import TOLERANCE, Step, resequence

SPACE = "berka.client"
BRANCH_CODE = "CZ01"
RETRIES = 5
LISTED = 60


@dataclass(slots=True)
class Difference:
    """A stored balance that the ledger's does not equal, and why."""

    transaction: int
    account: int
    day: date
    stored: int
    ledger: int | None
    reason: str


@dataclass(slots=True)
class Result:
    """What the import did and found."""

    parties: int = 0
    accounts: int = 0
    loans: int = 0
    orders: int = 0
    transactions: int = 0
    posted: int = 0
    exact: int = 0
    rounded: int = 0
    reconciled: int = 0
    seconds: float = 0.0
    incomplete: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)


def ensure_branch(first: date) -> int:
    """The branch that keeps the other bank's books, open on the first day that it needs."""
    found = next((unit.id for unit in org.branches() if unit.code == BRANCH_CODE), None)
    if found is None:
        found = org.add_unit(
            kind=UnitKind.BRANCH, code=BRANCH_CODE, name_zh="捷克样例支行", name_en="Czech Sample Branch",
            parent=_bank(), by=SYSTEM,
        ).id  # fmt: skip
    try:
        org.business_day(found)
    except DayNotOpen:
        org.open_day(branch=found, date=first, by=SYSTEM, on_holiday=True)
    return found


def _bank() -> int:
    """The bank that the branch belongs to; one is made where there is none yet."""
    if home := org.home():
        return home
    return org.add_unit(
        kind=UnitKind.BANK, code="CZ", name_zh="捷克样例银行", name_en="Czech Sample Bank", by=SYSTEM
    ).id


def take_over_people(source: Source, branch: int) -> dict[str, int]:
    """Clients as customers. The source has no names: the number there stands for one."""
    parties = []
    for client in source.clients:
        district = source.districts.get(client.district)
        parties.append(
            ImportedParty(
                reference=str(client.id), name_latin=f"Client {client.id}", birth_date=client.born,
                gender=Gender.FEMALE if client.sex is Sex.FEMALE else Gender.MALE, nationality="CZ",
                address=f"{district.name}, {district.region}" if district else "",
            )
        )  # fmt: skip
    return customers.import_parties(parties=parties, space=SPACE, branch=branch, by=SYSTEM)


def open_books(source: Source, people: Mapping[str, int], branch: int) -> dict[str, int]:
    """Accounts and loans, with standing orders and cards among their terms; ids by reference."""
    owners = {d.account: people[str(d.client)] for d in source.dispositions if d.owner}
    orders: dict[int, list[dict[str, object]]] = {}
    for order in source.orders:
        orders.setdefault(order.account, []).append(
            {
                "order": order.id, "bank": order.bank_to, "account": order.account_to,
                "amount": order.amount, "for": order.symbol,
            }
        )  # fmt: skip
    held = {d.id: d.account for d in source.dispositions}
    cards: dict[int, list[dict[str, object]]] = {}
    for card in source.cards:
        if card.disposition in held:
            about = {"card": card.id, "kind": card.kind, "issued": card.issued.isoformat()}
            cards.setdefault(held[card.disposition], []).append(about)
    lines = [
        NewAccount(
            name="", kind=AccountKind.DEMAND, product=Product.PERSONAL_DEMAND, currency=CURRENCY,
            party=owners.get(a.id), floor=None, opened=a.opened, reference=f"berka:account:{a.id}",
            data={
                "frequency": a.frequency, "district": a.district,
                "standing_orders": orders.get(a.id, []), "cards": cards.get(a.id, []),
            },
        )
        for a in source.accounts
    ]  # fmt: skip
    lines += [
        NewAccount(
            name="", kind=AccountKind.LOAN, product=Product.PERSONAL_LOAN, currency=CURRENCY,
            party=owners.get(loan.account), opened=loan.granted, reference=f"berka:loan:{loan.id}",
            data={
                "amount": loan.amount, "months": loan.months, "payment": loan.payment,
                "status": loan.status, "paid_from": loan.account,
            },
        )
        for loan in source.loans
    ]  # fmt: skip
    return ledger.open_accounts(branch=branch, accounts=lines, by=SYSTEM)


def link_people(source: Source, people: Mapping[str, int], books: Mapping[str, int], branch: int) -> int:
    """Owners, and disponents as agents with a mandate."""
    about = ledger.accounts([books[f"berka:account:{a.id}"] for a in source.accounts])
    opened = min((a.opened for a in source.accounts), default=date(1993, 1, 1))
    links = []
    for d in source.dispositions:
        account = about[books[f"berka:account:{d.account}"]]
        links.append(
            ImportedLink(
                account=account.id, number=account.number, party=people[str(d.client)], currency=CURRENCY,
                relation=Relation.OWNER if d.owner else Relation.AGENT,
            )
        )  # fmt: skip
    return customers.link_accounts(links=links, branch=branch, since=opened, by=SYSTEM)


def _post(postings: Sequence[Posting]) -> None:
    """Post a day's entries together; the engine keeps the order of those on one account."""
    left = list(postings)
    for attempt in range(RETRIES + 1):
        answers = ledger.post_many(left)
        trouble = [answer for answer in answers if isinstance(answer, Exception)]
        unknown = [
            posting
            for posting, answer in zip(left, answers, strict=True)
            if isinstance(answer, OutcomeUnknown)
        ]
        if not trouble:
            return
        if len(unknown) < len(trouble) or attempt == RETRIES:
            raise next(t for t in trouble if not isinstance(t, OutcomeUnknown) or attempt == RETRIES)
        # The same keys again: each is posted now, or it was and is not posted twice.
        left = unknown
        time.sleep(0.2 * 2**attempt)


def replay(
    steps: Mapping[int, Sequence[Step]], books: Mapping[str, int], branch: int, done: Callable[[int], None]
) -> int:
    """Post every step that is not posted yet, day by day, a day at a time. Returns how many."""
    every = [step for line in steps.values() for step in line]
    posted = set(ledger.balances_after(keys=[key_of(step.transaction.id) for step in every]))
    left = [step for step in every if key_of(step.transaction.id) not in posted]
    done(len(every) - len(left))
    internal = {
        subject: ledger.internal_account(branch=branch, gl=subject, currency=CURRENCY, by=SYSTEM)
        for subject in SUBJECTS
    }
    left.sort(key=lambda step: (step.transaction.day, step.transaction.account, step.place))
    count = 0
    for day, rows in groupby(left, key=lambda step: step.transaction.day):
        if not _stand_on(branch, day):
            continue
        postings = [
            posting_of(
                step, account=books[f"berka:account:{step.transaction.account}"], internal=internal,
                branch=branch,
            )
            for step in rows
        ]  # fmt: skip
        _post(postings)
        count += len(postings)
        done(len(postings))
    return count


def _stand_on(branch: int, day: date) -> bool:
    """Bring the branch's business date to ``day``; false when it has passed it already."""
    now = org.business_day(branch)
    if now.open and now.date < day:
        org.close_day(branch=branch, by=SYSTEM)
    if now.date < day:
        org.open_day(branch=branch, date=day, by=SYSTEM, on_holiday=True)
        return True
    return now.date == day and now.open


def compare(steps: Mapping[int, Sequence[Step]], books: Mapping[str, int], result: Result) -> None:
    """Hold every stored balance against the ledger's right after the entry 逐笔核对.

    Where the source contradicts itself, the difference is named once and carried on from there: the
    rows after it are measured by what they themselves moved.
    """
    keys = [key_of(step.transaction.id) for line in steps.values() for step in line]
    after = ledger.balances_after(keys=keys)
    result.transactions = len(after)
    last = max((line[-1].transaction.day for line in steps.values()), default=date.min)
    for account, line in steps.items():
        id, carried = books[f"berka:account:{account}"], 0
        for step in line:
            row = step.transaction
            found = after.get(key_of(row.id), {}).get(id)
            if found is not None and not step.breaks and found + carried == row.balance:
                result.reconciled += 1
                result.exact += not step.rounding
                result.rounded += bool(step.rounding)
                continue
            if step.breaks:
                carried += step.gap
            reason = _reason(step, line, last, posted=found is not None)
            result.differences.append(Difference(row.id, account, row.day, row.balance, found, reason))


def _reason(step: Step, others: Sequence[Step], last: date, *, posted: bool) -> str:
    if not posted:
        return "not posted: its business date had passed"
    if not step.breaks:
        return "the ledger's balance differs"
    gap = f"{step.gap / 100:+,.2f}"
    if step.transaction.day == last:
        return f"the file ends inside this day: what it lacks before this row amounts to {gap}"
    later = (s for s in others if s is not step and s.breaks)
    even = next((s for s in later if abs(s.gap + step.gap) <= 2 * TOLERANCE), None)
    if even is not None:
        return f"its place inside the day is not known ({gap}); evens out with {even.transaction.id}"
    return f"the printed balances do not follow from each other ({gap})"


def import_all(folder: Path, *, console: Console, quiet: bool = False) -> Result:
    """Read, take over, replay, compare. Raises a ``Malformed`` before anything is written."""
    started = time.monotonic()
    source = read(folder)
    steps = resequence(source.transactions)
    result = Result(loans=len(source.loans), orders=len(source.orders))
    result.incomplete = [f"{line.file}, line {line.line}: {line.text[:60]}" for line in source.incomplete]
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, disable=quiet) as progress:
        base = progress.add_task("customers and accounts", total=4)
        first = min((t.day for t in source.transactions), default=date(1993, 1, 1))
        branch = ensure_branch(first)
        progress.advance(base)
        people = take_over_people(source, branch)
        progress.advance(base)
        books = open_books(source, people, branch)
        progress.advance(base)
        link_people(source, people, books, branch)
        progress.advance(base)
        task = progress.add_task("transactions", total=len(source.transactions))
        result.posted = replay(steps, books, branch, lambda count: progress.advance(task, count))
    compare(steps, books, result)
    result.parties, result.accounts = len(source.clients), len(source.accounts)
    result.seconds = time.monotonic() - started
    return result


def _tell(result: Result, console: Console) -> None:
    console.print(
        f"{result.parties:,} customers, {result.accounts:,} accounts, {result.loans:,} loans, "
        f"{result.orders:,} standing orders, {result.transactions:,} entries "
        f"({result.posted:,} of them new) in {result.seconds:.1f} s"
    )
    console.print(
        f"[bold]{result.reconciled:,} of {result.transactions:,} stored balances reconcile[/]: "
        f"{result.exact:,} to the heller, {result.rounded:,} after booking the tenth of a crown "
        "that the source rounds away"
    )
    for line in result.incomplete:
        console.print(f"[yellow]incomplete line left out[/] {line}", markup=True)
    for d in result.differences[:LISTED]:
        have = "—" if d.ledger is None else f"{d.ledger / 100:,.2f}"
        console.print(
            f"  transaction {d.transaction} · account {d.account} · {d.day} · stored {d.stored / 100:,.2f}"
            f" · ledger {have} · {d.reason}"
        )
    if len(result.differences) > LISTED:
        console.print(f"  and {len(result.differences) - LISTED:,} more")


def run(directory: str | Path, *, json: bool = False) -> int:
    """The command. 0: imported; 2: the input is not usable, and nothing was written."""
    console = Console(highlight=False, soft_wrap=True, stderr=json)
    out = Console(highlight=False, soft_wrap=True, markup=False)
    try:
        result = import_all(Path(directory), console=console)
    except Malformed as refusal:
        console.print(f"[red]{refusal.code}[/] {refusal}")
        if json:
            out.print(jsonlib.dumps({"error": refusal.code, "message": str(refusal)}, ensure_ascii=False))
        return 2
    except Refusal as refusal:
        console.print(f"[red]stopped[/] {refusal}; start it again, it goes on from here")
        return 1
    finally:
        ledger.stop_engine()
    _tell(result, console)
    if json:
        out.print(jsonlib.dumps(_plain(result), ensure_ascii=False))
    return 0


def _plain(result: Result) -> dict[str, object]:
    return {
        "transactions": result.transactions, "reconciled": result.reconciled,
        "seconds": round(result.seconds, 2), "parties": result.parties, "accounts": result.accounts,
        "loans": result.loans, "standing_orders": result.orders, "posted": result.posted,
        "exact": result.exact, "rounded": result.rounded, "incomplete_lines": len(result.incomplete),
        "exceptions": [
            {
                "transaction": d.transaction, "account": d.account, "day": d.day.isoformat(),
                "stored": d.stored, "ledger": d.ledger, "reason": d.reason,
            }
            for d in result.differences
        ],
    }  # fmt: skip
