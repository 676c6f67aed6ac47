"""What a person may serve at a desk now 可办业务: duty, qualification, equipment, cash left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from counterpoint.lobby.data import Service
from counterpoint.lobby.services.book import value
from counterpoint.org.data import DeskView, Equipment
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import services as vault
from counterpoint.vault.data import Stop


def barred(
    *, person: int, desk: DeskView, services: Iterable[Service], cash_floor: int | None = None
) -> dict[str, str]:
    """By service, why this person at this desk may not serve it now; able ones are not named.

    All duties are one question; the box is looked at only where a service pays cash out, against
    ``cash_floor`` where the caller knows the rule already.
    """
    asked = list(services)
    duties = {one.duty for one in asked}
    among = [duty for duty in Duty if duty in duties]
    held = people.duties_held(person=person, branch=desk.branch, among=among)
    cash = _cash_bar(person, cash_floor) if any(one.pays_cash for one in asked) else ""
    found = {one.code: _bar(person, desk, one, held, cash) for one in asked}
    return {code: why for code, why in found.items() if why}


def _bar(person: int, desk: DeskView, service: Service, held: frozenset[Duty], cash: str) -> str:
    if service.duty not in held:
        return _("The person at this desk may not do this service now.")
    if service.qualification and not people.qualified(person=person, kind=service.qualification):
        return _("The person at this desk lacks the qualification “%(kind)s”.") % {
            "kind": people.qualification_name(service.qualification)
        }
    missing = {Equipment(one) for one in service.equipment} - desk.equipment
    if missing:
        return _("This desk lacks what the service needs.")
    return cash if service.pays_cash else ""


def _cash_bar(person: int, floor: int | None) -> str:
    """Why a person can pay nothing out; empty when he can."""
    held = vault.cash_of(person=person)
    if held is None:
        return _("The person at this desk holds no box.")
    stopped, payable = held
    if stopped is not Stop.NONE:
        return _("The box of this desk is paused or frozen.")
    if payable < (value("cash_floor") if floor is None else floor):
        return _("Too little cash is left in the box of this desk.")
    return ""


def some_can(duties: Mapping[int, frozenset[Duty]], service: Service) -> bool:
    """Whether anybody among these people has the duty and the qualification of a service."""
    return any(
        service.duty in held
        and (not service.qualification or people.qualified(person=person, kind=service.qualification))
        for person, held in duties.items()
    )
