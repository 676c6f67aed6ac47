"""Verbs on blank vouchers 重要空白凭证: each moves serials and the entry for them at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from psycopg import RawCursor

from counterpoint.kit import clock, journal
from counterpoint.kit.data import SYSTEM, Actor, ActorKind, Told, Why
from counterpoint.kit.keys import new_key
from counterpoint.kit.verbs import declare, tell, verb
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import Effect, Leg, Posting
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import queries_vouchers as queries
from counterpoint.vault import rules_vouchers as rules
from counterpoint.vault.data import BoxKind, BoxView
from counterpoint.vault.data_vouchers import (
    BOOKED,
    DIGITS_MAX,
    GL_CONTRA,
    GL_VALUABLES,
    GL_VOUCHERS,
    NotCustodian,
    NoVouchers,
    ReasonMissing,
    SecondPersonMissing,
    VoucherAct,
    VoucherKind,
    VoucherKindKnown,
    VoucherMalformed,
    VoucherMoveView,
    VoucherNotThere,
    VoucherRun,
    VoucherState,
)
from counterpoint.vault.effects_vouchers import Frame, Vouchers, decide_act
from counterpoint.vault.models_vouchers import VoucherKind as KindRow
from counterpoint.vault.models_vouchers import VoucherMove, VoucherStock
from counterpoint.vault.queries_hands import moves_of_day
from counterpoint.vault.services.boxes import box as box_view
from counterpoint.vault.services.separation import check_separation

_SAID = {
    VoucherAct.RECEIVE: ("received", "Forms came into a box 凭证入库."),
    VoucherAct.MOVE: ("moved", "Forms went from box to box 凭证调拨、领用."),
    VoucherAct.USE: ("used", "Forms were given out, lowest first 凭证使用."),
    VoucherAct.SKIP: ("skipped", "Numbers were passed over, with a reason 跳号."),
    VoucherAct.RESTORE: ("restored", "Passed-over numbers are in their place again 跳号恢复."),
    VoucherAct.VOID: ("voided", "Forms were made void 凭证作废."),
    VoucherAct.LOSE: ("lost", "Forms are not to be found 凭证遗失."),
    VoucherAct.FIND: ("found", "Lost forms were found 凭证找回."),
    VoucherAct.RETURN: ("returned", "Forms were handed in 凭证上缴."),
    VoucherAct.DESTROY: ("destroyed", "Void forms were destroyed by two people 凭证销毁."),
}
VERBS = {
    act: declare(f"vault.voucher.{name}", summary=summary, where=__name__)
    for act, (name, summary) in _SAID.items()
}
_SUMMARY = {
    VoucherAct.RECEIVE: "凭证入库", VoucherAct.MOVE: "凭证调拨", VoucherAct.USE: "凭证使用",
    VoucherAct.SKIP: "凭证跳号", VoucherAct.RESTORE: "跳号恢复", VoucherAct.VOID: "凭证作废",
    VoucherAct.LOSE: "凭证遗失", VoucherAct.FIND: "凭证找回", VoucherAct.RETURN: "凭证上缴",
    VoucherAct.DESTROY: "凭证销毁",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """What an act did: the numbers as printed, and its entry outside the balance sheet if it made one."""

    kind: VoucherKind
    first: str
    last: str
    count: int
    entry: int | None
    repeated: bool


KIND_CODE = re.compile(r"[a-z][a-z0-9_]{2,19}")


@verb("vault.voucher_kind.made")
def make_voucher_kind(
    *, code: str, name_zh: str, name_en: str, digits: int, by: Actor, prefix: str = "",
    unit: int | None = None, separated: bool = False, product: str = "", currency: str = "CNY",
) -> VoucherKind:  # fmt: skip
    """Set up a kind of form 凭证种类 for the whole bank. Without ``unit`` it is a blank one, booked at ¥1."""
    people.check_actor(by=by, duty=Duty.RULES_DRAFT, branch=by.branch or org.home())
    if not KIND_CODE.fullmatch(code):
        raise VoucherMalformed(_("A code is 3 to 20 small letters, digits and underscores."), field="code")
    if KindRow.objects.filter(code=code).exists():
        raise VoucherKindKnown(_("There is a kind with this code already."), field="code")
    if not 0 < digits <= DIGITS_MAX or (unit is not None and unit <= 0):
        raise VoucherMalformed(_("This number is too long for the form."), digits=digits)
    row = KindRow.objects.create(
        code=code, name_zh=name_zh, name_en=name_en, digits=digits, prefix=prefix, separated=separated,
        product=product, currency=currency, gl=GL_VOUCHERS if unit is None else GL_VALUABLES,
        unit_minor=unit or int(org.value(key="vouchers.unit_value", at=clock.today())),
    )  # fmt: skip
    tell(Told(subject=f"voucher_kind:{row.pk}", branch=org.home(), after={"code": code, "gl": row.gl}))
    return queries.kind_view(row)


def voucher_kinds() -> list[VoucherKind]:
    return queries.kinds()


def voucher_kind(*, code: str = "", product: str = "") -> VoucherKind | None:
    """The kind with this code, or what is given out with a product; ``None`` when there is none."""
    row = KindRow.objects.filter(**({"code": code} if code else {"product": product})).first()
    return queries.kind_view(row) if row is not None and (code or product) else None


def next_voucher(*, box: int, kind: VoucherKind) -> int:
    """The number that is to be given out next: the lowest in the box."""
    low = rules.lowest(queries.runs_of(box, kind.id), box)
    if low is None:
        raise NoVouchers(
            _("Your box has no forms of this kind."),
            why=Why(remedy=str(_("Draw some from the vault first."))), kind=kind.code,
        )  # fmt: skip
    return low


def receive_vouchers(
    *, kind: VoucherKind, first: int, last: int, box: int, by: Actor, second: Actor | None = None,
    reason: str = "", key: UUID | None = None,
) -> Done:  # fmt: skip
    """Take a delivery into a box 入库, by two people."""
    return _act(VoucherAct.RECEIVE, kind, first, last, 0, box, by, second, reason, key)


def move_vouchers(
    *, kind: VoucherKind, first: int, last: int, source: int, target: int, by: Actor,
    second: Actor | None = None, reason: str = "", key: UUID | None = None,
) -> Done:  # fmt: skip
    """From box to box 调拨: the lowest numbers; ``second`` receives them, here and now."""
    if source == target:
        raise VoucherMalformed(_("Both boxes are the same."), box=source)
    return _act(VoucherAct.MOVE, kind, first, last, source, target, by, second, reason, key)


def use_vouchers(
    *, kind: VoucherKind, first: int, box: int, by: Actor, count: int = 1, subject: str = "",
    key: UUID | None = None,
) -> Done:  # fmt: skip
    """Give forms out 使用: exactly the lowest of the box."""
    if count < 1:
        raise VoucherMalformed(_("That is no number of forms."), count=count)
    last = first + count - 1
    return _act(VoucherAct.USE, kind, first, last, box, box, by, None, "", key, subject=subject)


def change_vouchers(
    *, act: VoucherAct, kind: VoucherKind, first: int, last: int, box: int, by: Actor, reason: str,
    second: Actor | None = None, key: UUID | None = None,
) -> Done:  # fmt: skip
    """Skip, restore, void, lose, find, return or destroy forms of a box."""
    if act in (VoucherAct.RECEIVE, VoucherAct.MOVE, VoucherAct.USE):
        raise VoucherMalformed(_("This is done in another way."), act=str(act))
    return _act(act, kind, first, last, box, box, by, second, reason, key)


def _act(
    act: VoucherAct, kind: VoucherKind, first: int, last: int, source: int, target: int, by: Actor,
    second: Actor | None, reason: str, key: UUID | None, *, subject: str = "",
) -> Done:  # fmt: skip
    key = key or new_key()
    earlier = _earlier(key, kind)
    if earlier is not None:
        return earlier
    rules.span(first, last, kind.digits)
    into = box_view(target)
    out = box_view(source) if source else None
    _check_people(act, out or into, into, by, second, reason)
    payload = {
        "act": str(act), "kind": kind.id, "first": first, "last": last, "source": source, "target": target,
        "second": second.id if second else 0, "reason": reason.strip()[:200], "subject": subject,
    }  # fmt: skip
    # The entry, the serials and the check of 印押证 stand or fall together.
    with transaction.atomic():
        if kind.separated and rules.CONDUCT[act].target in BOOKED and into.custodian is not None:
            check_separation(person=into.custodian, branch=into.branch, adding_vouchers=True)
        legs = _legs(act, kind, first, last, out, into)
        if legs:
            entry = _post(act, kind, payload, legs, into, by, key, first, last)
        else:
            entry = None
            _quietly(act, payload, into, by, key)
    return Done(kind, kind.number(first), kind.number(last), last - first + 1, entry, False)


def _earlier(key: UUID, kind: VoucherKind) -> Done | None:
    """The same form sent twice does the act once."""
    row = VoucherMove.objects.filter(key=key).first()
    if row is None:
        return None
    first, last = row.serials.lower, row.serials.upper - 1
    posted = ledger.posted_by_key(key)
    entry = posted.entry if posted else None
    return Done(kind, kind.number(first), kind.number(last), last - first + 1, entry, True)


def _check_people(
    act: VoucherAct, source: BoxView, target: BoxView, by: Actor, second: Actor | None, reason: str
) -> None:
    """Who answers for the box acts; where two are needed, there are two; a reason where one is needed."""
    conduct = rules.CONDUCT[act]
    if conduct.reason and not reason.strip():
        raise ReasonMissing(_("Say why."), field="reason")
    if by.kind is ActorKind.SYSTEM:
        return
    _check_duty(by, source.branch)
    if not _keeps(source, by):
        raise NotCustodian(
            _("Only who answers for the box can do this."),
            why=Why(helper=people.person(source.custodian).name if source.custodian else ""),
        )
    if not conduct.second:
        return
    if second is None or second.id == by.id:
        raise SecondPersonMissing(
            _("Two people are needed for this."),
            why=Why(rule="vault.vouchers", remedy=str(_("A second person signs in at this screen."))),
        )
    if act is VoucherAct.MOVE and target.custodian not in (None, second.id, by.id):
        raise NotCustodian(
            _("Forms are received by who answers for the other box."),
            why=Why(helper=people.person(target.custodian).name if target.custodian else ""),
        )
    if act in (VoucherAct.MOVE, VoucherAct.RECEIVE):
        _check_duty(second, source.branch)
    else:
        people.check_may(person=second.id, duty=Duty.AUTHORIZE, branch=source.branch)


def _check_duty(who: Actor, branch: int) -> None:
    """Whoever handles cash, or authorizes those who do."""
    if not people.may(person=who.id, duty=Duty.AUTHORIZE, branch=branch).allowed:
        people.check_may(person=who.id, duty=Duty.CASH, branch=branch)


def _keeps(box: BoxView, by: Actor) -> bool:
    """The custodian; for a vault that nobody has claimed, whoever may authorize there."""
    if box.custodian is not None:
        return box.custodian == by.id
    return (
        box.kind is BoxKind.VAULT and people.may(person=by.id, duty=Duty.AUTHORIZE, branch=box.branch).allowed
    )


def stock_row(box: BoxView, kind: VoucherKind, by: Actor) -> VoucherStock:
    """The row of a kind in a box, with its own account; made when it is first needed."""
    row = VoucherStock.objects.filter(box=box.id, kind=kind.id).first()
    if row is not None:
        return row
    label = f"{box.number}/{kind.code}"
    account = ledger.internal_account(
        branch=box.branch, gl=kind.gl, currency=kind.currency, label=label, by=by
    )
    return VoucherStock.objects.get_or_create(
        box_id=box.id, kind_id=kind.id, defaults={"account_id": account}
    )[0]


def _legs(
    act: VoucherAct, kind: VoucherKind, first: int, last: int, out: BoxView | None, into: BoxView
) -> tuple[Leg, ...]:
    """What the act moves outside the balance sheet, as the ranges are seen now; the effect looks again."""
    count, conduct = last - first + 1, rules.CONDUCT[act]
    taken = count
    if out is not None:
        parts = rules.covered(queries.runs_of(out.id, kind.id), first, last)
        taken = rules.pieces(run for run in parts if run.state in conduct.sources)
    given = count if conduct.target in BOOKED else 0
    account = stock_row(into, kind, SYSTEM).account_id
    if act is VoucherAct.MOVE and out is not None:
        if out.branch != into.branch or not taken:
            raise VoucherNotThere(_("The boxes are of different branches, or the numbers are not there."))
        source = stock_row(out, kind, SYSTEM).account_id
        return (Leg(account, count * kind.unit), Leg(source, -count * kind.unit))
    change = given - (taken if out is not None else 0)
    if not change:
        return ()
    contra = ledger.internal_account(branch=into.branch, gl=GL_CONTRA, currency=kind.currency)
    return (Leg(account, change * kind.unit), Leg(contra, -change * kind.unit))


def _post(
    act: VoucherAct, kind: VoucherKind, payload: dict[str, Any], legs: tuple[Leg, ...], box: BoxView,
    by: Actor, key: UUID, first: int, last: int,
) -> int:  # fmt: skip
    numbers = kind.number(first) + (f"–{kind.number(last)}" if last > first else "")
    posted = ledger.post_within(
        Posting(
            key=key, verb=VERBS[act], branch=box.branch, business_date=org.business_day(box.branch).date,
            legs=legs, by=by, subject=payload["subject"] or f"box:{box.id}",
            summary=f"{_SUMMARY[act]} {kind.name_zh} {numbers}",
            effects=(Effect(Vouchers.name, payload),),
        )
    )  # fmt: skip
    return posted.entry


def _quietly(act: VoucherAct, payload: dict[str, Any], box: BoxView, by: Actor, key: UUID) -> None:
    """The same effect where nothing moves in the books: a void form is destroyed, a number is skipped."""
    effect, day = Vouchers(), org.business_day(box.branch).date
    effect.check(payload)
    cursor = RawCursor(connection.connection)

    def run(sql: str, parameters: Any) -> list[tuple[Any, ...]]:
        cursor.execute(sql.encode(), list(parameters))
        return cursor.fetchall() if cursor.description else []

    state = effect.read([run(*query) for query in effect.load([payload])], {})
    change = decide_act(state, payload, {}, Frame(key, box.branch, day, by.id))
    effect.fold(state, change)
    for query in effect.apply(state):
        run(*query)
    told = Told(
        subject=f"box:{box.id}", branch=box.branch, business_date=day,
        data={"vouchers": list(change.numbers), "kind": payload["kind"], "reason": payload["reason"],
              "second": payload["second"]},
    )  # fmt: skip
    journal.record(VERBS[act], told, by)


def voucher_account(*, box: int, kind: VoucherKind) -> int:
    """The account outside the balance sheet of one kind in one box."""
    return int(VoucherStock.objects.values_list("account_id", flat=True).get(box=box, kind=kind.id))


def voucher_runs(*, branch: int, box: int | None = None) -> list[VoucherRun]:
    """All ranges of a branch, or of one of its boxes."""
    where = Q(box__branch_id=branch) & (Q(box=box) if box is not None else Q())
    return queries.voucher_runs(where)


def voucher_register(*, branch: int, before: int | None = None, limit: int = 30) -> list[VoucherMoveView]:
    """Lines of the register 重要空白凭证登记簿, the newest first."""
    return queries.register(branch=branch, before=before, limit=limit)


def voucher_register_of_day(*, branch: int, day: date) -> list[VoucherMoveView]:
    """The lines of one day, in their order, as they are printed."""
    return moves_of_day(branch=branch, day=day)


def skipped_vouchers(*, branch: int) -> list[VoucherRun]:
    """Passed-over numbers that are neither put back nor void yet: they stop the day's close."""
    return queries.voucher_runs(Q(box__branch_id=branch), states=(VoucherState.SKIPPED,))
