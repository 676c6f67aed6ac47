"""Ratings 满意度评价 after the service: asked once, answered once or passed over, and that is seen too."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor
from counterpoint.kit.verbs import verb
from counterpoint.lobby import queries
from counterpoint.lobby.data import LobbyMalformed, RatingState, RatingUsed, RatingView, TokenRefused
from counterpoint.lobby.models import Rating, Ticket
from counterpoint.lobby.services import book, reach
from counterpoint.lobby.services.tickets import row_of_token


def invite(row: Ticket, *, desk: int | None, person: int | None, now: datetime) -> None:
    """Ask for a rating, once a ticket: whoever comes back the same day is not asked again."""
    Rating.objects.get_or_create(
        ticket=row,
        defaults={
            "branch_id": row.branch_id, "desk_id": desk, "person_id": person, "invited_at": now,
            "expires": now + timedelta(hours=int(book.value("rating_hours"))),
        },
    )  # fmt: skip


def rate_by_phone(*, token: str, csat: int, nps: int | None = None, comment: str = "") -> RatingView:
    """The customer's answer from the phone page 手机评价, under the ticket's own secret, once."""
    row = row_of_token(token)
    return rate(ticket=row.key, csat=csat, nps=nps, comment=comment, by=reach.self_service(row.branch_id))


def skip_by_phone(*, token: str) -> RatingView:
    """The customer does not want to rate 跳过评价."""
    row = row_of_token(token)
    return skip_rating(ticket=row.key, by=reach.self_service(row.branch_id))


@verb("lobby.rating.given")
def rate(*, ticket: UUID, csat: int, by: Actor, nps: int | None = None, comment: str = "") -> RatingView:
    """A customer rates the service 评价: 1 to 5, how likely to recommend 0 to 10, and words, if any."""
    if type(csat) is not int or not 1 <= csat <= 5:
        raise LobbyMalformed(_("Choose one to five."), field="csat")
    if nps is not None and (type(nps) is not int or not 0 <= nps <= 10):
        raise LobbyMalformed(_("Choose zero to ten."), field="nps")
    said = reach.words_of(comment, 500, field="comment")
    row = reach.locked(ticket, by, any_day=True)
    found = _open(row)
    Rating.objects.filter(pk=found.pk).update(
        state=RatingState.GIVEN, answered=clock.now(), csat=csat, nps=nps, comment=said
    )
    # The words are the customer's own and may name people: they stay out of the event.
    reach.tell_of(row, csat=csat, nps=nps, words=bool(said), desk=found.desk_id, person=found.person_id)
    return _view(row)


@verb("lobby.rating.skipped")
def skip_rating(*, ticket: UUID, by: Actor) -> RatingView:
    """A customer passes the question over 跳过评价; how many do is shown."""
    row = reach.locked(ticket, by, any_day=True)
    found = _open(row)
    Rating.objects.filter(pk=found.pk).update(state=RatingState.SKIPPED, answered=clock.now())
    reach.tell_of(row, desk=found.desk_id, person=found.person_id)
    return _view(row)


def _open(row: Ticket) -> Rating:
    found = Rating.objects.filter(ticket=row).first()
    if found is None or found.expires <= clock.now():
        raise TokenRefused(_("There is nothing to rate, or no longer."))
    if found.state != RatingState.INVITED:
        raise RatingUsed(_("This was answered already."))
    return found


def rating_of(ticket: UUID) -> RatingView | None:
    """The invitation of a ticket, and what came of it."""
    row = Ticket.objects.filter(key=ticket).first()
    if row is None or not Rating.objects.filter(ticket=row).exists():
        return None
    return _view(row)


def ratings_of(*, branch: int, limit: int = 100) -> list[RatingView]:
    """The newest ratings of a branch, skipped and open invitations among them."""
    return queries.ratings(Q(branch_id=branch), limit=limit)


def _view(row: Ticket) -> RatingView:
    return queries.ratings(Q(ticket=row), limit=1)[0]
