import contextlib
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from counterpoint.customers import services
from counterpoint.customers.data import (
    AlertKind,
    AlreadyLinked,
    ContactInvalid,
    ContactKind,
    DocumentContradicts,
    DocumentExpired,
    DocumentInput,
    DocumentInvalid,
    DocumentKind,
    DuplicatesLikely,
    Gender,
    KeyKind,
    LegalInput,
    MandateInvalid,
    MandateMode,
    MandateRevoked,
    MandateScope,
    NameInvalid,
    OwnerExists,
    PartyExists,
    PartyKind,
    PartyStatus,
    PurposeMissing,
    QueryTooShort,
    Reason,
    Relation,
    RiskLevel,
    UnknownPart,
    UnknownParty,
    Unreadable,
)
from counterpoint.customers.models import IdDocument, IdentityNumber, Party, SearchKey
from counterpoint.customers.rules.numbers import is_customer_number
from counterpoint.customers.synthetic import resident_number
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, AlreadyDone, Malformed
from counterpoint.kit.models import Event

pytestmark = pytest.mark.django_db
BORN = date(1990, 5, 6)
PASSPORT = DocumentInput(DocumentKind.PASSPORT, "E12345678")


def found(query, by, **more):
    return [hit.id for hit in services.search(query=query, purpose="counter", by=by, **more)]


# Registering


def test_a_registered_person_has_a_number_and_is_shown_masked(register):
    view = register("王芳", order=124)
    assert is_customer_number(view.number)
    assert (view.name, view.birth_date, view.phone) == ("王*", "1990-**-**", "138****0124")
    assert view.document.number == "310***********" + resident_number("310101", BORN, 124)[-4:]
    assert view.masked
    assert view.status is PartyStatus.ACTIVE


def test_birth_date_and_gender_come_from_the_number(register):
    row = Party.objects.get(pk=register("王芳", order=124).id)
    assert (row.birth_date, row.gender) == (BORN, Gender.FEMALE)


@pytest.mark.parametrize("more", [{"birth_date": date(1991, 5, 6)}, {"gender": Gender.MALE}])
def test_a_form_that_contradicts_the_number_is_refused(register, more):
    with pytest.raises(DocumentContradicts):
        register("王芳", order=124, **more)
    assert not Party.objects.exists()


def test_a_firm_is_known_by_its_credit_code_and_shown_openly(register):
    view = register(
        "上海示范贸易有限公司",
        kind=PartyKind.LEGAL,
        document=DocumentInput(DocumentKind.CREDIT_CODE, "91110000600037341L"),
        legal=LegalInput(representative_name="王建国"),
    )
    assert view.name == "上海示范贸易有限公司"
    assert view.document.number == "91110000600037341L"
    assert view.legal.representative_name == "王**"


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        (PartyKind.LEGAL, DocumentInput(DocumentKind.RESIDENT_ID, "11010519491231002X")),
        (PartyKind.NATURAL, DocumentInput(DocumentKind.CREDIT_CODE, "91110000600037341L")),
    ],
)
def test_persons_and_firms_do_not_exchange_papers(register, kind, document):
    with pytest.raises(DocumentInvalid):
        register("示范", kind=kind, document=document)


def test_an_expired_document_registers_nobody(register):
    ended = clock.today() - timedelta(days=1)
    with pytest.raises(DocumentExpired):
        register(document=replace(PASSPORT, valid_to=ended))


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"name": ""}, NameInvalid),
        ({"name": "x" * 100_000}, Unreadable),
        ({"name": "王\x00芳"}, Unreadable),
        ({"name": "王\udcff芳"}, Unreadable),
        ({"phone": "12"}, ContactInvalid),
        ({"phone": "1" * 10_000}, Unreadable),
        ({"document": DocumentInput(DocumentKind.RESIDENT_ID, "360426199101010072")}, DocumentInvalid),
        ({"document": DocumentInput(DocumentKind.RESIDENT_ID, "1" * 10_000)}, Unreadable),
        ({"nationality": "China"}, Malformed),
        ({"document": None, "birth_date": date(2190, 1, 1)}, Malformed),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(register, more, refusal):
    with pytest.raises(refusal):
        register(**more)
    assert not Party.objects.exists()
    assert not SearchKey.objects.exists()
    assert not Event.objects.exists()


