"""The verbs and reads of the customers, for every room above."""

from counterpoint.customers.labels import label
from counterpoint.customers.rules.documents import check_document
from counterpoint.customers.rules.masks import mask_document, mask_name, mask_phone
from counterpoint.customers.services.accounts import (
    grant_mandate,
    link_account,
    links_of_party,
    mandates_of,
    mandates_of_party,
    parties_of_account,
    revoke_mandate,
    unlink_account,
)
from counterpoint.customers.services.bulk import import_parties, imported_parties, link_accounts
from counterpoint.customers.services.demo import ensure_demo_customers
from counterpoint.customers.services.looking import (
    expiring_documents,
    parties_by_id,
    parties_of_branch,
    party,
    party_by_number,
    search,
    timeline,
    unmask,
)
from counterpoint.customers.services.parties import (
    add_document,
    change_contact,
    register_party,
    set_risk_level,
    set_standing,
    suggest_duplicates,
)

__all__ = [
    "add_document",
    "change_contact",
    "check_document",
    "ensure_demo_customers",
    "expiring_documents",
    "grant_mandate",
    "import_parties",
    "imported_parties",
    "label",
    "link_account",
    "link_accounts",
    "links_of_party",
    "mandates_of",
    "mandates_of_party",
    "mask_document",
    "mask_name",
    "mask_phone",
    "parties_by_id",
    "parties_of_account",
    "parties_of_branch",
    "party",
    "party_by_number",
    "register_party",
    "revoke_mandate",
    "search",
    "set_risk_level",
    "set_standing",
    "suggest_duplicates",
    "timeline",
    "unlink_account",
    "unmask",
]
