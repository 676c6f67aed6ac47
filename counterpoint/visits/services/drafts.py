"""What was entered and not yet done 草稿: two who write at once are told, and nothing is lost silently."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from counterpoint.kit.data import Actor, ActorKind, Why
from counterpoint.kit.verbs import verb
from counterpoint.people import services as people
from counterpoint.visits import queries, rules
from counterpoint.visits.data import (
    DraftChanged,
    DraftRefused,
    DraftSource,
    DraftView,
    HelpState,
    NotServing,
    UnknownDraft,
)
from counterpoint.visits.models import Draft, HelpCall, Visit
from counterpoint.visits.rules_screens import unconfirmed_of
from counterpoint.visits.services import reach, servings

#: Operations that may lie half-done with one visit.
MOST_DRAFTS = 20


def drafts_of(visit: int) -> list[DraftView]:
    """The open drafts of a visit, the one last touched first."""
    return queries.drafts(visit)


def draft(visit: int, operation: str) -> DraftView:
    """What was entered for an operation, or ``UnknownDraft``."""
    for one in queries.drafts(visit):
        if one.operation == operation:
            return one
    raise UnknownDraft(_("There is no such draft."), visit=visit)


def unconfirmed(draft: DraftView) -> list[str]:
    """The critical fields that others than a teller filled in and that no teller has confirmed."""
    return unconfirmed_of(draft)


def save_draft(
    *, visit: int, operation: str, fields: Mapping[str, Any], by: Actor, version: int | None = None,
    source: DraftSource = DraftSource.TELLER,
) -> DraftView:  # fmt: skip
    """Keep what was entered so far. ``version`` is the one that was read; ``None``: none was there.

    If somebody else has changed it since, ``DraftChanged`` names the fields that differ and nothing is
    written. What is there already, letter for letter, is not written again.
    """
    check_fields(operation, fields)
    reach.check_serves(by)
    reach.visit_here(visit, by)
    filler = reach.one_of(DraftSource, source, field="source")
    there = next((one for one in queries.drafts(visit) if one.operation == operation), None)
    if there is not None and not rules.differing(there.fields, fields):
        return there
    return _save(visit=visit, operation=operation, fields=dict(fields), version=version, source=filler, by=by)


def check_fields(operation: object, fields: object) -> None:
    """Refuse what a draft may not hold, with the field's name."""
    if not rules.is_operation(operation):
        raise DraftRefused(_("There is no such operation."), field="operation")
    found = rules.trouble_with(fields)
    if found is None:
        return
    trouble, name = found
    words = {
        "form": _("These are no fields."),
        "many": _("A draft has 60 fields at most."),
        "name": _("A field's name is too long or has letters that cannot be kept."),
        "secret": _("Passwords and codes are never kept in a draft."),
        "long": _("A field is too long: 500 letters at most."),
        "letters": _("A field has letters that cannot be kept."),
        "type": _("A field holds text, a whole number, or yes and no."),
    }[trouble]
    raise DraftRefused(words, field=name, trouble=trouble)


@verb("visits.draft.saved")
def _save(
    *, visit: int, operation: str, fields: dict[str, Any], version: int | None, source: DraftSource, by: Actor
) -> DraftView:  # fmt: skip
    """What was entered for an operation is kept; the event names the fields and not what stands in them."""
    row = reach.locked(visit, by)
    _check_writer(row, by)
    return write(row, operation, fields, version=version, source=source, by=by)


def write(
    row: Visit, operation: str, fields: dict[str, Any], *, version: int | None, source: DraftSource, by: Actor
) -> DraftView:  # fmt: skip
    """Write the draft of a locked visit; a verb calls this and nothing else tells."""
    person = by.id if by.kind is ActorKind.PERSON else None
    found = _there(row, operation)
    if found is None:
        if version is not None:
            raise UnknownDraft(_("This draft has ended: the operation was done, or it was thrown away."))
        if Draft.objects.filter(visit=row, ended=None).count() >= MOST_DRAFTS:
            raise DraftRefused(_("Too many drafts lie with this visit."), field="operation")
        found = Draft.objects.create(
            visit=row, operation=operation, fields=fields, source=source, person_id=person
        )
        names = sorted(fields)
    else:
        names = rules.differing(found.fields, fields)
        if names and version != found.version:
            raise changed(found, names)
        confirmed = set(rules.still_confirmed(found.confirmed, found.fields, fields))
        if source is DraftSource.TELLER:
            # What the teller has typed needs no confirmation; what others filled in still does, hence
            # the draft keeps its first source.
            confirmed |= set(names) & set(fields)
        Draft.objects.filter(pk=found.pk).update(
            confirmed=sorted(confirmed), fields=fields, version=found.version + 1, person_id=person, at=Now()
        )
    reach.tell_of(row, operation=operation, fields=names, source=str(source))
    return draft(row.pk, operation)


def changed(found: Draft, names: Collection[str]) -> DraftChanged:
    """The refusal for who would overwrite what somebody else has entered."""
    who = people.person(found.person_id).name if found.person_id else ""
    return DraftChanged(
        _("Somebody has changed this draft since you read it."),
        why=Why(helper=who, remedy=str(_("Look at what differs, then save again."))),
        fields=sorted(names), person=found.person_id, who=who, version=found.version,
    )  # fmt: skip


def _check_writer(row: Visit, by: Actor) -> None:
    """While a visit is served, who serves it and who helps write in it; before, whoever serves here."""
    now = servings.open_of(row)
    if now is None or now.person_id == by.id:
        return
    if not HelpCall.objects.filter(visit=row, helper=by.id, state=HelpState.JOINED).exists():
        raise NotServing(
            _("Only who serves the visit, and who helps, writes in it."),
            why=Why(helper=now.person.name, remedy=str(_("Join a call for help, or take the visit over."))),
        )


@verb("visits.draft.confirmed")
def confirm_fields(
    *, visit: int, operation: str, names: Collection[str], version: int, by: Actor
) -> DraftView:  # fmt: skip
    """The teller has checked these fields with the customer 逐项确认, as they stood in ``version``.

    A field that is changed afterwards is no longer confirmed.
    """
    reach.check_serves(by)
    row = reach.locked(visit, by)
    now = servings.open_of(row)
    if now is None or now.person_id != by.id:
        raise NotServing(
            _("Only who serves the visit may do this."), why=Why(helper=now.person.name if now else "")
        )
    found = _open(row, operation)
    if version != found.version:
        raise changed(found, names)
    if rules.missing_names(names, found.fields):
        raise DraftRefused(
            _("This draft has no such field."), field=rules.missing_names(names, found.fields)[0][:40]
        )
    Draft.objects.filter(pk=found.pk).update(confirmed=sorted({*found.confirmed, *names}))
    reach.tell_of(row, operation=operation, fields=sorted(set(names)))
    return draft(visit, operation)


@verb("visits.draft.ended")
def end_draft(*, visit: int, operation: str, by: Actor) -> None:
    """The operation is done, or the draft is thrown away: what was entered is wiped."""
    reach.check_serves(by)
    row = reach.locked(visit, by)
    _check_writer(row, by)
    found = _open(row, operation)
    Draft.objects.filter(pk=found.pk).update(ended=Now(), fields={}, confirmed=[], version=found.version + 1)
    reach.tell_of(row, operation=operation)


def _there(row: Visit, operation: str) -> Draft | None:
    return Draft.objects.filter(visit=row, operation=operation, ended=None).first()


def _open(row: Visit, operation: str) -> Draft:
    found = _there(row, operation)
    if found is None:
        raise UnknownDraft(_("There is no such draft."), visit=row.pk)
    return found
