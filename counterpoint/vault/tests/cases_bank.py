"""The demo branch with a customer who has money, and two tellers at their boxes."""

from __future__ import annotations

from types import SimpleNamespace

from counterpoint.customers import services as customers
from counterpoint.customers.data import DocumentInput, DocumentKind, PartyKind, Relation
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind
from counterpoint.org import services as org
from counterpoint.vault.tests.bank import BRANCH, build


def with_customer() -> SimpleNamespace:
    bank = build()
    party = customers.register_party(
        kind=PartyKind.NATURAL, branch=BRANCH, by=bank.wang, name_zh="张三丰",
        document=DocumentInput(DocumentKind.RESIDENT_ID, "11010519491231002X"),
    )  # fmt: skip
    account = ledger.open_account(
        party=party.id, kind=AccountKind.DEMAND, currency="CNY", branch=BRANCH, by=bank.wang, name="张三丰"
    )
    customers.link_account(account=account.id, party=party.id, relation=Relation.OWNER, by=bank.wang)
    bank.party, bank.account, bank.number = party.id, account.id, account.number
    bank.today = org.business_day(BRANCH).date
    bank.tomorrow = org.next_working_day(bank.today)
    return bank
