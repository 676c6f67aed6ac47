"""Tickets 取号: taken, looked at, left, made void; what is done in the lobby before the desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from counterpoint.customers import services as customers
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, NotAllowed, Why
from counterpoint.kit.keys import new_key
from counterpoint.kit.verbs import verb
from counterpoint.lobby import queries
from counterpoint.lobby.data import (
    IN_LINE,
    KeyReused,
    LobbyMalformed,
    NobodyServes,
    Service,
    TakenTicket,
    TicketChannel,
    TicketState,
    TicketView,
    TokenRefused,
)
from counterpoint.lobby.models import Period, Ticket
from counterpoint.lobby.services import able, book, limits, reach
from counterpoint.lobby.services.floor import Floor, floor
from counterpoint.lobby.services.promise_learned import keep_sample
from counterpoint.lobby.services.promising import promise_of, state_for
from counterpoint.org import services as org
from counterpoint.people import services as people

#: Nobody is believed to have come longer ago than this.
LONGEST_WAIT = timedelta(hours=12)

NUMBER = """
INSERT INTO lobby_ticketseries (branch_id, business_date, series, last) VALUES (%s, %s, %s, 1)
ON CONFLICT (branch_id, business_date, series) DO UPDATE SET last = lobby_ticketseries.last + 1
RETURNING last
"""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What was asked for, checked."""

    service: Service
    priority: str
    reason: str
    group: int
    channel: TicketChannel
    party: int | None
    kind: str
    arrived: datetime
    key: UUID | None
    papers: list[str]
    due: datetime | None


def take_ticket(
    *, branch: int, service: str, channel: TicketChannel, by: Actor, priority: str = "",
    priority_reason: str = "", group: int = 1, party: int | None = None, client_key: UUID | None = None,
    arrived: datetime | None = None, papers_missing: Iterable[str] = (), due: datetime | None = None,
    source: str = "",
) -> TakenTicket:  # fmt: skip
    """Take a number 取号. A kiosk that presses twice with one ``client_key`` gets one number.

    ``source`` is the kiosk or the address whose numbers are counted; staff's are not.
    Refuses a service that nobody on duty may do, and says when and where instead.
    """
    _check_taker(by, branch)
    again = _same(client_key, branch, service)
    if again is not None:
        return again
    now = clock.now()
    wish = _Wish(
        service=book.service_at(service, branch), priority=book.priority_of(priority),
        reason=reach.words_of(priority_reason, 200, field="priority_reason"), group=_group(group),
        channel=_channel(channel), party=party, kind=_kind(party), arrived=_arrival(arrived, now),
        key=client_key, papers=reach.codes_of(papers_missing, field="papers_missing"), due=due,
    )  # fmt: skip
    if by.kind is not ActorKind.PERSON and not book.priorities()[wish.priority].self_chosen:
        raise NotAllowed(_("Staff of the lobby give this priority."))
    try:
        row = _take(branch=branch, wish=wish, source=source, by=by)
    except IntegrityError:
        again = _same(client_key, branch, service)
        if again is None:
            raise
        return again
    return TakenTicket(queries.ticket_view(row), reach.token_for(row.key))


@verb("lobby.ticket.taken")
def _take(*, branch: int, wish: _Wish, source: str, by: Actor) -> Ticket:
    """A number was taken 取号, with what was promised."""
    limits.count(source, wish.channel)
    reach.today_at(branch)
    here = floor(branch)
    check_served(here, wish.service)
    row = Ticket(
        key=new_key(), branch_id=branch, business_date=here.day, series=wish.service.series,
        service=wish.service.code, priority=wish.priority, priority_reason=wish.reason,
        group_size=wish.group, channel=wish.channel, kind=wish.kind, party_id=wish.party,
        arrived_at=wish.arrived, taken_by=by.key, taken_at=here.now, client_key=wish.key,
        expires=here.now + timedelta(hours=book.value("token_hours", here.day)),
        state=TicketState.WAITING, since=wish.arrived, papers_missing=wish.papers, due=wish.due,
    )  # fmt: skip
    row.digest = reach.digest_of(reach.token_for(row.key))
    state = state_for(here, row)
    made = promise_of(here, state)
    row.promise_low, row.promise_mid, row.promise_high = round(made.low), round(made.mid), round(made.high)
    row.promise_basis = made.basis
    row.number = _number(row)
    row.save(force_insert=True)
    Period.objects.create(
        ticket=row, branch_id=branch, state=TicketState.WAITING, service=row.service, start=row.since
    )
    keep_sample(row, state.scene)
    reach.tell_of(
        row, channel=str(row.channel), priority=row.priority, group=row.group_size, party=row.party_id,
        promise=[row.promise_low, row.promise_mid, row.promise_high], basis=row.promise_basis,
    )  # fmt: skip
    return row


