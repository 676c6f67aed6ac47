"""The visit behind a form: what lies with it fills the form in; what others filled in is confirmed."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from counterpoint.kit.models import Event
from counterpoint.org import services as org
from counterpoint.teller import models
from counterpoint.teller import services as teller
from counterpoint.teller.forms import FORMS
from counterpoint.visits import services as visits
from counterpoint.visits.data import DraftSource, UnknownDraft

HTMX = {"HX-Request": "true"}
LOBBY = DraftSource.LOBBY


@pytest.fixture
def web(bank):
    """A browser of Wang Fang at desk 01, who holds it."""
    org.claim_desk(desk=bank.maker.desk, by=bank.maker)
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(
        get_user_model().objects.get(pk=bank.maker.id), backend="django.contrib.auth.backends.ModelBackend"
    )
    session = client.session
    session["branch"], session["desk"] = 3, bank.maker.desk
    session.save()
    return client


@pytest.fixture
def visit(bank):
    return visits.serve_party(party=bank.zhang.party.id, by=bank.maker)


def opened(web, code="1101"):
    return web.get(reverse("teller:operation", args=[code]), headers=HTMX).content.decode()


def value(page, name):
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', page).group()
    typed = re.search(r'value="([^"]*)"', found)
    return typed.group(1) if typed else None


def ticked(page, name):
    return re.search(rf'<input[^>]*name="{name}"[^>]*\schecked[\s>]', page) is not None


def kept(bank, visit, fields, code="1101", source=DraftSource.TELLER, by=None):
    return visits.save_draft(
        visit=visit.id, operation=code, fields=fields, source=source, by=by or bank.maker
    )


def quote(web, fields, code="1101"):
    return web.post(
        reverse("teller:quote", args=[code]), {"idempotency_key": "0" * 32} | fields, headers=HTMX
    )


def test_without_a_visit_the_browser_keeps_the_draft_as_before(web):
    page = opened(web)
    assert 'data-draft="teller-1101"' in page
    assert "data-visit-draft" not in page


def test_the_form_opens_with_what_lies_with_the_visit(bank, web, visit):
    page = opened(web)
    assert f'data-visit-draft="{reverse("visits:draft", args=[visit.id, "1101"])}"' in page
    assert 'data-visit-version="0"' in page
    kept(
        bank, visit, {"account": bank.zhang.number, "amount": "12.50", "faces_1000": "1", "id_checked": True}
    )
    page = opened(web)
    assert (value(page, "amount"), value(page, "faces_1000")) == ("12.50", "1")
    assert ticked(page, "id_checked")
    assert 'data-visit-version="1"' in page


def test_lines_of_a_service_come_back_too(bank, web, visit):
    kept(bank, visit, {"lines-1-account": bank.li.number, "lines-1-amount": "7", "narrative": "x"}, "1701")
    page = opened(web, "1701")
    assert (value(page, "lines-1-account"), value(page, "lines-1-amount")) == (bank.li.number, "7")
    assert value(page, "lines-0-amount") is None


def test_nobody_takes_over_what_another_has_sworn(bank, web, visit):
    org.claim_desk(desk=bank.other.desk, by=bank.other)
    kept(bank, visit, {"amount": "5", "id_checked": True})
    made = visits.hand_off(visit=visit.id, target="desk", desk=bank.other.desk, note="x", by=bank.maker)
    visits.accept(hand_off=made.id, by=bank.other)
    visits.save_draft(
        visit=visit.id, operation="1101", fields={"amount": "6", "id_checked": True}, version=1, by=bank.other
    )
    made = visits.hand_off(visit=visit.id, target="desk", desk=bank.maker.desk, note="x", by=bank.other)
    visits.accept(hand_off=made.id, by=bank.maker)
    page = opened(web)
    assert value(page, "amount") == "6"
    assert not ticked(page, "id_checked")


def test_only_the_one_who_serves_gets_it(bank, web, visit):
    kept(bank, visit, {"amount": "5"})
    visits.leave(by=bank.maker)
    assert value(opened(web), "amount") is None


def test_what_the_customer_filled_in_is_confirmed_before_it_is_quoted(bank, web, visit):
    fields = {"account": bank.zhang.number, "amount": "10.00", "narrative": "x"}
    kept(bank, visit, fields, source=LOBBY)
    page = opened(web)
    assert re.findall(r'name="confirmed" value="(\w+)"', page) == ["account", "amount"]
    refused = quote(web, fields | {"faces_1000": "1"})
    assert refused.status_code == 409
    shown = refused.content.decode()
    assert 'data-refusal="draft_unconfirmed"' in shown
    assert "Account、Amount" in shown
    assert value(shown, "amount") == "10.00"
    # A form that came back holds what was typed, not what the draft holds.
    assert "data-visit-version" not in shown
    assert not models.Quote.objects.exists()
    half = quote(web, fields | {"faces_1000": "1", "confirmed": "account"})
    assert re.findall(r'name="confirmed" value="(\w+)"', half.content.decode()) == ["amount"]
    assert quote(web, fields | {"faces_1000": "1", "confirmed": ["amount"]}).status_code == 200
    assert visits.draft(visit.id, "1101").confirmed == {"account", "amount"}


def test_the_faces_are_confirmed_together(bank, web, visit):
    fields = {"account": bank.zhang.number, "amount": "15.00", "faces_1000": "1", "faces_500": "1"}
    kept(bank, visit, fields, source=LOBBY)
    assert re.findall(r'name="confirmed" value="(\w+)"', opened(web)) == ["account", "amount", "faces"]
    answer = quote(web, fields | {"confirmed": ["account", "amount", "faces"]})
    assert answer.status_code == 200
    assert not visits.unconfirmed(visits.draft(visit.id, "1101"))


def test_what_the_teller_has_typed_needs_no_tick(bank, web, visit):
    kept(bank, visit, {"account": bank.zhang.number, "amount": "10.00"})
    assert 'name="confirmed"' not in opened(web)
    assert quote(web, {"account": bank.zhang.number, "amount": "10.00", "faces_1000": "1"}).status_code == 200


def test_posted_the_draft_is_over_and_the_visit_knows_of_it(bank, web, visit):
    fields = {"account": bank.zhang.number, "amount": "10.00", "faces_1000": "1"}
    kept(bank, visit, fields)
    page = quote(web, fields).content.decode()
    address = re.search(r'hx-post="([^"]*confirmation/)"', page).group(1)
    key = value(page, "idempotency_key")
    assert web.post(address, {"idempotency_key": key}, headers=HTMX).status_code == 200
    with pytest.raises(UnknownDraft):
        visits.draft(visit.id, "1101")
    verbs = set(Event.objects.filter(correlation=visit.key).values_list("verb", flat=True))
    assert {"teller.quote.made", "teller.cash.deposited", "visits.draft.ended"} <= verbs
    words = [one.words("zh-hans") for one in visits.timeline(visit.id)]
    assert "现金存款" in words
    assert "试算" in words
    (receipt,) = teller.receipts(branch=3)
    assert web.post(address, {"idempotency_key": key}, headers=HTMX).status_code == 200
    assert len(teller.receipts(branch=3)) == 1, receipt


@pytest.mark.parametrize("code", sorted(FORMS))
def test_every_operation_tells_its_words(db, code):
    words = visits.operation_words(code)
    assert words.known
    assert words.duty
    assert set(FORMS[code]().fields) <= set(words.labels)


def test_a_choice_is_told_in_words(db):
    words = visits.operation_words("1101")
    assert words.value("agent_document_kind", "passport") != "passport"
    assert words.value("amount", "5") == "5"
