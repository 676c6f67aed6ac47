"""Handing a visit on 转交: to a desk, a duty or a person; taken, given back, or back by itself in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, Why
from counterpoint.kit.verbs import verb
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.visits import queries
from counterpoint.visits.data import (
    HandOffEnded,
    HandOffState,
    HandOffView,
    NoteNeeded,
    NotReceiver,
    ReceiverGone,
    ServingEnd,
    Target,
    VisitMalformed,
    VisitView,
)
from counterpoint.visits.models import HandOff, Visit
from counterpoint.visits.rules import clean_words
from counterpoint.visits.services import line, reach, servings

MINUTES = "visits.hand_off_minutes"
#: So many go back in one round of the clock; the rest a moment later.
PORTION = 200


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is meant, as the row has it, and the channels on which they hear of it."""

    columns: dict[str, Any]
    channels: tuple[str, ...]


def hand_off_of(id: int) -> HandOffView:
    """The hand-off with this id, whatever became of it: for rooms above."""
    return reach.hand_off_here(id, SYSTEM)


def hand_offs_of(visit: int) -> list[HandOffView]:
    """Every hand-off of a visit, the oldest first."""
    return queries.hand_offs(Q(visit=visit))


def inbox(
    *, person: int, desk: int | None, duties: Iterable[str], branch: int
) -> list[HandOffView]:  # fmt: skip
    """The open hand-offs that this person may accept now, the oldest first."""
    mine = queries.for_me(person=person, desk=desk, branch=branch, duties=duties)
    return [one for one in queries.hand_offs(mine, limit=50) if one.due > clock.now()]


@verb("visits.hand_off.made")
def hand_off(
    *, visit: int, target: Target, note: str, by: Actor, desk: int | None = None, duty: str = "",
    person: int | None = None,
) -> HandOffView:  # fmt: skip
    """Hand a visit on 转交, with a note; drafts and papers go with it, and the place stays.

    The receiver must be there. What nobody accepts in time goes back to the giver.
    """
    branch = reach.check_serves(by)
    said = clean_words(note, 500)
    if not said:
        raise NoteNeeded(_("Write what the receiver has to know, in 500 letters at most."), field="note")
    to = reach.one_of(Target, target, field="target")
    receiver = _receiver(to, desk=desk, duty=duty, person=person, by=by, branch=branch)
    row = reach.locked(visit, by)
    ended = servings.stop(row, by, ServingEnd.HANDED)
    made = HandOff.objects.create(
        visit=row, giver_id=by.id, giver_desk_id=ended.desk_id, note=said, due=clock.now() + _life(to),
        target=to, **receiver.columns,
    )  # fmt: skip
    line.handed(row, by, said)
    _tell(row, made)
    return hand_off_of(made.pk)


def _life(target: Target) -> timedelta:
    facts = {"target": str(target)}
    return timedelta(minutes=int(org.decide(table=MINUTES, facts=facts, at=clock.today()).outcome["minutes"]))


def _receiver(
    target: Target, *, desk: int | None, duty: str, person: int | None, by: Actor, branch: int
) -> Receiver:
    """Check that somebody who could take it is there; nobody hands a visit to oneself."""
    if target is Target.DESK and desk is not None:
        return _desk_there(desk, by, branch)
    if target is Target.PERSON and person is not None:
        return _person_there(person, by, branch)
    if target is Target.DUTY and duty in list(Duty):
        return _duty_there(Duty(duty), by, branch)
    raise VisitMalformed(_("Say to whom the visit goes."), field="target")


def _desk_there(desk: int, by: Actor, branch: int) -> Receiver:
    view = org.desk(desk)
    if view.holder == by.id:
        raise _to_oneself()
    if view.branch != branch or not view.active or view.holder is None:
        raise _gone(_("Nobody works at this desk."), desk=desk)
    _check_able(view.holder, branch)
    return Receiver({"desk_id": desk}, (f"desk:{desk}", f"person:{view.holder}"))


def _person_there(person: int, by: Actor, branch: int) -> Receiver:
    if person == by.id:
        raise _to_oneself()
    view = people.person(person)
    _check_able(person, branch)
    if person not in there([person], branch) or (view.branch != branch and not _sits_here(person, branch)):
        raise _gone(_("This colleague is not here now."), person=person)
    return Receiver({"person_id": person}, (f"person:{person}",))


def _sits_here(person: int, branch: int) -> bool:
    held = org.desk_of(person)
    return held is not None and held.branch == branch


def _duty_there(duty: Duty, by: Actor, branch: int) -> Receiver:
    able = [one.id for one in people.people_with(duty=duty, branch=branch) if one.branch == branch]
    if not there(able, branch) - {by.id}:
        raise _gone(
            _("Nobody with the duty “%(duty)s” is here now.") % {"duty": people.duty_name(duty)},
            duty=str(duty),
        )
    return Receiver({"duty": str(duty)}, (f"duty:{duty}@{branch}",))


def there(persons: Iterable[int], branch: int) -> set[int]:
    """Who of these people is there 在岗: at a desk of the branch, or with a session in use."""
    wanted = set(persons)
    seated = {one.holder for one in org.desks(branch) if one.holder is not None}
    return (wanted & seated) | people.here(wanted)


def _check_able(person: int, branch: int) -> None:
    answer = people.may(person=person, duty=Duty.CUSTOMER_VIEW, branch=branch)
    if not answer:
        raise ReceiverGone(answer.reason, why=answer.why, person=person)


def _to_oneself() -> VisitMalformed:
    return VisitMalformed(_("Nobody hands a visit to oneself."), field="target")


