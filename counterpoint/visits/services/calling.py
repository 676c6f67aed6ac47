"""Calling the next customer to a desk 叫号: the number is the lobby's, what comes of it is a visit."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, Why
from counterpoint.kit.verbs import verb
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import CalledTicket, TicketChannel, TicketView
from counterpoint.visits import queries
from counterpoint.visits.data import Channel, NoDesk, NotCalled, VisitState, VisitView
from counterpoint.visits.services import reach
from counterpoint.visits.services.line import called_at
from counterpoint.visits.services.visits import end, open_visit, serve

CHANNELS = {
    TicketChannel.KIOSK: Channel.LOBBY, TicketChannel.LOBBY: Channel.LOBBY,
    TicketChannel.PHONE: Channel.PHONE, TicketChannel.APPOINTMENT: Channel.APPOINTMENT,
}  # fmt: skip
#: So many customers who have left are noticed in one round.
PORTION = 200


def desk_needed(by: Actor) -> int:
    """The desk at which the actor works, or a refusal that says what helps."""
    desk = reach.desk_of(by)
    if desk is None:
        raise NoDesk(
            _("Customers are called to a desk, and you work at none."), why=Why(remedy=_("Choose your desk."))
        )
    return desk


def call_next(*, by: Actor) -> CalledTicket:
    """Call whoever is next for the actor's desk 叫号; the visit is there with all that is known."""
    reach.check_serves(by)
    with transaction.atomic():
        called = lobby.call_next(desk=desk_needed(by), by=by)
        visit_of_ticket(ticket=called.ticket.key, by=by)
        return called


def open_in_lobby(*, reason: str, party: int | None, by: Actor) -> VisitView:
    """A customer has come to the lobby: with a number, where the reason is a service that is called for."""
    branch = reach.check_serves(by)
    if reason not in lobby.services_at(branch):
        return open_visit(branch=branch, party=party, reason=reason, channel=Channel.LOBBY, by=by)
    with transaction.atomic():
        taken = lobby.take_ticket(
            branch=branch, service=reason, channel=TicketChannel.LOBBY, party=party, by=by
        )
        return visit_of_ticket(ticket=taken.ticket.key, by=by)


def called_here(by: Actor) -> TicketView:
    """The number that was called to the actor's desk, or a refusal."""
    found = called_at(desk_needed(by))
    if found is None:
        raise NotCalled(_("Nobody is called to this desk."))
    return found


def visit_of_ticket(*, ticket: UUID, by: Actor) -> VisitView:
    """The open visit of a number; opened with what is known of its customer, if there is none yet."""
    known = lobby.ticket(ticket, by=by)
    found = queries.visits(Q(ticket=ticket, ended=None))
    if found:
        return found[0]
    try:
        with transaction.atomic():
            return open_visit(
                branch=known.branch, party=known.party, reason=known.service, channel=CHANNELS[known.channel],
                # Where the clock has gone back, the customer came just now.
                arrived=min(known.arrived, clock.now()), ticket=ticket, label=known.label, by=by,
            )  # fmt: skip
    except IntegrityError:
        # A colleague has opened it in this very moment.
        return queries.visits(Q(ticket=ticket, ended=None))[0]


def begin(*, by: Actor) -> VisitView:
    """The called customer stands at the desk 开始办理. Pressed twice, it begins once."""
    reach.check_serves(by)
    with transaction.atomic():
        return serve(visit=visit_of_ticket(ticket=called_here(by).key, by=by).id, by=by)


def end_left(*, by: Actor = SYSTEM) -> int:
    """End the visits of customers who left the line, or never came back into it; how many did."""
    waiting = {
        one.ticket: one.id
        for one in queries.visits(Q(ended=None, ticket__isnull=False), limit=PORTION)
        if one.ticket is not None and one.state in (VisitState.WAITING, VisitState.PARKED)
    }
    gone = lobby.gone_among(waiting)
    for ticket in gone:
        with transaction.atomic():
            _end_left(visit=waiting[ticket], by=by)
    return len(gone)


@verb("visits.visit.left_line")
def _end_left(*, visit: int, by: Actor) -> None:
    """The customer left the lobby's line; what was prepared is gone with the visit."""
    row = reach.locked(visit, by)
    reach.tell_of(row, drafts=end(row, None))
