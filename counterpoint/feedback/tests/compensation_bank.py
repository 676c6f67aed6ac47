"""A customer who complained, with accounts; who proposes a compensation, and who approves it."""

from __future__ import annotations

from types import SimpleNamespace

from counterpoint.approvals import services as approvals
from counterpoint.customers import services as customers
from counterpoint.customers.data import DocumentInput, DocumentKind, PartyKind, Relation
from counterpoint.feedback import queries_compensation as queries
from counterpoint.feedback import services as feedback
from counterpoint.feedback.data_compensation import Compensation
from counterpoint.feedback.tests.bank import BRANCH, build, complained
from counterpoint.kit.data import Actor
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind

#: Real check digits, invented people.
DOCUMENTS = {"王重阳": "360426199101010071", "张三丰": "11010519491231002X"}
REASON = "叫号设备故障，客户等候近一小时"


def customer(bank: SimpleNamespace, name: str = "王重阳", *, branch: int = BRANCH) -> SimpleNamespace:
    """A customer with one account."""
    party = customers.register_party(
        kind=PartyKind.NATURAL, branch=BRANCH, by=bank.wang, name_zh=name,
        document=DocumentInput(DocumentKind.RESIDENT_ID, DOCUMENTS[name]),
    )  # fmt: skip
    made = SimpleNamespace(party=party.id, number=party.number, name=name)
    made.account = account(bank, made, branch=branch)
    return made


def account(
    bank: SimpleNamespace, owner: SimpleNamespace, *, branch: int = BRANCH, currency: str = "CNY",
    kind: AccountKind = AccountKind.DEMAND, relation: Relation = Relation.OWNER,
) -> int:  # fmt: skip
    """One more account of the customer."""
    made = ledger.open_account(
        party=owner.party, kind=kind, currency=currency, branch=branch, by=bank.wang, name=owner.name,
        **({"term_months": 12} if kind is AccountKind.TERM else {}),
    )  # fmt: skip
    customers.link_account(account=made.id, party=owner.party, relation=relation, by=bank.wang)
    return made.id


def upset(bank: SimpleNamespace, owner: SimpleNamespace, **more: object) -> int:
    """A complaint of the customer, in the hands of Liu Yang."""
    id = complained(bank, party=owner.party, **more)
    feedback.take_complaint(complaint=id, by=bank.liu)
    return id


def upset_bank() -> SimpleNamespace:
    """The demo branch with a customer whose complaint is looked into."""
    bank = build()
    bank.centre, bank.centre_two = bank.staff["090401"], bank.staff["090402"]
    bank.customer = customer(bank)
    bank.complaint = upset(bank, bank.customer)
    return bank


def proposed(bank: SimpleNamespace, amount: int = 200_00, *, by: Actor | None = None, **more: object) -> int:
    given = {"complaint": bank.complaint, "account": bank.customer.account, "reason": REASON} | more
    return feedback.propose_compensation(amount=amount, by=by or bank.liu, **given)


def request_of(compensation: int) -> int:
    return approvals.requests_of(subject=f"compensation:{compensation}")[0].id


def approve(compensation: int, *who: Actor, proof: str = "") -> None:
    """One after the other takes it up and approves it."""
    for one in who:
        approvals.claim(request=request_of(compensation), by=one)
        approvals.approve(request=request_of(compensation), by=one, proof=proof)


def approved(bank: SimpleNamespace, amount: int = 200_00, **more: object) -> int:
    id = proposed(bank, amount, **more)
    approve(id, bank.zhang)
    return id


def pay(compensation: int, by: Actor) -> int:
    return feedback.pay_compensation(compensation=compensation, by=by)


def seen(compensation: int) -> Compensation:
    found = queries.compensation(compensation)
    assert found is not None
    return found


def balance(account: int) -> int:
    return ledger.account(account).balance
