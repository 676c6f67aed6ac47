"""One customer, whole: masked or not. One statement for a party with all its lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Func, JSONField, Q

from counterpoint.customers.data import (
    EXPIRING_DAYS,
    AccountLinkView,
    Alert,
    AlertKind,
    ContactKind,
    ContactView,
    DocumentKind,
    DocumentView,
    Field,
    Gender,
    LegalView,
    MandateMode,
    MandateScope,
    MandateView,
    Moment,
    PartyKind,
    PartyStatus,
    PartyView,
    Relation,
    RiskLevel,
    Tier,
    UnknownParty,
)
from counterpoint.customers.models import AccountLink, IdDocument, Mandate, Party
from counterpoint.customers.rules import masks
from counterpoint.kit import journal

ADULT = 18
#: What belongs to a customer now, as one value: every form at the counter looks at it.
PARTS = """(SELECT jsonb_build_object(
  'documents', (SELECT jsonb_agg(jsonb_build_object(
                  'id', d.id, 'kind', d.kind, 'number', i.number, 'country', d.country, 'issuer', d.issuer,
                  'valid_from', d.valid_from, 'valid_to', d.valid_to) ORDER BY d.id)
                FROM customers_iddocument AS d JOIN customers_identitynumber AS i ON i.id = d.identity_id
                WHERE d.party_id = p.id AND d.replaced_at IS NULL),
  'contacts', (SELECT jsonb_agg(jsonb_build_object('id', id, 'kind', kind, 'value', value, 'since', since)
                 ORDER BY id) FROM customers_contact WHERE party_id = p.id AND until IS NULL),
  'standing', (SELECT status FROM customers_standing WHERE party_id = p.id AND until IS NULL),
  'legal', (SELECT jsonb_build_object('name', representative_name, 'representative', representative_id,
                   'established', established, 'industry', industry)
            FROM customers_legalperson WHERE party_id = p.id))
  FROM (SELECT customers_party.id) AS p)"""
_MASKS = {
    ContactKind.PHONE: masks.mask_phone,
    ContactKind.ADDRESS: masks.mask_address,
    ContactKind.EMAIL: masks.mask_email,
}


def party_row(party: int, *, lock: bool = False) -> Party:
    """The row, locked when it is going to be changed."""
    rows = Party.objects.select_for_update(no_key=True) if lock else Party.objects
    found = rows.filter(pk=party).first()
    if found is None:
        raise UnknownParty
    return found


def party_view(party: int, *, show: frozenset[Field] = frozenset(), today: date) -> PartyView:
    """The customer with the fields in ``show`` in clear and all others masked."""
    whole: Any = Func(template=PARTS, output_field=JSONField())
    row = Party.objects.filter(pk=party).annotate(parts=whole).first()
    if row is None:
        raise UnknownParty
    parts: dict[str, Any] = row.parts
    clear = set(Field) if Field.ALL in show else set(show)
    if row.kind == PartyKind.LEGAL:
        clear |= {Field.NAME, Field.DOCUMENT}
    documents = tuple(
        _document(one, clear=Field.DOCUMENT in clear, today=today) for one in parts["documents"] or ()
    )
    contacts = tuple(_contact(one, clear) for one in parts["contacts"] or ())
    status = PartyStatus(parts["standing"] or PartyStatus.ACTIVE)
    name = row.name_zh or row.name_latin
    in_clear = Field.NAME in clear
    return PartyView(
        id=row.id,
        number=row.number,
        kind=PartyKind(row.kind),
        name=name if in_clear else masks.mask_name(name),
        name_latin=row.name_latin if in_clear else masks.mask_name(row.name_latin),
        gender=Gender(row.gender) if row.gender else None,
        birth_date=_birth(row.birth_date, clear=Field.BIRTH_DATE in clear),
        nationality=row.nationality,
        risk=RiskLevel(row.risk),
        tier=Tier(row.tier),
        status=status,
        branch=row.branch,
        registered_at=row.registered_at,
        documents=documents,
        contacts=contacts,
        legal=_legal(parts["legal"], clear=in_clear and Field.ALL in show),
        alerts=tuple(_alerts(row, status, documents, contacts, today)),
        masked=Field.ALL not in show,
    )


def _birth(born: date | None, *, clear: bool) -> str:
    if born is None:
        return ""
    return born.isoformat() if clear else masks.mask_birth(born)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _document(one: dict[str, Any], *, clear: bool, today: date) -> DocumentView:
    valid_to = _day(one["valid_to"])
    return DocumentView(
        id=one["id"],
        kind=DocumentKind(one["kind"]),
        number=one["number"] if clear else masks.mask_document(one["number"]),
        country=one["country"],
        issuer=one["issuer"],
        valid_from=_day(one["valid_from"]),
        valid_to=valid_to,
        days_left=(valid_to - today).days if valid_to else None,
    )


def _contact(one: dict[str, Any], clear: set[Field]) -> ContactView:
    kind = ContactKind(one["kind"])
    value = one["value"] if Field(str(kind)) in clear else _MASKS[kind](one["value"])
    return ContactView(id=one["id"], kind=kind, value=value, since=datetime.fromisoformat(one["since"]))


def _legal(one: dict[str, Any] | None, *, clear: bool) -> LegalView | None:
    if one is None:
        return None
    return LegalView(
        representative_name=one["name"] if clear else masks.mask_name(one["name"]),
        representative=one["representative"],
        established=_day(one["established"]),
        industry=one["industry"],
    )


def _alerts(
    row: Party,
    status: PartyStatus,
    documents: tuple[DocumentView, ...],
    contacts: tuple[ContactView, ...],
    today: date,
) -> Iterable[Alert]:
    if status is not PartyStatus.ACTIVE:
        yield Alert(AlertKind.NOT_ACTIVE, about=str(status))
    if row.risk == RiskLevel.HIGH:
        yield Alert(AlertKind.HIGH_RISK)
    if not documents:
        yield Alert(AlertKind.NO_DOCUMENT)
    for document in documents:
        if document.expired:
            yield Alert(AlertKind.DOCUMENT_EXPIRED, about=str(document.kind), when=document.valid_to)
        elif document.expiring:
            yield Alert(AlertKind.DOCUMENT_EXPIRING, about=str(document.kind), when=document.valid_to)
    if row.birth_date is not None and _age(row.birth_date, today) < ADULT:
        yield Alert(AlertKind.MINOR)
    if not any(c.kind is ContactKind.PHONE for c in contacts):
        yield Alert(AlertKind.NO_PHONE)


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def field_value(party: int, field: Field, *, today: date) -> str:
    """One field in clear: for the verb that unmasks, and for nobody else."""
    view = party_view(party, show=frozenset({field}), today=today)
    if field is Field.NAME:
        return view.name
    if field is Field.BIRTH_DATE:
        return view.birth_date
    if field is Field.DOCUMENT:
        return " ".join(d.number for d in view.documents)
    return " ".join(c.value for c in view.contacts if str(c.kind) == str(field))


def links_of(**where: Any) -> list[AccountLinkView]:
    """The links that hold now, of a party or an account."""
    return [
        AccountLinkView(
            id=row.id,
            account=row.account_id,
            party=row.party_id,
            relation=Relation(row.relation),
            number=row.number,
            card=row.card,
            since=row.since,
        )
        for row in AccountLink.objects.filter(until=None, **where).order_by("id")
    ]


def mandates(*, current_on: date | None = None, **where: Any) -> list[MandateView]:
    """Mandates of an account or a party; only those that hold on ``current_on`` when it is given."""
    rows = Mandate.objects.filter(**where).select_related("party").order_by("id")
    if current_on is not None:
        rows = rows.filter(
            Q(valid_to=None) | Q(valid_to__gte=current_on), revoked_at=None, valid_from__lte=current_on
        )
    return [mandate_view(row) for row in rows]


def mandate_view(row: Mandate) -> MandateView:
    return MandateView(
        id=row.id,
        account=row.account_id,
        party=row.party_id,
        name=masks.mask_name(row.party.name_zh or row.party.name_latin),
        mode=MandateMode(row.mode),
        scope=tuple(MandateScope(s) for s in row.scope),
        limit=row.limit_minor,
        currency=row.currency,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        revoked_at=row.revoked_at,
    )


def timeline(party: int, *, limit: int = 50) -> list[Moment]:
    """What happened to the customer, newest first."""
    return [
        Moment(id=e.id, at=e.at, verb=e.verb, actor=e.actor, data=e.data)
        for e in journal.of_subject(f"party:{party}", limit=limit)
    ]


def expiring_documents(*, branch: int, today: date, limit: int = 200) -> list[tuple[int, date]]:
    """Customers of the branch whose papers end soon or have ended, the oldest first 证件到期."""
    rows = IdDocument.objects.filter(
        party__branch=branch, replaced_at=None, valid_to__lte=today + timedelta(days=EXPIRING_DAYS)
    ).order_by("valid_to")
    return [(party, end) for party, end in rows.values_list("party_id", "valid_to")[:limit] if end]