def _gone(words: object, **details: Any) -> ReceiverGone:
    return ReceiverGone(words, why=Why(remedy=str(_("Choose somebody else, or park the visit."))), **details)


@verb("visits.hand_off.accepted")
def accept(*, hand_off: int, by: Actor) -> VisitView:
    """Accept a visit 接收: its receiver serves it from now on. Exactly one of several is the first."""
    branch = reach.check_serves(by)
    row, handed = _locked(hand_off, by)
    _check_in_time(handed)
    _check_receiver(handed, by, branch)
    desk = reach.desk_of(by)
    servings.begin(row, by, desk)
    line.served(row, by, desk)
    _answer(handed, HandOffState.ACCEPTED, by)
    _tell(row, handed, f"person:{by.id}", *((f"desk:{desk}",) if desk else ()), answerer=by.id)
    return reach.visit_here(row.pk, by)


@verb("visits.hand_off.returned")
def return_(*, hand_off: int, words: str, by: Actor) -> HandOffView:
    """Give a visit back 退回, saying why; it waits for its giver, in its old place."""
    branch = reach.check_serves(by)
    said = clean_words(words, 200)
    if not said:
        raise NoteNeeded(_("Say why it goes back, in 200 letters at most."), field="words")
    row, handed = _locked(hand_off, by)
    _check_in_time(handed)
    _check_receiver(handed, by, branch)
    _answer(handed, HandOffState.RETURNED, by, words=said)
    line.back_in_line(row, by, person=handed.giver_id)
    _tell(row, handed, f"person:{by.id}", answerer=by.id)
    return hand_off_of(handed.pk)


@verb("visits.hand_off.withdrawn")
def withdraw(*, hand_off: int, by: Actor) -> HandOffView:
    """Take a visit back 撤回 that nobody has accepted yet: by its giver, for whom it waits again."""
    reach.check_serves(by)
    row, handed = _locked(hand_off, by)
    if handed.giver_id != by.id:
        raise NotReceiver(_("Only who handed it on takes it back."), why=Why(helper=handed.giver.name))
    _answer(handed, HandOffState.WITHDRAWN, by)
    line.back_in_line(row, by, person=handed.giver_id)
    _tell(row, handed)
    return hand_off_of(handed.pk)


def lapse_due(*, by: Actor = SYSTEM) -> int:
    """Let every hand-off go back that nobody accepted in time 逾时退回; how many did."""
    due = HandOff.objects.filter(state=HandOffState.OPEN, due__lte=clock.now()).order_by("due")
    done = 0
    for id in list(due.values_list("id", flat=True)[:PORTION]):
        with transaction.atomic():
            # Whoever holds the visit is answering it in this moment; then there is nothing to do.
            held = Visit.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
            if held.filter(hand_offs=id).first() is None:
                continue
            if HandOff.objects.filter(pk=id, state=HandOffState.OPEN).exists():
                _lapse(hand_off=id, by=by)
                done += 1
    return done


@verb("visits.hand_off.lapsed")
def _lapse(*, hand_off: int, by: Actor) -> None:
    """Nobody accepted the visit in time; it waits for its giver again."""
    row, handed = _locked(hand_off, by)
    _answer(handed, HandOffState.LAPSED, None)
    line.back_in_line(row, by, person=handed.giver_id)
    _tell(row, handed)


def _locked(id: int, by: Actor) -> tuple[Visit, HandOff]:
    """The visit, locked, and its hand-off, which is still open."""
    row = reach.locked(reach.hand_off_here(id, by).visit, by)
    handed = HandOff.objects.select_related("giver").get(pk=id)
    if handed.state != HandOffState.OPEN:
        raise HandOffEnded(_("This hand-off has been answered."), state=handed.state)
    return row, handed


def _check_in_time(handed: HandOff) -> None:
    if handed.due <= clock.now():
        raise HandOffEnded(
            _("Nobody accepted it in time: it goes back to its giver."),
            why=org.why(key=MINUTES, at=clock.today(), helper=handed.giver.name),
            state=str(HandOffState.LAPSED),
        )  # fmt: skip


def _check_receiver(handed: HandOff, by: Actor, branch: int) -> None:
    """Somebody for whom it is, or nobody hears more of it than that."""
    match Target(handed.target):
        case Target.PERSON:
            mine = handed.person_id == by.id
        case Target.DESK:
            mine = reach.desk_of(by) == handed.desk_id
        case Target.DUTY:
            mine = handed.giver_id != by.id and bool(
                people.may(person=by.id, duty=Duty(handed.duty), branch=branch)
            )
    if not mine:
        raise NotReceiver(_("This hand-off is for somebody else."), hand_off=handed.pk)


def _answer(handed: HandOff, state: HandOffState, by: Actor | None, *, words: str = "") -> None:
    HandOff.objects.filter(pk=handed.pk).update(
        state=state, answerer_id=by.id if by else None, answered=clock.now(), words=words
    )
    handed.state = state


def _tell(row: Visit, handed: HandOff, *channels: str, **data: Any) -> None:
    """Giver, receiver and onlookers hear of it; of the note and the words, the event says nothing."""
    ends = [f"person:{handed.giver_id}"]
    for kind, which in (
        ("person", handed.person_id),
        ("desk", handed.desk_id),
        ("desk", handed.giver_desk_id),
    ):
        if which is not None:
            ends.append(f"{kind}:{which}")
    if handed.duty:
        ends.append(f"duty:{handed.duty}@{row.branch_id}")
    reach.tell_of(
        row, *ends, *channels, hand_off=handed.pk, state=str(handed.state), target=str(handed.target),
        giver=handed.giver_id, desk=handed.desk_id, duty=handed.duty, person=handed.person_id, **data,
    )  # fmt: skip