def _number(row: Ticket) -> int:
    """The next number of the series: the first of a date is made with it, nobody resets anything."""
    with connection.cursor() as cursor:
        cursor.execute(NUMBER, [row.branch_id, row.business_date, row.series])
        return int(cursor.fetchone()[0])


def _check_taker(by: Actor, branch: int) -> None:
    if by.kind is ActorKind.PERSON or (by.branch is not None and by.branch != branch):
        reach.check_staff(by, branch)


def _same(key: UUID | None, branch: int, service: str) -> TakenTicket | None:
    """The number that was taken with this key already."""
    row = Ticket.objects.filter(branch_id=branch, client_key=key).first() if key else None
    if row is None:
        return None
    if row.service != service:
        raise KeyReused(_("This press was for another service already."))
    return TakenTicket(queries.ticket_view(row), reach.token_for(row.key), again=True)


def _group(group: int) -> int:
    if type(group) is not int or not 1 <= group <= 99:
        raise LobbyMalformed(_("A group has 1 to 99 people."), field="group")
    return group


def _channel(channel: str) -> TicketChannel:
    try:
        return TicketChannel(channel)
    except ValueError:
        raise LobbyMalformed(_("This is none of the choices."), field="channel") from None


def _kind(party: int | None) -> str:
    return str(customers.party(party).kind) if party is not None else ""


def _arrival(arrived: datetime | None, now: datetime) -> datetime:
    if arrived is None:
        return now
    if arrived.tzinfo is None or not now - LONGEST_WAIT <= arrived <= now:
        raise LobbyMalformed(_("Nobody can have arrived at that time."), field="arrived")
    return arrived


def check_served(here: Floor, service: Service) -> None:
    """Raise, with when and where instead, if nobody on duty may do the service."""
    if any(service.code in one.services for one in here.windows):
        return
    seated = [desk.holder for desk in org.desks(here.branch) if desk.holder is not None]
    duties = {person: people.duties_held(person=person, branch=here.branch) for person in seated}
    if able.some_can(duties, service):
        return
    elsewhere = _elsewhere(here.branch, service)
    day = org.next_working_day(here.day)
    remedy = _("Come again on %(day)s, or make an appointment.") % {"day": day}
    if elsewhere:
        remedy = _("Served now at %(place)s; or here on %(day)s, or by appointment.") % {
            "place": elsewhere, "day": day,
        }  # fmt: skip
    raise NobodyServes(
        _("Nobody on duty here may do “%(service)s” now.") % {"service": service.name},
        why=Why(remedy=remedy), service=service.code, day=day.isoformat(), place=elsewhere,
    )  # fmt: skip


def _elsewhere(branch: int, service: Service) -> str:
    """Another branch with a window for the service: the first by its code."""
    places = queries.branches_serving(service.code)
    return next((one.name for one in org.branches() if one.id in places and one.id != branch), "")


def ticket(key: UUID, *, by: Actor) -> TicketView:
    """The ticket, for somebody of its branch."""
    return reach.view_here(key, by)


def ticket_of_token(token: str) -> TicketView:
    """The ticket of a phone page. Forged or expired: one refusal for both."""
    return queries.ticket_view(row_of_token(token))


def row_of_token(token: object) -> Ticket:
    if not isinstance(token, str) or not token.isascii() or not 0 < len(token) <= 64:
        raise _token_refused()
    row = Ticket.objects.filter(digest=reach.digest_of(token), expires__gt=clock.now()).first()
    if row is None:
        raise _token_refused()
    return row


