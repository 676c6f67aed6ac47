"""The books for machines 接口: accounts, statements, entries, holds, and bare postings by key."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Header, Router, Schema, Status
from pydantic import ConfigDict, Field

from counterpoint.kit.data import Malformed, NotAllowed
from counterpoint.kit.keys import key_from
from counterpoint.kit.verbs import declare
from counterpoint.ledger import access, queries
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind, AccountStatus, AccountView, HoldKind, Leg, Posting
from counterpoint.ledger.page import masked_name
from counterpoint.ledger.policy import today_of
from counterpoint.people.services import actor_from

router = Router(tags=["ledger"])

POSTED = declare(
    "ledger.entry.posted", summary="Post a bare entry for a machine 接口记账.", where=f"{__name__}.post"
)

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Minor = Annotated[int, Field(ge=-(2**63) + 1, le=2**63 - 1)]
Text = Annotated[str, Field(max_length=200)]
Key = Annotated[str, Field(min_length=8, max_length=200)]


class Strict(Schema):
    """Unknown fields are refused: a misspelt one would be lost in silence."""

    model_config = ConfigDict(extra="forbid")


class KeyMissing(Malformed):
    """A posting without an ``Idempotency-Key`` could be made twice by a lost answer."""

    code = "idempotency_key_missing"


class CashByHand(NotAllowed):
    """Cash moves with its notes, at a counter."""

    code = "cash_needs_a_counter"


class Account(Schema):
    id: int
    number: str
    name: str
    kind: AccountKind
    gl: str
    currency: str
    status: AccountStatus
    balance: int
    held: int
    available: int
    floor: int | None
    normal_side: Literal["debit", "credit"]
    branch: int
    opened: date | None
    version: int


class Line(Schema):
    version: int
    entry: int
    date: date
    at: datetime
    amount: int
    balance: int
    summary: str
    verb: str
    reverses: int | None
    reversed_by: int | None


class Statement(Schema):
    account: int
    currency: str
    opening: int
    closing: int
    lines: list[Line]
    next: int | None


class LegOut(Schema):
    account: int
    number: str
    gl: str
    currency: str
    amount: int
    balance: int
    version: int


class Entry(Schema):
    id: int
    verb: str
    branch: int
    date: date
    at: datetime
    actor: str
    subject: str
    summary: str
    legs: list[LegOut]
    reverses: int | None
    reversed_by: int | None
    sealed_in: int | None


class LegIn(Strict):
    account: Id
    amount: Minor
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class PostingIn(Strict):
    legs: Annotated[list[LegIn], Field(min_length=2, max_length=200)]
    summary: Text = ""
    business_date: date | None = None
    correlation: UUID | None = None


class PostedOut(Schema):
    entry: int
    repeated: bool
    at: datetime
    balances: dict[int, int]


class HoldIn(Strict):
    kind: HoldKind
    authority: Annotated[str, Field(min_length=1, max_length=40)]
    instrument: Annotated[str, Field(min_length=1, max_length=100)]
    officers: Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=10)] = []
    amount: Annotated[int, Field(ge=1, le=2**62)] | None = None
    reason: Text = ""
    expires: date | None = None


class Hold(Schema):
    id: int
    account: int
    kind: HoldKind
    amount: int | None
    authority: str
    instrument: str
    starts: date
    expires: date
    active: bool
    waiting: bool
    covered: int | None


class ReleaseIn(Strict):
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class TrialLine(Schema):
    gl: str
    name: str
    currency: str
    accounts: int
    opening: int
    debits: int
    credits: int
    closing: int


class Trial(Schema):
    branch: int | None
    date: date
    balanced: bool
    lines: list[TrialLine]


def _account(view: AccountView) -> dict[str, Any]:
    return asdict(view) | {
        "name": masked_name(view), "available": view.available, "normal_side": view.normal_side,
    }  # fmt: skip


def _hold(view: Any) -> dict[str, Any]:
    return asdict(view) | {"active": view.active, "waiting": view.waiting}


@router.get("/accounts", response=Account, summary="Find an account by its number")
def find(request: HttpRequest, number: Annotated[str, Field(max_length=40)]) -> Any:
    access.may_read(request)
    return _account(ledger.account_by_number(number))


@router.get("/accounts/{int:id}", response=Account, summary="One account")
def account(request: HttpRequest, id: int) -> Any:
    access.may_read(request)
    return _account(ledger.account(id))


@router.get("/accounts/{int:id}/statement", response=Statement, summary="Its movements, by cursor")
def statement(
    request: HttpRequest,
    id: int,
    since: date | None = None,
    until: date | None = None,
    cursor: Annotated[int, Field(ge=1, le=2**62)] | None = None,
    limit: Annotated[int, Field(ge=1, le=queries.PAGE_MAX)] = 50,
) -> Any:
    access.may_read(request)
    return asdict(ledger.statement(account=id, since=since, until=until, cursor=cursor, limit=limit))


@router.get("/accounts/{int:id}/holds", response=list[Hold], summary="Its holds, in their order")
def holds(request: HttpRequest, id: int) -> Any:
    access.may_read(request)
    ledger.account(id)
    return [_hold(view) for view in ledger.holds(id)]


@router.post("/accounts/{int:id}/holds", response={201: Hold}, summary="Place a hold")
def place(request: HttpRequest, id: int, body: HoldIn) -> Any:
    access.may_hold(request)
    access.check_branch(request, ledger.account(id).branch)
    placed = ledger.place_hold(account=id, by=actor_from(request), **body.dict())
    return Status(201, _hold(placed))


@router.post("/holds/{int:id}/release", response=Hold, summary="Release a hold")
def release(request: HttpRequest, id: int, body: ReleaseIn) -> Any:
    access.may_hold(request)
    access.check_branch(request, ledger.account(ledger.hold(id).account).branch)
    return _hold(ledger.release_hold(hold=id, reason=body.reason, by=actor_from(request)))


@router.get("/entries/{int:id}", response=Entry, summary="One entry with its legs")
def entry(request: HttpRequest, id: int) -> Any:
    access.may_read_entry(request)
    return asdict(ledger.entry(id)) | {"sealed_in": queries.sealed_in(id)}


@router.post("/entries", response=PostedOut, summary="Post a bare entry; the same key posts once")
def post(
    request: HttpRequest,
    body: PostingIn,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)] = None,
) -> Any:
    access.may_post(request)
    if idempotency_key is None or len(idempotency_key) < 8:
        raise KeyMissing(_("Send an Idempotency-Key of eight characters or more; the same again to repeat."))
    by = actor_from(request)
    about = ledger.accounts([leg.account for leg in body.legs])
    if any(view.gl == "1001" for view in about.values()):
        raise CashByHand(_("Cash moves with its notes, at a counter."))
    branch = by.branch or 0
    posted = ledger.post(
        Posting(
            key=key_from(idempotency_key, owner=by.key), verb=POSTED, branch=branch,
            business_date=body.business_date or today_of(branch), by=by, summary=body.summary,
            legs=tuple(Leg(leg.account, leg.amount, leg.currency) for leg in body.legs),
            subject=f"account:{body.legs[0].account}", correlation=body.correlation,
        )
    )  # fmt: skip
    return {"entry": posted.entry, "repeated": posted.repeated, "at": posted.at, "balances": posted.balances}


@router.get("/trial-balance", response=Trial, summary="The trial balance of this branch on a day")
def trial_balance(request: HttpRequest, date: date | None = None) -> Any:
    access.may_read_books(request)
    branch = actor_from(request).branch or 0
    trial = ledger.trial_balance(branch=branch, date=date or today_of(branch))
    return asdict(trial) | {"balanced": trial.balanced}
