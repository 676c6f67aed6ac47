import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from counterpoint.customers import services
from counterpoint.customers.data import (
    AlertKind,
    AlreadyLinked,
    ContactKind,
    DocumentContradicts,
    DocumentInput,
    DocumentKind,
    MandateInvalid,
    MandateMode,
    MandateRevoked,
    MandateScope,
    OwnerExists,
    PartyExists,
    PartyKind,
    PartyStatus,
    PurposeMissing,
    Relation,
    RiskLevel,
    UnknownPart,
    UnknownParty,
)
from counterpoint.customers.models import IdDocument, Party
from counterpoint.customers.synthetic import resident_number
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, AlreadyDone, Malformed
from counterpoint.kit.models import Event

pytestmark = pytest.mark.django_db
BORN = date(1990, 5, 6)
PASSPORT = DocumentInput(DocumentKind.PASSPORT, "E12345678")


def found(query, by, **more):
    return [hit.id for hit in services.search(query=query, purpose="counter", by=by, **more)]


# Looking in clear


def test_a_party_is_masked_unless_a_purpose_is_given_and_that_is_an_event(register, by):
    id_ = register("王芳", order=124, phone="13812345678").id
    assert services.party(id_).name == "王*"
    assert not Event.objects.filter(verb="customers.party.revealed").exists()
    clear = services.party(id_, purpose="teller.1102", by=by)
    assert (clear.name, clear.phone, clear.birth_date) == ("王芳", "+8613812345678", "1990-05-06")
    assert Event.objects.get(verb="customers.party.revealed").data == {"purpose": "teller.1102"}
    with pytest.raises(PurposeMissing):
        services.party(id_, purpose="", by=by)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "王芳"), ("phone", "+8613812345678"), ("birth_date", "1990-05-06"),
     ("document", resident_number("310101", BORN, 124)), ("email", "")],
)  # fmt: skip
def test_one_field_is_unmasked_and_recorded(register, by, field, value):
    id_ = register("王芳", order=124, phone="13812345678").id
    assert services.unmask(party=id_, field=field, purpose="review", by=by) == value
    event = Event.objects.get(verb="customers.field.unmasked")
    assert event.data == {"field": field, "purpose": "review"}


@pytest.mark.parametrize(
    ("field", "purpose", "refusal"),
    [("phone", "", PurposeMissing), ("salary", "review", Malformed), ("all", "review", Malformed)],
)
def test_unmasking_needs_a_purpose_and_a_field(register, by, field, purpose, refusal):
    id_ = register().id
    with pytest.raises(refusal):
        services.unmask(party=id_, field=field, purpose=purpose, by=by)
    assert not Event.objects.filter(verb="customers.field.unmasked").exists()


def test_nobody_is_not_somebody(by):
    for look in (
        lambda: services.party(404),
        lambda: services.party_by_number(number="1000000013"),
        lambda: services.unmask(party=404, field="name", purpose="review", by=by),
        lambda: services.set_risk_level(party=404, level=RiskLevel.HIGH, reason="review", by=by),
    ):
        with pytest.raises(UnknownParty):
            look()


# Keeping the record


def test_a_changed_telephone_is_found_and_the_old_one_is_not(register, by):
    view = register("王芳", phone="13812345678")
    old = view.contacts[0].id
    services.change_contact(party=view.id, kind=ContactKind.PHONE, value="13987654321", replaces=old, by=by)
    assert found("13987654321", by) == [view.id]
    assert found("13812345678", by) == []
    event = Event.objects.get(verb="customers.contact.changed")
    assert "4321" not in json.dumps(event.data)
    with pytest.raises(UnknownPart):
        services.change_contact(
            party=view.id, kind=ContactKind.PHONE, value="13987654322", replaces=old, by=by
        )
    with pytest.raises(AlreadyLinked):
        services.change_contact(party=view.id, kind=ContactKind.PHONE, value="139 8765 4321", by=by)


