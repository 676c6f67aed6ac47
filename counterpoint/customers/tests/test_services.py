import contextlib
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from counterpoint.customers import services
from counterpoint.customers.data import (
    ContactInvalid,
    DocumentContradicts,
    DocumentExpired,
    DocumentInput,
    DocumentInvalid,
    DocumentKind,
    DuplicatesLikely,
    Gender,
    KeyKind,
    LegalInput,
    NameInvalid,
    PartyExists,
    PartyKind,
    PartyStatus,
    PurposeMissing,
    QueryTooShort,
    Reason,
    Relation,
    Unreadable,
)
from counterpoint.customers.models import IdentityNumber, Party, SearchKey
from counterpoint.customers.rules.numbers import is_customer_number
from counterpoint.customers.synthetic import resident_number
from counterpoint.kit import clock
from counterpoint.kit.data import Malformed
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


def test_search_finds_by_every_kind_of_key(register, account, number_of, by):
    number = resident_number("310101", BORN, 124)
    view = register("曾小贤", order=124, phone="13812345678", name_latin="Zeng Xiaoxian")
    linked = account()
    services.link_account(
        account=linked, party=view.id, relation=Relation.OWNER, card="6217001234567894321", by=by
    )
    of_account = number_of(linked)
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
    queries += ["13812345678", "5678", of_account, of_account[-6:], "894321", f"小贤 {number[-4:]}"]
    for query in queries:
        assert found(query, by) == [view.id], query
    for query in ["李", "xx", "9999", "894322", f"李 {number[-4:]}"]:
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


def test_people_who_share_an_ending_are_told_apart_by_name_or_initials(register, by):
    names = ("王芳", "李娜", "曾小贤", "欧阳锋")
    ids = {name: register(name, phone=f"138{at}3335678").id for at, name in enumerate(names, start=1)}
    assert set(found("5678", by)) == set(ids.values())
    for query in ("曾 5678", "小贤 5678", "cxx 5678", "zxx 5678", "zeng 5678"):
        assert found(query, by) == [ids["曾小贤"]], query
    assert found("王芳 5678", by) == [ids["王芳"]]
    assert found("w 9999", by) == []


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
    # savepoint, keys, facts, event and signal, release
    with django_assert_num_queries(5):
        services.search(query="王", purpose="counter", by=by)


def test_a_customer_page_takes_a_fixed_number_of_statements(register, django_assert_num_queries):
    view = register("王芳")
    with django_assert_num_queries(1):
        services.party(view.id)
