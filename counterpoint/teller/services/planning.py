"""From what was entered to what would happen: ``prepare`` once, ``plan`` again at every look.

``prepare`` turns the slip into *facts*: numbers become ids, an agent becomes a customer record, a
password becomes a hash kept elsewhere. Facts are stored and hashed, and hold no personal data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Malformed
from counterpoint.teller import queries
from counterpoint.teller.data import LineKind
from counterpoint.teller.models import Remittance
from counterpoint.teller.services import accounts, cash, corrections, transfers
from counterpoint.teller.services.context import Context, Plan, usable
from counterpoint.teller.services.people_at_counter import agent_reference, check_account_password, new_secret

type Planner = Callable[[dict[str, Any], Context], Plan]

PLANNERS: dict[str, Planner] = {
    "1101": cash.deposit,
    "1102": cash.withdrawal,
    "1201": transfers.transfer,
    "1202": transfers.other_bank,
    "1301": accounts.open_account,
    "1302": accounts.close_account,
    "1401": accounts.balance,
    "1402": accounts.statement,
    "1501": accounts.place_hold,
    "1502": accounts.release_hold,
    "1601": accounts.loss,
    "1602": accounts.password_reset,
    "1701": cash.service,
    "1801": corrections.cancellation,
    "1802": corrections.reversal,
    "1901": corrections.reprint,
}

_ACCOUNTS = ("account", "payer", "payee", "to")
_REMITTANCE = ("bank_code", "bank_name", "payee_number", "payee_name")
#: Where money or knowledge leaves by the customer's password, and of which account.
_PASSWORD_OF = {
    "1102": "account", "1201": "payer", "1202": "payer", "1302": "account", "1401": "account",
    "1402": "account",
}  # fmt: skip
#: What a slip may hold besides; an unknown field is refused, not passed over.
_PLAIN = frozenset({
    "amount", "currency", "narrative", "faces", "id_checked", "id_copied", "payout", "since", "until",
    "authority",
    "officers", "instrument", "reason", "expires", "hold", "action", "fee", "handed_back", "customer",
    "account_class",
})  # fmt: skip


def plan(code: str, facts: dict[str, Any], ctx: Context) -> Plan:
    """What the operation would do, from the books and rules as they are now."""
    return PLANNERS[code](facts, ctx)


def prepare(code: str, slip: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
    """The facts of a slip."""
    known = _PLAIN | set(_ACCOUNTS) | set(_REMITTANCE) | {"agent", "password", "receipt", "lines"}
    unknown = sorted(set(slip) - known)
    if unknown:
        raise Malformed(_("Unknown fields."), fields=unknown)
    try:
        facts = {name: _plain(name, value) for name, value in slip.items() if name in _PLAIN}
        for name in _ACCOUNTS:
            if slip.get(name):
                facts[name] = usable(str(slip[name])).id
        if code == "1701":
            facts["lines"] = [_line(row, ctx) for row in slip.get("lines") or []]
        if slip.get("receipt"):
            facts["receipt"] = queries.receipt_by_number(str(slip["receipt"])).id
        _passwords(code, slip, facts, ctx)
        if code == "1202":
            facts["remittance"] = _remittance(slip)
        if slip.get("agent"):
            facts["agent"] = agent_reference(slip["agent"], ctx.by)
        _check_needed(code, facts)
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise Malformed(_("The form is incomplete or malformed.")) from error
    return facts


_NEEDED = {
    "1101": ("account", "amount"), "1102": ("account", "amount"), "1201": ("payer", "payee", "amount"),
    "1202": ("payer", "amount"), "1301": ("customer",), "1302": ("account", "payout"), "1401": ("account",),
    "1402": ("account", "since", "until"), "1501": ("account", "authority", "instrument"),
    "1502": ("account", "hold", "reason"), "1601": ("account", "action"), "1602": ("account",),
    "1801": ("receipt", "reason"), "1802": ("receipt", "reason"), "1901": ("receipt",),
}  # fmt: skip


def _check_needed(code: str, facts: Mapping[str, Any]) -> None:
    missing = [name for name in _NEEDED.get(code, ()) if facts.get(name) is None]
    if missing:
        raise Malformed(_("The form is incomplete or malformed."), fields=missing)


_CHOICES = {
    "payout": {"cash", "transfer"},
    "action": {"temporary", "formal", "lift"},
    "fee": {"account", "cash"},
}


def _plain(name: str, value: Any) -> Any:
    """A value as the facts keep it; a ``ValueError`` on one that cannot be."""
    if name in ("since", "until", "expires"):
        return (value if isinstance(value, date) else date.fromisoformat(str(value))).isoformat()
    if name in ("customer", "hold"):
        return int(value)
    if name in _CHOICES and value not in _CHOICES[name]:
        raise ValueError(name)
    return value


def _line(row: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
    line: dict[str, Any] = {"kind": LineKind(str(row.get("kind", ""))).value, "amount": row.get("amount")}
    for name in ("account", "to"):
        if row.get(name):
            line[name] = usable(str(row[name])).id
    if line["kind"] in ("withdrawal", "transfer") and "account" in line:
        check_account_password(line["account"], row.get("password"), ctx.by)
    return line


def _passwords(code: str, slip: Mapping[str, Any], facts: dict[str, Any], ctx: Context) -> None:
    if code in ("1301", "1602"):
        facts["secret"] = new_secret(slip.get("password"))
        return
    account = facts.get(_PASSWORD_OF.get(code, ""))
    if account:
        facts["password"] = check_account_password(account, slip.get("password"), ctx.by)


def _remittance(slip: Mapping[str, Any]) -> int:
    given = {name: str(slip.get(name) or "").strip() for name in _REMITTANCE}
    if not all(given.values()) or len(given["payee_number"]) > 34 or len(given["payee_name"]) > 120:
        raise Malformed(_("The payee's bank, account and name are needed."), field="payee_number")
    row = Remittance.objects.create(
        bank_code=given["bank_code"][:14], bank_name=given["bank_name"][:120],
        account_number=given["payee_number"], name=given["payee_name"],
    )  # fmt: skip
    return row.pk
