"""``vault.vouchers``: forms move in the same batch as the entry outside the balance sheet 表外随凭证."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Why
from counterpoint.ledger.data import Posting
from counterpoint.ledger.services import Carried, EffectKind, Payload, Query, Rows
from counterpoint.vault import rules_vouchers as rules
from counterpoint.vault.data_vouchers import (
    BOOKED,
    Run,
    UnknownVoucherKind,
    VoucherAccount,
    VoucherAct,
    VoucherKnown,
    VoucherMalformed,
    VoucherNotThere,
    VoucherSkipped,
    VoucherState,
)

#: States whose ranges are few and always read whole; the others grow for ever and are read where touched.
_OPEN = ("held", "skipped", "void", "lost")

_KINDS = "SELECT id FROM vault_voucherkind WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE"
_STOCKS = """
SELECT s.id, s.box_id, s.kind_id, s.account_id, k.unit_minor, k.prefix, k.digits
FROM vault_voucherstock s JOIN vault_voucherkind k ON k.id = s.kind_id
WHERE (s.box_id, s.kind_id) IN (SELECT unnest($1::bigint[]), unnest($2::bigint[]))
ORDER BY s.id FOR NO KEY UPDATE OF s
"""
# Read after the locks are held, by statements of their own.
_RANGES = f"""
SELECT DISTINCT r.id, r.kind_id, lower(r.serials), upper(r.serials) - 1, r.state, r.box_id
FROM vault_voucherrange r
JOIN (SELECT unnest($1::bigint[]) AS box, unnest($2::bigint[]) AS kind, unnest($3::bigint[]) AS low,
             unnest($4::bigint[]) AS high) u ON u.box = r.box_id AND u.kind = r.kind_id
WHERE r.state IN ({", ".join(f"'{s}'" for s in _OPEN)}) OR r.serials && int8range(u.low - 1, u.high + 1, '[]')
ORDER BY r.id
"""
_KNOWN = """
SELECT r.kind_id, lower(r.serials), upper(r.serials) - 1 FROM vault_voucherrange r
JOIN (SELECT unnest($1::bigint[]) AS kind, unnest($2::bigint[]) AS low, unnest($3::bigint[]) AS high) u
  ON u.kind = r.kind_id AND r.serials && int8range(u.low, u.high, '[]')