def _token_refused() -> TokenRefused:
    return TokenRefused(_("This code is not valid, or no longer. Ask in the lobby."))


def token_of(key: UUID, *, by: Actor) -> str:
    """The phone page's secret once more, for a second print 补打."""
    reach.check_staff(by)
    return reach.token_for(reach.view_here(key, by).key)


@verb("lobby.ticket.left")
def leave_line(*, ticket: UUID, by: Actor, reason: str = "") -> TicketView:
    """The customer left 离开: said by staff, or by the customer's own phone."""
    said = reach.words_of(reason, 200, field="reason")
    row = reach.locked(ticket, by)
    reach.check_staff(by, row.branch_id)
    before = row.state
    reach.move(row, TicketState.LEFT, note=said)
    reach.tell_of(row, before=before)
    return queries.ticket_view(row)


def leave_by_phone(*, token: str) -> TicketView:
    """The customer says on the phone that nobody need wait for them 手机退号."""
    row = row_of_token(token)
    return leave_line(ticket=row.key, by=reach.self_service(row.branch_id))


@verb("lobby.ticket.voided")
def void_ticket(*, ticket: UUID, reason: str, by: Actor) -> TicketView:
    """Make a number void 作废, saying why; of an earlier day too."""
    said = reach.words_of(reason, 200, field="reason", needed=True)
    row = reach.locked(ticket, by, any_day=True)
    reach.check_staff(by, row.branch_id)
    reach.move(row, TicketState.VOIDED, note=said)
    reach.tell_of(row, reason=said)
    return queries.ticket_view(row)


@verb("lobby.prework.begun")
def begin_prework(*, ticket: UUID, by: Actor) -> TicketView:
    """The customer fills in forms now 开始预处理; the place stays, and so does the turn."""
    row = reach.locked(ticket, by)
    reach.check_staff(by, row.branch_id)
    reach.move(row, TicketState.PREWORK, person=by.id if by.kind is ActorKind.PERSON else None)
    reach.tell_of(row)
    return queries.ticket_view(row)


@verb("lobby.prework.done")
def finish_prework(*, ticket: UUID, operations: Iterable[str], by: Actor) -> TicketView:
    """The forms are filled in 预处理完成: less time is expected at the desk."""
    ready = reach.codes_of(operations, field="operations")
    row = reach.locked(ticket, by)
    reach.check_staff(by, row.branch_id)
    reach.check_state(row, *IN_LINE)
    prework = list(dict.fromkeys([*row.prework, *ready]))
    if row.state == TicketState.PREWORK:
        reach.move(row, TicketState.WAITING, prework=prework)
    else:
        row.prework = prework
        Ticket.objects.filter(pk=row.pk).update(prework=prework)
    reach.tell_of(row, operations=ready)
    return queries.ticket_view(row)


@verb("lobby.ticket.noted")
def describe_ticket(
    *, ticket: UUID, by: Actor, party: int | None = None, priority: str | None = None,
    priority_reason: str = "", papers_missing: Iterable[str] | None = None, group: int | None = None,
) -> TicketView:  # fmt: skip
    """What the lobby found out 补充信息: who it is, which priority and why. ``None``: no change."""
    row = reach.locked(ticket, by)
    reach.check_staff(by, row.branch_id)
    kept: dict[str, Any] = {}
    if party is not None:
        kept |= {"party_id": party, "kind": _kind(party)}
    if priority is not None:
        said = reach.words_of(priority_reason, 200, field="priority_reason")
        kept |= {"priority": book.priority_of(priority), "priority_reason": said}
    if papers_missing is not None:
        kept["papers_missing"] = reach.codes_of(papers_missing, field="papers_missing")
    if group is not None:
        kept["group_size"] = _group(group)
    for name, value in kept.items():
        setattr(row, name, value)
    if kept:
        Ticket.objects.filter(pk=row.pk).update(**kept)
    reach.tell_of(row, changed=sorted(kept), priority=row.priority)
    return queries.ticket_view(row)
