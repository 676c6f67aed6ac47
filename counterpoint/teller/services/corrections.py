"""Plans that look back: same-day cancellation, later reversal, reprint."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Malformed, Why
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import ReversalKind
from counterpoint.org import services as org
from counterpoint.teller import queries
from counterpoint.teller.data import AlreadyCorrected, CashNotBack, Line, NotCorrectable, Receipt
from counterpoint.teller.services import consult, money
from counterpoint.teller.services.consult import Consultation
from counterpoint.teller.services.context import Context, Plan
from counterpoint.vault.data import NoBox


def _original(facts: dict[str, Any], ctx: Context) -> Receipt:
    found = queries.receipt(int(facts["receipt"]))
    if found.branch != ctx.branch:
        raise NotCorrectable(_("This receipt is of another branch."), field="receipt")
    return found


def cancellation(facts: dict[str, Any], ctx: Context) -> Plan:
    """1801 抹账."""
    return _correction(facts, ctx, ReversalKind.CANCEL)


def reversal(facts: dict[str, Any], ctx: Context) -> Plan:
    """1802 冲正."""
    return _correction(facts, ctx, ReversalKind.REVERSE)


def _correction(facts: dict[str, Any], ctx: Context, kind: ReversalKind) -> Plan:
    found = _original(facts, ctx)
    if not str(facts.get("reason", "")).strip():
        raise Malformed(_("A correction needs a reason."), field="reason")
    if found.corrected_by is not None:
        raise AlreadyCorrected(_("This receipt was cancelled or reversed before."), field="receipt")
    posted = ledger.posted_by_key(found.key)
    if posted is None or found.corrects is not None or found.operation in ("1302", "1601"):
        raise NotCorrectable(
            _("This operation cannot be taken back this way."),
            why=Why(remedy=str(_("Do the opposite operation instead."))), field="receipt",
        )  # fmt: skip
    fits, style = ledger.reversible(entry=posted.entry)
    if fits is not kind:
        other = "1801" if fits is ReversalKind.CANCEL else "1802"
        raise NotCorrectable(
            _("An entry of today is cancelled, one of an earlier day reversed."),
            why=Why(rule="teller.correction", remedy=str(_("Use operation %(code)s.") % {"code": other})),
            field="receipt",
        )
    said = Consultation()
    consult.approval(ctx, said, amount=found.amount, currency=found.currency, owned=None, agent=False)
    when = {ReversalKind.CANCEL: "same_day"}.get(
        kind, "same_year" if style == "same_side_red" else "earlier_year"
    )
    said.hits.extend(
        consult.hits_of(org.decide_if_any(table="teller.correction", facts={"when": when}, at=ctx.day))
    )
    back = _cash_back(facts, ctx, found)
    lines = tuple(Line(line.account, -line.amount, line.branch, line.label) for line in found.lines)
    views = ledger.accounts([balance.account for balance in found.balances])
    return Plan(
        subject=f"receipt:{found.id}", summary=str(facts["reason"]), currency=found.currency,
        amount=found.amount,
        facts=facts, lines=lines, shown=tuple(views.values()), corrects=found.id, reverses=posted.entry,
        extra={"kind": str(kind), "style": style, "cash_returned": _returned(facts, found)}, **back,
        **said.parts(),
    )  # fmt: skip


def _returned(facts: dict[str, Any], found: Receipt) -> bool | None:
    return None if not found.cash else facts.get("handed_back") == "yes" or not _paid(found)


def _paid(found: Receipt) -> bool:
    """Whether the notes really moved: a cash-out may be posted and not yet paid."""
    return found.cash > 0 or found.paid


def _cash_back(facts: dict[str, Any], ctx: Context, found: Receipt) -> dict[str, Any]:
    """The notes on their way back. What was never paid out goes back by itself."""
    if not found.cash and not found.faces:
        return {"cash": 0}
    if ctx.box.account not in {line.account for line in found.lines}:
        raise NoBox(
            _("The cash of this receipt lies in a box that you do not hold."),
            why=Why(remedy=str(_("Whoever holds that box cancels the entry."))), field="receipt",
        )  # fmt: skip
    if not _paid(found):
        faces = {face: -count for face, count in found.faces.items()}
        return {"cash": -found.cash, "box": ctx.box.id, "faces": faces}
    if facts.get("handed_back") != "yes":
        raise CashNotBack(
            _("The entry moved cash; say that it was handed back, and count it."),
            why=Why(
                rule="teller.correction",
                remedy=str(_("Without the cash, book the sum as other receivables or payables.")),
            ),
            field="handed_back",
        )  # fmt: skip
    return money.cash(ctx, facts, net=-found.cash, currency=found.currency)


def reprint(facts: dict[str, Any], ctx: Context) -> Plan:
    """1901 补打: the copy is marked and counted."""
    found = _original(facts, ctx)
    return Plan(
        subject=f"receipt:{found.id}", summary="补打", currency=found.currency, amount=0, facts=facts,
        after="reprint", extra={"receipt": found.id},
    )  # fmt: skip