def test_an_address_and_an_e_mail_are_kept_and_masked(register, by):
    view = register("王芳")
    services.change_contact(party=view.id, kind=ContactKind.ADDRESS, value="上海市人民路12号", by=by)
    view = services.change_contact(party=view.id, kind=ContactKind.EMAIL, value="Wang@Example.com", by=by)
    values = {c.kind: c.value for c in view.contacts}
    assert values[ContactKind.ADDRESS] == "上海市******"
    assert values[ContactKind.EMAIL] == "w***@example.com"


def test_a_renewed_card_replaces_the_old_one_and_a_passport_stands_beside_it(register, by):
    number = resident_number("310101", BORN, 124)
    soon = clock.today() + timedelta(days=30)
    view = register("王芳", document=DocumentInput(DocumentKind.RESIDENT_ID, number, valid_to=soon))
    assert [a.kind for a in view.alerts] == [AlertKind.DOCUMENT_EXPIRING]
    renewed = DocumentInput(DocumentKind.RESIDENT_ID, number, valid_from=clock.today(), valid_to=None)
    services.add_document(party=view.id, document=renewed, by=by)
    documents = services.add_document(party=view.id, document=PASSPORT, by=by)
    assert [d.kind for d in documents] == [DocumentKind.RESIDENT_ID, DocumentKind.PASSPORT]
    assert services.party(view.id).alerts == ()
    assert IdDocument.objects.filter(party=view.id).count() == 3
    assert found("E12345678", by) == [view.id]


def test_a_document_of_another_customer_or_of_another_birth_date_is_not_added(register, by):
    first, second = register("王芳", document=PASSPORT), register("李娜")
    with pytest.raises(PartyExists) as caught:
        services.add_document(party=second.id, document=PASSPORT, by=by)
    assert caught.value.details["party"] == first.id
    other = DocumentInput(DocumentKind.RESIDENT_ID, resident_number("310101", date(1980, 1, 1), 2))
    with pytest.raises(DocumentContradicts):
        services.add_document(party=second.id, document=other, by=by)


def test_papers_that_end_are_listed_for_the_branch(register, by):
    soon = clock.today() + timedelta(days=10)
    view = register("王芳", document=replace(PASSPORT, valid_to=soon))
    register("李娜", document=replace(PASSPORT, number="E12345679", valid_to=soon + timedelta(days=365)))
    register("赵敏", document=replace(PASSPORT, number="E12345670", valid_to=soon), branch=4)
    assert [(hit.id, day) for hit, day in services.expiring_documents(branch=3)] == [(view.id, soon)]


def test_risk_and_standing_are_recorded_with_before_and_after(register, by):
    view = register("王芳")
    view = services.set_risk_level(party=view.id, level=RiskLevel.HIGH, reason="review", by=by)
    assert (view.risk, view.alerts[0].kind) == (RiskLevel.HIGH, AlertKind.HIGH_RISK)
    event = Event.objects.get(verb="customers.risk.set")
    assert (event.data["before"], event.data["after"]) == ({"risk": "normal"}, {"risk": "high"})
    with pytest.raises(AlreadyDone):
        services.set_risk_level(party=view.id, level=RiskLevel.HIGH, reason="review", by=by)
    with pytest.raises(Malformed):
        services.set_risk_level(party=view.id, level=RiskLevel.LOW, reason="王芳 said so", by=by)
    view = services.set_standing(party=view.id, status=PartyStatus.DECEASED, reason="certificate", by=by)
    assert view.status is PartyStatus.DECEASED
    (hit,) = services.search(query="王芳", purpose="counter", by=by)
    assert hit.status is PartyStatus.DECEASED
    view = services.set_standing(party=view.id, status=PartyStatus.ACTIVE, reason="error", by=by)
    assert view.status is PartyStatus.ACTIVE


def test_a_child_is_marked(register):
    born = clock.today() - timedelta(days=365 * 10)
    assert AlertKind.MINOR in {a.kind for a in register("王芳", born=born).alerts}


