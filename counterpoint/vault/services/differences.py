"""Cash differences 长短款: each a case of its own, never netted, booked so that the stock is as counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor, Told, Why
from counterpoint.kit.keys import key_from
from counterpoint.kit.verbs import declare, tell, verb
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import Effect, Leg, Posted, Posting
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import WHOLE_BANK, Duty
from counterpoint.vault import queries_counts as queries
from counterpoint.vault.data import face_value
from counterpoint.vault.data_cash import DifferenceState
from counterpoint.vault.data_counts import (
    ApproverMissing,
    CashCountView,
    Cause,
    CountAgrees,
    CountOutdated,
    DifferenceBooked,
    DifferenceResolved,
    DifferenceStepView,
    DifferenceView,
    UnknownDifference,
)
from counterpoint.vault.data_vouchers import CountMoment, ReasonMissing
from counterpoint.vault.models import Stock
from counterpoint.vault.models_cash import Difference, DifferenceStep
from counterpoint.vault.rules import as_faces
from counterpoint.vault.services.boxes import box as box_view
from counterpoint.vault.services.counts import cash_count
from counterpoint.vault.services.freezes import unfreeze_box
from counterpoint.vault.services.numbers import take_number

BOOKED = declare("vault.difference.booked", summary="A difference was booked 长短款挂账.", where=__name__)
CORRECTED = declare("vault.faces.exchanged", summary="Faces were put right 券别更正.", where=__name__)
#: The internal accounts on which differences wait, by subject.
LABELS = {"2241": "待处理出纳长款", "1221": "待处理出纳短款"}
OPEN = Q(state__in=[DifferenceState.OPEN.value, DifferenceState.EXPLAINED.value])


def difference(id: int) -> DifferenceView:
    """The difference with this id."""
    found = queries.differences(Q(pk=id))
    if not found:
        raise UnknownDifference(_("There is no such difference."), difference=id)
    return found[0]


def difference_of(*, count: int) -> DifferenceView | None:
    """The case that a count became."""
    return next(iter(queries.differences(Q(count=count))), None)


def differences_of(
    *, branch: int, open_only: bool = False, before: int | None = None
) -> list[DifferenceView]:
    """The differences of a branch, the newest first, a page at a time."""
    return queries.differences(Q(branch_id=branch) & (OPEN if open_only else Q()), before=before)


def difference_steps(*, difference: int) -> list[DifferenceStepView]:
    return queries.steps_of(difference)


def _key(count: int) -> UUID:
    return key_from(f"count:{count}", owner="vault.difference")


def settlement_of(count: CashCountView) -> Posted | None:
    """The entry that made the stock equal to this count, if it differed and was settled."""
    return None if count.agrees else ledger.posted_by_key(_key(count.id))


def still_holds(count: CashCountView, version: int) -> bool:
    """Is the box as it was counted: nothing moved since, or only what settled this count?"""
    if count.agrees:
        return count.version == version
    settled = ledger.posted_by_key(_key(count.id))
    return settled is not None and version == _last_version(settled, count.account)


def _last_version(posted: Posted, account: int) -> int:
    return max(int(leg[2]) for leg in posted.data["legs"] if leg[0] == account)


def approver_tier(*, count: CashCountView) -> tuple[str, str]:
    """The subject a difference is booked to, and who approves it, by the dated rule."""
    if not count.difference:
        return "", tier_of(how="faces", amount=0, at=count.date)
    facts = {"sign": "over" if count.difference > 0 else "short", "amount_minor": abs(count.difference)}
    outcome = org.decide(table="vault.difference", facts=facts, at=count.date).outcome
    return str(outcome["gl"]), str(outcome["approver"])


def tier_of(*, how: str, amount: int, at: date) -> str:
    facts = {"how": how, "amount_minor": amount}
    return str(org.decide(table="vault.difference_resolution", facts=facts, at=at).outcome["approver"])


def approving_unit(*, tier: str, branch: int) -> int:
    """Where the approver's authority must reach: the branch itself, or the unit above it."""
    return branch if tier == "branch_head" else org.branch(branch).parent or WHOLE_BANK


