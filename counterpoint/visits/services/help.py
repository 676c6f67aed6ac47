"""Asking for help 求助: one call with the screen behind it, the first who comes, and how long it took."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, NotAllowed, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.visits import queries, rules
from counterpoint.visits.data import (
    Colleague,
    HelpEnded,
    HelpMode,
    HelpState,
    HelpTaken,
    HelpTimes,
    HelpView,
    NotServing,
    ServingEnd,
    UnknownHelpCall,
    VisitMalformed,
    VisitView,
)
from counterpoint.visits.models import HelpCall, Serving, Visit
from counterpoint.visits.services import line, reach, servings
from counterpoint.visits.services.hand_offs import there


def help_call(id: int) -> HelpView:
    """The call for help with this id, of whatever branch: for rooms above."""
    return reach.help_here(id, SYSTEM)


def help_call_of(person: int) -> HelpView | None:
    """The open call of this person, answered or not."""
    found = queries.help_calls(queries.OPEN_HELP & Q(asker=person))
    return found[0] if found else None


def open_calls(branch: int) -> list[HelpView]:
    """Calls of a branch that are not ended, the oldest first."""
    return queries.help_calls(queries.OPEN_HELP & Q(branch_id=branch))


def could_answer(call: HelpView, *, person: int, duties: Collection[str]) -> bool:
    """Has nobody answered this call of somebody else's, and could this person? A supervisor could any."""
    fits = Duty.AUTHORIZE in duties or call.duty in duties
    return call.state is HelpState.CALLED and call.asker != person and fits


def help_times(branch: int, day: date) -> HelpTimes:
    """How long it took on one day until somebody came 求助响应时间."""
    start = clock.start_of(day)
    return queries.help_times(branch, start, start + timedelta(days=1))


@verb("visits.help.called")
def call_help(
    *, page: str, by: Actor, visit: int | None = None, operation: str = "", words: str = "",
    duty: Duty | None = None,
) -> HelpView:  # fmt: skip
    """Call for help 求助 with the present screen. Who has called already has the same call again."""
    branch = reach.check_serves(by)
    if not rules.is_page(page):
        raise VisitMalformed(_("This is no page of this house."), field="page")
    if operation and not rules.is_code(operation, 4):
        raise VisitMalformed(_("There is no such operation."), field="operation")
    said = reach.words_of(words, 200, field="words")
    needed = reach.one_of(Duty, duty or Duty.CUSTOMER_VIEW, field="duty")
    row = reach.locked(visit, by) if visit is not None else None
    desk = reach.desk_of(by)
    try:
        with transaction.atomic():
            call = HelpCall.objects.create(
                branch_id=branch, visit=row, asker_id=by.id, desk_id=desk, page=page, operation=operation,
                duty=str(needed), words=said,
            )  # fmt: skip
    except IntegrityError as error:
        mine = help_call_of(by.id)
        if mine is None:
            raise HelpEnded(_("Your earlier call has just ended. Call again.")) from error
        _tell(HelpCall.objects.get(pk=mine.id), again=True)
        return mine
    _tell(call, desk=desk, duty=call.duty, operation=operation)
    return help_call(call.pk)


def join(*, call: int, by: Actor, mode: HelpMode = HelpMode.LOOK) -> HelpView:
    """Answer a call 加入协助, to look on or to take over at once. Exactly one colleague does."""
    if reach.one_of(HelpMode, mode, field="mode") is HelpMode.LOOK:
        return _join(call=call, by=by)
    with transaction.atomic():
        # The visit before the call, as everywhere: whoever finishes the visit ends its calls.
        asked = reach.help_here(call, by)
        if asked.visit is not None:
            reach.locked(asked.visit, by)
        _join(call=call, by=by)
        take_over(call=call, by=by)
        return help_call(call)


@verb("visits.help.joined")
def _join(*, call: int, by: Actor) -> HelpView:
    """A colleague who has the duty, or a supervisor, answers a call for help and looks on."""
    reach.check_serves(by)
    row = _locked(call, by)
    _check_helper(row, by)
    if row.state == HelpState.JOINED and row.helper_id == by.id:
        _tell(row, again=True)
        return help_call(call)
    _check_called(row)
    HelpCall.objects.filter(pk=call).update(
        state=HelpState.JOINED, helper_id=by.id, joined=Now(), mode=HelpMode.LOOK
    )
    _tell(row, f"person:{by.id}", helper=by.id)
    return help_call(call)


@verb("visits.help.taken_over")
def take_over(*, call: int, by: Actor, at_askers_desk: bool = False) -> VisitView:
    """The helper serves the asker's visit from now on 接手办理, at the helper's desk or at the asker's."""
    reach.check_serves(by)
    asked = reach.help_here(call, by)
    if asked.visit is None:
        raise VisitMalformed(_("No customer's visit lies behind this call."), call=call)
    row = reach.locked(asked.visit, by)
    called = _locked(call, by)
    if called.state != HelpState.JOINED or called.helper_id != by.id:
        raise HelpTaken(_("Only who has joined the call takes over."), why=Why(helper=_helper(called)))
    people.check_may(person=by.id, duty=Duty(called.duty), branch=called.branch_id)
    now = servings.open_of(row)
    if now is None or now.person_id != called.asker_id:
        raise NotServing(_("The asker does not serve this visit any more."), visit=row.pk)
    Serving.objects.filter(pk=now.pk).update(ended=Now(), why=ServingEnd.TAKEN_OVER)
    desk = now.desk_id if at_askers_desk else reach.desk_of(by) or now.desk_id
    servings.begin(row, by, desk)
    line.served(row, by, reach.desk_of(by))
    HelpCall.objects.filter(pk=call).update(mode=HelpMode.TAKE_OVER)
    _tell(called, f"person:{by.id}", *_desks(now.desk_id, desk), helper=by.id, desk=desk)
    return reach.visit_here(row.pk, by)


