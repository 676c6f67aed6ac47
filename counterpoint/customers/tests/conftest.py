from datetime import date

import pytest

from counterpoint.customers import services
from counterpoint.customers.data import ContactInput, ContactKind, DocumentInput, DocumentKind, PartyKind
from counterpoint.customers.synthetic import resident_number
from counterpoint.kit.data import Actor, ActorKind

TELLER = Actor(kind=ActorKind.PERSON, id=12, name="王芳", branch=3, desk=1)


@pytest.fixture
def by():
    return TELLER


@pytest.fixture
def register(db, by):
    """Registers a person; what is not said is made up, and never twice the same."""
    made = iter(range(1, 1000))

    def make(name="王芳", *, order=None, born=date(1990, 5, 6), document=..., phone=None, **more):
        at = order or next(made)
        if document is ...:
            document = DocumentInput(DocumentKind.RESIDENT_ID, resident_number("310101", born, at))
        contacts = (ContactInput(ContactKind.PHONE, phone or f"1381234{at:04d}"),)
        return services.register_party(
            **{
                "kind": PartyKind.NATURAL, "branch": 3, "by": by, "name_zh": name,
                "document": document, "contacts": contacts,
            } | more
        )  # fmt: skip

    return make


@pytest.fixture
def account(db):
    """Makes accounts in the ledger's table, with numbers that end as asked."""
    from counterpoint.ledger.models import Account

    def make(number="6222021234567890123"):
        return Account.objects.create(
            branch_id=3, number=number, kind="demand", gl="2001", currency="CNY", sign=-1
        ).id

    return make
