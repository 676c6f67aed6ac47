import json
from datetime import date, timedelta

import pytest
from django.urls import reverse

from counterpoint.customers import services
from counterpoint.customers.data import (
    DocumentInput,
    DocumentKind,
    MandateMode,
    MandateScope,
    Relation,
    RiskLevel,
)
from counterpoint.customers.models import Party
from counterpoint.customers.synthetic import resident_number
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM
from counterpoint.kit.models import Event
from counterpoint.kit.testing import once
from counterpoint.people.services import ensure_demo_staff, person_by_number

pytestmark = pytest.mark.django_db
BORN = date(1990, 5, 6)
NUMBER = resident_number("310101", BORN, 124)


def build():
    from counterpoint.org.services import ensure_demo_org

    ensure_demo_org(by=SYSTEM)
    ensure_demo_staff(by=SYSTEM)


world = once(build)


@pytest.fixture
def sign_in(world, client, db, django_user_model):
    """Signs a demo person in."""

    def make(number):
        client.force_login(
            django_user_model.objects.get(username=number),
            backend="django.contrib.auth.backends.ModelBackend",
        )
        return client

    return make


@pytest.fixture
def teller(sign_in, settings):
    settings.DEMO = True
    return sign_in("080101")


@pytest.fixture
def ouyang(register):
    return register("欧阳锋", order=124, phone="13812345678")


def text(response):
    return response.content.decode()


def test_nobody_looks_for_customers_without_signing_in(client, db):
    answer = client.post(reverse("customers:hits"), {"query": "欧阳锋", "purpose": "counter"})
    assert answer.status_code in {302, 401, 403}
    assert not Event.objects.filter(verb="customers.party.searched").exists()


def test_a_person_without_the_duty_sees_no_customer(sign_in, ouyang, settings):
    settings.DEMO = True
    client = sign_in("090301")
    for name, arguments in (
        ("customers:search", []),
        ("customers:page", [ouyang.id]),
        ("customers:panel", [ouyang.id]),
    ):
        assert client.get(reverse(name, args=arguments)).status_code == 403
    assert (
        client.post(reverse("customers:hits"), {"query": "欧阳锋", "purpose": "counter"}).status_code == 403
    )


def test_who_may_only_look_changes_nothing(sign_in, ouyang, settings):
    settings.DEMO = True
    client = sign_in("080301")
    assert client.get(reverse("customers:page", args=[ouyang.id])).status_code == 200
    answer = client.post(reverse("customers:risk", args=[ouyang.id]), {"level": "high", "reason": "review"})
    assert answer.status_code == 403
    assert client.get(reverse("customers:register")).status_code == 403
    assert Party.objects.get(pk=ouyang.id).risk == "normal"


def test_the_search_page_opens_and_its_hits_are_masked(teller, ouyang):
    assert "id_query" in text(teller.get(reverse("customers:search")))
    answer = teller.post(reverse("customers:hits"), {"query": "欧阳锋", "purpose": "counter"})
    shown = text(answer)
    assert reverse("customers:page", args=[ouyang.id]) in shown
    assert "138****5678" in shown
    for secret in ("欧阳锋", "13812345678", NUMBER, "1990-05-06"):
        assert secret not in shown


def test_nothing_found_and_too_little_typed_are_both_said(teller):
    nothing = text(teller.post(reverse("customers:hits"), {"query": "龘龘", "purpose": "counter"}))
    little = text(teller.post(reverse("customers:hits"), {"query": "12", "purpose": "counter"}))
    assert "c-empty" in nothing
    assert "c-hint" in little


@pytest.mark.parametrize(
    "data",
    [
        {"query": "欧阳锋", "purpose": "pleasure"},
        {"query": "欧阳锋"},
        {"query": "王" * 10_000, "purpose": "counter"},
        {"query": "王\x00芳", "purpose": "counter"},
    ],
)
def test_a_malformed_search_is_refused(teller, data):
    assert teller.post(reverse("customers:hits"), data).status_code == 422


