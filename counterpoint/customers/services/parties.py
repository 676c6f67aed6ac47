"""Registering customers and keeping their record: documents, contacts, risk, standing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date

from django.db import connection
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from counterpoint.customers.data import (
    AlreadyLinked,
    ContactInput,
    ContactKind,
    DocumentContradicts,
    DocumentExpired,
    DocumentFacts,
    DocumentInput,
    DocumentInvalid,
    DocumentKind,
    DocumentView,
    DuplicatesLikely,
    Gender,
    LegalInput,
    NameInvalid,
    PartyExists,
    PartyKind,
    PartyStatus,
    PartyView,
    RiskLevel,
    Suggestion,
    Tier,
    UnknownPart,
)
from counterpoint.customers.models import Contact, IdDocument, LegalPerson, Party, Standing
from counterpoint.customers.queries import parties as reads
from counterpoint.customers.queries.likeness import like
from counterpoint.customers.rules import keys, masks, names
from counterpoint.customers.rules.contacts import check_contact
from counterpoint.customers.rules.documents import OLDEST, check_document, check_validity
from counterpoint.customers.rules.likeness import LIKELY, Facts
from counterpoint.customers.rules.numbers import customer_number
from counterpoint.customers.rules.text import readable
from counterpoint.customers.services.keys import add_keys, drop_keys
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, AlreadyDone, Malformed, Told, Why
from counterpoint.kit.verbs import tell, verb


def suggest_duplicates(
    *,
    name: str = "",
    birth_date: date | None = None,
    document: DocumentInput | None = None,
    phone: str = "",
    name_latin: str = "",
    limit: int = 10,
) -> tuple[Suggestion, ...]:
    """Customers who may be the same person, with points and reasons. Half-typed fields are left out."""
    facts = Facts(
        name_zh=_if_valid(names.chinese_name, name),
        name_latin=_if_valid(names.latin_name, name_latin),
        birth_date=birth_date,
        phones=frozenset(filter(None, [_if_valid(lambda p: check_contact(ContactKind.PHONE, p), phone)])),
    )
    if document is not None and document.number.strip():
        try:
            read = check_document(
                document.kind, document.number, country=document.country, today=clock.today()
            )
        except Malformed:
            pass
        else:
            facts = replace(
                facts,
                documents=frozenset({(read.space, read.number)}),
                birth_date=birth_date or read.birth_date,
            )
    return like(facts, limit=limit)


def _if_valid(check: Callable[[str], str], text: str) -> str:
    try:
        return check(text) if text.strip() else ""
    except Malformed:
        return ""


@verb("customers.party.registered")
def register_party(
    *,
    kind: PartyKind,
    branch: int,
    by: Actor,
    name_zh: str = "",
    name_latin: str = "",
    gender: Gender | None = None,
    birth_date: date | None = None,
    nationality: str = "",
    document: DocumentInput | None = None,
    contacts: Collection[ContactInput] = (),
    legal: LegalInput | None = None,
    risk: RiskLevel = RiskLevel.NORMAL,
    tier: Tier = Tier.STANDARD,
    confirmed_not_duplicate_of: Collection[int] = (),
) -> PartyView:
    """Make the record of a new customer.

    The same document is refused outright. Others who are likely to be the same person must be named
    in ``confirmed_not_duplicate_of``.
    """
    today = clock.today()
    chinese, latin = _checked_names(kind, name_zh, name_latin)
    facts = _document_facts(document, kind, today)
    gender, birth_date = _checked_birth(kind, facts, gender, birth_date, today)
    values = [(c.kind, check_contact(c.kind, c.value)) for c in contacts]
    phones = frozenset(value for what, value in values if what is ContactKind.PHONE)
    known = frozenset({(facts.space, facts.number)}) if facts else frozenset()
    _one_at_a_time(names.toneless(chinese) or latin, birth_date)
    _refuse_duplicates(Facts(chinese, latin, birth_date, known, phones), confirmed_not_duplicate_of)
    party = Party.objects.create(
        number=_next_number(),
        kind=kind,
        name_zh=chinese,
        name_latin=latin,
        sort_key=names.sort_key(chinese, latin),
        gender=gender or "",
        birth_date=birth_date,
        nationality=_country(nationality) or (facts.nationality if facts else None) or "CN",
        risk=RiskLevel(risk),
        tier=Tier(tier),
        branch=branch,
        registered_by=by.key,
    )
    found, said = keys.name_keys(kind, chinese, latin), keys.hint(chinese, latin)
    if document is not None and facts is not None:
        found |= _store_document(party, document, facts, by)
    for what, value in dict.fromkeys(values):
        Contact.objects.create(party=party, kind=what, value=value, since_by=by.key)
        found |= keys.phone_keys(value, said) if what is ContactKind.PHONE else set()
    if kind is PartyKind.LEGAL:
        _store_legal(party, legal or LegalInput())
    add_keys(party.id, found)
    confirmed = sorted(set(confirmed_not_duplicate_of))
    data = {"kind": str(kind), "document": str(document.kind) if document else None, "not_same_as": confirmed}
    tell(Told(subject=f"party:{party.id}", branch=branch, data=data))
    return reads.party_view(party.id, today=today)


def _checked_names(kind: PartyKind, name_zh: str, name_latin: str) -> tuple[str, str]:
    chinese = names.chinese_name(name_zh, legal=kind is PartyKind.LEGAL)
    latin = names.latin_name(name_latin)
    if not chinese and not latin:
        raise NameInvalid(_("A customer has a name."))
    return chinese, latin


def _checked_birth(
    kind: PartyKind, facts: DocumentFacts | None, gender: Gender | None, born: date | None, today: date
) -> tuple[Gender | None, date | None]:
    gender, born = _agreed(facts, gender, born)
    if kind is PartyKind.LEGAL and (gender or born):
        raise Malformed(_("A legal person has neither gender nor birth date."))
    if born is not None and not OLDEST <= born <= today:
        raise Malformed(_("The birth date cannot be."), field="birth_date")
    return gender, born


def _document_facts(document: DocumentInput | None, kind: PartyKind, today: date) -> DocumentFacts | None:
    if document is None:
        return None
    if (document.kind is DocumentKind.CREDIT_CODE) != (kind is PartyKind.LEGAL):
        raise DocumentInvalid(
            _("A firm is known by its credit code, a person by a personal document."), reason="kind"
        )
    facts = check_document(document.kind, document.number, country=document.country, today=today)
    check_validity(document.valid_from, document.valid_to, today=today)
    if document.valid_to is not None and document.valid_to < today:
        raise DocumentExpired(
            _("The document ended on %(day)s.") % {"day": document.valid_to.isoformat()},
            why=Why(
                rule=_("A customer is identified by a valid document"),
                remedy=_("Ask for a document that is still valid."),
            ),
        )
    return facts


def _agreed(
    facts: DocumentFacts | None, gender: Gender | None, born: date | None
) -> tuple[Gender | None, date | None]:
    """Gender and birth date, from the form or else from the number; they must not contradict."""
    if facts is None:
        return gender, born
    if facts.birth_date and born and facts.birth_date != born:
        raise DocumentContradicts(_("The number says another birth date."), field="birth_date")
    if facts.gender and gender and facts.gender is not gender:
        raise DocumentContradicts(_("The number says another gender."), field="gender")
    return gender or facts.gender, born or facts.birth_date


def _country(code: str) -> str:
    code = code.strip().upper()
    if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise Malformed(_("A nationality is a country's two letters."), field="nationality")
    return code


def _one_at_a_time(sound: str, born: date | None) -> None:
    """Let two tellers who register people of one sound and birth date go one after the other.

    So the second sees the first's record among its duplicates, also where neither has a document.
    """
    digest = hashlib.blake2b(f"{sound}\x1f{born}".encode(), digest_size=8).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest, signed=True)])


def _refuse_duplicates(facts: Facts, confirmed: Collection[int]) -> None:
    found = like(facts, limit=10)
    for suggestion in found:
        if suggestion.score == 100:
            _raise_exists(suggestion.party.id)
    likely = tuple(s for s in found if s.score >= LIKELY and s.party.id not in set(confirmed))
    if likely:
        raise DuplicatesLikely(likely)


def _raise_exists(party: int) -> None:
    row = reads.party_row(party)
    name = row.name_zh or row.name_latin
    shown = name if row.kind == PartyKind.LEGAL else masks.mask_name(name)
    raise PartyExists(party=row.id, number=row.number, name=shown)


def _next_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('customers_number')")
        return customer_number(cursor.fetchone()[0])


def _store_legal(party: Party, legal: LegalInput) -> None:
    if legal.representative is not None:
        reads.party_row(legal.representative)
    LegalPerson.objects.create(
        party=party,
        representative_id=legal.representative,
        representative_name=readable(legal.representative_name, limit=200),
        established=legal.established,
        industry=readable(legal.industry, limit=64),
    )


def _claim(party: int, facts: DocumentFacts) -> int:
    """Take the number for the party. When another took it first, also just now, that one is named.

    The unique constraint decides: the insert waits for a rival's commit and then does nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_identitynumber (party_id, space, number) VALUES (%s, %s, %s)"
            " ON CONFLICT (number, space) DO NOTHING RETURNING id",
            [party, facts.space, facts.number],
        )
        row = cursor.fetchone()
        if row is None:
            cursor.execute(
                "SELECT id, party_id FROM customers_identitynumber WHERE number = %s AND space = %s",
                [facts.number, facts.space],
            )
            row = cursor.fetchone()
            if row[1] != party:
                _raise_exists(row[1])
    return int(row[0])


