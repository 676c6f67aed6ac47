"""Pieces that several plans share: faces for a cash net, checks before money leaves, balances to come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Malformed, Why
from counterpoint.ledger.data import AccountFrozen, AccountStatus, AccountView, InsufficientFunds
from counterpoint.teller import queries, rules
from counterpoint.teller.data import Balance, Line, LossReported, WrongAccountCurrency
from counterpoint.teller.services.context import Context, Owned
from counterpoint.vault import services as vault
from counterpoint.vault.data import BoxView, FacesDoNotSum, NotEnoughOfFace, faces_sum


def check_out(owned: Owned, amount: int) -> None:
    """Early words for what the posting engine would refuse in the end."""
    view = owned.account
    if view.status is not AccountStatus.ACTIVE:
        report = queries.loss_report(view.id)
        if report is not None:
            raise LossReported(
                _("A loss is reported for this account; nothing can be paid from it."),
                why=Why(
                    rule="teller.loss_report", since=report.business_date.isoformat(),
                    remedy=str(_("The owner lifts the report in person: operation 1601.")),
                ),
            )  # fmt: skip
        raise AccountFrozen(
            _("The state of the account does not allow this."),
            why=Why(rule=f"ledger.status.{view.status}"), account=view.id, status=str(view.status),
        )  # fmt: skip
    if amount > view.available:
        raise InsufficientFunds(
            _("The free balance is not enough."), why=Why(rule="ledger.floor"), account=view.id,
            short=amount - view.available,
        )  # fmt: skip


def check_in(owned: Owned) -> None:
    if owned.account.status is AccountStatus.FROZEN:
        raise AccountFrozen(
            _("The state of the account does not allow this."),
            why=Why(rule=f"ledger.status.{owned.account.status}"), account=owned.account.id,
        )  # fmt: skip


def check_currency(facts: Mapping[str, Any], *views: AccountView) -> str:
    """The one currency of all accounts, and of what the form says if it says one."""
    currencies = {view.currency for view in views}
    if facts.get("currency"):
        currencies.add(str(facts["currency"]))
    if len(currencies) != 1:
        raise WrongAccountCurrency(
            _("These are kept in different currencies."), currencies=sorted(currencies), field="account"
        )
    return currencies.pop()


def cash(ctx: Context, facts: Mapping[str, Any], *, net: int, currency: str) -> dict[str, Any]:
    """The plan's cash part for ``net`` (into the box positive): box, faces as the box will see them.

    Faces are counted in the direction of the net; below zero is what goes the other way, as change
    does. For cash out without faces the box proposes the fewest pieces.
    """
    given = facts.get("faces") or {}
    if net == 0 and not given:
        return {"cash": 0}
    box = ctx.box
    if box.currency != currency:
        raise WrongAccountCurrency(
            _("Your box holds another currency."), currencies=[box.currency, currency], field="account"
        )
    if not isinstance(given, Mapping):
        raise Malformed(_("Faces are given as pieces of each."), field="faces")
    faces = vault.clean_faces(given, currency)
    if not faces and net < 0:
        faces = vault.suggest(-net, box.payable) or {}
    counted = faces_sum(faces)
    if counted != abs(net):
        raise FacesDoNotSum(
            _("The faces do not add up to the amount."), counted=counted, expected=abs(net), field="faces"
        )
    change = {face: count if net >= 0 else -count for face, count in faces.items()}
    _check_payable(box, change, currency)
    vault.check_faces(faces=change, currency=currency, at=ctx.day)
    passed = vault.check_limit(box=box, change=change) if net > 0 else []
    return {"cash": net, "box": box.id, "faces": change, "over_limit": bool(passed)}


def _check_payable(box: BoxView, change: Mapping[str, int], currency: str) -> None:
    face = vault.short_face(box, change)
    if face is not None:
        have = box.payable[face]
        raise NotEnoughOfFace(
            format_lazy(
                _("Box {box} holds only {have} × {face}."),
                box=box.number, have=have, face=vault.face_name(face, currency),
            ),
            why=Why(remedy=str(_("Pay with other faces, or draw some from the vault."))),
            face=face, have=have, wanted=-change[face],
        )  # fmt: skip


def cash_line(ctx: Context, net: int) -> list[Line]:
    return [Line(ctx.box.account, net, ctx.branch, "cash")] if net else []


def closed(ctx: Context, lines: Iterable[Line], currency: str) -> tuple[Line, ...]:
    """The lines with 系统内往来 where a branch would not balance by itself."""
    return rules.between_branches(lines, lambda branch: ctx.internal(branch, "3002", currency))


def balances(lines: Iterable[Line], views: Iterable[AccountView]) -> tuple[Balance, ...]:
    """What the shown accounts would hold afterwards."""
    moved: dict[int, int] = {}
    for line in lines:
        moved[line.account] = moved.get(line.account, 0) + line.amount
    return tuple(
        Balance(
            account=view.id, number=view.number, name=view.name, before=view.balance,
            after=view.balance + view.sign * moved.get(view.id, 0),
            available=max(0, view.available + view.sign * moved.get(view.id, 0)), currency=view.currency,
        )
        for view in views
    )  # fmt: skip
