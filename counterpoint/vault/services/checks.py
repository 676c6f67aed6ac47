"""Surprise checks 查库: two named people, the box frozen, a blind count, and a result that never changes."""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.ledger import services as ledger
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import queries_counts as queries
from counterpoint.vault.data import BoxView
from counterpoint.vault.data_cash import CheckState
from counterpoint.vault.data_counts import (
    CashCountView,
    CheckEnded,
    CheckOpen,
    CheckPeople,
    CheckView,
    UnknownCheck,
)
from counterpoint.vault.data_vouchers import CountMoment, ReasonMissing
from counterpoint.vault.models_cases import SurpriseCheck
from counterpoint.vault.services.boxes import box as box_view
from counterpoint.vault.services.boxes import boxes_of
from counterpoint.vault.services.counts import Typed, may_count, write_count
from counterpoint.vault.services.freezes import freeze_box, unfreeze_box
from counterpoint.vault.services.numbers import take_number

OPEN = (CheckState.PLANNED.value, CheckState.STARTED.value)
PLANNERS = (Duty.AUTHORIZE, Duty.AUDIT)


def surprise_check(id: int, *, viewer: int | None = None) -> CheckView:
    """The check; one that is planned is none for the custodian of its box."""
    found = queries.checks(Q(pk=id))
    if not found or (viewer is not None and not _visible(found[0], viewer)):
        raise UnknownCheck(_("There is no such check."), check=id)
    return found[0]


def checks_of(*, branch: int, viewer: int, before: int | None = None) -> list[CheckView]:
    """The checks of a branch that ``viewer`` may know of, the newest first, a page at a time."""
    hidden = {box.id for box in boxes_of(branch=branch) if box.custodian == viewer}
    planned = Q(state=CheckState.PLANNED.value, box__in=hidden)
    return queries.checks(Q(branch_id=branch) & ~planned, before=before)


def _visible(check: CheckView, viewer: int) -> bool:
    return check.state is not CheckState.PLANNED or box_view(check.box).custodian != viewer


def open_checks(*, branch: int, date: date) -> list[CheckView]:
    """Checks that are under way, or were planned for this day or an earlier one and not made."""
    return queries.checks(Q(branch_id=branch, state__in=OPEN, planned_for__lte=date))


def check_of(*, count: int) -> CheckView | None:
    """The check whose result a count is."""
    return next(iter(queries.checks(Q(count=count))), None)


def overdue_boxes(*, branch: int, date: date) -> list[tuple[BoxView, date | None]]:
    """Boxes that were not checked for longer than the rule allows, with the day of their last check."""
    days = int(org.value(key="vault.surprise_check_days", at=date))
    last = dict(
        SurpriseCheck.objects.filter(branch_id=branch, state=CheckState.FINISHED.value)
        .values("box").annotate(day=Max("planned_for")).values_list("box", "day")
    )  # fmt: skip
    since = date - timedelta(days=days)
    return [
        (box, last.get(box.id)) for box in boxes_of(branch=branch)
        if box.id not in last or last[box.id] < since
    ]  # fmt: skip


@verb("vault.check.planned")
def plan_check(
    *, box: int, day: date, inspector: int, witness: int, by: Actor, reason: str = ""
) -> CheckView:  # fmt: skip
    """Plan a surprise check 查库计划. The custodian sees nothing of it before it begins."""
    view = box_view(box)
    _check_planner(by, view.branch)
    check_people(view, inspector, witness)
    row = _plan(view, day, inspector, witness, by, reason, drawn=False)
    tell(_told(row, planned=str(day), inspector=inspector, witness=witness))
    return surprise_check(row.pk)


@verb("vault.check.drawn")
def draw_check(
    *, branch: int, day: date, inspector: int, witness: int, by: Actor, seed: str = "", reason: str = ""
) -> CheckView:
    """Draw the box by lot 随机抽查. Seed and candidates stand in the event: anyone can draw again."""
    _check_planner(by, branch)
    taken = set(SurpriseCheck.objects.filter(branch_id=branch, state__in=OPEN).values_list("box", flat=True))
    candidates = [
        box for box in boxes_of(branch=branch)
        if box.id not in taken and box.custodian not in (inspector, witness)
    ]  # fmt: skip
    if not candidates:
        raise CheckPeople(
            _("No box is left that these two could check."),
            why=Why(rule="vault.count_people", remedy=str(_("Name other people."))),
        )
    seed = seed.strip()[:64] or secrets.token_hex(8)
    view = drawn(seed, candidates)
    check_people(view, inspector, witness)
    row = _plan(view, day, inspector, witness, by, reason, drawn=True)
    told = {"seed": seed, "candidates": [box.number for box in candidates], "planned": str(day)}
    tell(_told(row, inspector=inspector, witness=witness, **told))
    return surprise_check(row.pk)


def drawn(seed: str, candidates: Sequence[BoxView]) -> BoxView:
    """The same seed and the same boxes give the same box."""
    ordered = sorted(candidates, key=lambda box: box.number)
    return random.Random(seed).choice(ordered)  # noqa: S311  (fair and repeatable, not secret)


def _plan(
    view: BoxView, day: date, inspector: int, witness: int, by: Actor, reason: str, *, drawn: bool
) -> SurpriseCheck:
    today = org.business_day(view.branch).date
    if day < today:
        raise CheckPeople(_("A check is planned for today or later."), field="day")
    try:
        with transaction.atomic():
            return SurpriseCheck.objects.create(
                number=take_number("CK", SurpriseCheck, view.branch, today), box_id=view.id,
                branch_id=view.branch, planned_for=day, random=drawn, reason=reason.strip()[:200],
                planner_id=by.id, inspector_id=inspector, witness_id=witness,
            )  # fmt: skip
    except IntegrityError as error:
        raise CheckOpen(_("This box has a check that is not finished.")) from error