# Accounts and mandates


def test_an_account_has_one_owner_and_may_have_joint_holders(register, account, number_of, by):
    first, second, number = register("王芳"), register("李娜"), account()
    services.link_account(account=number, party=first.id, relation=Relation.OWNER, by=by)
    with pytest.raises(AlreadyLinked):
        services.link_account(account=number, party=first.id, relation=Relation.OWNER, by=by)
    with pytest.raises(OwnerExists):
        services.link_account(account=number, party=second.id, relation=Relation.OWNER, by=by)
    services.link_account(account=number, party=second.id, relation=Relation.JOINT, by=by)
    assert [(p.id, r) for p, r in services.parties_of_account(number)] == [
        (first.id, Relation.OWNER),
        (second.id, Relation.JOINT),
    ]
    services.unlink_account(account=number, party=first.id, relation=Relation.OWNER, by=by)
    assert found(number_of(number)[-6:], by) == [second.id]
    with pytest.raises(UnknownPart):
        services.unlink_account(account=number, party=first.id, relation=Relation.OWNER, by=by)
    services.link_account(account=number, party=second.id, relation=Relation.OWNER, by=by)


def test_a_number_stays_findable_while_another_link_has_it(register, account, number_of, by):
    view, number = register("王芳"), account()
    for relation in (Relation.OWNER, Relation.AGENT):
        services.link_account(account=number, party=view.id, relation=relation, by=by)
    services.unlink_account(account=number, party=view.id, relation=Relation.AGENT, by=by)
    assert found(number_of(number)[-6:], by) == [view.id]


def test_a_mandate_holds_from_to_and_until_revoked(register, account, by):
    today = clock.today()
    view, number = register("王芳"), account()
    mandate = services.grant_mandate(
        account=number, party=view.id, mode=MandateMode.JOINT, limit=500_000,
        scope=[MandateScope.WITHDRAW, MandateScope.INQUIRE], valid_from=today, valid_to=today + timedelta(9),
        by=by,
    )  # fmt: skip
    assert [m.id for m in services.mandates_of(number)] == [mandate.id]
    assert (mandate.name, mandate.limit, mandate.mode) == ("王*", 500_000, MandateMode.JOINT)
    assert services.mandates_of(number, on=today + timedelta(10)) == []
    assert services.mandates_of(number, on=today - timedelta(1)) == []
    revoked = services.revoke_mandate(mandate=mandate.id, by=by)
    assert not revoked.valid_on(today)
    assert services.mandates_of(number) == []
    assert [m.id for m in services.mandates_of_party(view.id)] == [mandate.id]
    with pytest.raises(MandateRevoked):
        services.revoke_mandate(mandate=mandate.id, by=by)
    with pytest.raises(UnknownPart):
        services.revoke_mandate(mandate=404, by=by)


@pytest.mark.parametrize(
    "more", [{"scope": []}, {"limit": 0}, {"limit": -1}, {"limit": 2**63}, {"valid_to": date(2000, 1, 1)}]
)
def test_a_mandate_that_cannot_be_is_refused(register, account, by, more):
    view, number = register("王芳"), account()
    terms = {"mode": MandateMode.SINGLE, "scope": [MandateScope.ALL], "valid_from": clock.today()} | more
    with pytest.raises(MandateInvalid):
        services.grant_mandate(account=number, party=view.id, by=by, **terms)


# The demo


def test_demo_customers_are_made_once_and_are_the_same_each_time(db):
    first = services.ensure_demo_customers(branch=3, count=45, seed=7, by=SYSTEM)
    assert len(set(first)) == 45
    assert services.ensure_demo_customers(branch=3, count=45, seed=7, by=SYSTEM) == first
    assert Party.objects.filter(kind=PartyKind.LEGAL).count() == 2
    assert any(services.party(id_).alerts for id_ in first)
    more = services.ensure_demo_customers(branch=3, count=50, seed=7, by=SYSTEM)
    assert len(set(more)) == 50
