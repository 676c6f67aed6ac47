"""The names of duties, roles and qualifications, as people read them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from counterpoint.people.data import Duty, Role

DUTY_NAMES: dict[Duty, Promise] = {
    Duty.CASH: _("Handle cash"),
    Duty.ACCOUNTS: _("Open and close accounts"),
    Duty.TRANSFER: _("Make transfers"),
    Duty.LOANS: _("Handle loans"),
    Duty.HOLDS: _("Place and release holds"),
    Duty.REVERSAL: _("Cancel and reverse entries"),
    Duty.AUTHORIZE: _("Authorize transactions"),
    Duty.AUTHORIZE_REMOTE: _("Authorize remotely"),
    Duty.LOBBY: _("Run the lobby"),
    Duty.CUSTOMER_VIEW: _("See customers"),
    Duty.CUSTOMER_EDIT: _("Change customer records"),
    Duty.RULES_DRAFT: _("Draft rules"),
    Duty.RULES_APPROVE: _("Approve rules"),
    Duty.DAY_OPEN: _("Open the business day"),
    Duty.DAY_CLOSE: _("Close the business day"),
    Duty.AUDIT: _("Audit"),
    Duty.PEOPLE_ADMIN: _("Administer staff"),
    Duty.BOARD: _("See the branch board"),
}

ROLE_NAMES: dict[Role, Promise] = {
    Role.TELLER: _("Teller"),
    Role.SENIOR_TELLER: _("Senior teller"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.LOBBY_MANAGER: _("Lobby manager"),
    Role.CUSTOMER_MANAGER: _("Customer manager"),
    Role.BACK_OFFICE: _("Back office"),
    Role.OPERATIONS: _("Operations"),
    Role.OPERATIONS_MANAGER: _("Operations manager"),
    Role.REMOTE_AUTHORIZER: _("Remote authorizer"),
    Role.AUDITOR: _("Auditor"),
    Role.IT_ADMIN: _("IT administrator"),
}

QUALIFICATION_NAMES: dict[str, Promise] = {
    "anti_counterfeit": _("Anti-counterfeit certificate"),
}

STATE_NAMES: dict[str, Promise] = {
    "in_force": _("In force"),
    "later": _("Not yet"),
    "ended": _("Ended"),
    "revoked": _("Revoked"),
    "lifted": _("Lifted"),
    "withdrawn": _("Withdrawn"),
    "asleep": _("Without effect now"),
}


def duty_name(duty: str) -> str:
    """The duty's name; an empty one means all duties."""
    return str(DUTY_NAMES[Duty(duty)]) if duty else str(_("All duties"))


def role_name(role: str) -> str:
    return str(ROLE_NAMES[Role(role)])


def place_name(branch: int) -> str:
    """The place of a right: a branch by its number, or the whole bank."""
    return str(_("branch %(branch)s") % {"branch": branch} if branch else _("whole bank"))


def qualification_name(kind: str) -> str:
    """The qualification's name; a kind that a bank has added itself is its own name."""
    return str(QUALIFICATION_NAMES.get(kind, kind))
