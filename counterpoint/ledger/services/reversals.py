"""Corrections: 抹账 of the same business date, 冲正 of a later one. Nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.kit.data import Actor, Why
from counterpoint.kit.verbs import declare
from counterpoint.ledger import rules
from counterpoint.ledger.data import Effect, InsufficientFunds, Leg, Posted, Posting
from counterpoint.ledger.effects import Carried, EffectKind, Payload, Query, Rows
from counterpoint.ledger.policy import today_of
from counterpoint.ledger.queries import entry as entry_view
from counterpoint.ledger.rules_interest import correction
from counterpoint.ledger.services.accounts import accounts
from counterpoint.ledger.services.accrual import BEARING
from counterpoint.ledger.services.posting import post, posted_by_key
from counterpoint.ledger.terms import AlreadyReversed, EntryView, NotReversible, ReversalKind

CANCELLED = declare(
    "ledger.entry.cancelled", summary="Take an entry back on its own date 抹账.", where=f"{__name__}.reverse"
)
REVERSED = declare(
    "ledger.entry.reversed", summary="Take an entry back on a later date 冲正.", where=f"{__name__}.reverse"
)


def reversible(*, entry: int) -> tuple[ReversalKind, str]:
    """How an entry could be taken back today, and in which style; raises when it cannot be."""
    view = entry_view(entry)
    return _fitting(view)


def _fitting(view: EntryView) -> tuple[ReversalKind, str]:
    if view.reverses is not None:
        raise NotReversible(
            _("A reversal is not reversed."),
            why=Why(rule="ledger.reversal", remedy=str(_("Post the original transaction again."))),
            entry=view.id,
        )  # fmt: skip
    today = today_of(view.branch)
    if view.date > today:
        raise NotReversible(_("The entry is of a date that is not open yet."), entry=view.id)
    kind = rules.reversal_kind(entry_date=view.date, today=today)
    return kind, rules.reversal_style(entry_date=view.date, today=today)


def reverse(
    *, entry: int, key: UUID, kind: ReversalKind, reason: str, by: Actor, cash_returned: bool | None = None,
    effects: tuple[Effect, ...] = (), data: Mapping[str, Any] | None = None,
) -> Posted:  # fmt: skip
    """Take an entry back 抹账/冲正: the same legs the other way, linked both ways, once.

    ``kind`` must be the one that fits the dates. ``effects`` are those of other rooms, such as the
    notes that go back into a box. The same ``key`` again returns the first answer.
    """
    earlier = posted_by_key(key)
    if earlier is not None and earlier.data.get("reverses") == entry:
        return earlier
    view = entry_view(entry)
    fits, style = _fitting(view)
    if view.reversed_by is not None:
        raise _twice(entry, view.reversed_by)
    if fits is not kind:
        raise NotReversible(
            _("An entry of today is cancelled.") if fits is ReversalKind.CANCEL
            else _("An entry of an earlier date is reversed, not cancelled."),
            why=Why(rule="ledger.reversal", remedy=str(_("Choose the other kind of correction."))),
            entry=entry, kind=fits,
        )  # fmt: skip
    if not reason.strip():
        raise NotReversible(_("A correction needs a reason."), entry=entry)
    payload = {
        "original": entry, "kind": str(kind), "style": style, "reason": reason,
        "cash_returned": cash_returned, "adjustments": _adjustments(view),
    }  # fmt: skip
    order = Posting(
        key=key, verb=CANCELLED if kind is ReversalKind.CANCEL else REVERSED, branch=view.branch,
        business_date=today_of(view.branch), legs=tuple(Leg(leg.account, -leg.amount) for leg in view.legs),
        by=by, subject=f"entry:{entry}", summary=reason, reverses=entry,
        data={**(data or {}), "style": style, "kind": str(kind)},
        effects=(Effect(ReversalEffect.name, payload), *effects),
    )  # fmt: skip
    try:
        return post(order)
    except InsufficientFunds as refusal:
        remedy = str(_("Agree with the holder first; nothing is corrected behind their back."))
        raise InsufficientFunds(
            _("The money of this entry is no longer there."), why=Why(rule="ledger.reversal", remedy=remedy),
            **refusal.details,
        ) from refusal  # fmt: skip


def _twice(entry: int, by_entry: int) -> AlreadyReversed:
    return AlreadyReversed(_("The entry has been taken back already."), entry=entry, reversal=by_entry)


def _adjustments(view: EntryView) -> list[list[int]]:
    """What a later correction does to sums of daily balances: ``[account, amount, days, product]``."""
    today = today_of(view.branch)
    days = (today - view.date).days
    if days == 0:
        return []
    about = accounts([leg.account for leg in view.legs])
    amounts: dict[int, int] = {}
    for leg in view.legs:
        if about[leg.account].kind in BEARING:
            amounts[leg.account] = amounts.get(leg.account, 0) - about[leg.account].sign * leg.amount
    return [
        [account, amount, days, correction(amount, view.date, today)]
        for account, amount in amounts.items()
        if amount
    ]


@dataclass(slots=True)
class _State:
    reversed: dict[int, int]
    folded: list[tuple[UUID, int, Payload]] = field(default_factory=list)


class ReversalEffect(EffectKind):
    """Writes the link of a reversal and its interest corrections with the reversing entry itself.

    It needs no lock of its own: whoever reverses the same entry waits for the same accounts.
    """

    name = "ledger.reversal"

    def load(self, payloads: Sequence[Payload]) -> list[Query]:
        ids = sorted({int(p["original"]) for p in payloads})
        touched = sorted({int(line[0]) for p in payloads for line in p["adjustments"]})
        return [
            ("SELECT original, reversal FROM ledger_reversal WHERE original = ANY($1::bigint[])", (ids,)),
            (
                "SELECT account_id FROM ledger_accumulation WHERE account_id = ANY($1::bigint[])"
                " ORDER BY account_id FOR NO KEY UPDATE",
                (touched,),
            ),
        ]

    def read(self, rows: Sequence[Rows], carried: Carried) -> _State:
        return _State(dict(rows[0]))

    def decide(self, state: _State, payload: Payload, posting: Posting) -> tuple[UUID, int, Payload]:
        original = payload["original"]
        if original in state.reversed:
            raise _twice(original, state.reversed[original])
        return posting.key, posting.branch, payload

    def fold(self, state: _State, change: tuple[UUID, int, Payload]) -> None:
        state.reversed[change[2]["original"]] = 0
        state.folded.append(change)

    def apply(self, state: _State) -> list[Query]:
        if not state.folded:
            return []
        link = """
        INSERT INTO ledger_reversal (original, reversal, branch_id, kind, style, reason, cash_returned)
        SELECT u.o, e.id, u.b, u.k, u.s, u.r, nullif(u.c, '')::boolean
        FROM unnest($1::bigint[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[])
             AS u(o, key, b, k, s, r, c)
        JOIN kit_event e ON e.key = u.key
        """
        cash = {None: "", True: "true", False: "false"}
        lines = [(key, branch, p) for key, branch, p in state.folded]
        queries: list[Query] = [
            (
                link,
                (
                    [p["original"] for _k, _b, p in lines], [key for key, _b, _p in lines],
                    [branch for _k, branch, _p in lines], [p["kind"] for _k, _b, p in lines],
                    [p["style"] for _k, _b, p in lines], [p["reason"] for _k, _b, p in lines],
                    [cash[p["cash_returned"]] for _k, _b, p in lines],
                ),
            )
        ]  # fmt: skip
        changes = [(p["original"], *line) for _k, _b, p in lines for line in p["adjustments"]]
        if changes:
            note = """
            INSERT INTO ledger_adjustment (account_id, original, amount, days, product)
            SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::int[], $5::bigint[])
            """
            move = """
            UPDATE ledger_accumulation c SET product = c.product + u.p
            FROM (SELECT a, sum(p) AS p FROM unnest($1::bigint[], $2::bigint[]) AS x(a, p) GROUP BY a) u
            WHERE c.account_id = u.a
            """
            original, account, amount, days, product = (list(c) for c in zip(*changes, strict=True))
            queries.append((note, (account, original, amount, days, product)))
            queries.append((move, (account, product)))
        return queries


__all__ = ["CANCELLED", "REVERSED", "ReversalEffect", "reverse", "reversible"]
