"""Who may do what with a transfer 调拨权限: asked before a button is drawn, and again by the verb."""

from __future__ import annotations

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor, ActorKind, Why
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import rules_transfers as rules
from counterpoint.vault.data import BoxKind
from counterpoint.vault.data_transfers import (
    NotTheirTransfer,
    TransferAct,
    TransferEnded,
    TransferPart,
    TransferPeople,
    TransferView,
)
from counterpoint.vault.data_vouchers import NotCustodian
from counterpoint.vault.services.boxes import box as box_view

PEOPLE = "vault.transfer_people"


class Reader:
    """Somebody who looks at transfers. What the room of people says of them is asked once."""

    def __init__(self, by: Actor) -> None:
        self.by = by
        self._may: dict[tuple[Duty, int], bool] = {}

    def may(self, duty: Duty, branch: int) -> bool:
        asked = (duty, branch)
        if asked not in self._may:
            person = self.by.kind is ActorKind.PERSON
            self._may[asked] = person and bool(people.may(person=self.by.id, duty=duty, branch=branch))
        return self._may[asked]

    def parts(self, view: TransferView) -> set[TransferPart]:
        """At a box its custodian acts; for the central bank whoever handles cash in our branch."""
        found = set()
        if self._stands(view.source, view.giver, view.target_branch):
            found.add(TransferPart.GIVER)
        if self._stands(view.target, view.taker, view.source_branch):
            found.add(TransferPart.RECEIVER)
        if view.requester == self.by.id and self.by.kind is ActorKind.PERSON:
            found.add(TransferPart.REQUESTER)
        if self.answers_for(view):
            found.add(TransferPart.SUPERVISOR)
        return found

    def _stands(self, box: int | None, holder: int | None, branch: int) -> bool:
        if box is None:
            return self.may(Duty.CASH, branch)
        return self.by.kind is ActorKind.PERSON and holder == self.by.id

    def answers_for(self, view: TransferView) -> bool:
        return any(self.may(Duty.AUTHORIZE, branch) for branch in {view.source_branch, view.target_branch})

    def acts(self, view: TransferView) -> list[TransferAct]:
        return rules.acts(view, self.parts(view)) if view.open else []

    def turn(self, view: TransferView) -> bool:
        """Somebody waits for this person: to issue it, to hand it to the carrier, or to take it in."""
        waits = (TransferAct.ISSUE, TransferAct.CARRY, TransferAct.RECEIVE)
        return any(act in waits for act in self.acts(view))

    def sees_notes(self, view: TransferView) -> bool:
        """Whoever has still to count it is told neither its notes nor its sum; nor are the colleagues."""
        if not view.on_the_way or view.target is None:
            return True
        parts = self.parts(view)
        if view.taker == self.by.id:
            return False
        return bool(parts & {TransferPart.GIVER, TransferPart.SUPERVISOR})


def check_act(view: TransferView, act: TransferAct, by: Actor) -> None:
    """Raise, with the reason in words, unless the person may do this with the transfer now."""
    line = rules.line_of(view.state, act)
    if line is None:
        raise TransferEnded(_("The state of this transfer does not allow it."), state=str(view.state))
    if rules.too_early(view, act):
        raise TransferEnded(
            _("It has not left the other branch yet."), why=Why(remedy=str(_("The giver names the carrier.")))
        )
    if rules.needless(view, act):
        raise TransferEnded(_("Within the branch no carrier takes it: the receiver counts it at once."))
    if not set(line.parts) & Reader(by).parts(view):
        _refuse(view, line.parts[0], by)


def _refuse(view: TransferView, part: TransferPart, by: Actor) -> None:
    """Say whose box it is, and who holds it."""
    gives = part is TransferPart.GIVER
    box, holder = (view.source, view.giver) if gives else (view.target, view.taker)
    if box is None:
        people.check_actor(by=by, duty=Duty.CASH, branch=view.target_branch if gives else view.source_branch)
        raise NotTheirTransfer(_("This step is not yours to take."))
    raise NotCustodian(
        format_lazy(
            _("Box {box} is not in your custody."), box=view.source_name if gives else view.target_name
        ),
        why=Why(helper=people.person(holder).name if holder else ""),
    )


def people_to_move(view: TransferView) -> int:
    """How many issue and receive together, by the dated rule."""
    ends = [box_view(box) for box in (view.source, view.target) if box is not None]
    facts = {
        "route": rules.route(
            view.source_kind, view.target_kind, between_branches=view.between_branches,
            vault=any(box.kind is BoxKind.VAULT for box in ends),
        ),
        "amount_minor": view.amount,
    }  # fmt: skip
    return int(org.decide(table=PEOPLE, facts=facts, at=view.date).outcome["people"])


def check_second(view: TransferView, by: Actor, second: Actor | None) -> None:
    """Where the rule asks for two, the second is somebody else who handles or authorizes cash there."""
    if second is not None and second.id == by.id:
        raise TransferPeople(_("The second person is somebody else."), why=Why(rule=PEOPLE))
    if people_to_move(view) < 2:
        return
    if second is None:
        raise TransferPeople(
            _("Two people move this cash together."),
            why=Why(rule=PEOPLE, remedy=str(_("A second person signs in at this screen."))),
            field="second_number",
        )  # fmt: skip
    branch = second.branch or view.target_branch
    if not any(people.may(person=second.id, duty=d, branch=branch) for d in (Duty.CASH, Duty.AUTHORIZE)):
        people.check_may(person=second.id, duty=Duty.CASH, branch=branch)
