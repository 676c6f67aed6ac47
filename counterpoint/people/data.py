"""The door of the room: duties, roles, decisions, views, refusals. No Django."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from counterpoint.kit.data import AlreadyDone, Malformed, NotAllowed, NotFound, Refusal, Why


class Duty(StrEnum):
    """What a person may be trusted to do 职责."""

    CASH = "cash"
    ACCOUNTS = "accounts"
    TRANSFER = "transfer"
    LOANS = "loans"
    HOLDS = "holds"
    REVERSAL = "reversal"
    AUTHORIZE = "authorize"
    AUTHORIZE_REMOTE = "authorize_remote"
    LOBBY = "lobby"
    CUSTOMER_VIEW = "customer_view"
    CUSTOMER_EDIT = "customer_edit"
    RULES_DRAFT = "rules_draft"
    RULES_APPROVE = "rules_approve"
    DAY_OPEN = "day_open"
    DAY_CLOSE = "day_close"
    AUDIT = "audit"
    PEOPLE_ADMIN = "people_admin"
    BOARD = "board"


class Role(StrEnum):
    """A post 岗位: a bundle of duties, given to a person at a branch for a time."""

    TELLER = "teller"
    SENIOR_TELLER = "senior_teller"
    SUPERVISOR = "supervisor"
    LOBBY_MANAGER = "lobby_manager"
    CUSTOMER_MANAGER = "customer_manager"
    BACK_OFFICE = "back_office"
    OPERATIONS = "operations"
    OPERATIONS_MANAGER = "operations_manager"
    REMOTE_AUTHORIZER = "remote_authorizer"
    AUDITOR = "auditor"
    IT_ADMIN = "it_admin"


#: The branch number that stands for the whole bank 全行.
WHOLE_BANK = 0

#: Duties that touch neither money nor authority: a password alone is enough for them.
LIGHT_DUTIES = frozenset({Duty.LOBBY, Duty.BOARD})
#: Everything else needs a second factor 双因素 (outside the demo).
GUARDED_DUTIES = frozenset(Duty) - LIGHT_DUTIES
#: Duties with which one serves customers at a desk; the loan desk has no cash.
SERVING = (Duty.CASH, Duty.ACCOUNTS, Duty.TRANSFER, Duty.LOANS)


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to *may this person do this*: in words a person can act on."""

    allowed: bool
    reason: str
    why: Why

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True, slots=True)
class Basis:
    """What a right rests on: a role of the person's own, others who have delegated it, or both.

    Where the person may not do the duty, it rests on nothing.
    """

    own: bool
    role: Role | None
    givers: tuple[int, ...]

    def only_through(self, person: int) -> bool:
        """Would the right be gone without ``person``'s delegation?"""
        return not self.own and set(self.givers) == {person}

    def only_through_any(self, persons: Collection[int]) -> bool:
        """Would the right be gone without the delegations of ``persons``?"""
        return not self.own and bool(self.givers) and set(self.givers) <= set(persons)


@dataclass(frozen=True, slots=True)
class PersonView:
    """A member of staff as other rooms see one."""

    id: int
    number: str
    name: str
    roles: tuple[Role, ...]
    branch: int
    active: bool = True


@dataclass(frozen=True, slots=True)
class Restricted:
    """Somebody who may not do something now 受限: one duty, or with none named nothing at all."""

    name: str
    duty: Duty | None
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Issued:
    """A password made by an administrator, shown once, to be changed at the first sign-in."""

    person: PersonView
    password: str


@dataclass(frozen=True, slots=True)
class SessionView:
    """One open login session 登录会话 of a person."""

    id: str
    opened: datetime
    seen: datetime
    address: str
    agent: str
    locked: bool
    current: bool


@dataclass(frozen=True, slots=True)
class AssignmentView:
    """One role assignment with its dates and who gave it."""

    id: int
    role: Role
    branch: int
    valid_from: date
    valid_until: date | None
    granted_by: str
    granted_at: datetime
    revoked_by: str
    revoked_at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class DelegationView:
    """One delegation 转授权: who acts for whom, in which duty, where, from when until when."""

    id: int
    giver: int
    giver_name: str
    receiver: int
    receiver_name: str
    duty: Duty
    branch: int
    valid_from: date
    valid_until: date
    reason: str
    given_at: datetime
    ended_at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class DelegableRight:
    """A duty that a person has by a role of their own at a place, and may delegate for some days."""

    duty: Duty
    branch: int
    days: int


@dataclass(frozen=True, slots=True)
class StepUp:
    """A fresh proof 升级验证 that the person signed in is here: by ``totp``, ``passkey`` or ``password``."""

    method: str
    at: datetime


class UnknownPerson(NotFound):
    """There is no such member of staff."""

    code = "unknown_person"


class NumberTaken(Refusal):
    """Another member of staff has this number."""

    code = "number_taken"


class OwnRights(NotAllowed):
    """Nobody changes their own rights."""

    code = "own_rights"


class IncompatibleDuties(Refusal):
    """One person may not hold both duties 不相容岗位."""

    code = "incompatible_duties"


class AlreadyAssigned(AlreadyDone):
    """The person holds this role at this branch in these days already."""

    code = "already_assigned"


class AlreadyDelegated(AlreadyDone):
    """The same duty is delegated between the same two people in these days already."""

    code = "already_delegated"


class DutyNotDelegable(NotAllowed):
    """The bank does not let this duty be delegated 不可转授."""

    code = "duty_not_delegable"


class DelegationTooLong(Malformed):
    """A delegation lasts a limited number of days."""

    code = "delegation_too_long"


class ReceiverElsewhere(NotAllowed):
    """The receiver belongs neither to the unit nor to one above it."""

    code = "receiver_elsewhere"


class WrongDates(Malformed):
    """An end before its beginning."""

    code = "wrong_dates"


class WeakPassword(Malformed):
    """The password is too easy to guess."""

    code = "weak_password"


class SecondPersonRefused(NotAllowed):
    """The second person could not be confirmed; which part was wrong is not said."""

    code = "second_person_refused"


class StepUpRefused(NotAllowed):
    """The person signed in could not prove once more to be here."""

    code = "step_up_refused"


class SamePerson(NotAllowed):
    """The maker cannot be the second person, whatever rights the maker has."""

    code = "same_person"


class LockedOut(NotAllowed):
    """Too many failures: this number or this address has to wait 登录锁定."""

    code = "locked_out"


class SecondFactorNeeded(NotAllowed):
    """The duty needs a second factor and this session has none."""

    code = "second_factor_needed"


class SignInNeeded(NotAllowed):
    """Nobody is signed in."""

    code = "sign_in_needed"
    status = 401


class RecentSignInNeeded(NotAllowed):
    """The password was entered too long ago for this step."""

    code = "recent_sign_in_needed"


class SessionLocked(Refusal):
    """The screen is locked; the session goes on once it is unlocked 锁屏."""

    code = "session_locked"
    status = 423
