"""The kinds of this room. Others take them from ``data``, the door."""

from __future__ import annotations

from enum import IntEnum, StrEnum


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
