"""What becomes of seized money: appraisal 鉴定, payment where it was true, hand-in 解缴 where it was not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor, Told, Why
from counterpoint.kit.keys import new_key
from counterpoint.kit.states import MoveRefused
from counterpoint.kit.verbs import declare, tell, verb
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import Effect, Leg, Posting
from counterpoint.org import services as org
from counterpoint.vault import queries_cases as queries
from counterpoint.vault import rules_cases as rules
from counterpoint.vault.data import face_value
from counterpoint.vault.data_cases import (
    AppraisalStillPossible,
    AppraisalTooLate,
    CaseStep,
    CaseView,
    Clock,
    CounterfeitMalformed,
    CounterfeitNoteView,
    NothingToHandIn,
)
from counterpoint.vault.data_cash import CounterfeitState
from counterpoint.vault.models_cases import CounterfeitCase, CounterfeitStep
from counterpoint.vault.services.boxes import box_of
from counterpoint.vault.services.counterfeits import counterfeit_case as case_view
from counterpoint.vault.services.counterfeits import locked, note_step, say
from counterpoint.vault.services.damaged import check_two, payout

PAID = declare(
    "vault.counterfeit.paid", summary="A holder was paid for notes that were money after all 真币退付.",
    where=__name__,
)  # fmt: skip
#: The account of stamped notes that are money: the central bank pays for them as for damaged ones.
LABEL = "真币待兑"
BATCH_MAX = 200


def counterfeit_clocks(*, case: CaseView, at: date) -> list[Clock]:
    """The terms of a case on working days: until when, whether met, whether late."""
    applied = next((one for one in case.steps if one.state is CounterfeitState.APPRAISING), None)
    open_states = (CounterfeitState.SEIZED, CounterfeitState.APPRAISING, CounterfeitState.FOUND_FALSE)
    found = [
        _clock("appraisal", case.appraisal_until, "cash.counterfeit_appraisal_days", applied is not None, at)
    ]
    if applied is not None and case.appraised_until is not None:
        concluded = case.state not in (CounterfeitState.SEIZED, CounterfeitState.APPRAISING)
        days = int(org.value(key="cash.counterfeit_appraisal_notify", at=case.business_date))
        notice = org.add_working_days(timezone.localtime(applied.at).date(), days)
        told = case.step(CaseStep.NOTIFIED) is not None
        found += [
            _clock("notify", notice, "cash.counterfeit_appraisal_notify", told, at, unverified=True),
            _clock("conclude", case.appraised_until, "cash.counterfeit_appraisal_conclude", concluded, at,
                   unverified=True),
        ]  # fmt: skip
    given = case.state not in open_states
    found.append(
        _clock("hand_in", case.surrender_until, "cash.counterfeit_hand_in", given, at, unverified=True)
    )
    months = int(org.value(key="cash.counterfeit_video_months", at=case.business_date))
    until = rules.months_later(case.business_date, months)
    found.append(Clock("video", until, "cash.counterfeit_video_months", done=at > until))
    return found


def _clock(key: str, until: date, rule: str, done: bool, at: date, *, unverified: bool = False) -> Clock:
    # Whoever does not apply in time has lost nothing that the branch owes: only its own terms run late.
    late = not done and at > until and key != "appraisal"
    return Clock(key, until, rule, done, late, unverified)


@verb("vault.counterfeit.appraisal_applied")
def apply_for_appraisal(*, case: int, appraiser: str, by: Actor) -> CaseView:
    """The holder doubts and applies in time 申请鉴定; the money goes to an appraiser with a clock."""
    row = locked(case, by)
    _check(row, CounterfeitState.APPRAISING)
    today = org.business_day(row.branch_id).date
    if today > row.appraisal_until:
        raise AppraisalTooLate(
            format_lazy(_("The time to apply ended on {day}."), day=row.appraisal_until.isoformat()),
            why=Why(rule="cash.counterfeit_appraisal_days", source="令〔2019〕3号"),
        )
    who = appraiser.strip()
    if not who or len(who) > 120 or "\0" in who:
        raise CounterfeitMalformed(_("Name the appraiser."), field="appraiser")
    days = int(org.value(key="cash.counterfeit_appraisal_conclude", at=today))
    row.appraiser, row.appraised_until = who, org.add_working_days(today, days)
    row.save(update_fields=["appraiser", "appraised_until"])
    return _move(row, CounterfeitState.APPRAISING, by, who)


@verb("vault.counterfeit.notified")
def notify_appraisal(*, case: int, by: Actor) -> CaseView:
    """Say that the notice of the appraisal was given 鉴定通知."""
    row = locked(case, by)
    if row.state != CounterfeitState.APPRAISING:
        raise MoveRefused(_("Nothing is under appraisal here."), state=row.state)
    note_step(row, by, CaseStep.NOTIFIED, "")
    say(row, {"notified": True})
    return case_view(row.pk)


@verb("vault.counterfeit.appraised")
def conclude_appraisal(
    *, case: int, genuine: Sequence[int], by: Actor, second: Actor, key: UUID | None = None,
    faces: Mapping[str, int] | None = None, note: str = "",
) -> CaseView:  # fmt: skip
    """What the appraiser found 鉴定结论: ``genuine`` are the notes that are money; the others are false.

    RMB notes that are money are paid at face from the box of ``by``; coins and foreign money are given
    back from their bag, as the dated rule says.
    """
    row = locked(case, by)
    check_two(by, second, row.branch_id)
    seen = case_view(row.pk)
    chosen = [one for one in seen.notes if one.id in set(genuine)]
    if len(chosen) != len(set(genuine)):
        raise CounterfeitMalformed(_("These notes are not of this case."), field="genuine")
    if len(note) > 400 or "\0" in note:
        raise CounterfeitMalformed(format_lazy(_("At most {n} letters."), n=400), field="note")
    end = CounterfeitState.FOUND_TRUE if len(chosen) == len(seen.notes) else CounterfeitState.FOUND_FALSE
    _check(row, end)
    paid = _pay(row, chosen, by, second, key or new_key(), faces)
    row.state = end
    if chosen:
        note_step(row, by, CaseStep.GENUINE, ",".join(str(one.id) for one in chosen))
    if paid is not None:
        note_step(row, by, CaseStep.PAID, str(paid))
    return _move(row, end, by, note.strip(), {"genuine": len(chosen), "second": second.id, "entry": paid})


def _pay(
    row: CounterfeitCase, chosen: Sequence[CounterfeitNoteView], by: Actor, second: Actor, key: UUID,
    faces: Mapping[str, int] | None,
) -> int | None:  # fmt: skip
    """Pay at face what the rule pays: onto a receivable, as the stamped notes go to the central bank."""
    day = org.business_day(row.branch_id).date
    sums: dict[str, int] = {}
    for one in chosen:
        says = org.decide(table="cash.counterfeit_found_true", facts={"kind": str(one.kind)}, at=day).outcome
        if says["pay"]:
            gl = str(says["gl"])
            sums[gl] = sums.get(gl, 0) + face_value(one.face) * one.pieces
    if not sums:
        return None
    box, amount = box_of(person=by.id), sum(sums.values())
    out = payout(box=box, amount=amount, faces=faces)
    legs = [
        Leg(
            ledger.internal_account(branch=box.branch, gl=gl, currency=box.currency, label=LABEL, by=by),
            worth,
        )
        for gl, worth in sums.items()
    ]
    moved = {"box": box.id, "person": by.id, "faces": {face: -n for face, n in out.items()}}
    posted = ledger.post_within(
        Posting(
            key=key, verb=PAID, branch=box.branch, business_date=day,
            legs=(*legs, Leg(box.account, -amount)), by=by, subject=f"counterfeit:{row.pk}",
            summary="真币退付", data={"number": row.number, "second": second.id},
            effects=(Effect("vault.faces", moved),),
        )
    )  # fmt: skip
    return posted.entry


def due_for_hand_in(*, branch: int, at: date) -> list[CaseView]:
    """Cases that can be handed in: found false, or seized and past the time to apply."""
    free = Q(state=CounterfeitState.FOUND_FALSE)
    free |= Q(state=CounterfeitState.SEIZED, appraisal_until__lt=at)
    return queries.cases(Q(branch_id=branch) & free, limit=BATCH_MAX)


@verb("vault.counterfeit.surrendered")
def surrender_counterfeits(*, cases: Sequence[int], by: Actor, second: Actor) -> str:
    """Hand cases in to the central bank, two people 假币解缴. Returns the number of the batch."""
    branch = by.branch or 0
    check_two(by, second, branch)
    day = org.business_day(branch).date
    ids = sorted(set(cases))
    if not 0 < len(ids) <= BATCH_MAX:
        raise NothingToHandIn(_("Choose at least one case."))
    stem = f"JK{branch:04d}-{day:%Y%m%d}-"
    queries.lock_number(stem)
    taken = CounterfeitStep.objects.filter(what=CaseStep.BATCH, note__startswith=stem)
    number = f"{stem}{taken.values('note').distinct().count() + 1:03d}"
    for id in ids:
        row = locked(id, by)
        _check(row, CounterfeitState.SURRENDERED)
        if row.state == CounterfeitState.SEIZED and day <= row.appraisal_until:
            raise AppraisalStillPossible(
                format_lazy(
                    _("The holder of {number} may apply for appraisal until {day}."),
                    number=row.number, day=row.appraisal_until.isoformat(),
                ),
                why=Why(rule="cash.counterfeit_appraisal_days", source="令〔2019〕3号"),
            )  # fmt: skip
        row.state = CounterfeitState.SURRENDERED
        row.save(update_fields=["state"])
        note_step(row, by, CaseStep.BATCH, number)
    tell(
        Told(
            subject=f"branch:{branch}", branch=branch, business_date=day,
            data={"batch": number, "cases": ids, "second": second.id},
        )
    )  # fmt: skip
    return number


def counterfeit_batch(*, number: str, branch: int) -> list[CaseView]:
    """The cases of one hand-in, in the order of their numbers."""
    steps = CounterfeitStep.objects.filter(case__branch_id=branch, what=CaseStep.BATCH, note=number)
    found = queries.cases(Q(pk__in=steps.values("case")), limit=BATCH_MAX)
    if not found:
        raise NothingToHandIn(_("There is no such hand-in."))
    return sorted(found, key=lambda one: one.number)


def _check(row: CounterfeitCase, end: CounterfeitState) -> None:
    if not rules.COUNTERFEIT.may(row.state, end):
        raise MoveRefused(_("This case is in another state; that does not follow."), state=row.state, to=end)


def _move(
    row: CounterfeitCase, end: CounterfeitState, by: Actor, note: str, data: dict[str, object] | None = None
) -> CaseView:
    row.state = end
    row.save(update_fields=["state"])
    note_step(row, by, "", note)
    say(row, {"state": end, **(data or {})})
    return case_view(row.pk)
