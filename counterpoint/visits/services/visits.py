"""A visit from the door to its end 到访: opened, identified, served, parked, finished."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from counterpoint.customers import services as customers
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, NotAllowed, Why
from counterpoint.kit.verbs import verb
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.visits import queries
from counterpoint.visits.data import (
    Channel,
    HandOffOpen,
    HandOffState,
    HelpEnded,
    HelpState,
    HelpTaken,
    NotServing,
    ParkReason,
    ServingEnd,
    ServingView,
    UnknownVisit,
    VisitIdentified,
    VisitMalformed,
    VisitState,
    VisitView,
)
from counterpoint.visits.models import (
    Draft,
    HandOff,
    HelpCall,
    Onlooker,
    Parking,
    Pass,
    Serving,
    Visit,
    VisitPaper,
)
from counterpoint.visits.rules import best_visit, is_code
from counterpoint.visits.services import line, reach, servings
from counterpoint.visits.services.hand_offs import accept
from counterpoint.visits.services.help import help_call_of, withdraw_help

#: The class of advisory locks that stand for (somebody begins to serve this customer).
PARTY_LOCK_CLASS = 0x5649
#: Nobody arrived longer ago than this, whatever a ticket says.
LONGEST_WAIT = timedelta(hours=24)


#: Where a request keeps the visit that was looked up for it.
_SERVED = "counterpoint.visit"


def visit(id: int) -> VisitView:
    """The visit with this id, of whatever branch: for rooms above, which know whom they show it to."""
    found = queries.visits(Q(pk=id))
    if not found:
        raise UnknownVisit(_("There is no such visit."), visit=id)
    return found[0]


def visit_of_key(key: UUID) -> VisitView | None:
    """The visit whose events bear this correlation, if it is one's."""
    found = queries.visits(Q(key=key))
    return found[0] if found else None


def current_visit(person: int) -> VisitView | None:
    """The visit that this person serves now."""
    found = queries.visits(Q(servings__person=person, servings__ended=None))
    return found[0] if found else None


def serving_now(persons: Iterable[int]) -> set[int]:
    """Who of these people serves a customer now."""
    return queries.serving_among(persons)


def visit_served(request: HttpRequest) -> VisitView | None:
    """The visit that whoever is signed in serves at the branch of the session; looked up once a request."""
    known = request.META
    if _SERVED not in known:
        who = people.actor_from(request)
        found = current_visit(who.id)
        known[_SERVED] = found if found and found.branch == who.branch else None
    served: VisitView | None = known[_SERVED]
    return served


def forget_served(request: HttpRequest) -> None:
    """The visit has changed in this very request."""
    request.META.pop(_SERVED, None)


def open_visits(branch: int) -> list[VisitView]:
    """Every visit of a branch that has not ended, in the order of arrival."""
    return queries.visits(Q(branch_id=branch, ended=None))


def visits_of(party: int, *, branch: int | None = None, limit: int = 20) -> list[VisitView]:
    """A customer's visits, the newest first; with ``branch`` those at that branch."""
    where = Q(party_id=party) if branch is None else Q(party_id=party, branch_id=branch)
    return queries.visits(where, limit=limit, newest=True)


def servings_of(visit: int) -> list[ServingView]:
    """Who served a visit, when and where, the first first."""
    return queries.servings(visit)


@verb("visits.visit.opened")
def open_visit(
    *, branch: int, by: Actor, party: int | None = None, reason: str = "", channel: Channel = Channel.COUNTER,
    arrived: datetime | None = None, ticket: UUID | None = None, label: str = "",
) -> VisitView:  # fmt: skip
    """Open a visit 登记到访. ``arrived`` is when the customer came, if that was earlier; it never changes.

    ``ticket`` is the number in the lobby's line, ``label`` what stands on it. Its customer may open the
    visit too, by filling in forms on the phone: the system does it then, and nobody is the opener.
    """
    at_phone = by.kind is ActorKind.SYSTEM and ticket is not None
    if (by.branch if at_phone else reach.check_serves(by)) != branch:
        raise NotAllowed(_("You work at another branch."))
    _check_arrival(arrived)
    came = reach.one_of(Channel, channel, field="channel")
    if reason and not is_code(reason, 40):
        raise VisitMalformed(_("This is no reason that we know."), field="reason")
    if party is not None:
        customers.party(party)
    more = {} if arrived is None else {"at": arrived}
    row = Visit.objects.create(
        branch_id=branch, party_id=party, reason=reason, channel=came, ticket_id=ticket, label=label,
        opener_id=None if at_phone else by.id, **more,
    )  # fmt: skip
    reach.tell_of(row, party=party, reason=reason, channel=str(came), ticket=str(ticket) if ticket else None)
    return visit(row.pk)


