"""A posting made ready: checked as far as no state is needed, and its digest taken."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.money import MINOR_MAX
from counterpoint.kit.verbs import CATALOGUE
from counterpoint.ledger.data import LEGS_MAX, AmountTooLarge, Posting, PostingMalformed, Unbalanced
from counterpoint.ledger.effects import effect_kind

#: Keys of the event's data that belong to the ledger.
RESERVED = frozenset({"legs", "summary", "effects", "reverses"})
DATA_MAX = 64 * 1024
TEXT_MAX = 500
_INT4_MAX = 2**31 - 1


class Order:
    """One posting on its way through the engine."""

    __slots__ = ("accounts", "by", "data", "deadline", "digest", "done", "lost", "posting", "turn")

    def __init__(self, posting: Posting, *, by: str, data: str, digest: bytes) -> None:
        self.posting = posting
        self.by = by
        #: The event's data but for what the books decide, as JSON.
        self.data = data
        self.digest = digest
        self.accounts = tuple({leg[0] for leg in posting.legs})
        #: A commit of it was under way when the line broke.
        self.lost = False
        self.deadline = 0.0
        self.turn = 0
        #: A future of asyncio or of ``concurrent.futures``: both take a result and an exception.
        self.done: Any = None


def prepare(posting: Posting) -> Order:
    """Check ``posting`` and take its digest. Raises ``PostingMalformed``; writes nothing."""
    if posting.verb not in CATALOGUE:
        raise ValueError(f"the verb {posting.verb!r} is not declared")
    _check_frame(posting)
    _check_legs(posting)
    for effect in posting.effects:
        effect_kind(effect.kind).check(effect.payload)
    by = posting.by.key
    data = _event_data(posting)
    head = orjson.dumps(
        (
            posting.verb, posting.branch, posting.business_date, by, posting.correlation,
            posting.subject, [tuple(leg) for leg in posting.legs],
        )
    )  # fmt: skip
    digest = hashlib.sha256(head + data).digest()
    return Order(posting, by=by, data=data.decode(), digest=digest)


def _check_frame(posting: Posting) -> None:
    if type(posting.key) is not UUID:
        raise PostingMalformed(_("The idempotency key is not a UUID."))
    if type(posting.branch) is not int or not 0 < posting.branch <= _INT4_MAX:
        raise PostingMalformed(_("There is no such branch."))
    if not isinstance(posting.business_date, date) or isinstance(posting.business_date, datetime):
        raise PostingMalformed(_("The business date is not a date."))
    if posting.correlation is not None and type(posting.correlation) is not UUID:
        raise PostingMalformed(_("The correlation is not a UUID."))
    if posting.reverses is not None and type(posting.reverses) is not int:
        raise PostingMalformed(_("The entry to be reversed is not a number."))
    for text in (posting.subject, posting.summary):
        if type(text) is not str or len(text) > TEXT_MAX or not _storable(text):
            raise PostingMalformed(_("A text is too long or has characters that cannot be stored."))


def _storable(text: str) -> bool:
    """PostgreSQL's text holds neither a zero character nor half of a surrogate pair."""
    if text.isascii():
        return "\0" not in text
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def _check_legs(posting: Posting) -> None:
    if not 2 <= len(posting.legs) <= LEGS_MAX:
        raise PostingMalformed(_("An entry has two or more legs."), legs=len(posting.legs))
    total = 0
    for account, amount, _currency in posting.legs:
        if type(amount) is not int or type(account) is not int:
            raise PostingMalformed(_("Amounts and accounts are whole numbers."))
        if amount == 0:
            raise PostingMalformed(_("A leg of zero moves nothing."), account=account)
        if not -MINOR_MAX <= amount <= MINOR_MAX or not 0 < account <= MINOR_MAX:
            raise AmountTooLarge(_("The amount is too large."), account=account)
        total += amount
    if total:
        raise Unbalanced(_("Debit and credit differ."), difference=total)


def _event_data(posting: Posting) -> bytes:
    """The event's data but for what the books decide, and as canonical JSON."""
    if not RESERVED.isdisjoint(posting.data):
        raise PostingMalformed(_("The data uses a name that belongs to the ledger."))
    whole: dict[str, Any] = dict(posting.data)
    whole["summary"] = posting.summary
    if posting.effects:
        whole["effects"] = [[effect.kind, effect.payload] for effect in posting.effects]
    if posting.reverses is not None:
        whole["reverses"] = posting.reverses
    try:
        data = orjson.dumps(whole, option=orjson.OPT_SORT_KEYS)
    except (TypeError, ValueError) as error:
        raise PostingMalformed(_("The data cannot be stored.")) from error
    # PostgreSQL stores no zero character in jsonb: one caller's would stop the whole batch.
    if len(data) > DATA_MAX or b"\\u0000" in data:
        raise PostingMalformed(_("A text is too long or has characters that cannot be stored."))
    return data
