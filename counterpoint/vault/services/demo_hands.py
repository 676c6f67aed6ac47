"""Blank vouchers, seals and keys of the demo branches: who holds which, with 印押证 apart."""

from __future__ import annotations

from counterpoint.kit.data import SYSTEM, Actor
from counterpoint.kit.keys import key_from
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.vault.data import BoxKind, BoxView
from counterpoint.vault.data_vouchers import Part, SealKind, VoucherKind
from counterpoint.vault.services.boxes import boxes_of
from counterpoint.vault.services.seals import register_seal, seals_of
from counterpoint.vault.services.vouchers import (
    make_voucher_kind,
    move_vouchers,
    receive_vouchers,
    voucher_kind,
)

#: Code, names, prefix, whether seal and code must be in other hands; a delivery, and what a desk draws.
DEMO_KINDS = (
    ("passbook", "储蓄存折", "Passbook", "CZ", False, 1000, 50),
    ("certificate", "定期存单", "Certificate of deposit", "CD", False, 500, 25),
    ("draft", "银行汇票", "Bank draft", "HP", True, 200, 0),
)
#: Desks of a branch that have drawn forms.
DEMO_DESKS = 2
#: Each branch has numbers of its own; a delivery begins where the branch's numbers do.
NUMBERS_APART = 10_000

#: Number, kind, which of the parts that stay apart, names, who holds it.
DEMO_SEALS: dict[int, tuple[tuple[str, SealKind, Part, str, str, str], ...]] = {
    3: (
        ("YZ-HP-01", SealKind.SEAL, Part.SEAL, "汇票专用章", "Draft seal", "080201"),
        ("YJ-01", SealKind.CODE_MACHINE, Part.CODE, "编押机", "Code machine", "080102"),
        ("YS-JK-A", SealKind.KEY, Part.KEY, "金库甲钥匙", "Vault key A", "080103"),
        ("MM-JK-01", SealKind.COMBINATION, Part.COMBINATION, "金库密码", "Vault combination", "080201"),
        ("YZ-YW-01", SealKind.SEAL, Part.NONE, "业务清讫章 1号", "Paid stamp 1", "080101"),
        ("YZ-YW-02", SealKind.SEAL, Part.NONE, "业务清讫章 2号", "Paid stamp 2", "080102"),
    ),
}


def ensure_demo_hands(*, by: Actor = SYSTEM) -> None:
    """Forms in the vault and in two boxes, seals and keys in hands; again: nothing changes."""
    kinds = [_kind(line, by) for line in DEMO_KINDS]
    for branch in sorted(DEMO_SEALS):
        boxes = boxes_of(branch=branch)
        if not org.business_day(branch).open:
            continue
        safe = next(box for box in boxes if box.kind is BoxKind.VAULT)
        desks = [box for box in boxes if box.kind is BoxKind.TELLER][:DEMO_DESKS]
        for kind, line in zip(kinds, DEMO_KINDS, strict=True):
            _stock(kind, safe, desks, delivered=line[5], drawn=line[6], by=by)
        _seals(branch, by)


def _kind(line: tuple[str, str, str, str, bool, int, int], by: Actor) -> VoucherKind:
    code, zh, en, prefix, separated, _delivered, _drawn = line
    return voucher_kind(code=code) or make_voucher_kind(
        code=code, name_zh=zh, name_en=en, digits=8, prefix=prefix, separated=separated, by=by
    )


def _stock(
    kind: VoucherKind, safe: BoxView, desks: list[BoxView], *, delivered: int, drawn: int, by: Actor
) -> None:
    """A delivery, and the lowest numbers of it into each desk's box. Each act has a key of its own."""
    first = safe.branch * NUMBERS_APART + 1
    named = f"{kind.code} of {safe.number}"
    receive_vouchers(
        kind=kind, first=first, last=first + delivered - 1, box=safe.id, by=by,
        key=key_from(f"delivery of {named}", owner="vault.demo"),
    )  # fmt: skip
    for at, box in enumerate(desks if drawn else ()):
        low = first + at * drawn
        move_vouchers(
            kind=kind, first=low, last=low + drawn - 1, source=safe.id, target=box.id, by=by,
            key=key_from(f"{named} into {box.number}", owner="vault.demo"),
        )  # fmt: skip


def _seals(branch: int, by: Actor) -> None:
    known = {one.number for one in seals_of(branch=branch)}
    for number, kind, part, zh, en, holder in DEMO_SEALS[branch]:
        person = people.person_by_number(holder)
        if number not in known and person is not None:
            register_seal(
                branch=branch, number=number, kind=kind, part=part, name_zh=zh, name_en=en,
                custodian=person.id, by=by,
            )  # fmt: skip