def test_the_event_of_a_registration_holds_no_personal_data(register):
    view = register("欧阳锋", order=124, phone="13812345678")
    event = Event.objects.get(verb="customers.party.registered")
    assert (event.subject, event.branch_id, event.actor) == (f"party:{view.id}", 3, "person:12")
    text = json.dumps(event.data, ensure_ascii=False)
    for secret in ("欧阳", "锋", "1990", resident_number("310101", BORN, 124), "12345678", view.number):
        assert secret not in text


# Duplicates


def test_the_same_document_is_refused_and_the_customer_named_masked(register):
    first = register("王芳", document=PASSPORT)
    with pytest.raises(PartyExists) as caught:
        register(
            "李娜", document=replace(PASSPORT, number="ｅ12345678"), confirmed_not_duplicate_of=[first.id]
        )
    assert caught.value.details["party"] == first.id
    assert caught.value.details["name"] == "王*"
    assert "王芳" not in str(caught.value)
    assert Party.objects.count() == 1


def test_a_temporary_card_has_the_number_of_the_card_and_so_the_same_owner(register):
    number = resident_number("310101", BORN, 124)
    register("王芳", document=DocumentInput(DocumentKind.RESIDENT_ID, number))
    with pytest.raises(PartyExists):
        register("王芳", document=DocumentInput(DocumentKind.TEMPORARY_ID, number))


def test_passports_of_two_countries_may_have_one_number(register):
    register("王芳", document=DocumentInput(DocumentKind.PASSPORT, "A12345678", country="US"))
    other = register("李娜", document=DocumentInput(DocumentKind.PASSPORT, "A12345678", country="GB"))
    assert other.id


def test_likely_duplicates_must_be_looked_at_first(register):
    first = register("王芳", document=PASSPORT, birth_date=BORN)
    with pytest.raises(DuplicatesLikely) as caught:
        register("王芳")
    suggestion = caught.value.suggestions[0]
    assert suggestion.party.id == first.id
    assert {Reason.SAME_NAME, Reason.SAME_BIRTH_DATE} <= set(suggestion.reasons)
    assert "王芳" not in json.dumps(caught.value.details, ensure_ascii=False)
    second = register("王芳", confirmed_not_duplicate_of=[first.id])
    assert second.id != first.id
    event = Event.objects.get(subject=f"party:{second.id}")
    assert event.data["not_same_as"] == [first.id]


def test_confirming_somebody_else_does_not_help(register):
    register("王芳", document=PASSPORT, birth_date=BORN)
    with pytest.raises(DuplicatesLikely):
        register("王芳", confirmed_not_duplicate_of=[999_999])


def test_suggestions_survive_half_typed_forms(register):
    first = register("王芳", document=PASSPORT, birth_date=BORN, phone="13812345678")
    assert services.suggest_duplicates() == ()
    typed = services.suggest_duplicates(
        name="王芳", phone="1381", document=DocumentInput(DocumentKind.RESIDENT_ID, "3101")
    )
    assert [s.party.id for s in typed] == [first.id]
    full = services.suggest_duplicates(name="汪方", birth_date=BORN, phone="138 1234 5678")
    assert full[0].score > typed[0].score
    certain = services.suggest_duplicates(name="李娜", document=PASSPORT)
    assert (certain[0].score, certain[0].reasons) == (100, (Reason.SAME_DOCUMENT,))


def test_the_database_itself_refuses_a_second_owner_of_a_number(register):
    register("王芳", document=PASSPORT)
    other = register("李娜")
    with pytest.raises(IntegrityError), transaction.atomic():
        IdentityNumber.objects.create(party_id=other.id, space="passport:CN", number="E12345678")


# Searching


def test_search_finds_by_every_kind_of_key(register, account, by):
    number = resident_number("310101", BORN, 124)
    view = register("曾小贤", order=124, phone="13812345678", name_latin="Zeng Xiaoxian")
    services.link_account(
        account=account(), party=view.id, relation=Relation.OWNER, card="6217001234567894321", by=by
    )
    queries = [
        "曾小贤",
        "曾",
        "小贤",
        "zxx",
        "cxx",
        "zengxiao",
        "ZENG xiaoxian",
        number,
        number[-4:],
        view.number,
    ]
    queries += ["13812345678", "5678", "6222021234567890123", "890123", "894321", f"小贤 {number[-4:]}"]
    for query in queries:
        assert found(query, by) == [view.id], query
    for query in ["李", "xx", "9999", "890124", f"李 {number[-4:]}"]:
        assert found(query, by) == [], query


