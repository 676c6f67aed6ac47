"""A branch at work: the demo bank, its people, boxes at two desks, a few customers with accounts."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model

from counterpoint.customers import services as customers
from counterpoint.customers.data import DocumentInput, DocumentKind, PartyKind, Relation
from counterpoint.kit.data import SYSTEM
from counterpoint.kit.keys import new_key
from counterpoint.kit.testing import once
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind
from counterpoint.org import services as org
from counterpoint.people.services import actor_of, ensure_demo_staff
from counterpoint.teller import services as teller
from counterpoint.vault import services as vault

#: Real check digits, invented people.
DOCUMENTS = ("11010519491231002X", "120103198806018241", "360426199101010071")


def build() -> SimpleNamespace:
    org.ensure_demo_org(by=SYSTEM)
    ensure_demo_staff(by=SYSTEM)
    vault.ensure_demo_boxes(by=SYSTEM)
    staff = {row.username: actor_of(row) for row in get_user_model().objects.all()}
    desks = org.desks(3)
    maker = replace(staff["080101"], branch=3, desk=desks[0].id)
    other = replace(staff["080102"], branch=3, desk=desks[1].id)
    for who in (maker, other):
        vault.claim_box(box=vault.box_of(desk=who.desk).id, by=who)
    made = []
    for at, (name, number) in enumerate(zip(("张三丰", "李小龙", "王重阳"), DOCUMENTS, strict=True)):
        party = customers.register_party(
            kind=PartyKind.NATURAL, branch=3, by=maker, name_zh=name,
            document=DocumentInput(DocumentKind.RESIDENT_ID, number),
        )  # fmt: skip
        account = ledger.open_account(
            party=party.id,
            kind=AccountKind.DEMAND,
            currency="CNY",
            branch=4 if at == 2 else 3,
            by=maker,
            name=name,
        )
        customers.link_account(account=account.id, party=party.id, relation=Relation.OWNER, by=maker)
        made.append(SimpleNamespace(party=party, account=account.id, number=account.number, document=number))
    supervisor = replace(staff["080201"], branch=3)
    return SimpleNamespace(
        maker=maker, other=other, supervisor=supervisor, staff=staff, customers=made,
        zhang=made[0], li=made[1], wang=made[2],
    )  # fmt: skip


world = once(build)


@pytest.fixture
def bank(world, db):
    return world()


@pytest.fixture
def real(transactional_db):
    """The same with real commits, for what posts through the engine."""
    return build()


def balance(customer) -> int:
    return ledger.account(customer.account).balance


def serve(operation, form, by, **more):
    """Quote and confirm."""
    quote = teller.quote(operation=operation, form=form, by=by)
    return teller.confirm(quote=quote.id, key=quote.key, by=by, **more)


def deposit(customer, amount, by, faces=None, **more):
    faces = faces or spread(amount)
    form = {"account": customer.number, "amount": amount, "faces": faces} | more
    quote = teller.quote(operation="1101", form=form, by=by)
    return teller.confirm(quote=quote.id, key=quote.key, by=by)


def spread(amount: int) -> dict[str, int]:
    """Any amount in faces."""
    faces = {}
    for face in ("10000", "5000", "2000", "1000", "500", "100", "c50", "c10", "c5", "c1"):
        count, amount = divmod(amount, int(face.lstrip("c")))
        if count:
            faces[face] = count
    return faces


def key():
    return new_key()
