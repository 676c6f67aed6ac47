"""Words for the ledger's codes, and which colour and picture stand beside them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.kit.journal import of_subject
from counterpoint.kit.verbs import CATALOGUE
from counterpoint.ledger.data import AccountKind, AccountStatus, HoldKind, ReversalKind

STATUSES: dict[AccountStatus, tuple[Any, str, str]] = {
    AccountStatus.ACTIVE: (pgettext_lazy("account status", "Normal"), "success", ""),
    AccountStatus.DEBIT_FROZEN: (_("Credits only"), "attention", "lock"),
    AccountStatus.FROZEN: (_("Frozen"), "danger", "lock"),
    AccountStatus.DORMANT: (_("Dormant"), "attention", "moon"),
    AccountStatus.CLOSED: (_("Closed account"), "neutral", "ban"),
}
KINDS = {
    AccountKind.DEMAND: _("Demand deposit"),
    AccountKind.TERM: _("Term deposit"),
    AccountKind.LOAN: _("Loan"),
    AccountKind.INTERNAL: _("Internal account"),
}
HOLDS = {
    HoldKind.AMOUNT: _("An amount"),
    HoldKind.WHOLE: _("All payments out"),
    HoldKind.FULL: _("Both directions"),
    HoldKind.STOP: _("Stop payment"),
}
REVERSALS = {
    ReversalKind.CANCEL: _("Same-day cancellation"),
    ReversalKind.REVERSE: _("Later reversal"),
}
CHANGES = {
    "ledger.account.opened": (_("Account opened"), "plus"),
    "ledger.account.closed": (_("Account closed"), "ban"),
    "ledger.account.status_set": (_("Status changed"), "refresh"),
    "ledger.hold.placed": (_("Hold placed"), "lock"),
    "ledger.hold.released": (_("Hold released"), "lock-open"),
}

#: What the books ask of every posting, as a refusal says it.
RULES = {
    "ledger.business_date": _("Entries are posted to the open business date"),
    "ledger.floor": _("The free balance covers what is paid out"),
    "ledger.reversal": _("Entries are taken back by entries, today's by cancellation"),
}


def status(code: AccountStatus) -> dict[str, Any]:
    text, meaning, picture = STATUSES[code]
    return {"text": text, "meaning": meaning, "icon": picture}


def verb(name: str) -> str:
    """What an entry's verb did, in the words of its own room's catalogue line."""
    entry = CATALOGUE.get(name)
    return entry.summary.rstrip(".") if entry else name


def actor(key: str) -> str:
    """The person of an actor key by name; a machine or the system as it is."""
    from counterpoint.people.services import person

    kind, _colon, id = key.partition(":")
    if kind != "person":
        return key
    try:
        return person(int(id)).name
    except Exception:
        return key


def changes(account: int) -> list[dict[str, Any]]:
    """What happened to an account besides postings, newest first, for the timeline."""
    rows = of_subject(f"account:{account}", limit=20)
    items = []
    for row in rows:
        title, picture = CHANGES.get(row.verb, (row.verb, "point"))
        text = str(row.data.get("reason") or row.data.get("instrument") or "")
        items.append({"at": row.at, "title": title, "text": text, "who": actor(row.actor), "icon": picture})
    return items
