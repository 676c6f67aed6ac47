"""The plain refusals of this room. Others take them from ``data``, the door."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import AlreadyDone, Malformed, NotFound, Refusal


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


class AlreadyLinked(AlreadyDone):
    code = "account_already_linked"


class OwnerExists(Refusal):
    """An account has one owner."""

    code = "account_has_owner"


class MandateInvalid(Malformed):
    code = "mandate_invalid"


class MandateRevoked(AlreadyDone):
    code = "mandate_already_revoked"
