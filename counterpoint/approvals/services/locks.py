"""Requests are only added to, so a row lock is not to be had: an advisory lock stands for each."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext_lazy as _

from counterpoint.approvals import models
from counterpoint.approvals.data import RequestEnded, UnknownRequest
from counterpoint.kit import clock

REQUESTS = 7202
APPROVALS = 7201
PAYLOADS = 7203


def lock(space: int, id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashint8(%s))", [space, id])


def lock_payload(payload_hash: str) -> None:
    """Wait for whoever asks for the same payload at this moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [PAYLOADS, payload_hash])


def locked_request(id: int) -> models.Request:
    """The open request, held until the end of the transaction."""
    lock(REQUESTS, id)
    row = models.Request.objects.select_related("end").filter(pk=id).first()
    if row is None:
        raise UnknownRequest(_("There is no such request."))
    end: models.RequestEnd | None = getattr(row, "end", None)
    if end is not None:
        raise RequestEnded(_("This request has ended."), state=end.state)
    if row.expires <= clock.now():
        raise RequestEnded(_("This request has expired."), state="expired")
    return row


def open_claim(row: models.Request) -> models.Claim | None:
    return models.Claim.objects.filter(request=row, ended=None).first()
