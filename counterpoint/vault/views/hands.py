"""What the screens of hand-overs, vouchers and seals share: people, who sees what, cursors, files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from counterpoint.kit.data import Actor, NotAllowed, Why
from counterpoint.people import services as people
from counterpoint.people.data import Duty, PersonView
from counterpoint.vault import services
from counterpoint.vault.data import BoxKind, BoxView

#: Who looks after others' boxes and may see what lies in them.
OVERSEERS = (Duty.AUTHORIZE, Duty.BOARD, Duty.AUDIT)
#: Who may take over what another person answers for.
TAKERS = (Duty.CASH, Duty.AUTHORIZE)


def chinese() -> bool:
    return (get_language() or "").startswith("zh")


def listed(words: Iterable[str]) -> str:
    """Words one after the other, in the reader's punctuation."""
    return ("、" if chinese() else "; ").join(words)


def oversees(by: Actor) -> bool:
    """Does this person answer for others, or examine them?"""
    return any(people.may(person=by.id, duty=duty, branch=by.branch or 0) for duty in OVERSEERS)


def authorizes(by: Actor) -> bool:
    return bool(people.may(person=by.id, duty=Duty.AUTHORIZE, branch=by.branch or 0))


def colleagues(by: Actor) -> list[PersonView]:
    """Everybody else at the branch to whom something can be handed over."""
    found = {
        one.id: one for duty in TAKERS for one in people.people_with(duty=duty, branch=by.branch or 0)
        if one.id != by.id
    }  # fmt: skip
    return sorted(found.values(), key=lambda one: one.number)


def names(ids: Iterable[int | None]) -> dict[int, str]:
    """The names of people, each asked for once."""
    return {id: people.person(id).name for id in sorted({one for one in ids if one})}


def blind_boxes(by: Actor) -> set[int]:
    """Boxes that this person has still to count in an open hand-over: nothing of them is told."""
    givers = {one.giver for one in services.open_hand_overs(branch=by.branch or 0) if one.receiver == by.id}
    boxes = services.boxes_of(branch=by.branch or 0) if givers else []
    return {box.id for box in boxes if box.custodian in givers}


def check_not_blind(by: Actor, boxes: Iterable[int]) -> None:
    """Refuse a page that tells what the reader has still to count 盲点."""
    if blind_boxes(by) & set(boxes):
        raise NotAllowed(
            _("You are counting this blind: it is shown when the hand-over has ended."),
            why=Why(rule="vault.hand_over"),
        )


def told_boxes(by: Actor) -> list[BoxView]:
    """The boxes of which this person may know what lies in them: one's own and the vault; overseers all."""
    blind, all_of_them = blind_boxes(by), oversees(by)
    return [
        box for box in services.boxes_of(branch=by.branch or 0)
        if box.id not in blind and (all_of_them or box.custodian == by.id or box.kind is BoxKind.VAULT)
    ]  # fmt: skip


def key_of(request: HttpRequest) -> UUID | None:
    """The form's key, so that a double press does it once."""
    try:
        return UUID(request.POST.get("idempotency_key", ""))
    except ValueError:
        return None


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
