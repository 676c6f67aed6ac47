from datetime import date

import pytest

from counterpoint.customers import services
from counterpoint.customers.data import ContactInput, ContactKind, DocumentInput, DocumentKind, PartyKind
from counterpoint.customers.synthetic import resident_number
from counterpoint.kit.data import SYSTEM, Actor, ActorKind
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind
from counterpoint.org.services import ensure_demo_org

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
def account(db, by):
    """Opens accounts in the ledger."""
    ensure_demo_org(by=SYSTEM)

    def make():
        return ledger.open_account(
            party=None, kind=AccountKind.DEMAND, currency="CNY", branch=3, by=by, name="测试"
        ).id

    return make


@pytest.fixture
def number_of():
    """The number of an account."""
    return lambda account: ledger.account(account).number
