"""Customers for machines 接口: the same verbs and queries as the screens, masked in the same way."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from counterpoint.customers import access, services
from counterpoint.customers.data import (
    ContactInput,
    ContactKind,
    DocumentInput,
    DocumentKind,
    Gender,
    LegalInput,
    MandateMode,
    MandateScope,
    PartyKind,
    PartyView,
    Relation,
    RiskLevel,
    Tier,
)
from counterpoint.people.services import actor_from

router = Router(tags=["customers"])
Text = Annotated[str, Field(max_length=200)]
Code = Annotated[str, Field(min_length=2, max_length=64)]
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Strict(Schema):
    """Unknown fields are refused: a misspelt one would be lost in silence."""

    model_config = ConfigDict(extra="forbid")


class Look(Strict):
    """A search: posted, so that no log holds what was looked for."""

    query: Annotated[str, Field(max_length=120)]
    purpose: Code
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class Hit(Schema):
    id: int
    number: str
    kind: PartyKind
    name: str
    name_latin: str
    document_kind: DocumentKind | None
    document: str
    phone: str
    gender: Gender | None
    birth_year: int | None
    branch: int
    status: str
    risk: RiskLevel
    matched: str
    exact: bool


class Hits(Schema):
    items: list[Hit]
    more: bool


class Document(Strict):
    kind: DocumentKind
    number: Annotated[str, Field(max_length=64)]
    country: Annotated[str, Field(min_length=2, max_length=2)] = "CN"
    issuer: Annotated[str, Field(max_length=120)] = ""
    valid_from: date | None = None
    valid_to: date | None = None


class Contact(Strict):
    kind: ContactKind
    value: Text


class Legal(Strict):
    representative_name: Text = ""
    representative: Id | None = None
    established: date | None = None
    industry: Annotated[str, Field(max_length=64)] = ""


class Registration(Strict):
    kind: PartyKind
    name_zh: Text = ""
    name_latin: Text = ""
    gender: Gender | None = None
    birth_date: date | None = None
    nationality: Annotated[str, Field(max_length=2)] = ""
    document: Document
    contacts: Annotated[list[Contact], Field(max_length=10)] = []
    legal: Legal | None = None
    tier: Tier = Tier.STANDARD
    confirmed_not_duplicate_of: Annotated[list[Id], Field(max_length=50)] = []


class Link(Strict):
    account: Id
    relation: Relation
    card: Annotated[str, Field(max_length=32)] = ""


class Linked(Schema):
    id: int
    account: int
    party: int
    relation: Relation


class Grant(Strict):
    account: Id
    mode: MandateMode
    scope: Annotated[list[MandateScope], Field(min_length=1, max_length=4)]
    valid_from: date
    valid_to: date | None = None
    limit: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    currency: Annotated[str, Field(min_length=3, max_length=3)] = "CNY"


class Mandated(Schema):
    id: int
    account: int
    party: int
    mode: MandateMode
    scope: list[MandateScope]
    limit: int | None
    currency: str
    valid_from: date
    valid_to: date | None


class Unmask(Strict):
    field: Literal["name", "birth_date", "document", "phone", "address", "email"]
    purpose: Code


class Unmasked(Schema):
    field: str
    value: str


class Party(Schema):
    id: int
    number: str
    kind: PartyKind
    name: str
    name_latin: str
    gender: Gender | None
    birth_date: str
    nationality: str
    risk: RiskLevel
    tier: Tier
    status: str
    branch: int
    documents: list[dict[str, Any]]
    contacts: list[dict[str, Any]]
    alerts: list[dict[str, Any]]
    masked: bool


class Page(Schema):
    items: list[Hit]
    next: int | None


def _party(view: PartyView) -> dict[str, Any]:
    return asdict(view)


@router.post("/search", response=Hits)
def search(request: HttpRequest, look: Look) -> dict[str, Any]:
    """Find customers. The look-up is recorded with its purpose."""
    access.may_view(request)
    hits = services.search(query=look.query, purpose=look.purpose, limit=look.limit, by=actor_from(request))
    items = [asdict(hit) | {"matched": hit.matched.name.lower()} for hit in hits]
    return {"items": items, "more": hits.more}


@router.get("", response=Page)
def parties(
    request: HttpRequest,
    cursor: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0,
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """The customers of the branch by id, masked; ``cursor`` is the last id seen."""
    access.may_view(request)
    hits, after = services.parties_of_branch(
        branch=actor_from(request).branch or 0, after=cursor, limit=limit
    )
    items = [asdict(hit) | {"matched": hit.matched.name.lower()} for hit in hits]
    return {"items": items, "next": after}


@router.post("", response={201: Party})
def register(request: HttpRequest, body: Registration) -> Status[dict[str, Any]]:
    """Register a customer. The same document, or likely duplicates unconfirmed, are refused with 409."""
    access.may_edit(request)
    by = actor_from(request)
    values = body.dict(exclude={"document", "contacts", "legal"})
    view = services.register_party(
        **values,
        document=DocumentInput(**body.document.dict()),
        contacts=[ContactInput(c.kind, c.value) for c in body.contacts],
        legal=LegalInput(**body.legal.dict()) if body.legal else None,
        branch=by.branch or 0,
        by=by,
    )
    return Status(201, _party(view))


@router.get("/{int:party}", response=Party)
def party(request: HttpRequest, party: int) -> dict[str, Any]:
    """One customer, masked."""
    access.may_view(request)
    return _party(services.party(party))


@router.post("/{int:party}/unmasking", response=Unmasked)
def unmask(request: HttpRequest, party: int, body: Unmask) -> dict[str, Any]:
    """One field in clear, for a purpose; recorded."""
    access.may_view(request)
    value = services.unmask(party=party, field=body.field, purpose=body.purpose, by=actor_from(request))
    return {"field": body.field, "value": value}


@router.post("/{int:party}/accounts", response={201: Linked})
def link(request: HttpRequest, party: int, body: Link) -> Status[dict[str, Any]]:
    """Say what the customer is to an account."""
    access.may_edit(request)
    view = services.link_account(
        account=body.account, party=party, relation=body.relation, card=body.card, by=actor_from(request)
    )
    return Status(201, asdict(view))


@router.delete("/{int:party}/accounts/{int:account}/{str:relation}", response={204: None})
def unlink(request: HttpRequest, party: int, account: int, relation: Relation) -> Status[None]:
    """End what the customer is to an account."""
    access.may_edit(request)
    services.unlink_account(account=account, party=party, relation=relation, by=actor_from(request))
    return Status(204, None)


@router.post("/{int:party}/documents", response={201: list[dict[str, Any]]})
def add_document(request: HttpRequest, party: int, body: Document) -> Status[list[dict[str, Any]]]:
    """Add a document, or its renewal."""
    access.may_edit(request)
    documents = services.add_document(
        party=party, document=DocumentInput(**body.dict()), by=actor_from(request)
    )
    return Status(201, [asdict(d) for d in documents])


@router.post("/{int:party}/mandates", response={201: Mandated})
def grant_mandate(request: HttpRequest, party: int, body: Grant) -> Status[dict[str, Any]]:
    """Let the customer dispose of an account."""
    access.may_edit(request)
    view = services.grant_mandate(party=party, by=actor_from(request), **body.dict())
    return Status(201, asdict(view))


@router.delete("/mandates/{int:mandate}", response={204: None})
def revoke_mandate(request: HttpRequest, mandate: int) -> Status[None]:
    """Revoke a mandate."""
    access.may_edit(request)
    services.revoke_mandate(mandate=mandate, by=actor_from(request))
    return Status(204, None)