def test_hits_are_masked_and_say_what_matched(register, by):
    register("王芳", order=124, phone="13812345678")
    (hit,) = services.search(query="13812345678", purpose="counter", by=by)
    assert (hit.name, hit.phone, hit.birth_year) == ("王*", "138****5678", 1990)
    assert hit.document.startswith("310***********")
    assert (hit.matched, hit.exact) == (KeyKind.PHONE, True)
    shown = repr(hit)
    assert "王芳" not in shown
    assert "19900506" not in shown
    assert "12345678" not in shown


def test_exact_matches_come_first_then_beginnings_then_the_rest(register, by):
    inside = register("王小小芳")
    longer = register("小芳芳")
    exact = register("小芳")
    assert found("小芳", by) == [exact.id, longer.id, inside.id]
    assert found("小芳芳", by) == [longer.id]


def test_results_are_bounded_and_say_that_there_are_more(register, by):
    for at in range(1, 8):
        register("王" + "一二三四五六七"[at - 1])
    hits = services.search(query="王", purpose="counter", by=by, limit=5)
    assert (len(hits), hits.more) == (5, True)
    hits = services.search(query="王", purpose="counter", by=by, limit=7)
    assert (len(hits), hits.more) == (7, False)
    assert len(services.search(query="王", purpose="counter", by=by, limit=-1)) == 1


def test_a_search_is_one_event_without_the_query(register, by):
    register("王芳", phone="13812345678")
    services.search(query="13812345678", purpose="complaint", by=by)
    event = Event.objects.get(verb="customers.party.searched")
    assert event.data["purpose"] == "complaint"
    assert event.data["hits"] == 1
    assert "phone" in event.data["kinds"]
    assert "12345678" not in json.dumps(event.data)
    services.search(query="13812345678", purpose="complaint", by=by)
    again = Event.objects.filter(verb="customers.party.searched").latest("id")
    assert again.data["query"] == event.data["query"]
    services.search(query="13812345679", purpose="complaint", by=by)
    other = Event.objects.filter(verb="customers.party.searched").latest("id")
    assert other.data["query"] != event.data["query"]


@pytest.mark.parametrize(
    ("query", "purpose", "refusal"),
    [
        ("王芳", "", PurposeMissing),
        ("王芳", "because I want to", PurposeMissing),
        ("12", "counter", QueryTooShort),
        ("", "counter", QueryTooShort),
        ("x" * 1_000_000, "counter", Unreadable),
        ("王\x00", "counter", Unreadable),
        ("\udc80\udc81", "counter", Unreadable),
    ],
)
def test_a_search_without_purpose_or_sense_is_refused(by, query, purpose, refusal):
    with pytest.raises(refusal):
        services.search(query=query, purpose=purpose, by=by)
    assert not Event.objects.exists()


@pytest.mark.parametrize("query", ["%", "_%", "' OR 1=1 --王", "王%", "\\王"])
def test_wildcards_and_quotes_are_only_text(register, by, query):
    register("李娜")
    with contextlib.suppress(QueryTooShort):
        assert found(query, by) == []


def test_a_search_takes_two_statements_besides_its_record(register, by, django_assert_num_queries):
    register("王芳")
    # savepoint, keys, facts, event, notify, release
    with django_assert_num_queries(6):
        services.search(query="王", purpose="counter", by=by)


def test_a_customer_page_takes_a_fixed_number_of_statements(register, django_assert_num_queries):
    view = register("王芳")
    with django_assert_num_queries(4):
        services.party(view.id)


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


def test_an_account_has_one_owner_and_may_have_joint_holders(register, account, by):
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
    assert found("890123", by) == [second.id]
    with pytest.raises(UnknownPart):
        services.unlink_account(account=number, party=first.id, relation=Relation.OWNER, by=by)
    services.link_account(account=number, party=second.id, relation=Relation.OWNER, by=by)


def test_a_number_stays_findable_while_another_link_has_it(register, account, by):
    view, number = register("王芳"), account()
    for relation in (Relation.OWNER, Relation.AGENT):
        services.link_account(account=number, party=view.id, relation=relation, by=by)
    services.unlink_account(account=number, party=view.id, relation=Relation.AGENT, by=by)
    assert found("890123", by) == [view.id]


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
