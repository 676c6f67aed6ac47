"""What approvers of a compensation see 授权要素: the complaint, the customer, the money, what was before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from counterpoint.approvals.data import Matter, Reason, Requirement, Row
from counterpoint.feedback import queries_compensation as queries
from counterpoint.feedback import queries_complaints as complaints
from counterpoint.feedback.data_compensation import Compensation
from counterpoint.feedback.data_complaints import Channel
from counterpoint.feedback.labels import CHANNELS, COMPENSATION_STATES, COMPLAINT_STATES, FINDINGS
from counterpoint.feedback.models import Compensation as CompensationRow
from counterpoint.feedback.models import Complaint as ComplaintRow
from counterpoint.kit.keys import digest
from counterpoint.kit.money import Money
from counterpoint.ledger.data import AccountView
from counterpoint.org.data import RuleDecision

KIND = "feedback.compensation"
TITLE = ("投诉补偿", "Complaint compensation")
#: As much of what the customer wrote as an approver reads at once.
EXCERPT = 600


def payload_of(row: ComplaintRow, made: CompensationRow) -> dict[str, Any]:
    """Everything that is approved, and that the payment must find again; no words, their hash."""
    return {
        "maker": made.person_id, "compensation": made.pk, "complaint": row.pk, "branch": row.branch_id,
        "party": row.party_id, "account": made.account_id, "amount": made.amount, "currency": made.currency,
        "reason": hashlib.sha256(made.reason.encode()).hexdigest(), "reverses": made.reverses_id,
    }  # fmt: skip


def hash_of(row: ComplaintRow, made: CompensationRow) -> str:
    return digest(payload_of(row, made))


def matter_of(
    row: ComplaintRow, made: CompensationRow, account: AccountView, earlier: Sequence[Compensation],
    need: Requirement, decision: RuleDecision,
) -> Matter:  # fmt: skip
    """The proposal as the approval desk takes it. For whom the complaint concerns there is none."""
    title = ("投诉补偿冲回", "Compensation taken back") if made.reverses_id else TITLE
    return Matter(
        kind=KIND, subject=queries.subject(made.pk), title_zh=title[0], title_en=title[1],
        branch=row.branch_id, payload=payload_of(row, made), payload_hash=hash_of(row, made),
        rows=tuple(_rows(row, made, account, earlier)), amount=made.amount, currency=made.currency,
        requirement=need, rule=(decision.table, decision.version), parties=(row.party_id or 0,),
        accounts=(made.account_id,), recused=tuple(complaints.concerned(row.pk)),
        rekey={
            "amount": Money(made.amount, made.currency).figure.replace(",", ""),
            "account": account.number,
        },
        reasons=tuple(
            Reason(
                hit.rule_key, hit.version, hit.reason_zh, hit.reason_en, hit.source,
                hit.since.isoformat() if hit.since else "", hit.unverified,
            )
            for hit in decision.hits
        ),
    )  # fmt: skip


def _both(label: tuple[str, str], words: Callable[[], str]) -> Row:
    """A row whose words differ by language."""
    with override("zh-hans"):
        chinese = words()
    with override("en"):
        return Row(label[0], label[1], chinese, en_value=words())


def _rows(
    row: ComplaintRow, made: CompensationRow, account: AccountView, earlier: Sequence[Compensation]
) -> Iterator[Row]:  # fmt: skip
    money = {"kind": "money", "currency": made.currency}
    yield _both(("投诉", "Complaint"), lambda: f"{row} · {CHANNELS[Channel(row.channel)]}")
    yield Row("客户", "Customer", row.party_id, kind="party")
    yield Row("投诉内容", "What the customer complains about", row.text[:EXCERPT])
    yield Row("补偿金额", "Amount", made.amount, key="amount", **money)
    if made.reverses_id:
        entry = queries.entry_of(made.reverses_id)
        yield Row("冲回分录", "Takes back the entry", str(entry))
    elif paid := queries.paid(list(earlier)):
        yield Row("补偿合计", "In all", made.amount + paid, before=paid, **money)
    yield Row("收款账号", "Account", account.number, kind="account", key="account")
    yield Row("户名", "Name", account.name, kind="name")
    yield Row("补偿理由", "Reason", made.reason)
    if earlier:
        yield _both(("此前方案", "Proposed before"), lambda: "\n".join(map(_proposal, earlier)))
    yield _both(("办理经过", "History"), lambda: "\n".join(_history(row)))


def _at(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%m-%d %H:%M}"


def _proposal(one: Compensation) -> str:
    state, said = COMPENSATION_STATES[one.state].words, one.decided or one.ended
    words = f" {said.who} {said.words}".rstrip() if said else ""
    return f"{_at(one.at)} {Money(one.amount, one.currency)} {state}{words}"


def _history(row: ComplaintRow) -> Iterator[str]:
    """Its states, and the answer; never the notes of the investigation."""
    for step in complaints.steps(row.pk, internal=False):
        if step.state is not None:
            yield f"{_at(step.at)} {COMPLAINT_STATES[step.state].words} {step.who}"
    answer = complaints.answer(row.pk)
    if answer is not None:
        yield f"{FINDINGS[answer.finding].words}: {answer.text[:EXCERPT]}"
