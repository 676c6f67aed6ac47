"""Sorting notes 整点挑残, and which faces are money on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.ledger import services as ledger
from counterpoint.org import services as org
from counterpoint.vault import queries
from counterpoint.vault.data import (
    FACES,
    BoxView,
    FaceWithdrawn,
    NoBox,
    SortingMalformed,
    UnknownBox,
    face_value,
    is_coin,
)
from counterpoint.vault.labels import face_name
from counterpoint.vault.models import Stock
from counterpoint.vault.rules import as_counts, as_faces, clean_faces
from counterpoint.vault.services.boxes import stopped
from counterpoint.vault.services.counts import faces_in_use

#: The series of which only some faces are still in use.
OLD_SERIES = "cash.series_four"


@verb("vault.box.sorted")
def sort_notes(*, box: int, unfit: Mapping[str, int], damaged: Mapping[str, int], by: Actor) -> BoxView:
    """Say how many pieces of one's own box are unfit 不宜流通 and damaged 残损 after sorting 整点挑残.

    The others are fit again. Such pieces are not paid out; their worth stays in the box.
    """
    view = queries.first(queries.boxes(Q(pk=box)))
    if view is None:
        raise UnknownBox(_("There is no such box."), box=box)
    if view.custodian != by.id:
        raise NoBox(_("This box is not in your custody."), box=box)
    ledger.lock_accounts([view.account])
    row = Stock.objects.get(pk=box)
    if row.stopped:
        raise stopped(view.number, row.stopped)
    bad, torn = clean_faces(unfit, view.currency), clean_faces(damaged, view.currency)
    _check_there(as_faces(row.counts, view.currency), bad, torn, view.currency)
    for name, sorted_out in (("unfit", bad), ("damaged", torn)):
        setattr(row, name, as_counts(sorted_out, view.currency) if sorted_out else [])
    row.save(update_fields=["unfit", "damaged"])
    tell(
        Told(
            subject=f"box:{box}", branch=view.branch,
            before={"unfit": dict(view.unfit), "damaged": dict(view.damaged)},
            after={"unfit": bad, "damaged": torn},
        )
    )  # fmt: skip
    return queries.boxes(Q(pk=box))[0]


def _check_there(held: Mapping[str, int], bad: Mapping[str, int], torn: Mapping[str, int], ccy: str) -> None:
    for face in {**bad, **torn}:
        aside = bad.get(face, 0) + torn.get(face, 0)
        if min(bad.get(face, 0), torn.get(face, 0)) < 0:
            raise SortingMalformed(_("This is no number of pieces."), field=face)
        if aside > held[face]:
            raise SortingMalformed(
                format_lazy(
                    _("Only {have} × {face} are in the box."), have=held[face], face=face_name(face, ccy)
                ),
                field=face, have=held[face], wanted=aside,
            )  # fmt: skip


def check_faces(*, faces: Mapping[str, int], currency: str, at: date) -> None:
    """Refuse faces that come in and are no longer money on that day 已停止流通; they may still go out."""
    coming = [face for face, pieces in faces.items() if pieces > 0]
    usable = faces_in_use(currency=currency, at=at) if coming else []
    for face in coming:
        if face not in usable:
            raise FaceWithdrawn(
                format_lazy(_("{face} is no longer in use."), face=face_name(face, currency)),
                why=Why(rule="cash.faces", remedy=str(_("Take another face."))), face=face, field="faces",
            )  # fmt: skip


def old_series(*, at: date) -> list[str]:
    """The faces of the fourth series 第四套人民币 that are still money; its other notes are set aside."""
    says = org.value(key=OLD_SERIES, at=at)
    kept = {False: set(says["notes"]), True: set(says["coins"])}
    return [face for face in FACES["CNY"] if face_value(face) in kept[is_coin(face)]]
