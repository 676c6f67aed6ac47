"""How a difference ends 长短款处理: by entries of its own, in parts if need be, never against another one."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor, Told, Why
from counterpoint.kit.verbs import declare, tell, verb
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind, Effect, Leg, Posting
from counterpoint.org import services as org
from counterpoint.vault import queries_counts as queries
from counterpoint.vault.data import FacesDoNotSum, faces_sum
from counterpoint.vault.data_cash import DifferenceState
from counterpoint.vault.data_counts import DifferenceView, Resolution, ResolutionMalformed
from counterpoint.vault.data_vouchers import ReasonMissing
from counterpoint.vault.models_cash import Difference
from counterpoint.vault.rules import clean_faces
from counterpoint.vault.services.boxes import box as box_view
from counterpoint.vault.services.differences import (
    check_approver,
    check_handler,
    locked,
    tier_of,
    write_step,
)

CLEARED = declare("vault.difference.cleared", summary="A difference was cleared 长短款销账.", where=__name__)
#: What may become of a long one, and of a short one.
FITS = {
    True: (Resolution.FOUND, Resolution.RETURNED, Resolution.INCOME),
    False: (Resolution.FOUND, Resolution.MADE_GOOD, Resolution.EXPENSE),
}
RESULT_GL = {Resolution.INCOME: "6301", Resolution.EXPENSE: "6711"}
_SUMMARY = {
    Resolution.FOUND: "长短款找回", Resolution.RETURNED: "长款退还客户", Resolution.MADE_GOOD: "短款赔付",
    Resolution.INCOME: "长款转营业外收入", Resolution.EXPENSE: "短款转营业外支出",
}  # fmt: skip


@verb("vault.difference.resolved")
def resolve_difference(
    *, difference: int, how: Resolution, amount: int, note: str, by: Actor, approver: Actor | None, key: UUID,
    faces: Mapping[str, int] | None = None, box: int | None = None, account: int | None = None,
) -> DifferenceView:  # fmt: skip
    """Clear a difference or a part of it by an entry of its own 长短款销账.

    Cash comes into ``by``'s box (short) or leaves it (long) as ``faces``; or a customer's ``account`` takes
    the other side; income and expense need neither. At nothing remaining it is resolved.
    """
    row = locked(difference)
    check_handler(row, by)
    day = org.business_day(row.branch_id).date
    earlier = ledger.posted_by_key(key)
    if earlier is None or earlier.data.get("difference") != row.pk:
        _check(row, how, amount, note)
        tier = tier_of(how=str(how), amount=amount, at=day)
        check_approver(tier=tier, branch=row.branch_id, maker=by, approver=approver)
        sign = 1 if row.amount > 0 else -1
        other, effects = _other_side(row, how, amount, by, faces, box, account)
        posted = ledger.post_within(
            Posting(
                key=key, verb=CLEARED, branch=row.branch_id, business_date=day, by=by,
                legs=(Leg(_waits(row), sign * amount), Leg(other, -sign * amount, row.currency)),
                subject=f"difference:{row.pk}", summary=f"{_SUMMARY[how]} {row.number}", effects=effects,
                data={"difference": row.pk, "how": str(how), "approver": approver.id if approver else None},
            )
        )  # fmt: skip
        _reduce(row, sign * amount)
        write_step(
            row, by, approver, DifferenceState(row.state), amount=-sign * amount, entry=posted.entry,
            cause=str(how), note=note,
        )  # fmt: skip
    tell(
        Told(
            subject=f"difference:{row.pk}", branch=row.branch_id, business_date=day,
            data={"number": row.number, "how": str(how), "amount": amount, "remaining": row.remaining,
                  "again": earlier is not None, "approver": approver.id if approver else None},
        )
    )  # fmt: skip
    return queries.difference_view(row)


def _check(row: Difference, how: Resolution, amount: int, note: str) -> None:
    if how not in FITS[row.amount > 0]:
        raise ResolutionMalformed(_("A difference of this side does not end like that."), field="how")
    if type(amount) is not int or not 0 < amount <= abs(row.remaining):
        raise ResolutionMalformed(
            _("More than nothing, and no more than what remains."), field="amount", remaining=row.remaining
        )
    if not note.strip():
        raise ReasonMissing(_("Say why."), field="note")


def _waits(row: Difference) -> int:
    """The account on which the difference waits: the other side of the entry that booked it."""
    return next(leg.account for leg in ledger.entry(row.entry).legs if leg.account != row.box.account_id)


def _reduce(row: Difference, amount: int) -> None:
    row.remaining -= amount
    row.state = (DifferenceState.EXPLAINED if row.remaining else DifferenceState.RESOLVED).value
    Difference.objects.filter(pk=row.pk).update(remaining=row.remaining, state=row.state)


def _other_side(
    row: Difference, how: Resolution, amount: int, by: Actor, faces: Mapping[str, int] | None,
    box: int | None, account: int | None,
) -> tuple[int, tuple[Effect, ...]]:  # fmt: skip
    if (gl := RESULT_GL.get(how)) is not None:
        if faces or account is not None:
            raise ResolutionMalformed(_("Income and expense move no cash and no account."), field="how")
        return ledger.internal_account(
            branch=row.branch_id, gl=gl, currency=row.currency, label="", by=by
        ), ()
    if bool(faces) == (account is not None):
        raise ResolutionMalformed(
            _("Say either which notes move, or which account."), field="account",
            why=Why(remedy=str(_("Enter the faces, or the number of the account."))),
        )  # fmt: skip
    if account is not None:
        if ledger.account(account).kind is AccountKind.INTERNAL:
            raise ResolutionMalformed(_("This is not a customer's account."), field="account")
        return account, ()
    return _cash(row, amount, by, faces or {}, box)


def _cash(
    row: Difference, amount: int, by: Actor, faces: Mapping[str, int], box: int | None
) -> tuple[int, tuple[Effect, ...]]:
    view = box_view(box if box is not None else row.box_id)
    clean = clean_faces(faces, row.currency)
    if any(pieces < 0 for pieces in clean.values()) or faces_sum(clean) != amount:
        raise FacesDoNotSum(
            _("The faces do not add up to the amount."), counted=faces_sum(clean), expected=amount
        )
    if view.currency != row.currency or view.branch != row.branch_id:
        raise ResolutionMalformed(_("The cash moves in a box of the same branch."), field="box")
    sign = -1 if row.amount > 0 else 1
    moved = {face: sign * pieces for face, pieces in clean.items()}
    return view.account, (Effect("vault.faces", {"box": view.id, "faces": moved, "person": by.id}),)
