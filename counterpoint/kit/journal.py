"""Writing and reading event rows."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import orjson

from counterpoint.kit.data import Actor, Told
from counterpoint.kit.database import planned
from counterpoint.kit.models import Event

#: The one PostgreSQL channel on which events are announced; the live door listens to it.
SIGNAL = "counterpoint"

INSERT = """
WITH told AS (
  INSERT INTO kit_event (branch_id, business_date, verb, subject, actor, correlation, data)
  VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id
)
SELECT id, pg_notify(%s, '{"e":' || id || %s) FROM told
"""


def record(verb: str, told: Told, by: Actor) -> int:
    """Write the event row of ``verb`` and announce it at commit. Returns the event's id."""
    data: dict[str, Any] = dict(told.data)
    if told.before is not None:
        data["before"] = told.before
    if told.after is not None:
        data["after"] = told.after
    channels = [f"branch:{told.branch}", *told.channels]
    # The signal with the event's id in it is put together by the server: one round trip for both.
    rest = signal(0, verb, channels, told.about).removeprefix('{"e":0')
    with planned() as cursor:
        cursor.execute(
            INSERT,
            [
                told.branch, told.business_date, verb, told.subject, by.key, told.correlation, as_json(data),
                SIGNAL, rest,
            ],
        )  # fmt: skip
        event: int = cursor.fetchone()[0]
    return event


def as_json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, default=str)


def signal(event: int, verb: str, channels: list[str], about: str = "") -> str:
    """What is announced: the event's id, its verb, the channels, which thing. Never business data."""
    said = {"e": event, "v": verb, "c": channels} | ({"a": about} if about else {})
    return orjson.dumps(said).decode()


def of_subject(subject: str, *, limit: int = 50) -> list[Event]:
    """The newest events of ``subject`` that are no postings."""
    return list(Event.objects.filter(subject=subject, key=None).order_by("-id")[:limit])


def of_correlation(correlation: UUID, *, limit: int = 200) -> list[Event]:
    """The newest events that belong to one piece of work, such as a visit; postings among them."""
    return list(Event.objects.filter(correlation=correlation).order_by("-id")[:limit])
