"""The customer's own phone 预填码: a pass for one visit, without sign-in, that fills a draft, no more.

The page of a number is such a pass too: for the forms of its service, while the number stands in the line.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind
from counterpoint.kit.verbs import verb
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import TicketMoved, TicketView, TokenRefused
from counterpoint.org import services as org
from counterpoint.visits import queries
from counterpoint.visits.data import DraftChanged, DraftSource, DraftView, PassRefused, PassView, VisitEnded
from counterpoint.visits.models import Draft, Pass, Visit
from counterpoint.visits.services import drafts, reach
from counterpoint.visits.services.calling import visit_of_ticket

MINUTES, USES = "visits.pass_minutes", "visits.pass_uses"


@verb("visits.pass.issued")
def issue_pass(*, visit: int, by: Actor) -> tuple[PassView, str]:
    """Issue a pass 预填码 and its token, which is shown once and kept nowhere. An earlier pass is void."""
    reach.check_serves(by)
    minutes = int(org.value(key=MINUTES, at=clock.today()))
    row = reach.locked(visit, by)
    token = secrets.token_urlsafe(32)
    Pass.objects.filter(visit=row, revoked=None).update(revoked=Now())
    made = Pass.objects.create(
        visit=row, digest=_digest(token), person_id=by.id, expires=clock.now() + timedelta(minutes=minutes)
    )
    reach.tell_of(row, pass_id=made.pk)
    return queries.pass_view(made), token


@verb("visits.pass.revoked")
def revoke_pass(*, visit: int, by: Actor) -> PassView:
    """Make a visit's pass void 作废预填码."""
    reach.check_serves(by)
    row = reach.locked(visit, by)
    found = Pass.objects.filter(visit=row, revoked=None).first()
    if found is None:
        raise PassRefused(_("This visit has no pass."))
    Pass.objects.filter(pk=found.pk).update(revoked=Now())
    reach.tell_of(row, pass_id=found.pk)
    found.refresh_from_db()
    return queries.pass_view(found)


def live_pass(visit: int) -> PassView | None:
    """The visit's pass that is neither void nor expired; its token cannot be shown again."""
    found = Pass.objects.filter(visit=visit, revoked=None, expires__gt=clock.now()).first()
    return queries.pass_view(found) if found else None


def pass_of(token: str) -> PassView:
    """The pass that this token is. Forged, expired, used up, void, its visit ended: one refusal for all."""
    return queries.pass_view(_live(token))


def pre_fill(*, token: str, operation: str, fields: Mapping[str, Any]) -> DraftView:
    """Fill the draft of an operation from the customer's phone 预填. It stays a draft, unconfirmed."""
    found = _live(token)
    drafts.check_fields(operation, fields)
    by = Actor(kind=ActorKind.SYSTEM, id=0, name="Counterpoint", branch=found.visit.branch_id)
    return _pre_fill(pass_id=found.pk, visit=found.visit_id, operation=operation, fields=dict(fields), by=by)


def number_of(token: str) -> TicketView:
    """The number that this token is, while its customer may fill in forms: in the line, and of today."""
    try:
        found = lobby.ticket_of_token(token)
    except TokenRefused as error:
        raise _refused() from error
    if not found.in_line or found.date != org.business_day(found.branch).date:
        raise _refused()
    return found


def pre_fill_number(*, token: str, operation: str, fields: Mapping[str, Any]) -> DraftView:
    """Fill a draft from the page of a number 手机预填: bound to the number, over when it is called.

    The visit is opened with the first draft, and less time is expected at the desk.
    """
    ticket = number_of(token)
    drafts.check_fields(operation, fields)
    by = lobby.self_service(ticket.branch)
    try:
        with transaction.atomic():
            visit = visit_of_ticket(ticket=ticket.key, by=by).id
            made = _pre_fill(pass_id=None, visit=visit, operation=operation, fields=dict(fields), by=by)
            lobby.finish_prework(ticket=ticket.key, operations=[operation], by=by)
    except TicketMoved as error:
        raise _refused() from error
    return made


@verb("visits.draft.pre_filled")
def _pre_fill(
    *, pass_id: int | None, visit: int, operation: str, fields: dict[str, Any], by: Actor
) -> DraftView:  # fmt: skip
    """The customer's phone filled a draft; once somebody at the bank has entered something, no longer."""
    row = _locked(visit, by)
    if pass_id is None:
        # Each time a draft was written is one of its versions.
        if (Draft.objects.filter(visit=row).aggregate(n=Sum("version"))["n"] or 0) >= _most():
            raise PassRefused(_("Too much was sent from this page. The rest is entered at the counter."))
    elif not Pass.objects.filter(pk=pass_id, revoked=None, expires__gt=clock.now(), uses__lt=_most()).update(
        uses=F("uses") + 1, used=Coalesce("used", Now())
    ):
        raise _refused()
    there = Draft.objects.filter(visit=row, operation=operation, ended=None).first()
    if there is not None and there.person_id is not None:
        raise DraftChanged(_("The bank has begun with this form. Ask at the counter."), fields=[])
    version = there.version if there else None
    return drafts.write(row, operation, fields, version=version, source=DraftSource.CUSTOMER, by=by)


def _locked(visit: int, by: Actor) -> Visit:
    try:
        return reach.locked(visit, by)
    except VisitEnded as error:
        raise _refused() from error


def _live(token: str) -> Pass:
    if not isinstance(token, str) or not token.isascii() or not 0 < len(token) <= 64:
        raise _refused()
    usable = Q(revoked=None, expires__gt=clock.now(), uses__lt=_most(), visit__ended=None)
    found = Pass.objects.filter(usable, digest=_digest(token)).select_related("visit").first()
    if found is None:
        raise _refused()
    return found


def _most() -> int:
    return int(org.value(key=USES, at=clock.today()))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _refused() -> PassRefused:
    return PassRefused(_("This code is not valid, or no longer. Ask for a new one."))
