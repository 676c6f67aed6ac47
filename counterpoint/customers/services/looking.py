"""Looking at customers: the search, the page, the single field. Each look in clear is an event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.crypto import salted_hmac

from counterpoint.customers.data import Field, Moment, PartyHit, PartyHits, PartyView, UnknownParty
from counterpoint.customers.models import Party
from counterpoint.customers.queries import parties as reads
from counterpoint.customers.queries.search import facts_of, find
from counterpoint.customers.rules.keys import understand
from counterpoint.customers.rules.purposes import check_purpose
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Malformed, Told
from counterpoint.kit.verbs import tell, verb

MOST_HITS = 50


@verb("customers.party.searched")
def search(*, query: str, purpose: str, by: Actor, limit: int = 20) -> PartyHits:
    """Find customers by name, initials, or the end of a number; masked, and recorded with the purpose.

    The event holds the kinds of key that were tried and a keyed hash of the query, never the query.
    """
    reason = check_purpose(purpose)
    plan = understand(query)
    hits = find(plan, limit=max(1, min(limit, MOST_HITS)))
    digest = salted_hmac("customers.search", query, algorithm="sha256").hexdigest()[:32]
    data = {"purpose": reason, "kinds": plan.kinds, "query": digest, "hits": len(hits), "more": hits.more}
    tell(Told(subject="search:customers", branch=by.branch or 0, data=data))
    return hits


def party(id: int, *, purpose: str | None = None, by: Actor | None = None) -> PartyView:
    """The customer, masked; with a purpose in clear, which is recorded."""
    if purpose is None:
        return reads.party_view(id, today=clock.today())
    if by is None:
        raise TypeError("in clear only for somebody: by=")
    return _reveal(party=id, purpose=purpose, by=by)


@verb("customers.party.revealed")
def _reveal(*, party: int, purpose: str, by: Actor) -> PartyView:
    """A customer's data was read in clear."""
    view = reads.party_view(party, show=frozenset({Field.ALL}), today=clock.today())
    data = {"purpose": check_purpose(purpose)}
    tell(Told(subject=f"party:{party}", branch=by.branch or view.branch, data=data))
    return view


@verb("customers.field.unmasked")
def unmask(*, party: int, field: str, purpose: str, by: Actor) -> str:
    """Show one field of a customer in clear."""
    reason = check_purpose(purpose)
    try:
        wanted = Field(field)
    except ValueError:
        raise Malformed("There is no such field.", field=str(field)[:40]) from None
    row = reads.party_row(party)
    if wanted is Field.ALL:
        raise Malformed("One field at a time.", field=str(wanted))
    value = reads.field_value(party, wanted, today=clock.today())
    data = {"field": str(wanted), "purpose": reason}
    tell(Told(subject=f"party:{party}", branch=by.branch or row.branch, data=data))
    return value


def parties_by_id(ids: Iterable[int]) -> dict[int, PartyHit]:
    """Several customers at once, masked, as one line each; an unknown one is left out."""
    return {hit.id: hit for hit in facts_of(set(ids))}


def party_by_number(*, number: str) -> PartyView:
    """The customer with this customer number, masked."""
    found = Party.objects.filter(number=number).values_list("id", flat=True).first()
    if found is None:
        raise UnknownParty
    return reads.party_view(found, today=clock.today())


def timeline(*, party: int, limit: int = 50) -> list[Moment]:
    """What happened to the customer, newest first."""
    return reads.timeline(party, limit=limit)


def expiring_documents(*, branch: int, limit: int = 200) -> list[tuple[PartyHit, date]]:
    """Customers of the branch whose papers end within 90 days or have ended, with the day."""
    ends = dict(reads.expiring_documents(branch=branch, today=clock.today(), limit=limit))
    found = [(hit, ends[hit.id]) for hit in facts_of(ends)]
    return sorted(found, key=lambda pair: (pair[1], pair[0].id))


def parties_of_branch(*, branch: int, after: int = 0, limit: int = 50) -> tuple[list[PartyHit], int | None]:
    """The customers of a branch by id, masked, and the last id where there are more."""
    ids = list(
        Party.objects.filter(branch=branch, id__gt=after)
        .order_by("id")
        .values_list("id", flat=True)[: limit + 1]
    )
    page = ids[:limit]
    hits = sorted(facts_of(page), key=lambda hit: hit.id)
    return hits, page[-1] if len(ids) > limit else None
