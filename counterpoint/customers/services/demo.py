"""The demo branch's customers: made up by a fixed seed, made once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from counterpoint.customers.data import (
    ContactInput,
    ContactKind,
    DocumentInput,
    DocumentKind,
    DuplicatesLikely,
    LegalInput,
    PartyKind,
)
from counterpoint.customers.models import IdentityNumber
from counterpoint.customers.services.parties import register_party
from counterpoint.customers.synthetic import Made, people
from counterpoint.kit import clock
from counterpoint.kit.data import Actor

LEGAL_EVERY = 20


def ensure_demo_customers(
    *, branch: int, count: int = 200, seed: int = 20260101, part: slice = slice(None), by: Actor
) -> list[int]:
    """Register those of ``part`` of the ``count`` demo customers who are missing.

    Returns the ids of that part, in order. The same count makes the same people, so that branches
    can share one row of them.
    """
    made = list(enumerate(people(count, seed=seed, legal_every=LEGAL_EVERY)))[part]
    known = dict(
        IdentityNumber.objects.filter(number__in=[m.number for _at, m in made]).values_list(
            "number", "party_id"
        )
    )
    ids = []
    for at, person in made:
        if person.number not in known:
            known[person.number] = _register(person, at, branch, by)
        ids.append(known[person.number])
    return ids


def _register(person: Made, at: int, branch: int, by: Actor) -> int:
    legal = person.kind is PartyKind.LEGAL
    today = clock.today()
    # One in nine has papers that end within the next quarter, so that the alert can be seen.
    ends = today.replace(year=today.year + 1 + at % 15, day=1) if at % 9 else _soon(at)
    details: dict[str, Any] = {
        "kind": person.kind,
        "branch": branch,
        "by": by,
        "name_zh": person.name,
        "document": DocumentInput(
            kind=DocumentKind.CREDIT_CODE if legal else DocumentKind.RESIDENT_ID,
            number=person.number,
            issuer="示范市市场监督管理局" if legal else "示范市公安局",
            valid_to=None if legal else ends,
        ),
        "contacts": (
            ContactInput(ContactKind.PHONE, person.phone),
            ContactInput(ContactKind.ADDRESS, person.address),
        ),
        "legal": LegalInput(representative_name=person.representative) if legal else None,
    }
    try:
        return register_party(**details).id
    except DuplicatesLikely as likely:  # chance made two alike; their numbers tell them apart
        others = tuple(suggestion.party.id for suggestion in likely.suggestions)
        return register_party(**details, confirmed_not_duplicate_of=others).id


def _soon(at: int) -> date:
    return clock.today() + timedelta(days=5 + at % 80)
