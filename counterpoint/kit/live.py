"""The live door (under construction)."""

from __future__ import annotations

from django.core import signing

from counterpoint.kit.data import Actor

SALT = "counterpoint.live"


def ticket_for(actor: Actor, channels: tuple[str, ...]) -> str:
    """The signed pass with which a page may listen to ``channels`` for a short while."""
    body = {"p": actor.id, "d": actor.desk, "b": actor.branch, "c": list(channels)}
    return signing.dumps(body, salt=SALT, compress=True)