@verb("visits.help.ended")
def end_help(*, call: int, by: Actor) -> HelpView:
    """End the help 结束协助: by who asked or who helped, or who answers for the branch."""
    row = _locked(call, by)
    _check_theirs(row, by, row.asker_id, row.helper_id)
    if row.state != HelpState.JOINED:
        raise HelpEnded(_("Nobody is helping with this call."), state=row.state)
    return _end(row, HelpState.ENDED)


@verb("visits.help.withdrawn")
def withdraw_help(*, call: int, by: Actor) -> HelpView:
    """Call nobody any more 取消求助 while nobody has come: by who asked, or who answers for the branch."""
    row = _locked(call, by)
    _check_theirs(row, by, row.asker_id)
    _check_called(row)
    return _end(row, HelpState.WITHDRAWN)


def nearest(call: int) -> tuple[Colleague, ...]:
    """Who could come 可求助同事: those with the duty, and supervisors, who are there, with the reason."""
    asked = help_call(call)
    desks = {one.holder: one for one in org.desks(asked.branch) if one.holder is not None}
    able = {
        one.id: one
        for duty in (Duty(asked.duty), Duty.AUTHORIZE)
        for one in people.people_with(duty=duty, branch=asked.branch)
    }
    able.pop(asked.asker, None)
    from_desk = next((one.number for one in desks.values() if one.id == asked.desk), "")
    busy = set(Serving.objects.filter(person__in=able, ended=None).values_list("person_id", flat=True))
    busy |= set(
        HelpCall.objects.filter(helper__in=able, state=HelpState.JOINED).values_list("helper_id", flat=True)
    )
    found = []
    for person in there(able, asked.branch):
        number = desks[person].number if person in desks else ""
        found.append(
            Colleague(
                person=person, name=able[person].name, desk=number, free=person not in busy,
                here=person in desks or able[person].branch == asked.branch,
                distance=rules.distance(from_desk, number),
            )
        )  # fmt: skip
    return tuple(_with_reason(one) for one in rules.in_order_of_help(found))


def _with_reason(one: Colleague) -> Colleague:
    where = _("no desk") if one.here else _("at another branch")
    if one.desk:
        where = _("desk %(number)s") % {"number": one.desk}
    parts = [_("free") if one.free else _("with a customer"), where]
    if one.distance:
        parts.append(
            ngettext("%(count)s desk away", "%(count)s desks away", one.distance) % {"count": one.distance}
        )
    return Colleague(one.person, one.name, one.desk, one.free, one.here, one.distance, " · ".join(parts))


def _locked(id: int, by: Actor) -> HelpCall:
    row = (
        HelpCall.objects.select_for_update(no_key=True, of=("self",))
        .select_related("visit", "helper").filter(pk=id).first()
    )  # fmt: skip
    if row is None or not reach.is_here(row.branch_id, by):
        raise UnknownHelpCall(_("There is no such call for help."), call=id)
    return row


def _check_helper(row: HelpCall, by: Actor) -> None:
    if by.id == row.asker_id:
        raise NotAllowed(_("Nobody helps oneself."))
    # Who answers for the branch may always come and look; to take over, the duty itself is needed.
    if people.may(person=by.id, duty=Duty.AUTHORIZE, branch=row.branch_id):
        return
    people.check_may(person=by.id, duty=Duty(row.duty), branch=row.branch_id)


def _check_called(row: HelpCall) -> None:
    if row.state == HelpState.JOINED:
        raise HelpTaken(_("A colleague is there already."), why=Why(helper=_helper(row)))
    if row.state != HelpState.CALLED:
        raise HelpEnded(_("This call has ended."), state=row.state)


def _check_theirs(row: HelpCall, by: Actor, *people_in_it: int | None) -> None:
    """Who asked may be gone for the day; then the supervisor clears what is left."""
    if by.id not in people_in_it and not people.may(person=by.id, duty=Duty.AUTHORIZE, branch=row.branch_id):
        raise UnknownHelpCall(_("This call is somebody else's."), call=row.pk)


def _helper(row: HelpCall) -> str:
    return row.helper.name if row.helper else ""


def _end(row: HelpCall, state: HelpState) -> HelpView:
    HelpCall.objects.filter(pk=row.pk).update(state=state, ended=Now())
    _tell(row, state=str(state))
    return help_call(row.pk)


def _desks(*desks: int | None) -> list[str]:
    return [f"desk:{desk}" for desk in desks if desk is not None]


def _tell(row: HelpCall, *channels: str, **data: Any) -> None:
    """Everybody who may help here hears of it, and who is in it; found by the visit's key, if it has one."""
    visit: Visit | None = row.visit
    ends = [f"help:{row.branch_id}", f"person:{row.asker_id}", *_desks(row.desk_id)]
    if row.helper_id is not None:
        ends.append(f"person:{row.helper_id}")
    if visit is not None:
        ends.append(f"visit:{visit.pk}")
    tell(
        Told(
            subject=f"help:{row.pk}", branch=row.branch_id, correlation=visit.key if visit else None,
            data={"call": row.pk, "visit": row.visit_id, **data},
            channels=tuple(dict.fromkeys((*ends, *channels))),
        )
    )  # fmt: skip