def _store_document(party: Party, document: DocumentInput, facts: DocumentFacts, by: Actor) -> set[keys.Key]:
    """Store the document; an earlier one of the same number and kind is replaced by it."""
    identity = _claim(party.id, facts)
    now = Now()
    IdDocument.objects.filter(identity=identity, kind=document.kind, replaced_at=None).update(
        replaced_at=now, replaced_by=by.key
    )
    IdDocument.objects.create(
        identity_id=identity,
        party=party,
        kind=document.kind,
        country=document.country.upper(),
        issuer=readable(document.issuer, limit=120),
        valid_from=document.valid_from,
        valid_to=document.valid_to,
        added_by=by.key,
    )
    return keys.document_keys(facts.number, keys.hint(party.name_zh, party.name_latin))


@verb("customers.document.added")
def add_document(*, party: int, document: DocumentInput, by: Actor) -> tuple[DocumentView, ...]:
    """Add a document that the customer showed, or its renewal."""
    today = clock.today()
    row = reads.party_row(party, lock=True)
    facts = _document_facts(document, PartyKind(row.kind), today)
    if facts is None:
        raise DocumentInvalid(_("There is no document."), reason="missing")
    _agreed(facts, Gender(row.gender) if row.gender else None, row.birth_date)
    add_keys(party, _store_document(row, document, facts, by))
    tell(Told(subject=f"party:{party}", branch=by.branch or row.branch, data={"kind": str(document.kind)}))
    return reads.party_view(party, today=today).documents


