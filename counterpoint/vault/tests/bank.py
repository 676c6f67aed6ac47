"""The demo branch with vouchers: a draft that needs 印押证 apart, a passbook that does not."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from django.contrib.auth import get_user_model

from counterpoint.kit.data import SYSTEM
from counterpoint.org import services as org
from counterpoint.people.services import actor_of, ensure_demo_staff
from counterpoint.vault import services as vault

BRANCH = 3


def build() -> SimpleNamespace:
    org.ensure_demo_org(by=SYSTEM)
    ensure_demo_staff(by=SYSTEM)
    vault.ensure_demo_boxes(by=SYSTEM)
    staff = {row.username: replace(actor_of(row), branch=BRANCH) for row in get_user_model().objects.all()}
    boxes = vault.boxes_of(branch=BRANCH)
    passbook = vault.make_voucher_kind(
        code="passbook",
        name_zh="存折",
        name_en="Passbook",
        digits=8,
        prefix="CZ",
        product="demand",
        by=SYSTEM,
    )
    draft = vault.make_voucher_kind(
        code="draft", name_zh="银行汇票", name_en="Draft", digits=8, separated=True, by=SYSTEM
    )
    bond = vault.make_voucher_kind(
        code="bond", name_zh="储蓄国债", name_en="Savings bond", digits=8, unit=10_000, by=SYSTEM
    )
    wang, li, chen, zhang = (staff[n] for n in ("080101", "080102", "080103", "080201"))
    vault.claim_box(box=boxes[1].id, by=wang)
    vault.claim_box(box=boxes[2].id, by=li)
    return SimpleNamespace(
        staff=staff, safe=boxes[0].id, mine=boxes[1].id, other=boxes[2].id, wang=wang, li=li, chen=chen,
        zhang=zhang, passbook=passbook, draft=draft, bond=bond,
    )  # fmt: skip


def stocked() -> SimpleNamespace:
    """The same with passbooks."""
    return stock(build())


def stock(
    bank: SimpleNamespace, first: int = 101, last: int = 200, kind: str = "passbook"
) -> SimpleNamespace:
    """Forms come into the vault, and the first half of them into Wang Fang's box."""
    one = getattr(bank, kind)
    vault.receive_vouchers(kind=one, first=first, last=last, box=bank.safe, by=SYSTEM)
    middle = first + (last - first) // 2
    vault.move_vouchers(kind=one, first=first, last=middle, source=bank.safe, target=bank.mine, by=SYSTEM)
    return bank
