"""How many numbers one kiosk or one address may take 取号限额, by dated rule; never counted by branch.

A number that was not taken is not counted: the count stands in the transaction of the number.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Why
from counterpoint.lobby.data import DeviceView, TicketChannel, TooManyNumbers
from counterpoint.org import services as org

TABLE = "lobby.take_limits"
#: Nobody asks about a span that is older.
KEPT = timedelta(hours=1)

COUNT = """
INSERT INTO lobby_takecount (source, span, n) VALUES (%s, %s, 1)
ON CONFLICT (source, span) DO UPDATE SET n = lobby_takecount.n + 1 RETURNING n
"""
FORGET = """
DELETE FROM lobby_takecount WHERE id IN (
  SELECT id FROM lobby_takecount WHERE span < %s LIMIT 100 FOR UPDATE SKIP LOCKED)
"""


def source_of_device(device: DeviceView) -> str:
    """Under what a kiosk's numbers are counted."""
    return f"device:{device.id}"


def source_of_address(address: str) -> str:
    """Under what a phone's numbers are counted: from the address nobody can be told."""
    made = hmac.new(settings.SECRET_KEY.encode(), b"lobby.take:" + address.encode(), hashlib.sha256)
    return f"address:{made.hexdigest()[:32]}"


def count(source: str, channel: TicketChannel) -> None:
    """Count one more number, or refuse it; inside the transaction that takes it."""
    said = org.decide(table=TABLE, facts={"channel": str(channel)}, at=clock.today())
    most, minutes = int(said.outcome["numbers"]), max(1, int(said.outcome["minutes"]))
    if not source or not most:
        return
    now = clock.now()
    length = timedelta(minutes=minutes)
    start = datetime.fromtimestamp(now.timestamp() // length.total_seconds() * length.total_seconds(), UTC)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [source, start])
        taken = int(cursor.fetchone()[0])
        if taken == 1:
            cursor.execute(FORGET, [now - max(KEPT, length)])
    if taken > most:
        again = (start + length).astimezone(clock.CHINA)
        hit = said.hits[0] if said.hits else None
        raise TooManyNumbers(
            _("Too many numbers were taken from here at once."),
            why=Why(
                rule=_("%(count)s numbers in %(minutes)s minutes") % {"count": most, "minutes": minutes},
                source=hit.source if hit else "",
                remedy=_("Again at %(time)s; or ask the colleague in the lobby.")
                % {"time": f"{again:%H:%M}"},
            ),
            until=again.isoformat(),
        )