@verb("customers.contact.changed")
def change_contact(
    *, party: int, kind: ContactKind, value: str, by: Actor, replaces: int | None = None
) -> PartyView:
    """Add a contact, or put it in the place of another; an empty value only ends the other."""
    row = reads.party_row(party, lock=True)
    old = None
    if replaces is not None:
        old = Contact.objects.filter(pk=replaces, party=party, kind=kind, until=None).first()
        if old is None:
            raise UnknownPart
    elif not value.strip():
        raise Malformed(_("Nothing is written there."), field="value")
    new = check_contact(kind, value) if value.strip() else ""
    if new and Contact.objects.filter(party=party, kind=kind, value=new, until=None).exists():
        raise AlreadyLinked(_("The customer has this contact already."))
    if old is not None:
        Contact.objects.filter(pk=old.id).update(until=Now(), until_by=by.key)
        if kind is ContactKind.PHONE:
            drop_keys(party, keys.phone_keys(old.value))
    made = Contact.objects.create(party=row, kind=kind, value=new, since_by=by.key) if new else None
    if made is not None and kind is ContactKind.PHONE:
        add_keys(party, keys.phone_keys(new, keys.hint(row.name_zh, row.name_latin)))
    data = {"kind": str(kind), "replaced": replaces, "contact": made.id if made else None}
    tell(Told(subject=f"party:{party}", branch=by.branch or row.branch, data=data))
    return reads.party_view(party, today=clock.today())


@verb("customers.risk.set")
def set_risk_level(*, party: int, level: RiskLevel, reason: str, by: Actor) -> PartyView:
    """Set the customer's risk level; ``reason`` is a code such as ``review`` or ``list_match``."""
    row = reads.party_row(party, lock=True)
    if row.risk == level:
        raise AlreadyDone(_("The customer has this risk level already."))
    before = row.risk
    Party.objects.filter(pk=party).update(risk=RiskLevel(level))
    data = {"reason": _reason(reason)}
    tell(
        Told(
            subject=f"party:{party}",
            branch=by.branch or row.branch,
            data=data,
            before={"risk": before},
            after={"risk": str(level)},
        )
    )
    return reads.party_view(party, today=clock.today())


@verb("customers.standing.set")
def set_standing(*, party: int, status: PartyStatus, reason: str, by: Actor) -> PartyView:
    """Say that a customer is restricted, deceased, closed, or active again."""
    row = reads.party_row(party, lock=True)
    current = Standing.objects.filter(party=party, until=None).first()
    before = current.status if current else str(PartyStatus.ACTIVE)
    if before == status:
        raise AlreadyDone(_("The customer stands so already."))
    Standing.objects.filter(party=party, until=None).update(until=Now(), until_by=by.key)
    if status is not PartyStatus.ACTIVE:
        Standing.objects.create(party=row, status=status, reason=_reason(reason), since_by=by.key)
    tell(
        Told(
            subject=f"party:{party}",
            branch=by.branch or row.branch,
            data={"reason": _reason(reason)},
            before={"status": before},
            after={"status": str(status)},
        )
    )
    return reads.party_view(party, today=clock.today())


def _reason(text: str) -> str:
    """A reason as a code: free text in an event could name a person."""
    code = text.strip()
    if not code or len(code) > 64 or not all(c.isascii() and (c.isalnum() or c in "_.:-") for c in code):
        raise Malformed(_("Give the reason as a code."), field="reason")
    return code