"""


class Frame(NamedTuple):
    """Where and when an act happens, from its posting or from its verb."""

    key: UUID
    branch: int
    date: date
    person: int


@dataclass(slots=True)
class StockRow:
    id: int
    account: int
    unit: int
    prefix: str
    digits: int

    def number(self, serial: int) -> str:
        return f"{self.prefix}{serial:0{self.digits}d}"


@dataclass(slots=True)
class Change:
    """One accepted act."""

    frame: Frame
    act: VoucherAct
    kind: int
    first: int
    last: int
    state: VoucherState
    source: int
    target: int
    payload: Payload
    numbers: tuple[str, str]


@dataclass(slots=True)
class Shelves:
    """The stocks of a batch while it is decided."""

    stocks: dict[tuple[int, int], StockRow]
    loaded: dict[int, tuple[int, Run]]
    runs: dict[int, list[Run]]
    known: dict[int, list[tuple[int, int]]]
    done: list[Change] = field(default_factory=list)


class Vouchers(EffectKind):
    """Payload: ``{"act": "use", "kind": 3, "first": 101, "last": 101, "source": 7, "target": 7}`` with
    ``second``, ``reason`` and ``subject``. What it adds to or takes from a box's blank forms is, at unit
    value, what the posting moves on the account of that box and kind.
    """

    name = "vault.vouchers"

    def load(self, payloads: Sequence[Payload]) -> list[Query]:
        pairs = sorted({
            (int(p[end]), int(p["kind"]), int(p["first"]), int(p["last"]))
            for p in payloads for end in ("source", "target") if p[end]
        })  # fmt: skip
        boxes, kinds, lows, highs = ([pair[n] for pair in pairs] for n in range(4))
        new = sorted(
            (int(p["kind"]), int(p["first"]), int(p["last"])) for p in payloads if p["act"] == "receive"
        )
        fresh, low, high = ([one[n] for one in new] for n in range(3))
        return [
            (_KINDS, (sorted(set(fresh)),)),
            (_STOCKS, (boxes, kinds)),
            (_RANGES, (boxes, kinds, lows, highs)),
            (_KNOWN, (fresh, low, high)),
        ]

    def read(self, rows: Sequence[Rows], carried: Carried) -> Shelves:
        stocks = {
            (box, kind): StockRow(id, account, unit, prefix, digits)
            for id, box, kind, account, unit, prefix, digits in rows[1]
        }
        loaded, runs, known = {}, {kind: [] for _box, kind in stocks}, {}  # type: ignore[var-annotated]
        for id, kind, first, last, state, box in rows[2]:
            run = Run(first, last, VoucherState(state), box)
            loaded[id] = (kind, run)
            runs[kind].append(run)
        for kind, first, last in rows[3]:
            known.setdefault(kind, []).append((first, last))
        return Shelves(stocks, loaded, runs, known)

    def decide(self, state: Shelves, payload: Payload, posting: Posting) -> Change:
        moved: dict[int, int] = {}
        for leg in posting.legs:
            moved[leg[0]] = moved.get(leg[0], 0) + leg[1]
        frame = Frame(posting.key, posting.branch, posting.business_date, posting.by.id)
        return decide_act(state, payload, moved, frame)

    def fold(self, state: Shelves, change: Change) -> None:
        runs = state.runs[change.kind]
        state.runs[change.kind] = rules.carve(runs, change.first, change.last, change.state, change.target)
        if change.act is VoucherAct.RECEIVE:
            state.known.setdefault(change.kind, []).append((change.first, change.last))
        state.done.append(change)

    def apply(self, state: Shelves) -> list[Query]:
        return [*_write_ranges(state), *_write_moves(state)] if state.done else []

    def check(self, payload: Payload) -> None:
        whole = ("kind", "first", "last", "source", "target")
        if any(type(payload.get(name)) is not int for name in whole) or payload.get("act") not in set(
            VoucherAct
        ):
            raise VoucherMalformed(_("The movement of the forms is incomplete."))

    def answer(self, change: Change) -> dict[str, Any]:
        return {"vouchers": list(change.numbers)}


def decide_act(state: Shelves, payload: Payload, moved: dict[int, int], frame: Frame) -> Change:
    """What ``payload`` would change. ``moved``: the posting's legs by account; pure."""
    act, kind, target = VoucherAct(payload["act"]), payload["kind"], payload["target"]
    source, conduct = payload["source"], rules.CONDUCT[VoucherAct(payload["act"])]
    into = state.stocks.get((target, kind))
    out = state.stocks.get((source, kind)) if source else None
    if into is None or (source and out is None):
        raise UnknownVoucherKind(_("This box keeps no forms of this kind."))
    first, last = rules.span(payload["first"], payload["last"], into.digits)
    wanted: dict[int, int] = {}
    if act is VoucherAct.RECEIVE:
        _check_new(state, kind, first, last, into)
        wanted[into.account] = (last - first + 1) * into.unit
    elif out is not None:
        parts = _check_there(state, act, kind, source, first, last, out)
        wanted[out.account] = -rules.pieces(parts) * out.unit
        if conduct.target in BOOKED:
            wanted[into.account] = wanted.get(into.account, 0) + (last - first + 1) * into.unit
    for account, amount in wanted.items():
        if moved.get(account, 0) != amount:
            raise VoucherAccount(
                _("The entry is not what the forms are worth."), moved=moved.get(account, 0), expected=amount
            )
    numbers = (into.number(first), into.number(last))
    return Change(frame, act, kind, first, last, conduct.target, source, target, payload, numbers)


def _check_new(state: Shelves, kind: int, first: int, last: int, into: StockRow) -> None:
    for low, high in state.known.get(kind, ()):
        if low <= last and high >= first:
            raise VoucherKnown(
                format_lazy(_("Number {number} was received before."), number=into.number(max(low, first))),
                why=Why(remedy=str(_("Compare the delivery with the register."))),
            )


