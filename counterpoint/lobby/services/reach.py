"""Reaching a ticket: whose it is to touch, its lock, its states, and what every verb of it tells.

The row of the ticket is the one lock under which its state changes. Its open period is ended and the
next begun in one place, here.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, NotAllowed, Told, Why
from counterpoint.kit.verbs import tell
from counterpoint.lobby import queries
from counterpoint.lobby.data import (
    LobbyMalformed,
    OtherDay,
    TicketElsewhere,
    TicketMoved,
    TicketState,
    TicketView,
    UnknownTicket,
)
from counterpoint.lobby.models import Ticket
from counterpoint.lobby.rules.line import clean_words, is_code, label
from counterpoint.lobby.rules.states import TICKET
from counterpoint.org import services as org
from counterpoint.org.data import DayNotOpen
from counterpoint.people import services as people
from counterpoint.people.data import Duty


def self_service(branch: int) -> Actor:
    """Who acts at the kiosk and on the customer's phone 自助: nobody of the bank."""
    return Actor(kind=ActorKind.SYSTEM, id=0, name="Counterpoint", branch=branch)


def check_staff(by: Actor, branch: int | None = None) -> int:
    """Whoever works with customers or in the lobby of a branch; returns that branch."""
    if by.kind is ActorKind.SYSTEM and (by.branch or branch) is not None:
        return by.branch or branch or 0
    if by.branch is None or (branch is not None and by.branch != branch):
        raise NotAllowed(_("You work at another branch."))
    if not people.duties_held(person=by.id, branch=by.branch) & {Duty.LOBBY, Duty.CUSTOMER_VIEW}:
        people.check_actor(by=by, duty=Duty.CUSTOMER_VIEW, branch=by.branch)
    return by.branch


def today_at(branch: int) -> date:
    """The open business date of a branch."""
    day = org.business_day(branch)
    if not day.open:
        raise DayNotOpen(_("The business day of this branch is not open."), branch=branch)
    return day.date


def view_here(key: UUID, by: Actor) -> TicketView:
    """The ticket, for somebody of its branch."""
    row = Ticket.objects.filter(key=key).first()
    if row is None or not _is_here(row, by):
        raise UnknownTicket(_("There is no such ticket."), ticket=str(key))
    return queries.ticket_view(row)


def locked(key: UUID, by: Actor, *, any_day: bool = False) -> Ticket:
    """The row of a ticket of the actor's branch and of today, locked until the end of the transaction."""
    row = Ticket.objects.select_for_update(no_key=True).filter(key=key).first()
    if row is None or not _is_here(row, by):
        raise UnknownTicket(_("There is no such ticket."), ticket=str(key))
    if not any_day:
        check_today(row)
    return row


def check_today(row: Ticket) -> None:
    """Raise, with words for the customer, if the ticket is of another day."""
    day = org.business_day(row.branch_id)
    if row.business_date != day.date:
        raise OtherDay(
            _("Number %(label)s is of %(day)s and no longer counts.")
            % {"label": label(row.series, row.number), "day": row.business_date},
            why=Why(remedy=_("Take a new number.")), day=row.business_date.isoformat(),
        )  # fmt: skip


def _is_here(row: Ticket, by: Actor) -> bool:
    return row.branch_id == by.branch or (by.kind is ActorKind.SYSTEM and by.branch is None)


def check_mine(row: Ticket, by: Actor) -> None:
    """Raise unless the ticket is with this person."""
    if by.kind is not ActorKind.SYSTEM and row.person_id != by.id:
        helper = row.person.name if row.person else ""
        raise TicketElsewhere(_("Another desk has this customer."), why=Why(helper=helper))


def check_state(row: Ticket, *wanted: TicketState) -> None:
    """Raise unless the ticket stands in one of these states."""
    if row.state not in wanted:
        raise TicketMoved(
            _("The ticket stands otherwise now; look again."), ticket=str(row.key), state=str(row.state)
        )


def move(
    row: Ticket, state: TicketState, *, desk: int | None = None, person: int | None = None,
    reason: str = "", note: str = "", at: datetime | None = None, **also: Any,
) -> None:  # fmt: skip
    """End the open period of the locked ticket and begin the next."""
    if not TICKET.may(row.state, state):
        raise TicketMoved(
            _("The ticket stands otherwise now; look again."), ticket=str(row.key), state=str(row.state)
        )
    now = at or clock.now()
    kept = {"state": state, "since": now, "desk_id": desk, "person_id": person, **also}
    period = {
        "state": state, "service": also.get("service", row.service), "start": now, "desk_id": desk,
        "person_id": person, "reason": reason, "note": note,
    }  # fmt: skip
    # With the row locked this always finds it as it was; it is the last net under a verb without a lock.
    if not queries.moved(row, kept, period):
        raise TicketMoved(_("The ticket stands otherwise now; look again."), ticket=str(row.key))
    for name, value in kept.items():
        setattr(row, name, value)


def end_with_day(row: Ticket) -> None:
    """Make a ticket void at the day's end, wherever it stands: the line does not outlive its date."""
    now = clock.now()
    kept = {"state": TicketState.VOIDED, "since": now, "desk_id": None, "person_id": None}
    period = {
        "state": TicketState.VOIDED, "service": row.service, "start": now, "desk_id": None,
        "person_id": None, "reason": "day_ended", "note": "",
    }  # fmt: skip
    queries.moved(row, kept, period)


def words_of(text: object, longest: int, *, field: str, needed: bool = False) -> str:
    """Free words as they are kept, or a refusal that names the field."""
    clean = clean_words(text, longest)
    if clean is None or (needed and not clean):
        said = _("Say why, in a few words.") if needed and clean == "" else _("This text cannot be kept.")
        raise LobbyMalformed(said, field=field, longest=longest)
    return clean


def codes_of(codes: Iterable[str], *, field: str) -> list[str]:
    """Codes, each once."""
    found = list(dict.fromkeys(codes))
    if len(found) > 20 or not all(is_code(one) for one in found):
        raise LobbyMalformed(_("These are no codes that we know."), field=field)
    return found


def token_for(key: UUID) -> str:
    """The secret of a ticket's phone page: made from its key, so that a second print shows the same."""
    made = hmac.new(settings.SECRET_KEY.encode(), b"lobby.ticket:" + key.bytes, hashlib.sha256)
    return made.hexdigest()[:40]


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def channels_of(row: Ticket) -> tuple[str, ...]:
    return (f"lobby:{row.branch_id}", f"display:{row.branch_id}", f"ticket:{row.key}")


def tell_of(row: Ticket, *channels: str, **data: Any) -> None:
    """What a verb did to a ticket: found by its key; heard by staff, by the display and by the phone."""
    heard = [*channels_of(row), *channels]
    if row.desk_id is not None:
        heard.append(f"desk:{row.desk_id}")
    if row.person_id is not None:
        heard.append(f"person:{row.person_id}")
    tell(
        Told(
            subject=f"ticket:{row.key}", branch=row.branch_id, business_date=row.business_date,
            correlation=row.key,
            data={"label": label(row.series, row.number), "service": row.service, **data},
            channels=tuple(dict.fromkeys(heard)),
        )
    )  # fmt: skip
