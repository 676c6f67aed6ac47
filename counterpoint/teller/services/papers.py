"""What stands on the papers: the voucher of a receipt, the statement of an account."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from counterpoint.approvals import services as approvals
from counterpoint.customers import services as customers
from counterpoint.customers.data import Relation
from counterpoint.kit import words
from counterpoint.kit.data import Actor
from counterpoint.kit.money import EXPONENTS, Money
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import grouped
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.teller import operations
from counterpoint.teller.data import Receipt
from counterpoint.teller.labels import LABELS
from counterpoint.teller.paper import pdf
from counterpoint.teller.services.issued import printable
from counterpoint.vault.data import face_value, is_coin

#: Pages of a statement at the counter; more is a matter of the archive.
STATEMENT_LINES = 5000


def receipt_pdf(*, receipt: int, count: int, by: Actor) -> bytes:
    """The paper of a receipt's ``count``-th printing, set now."""
    found = printable(receipt=receipt, count=count, by=by)
    if found.operation == "1402" and found.answer:
        return pdf("statement", statement_data(found, count))
    return pdf("voucher", voucher_data(found, count))


def voucher_data(found: Receipt, count: int) -> dict[str, Any]:
    """The receipt as its template wants it."""
    operation, money = operations.operation(found.operation), Money(found.amount, found.currency)
    return _frame(found, count) | {
        "title": [f"{operation.zh}回单", f"{operation.en}: receipt"],
        "fields": _fields(found),
        "amount": {
            "figure": str(money), "words-zh": words.chinese(money), "words-en": words.english(money)
        } if found.amount else None,
        "lines": _lines(found),
        "faces": [[_face(face, found.currency), str(n)] for face, n in found.faces.items()],
        "notes": _notes(found),
    }  # fmt: skip


def _frame(found: Receipt, count: int) -> dict[str, Any]:
    branch, teller = org.branch(found.branch), people.person(found.maker)
    home = {unit.id: unit for unit in org.units()}[org.home()]
    approver = ""
    if found.approver is not None:
        second = people.person(approvals.approval(found.approver).approver)
        approver = f"{second.number} {second.name}"
    local = timezone.localtime(found.at)
    return {
        "bank": [home.name_zh, home.name_en], "number": found.number, "code": found.verification,
        "reprint": count,
        "head": [
            ["回单号", "Number", found.number], ["网点", "Branch", branch.name_zh],
            ["营业日期", "Business date", found.business_date.isoformat()],
            ["时间", "Time", f"{local:%Y-%m-%d %H:%M:%S}"],
        ],
        "teller": f"{teller.number} {teller.name}", "approver": approver or "—",
    }  # fmt: skip


def _owner(account: int) -> str:
    for party, relation in customers.parties_of_account(account):
        if relation is Relation.OWNER:
            return party.name
    return ledger.account(account).name


def _fields(found: Receipt) -> list[list[str]]:
    fields = []
    posted = ledger.posted_by_key(found.key)
    for balance in found.balances:
        after = posted.balances.get(balance.account, balance.after) if posted else balance.after
        fields += [
            ["账号", "Account", grouped(balance.number)], ["户名", "Name", _owner(balance.account)],
            ["余额", "Balance", str(Money(after, balance.currency))],
        ]  # fmt: skip
    for charge in found.charges:
        fields.append(["手续费", "Charge", str(Money(charge.amount, found.currency))])
    labels = {
        "number": ("新账号", "New account"), "hold": ("冻结编号", "Hold"), "until": ("截止日期", "Until"),
        "expires": ("到期日", "Expires"),
    }  # fmt: skip
    fields += [[*labels[key], str(value)] for key, value in found.answer.items() if key in labels and value]
    return fields


def _lines(found: Receipt) -> list[list[str]]:
    views = ledger.accounts([line.account for line in found.lines])
    money = [Money(abs(line.amount), found.currency).figure for line in found.lines]
    rows = []
    for line, figure in zip(found.lines, money, strict=True):
        view = views[line.account]
        shown = grouped(view.number) if view.gl.startswith("20") else f"{view.gl} {view.name}"
        zh, en = LABELS.get(line.label, (line.label, line.label))
        rows.append(
            [f"{zh} {en}", shown, figure if line.amount > 0 else "", figure if line.amount < 0 else ""]
        )
    return rows


def _notes(found: Receipt) -> list[str]:
    notes = []
    if found.corrects is not None:
        notes.append(f"更正回单 Corrects receipt {_number(found.corrects)}")
    if found.corrected_by is not None:
        notes.append(f"已由此回单更正 Corrected by receipt {_number(found.corrected_by)}")
    return notes


def _number(receipt: int) -> str:
    from counterpoint.teller.queries import receipt as one

    return one(receipt).number


def _face(face: str, currency: str) -> str:
    worth = face_value(face)
    if currency == "CNY":
        name = f"{worth // 100}元" if worth >= 100 else f"{worth // 10}角" if worth >= 10 else f"{worth}分"
    else:
        name = f"{worth / 10 ** EXPONENTS[currency]:g} {currency}"
    return f"{name}币" if is_coin(face) else name


def statement_data(found: Receipt, count: int) -> dict[str, Any]:
    """An account's movements as the template wants them."""
    answer = found.answer
    since, until = date.fromisoformat(answer["since"]), date.fromisoformat(answer["until"])
    view, lines, cursor = ledger.account(answer["account"]), [], None
    while True:
        page = ledger.statement(account=view.id, since=since, until=until, cursor=cursor, limit=500)
        for line in page.lines:
            figure = Money(abs(line.amount), view.currency).figure
            lines.append([
                line.date.isoformat(), line.summary, figure if line.amount > 0 else "",
                figure if line.amount < 0 else "", Money(line.balance, view.currency).figure,
            ])  # fmt: skip
        cursor = page.next
        if cursor is None or len(lines) >= STATEMENT_LINES:
            break
    return _frame(found, count) | {
        "title": ["账户明细", "Account statement"],
        "head": [
            ["账号", "Account", grouped(view.number)], ["户名", "Name", _owner(view.id)],
            ["期间", "Period", f"{since.isoformat()} — {until.isoformat()}"],
            ["期末余额", "Closing balance", str(Money(page.closing, view.currency))],
        ],
        "lines": lines,
    }  # fmt: skip
