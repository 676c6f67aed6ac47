"""The door of the customers: kinds, views, inputs and refusals. No Django tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum

from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import AlreadyDone, Malformed, NotFound, Refusal, Why


class PartyKind(StrEnum):
    NATURAL = "natural"
    LEGAL = "legal"


class Gender(StrEnum):
    MALE = "male"
    FEMALE = "female"


class RiskLevel(StrEnum):
    """Money-laundering risk of the customer 客户风险等级."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class Tier(StrEnum):
    """Service class 客户等级."""

    STANDARD = "standard"
    GOLD = "gold"
    PRIVATE = "private"


class PartyStatus(StrEnum):
    ACTIVE = "active"
    RESTRICTED = "restricted"
    DECEASED = "deceased"
    CLOSED = "closed"


class DocumentKind(StrEnum):
    """What a person shows 证件种类."""

    RESIDENT_ID = "resident_id"  # 居民身份证
    TEMPORARY_ID = "temporary_id"  # 临时居民身份证
    HOUSEHOLD_BOOK = "household_book"  # 户口簿
    PASSPORT = "passport"  # 护照
    HK_MACAU_PERMIT = "hk_macau_permit"  # 港澳居民来往内地通行证
    TAIWAN_PERMIT = "taiwan_permit"  # 台湾居民来往大陆通行证
    HMT_RESIDENCE = "hmt_residence"  # 港澳台居民居住证
    FOREIGN_RESIDENCE = "foreign_residence"  # 外国人永久居留身份证
    MILITARY = "military"  # 军人证件
    CREDIT_CODE = "credit_code"  # 统一社会信用代码 (营业执照)


class ContactKind(StrEnum):
    PHONE = "phone"
    ADDRESS = "address"
    EMAIL = "email"


class Relation(StrEnum):
    """What a party is to an account."""

    OWNER = "owner"  # 户主
    JOINT = "joint"  # 联名
    AGENT = "agent"  # 代理人
    LEGAL_REPRESENTATIVE = "legal_representative"  # 法定代表人


class MandateMode(StrEnum):
    SINGLE = "single"  # 单签
    JOINT = "joint"  # 会签


class MandateScope(StrEnum):
    INQUIRE = "inquire"
    WITHDRAW = "withdraw"
    TRANSFER = "transfer"
    ALL = "all"


class KeyKind(IntEnum):
    """What a customer can be found by. The values are stored."""

    NAME = 1
    NAME_PART = 2
    INITIALS = 3
    PINYIN = 4
    DOCUMENT = 5
    PHONE = 6
    ACCOUNT = 7
    NUMBER = 8


class Purpose(StrEnum):
    """Why somebody looks a customer up 查询用途. Other rooms may pass a code of their own."""

    COUNTER = "counter"
    OPENING = "opening"
    ENQUIRY = "enquiry"
    COMPLAINT = "complaint"
    AUTHORITY = "authority"
    CORRECTION = "correction"
    REVIEW = "review"


class Field(StrEnum):
    """What can be unmasked, one at a time."""

    NAME = "name"
    BIRTH_DATE = "birth_date"
    DOCUMENT = "document"
    PHONE = "phone"
    ADDRESS = "address"
    EMAIL = "email"
    ALL = "all"


class AlertKind(StrEnum):
    DOCUMENT_EXPIRED = "document_expired"
    DOCUMENT_EXPIRING = "document_expiring"
    NO_DOCUMENT = "no_document"
    HIGH_RISK = "high_risk"
    NOT_ACTIVE = "not_active"
    MINOR = "minor"
    NO_PHONE = "no_phone"
    OVER_INSURED = "over_insured"


class Reason(StrEnum):
    """Why two records may be one person."""

    SAME_DOCUMENT = "same_document"
    SIMILAR_DOCUMENT = "similar_document"
    SAME_NAME = "same_name"
    SAME_SOUND = "same_sound"
    SAME_BIRTH_DATE = "same_birth_date"
    SAME_PHONE = "same_phone"


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


class UnknownParty(NotFound):
    code = "customer_unknown"

    def __init__(self) -> None:
        super().__init__(_("There is no such customer."))


class UnknownPart(NotFound):
    """The contact, link or mandate named is not there."""

    code = "customer_part_unknown"

    def __init__(self) -> None:
        super().__init__(_("The customer has no such entry any more."))


class Unreadable(Malformed):
    """Text that cannot be stored or searched: control characters, broken encoding, too long."""

    code = "customer_text_unreadable"


class NameInvalid(Malformed):
    code = "customer_name_invalid"


class DocumentInvalid(Malformed):
    """A document number that breaks the rule of its kind."""

    code = "document_invalid"


class DocumentContradicts(Malformed):
    """The document says another birth date or gender than the form."""

    code = "document_contradicts"


class DocumentExpired(Refusal):
    code = "document_expired"


class ContactInvalid(Malformed):
    code = "contact_invalid"


class PurposeMissing(Malformed):
    """A look at personal data needs a purpose."""

    code = "purpose_missing"


class QueryTooShort(Malformed):
    code = "query_too_short"


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


class AlreadyLinked(AlreadyDone):
    code = "account_already_linked"


class OwnerExists(Refusal):
    """An account has one owner."""

    code = "account_has_owner"


class MandateInvalid(Malformed):
    code = "mandate_invalid"


class MandateRevoked(AlreadyDone):
    code = "mandate_already_revoked"