def test_bytes_that_are_no_text_are_refused(teller):
    answer = teller.post(
        reverse("customers:hits"),
        b"query=%ff%fe%80&purpose=counter",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code in {200, 400, 422}
    assert Event.objects.filter(verb="customers.party.searched", data__hits__gt=0).count() == 0


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_shows_everything_masked_in_both_languages(teller, ouyang, account, by, language):
    services.link_account(account=account(), party=ouyang.id, relation=Relation.OWNER, by=by)
    shown = text(
        teller.get(reverse("customers:page", args=[ouyang.id]), headers={"accept-language": language})
    )
    for secret in ("欧阳锋", "13812345678", NUMBER, "1990-05-06"):
        assert secret not in shown
    assert "138****5678" in shown
    assert ("居民身份证" in shown) is (language == "zh-hans")


def test_the_panel_and_the_page_agree(teller, ouyang):
    panel, page = (
        text(teller.get(reverse(f"customers:{name}", args=[ouyang.id]))) for name in ("panel", "page")
    )
    assert "<html" not in panel
    assert "<html" in page
    for fact in (ouyang.number, "138****5678", "欧阳*"):
        assert fact in panel
        assert fact in page


def test_a_field_is_shown_for_a_purpose_and_the_timeline_tells_it(teller, ouyang):
    url = reverse("customers:field", args=[ouyang.id, "phone"])
    assert teller.post(url).status_code == 422
    answer = teller.post(url, {"purpose": "complaint"})
    assert "+8613812345678" in text(answer)
    event = Event.objects.get(verb="customers.field.unmasked")
    assert event.actor == f"person:{person_by_number('080101').id}"
    page = text(teller.get(reverse("customers:page", args=[ouyang.id]), headers={"accept-language": "en"}))
    assert "Field shown" in page
    assert "Wang Fang" in page


def test_a_field_is_shown_by_post_only(teller, ouyang):
    assert teller.get(reverse("customers:field", args=[ouyang.id, "phone"])).status_code == 405


def test_an_unknown_customer_is_404(teller):
    assert teller.get(reverse("customers:page", args=[404])).status_code == 404


FORM = {
    "kind": "natural", "document_kind": "resident_id", "document_number": NUMBER, "country": "CN",
    "issuer": "", "valid_from": "", "valid_to": "", "long_term": "on", "name_zh": "李娜",
    "phone": "13912345678",
}  # fmt: skip


def test_a_customer_is_registered_and_opened(teller):
    assert teller.get(reverse("customers:register")).status_code == 200
    answer = teller.post(reverse("customers:register"), FORM)
    made = Party.objects.get()
    assert answer["HX-Redirect"] == reverse("customers:page", args=[made.id])
    assert (made.name_zh, made.gender, made.birth_date, made.branch) == ("李娜", "female", BORN, 3)


def test_a_firm_is_registered_with_its_representative(teller):
    data = FORM | {"kind": "legal", "document_kind": "credit_code", "document_number": "91110000600037341L",
                   "name_zh": "上海示范贸易有限公司", "representative_name": "王建国",
                   "established": "2001-02-03"}  # fmt: skip
    teller.post(reverse("customers:register"), data)
    page = text(teller.get(reverse("customers:page", args=[Party.objects.get().id])))
    assert "上海示范贸易有限公司" in page
    assert "王**" in page


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"document_number": "360426199101010072"}, 422),
        ({"document_number": "1" * 5000}, 422),
        ({"name_zh": ""}, 422),
        ({"name_zh": "王\x00"}, 422),
        ({"birth_date": "not a day"}, 422),
        ({"long_term": ""}, 422),
        ({"kind": "ghost"}, 422),
        ({"long_term": "", "valid_to": "2001-01-01"}, 409),
        ({"not_same": ["x"]}, 422),
    ],
)
def test_a_wrong_registration_says_so_and_writes_nothing(teller, change, status):
    answer = teller.post(reverse("customers:register"), FORM | change, headers={"HX-Request": "true"})
    assert answer.status_code == status
    assert "c-refusal" in text(answer)
    assert not Party.objects.exists()