def _check_arrival(arrived: datetime | None) -> None:
    if arrived is None:
        return
    if arrived.tzinfo is None or not clock.now() - LONGEST_WAIT <= arrived <= clock.now():
        raise VisitMalformed(_("Nobody can have arrived at that time."), field="arrived")


@verb("visits.visit.identified")
def identify(*, visit: int, party: int, by: Actor) -> VisitView:
    """Say whose visit it is 识别客户. Once something of the customer lies with it, that stays."""
    reach.check_serves(by)
    customers.party(party)
    row = reach.locked(visit, by)
    before = row.party_id
    if before not in (None, party) and _holds_something(row):
        raise VisitIdentified(
            _("This visit is another customer's, and papers or drafts lie with it."),
            why=Why(remedy=str(_("Finish or park it, and open a visit for this customer."))),
        )
    Visit.objects.filter(pk=row.pk).update(party_id=party)
    row.party_id = party
    line.described(row, by)
    reach.tell_of(row, party=party, earlier=before)
    return _view(row)


def _holds_something(row: Visit) -> bool:
    return (
        VisitPaper.objects.filter(visit=row).exists()
        or Draft.objects.filter(visit=row, ended=None).exclude(fields={}).exists()
    )


@verb("visits.visit.served")
def serve(*, visit: int, by: Actor) -> VisitView:
    """Begin to serve a visit 开始办理, or go on with a parked one. Pressed twice, it begins once."""
    reach.check_serves(by)
    row = reach.locked(visit, by)
    now = servings.open_of(row)
    if now is not None and now.person_id == by.id:
        reach.tell_of(row, f"person:{by.id}", again=True)
        return _view(row)
    servings.check_free(row)
    _check_not_handed(row)
    desk = reach.desk_of(by)
    servings.begin(row, by, desk)
    line.served(row, by, desk)
    reach.tell_of(row, f"person:{by.id}", *_desk(desk), person=by.id, desk=desk)
    return _view(row)


def _check_not_handed(row: Visit) -> None:
    handed = HandOff.objects.filter(visit=row, state=HandOffState.OPEN).first()
    if handed is not None:
        raise HandOffOpen(
            _("This visit is on its way to somebody."),
            why=Why(remedy=str(_("The receiver accepts or returns it, or the giver takes it back."))),
            hand_off=handed.pk,
        )


def serve_party(*, party: int, by: Actor, reason: str = "") -> VisitView:
    """Serve a customer: go on with the open visit here, with its place, drafts and papers, or open one.

    A visit handed to the actor is accepted by it; the one that the actor serves already goes on.
    """
    branch = reach.check_serves(by)
    with transaction.atomic():
        # Two colleagues who begin with one customer at once would otherwise open a visit each.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [PARTY_LOCK_CLASS, party % 2**31])
        found = {one.id: one for one in queries.visits(Q(party_id=party, branch_id=branch, ended=None))}
        mine = next((one for one in found.values() if one.serving and one.serving.person == by.id), None)
        if mine is not None:
            return mine
        handed = _handed_to(by, party, branch)
        chosen = best_visit([(one.id, one.state, one.id in handed) for one in found.values()])
        if chosen is None:
            chosen = open_visit(branch=branch, party=party, reason=reason, by=by).id
        if chosen in handed:
            return accept(hand_off=handed[chosen], by=by)
        return serve(visit=chosen, by=by)


def _handed_to(by: Actor, party: int, branch: int) -> dict[int, int]:
    """Hand-offs of the customer's visits that this person may accept, by visit."""
    mine = queries.for_me(
        person=by.id, desk=reach.desk_of(by), branch=branch, duties=people.duties_of(by.id)
    ) & Q(visit__party_id=party, due__gt=clock.now())
    return {one.visit: one.id for one in queries.hand_offs(mine)}


@verb("visits.visit.parked")
def park(
    *, visit: int, reason: str, by: Actor, words: str = "", papers: Iterable[str] = ()
) -> VisitView:  # fmt: skip
    """Let a visit wait for something 暂存; place, drafts and papers stay.

    ``papers`` are the codes of what is missing.
    """
    reach.check_serves(by)
    reach.one_of(ParkReason, reason, field="reason")
    said, missing = reach.words_of(words, 200, field="words"), list(dict.fromkeys(papers))
    if len(missing) > 20 or not all(is_code(one, 40) for one in missing):
        raise VisitMalformed(_("These are not papers that we know."), field="papers")
    row = reach.locked(visit, by)
    ended = servings.stop(row, by, ServingEnd.PARKED)
    Parking.objects.create(visit=row, person_id=by.id, reason=reason, words=said, papers=missing)
    line.parked(row, by, str(reason), said, missing)
    reach.tell_of(row, f"person:{by.id}", *_desk(ended.desk_id), reason=str(reason), papers=missing)
    return _view(row)


