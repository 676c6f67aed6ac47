"""``teller.receipt``: the quote ends, and the receipt gets its number, in the batch that posts.

One kind for both, as neither may happen without the other. Numbers are gapless: they come from a
row that is locked with the batch, and a batch that fails gives its numbers back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from counterpoint.kit import clock
from counterpoint.kit.data import Malformed
from counterpoint.ledger.data import Posting
from counterpoint.ledger.services import Carried, EffectKind, Payload, Query, Rows
from counterpoint.teller.data import QuoteEnded, QuoteExpired, UnknownQuote
from counterpoint.teller.rules import receipt_number

#: A quote is only added to and so cannot be locked as a row; an advisory lock stands for it. Whatever
#: was written under it is seen by the statements after this one, not by this one.
LOCK_QUOTES = (
    "SELECT pg_advisory_xact_lock(7301, h) FROM"
    " (SELECT DISTINCT hashint8(id) AS h FROM unnest($1::bigint[]) AS u(id) ORDER BY 1) AS x"
)


@dataclass(frozen=True, slots=True)
class Change:
    payload: Payload
    key: UUID
    branch: int
    day: date
    count: int


@dataclass(slots=True)
class State:
    expires: dict[int, Any]
    ended: set[int]
    corrected: set[int]
    counters: dict[tuple[int, date], int]
    changes: list[Change] = field(default_factory=list)


class Issue(EffectKind):
    """Payload: the columns of the receipt, see ``services.confirming.receipt_payload``."""

    name = "teller.receipt"

    def load(self, payloads: Sequence[Payload]) -> list[Query]:
        quotes = sorted({int(p["quote"]) for p in payloads})
        corrects = sorted({int(p["corrects"]) for p in payloads if p["corrects"]})
        days = sorted({(int(p["branch"]), str(p["day"])) for p in payloads})
        return [
            (LOCK_QUOTES, (quotes,)),
            (
                "SELECT id, extract(epoch FROM expires)::bigint FROM teller_quote"
                " WHERE id = ANY($1::bigint[])",
                (quotes,),
            ),
            ("SELECT quote_id FROM teller_quoteend WHERE quote_id = ANY($1::bigint[])", (quotes,)),
            ("SELECT corrects_id FROM teller_receipt WHERE corrects_id = ANY($1::bigint[])", (corrects,)),
            (
                "SELECT c.branch_id, c.business_date, c.last FROM teller_counter c"
                " JOIN unnest($1::int[], $2::text[]) AS u(branch, day)"
                " ON c.branch_id = u.branch AND c.business_date = u.day::date"
                " ORDER BY c.branch_id, c.business_date FOR NO KEY UPDATE OF c",
                ([branch for branch, _day in days], [day for _branch, day in days]),
            ),
        ]

    def read(self, rows: Sequence[Rows], carried: Carried) -> State:
        return State(
            expires={row[0]: row[1] for row in rows[1]},
            ended={row[0] for row in rows[2]},
            corrected={row[0] for row in rows[3]},
            counters={(row[0], row[1]): row[2] for row in rows[4]},
        )

    def decide(self, state: State, payload: Payload, posting: Posting) -> Change:
        quote, day = payload["quote"], date.fromisoformat(payload["day"])
        if quote not in state.expires:
            raise UnknownQuote(_("There is no such quote."))
        if quote in state.ended:
            raise QuoteEnded(_("This quote was confirmed or cancelled before."))
        if clock.now().timestamp() >= state.expires[quote]:
            raise QuoteExpired(_("The quote has expired. Quote again."))
        if payload["corrects"] and payload["corrects"] in state.corrected:
            raise QuoteEnded(_("This receipt was cancelled or reversed before."))
        last = state.counters.get((payload["branch"], day))
        if last is None:
            raise QuoteExpired(_("The business date has changed. Quote again."))
        return Change(payload, posting.key, payload["branch"], day, last + 1)

    def fold(self, state: State, change: Change) -> None:
        state.counters[change.branch, change.day] = change.count
        state.ended.add(change.payload["quote"])
        if change.payload["corrects"]:
            state.corrected.add(change.payload["corrects"])
        state.changes.append(change)

    def apply(self, state: State) -> list[Query]:
        if not state.changes:
            return []
        counters = {(c.branch, c.day): c.count for c in state.changes}
        made = state.changes

        def column(name: str) -> list[int]:
            return [c.payload[name] or 0 for c in made]

        return [
            (
                "UPDATE teller_counter c SET last = u.last FROM unnest($1::int[], $2::text[], $3::int[])"
                " AS u(branch, day, last) WHERE c.branch_id = u.branch AND c.business_date = u.day::date",
                (
                    [branch for branch, _day in counters],
                    [day.isoformat() for _branch, day in counters],
                    list(counters.values()),
                ),
            ),
            (
                "INSERT INTO teller_quoteend (quote_id, state, key) SELECT q, 'confirmed', k"
                " FROM unnest($1::bigint[], $2::uuid[]) AS u(q, k)",
                (column("quote"), [c.key for c in made]),
            ),
            (
                "INSERT INTO teller_receipt (branch_id, business_date, count, operation, quote_id, key,"
                " person_id, desk_id, approval_id, box_id, subject, party_id, currency, amount, cash,"
                " corrects_id, reports, answer)"
                " SELECT b, d::date, n, o, q, k, p, nullif(desk, 0), nullif(a, 0), nullif(box, 0), s,"
                " nullif(party, 0), c, m, cash, nullif(x, 0), r::jsonb, '{}'::jsonb"
                " FROM unnest($1::int[], $2::text[], $3::int[], $4::text[], $5::bigint[], $6::uuid[],"
                " $7::bigint[], $8::int[], $9::bigint[], $10::bigint[], $11::text[], $12::bigint[],"
                " $13::text[], $14::bigint[], $15::bigint[], $16::bigint[], $17::text[])"
                " AS u(b, d, n, o, q, k, p, desk, a, box, s, party, c, m, cash, x, r)",
                (
                    [c.branch for c in made],
                    [c.day.isoformat() for c in made],
                    [c.count for c in made],
                    [c.payload["operation"] for c in made],
                    column("quote"),
                    [c.key for c in made],
                    column("person"),
                    column("desk"),
                    column("approval"),
                    column("box"),
                    [c.payload["subject"] for c in made],
                    column("party"),
                    [c.payload["currency"] for c in made],
                    column("amount"),
                    column("cash"),
                    column("corrects"),
                    [json.dumps(c.payload["reports"]) for c in made],
                ),
            ),
        ]

    def check(self, payload: Payload) -> None:
        if type(payload.get("quote")) is not int:
            raise Malformed(_("A receipt needs its quote."))

    def answer(self, change: Change) -> dict[str, Any]:
        return {"receipt": receipt_number(change.branch, change.day, change.count)}