def check_approver(*, tier: str, branch: int, maker: Actor, approver: Actor | None) -> None:
    """The approver may authorize there, and is not the maker."""
    rule = "vault.difference"
    if approver is None or approver.id == maker.id:
        remedy = str(_("Somebody who may approve it signs in at this screen."))
        raise ApproverMissing(
            _("A second person must approve this."), why=Why(rule=rule, remedy=remedy), field="second_number"
        )
    people.check_may(person=approver.id, duty=Duty.AUTHORIZE, branch=approving_unit(tier=tier, branch=branch))


@verb("vault.difference.opened")
def open_difference(*, count: int, by: Actor, approver: Actor | None, note: str = "") -> DifferenceView:
    """Make a case of a count that differs, and book it 长短款挂账: long to payables, short to receivables."""
    seen = _settleable(count, by)
    if not seen.difference:
        raise CountAgrees(
            _("The sum agrees; only the faces differ."), why=Why(remedy=str(_("Put the faces right.")))
        )
    gl, tier = approver_tier(count=seen)
    check_approver(tier=tier, branch=seen.branch, maker=by, approver=approver)
    waits = ledger.internal_account(
        branch=seen.branch, gl=gl, currency=seen.currency, label=LABELS.get(gl, gl), by=by
    )
    legs = (Leg(seen.account, seen.difference), Leg(waits, -seen.difference))
    summary = "出纳长款挂账" if seen.difference > 0 else "出纳短款挂账"
    posted = _post(seen, BOOKED, legs, summary, by, approver)
    row = Difference.objects.create(
        number=take_number("CD", Difference, seen.branch, seen.date), box_id=seen.box, branch_id=seen.branch,
        business_date=seen.date, count_id=seen.id, person_id=seen.person, currency=seen.currency,
        amount=seen.difference, faces=seen.off, entry=posted.entry, remaining=seen.difference,
    )  # fmt: skip
    write_step(row, by, approver, DifferenceState.OPEN, amount=seen.difference, entry=posted.entry, note=note)
    tell(
        Told(
            subject=f"difference:{row.pk}", branch=seen.branch, business_date=seen.date,
            data={"number": row.number, "count": seen.id, "amount": seen.difference, "entry": posted.entry,
                  "approver": approver.id if approver else None},
        )
    )  # fmt: skip
    return difference(row.pk)


@verb("vault.faces.corrected")
def correct_faces(*, count: int, by: Actor, approver: Actor | None, note: str = "") -> int:
    """Put the faces of a box right where the sum agrees 券别串把更正; returns the entry.

    Two legs on the box's own account, in and out: the money stays, the notes change.
    """
    seen = _settleable(count, by)
    if seen.difference:
        raise CountAgrees(_("The sum differs too."), why=Why(remedy=str(_("Make a case of it."))))
    tier = tier_of(how="faces", amount=0, at=seen.date)
    check_approver(tier=tier, branch=seen.branch, maker=by, approver=approver)
    worth = sum(face_value(face) * pieces for face, pieces in seen.off.items() if pieces > 0)
    legs = (Leg(seen.account, worth), Leg(seen.account, -worth))
    posted = _post(seen, CORRECTED, legs, "券别更正", by, approver)
    tell(
        Told(
            subject=f"box:{seen.box}", branch=seen.branch, business_date=seen.date,
            data={"count": seen.id, "faces": seen.off, "entry": posted.entry, "note": note.strip()[:500],
                  "approver": approver.id if approver else None},
        )
    )  # fmt: skip
    return posted.entry


def _settleable(id: int, by: Actor) -> CashCountView:
    """The count, if it differs, is the last of its box, and is not settled; locked in the engine's order."""
    seen = cash_count(id)
    if seen.agrees:
        raise CountAgrees(_("This count agrees with the books."))
    if by.id not in (seen.person, seen.second, box_view(seen.box).custodian):
        people.check_actor(by=by, duty=Duty.AUTHORIZE, branch=seen.branch)
    if settlement_of(seen) is not None:
        raise DifferenceBooked(_("This count has been settled already."), count=id)
    last = queries.counts(Q(box=seen.box), limit=1)[0]
    if last.id != seen.id:
        raise CountOutdated(_("The box was counted again since."), count=last.id)
    version = ledger.lock_accounts([seen.account])[seen.account]
    if version != seen.version or org.business_day(seen.branch).date != seen.date:
        raise CountOutdated(
            _("Something moved in the box since it was counted."),
            why=Why(remedy=str(_("Count it again."))), counted=seen.version, now=version,
        )  # fmt: skip
    return seen