@verb("visits.visit.finished")
def finish(*, visit: int, by: Actor) -> VisitView:
    """End a visit 办结: by who serves it; one that waits or is parked by anybody who serves here.

    What was entered and not done is gone with it, and so are passes, onlookers and calls for help.
    """
    reach.check_serves(by)
    row = reach.locked(visit, by)
    _check_not_handed(row)
    now = servings.open_of(row)
    if now is not None:
        servings.stop(row, by, ServingEnd.FINISHED)
    line.finished(row, by)
    called = _end_help(row)
    thrown = end(row, by)
    heard = [f"person:{by.id}", *_desk(now.desk_id if now else None)]
    reach.tell_of(row, *heard, *([f"help:{row.branch_id}"] if called else []), drafts=thrown)
    return _view(row)


def end(row: Visit, by: Actor | None) -> int:
    """End the locked visit and all that hangs on it; how many drafts were thrown away. Nobody: the system."""
    Parking.objects.filter(visit=row, ended=None).update(ended=Now())
    thrown = Draft.objects.filter(visit=row, ended=None).update(
        ended=Now(), fields={}, confirmed=[], version=F("version") + 1
    )
    Pass.objects.filter(visit=row, revoked=None).update(revoked=Now())
    Onlooker.objects.filter(visit=row).delete()
    Visit.objects.filter(pk=row.pk).update(ended=Now(), ender_id=by.id if by else None)
    return thrown


def _end_help(row: Visit) -> int:
    calls = HelpCall.objects.filter(visit=row)
    unanswered = calls.filter(state=HelpState.CALLED).update(state=HelpState.WITHDRAWN, ended=Now())
    return unanswered + calls.filter(state=HelpState.JOINED).update(state=HelpState.ENDED, ended=Now())


def leave(*, by: Actor) -> VisitView | None:
    """Leave the desk 离柜: whom one serves waits again, in the old place; an unanswered call is withdrawn."""
    with transaction.atomic():
        mine = queries.open_serving(by.id)
        left = None if mine is None else _leave(visit=mine, by=by)
        line.let_called_go(by)
        call = help_call_of(by.id)
        if call is not None and call.state is HelpState.CALLED:
            with suppress(HelpTaken, HelpEnded):
                withdraw_help(call=call.id, by=by)
        return left


@verb("visits.visit.left")
def _leave(*, visit: int, by: Actor) -> VisitView:
    """Who served a visit leaves the desk; it waits again, in its old place."""
    row = reach.locked(visit, by)
    ended = servings.stop(row, by, ServingEnd.LEFT)
    line.back_in_line(row, by)
    reach.tell_of(row, f"person:{by.id}", *_desk(ended.desk_id))
    return _view(row)


@verb("visits.visit.freed")
def free_visit(*, visit: int, by: Actor) -> VisitView:
    """Take a visit from somebody who is gone 解除办理; it waits again. Only who answers for the branch."""
    people.check_actor(by=by, duty=Duty.AUTHORIZE, branch=reach.check_serves(by))
    row = reach.locked(visit, by)
    now = servings.open_of(row)
    if now is None:
        raise NotServing(_("Nobody serves this visit."), visit=visit)
    Serving.objects.filter(pk=now.pk).update(ended=Now(), why=ServingEnd.LEFT)
    line.back_in_line(row, by)
    reach.tell_of(row, f"person:{now.person_id}", *_desk(now.desk_id), person=now.person_id)
    return _view(row)


def check_serving(*, visit: int, by: Actor) -> VisitView:
    """The visit, if ``by`` serves it now: for rooms above, before they act for its customer."""
    found = reach.visit_here(visit, by)
    if found.state is not VisitState.SERVING or found.serving is None or found.serving.person != by.id:
        raise NotServing(_("Only who serves the visit may do this."), visit=visit)
    return found


def visits_with(person: int, *, branch: int) -> list[VisitView]:
    """Open visits for which a person answers: served, parked or handed on by them, or come back to them."""
    served = Serving.objects.filter(person=person, visit__ended=None, visit__branch_id=branch)
    found = queries.visits(Q(pk__in=served.values("visit"), ended=None))
    return [one for one in found if person in _answering(one)]


def _answering(one: VisitView) -> set[int | None]:
    return {
        one.serving.person if one.serving else None,
        one.hand_off.giver if one.hand_off else None,
        one.parked_by,
        one.waits_for,
    }


def _desk(desk: int | None) -> tuple[str, ...]:
    return () if desk is None else (f"desk:{desk}",)


def _view(row: Visit) -> VisitView:
    return visit(row.pk)
