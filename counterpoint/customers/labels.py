"""What the kinds of this room are called on screens, in both languages."""

from __future__ import annotations

from enum import Enum
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.customers.data import (
    AlertKind,
    ContactKind,
    DocumentKind,
    Field,
    Gender,
    KeyKind,
    MandateMode,
    MandateScope,
    PartyKind,
    PartyStatus,
    Purpose,
    Reason,
    Relation,
    RiskLevel,
    Tier,
)

LABELS: dict[Enum, Any] = {
    PartyKind.NATURAL: _("Personal customer"),
    PartyKind.LEGAL: _("Corporate customer"),
    Gender.MALE: _("Male"),
    Gender.FEMALE: _("Female"),
    RiskLevel.LOW: _("Low risk"),
    RiskLevel.NORMAL: _("Normal risk"),
    RiskLevel.HIGH: _("High risk"),
    Tier.STANDARD: _("Standard customer"),
    Tier.GOLD: _("Gold customer"),
    Tier.PRIVATE: _("Private banking customer"),
    PartyStatus.ACTIVE: pgettext_lazy("customer", "Active"),
    PartyStatus.RESTRICTED: pgettext_lazy("customer", "Restricted"),
    PartyStatus.DECEASED: _("Deceased"),
    PartyStatus.CLOSED: pgettext_lazy("customer", "Closed"),
    DocumentKind.RESIDENT_ID: _("Resident identity card"),
    DocumentKind.TEMPORARY_ID: _("Temporary identity card"),
    DocumentKind.HOUSEHOLD_BOOK: _("Household book"),
    DocumentKind.PASSPORT: _("Passport"),
    DocumentKind.HK_MACAU_PERMIT: _("Travel permit of Hong Kong and Macau residents"),
    DocumentKind.TAIWAN_PERMIT: _("Travel permit of Taiwan residents"),
    DocumentKind.HMT_RESIDENCE: _("Residence permit of Hong Kong, Macau and Taiwan residents"),
    DocumentKind.FOREIGN_RESIDENCE: _("Foreign permanent resident card"),
    DocumentKind.MILITARY: _("Military document"),
    DocumentKind.CREDIT_CODE: _("Unified social credit code"),
    ContactKind.PHONE: _("Telephone"),
    ContactKind.ADDRESS: _("Address"),
    ContactKind.EMAIL: _("E-mail"),
    Relation.OWNER: pgettext_lazy("account", "Owner"),
    Relation.JOINT: pgettext_lazy("account", "Joint holder"),
    Relation.AGENT: pgettext_lazy("account", "Agent"),
    Relation.LEGAL_REPRESENTATIVE: _("Legal representative"),
    MandateMode.SINGLE: _("Signs alone"),
    MandateMode.JOINT: _("Signs jointly"),
    MandateScope.INQUIRE: _("Inquiries"),
    MandateScope.WITHDRAW: _("Withdrawals"),
    MandateScope.TRANSFER: _("Transfers"),
    MandateScope.ALL: _("All operations"),
    KeyKind.NAME: _("Name"),
    KeyKind.NAME_PART: _("Part of the name"),
    KeyKind.INITIALS: _("Pinyin initials"),
    KeyKind.PINYIN: _("Pinyin"),
    KeyKind.DOCUMENT: _("Document number"),
    KeyKind.PHONE: _("Telephone"),
    KeyKind.ACCOUNT: _("Account or card"),
    KeyKind.NUMBER: _("Customer number"),
    Purpose.COUNTER: _("Service at the counter"),
    Purpose.OPENING: _("Opening a relationship"),
    Purpose.ENQUIRY: _("Customer's enquiry"),
    Purpose.COMPLAINT: _("Complaint"),
    Purpose.AUTHORITY: _("Request of an authority"),
    Purpose.CORRECTION: _("Correction of data"),
    Purpose.REVIEW: _("Review of the customer"),
    Field.NAME: _("Name"),
    Field.BIRTH_DATE: _("Birth date"),
    Field.DOCUMENT: _("Document number"),
    Field.PHONE: _("Telephone"),
    Field.ADDRESS: _("Address"),
    Field.EMAIL: _("E-mail"),
    AlertKind.DOCUMENT_EXPIRED: _("Document has expired"),
    AlertKind.DOCUMENT_EXPIRING: _("Document ends soon"),
    AlertKind.NO_DOCUMENT: _("No document on record"),
    AlertKind.HIGH_RISK: _("High-risk customer"),
    AlertKind.NOT_ACTIVE: _("Customer is not active"),
    AlertKind.MINOR: _("Under age: a guardian acts"),
    AlertKind.NO_PHONE: _("No telephone on record"),
    AlertKind.OVER_INSURED: _("Deposits exceed the insured amount"),
    Reason.SAME_DOCUMENT: _("Same document"),
    Reason.SIMILAR_DOCUMENT: _("Similar document number"),
    Reason.SAME_NAME: _("Same name"),
    Reason.SAME_SOUND: _("Name sounds the same"),
    Reason.SAME_BIRTH_DATE: _("Same birth date"),
    Reason.SAME_PHONE: _("Same telephone"),
}

NOTICES = {
    "place_unknown": _("The first six digits name no known county. Look at the card."),
    "very_old": _("The customer would be over 110 years old. Look at the card."),
}

#: What the timeline calls each verb, with an icon.
MOMENTS = {
    "customers.party.registered": (_("Registered as a customer"), "user-check"),
    "customers.party.revealed": (_("Record read in clear"), "eye"),
    "customers.field.unmasked": (_("Field shown"), "eye"),
    "customers.document.added": (_("Document added"), "id"),
    "customers.contact.changed": (_("Contact changed"), "phone"),
    "customers.account.linked": (_("Account linked"), "credit-card"),
    "customers.account.unlinked": (_("Account unlinked"), "credit-card"),
    "customers.mandate.granted": (_("Mandate granted"), "key"),
    "customers.mandate.revoked": (_("Mandate revoked"), "ban"),
    "customers.risk.set": (_("Risk level set"), "scale"),
    "customers.standing.set": (_("Status set"), "circle-dot"),
}


def label(value: Enum | str) -> str:
    """The word for ``value``; the value itself where there is none, as for another room's purpose."""
    return str(LABELS.get(value, value)) if isinstance(value, Enum) else str(value)


def choices(kinds: type[Enum]) -> list[tuple[str, Any]]:
    return [(str(kind), LABELS.get(kind, kind)) for kind in kinds]