def _check_planner(by: Actor, branch: int) -> None:
    if not any(people.may(person=by.id, duty=duty, branch=branch) for duty in PLANNERS):
        people.check_actor(by=by, duty=Duty.AUTHORIZE, branch=branch)


def check_people(view: BoxView, inspector: int, witness: int) -> None:
    """Two people, neither of them the custodian, and both may look into boxes."""
    why = Why(rule="vault.count_people", remedy=str(_("Name other people.")))
    if inspector == witness:
        raise CheckPeople(_("A check takes two people."), why=why, field="witness")
    if view.custodian in (inspector, witness):
        raise CheckPeople(_("Nobody checks a box in their own custody."), why=why, field="inspector")
    for one in (inspector, witness):
        if not may_count(one, view.branch):
            people.check_may(person=one, duty=Duty.CASH, branch=view.branch)


def _locked(id: int, *states: CheckState) -> SurpriseCheck:
    row = (
        SurpriseCheck.objects.select_for_update(no_key=True, of=("self",))
        .select_related("box").filter(pk=id).first()
    )  # fmt: skip
    if row is None:
        raise UnknownCheck(_("There is no such check."), check=id)
    if row.state not in states:
        raise CheckEnded(
            _("This check has ended; its result does not change.")
            if row.state in (CheckState.FINISHED, CheckState.CANCELLED)
            else _("This check has not come to that."), state=row.state,
        )  # fmt: skip
    return row


def _told(row: SurpriseCheck, **data: object) -> Told:
    # Only the two hear of it: a signal to the branch would wake the custodian's screen.
    channels = (f"person:{row.inspector_id}", f"person:{row.witness_id}")
    return Told(
        subject=f"check:{row.pk}", branch=row.branch_id, data={"number": row.number, **data},
        channels=channels,
    )  # fmt: skip


@verb("vault.check.started")
def start_check(*, check: int, by: Actor) -> CheckView:
    """Begin 开始查库: from now on nothing moves in the box."""
    row = _locked(check, CheckState.PLANNED)
    _check_named(row, by)
    view = box_view(row.box_id)
    check_people(view, row.inspector_id, row.witness_id)
    if row.planned_for > org.business_day(row.branch_id).date:
        raise CheckPeople(_("This check is planned for a later day."), field="day")
    # The posting engine locks the account first; so does everybody.
    ledger.lock_accounts([view.account])
    freeze_box(box=row.box_id, reason=row.number, by=by)
    SurpriseCheck.objects.filter(pk=row.pk).update(state=CheckState.STARTED.value, started=Now())
    tell(_told(row, box=row.box_id, custodian=view.custodian))
    return surprise_check(row.pk)


def _check_named(row: SurpriseCheck, by: Actor) -> None:
    if by.id not in (row.inspector_id, row.witness_id):
        raise CheckPeople(_("Only the two named people make this check."), why=Why(rule="vault.count_people"))


@verb("vault.check.finished")
def finish_check(
    *, check: int, typed: Typed, by: Actor, witness: Actor, custodian: Actor | None = None, remarks: str = ""
) -> CheckView:
    """Keep the count as the result 查库完成 and set the box free, unless it differs.

    ``witness`` and ``custodian`` have proved that they are here. A box whose count differs stays frozen
    until the difference is a case: then the stock is what was counted.
    """
    row = _locked(check, CheckState.STARTED)
    _check_named(row, by)
    view = box_view(row.box_id)
    if {by.id, witness.id} != {row.inspector_id, row.witness_id}:
        raise CheckPeople(_("Both named people sign."), field="second_number")
    check_people(view, row.inspector_id, row.witness_id)
    if view.custodian is not None and (custodian is None or custodian.id != view.custodian):
        raise CheckPeople(
            _("The custodian watches the check and signs."),
            why=Why(helper=people.person(view.custodian).name), field="custodian_number",
        )  # fmt: skip
    day = org.business_day(row.branch_id).date
    count = _count(view, typed, day, by, witness)
    SurpriseCheck.objects.filter(pk=row.pk).update(
        state=CheckState.FINISHED.value, ended=Now(), count=count.id, remarks=remarks.strip()[:500]
    )
    if count.agrees:
        unfreeze_box(box=row.box_id, by=by)
    tell(
        _told(row, count=count.id, agrees=count.agrees, witness=witness.id,
              custodian=custodian.id if custodian else None)
    )  # fmt: skip
    return surprise_check(row.pk)


def _count(view: BoxView, typed: Typed, day: date, by: Actor, witness: Actor) -> CashCountView:
    made, _again = write_count(
        view=view, moment=CountMoment.SURPRISE, typed=typed, day=day, by=by, second=witness
    )
    return made


@verb("vault.check.cancelled")
def cancel_check(*, check: int, reason: str, by: Actor) -> CheckView:
    """Give a check up 取消查库, with a reason, before it has a result; a frozen box is free again."""
    row = _locked(check, CheckState.PLANNED, CheckState.STARTED)
    if by.id not in (row.inspector_id, row.witness_id):
        _check_planner(by, row.branch_id)
    if not reason.strip():
        raise ReasonMissing(_("Say why."), field="reason")
    if row.state == CheckState.STARTED:
        ledger.lock_accounts([row.box.account_id])
        unfreeze_box(box=row.box_id, by=by)
    SurpriseCheck.objects.filter(pk=row.pk).update(
        state=CheckState.CANCELLED.value, ended=Now(), remarks=reason.strip()[:500]
    )
    tell(_told(row, reason=reason.strip()[:500]))
    return surprise_check(row.pk)
