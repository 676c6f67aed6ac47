"""Freezing a box while it is examined 查库封存: inside the verb of the examination."""

from __future__ import annotations

from django.db.models.functions import Now

from counterpoint.kit.data import Actor
from counterpoint.ledger import services as ledger
from counterpoint.vault.data_cash import Stop
from counterpoint.vault.models import Box, Stock
from counterpoint.vault.models_cash import BoxStop


def freeze_box(*, box: int, reason: str, by: Actor) -> None:
    """Nothing moves in the box from now on; a pause ends with it."""
    # Whoever posts to the box holds its account: only then is no posting under way that saw it free.
    ledger.lock_accounts([Box.objects.values_list("account_id", flat=True).get(pk=box)])
    BoxStop.objects.filter(box=box, until=None).update(until=Now(), ender_id=by.id)
    BoxStop.objects.create(box_id=box, kind=Stop.FROZEN.value, reason=reason[:200], person_id=by.id)
    Stock.objects.filter(pk=box).update(stopped=Stop.FROZEN.value)


def unfreeze_box(*, box: int, by: Actor) -> None:
    """The box is free again; one that is not frozen stays as it is."""
    ended = BoxStop.objects.filter(box=box, kind=Stop.FROZEN.value, until=None)
    if ended.update(until=Now(), ender_id=by.id):
        ledger.lock_accounts([Box.objects.values_list("account_id", flat=True).get(pk=box)])
        Stock.objects.filter(pk=box).update(stopped=Stop.NONE.value)
