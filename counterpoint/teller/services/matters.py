"""What an approver sees of a quote 授权要素: the slip, as it was rendered, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import Matter, Reason, RequestView, Row
from counterpoint.customers import services as customers
from counterpoint.kit.data import Actor
from counterpoint.kit.money import Money
from counterpoint.teller import operations, queries
from counterpoint.teller.data import (
    ApprovalNeeded,
    NotTheMaker,
    Quote,
    QuoteEnded,
    QuoteExpired,
    QuoteState,
)
from counterpoint.teller.labels import LABELS

KIND = "teller.quote"
#: Facts of a slip in the order in which they are read, with their names.
FACTS = {
    "narrative": ("摘要", "Narrative"), "payout": ("销户去向", "Pay-out"),
    "authority": ("有权机关", "Authority"), "instrument": ("文书编号", "Instrument"),
    "officers": ("执行人员", "Officers"), "reason": ("原因", "Reason"), "expires": ("到期日", "Until"),
    "since": ("起始日", "From"), "until": ("截止日", "To"), "action": ("动作", "Action"),
}  # fmt: skip
#: What the teller says to have done.
TICKS = {"id_checked": ("已核对证件", "Document checked"), "id_copied": ("已留存影像", "Copy kept")}


def check_open(seen: Quote) -> None:
    """Raise unless the quote can still be approved and posted."""
    if seen.state is QuoteState.EXPIRED:
        raise QuoteExpired(_("The quote has expired. Quote again."))
    if seen.state is not QuoteState.OPEN:
        raise QuoteEnded(_("This quote was confirmed or cancelled before."))


def matter_of(seen: Quote) -> Matter:
    """The quote as the approval desk takes it: payload, hash, rendered form, reasons, whom it concerns."""
    if seen.approval is None:
        raise ApprovalNeeded(_("This operation needs no approval."))
    operation = operations.operation(seen.operation)
    accounts = tuple(dict.fromkeys(balance.account for balance in seen.balances))
    owners = {one: _owners(one) for one in accounts}
    return Matter(
        kind=KIND, subject=f"quote:{seen.id}", title_zh=operation.zh, title_en=operation.en,
        branch=seen.branch, desk=seen.desk, payload={"quote": seen.id, **seen.payload},
        payload_hash=seen.payload_hash, rows=tuple(_rows(seen)), amount=seen.amount or None,
        currency=seen.currency, requirement=seen.approval.requirement,
        reasons=tuple(
            Reason(hit.rule, hit.version, hit.reason_zh, hit.reason_en, hit.source, hit.since, hit.unverified)
            for hit in seen.approval.hits
        ),
        rule=(seen.approval.rule, seen.approval.version), accounts=accounts,
        parties=tuple(dict.fromkeys(id for found in owners.values() for id in found)),
        rekey=_rekey(seen), correlation=seen.visit,
    )  # fmt: skip


def _owners(account: int) -> list[int]:
    """Whom the account belongs to, and who may act for it."""
    return [party.id for party, _relation in customers.parties_of_account(account)]


def _rekey(seen: Quote) -> dict[str, str]:
    found = {"amount": Money(seen.amount, seen.currency).figure.replace(",", "")}
    if seen.balances:
        found["account"] = seen.balances[0].number
    return found


def _rows(seen: Quote) -> Iterator[Row]:
    operation = operations.operation(seen.operation)
    money = {"kind": "money", "currency": seen.currency}
    yield Row("交易", "Operation", f"{operation.code} {operation.zh} {operation.en}")
    if seen.amount:
        yield Row("金额", "Amount", seen.amount, key="amount", **money)
    for balance in seen.balances:
        yield Row("账号", "Account", balance.number, kind="account", key="account")
        yield Row("户名", "Name", balance.name, kind="name")
        if balance.before != balance.after:
            yield Row("余额", "Balance", balance.after, before=balance.before, **money)
    for line in seen.lines:
        zh, en = LABELS.get(line.label, (line.label, line.label))
        side = ("借", "Dr") if line.amount > 0 else ("贷", "Cr")
        yield Row(f"{side[0]} {zh}", f"{side[1]} {en}", abs(line.amount), **money)
    for charge in seen.charges:
        yield Row("手续费", "Charge", charge.amount, **money)
    if seen.faces:
        counts = {face: abs(count) for face, count in seen.faces.items()}
        yield Row("券别", "Notes and coins", counts, kind="faces", currency=seen.currency)
    yield from _facts(seen.payload["facts"])


def _facts(facts: Mapping[str, Any]) -> Iterator[Row]:
    for name, (zh, en) in FACTS.items():
        if facts.get(name):
            yield Row(zh, en, str(facts[name]))
    for name, (zh, en) in TICKS.items():
        if facts.get(name):
            yield Row(zh, en, "✓")
    if facts.get("agent"):
        yield Row("代办人", "Agent", customers.party(int(facts["agent"]["party"])).name, kind="name")


def ask_approval(
    *, quote: int, by: Actor, papers: Sequence[int] = (), note: str = "", follows: int | None = None
) -> RequestView:  # fmt: skip
    """Ask the approval desk for what a quote needs 提请授权."""
    seen = queries.quote(quote)
    if seen.maker != by.id:
        raise NotTheMaker(_("This quote was made by somebody else."))
    check_open(seen)
    return approvals.ask(
        matter=matter_of(seen), papers=papers, note=note, follows=follows, until=seen.expires, by=by
    )


def check_request(view: RequestView) -> None:
    """The approval desk asks: can this quote still be posted as it stands?"""
    seen = queries.quote(int(view.subject.partition(":")[2]))
    check_open(seen)
