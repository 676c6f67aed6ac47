"""The ledger's pure rules: numbers and check digits, what a status allows, how holds share a balance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext_lazy as _

from counterpoint.kit.states import Machine, Move, State
from counterpoint.ledger.data import AccountKind, AccountStatus
from counterpoint.ledger.terms import (
    BadNumber,
    HoldKind,
    HoldMalformed,
    HoldView,
    NumberParts,
    Product,
    ReversalKind,
)

#: Six figures that name the institution. A bank sets its own through the rule ``ledger.institution``.
INSTITUTION = "629950"
BRANCH_FIGURES = 4
SEQUENCE_FIGURES = 6
NUMBER_FIGURES = 19
SEQUENCE_MAX = 10**SEQUENCE_FIGURES - 1

GL_OF = {
    AccountKind.DEMAND: "2001",
    AccountKind.TERM: "2002",
    AccountKind.LOAN: "1301",
}
KIND_OF_GL = {gl: kind for kind, gl in GL_OF.items()}


def check_digit(figures: str) -> str:
    """Luhn's check digit (ISO/IEC 7812-1, annex B) for the figures before it."""
    total = 0
    for place, figure in enumerate(reversed(figures)):
        value = int(figure) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def make_number(*, branch: int, product: str, sequence: int, institution: str = INSTITUTION) -> str:
    """19 figures 账号: institution, branch, product, sequence, check digit."""
    if not 0 < branch < 10**BRANCH_FIGURES:
        raise BadNumber(_("A branch number has at most four figures."), branch=branch)
    if not 0 < sequence <= SEQUENCE_MAX:
        raise BadNumber(_("The numbers of this product are used up."), branch=branch, product=product)
    body = f"{institution}{branch:0{BRANCH_FIGURES}d}{product}{sequence:0{SEQUENCE_FIGURES}d}"
    if len(body) != NUMBER_FIGURES - 1 or not body.isascii() or not body.isdigit():
        raise BadNumber(_("An account number has 19 figures."), body=body)
    return body + check_digit(body)


def parse_number(text: str) -> NumberParts:
    """Read a typed account number, blanks and dashes allowed; says what is wrong with it."""
    number = clean_number(text)
    place = len(INSTITUTION)
    branch, rest = number[place : place + BRANCH_FIGURES], number[place + BRANCH_FIGURES : -1]
    return NumberParts(number[:place], int(branch), rest[:2], int(rest[2:]))


def clean_number(text: str) -> str:
    """The 19 figures of a typed account number. Raises ``BadNumber``."""
    number = text.replace(" ", "").replace("-", "")
    if not number.isascii() or not number.isdigit():
        raise BadNumber(_("An account number has figures only."))
    if len(number) != NUMBER_FIGURES:
        raise BadNumber(
            _("An account number has 19 figures, this one has %(count)d.") % {"count": len(number)}
        )
    if check_digit(number[:-1]) != number[-1]:
        raise BadNumber(_("The check digit does not fit: a figure is wrong or two have changed places."))
    return number


def product_for(kind: AccountKind, *, corporate: bool = False) -> Product:
    """The product figures for a kind of account."""
    personal = {
        AccountKind.DEMAND: Product.PERSONAL_DEMAND,
        AccountKind.TERM: Product.PERSONAL_TERM,
        AccountKind.LOAN: Product.PERSONAL_LOAN,
        AccountKind.INTERNAL: Product.INTERNAL,
    }[kind]
    return Product(str(int(personal) + 10)) if corporate and kind is not AccountKind.INTERNAL else personal


S = AccountStatus