def _check_there(
    state: Shelves, act: VoucherAct, kind: int, source: int, first: int, last: int, out: StockRow
) -> list[Run]:
    """The pieces that the act takes; all of them, in an allowed state, and the lowest where it must be."""
    conduct = rules.CONDUCT[act]
    mine = [run for run in state.runs[kind] if run.box == source]
    parts = [run for run in rules.covered(mine, first, last) if run.state in conduct.sources]
    if sum(run.count for run in parts) != last - first + 1:
        have = {n for run in parts for n in (run.first, run.last)}
        raise VoucherNotThere(
            format_lazy(_("Not all of {first} to {last} can be taken from this box."),
                        first=out.number(first), last=out.number(last)),
            why=Why(remedy=str(_("Look at the ranges of the box and choose from them."))),
            found=sorted(have),
        )  # fmt: skip
    low = rules.lowest(mine, source)
    if conduct.lowest and low is not None and low < first:
        raise VoucherSkipped(
            format_lazy(_("The next number is {number}."), number=out.number(low)),
            why=Why(
                rule="vault.vouchers",
                remedy=str(_("Use the lowest number, or skip it with a reason and a second person.")),
            ),
            next=low,
        )
    return parts


def _write_ranges(state: Shelves) -> list[Query]:
    final = {(kind, run) for kind, runs in state.runs.items() for run in runs}
    gone = sorted(id for id, loaded in state.loaded.items() if loaded not in final)
    new = sorted(final - set(state.loaded.values()), key=lambda one: (one[0], one[1].first))
    touched = sorted({(box, c.kind) for c in state.done for box in (c.source, c.target) if box})
    held = [rules.pieces(run for run in state.runs[kind] if run.box == box) for box, kind in touched]
    return [
        # Before the new ones go in: the constraint looks at every row as it comes.
        ("DELETE FROM vault_voucherrange WHERE id = ANY($1::bigint[])", (gone,)),
        (
            "INSERT INTO vault_voucherrange (kind_id, serials, state, box_id)"
            " SELECT k, int8range(a, b, '[]'), s, x FROM unnest($1::bigint[], $2::bigint[], $3::bigint[],"
            " $4::text[], $5::bigint[]) AS u(k, a, b, s, x)",
            (
                [kind for kind, _run in new], [run.first for _k, run in new], [run.last for _k, run in new],
                [str(run.state) for _k, run in new], [run.box for _k, run in new],
            ),
        ),
        (
            "UPDATE vault_voucherstock s SET held = u.held, version = s.version + 1"
            " FROM unnest($1::bigint[], $2::bigint[]) AS u(id, held) WHERE s.id = u.id",
            ([state.stocks[pair].id for pair in touched], held),
        ),
    ]  # fmt: skip


def _write_moves(state: Shelves) -> list[Query]:
    done = state.done
    return [
        (
            "INSERT INTO vault_vouchermove (key, branch_id, business_date, kind_id, serials, act, state,"
            " source_id, target_id, person_id, second_id, reason, subject)"
            " SELECT key, b, d::date, k, int8range(f, l, '[]'), a, s, nullif(src, 0), t, p, nullif(p2, 0), r,"
            " j FROM unnest($1::uuid[], $2::int[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[],"
            " $7::text[], $8::text[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[],"
            " $13::text[], $14::text[]) AS u(key, b, d, k, f, l, a, s, src, t, p, p2, r, j)",
            (
                [c.frame.key for c in done], [c.frame.branch for c in done],
                [c.frame.date.isoformat() for c in done], [c.kind for c in done], [c.first for c in done],
                [c.last for c in done], [str(c.act) for c in done], [str(c.state) for c in done],
                [c.source for c in done], [c.target for c in done], [c.frame.person for c in done],
                [int(c.payload.get("second") or 0) for c in done],
                [str(c.payload.get("reason") or "")[:200] for c in done],
                [str(c.payload.get("subject") or "")[:60] for c in done],
            ),
        )
    ]  # fmt: skip
