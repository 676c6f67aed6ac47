"""The desk's left column: the visit that is served, what waits for me, and who is next."""

import json
import re
from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from counterpoint.customers import services as customers
from counterpoint.customers.data import DocumentInput, DocumentKind, PartyKind, Relation
from counterpoint.kit.data import SYSTEM
from counterpoint.kit.testing import once
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind
from counterpoint.org import services as org
from counterpoint.people.services import actor_of, ensure_demo_staff
from counterpoint.vault import services as vault
from counterpoint.visits import services as visits
from counterpoint.visits.data import DraftSource, ParkReason, VisitState

pytestmark = pytest.mark.django_db
BRANCH = 3
FRAGMENT = {"HX-Request": "true"}


class Person:
    """Somebody of the branch with a browser, at a desk."""

    def __init__(self, number, desk):
        row = get_user_model().objects.get(username=number)
        self.by = replace(actor_of(row), branch=BRANCH, desk=desk)
        self.web = Client(headers={"Accept-Language": "en"})
        self.web.force_login(row, backend="django.contrib.auth.backends.ModelBackend")
        session = self.web.session
        session["branch"] = BRANCH
        session.save()
        self.web.post(reverse("desk:take", args=[desk]))

    def column(self, was=""):
        return self.web.get(reverse("desk:visit"), {"was": was}, headers=FRAGMENT)

    def shown(self):
        return self.column().content.decode()

    def post(self, name, *arguments, **form):
        return self.web.post(reverse(name, args=arguments), form, headers=FRAGMENT)


def events(answer):
    return set(json.loads(answer.headers.get("HX-Trigger", "{}")))


def build():
    org.ensure_demo_org(by=SYSTEM)
    ensure_demo_staff(by=SYSTEM)
    vault.ensure_demo_boxes(by=SYSTEM)
    return [desk.id for desk in org.desks(BRANCH)]


world = once(build)


@pytest.fixture
def branch(world, db):
    return world()


@pytest.fixture
def wang(branch):
    return Person("080101", branch[0])


@pytest.fixture
def li(branch):
    return Person("080102", branch[1])


@pytest.fixture
def customer(wang):
    return register(wang, "张三丰", "11010519491231002X")


@pytest.fixture
def other(wang):
    return register(wang, "李小龙", "120103198806018241")


def register(who, name, number):
    return customers.register_party(
        kind=PartyKind.NATURAL, branch=BRANCH, by=who.by, name_zh=name,
        document=DocumentInput(DocumentKind.RESIDENT_ID, number),
    ).id  # fmt: skip


def test_a_customer_is_served_and_finished(wang, customer):
    assert 'id="find"' in wang.shown()
    answer = wang.post("desk:serve", customer)
    served = answer.content.decode()
    assert "desk-serving" in served
    assert "张**" in served
    assert "张三丰" not in served
    # The panel of the customer comes with the column, never after it.
    assert f'data-panel-of="{visits.current_visit(wang.by.id).id}"' in served
    visit = visits.current_visit(wang.by.id)
    assert (visit.party, visit.serving.desk) == (customer, wang.by.desk)
    assert visit.number in served
    for name in ("visits:hand_off", "visits:park", "visits:papers", "visits:note"):
        assert reverse(name, args=[visit.id]) in served
    done = wang.post("desk:finish")
    assert 'id="find"' in done.content.decode()
    assert 'data-panel-of=""' in done.content.decode()
    assert events(done) == {"serving-finished"}
    assert visits.visit(visit.id).state is VisitState.ENDED
    # Once more is nothing.
    assert wang.post("desk:finish").status_code == 200


def test_the_side_panel_and_the_operations_know_the_customer(wang, customer):
    account = ledger.open_account(
        party=customer, kind=AccountKind.DEMAND, currency="CNY", branch=BRANCH, by=wang.by, name="张三丰"
    )
    customers.link_account(account=account.id, party=customer, relation=Relation.OWNER, by=wang.by)
    panel = reverse("desk:customer")
    assert account.number not in wang.web.get(panel).content.decode()
    wang.post("desk:serve", customer)
    assert account.number in wang.web.get(panel).content.decode()
    form = wang.web.get(reverse("desk:code"), {"code": "1101"}, headers=FRAGMENT)
    assert f"account={account.number}" in form.url


def test_leaving_the_desk_lets_the_customer_wait_in_the_old_place(wang, customer):
    wang.post("desk:serve", customer)
    visit = visits.current_visit(wang.by.id)
    wang.web.post(reverse("desk:choice"))
    left = visits.visit(visit.id)
    assert (left.state, left.at) == (VisitState.WAITING, visit.at)


def test_who_comes_back_with_the_paper_goes_on_where_it_stopped(wang, li, customer):
    wang.post("desk:serve", customer)
    visit = visits.current_visit(wang.by.id)
    visits.save_draft(visit=visit.id, operation="1101", fields={"amount": "5"}, by=wang.by)
    visits.park(
        visit=visit.id, reason=ParkReason.MISSING_PAPER, papers=["household"], words="明天", by=wang.by
    )
    assert f"next-{visit.id}" in wang.shown()
    assert f"next-{visit.id}" not in li.shown(), "who parked it waits for it, not everybody"
    answer = li.post("desk:serve", customer)
    shown = answer.content.decode()
    assert visit.number in shown
    assert "Household register" in shown
    assert "明天" in shown
    assert json.loads(answer.headers["HX-Trigger"])["visit-open"]["operation"] == "1101"
    assert visits.visit(visit.id).at == visit.at


