"""The door of the customers: kinds, views, inputs and refusals. No Django tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from counterpoint.customers.kinds import (
    AlertKind as AlertKind,
)
from counterpoint.customers.kinds import (
    ContactKind as ContactKind,
)
from counterpoint.customers.kinds import (
    DocumentKind as DocumentKind,
)
from counterpoint.customers.kinds import (
    Field as Field,
)
from counterpoint.customers.kinds import (
    Gender as Gender,
)
from counterpoint.customers.kinds import (
    KeyKind as KeyKind,
)
from counterpoint.customers.kinds import (
    MandateMode as MandateMode,
)
from counterpoint.customers.kinds import (
    MandateScope as MandateScope,
)
from counterpoint.customers.kinds import (
    PartyKind as PartyKind,
)
from counterpoint.customers.kinds import (
    PartyStatus as PartyStatus,
)
from counterpoint.customers.kinds import (
    Purpose as Purpose,
)
from counterpoint.customers.kinds import (
    Reason as Reason,
)
from counterpoint.customers.kinds import (
    Relation as Relation,
)
from counterpoint.customers.kinds import (
    RiskLevel as RiskLevel,
)
from counterpoint.customers.kinds import (
    Tier as Tier,
)
from counterpoint.customers.refusals import (
    AlreadyLinked as AlreadyLinked,
)
from counterpoint.customers.refusals import (
    ContactInvalid as ContactInvalid,
)
from counterpoint.customers.refusals import (
    DocumentContradicts as DocumentContradicts,
)
from counterpoint.customers.refusals import (
    DocumentExpired as DocumentExpired,
)
from counterpoint.customers.refusals import (
    DocumentInvalid as DocumentInvalid,
)
from counterpoint.customers.refusals import (
    MandateInvalid as MandateInvalid,
)
from counterpoint.customers.refusals import (
    MandateRevoked as MandateRevoked,
)
from counterpoint.customers.refusals import (
    NameInvalid as NameInvalid,
)
from counterpoint.customers.refusals import (
    OwnerExists as OwnerExists,
)
from counterpoint.customers.refusals import (
    PurposeMissing as PurposeMissing,
)
from counterpoint.customers.refusals import (
    QueryTooShort as QueryTooShort,
)
from counterpoint.customers.refusals import (
    UnknownPart as UnknownPart,
)
from counterpoint.customers.refusals import (
    UnknownParty as UnknownParty,
)
from counterpoint.customers.refusals import (
    Unreadable as Unreadable,
)
from counterpoint.kit.data import Refusal, Why


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What a number says by itself, once its rule accepted it."""

    kind: DocumentKind
    number: str
    space: str
    birth_date: date | None = None
    gender: Gender | None = None
    nationality: str | None = None
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentInput:
    """A document as it is shown at the counter. ``valid_to=None`` means long-term 长期."""

    kind: DocumentKind
    number: str
    country: str = "CN"
    issuer: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class ContactInput:
    kind: ContactKind
    value: str


@dataclass(frozen=True, slots=True)
class ImportedParty:
    """A person as another system knew them; ``reference`` is the number there."""

    reference: str
    name_latin: str
    gender: Gender | None = None
    birth_date: date | None = None
    nationality: str = "CN"
    address: str = ""


@dataclass(frozen=True, slots=True)
class ImportedLink:
    """Whose an account is that was taken over, or who acts for it."""

    account: int
    number: str
    party: int
    relation: Relation
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class LegalInput:
    """What belongs to a legal person only 单位信息."""

    representative_name: str = ""
    representative: int | None = None
    established: date | None = None
    industry: str = ""


@dataclass(frozen=True, slots=True)
class DocumentView:
    id: int
    kind: DocumentKind
    number: str
    country: str
    issuer: str
    valid_from: date | None
    valid_to: date | None
    days_left: int | None

    @property
    def expired(self) -> bool:
        return self.days_left is not None and self.days_left < 0

    @property
    def expiring(self) -> bool:
        return self.days_left is not None and 0 <= self.days_left <= EXPIRING_DAYS


EXPIRING_DAYS = 90


@dataclass(frozen=True, slots=True)
class ContactView:
    id: int
    kind: ContactKind
    value: str
    since: datetime


@dataclass(frozen=True, slots=True)
class LegalView:
    representative_name: str
    representative: int | None
    established: date | None
    industry: str


@dataclass(frozen=True, slots=True)
class Alert:
    """Something the teller must know before serving 提示."""

    kind: AlertKind
    about: str = ""
    when: date | None = None

    @property
    def serious(self) -> bool:
        return self.kind in {AlertKind.DOCUMENT_EXPIRED, AlertKind.HIGH_RISK, AlertKind.NOT_ACTIVE}


@dataclass(frozen=True, slots=True)
class PartyView:
    """A customer 客户 as the bank knows it. Masked unless ``masked`` is false."""

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
    status: PartyStatus
    branch: int
    registered_at: datetime
    documents: tuple[DocumentView, ...] = ()
    contacts: tuple[ContactView, ...] = ()
    legal: LegalView | None = None
    alerts: tuple[Alert, ...] = ()
    masked: bool = True

    @property
    def document(self) -> DocumentView | None:
        return self.documents[0] if self.documents else None

    @property
    def phone(self) -> str:
        return next((c.value for c in self.contacts if c.kind is ContactKind.PHONE), "")


@dataclass(frozen=True, slots=True)
class PartyHit:
    """One line of a search result, always masked."""

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
    status: PartyStatus
    risk: RiskLevel
    matched: KeyKind
    exact: bool


class PartyHits(list[PartyHit]):
    """The hits, and whether there would have been more."""

    more: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A customer who may be the same person 疑似重复客户; ``score`` runs to 100."""

    party: PartyHit
    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class AccountLinkView:
    id: int
    account: int
    party: int
    relation: Relation
    number: str
    card: str
    since: datetime


@dataclass(frozen=True, slots=True)
class MandateView:
    """Who may move money of an account, how, and how much 支取授权."""

    id: int
    account: int
    party: int
    name: str
    mode: MandateMode
    scope: tuple[MandateScope, ...]
    limit: int | None
    currency: str
    valid_from: date
    valid_to: date | None
    revoked_at: datetime | None

    def valid_on(self, day: date) -> bool:
        return (
            self.revoked_at is None
            and self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
        )


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a customer's timeline."""

    id: int
    at: datetime
    verb: str
    actor: str
    data: dict[str, object] = field(default_factory=dict)


class PartyExists(Refusal):
    """The document belongs to a customer already."""

    code = "customer_exists"

    def __init__(self, *, party: int, number: str, name: str) -> None:
        super().__init__(
            _("This document belongs to customer %(number)s, %(name)s.") % {"number": number, "name": name},
            why=Why(
                rule=str(_("One person, one record")),
                remedy=str(_("Open the existing customer and complete it there.")),
            ),
            party=party,
            number=number,
            name=name,
        )


class DuplicatesLikely(Refusal):
    """Others are probably the same person; the teller has to say that they are not."""

    code = "customer_duplicates_likely"

    def __init__(self, suggestions: tuple[Suggestion, ...]) -> None:
        self.suggestions = suggestions
        super().__init__(
            _("A customer like this one is registered already. Compare before a second record is made."),
            why=Why(
                rule=str(_("One person, one record")),
                remedy=str(_("Open the customer who matches, or confirm that each is somebody else.")),
            ),
            suggestions=[
                {
                    "party": s.party.id,
                    "number": s.party.number,
                    "name": s.party.name,
                    "score": s.score,
                    "reasons": [str(r) for r in s.reasons],
                }
                for s in suggestions
            ],
        )