def test_likely_duplicates_are_shown_and_may_be_denied(teller, register):
    first = register("李娜", birth_date=BORN, document=DocumentInput(DocumentKind.PASSPORT, "E12345678"))
    answer = teller.post(reverse("customers:register"), FORM, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert f'name="not_same" value="{first.id}"' in text(answer)
    assert "李娜" not in text(answer)
    teller.post(reverse("customers:register"), FORM | {"not_same": [first.id]})
    assert Party.objects.count() == 2


def test_the_same_document_is_refused_with_the_customer_named_masked(teller, ouyang):
    answer = teller.post(reverse("customers:register"), FORM, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert ouyang.number in text(answer)
    assert "欧阳*" in text(answer)


def test_while_typing_the_number_is_read_and_likely_customers_appear(teller, register):
    first = register("李娜", birth_date=BORN, document=DocumentInput(DocumentKind.PASSPORT, "E12345678"))
    shown = text(teller.post(reverse("customers:register_check"), {**FORM, "name_zh": "李娜"}))
    assert 'data-birth="1990-05-06"' in shown
    assert 'data-gender="female"' in shown
    assert first.number in shown
    half = text(
        teller.post(
            reverse("customers:register_check"), {"document_kind": "resident_id", "document_number": "3101"}
        )
    )
    assert "c-note" in half
    assert teller.post(reverse("customers:register_check"), {}).status_code == 200


def test_contacts_documents_and_risk_are_changed_from_the_page(teller, ouyang):
    page = reverse("customers:contacts", args=[ouyang.id])
    answer = teller.post(page, {"kind": "phone", "value": "13987654321", "replaces": ouyang.contacts[0].id})
    assert answer["HX-Refresh"] == "true"
    assert services.party(ouyang.id).phone == "139****4321"
    later = (clock.today() + timedelta(days=900)).isoformat()
    teller.post(
        reverse("customers:documents", args=[ouyang.id]),
        {"document_kind": "passport", "document_number": "E12345678", "country": "CN", "valid_to": later},
    )
    assert len(services.party(ouyang.id).documents) == 2
    teller.post(reverse("customers:risk", args=[ouyang.id]), {"level": "high", "reason": "review"})
    assert services.party(ouyang.id).risk is RiskLevel.HIGH
    wrong = teller.post(page, {"kind": "phone", "value": "12"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422
    assert "c-refusal" in text(wrong)


def test_a_mandate_is_granted_and_revoked_from_the_page(teller, ouyang, account, by):
    number = account()
    services.link_account(account=number, party=ouyang.id, relation=Relation.OWNER, by=by)
    data = {"account": number, "mode": "single", "scope": ["withdraw", "inquire"], "limit": "5,000.00",
            "valid_from": clock.today().isoformat()}  # fmt: skip
    url = reverse("customers:mandates", args=[ouyang.id])
    assert teller.post(url, data)["HX-Refresh"] == "true"
    (mandate,) = services.mandates_of(number)
    assert (mandate.limit, mandate.currency, mandate.mode) == (500_000, "CNY", MandateMode.SINGLE)
    assert set(mandate.scope) == {MandateScope.WITHDRAW, MandateScope.INQUIRE}
    assert teller.post(url, data | {"limit": "a lot"}, headers={"HX-Request": "true"}).status_code == 422
    assert teller.post(url, data | {"account": account()}).status_code == 422
    teller.post(reverse("customers:mandate_revoking", args=[mandate.id]))
    assert services.mandates_of(number) == []


def test_ctrl_k_finds_customers_but_a_code_is_no_look_at_people(teller, ouyang):
    url = reverse("ui:palette")
    found = teller.get(url, {"q": "欧阳锋"})
    titles = {item["url"]: item["title"] for item in json.loads(found.content)["items"]}
    title = titles[reverse("customers:page", args=[ouyang.id])]
    assert title.startswith("欧阳* 310")
    before = Event.objects.filter(verb="customers.party.searched").count()
    teller.get(url, {"q": "1102"})
    assert Event.objects.filter(verb="customers.party.searched").count() == before
