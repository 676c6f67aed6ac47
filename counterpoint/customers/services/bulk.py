"""Taking over the customers of another system 批量迁入: set-wise, once each, one event a call.

What another bank knows of people may be less than this one asks for at the counter: no document, a
label for a name. So the other bank's own number stands for the person, and makes a second run find
the first one's records.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection
from django.utils.translation import gettext as _

from counterpoint.customers.data import ContactKind, ImportedLink, ImportedParty, PartyKind, Relation
from counterpoint.customers.models import AccountLink, Contact, IdentityNumber, Mandate, Party
from counterpoint.customers.rules import keys, names
from counterpoint.customers.rules.keys import Key
from counterpoint.customers.rules.numbers import customer_number
from counterpoint.kit.data import Actor, Malformed, Told
from counterpoint.kit.verbs import tell, verb


def imported_parties(*, space: str) -> dict[str, int]:
    """The customers that were taken over from ``space``, by their number there."""
    return dict(IdentityNumber.objects.filter(space=space).values_list("number", "party_id"))


@verb("customers.parties.imported")
def import_parties(*, parties: Sequence[ImportedParty], space: str, branch: int, by: Actor) -> dict[str, int]:
    """Register the customers of another system 客户迁入; those of an earlier run stay as they are."""
    known = imported_parties(space=space)
    new = [party for party in parties if party.reference not in known]
    if len({party.reference for party in new}) != len(new):
        raise Malformed(_("A customer's number stands twice."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('customers_number') FROM generate_series(1, %s)", [len(new)])
        numbers = [customer_number(row[0]) for row in cursor.fetchall()]
    rows = Party.objects.bulk_create(
        [
            Party(
                number=number, kind=PartyKind.NATURAL, name_latin=party.name_latin,
                sort_key=names.sort_key("", party.name_latin), gender=party.gender or "",
                birth_date=party.birth_date, nationality=party.nationality, branch=branch,
                registered_by=by.key,
            )
            for number, party in zip(numbers, new, strict=True)
        ],
        batch_size=2000,
    )  # fmt: skip
    pairs = list(zip(rows, new, strict=True))
    IdentityNumber.objects.bulk_create(
        [IdentityNumber(party=row, space=space, number=party.reference) for row, party in pairs],
        batch_size=5000,
    )
    Contact.objects.bulk_create(
        [
            Contact(party=row, kind=ContactKind.ADDRESS, value=party.address, since_by=by.key)
            for row, party in pairs
            if party.address
        ],
        batch_size=5000,
    )
    _add_keys([(row.id, keys.name_keys(PartyKind.NATURAL, "", party.name_latin)) for row, party in pairs])
    known |= {party.reference: row.id for row, party in pairs}
    tell(
        Told(
            subject=f"branch:{branch}", branch=branch,
            data={"space": space, "registered": len(new), "known": len(parties) - len(new)},
        )
    )  # fmt: skip
    return known


@verb("customers.accounts.linked")
def link_accounts(*, links: Sequence[ImportedLink], branch: int, since: date, by: Actor) -> int:
    """Say for many accounts whose they are and who acts for them 批量关联账户; returns how many were new.

    An agent gets a mandate for everything as well: that is what the other bank let them do.
    """
    known = set(
        AccountLink.objects.filter(until=None, account_id__in=[link.account for link in links]).values_list(
            "account_id", "party_id", "relation"
        )
    )
    new = [link for link in links if (link.account, link.party, str(link.relation)) not in known]
    AccountLink.objects.bulk_create(
        [
            AccountLink(
                party_id=link.party, account_id=link.account, relation=link.relation, number=link.number,
                since_by=by.key,
            )
            for link in new
        ],
        batch_size=5000,
    )  # fmt: skip
    Mandate.objects.bulk_create(
        [
            Mandate(
                account_id=link.account, party_id=link.party, mode="single", scope=["all"],
                currency=link.currency, valid_from=since, granted_by=by.key,
            )
            for link in new
            if link.relation is Relation.AGENT
        ],
        batch_size=5000,
    )  # fmt: skip
    _add_keys([(link.party, keys.account_keys(link.number)) for link in new])
    tell(
        Told(
            subject=f"branch:{branch}", branch=branch,
            data={"linked": len(new), "known": len(links) - len(new)},
        )
    )  # fmt: skip
    return len(new)


def _add_keys(found: Sequence[tuple[int, set[Key]]]) -> None:
    rows = sorted({(int(kind), key, party) for party, keys_of in found for kind, key in keys_of})
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_searchkey (kind, key, party_id)"
            " SELECT * FROM unnest(%s::smallint[], %s::text[], %s::bigint[]) ON CONFLICT DO NOTHING",
            [[row[i] for row in rows] for i in range(3)],
        )
