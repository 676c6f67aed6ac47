"""What the ledger brings to the day's end: its gates, interest, totals, and the day book 日记账."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.kit.money import Money
from counterpoint.ledger import chart, queries_day
from counterpoint.ledger.data import BooksDoNotAgree
from counterpoint.ledger.day_book import day_book
from counterpoint.ledger.services.accrual import accrue_interest
from counterpoint.ledger.services.interest import settle_between
from counterpoint.org import services as org
from counterpoint.org.data import (
    Finding,
    Gate,
    Phase,
    Report,
    Step,
)
from counterpoint.people.data import Duty

#: Suspense subjects 暂收暂付: other receivables and other payables.
SUSPENSE = ["1221", "2241"]


def balance_gate(branch: int, day: date) -> list[Finding]:
    """The trial balance 试算平衡 of the bank."""
    return _unequal(off=False)


def off_balance_gate(branch: int, day: date) -> list[Finding]:
    """What stands outside the balance sheet 表外 balances by itself."""
    return _unequal(off=True)


def _unequal(*, off: bool) -> list[Finding]:
    return [
        Finding(_("Debit and credit differ by %(sum)s.") % {"sum": Money(total, currency)})
        for currency, is_off, total in queries_day.out_of_balance()
        if is_off is off
    ]


def suspense_gate(branch: int, day: date) -> list[Finding]:
    """Other receivables and payables open for longer than the rule lets them 挂账账龄."""
    most = org.value_or(None, key="ledger.suspense_days", at=day)
    if most is None:
        return []
    found = []
    for account, number, name, gl, currency, balance, oldest in queries_day.suspense(branch, SUSPENSE):
        age = (day - oldest).days
        if age > int(most):
            said = _("%(account)s: %(sum)s open since %(day)s, %(age)s days; %(most)s are allowed.") % {
                "account": f"{gl} {name or chart.subject(gl).name} {number}", "day": oldest.isoformat(),
                "sum": Money(balance, currency), "age": age, "most": most,
            }  # fmt: skip
            found.append(Finding(said, reverse("ledger:account", args=[account])))
    return found


def interest_step(branch: int, day: date, report: Report) -> dict[str, Any]:
    """Add the day to every sum of daily balances 计提积数."""
    return {"accounts": accrue_interest(branch=branch, date=day, by=report.by, report=report)}


def interest_figures(kept: Mapping[str, Any]) -> list[tuple[object, str]]:
    return [(_("Accounts with interest"), f"{kept['accounts']:,}")]


def settlement_step(branch: int, day: date, report: Report) -> dict[str, Any]:
    """At the opening: book the interest of a period that ended since the branch was open last 结息."""
    since = org.last_closed_day(branch=branch, before=day)
    if since is None:
        return {}
    done = settle_between(branch=branch, since=since, date=day, by=report.by, report=report)
    return {"booked": sum(line.entry is not None for line in done), "left": sum(not x.entry for x in done)}


def totals_step(branch: int, day: date, report: Report) -> dict[str, Any]:
    """Debit equals credit, and every leg stands in its account as its entry says 总分核对."""
    entries, legs, astray = queries_day.legs_astray(branch, day)
    unequal = queries_day.out_of_balance()
    if astray or unequal:
        raise BooksDoNotAgree(
            _("The books do not agree: entries %(entries)s, differences %(sums)s.")
            % {"entries": astray[:10], "sums": [(c, total) for c, _off, total in unequal]}
        )
    return {"entries": entries, "legs": legs}


def totals_figures(kept: Mapping[str, Any]) -> list[tuple[object, str]]:
    return [(_("Entries"), f"{kept['entries']:,}"), (_("Legs"), f"{kept['legs']:,}")]


def day_book_step(branch: int, day: date, report: Report) -> dict[str, Any]:
    """Set the day book and keep it."""
    return {"papers": org.keep_paper(branch=branch, date=day, paper=day_book(branch, day, report))}


def appear() -> None:
    """Enter the gates and steps."""
    ledger = Duty.DAY_CLOSE
    org.register_gate(
        Gate("ledger.trial_balance", gettext_lazy("Trial balance"), ledger, balance_gate, order=70)
    )
    org.register_gate(
        Gate("ledger.off_balance", gettext_lazy("Off-balance-sheet"), ledger, off_balance_gate, order=71)
    )
    org.register_gate(
        Gate("ledger.suspense", gettext_lazy("Suspense accounts"), Duty.ACCOUNTS, suspense_gate, False, 80)
    )
    for key, title, order, run, atomic, phase, figures in (
        ("ledger.settlement", gettext_lazy("Interest of a period that ended"), 20, settlement_step, False,
         Phase.OPEN, None),
        ("ledger.interest", gettext_lazy("Interest of the day"), 20, interest_step, False, Phase.CLOSE,
         interest_figures),
        ("ledger.totals", gettext_lazy("Totals"), 30, totals_step, True, Phase.CLOSE, totals_figures),
        ("ledger.day_book", gettext_lazy("Day book"), 50, day_book_step, True, Phase.CLOSE, None),
    ):  # fmt: skip
        org.register_step(Step(key, title, order, run, atomic, phase, figures))
