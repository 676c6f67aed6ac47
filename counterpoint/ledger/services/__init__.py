"""The ledger's verbs. The only way in besides ``data``."""

from counterpoint.ledger.chart import Subject, chart, subject
from counterpoint.ledger.effects import Carried, EffectKind, Parameter, Payload, Query, Rows, register_effect
from counterpoint.ledger.engine.loop import stop_engine
from counterpoint.ledger.policy import hold_limit, interest_rule
from counterpoint.ledger.queries import (
    balances_after,
    entries_of_day,
    entry,
    moved_by_others,
    reversals_of,
    statement,
    trial_balance,
)
from counterpoint.ledger.queries_at import BalanceAt, Span, balances_at, effects_moved
from counterpoint.ledger.rules import clean_number, parse_number
from counterpoint.ledger.services.accounts import (
    account,
    account_by_number,
    accounts,
    accounts_by_reference,
    accounts_of,
    agreement,
    close_account,
    internal_account,
    lock_accounts,
    open_account,
    open_accounts,
    set_status,
)
from counterpoint.ledger.services.accrual import accrue_interest
from counterpoint.ledger.services.exchange import exchange_legs
from counterpoint.ledger.services.holds import expire_holds, hold, holds, place_hold, release_hold
from counterpoint.ledger.services.interest import (
    closing_interest,
    settle_account,
    settle_between,
    settle_interest,
    settlement_due,
)
from counterpoint.ledger.services.posting import apost, post, post_many, post_within, posted_by_key
from counterpoint.ledger.services.reversals import reverse, reversible

__all__ = [
    "BalanceAt",
    "Carried",
    "EffectKind",
    "Parameter",
    "Payload",
    "Query",
    "Rows",
    "Span",
    "Subject",
    "account",
    "account_by_number",
    "accounts",
    "accounts_by_reference",
    "accounts_of",
    "accrue_interest",
    "agreement",
    "apost",
    "balances_after",
    "balances_at",
    "chart",
    "clean_number",
    "close_account",
    "closing_interest",
    "effects_moved",
    "entries_of_day",
    "entry",
    "exchange_legs",
    "expire_holds",
    "hold",
    "hold_limit",
    "holds",
    "interest_rule",
    "internal_account",
    "lock_accounts",
    "moved_by_others",
    "open_account",
    "open_accounts",
    "parse_number",
    "place_hold",
    "post",
    "post_many",
    "post_within",
    "posted_by_key",
    "register_effect",
    "release_hold",
    "reversals_of",
    "reverse",
    "reversible",
    "set_status",
    "settle_account",
    "settle_between",
    "settle_interest",
    "settlement_due",
    "statement",
    "stop_engine",
    "subject",
    "trial_balance",
]
