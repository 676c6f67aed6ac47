"""A short absence 暂离: nothing moves in the box until its custodian is back."""

from __future__ import annotations

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.ledger import services as ledger
from counterpoint.vault import queries
from counterpoint.vault.data import BoxNotPaused, BoxView, NoBox, Stop, StopView
from counterpoint.vault.models import Box, Custody, Stock
from counterpoint.vault.models_cash import BoxStop
from counterpoint.vault.services.boxes import stopped
from counterpoint.vault.services.hand_overs import blockers_of

OPEN_MATTERS_KEPT = 20


def stop_of(*, box: int) -> StopView | None:
    """Why nothing moves in a box now; ``None`` when something may."""
    row = BoxStop.objects.filter(box=box, until=None).first()
    return StopView(Stop(row.kind), row.reason, row.person_id, row.since) if row else None


@verb("vault.box.paused")
def pause_box(*, box: int, reason: str, by: Actor) -> BoxView:
    """Stop one's own box for a short absence 暂离封箱; what is open then is written down with it."""
    row, stock = _mine(box, by)
    if stock.stopped:
        raise stopped(row.number, stock.stopped)
    BoxStop.objects.create(box=row, kind=Stop.PAUSED.value, reason=reason.strip()[:200], person_id=by.id)
    Stock.objects.filter(pk=box).update(stopped=Stop.PAUSED.value)
    matters = blockers_of(person=by.id, branch=row.branch_id)[:OPEN_MATTERS_KEPT]
    data = {"reason": reason.strip()[:200], "open": [{"zh": one.zh, "en": one.en} for one in matters]}
    tell(Told(subject=f"box:{box}", branch=row.branch_id, data=data, channels=(by.key,)))
    return queries.boxes(Q(pk=box))[0]


@verb("vault.box.resumed")
def resume_box(*, box: int, by: Actor) -> BoxView:
    """Be back at one's own box 返岗启封."""
    row, stock = _mine(box, by)
    if stock.stopped == Stop.FROZEN:
        raise stopped(row.number, stock.stopped)
    if not stock.stopped:
        raise BoxNotPaused(_("The box is not paused."), box=box)
    BoxStop.objects.filter(box=row, until=None).update(until=Now(), ender_id=by.id)
    Stock.objects.filter(pk=box).update(stopped=Stop.NONE.value)
    tell(Told(subject=f"box:{box}", branch=row.branch_id, channels=(by.key,)))
    return queries.boxes(Q(pk=box))[0]


def _mine(id: int, by: Actor) -> tuple[Box, Stock]:
    """The box in ``by``'s custody, with its account locked: no posting is under way in it."""
    held = Custody.objects.select_related("box").filter(box=id, person=by.id, until=None).first()
    if held is None:
        raise NoBox(_("This box is not in your custody."), box=id)
    ledger.lock_accounts([held.box.account_id])
    return held.box, Stock.objects.get(pk=id)