#: Account status 账户状态. The engine reads the same statuses: what each lets through stands beside it.
ACCOUNT = Machine(
    name="account",
    title="Account status 账户状态",
    states=(
        State(S.ACTIVE, "active 正常", "credits and debits"),
        State(S.DEBIT_FROZEN, "debit-frozen 只收不付", "credits only"),
        State(S.FROZEN, "frozen 不收不付", "neither"),
        State(S.DORMANT, "dormant 睡眠", "credits only, until the holder has been identified again"),
        State(S.CLOSED, "closed 销户", "nothing, for good"),
    ),
    start=S.ACTIVE,
    moves=(
        Move(S.ACTIVE, S.DEBIT_FROZEN, "hold or stop payment 冻结/止付"),
        Move(S.ACTIVE, S.FROZEN, "freeze both ways 全额冻结"),
        Move(S.DEBIT_FROZEN, S.FROZEN, "freeze both ways 全额冻结"),
        Move(S.FROZEN, S.DEBIT_FROZEN, "ease to credits only 转只收不付"),
        Move(S.DEBIT_FROZEN, S.ACTIVE, "release 解冻/解除止付"),
        Move(S.FROZEN, S.ACTIVE, "release 解冻"),
        Move(S.ACTIVE, S.DORMANT, "no movement for the rule's period 转睡眠"),
        Move(S.DORMANT, S.ACTIVE, "holder identified again 激活"),
        Move(S.DORMANT, S.DEBIT_FROZEN, "hold or stop payment 冻结/止付"),
        Move(S.DORMANT, S.FROZEN, "freeze both ways 全额冻结"),
        Move(S.ACTIVE, S.CLOSED, "close at zero 销户"),
        Move(S.DORMANT, S.CLOSED, "close at zero 销户"),
    ),
)

#: A hold on everything decides the status; the strongest of the active ones wins.
STATUS_OF_HOLD = {
    HoldKind.FULL: S.FROZEN,
    HoldKind.WHOLE: S.DEBIT_FROZEN,
    HoldKind.STOP: S.DEBIT_FROZEN,
}


def status_under(holds: Iterable[HoldKind], otherwise: AccountStatus) -> AccountStatus:
    """The status that active holds demand; without one on everything, ``otherwise``."""
    demanded = {STATUS_OF_HOLD[kind] for kind in holds if kind in STATUS_OF_HOLD}
    return next((status for status in (S.FROZEN, S.DEBIT_FROZEN) if status in demanded), otherwise)


def check_hold(
    *, kind: HoldKind, amount: int | None, authority: str, instrument: str, officers: Sequence[str],
    starts: date, expires: date, latest: date,
) -> None:  # fmt: skip
    """A hold says who wants it, by which paper, for how much and until when; nothing in free text."""
    if (kind is HoldKind.AMOUNT) != (amount is not None):
        raise HoldMalformed(_("An amount belongs to a hold on an amount, and only to it."))
    if amount is not None and not 0 < amount < 2**62:
        raise HoldMalformed(_("The amount of a hold is more than nothing."))
    if not authority.strip() or not instrument.strip():
        raise HoldMalformed(_("A hold names its authority and the number of its instrument."))
    if authority != "bank" and len([name for name in officers if name.strip()]) < 1:
        raise HoldMalformed(_("A hold for an authority names the officers who brought it."))
    if expires <= starts:
        raise HoldMalformed(_("A hold ends after it starts."))
    if expires > latest:
        raise HoldMalformed(
            _("For this authority a hold may last until %(latest)s at most.") % {"latest": latest.isoformat()}
        )


def in_order(holds: Iterable[HoldView], balance: int) -> list[HoldView]:
    """Active holds in the order in which they came, each with what the balance still covers 轮候."""
    left, placed = max(balance, 0), []
    for place, hold in enumerate(sorted((h for h in holds if h.active), key=lambda h: h.id), start=1):
        covered = left if hold.amount is None else min(left, hold.amount)
        left -= covered
        placed.append(replace(hold, place=place, covered=covered))
    return placed


def reversal_kind(*, entry_date: date, today: date) -> ReversalKind:
    """The only kind that fits: 抹账 on the entry's own business date, 冲正 on a later one."""
    return ReversalKind.CANCEL if entry_date == today else ReversalKind.REVERSE


def reversal_style(*, entry_date: date, today: date) -> str:
    """How the correction shows (Art. 32 of the rule text; question bank).

    Of the same year: on the same side, in red (红字). Of an earlier year: on the other side, in blue
    (蓝字反方向), as the year's figures are closed.
    """
    return "same_side_red" if entry_date.year == today.year else "other_side_blue"