def test_a_page_that_comes_back_opens_the_draft_again(wang, customer):
    assert "data-open-code" not in wang.web.get(reverse("desk:desk")).content.decode()
    wang.post("desk:serve", customer)
    visit = visits.current_visit(wang.by.id).id
    visits.save_draft(visit=visit, operation="1201", fields={"amount": "5"}, by=wang.by)
    assert 'data-open-code="1201"' in wang.web.get(reverse("desk:desk")).content.decode()
    visits.end_draft(visit=visit, operation="1201", by=wang.by)
    assert "data-open-code" not in wang.web.get(reverse("desk:desk")).content.decode()


def test_what_was_filled_in_before_says_what_wants_confirming(wang, customer):
    visit = visits.open_visit(branch=BRANCH, party=customer, by=wang.by)
    visits.save_draft(
        visit=visit.id, operation="1201", fields={"payee": "62995000", "amount": "5"}, by=wang.by,
        source=DraftSource.LOBBY,
    )  # fmt: skip
    wang.post("desk:serve", customer)
    assert "2 to confirm" in wang.shown()


def test_a_visit_without_a_customer_is_identified_at_the_desk(wang, customer):
    visit = visits.open_visit(branch=BRANCH, reason="loan", by=wang.by)
    visits.serve(visit=visit.id, by=wang.by)
    assert 'id="find"' in wang.shown()
    wang.post("desk:serve", customer)
    assert visits.current_visit(wang.by.id).id == visit.id
    assert visits.visit(visit.id).party == customer


def test_a_refusal_leaves_the_column_alone(wang, li, customer):
    li.post("desk:serve", customer)
    answer = wang.post("desk:serve", customer)
    assert answer.status_code == 409
    assert 'data-refusal="visit_busy"' in answer.content.decode()


def test_handed_on_the_column_says_to_whom_and_the_rest_hears_of_it(wang, li, customer):
    wang.post("desk:serve", customer)
    visit = visits.current_visit(wang.by.id).id
    made = visits.hand_off(visit=visit, target="desk", desk=li.by.desk, note="请接着办", by=wang.by)
    after = wang.column(was=visit)
    assert events(after) == {"serving-finished"}
    assert 'data-panel-of=""' in after.content.decode()
    shown = after.content.decode()
    assert reverse("visits:take_back", args=[made.id]) in shown
    assert "desk 02" in shown
    assert events(wang.column()) == set()
    theirs = li.shown()
    assert "请接着办" in theirs
    assert reverse("visits:accept", args=[made.id]) in theirs


def test_returned_it_comes_first_for_its_giver_and_for_nobody_else(wang, li, customer, other):
    first = visits.open_visit(branch=BRANCH, party=other, reason="cash", by=wang.by).id
    wang.post("desk:serve", customer)
    visit = visits.current_visit(wang.by.id).id
    made = visits.hand_off(visit=visit, target="desk", desk=li.by.desk, note="x", by=wang.by)
    visits.return_(hand_off=made.id, words="不归我", by=li.by)
    assert re.findall(r'data-row="next-(\d+)"', wang.shown()) == [str(visit), str(first)]
    assert re.findall(r'data-row="next-(\d+)"', li.shown()) == [str(first)]


def test_help_shows_who_is_nearest_and_who_could_come(wang, li, customer):
    wang.post("desk:serve", customer)
    wang.post("visits:call", page="/desk/", operation="1101")
    call = visits.help_call_of(wang.by.id)
    assert "nearest: Li Na" in wang.shown()
    assert reverse("visits:join", args=[call.id]) in li.shown()
    li.post("visits:join", call.id)
    assert "Li Na is helping" in wang.shown()
    assert reverse("visits:help", args=[call.id]) in li.shown()


def test_who_else_looks_is_named_with_the_field(wang, li, customer):
    wang.post("desk:serve", customer)
    visit = visits.current_visit(wang.by.id).id
    visits.look(visit=visit, field="1101.amount", by=li.by)
    visits.look(visit=visit, field="1101.account", by=wang.by)
    shown = wang.shown()
    assert "Li Na is looking too, in field Amount" in shown
    assert "Wang Fang is looking too" not in shown


def test_the_column_costs_the_same_however_long_the_queue(
    wang, customer, other, django_assert_max_num_queries
):
    wang.post("desk:serve", customer)
    for _ in range(3):
        visits.open_visit(branch=BRANCH, party=other, by=wang.by)
    wang.shown()
    with django_assert_max_num_queries(45) as counted:
        wang.shown()
    for _ in range(6):
        visits.open_visit(branch=BRANCH, party=other, by=wang.by)
    with django_assert_max_num_queries(len(counted)):
        wang.shown()