def _post(
    seen: CashCountView, name: str, legs: tuple[Leg, ...], summary: str, by: Actor, approver: Actor | None
) -> Posted:  # fmt: skip
    if seen.moment is CountMoment.SURPRISE:
        unfreeze_box(box=seen.box, by=by)
    payload: dict[str, Any] = {"box": seen.box, "faces": seen.off, "counted": seen.id, **_set_aside(seen)}
    return ledger.post_within(
        Posting(
            key=_key(seen.id), verb=name, branch=seen.branch, business_date=seen.date, legs=legs, by=by,
            subject=f"box:{seen.box}", summary=summary,
            data={"count": seen.id, "approver": approver.id if approver else None},
            effects=(Effect("vault.faces", payload),),
        )
    )  # fmt: skip


def _set_aside(seen: CashCountView) -> dict[str, dict[str, int]]:
    """What must leave the unfit and damaged pieces because fewer of the face are there at all."""
    row = Stock.objects.get(pk=seen.box)
    left: dict[str, dict[str, int]] = {}
    over = {
        face: max(0, pieces - seen.faces.get(face, 0))
        for face, pieces in _sum(as_faces(row.unfit, seen.currency), as_faces(row.damaged, seen.currency))
    }
    for name, pieces in (("damaged", row.damaged), ("unfit", row.unfit)):
        for face, held in as_faces(pieces, seen.currency).items():
            taken = min(held, over[face])
            over[face] -= taken
            if taken:
                left.setdefault(name, {})[face] = -taken
    return left


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(face, pieces + other[face]) for face, pieces in one.items()]


def write_step(
    row: Difference, by: Actor, second: Actor | None, state: DifferenceState, *, amount: int = 0,
    entry: int | None = None, cause: str = "", note: str = "",
) -> None:  # fmt: skip
    DifferenceStep.objects.create(
        difference=row, person_id=by.id, second_id=second.id if second else None, state=state, cause=cause,
        amount=amount, entry=entry, note=note.strip()[:500],
    )  # fmt: skip


def locked(id: int) -> Difference:
    """The case's row, locked; refused when it has ended."""
    row = (
        Difference.objects.select_for_update(no_key=True, of=("self",))
        .select_related("box").filter(pk=id).first()
    )  # fmt: skip
    if row is None:
        raise UnknownDifference(_("There is no such difference."), difference=id)
    if row.state == DifferenceState.RESOLVED:
        raise DifferenceResolved(_("This difference is resolved."), difference=id)
    return row


@verb("vault.difference.explained")
def explain_difference(
    *, difference: int, cause: Cause, note: str, by: Actor, entry: int | None = None
) -> DifferenceView:
    """Write down what was found 查明原因, with the entry that shows it. The money stays where it waits."""
    row = locked(difference)
    check_handler(row, by)
    if not note.strip():
        raise ReasonMissing(_("Say what was found."), field="note")
    if entry is not None:
        ledger.entry(entry)
    Difference.objects.filter(pk=row.pk).update(state=DifferenceState.EXPLAINED)
    write_step(row, by, None, DifferenceState.EXPLAINED, entry=entry, cause=str(cause), note=note)
    tell(
        Told(
            subject=f"difference:{row.pk}", branch=row.branch_id,
            data={"number": row.number, "cause": str(cause), "entry": entry},
        )
    )  # fmt: skip
    return queries.difference_view(Difference.objects.select_related("box").get(pk=row.pk))


def check_handler(row: Difference, by: Actor) -> None:
    """Whoever counted it, or who handles cash or authorizes at the branch."""
    if by.id != row.person_id and not people.may(person=by.id, duty=Duty.AUTHORIZE, branch=row.branch_id):
        people.check_actor(by=by, duty=Duty.CASH, branch=row.branch_id)
