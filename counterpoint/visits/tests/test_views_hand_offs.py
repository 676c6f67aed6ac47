"""Hand-offs on screen: the dialog with who is there, the receiver's answers, what waits for somebody."""

import json
import re

import pytest
from django.urls import reverse

from counterpoint.visits import services
from counterpoint.visits.data import HandOffState, Target, VisitState
from counterpoint.visits.receivers import choices
from counterpoint.visits.tests.bank import handed, served, sign_in, stand_up
from counterpoint.visits.tests.web import HTMX, browser, refused, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def wang(bank):
    return browser(bank.wang)


def choice(page, value):
    """The line of the dialog that stands for this receiver."""
    return re.search(rf'value="{value}"[^>]*>.*?</label>', text(page), re.S).group()


def test_the_dialog_shows_who_is_there_and_free(bank, wang):
    visit = served(bank)
    served(bank, by=bank.li, party=bank.other)
    page = wang.get(reverse("visits:hand_off", args=[visit]), headers=HTMX)
    li, chen = choice(page, f"desk:{bank.li.desk}"), choice(page, f"desk:{bank.chen.desk}")
    assert "with a customer" in li
    assert "free" in chen
    assert "disabled" not in chen
    empty = choice(page, f"desk:{bank.desks[3]}")
    assert "disabled" in empty
    assert "not staffed" in empty
    assert f'value="desk:{bank.wang.desk}"' not in text(page)
    assert "Handle loans" in choice(page, "duty:loans")


def test_a_colleague_without_a_desk_is_offered_while_signed_in(bank, wang):
    visit = served(bank)
    page = wang.get(reverse("visits:hand_off", args=[visit]), headers=HTMX)
    assert f'value="person:{bank.zhao.id}"' not in text(page)
    sign_in(bank.zhao)
    page = wang.get(reverse("visits:hand_off", args=[visit]), headers=HTMX)
    assert f'value="person:{bank.zhao.id}"' in text(page)


def test_a_duty_counts_who_is_there_and_who_is_free(bank):
    served(bank, by=bank.li, party=bank.other)
    cash = next(one for one in choices(bank.wang)[Target.DUTY] if one.value == "duty:cash")
    assert (cash.count, cash.idle) == (2, 1)
    stand_up(bank.chen)
    cash = next(one for one in choices(bank.wang)[Target.DUTY] if one.value == "duty:cash")
    assert (cash.count, cash.idle, cash.free) == (1, 0, False)


def test_handed_accepted_and_the_draft_opens(bank, wang):
    visit = served(bank)
    services.save_draft(visit=visit, operation="1101", fields={"amount": "5"}, by=bank.wang)
    form = {"to": f"desk:{bank.li.desk}", "note": "请接着办"}
    answer = wang.post(reverse("visits:hand_off", args=[visit]), form, headers=HTMX)
    assert "dialog-close" in answer.headers["HX-Trigger"]
    made = services.visit(visit).hand_off
    li = browser(bank.li)
    inbox = text(li.get(reverse("visits:inbox")))
    assert "请接着办" in inbox
    assert f"hand-off-{made.id}" in inbox
    assert f"hand-off-{made.id}" not in text(browser(bank.chen).get(reverse("visits:inbox")))
    taken = li.post(reverse("visits:accept", args=[made.id]), headers=HTMX)
    opened = json.loads(taken.headers["HX-Trigger"])["visit-open"]
    assert opened["operation"] == "1101"
    assert services.visit(visit).serving.person == bank.li.id


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"to": "desk:{li}", "note": " "}, "malformed"), ({"to": "", "note": "x"}, "malformed"),
        ({"to": "bank:1", "note": "x"}, "malformed"), ({"to": "desk:{empty}", "note": "x"}, "receiver_gone"),
        ({"to": "desk:999999999", "note": "x"}, "desk_unknown"),
        ({"to": "duty:nothing", "note": "x"}, "visit_malformed"),
        ({"to": "desk:{li}", "note": "字" * 501}, "malformed"),
    ],
)  # fmt: skip
def test_what_cannot_be_handed_on_is_refused_in_the_dialog(bank, wang, form, code):
    visit = served(bank)
    form = {name: value.format(li=bank.li.desk, empty=bank.desks[3]) for name, value in form.items()}
    answer = wang.post(reverse("visits:hand_off", args=[visit]), form, headers=HTMX)
    assert answer.status_code >= 400
    assert refused(answer).replace("unknown_desk", "desk_unknown") == code
    assert services.visit(visit).state is VisitState.SERVING


def test_the_receiver_gives_it_back_with_words(bank):
    made = handed(bank)
    li = browser(bank.li)
    assert "贷款意向" in text(li.get(reverse("visits:return", args=[made.id]), headers=HTMX))
    empty = li.post(reverse("visits:return", args=[made.id]), {"words": ""}, headers=HTMX)
    assert refused(empty) == "malformed"
    li.post(reverse("visits:return", args=[made.id]), {"words": "不归我办"}, headers=HTMX)
    assert services.hand_off_of(made.id).state is HandOffState.RETURNED
    again = li.post(reverse("visits:accept", args=[made.id]), headers=HTMX)
    assert (again.status_code, refused(again)) == (409, "hand_off_ended")


def test_the_giver_takes_it_back(bank, wang):
    made = handed(bank)
    other = browser(bank.li).post(reverse("visits:take_back", args=[made.id]), headers=HTMX)
    assert other.status_code == 403
    assert wang.post(reverse("visits:take_back", args=[made.id])).status_code == 302
    assert services.visit(made.visit).state is VisitState.WAITING


def test_somebody_without_a_desk_goes_on_with_the_visit_on_its_own_page(bank):
    sign_in(bank.zhao)
    made = handed(bank, target=Target.PERSON, person=bank.zhao.id)
    zhao = browser(bank.zhao)
    page = reverse("visits:visit", args=[made.visit])
    assert zhao.post(reverse("visits:accept", args=[made.id])).url == page
    shown = text(zhao.get(page))
    for act in ("hand_off", "park", "finish", "note"):
        assert reverse(f"visits:{act}", args=[made.visit]) in shown
