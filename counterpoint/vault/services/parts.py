"""What a hand-over package is made of 交接事项; other rooms add their own parts at start-up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor, Why
from counterpoint.ledger import services as ledger
from counterpoint.vault import queries
from counterpoint.vault import queries_vouchers as voucher_queries
from counterpoint.vault.data import AlreadyHoldsBox, face_value
from counterpoint.vault.data_vouchers import BOOKED, Blocker, Part, PartView
from counterpoint.vault.labels import face_name
from counterpoint.vault.models import Custody
from counterpoint.vault.models_vouchers import Seal, VoucherStock
from counterpoint.vault.rules_vouchers import joined
from counterpoint.vault.services.seals import pass_on, seals_of
from counterpoint.vault.services.separation import box_has_separated, check_separation

type Describe = Callable[[int, int], PartView | None]
type MoveOver = Callable[[int, int, Actor, str], None]
type Find = Callable[[int, int], list[Blocker]]


@dataclass(frozen=True, slots=True)
class HandOverPart:
    """``describe(giver, branch)``, ``move(giver, receiver, by, number)``, ``blockers(giver, branch)``."""

    name: str
    describe: Describe
    move: MoveOver | None = None
    blockers: Find | None = None
    order: int = 50


_parts: dict[str, HandOverPart] = {}


def register_part(
    name: str, describe: Describe, move: MoveOver | None = None, *, blockers: Find | None = None,
    order: int = 50,
) -> None:  # fmt: skip
    """Make a part of every hand-over known. Called once, from the owning room's ``AppConfig.ready``."""
    if name in _parts:
        raise ValueError(f"the part {name!r} is registered twice")
    _parts[name] = HandOverPart(name, describe, move, blockers, order)


def parts() -> list[HandOverPart]:
    return sorted(_parts.values(), key=lambda part: (part.order, part.name))


def both(words: Callable[[], object]) -> tuple[str, str]:
    """The same words in Chinese and in English, for what is kept or printed."""
    found = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found.append(str(words()))
    return found[0], found[1]


def _describe_cash(giver: int, branch: int) -> PartView | None:
    box = queries.held_box(giver)
    if box is None:
        return None
    there = {face: pieces for face, pieces in box.faces.items() if pieces}
    lines = []
    for face, pieces in there.items():
        zh, en = both(lambda face=face: face_name(face, box.currency))  # type: ignore[misc]
        lines.append((zh, en, str(pieces), face_value(face) * pieces))
    books = ledger.account(box.account)
    return PartView(
        key="cash", title_zh=f"现金 {box.number}", title_en=f"Cash {box.number}", lines=tuple(lines),
        count=there, stamp=f"{box.id}:{books.version}:{books.balance}",
    )  # fmt: skip


def _move_cash(giver: int, receiver: int, by: Actor, number: str) -> None:
    held = Custody.objects.select_for_update(no_key=True, of=("self",)).filter(person=giver, until=None)
    row = held.first()
    if row is None:
        return
    Custody.objects.filter(pk=row.pk).update(until=Now())
    try:
        with transaction.atomic():
            Custody.objects.create(box_id=row.box_id, person_id=receiver)
    except IntegrityError as error:
        raise AlreadyHoldsBox(
            _("The receiver holds another box."),
            why=Why(remedy=str(_("The receiver returns the other box first."))),
        ) from error
    if box_has_separated(row.box_id):
        check_separation(person=receiver, branch=by.branch or 0, coming=frozenset({Part.VOUCHER}))


def _describe_vouchers(giver: int, branch: int) -> PartView | None:
    box = queries.held_box(giver)
    if box is None:
        return None
    lines: list[tuple[str, str, str, int]] = []
    count: dict[str, list[tuple[int, int]]] = {}
    for one in voucher_queries.voucher_runs(Q(box=box.id), states=BOOKED):
        first, last = one.numbers
        span = first if one.run.count == 1 else f"{first} – {last}"
        aside = ("（跳号）", " (skipped)") if one.run.state == "skipped" else ("", "")
        lines.append((
            f"{one.kind.name_zh} {span}{aside[0]}", f"{one.kind.name_en} {span}{aside[1]}",
            str(one.run.count), one.run.count * one.kind.unit,
        ))  # fmt: skip
        count.setdefault(one.kind.code, []).append((one.run.first, one.run.last))
    if not lines:
        return None
    stocks = VoucherStock.objects.filter(box=box.id).order_by("pk").values_list("pk", "version")
    merged = {code: [list(span) for span in joined(spans)] for code, spans in count.items()}
    return PartView(
        key="vouchers", title_zh="重要空白凭证、有价单证", title_en="Vouchers and valuables",
        lines=tuple(lines), count=merged, stamp=" ".join(f"{pk}:{version}" for pk, version in stocks),
    )  # fmt: skip


def _describe_seals(giver: int, branch: int) -> PartView | None:
    mine = seals_of(person=giver)
    if not mine:
        return None
    return PartView(
        key="seals", title_zh="印章、钥匙、押码机", title_en="Seals, keys, code machines",
        lines=tuple((f"{s.name_zh} {s.number}", f"{s.name_en} {s.number}", "1", 0) for s in mine),
        count={"numbers": sorted(s.number for s in mine)},
        stamp=" ".join(f"{s.id}:{s.since.isoformat() if s.since else ''}" for s in mine),
    )  # fmt: skip


def _move_seals(giver: int, receiver: int, by: Actor, number: str) -> None:
    rows = list(
        Seal.objects.select_for_update(no_key=True, of=("self",))
        .filter(custodian=giver, retired=False)
        .order_by("pk")
    )
    coming = frozenset(Part(row.part) for row in rows)
    if rows:
        check_separation(person=receiver, branch=rows[0].branch_id, coming=coming)
    for row in rows:
        pass_on(row, receiver, by=by, second=receiver, reason=number)


register_part("cash", _describe_cash, _move_cash, order=10)
# The forms lie in the box and go with it: one custody, two counts.
register_part("vouchers", _describe_vouchers, order=20)
register_part("seals", _describe_seals, _move_seals, order=30)

__all__ = ["HandOverPart", "both", "parts", "register_part"]
