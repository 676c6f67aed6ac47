"""Screens of cases over HTTP: boards, a case, its buttons and forms, a new one; who gets 404 and who 403."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from counterpoint.customers import services as customers
from counterpoint.kit.data import SYSTEM
from counterpoint.kit.testing import once
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.visits import services as visits
from counterpoint.visits.data import CaseState
from counterpoint.visits.models_cases import Case, CaseComment, CaseMention
from counterpoint.visits.tests.cases_bank import (
    BRANCH,
    HEAD,
    OTHER,
    browser,
    build,
    customer,
    inquiry,
    loan,
)
from counterpoint.visits.tests.test_cases_parts import need, scan

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


world = once(build)


@pytest.fixture
def bank(world):
    return world()


@pytest.fixture
def zhao(bank):
    """A member of the loan desk."""
    return browser("080401")


def words(answer):
    return answer.content.decode()


def at(name, *arguments):
    return reverse(f"visits:{name}", args=arguments)


def board_of(bank, key="loans"):
    return at("case_board", bank.teams[key].id)


def send(client, page, *arguments, **data):
    return client.post(at(page, *arguments), data, headers=HTMX)


def test_a_board_is_for_the_team_and_for_who_watches(bank, zhao):
    loan(bank)
    assert zhao.get(board_of(bank)).status_code == 200
    for number in ("080201", "080301", "090101"):
        assert browser(number).get(board_of(bank)).status_code == 200
    refused = browser("080101").get(board_of(bank))
    assert refused.status_code == 403
    assert "Handle loans" in words(refused)
    assert browser("070401", OTHER).get(board_of(bank)).status_code == 403
    assert browser("090301").get(board_of(bank)).status_code == 403
    assert zhao.get(at("case_board", 999_999)).status_code == 404


def test_a_board_shows_the_cards_in_their_columns_with_buttons(bank, zhao):
    first, second = loan(bank, party=customer()), loan(bank, title="第二笔")
    visits.take_case(case=second.id, by=bank.zhao)
    shown = words(zhao.get(board_of(bank), headers=HTMX))
    assert "<html" not in shown
    new, _others, _customer, doing, _done = re.split(r"<section", shown)[1:]
    assert first.number in new
    assert 'data-case-key="t"' in new
    assert second.number in doing
    assert all(f'data-case-key="{key}"' in doing for key in ("&lt;", "&gt;", "o"))
    assert 'data-case-key="t"' not in doing
    assert "*" in new


def test_who_only_watches_has_no_buttons(bank):
    loan(bank)
    shown = words(browser("090201").get(board_of(bank)))
    assert "data-case-card" in shown
    assert "data-case-key" not in shown


def test_a_board_is_read_in_as_few_queries_for_many_cards_as_for_few(bank, zhao):
    loan(bank, party=customer())
    zhao.get(board_of(bank), headers=HTMX)
    with CaptureQueriesContext(connection) as few:
        zhao.get(board_of(bank), headers=HTMX)
    for _ in range(20):
        loan(bank, party=customer())
    with CaptureQueriesContext(connection) as many:
        zhao.get(board_of(bank), headers=HTMX)
    assert len(many) == len(few)


def test_taking_and_moving_from_the_board_answers_with_the_board(bank, zhao):
    made = loan(bank)
    board = bank.teams["loans"].id
    answer = send(zhao, "case_owner", made.id, board=board)
    assert 'id="case-board"' in words(answer)
    assert "toast" in answer.headers["HX-Trigger"]
    taken = visits.case(made.id)
    assert (taken.owner, taken.state) == (bank.zhao.id, CaseState.DOING)
    answer = send(zhao, "case_state", made.id, board=board, state="waiting_customer", version=taken.version)
    assert visits.case(made.id).state is CaseState.WAITING_CUSTOMER
    assert answer.status_code == 200


def test_a_refusal_on_the_board_shows_the_board_as_it_is(bank, zhao):
    made = loan(bank)
    visits.take_case(case=made.id, by=bank.wu)
    answer = send(zhao, "case_owner", made.id, board=bank.teams["loans"].id)
    assert answer.status_code == 409
    assert 'data-refusal="case_taken"' in words(answer)
    assert 'id="case-board"' in words(answer)
    old = send(zhao, "case_state", made.id, board=bank.teams["loans"].id, state="done", version=made.version)
    assert 'data-refusal="case_changed"' in words(old)


@pytest.mark.parametrize(
    "form",
    [{"state": "no_such", "version": 1}, {"state": "done"}, {"state": "done", "version": "x"}, {},
     {"state": "done", "version": 1, "note": "x" * 501}],
)  # fmt: skip
def test_a_move_that_is_no_move_is_refused(bank, zhao, form):
    made = visits.take_case(case=loan(bank).id, by=bank.zhao)
    assert send(zhao, "case_state", made.id, **form).status_code == 422
    assert visits.case(made.id).version == made.version


def test_a_case_of_another_branch_does_not_exist(bank):
    made = loan(bank)
    stranger = browser("070101", OTHER)
    addresses = [
        at("case", made.id), at("case_owner", made.id), at("case_state", made.id), at("case_team", made.id),
        at("case_facts", made.id), at("case_papers", made.id), at("case_files", made.id),
        at("case_comments", made.id), at("case_links", made.id), at("case_item", made.id, 1),
        at("case_paper", made.id, need(made).id, "waiver"), at("case_comment_withdrawal", made.id, 1),
        at("case_link_removal", made.id, 1),
    ]  # fmt: skip
    for address in addresses:
        assert stranger.get(address).status_code in (404, 405)
        assert stranger.post(address, {}).status_code in (404, 405)
    assert stranger.get(at("case", made.id)).status_code == 404
    assert stranger.get(at("case", 10**30)).status_code == 404
    visits.hand_case(case=made.id, team="back_office", note="请核", by=bank.zhao)
    assert browser("099601", HEAD).get(at("case", made.id)).status_code == 200


def test_a_confined_case_does_not_exist_for_colleagues(bank):
    made = inquiry(bank)
    assert browser("080101").get(at("case", made.id)).status_code == 404
    assert browser("080301").get(at("case", made.id)).status_code == 200


def test_a_colleague_of_the_branch_reads_and_comments_and_has_no_buttons(bank):
    made, li = loan(bank), browser("080102")
    shown = words(li.get(at("case", made.id)))
    assert made.title in shown
    assert "case-to-" not in shown
    assert at("case_links", made.id) not in shown
    assert send(li, "case_item", made.id, visits.items_of(case=made.id)[0].id, ticked="1").status_code == 403
    assert send(li, "case_comments", made.id, words="我见过该客户").status_code == 200
    assert CaseComment.objects.get().person_id == bank.li.id


def test_a_right_taken_away_while_the_page_is_open_is_missed_at_the_next_press(bank, zhao):
    made = loan(bank)
    assert zhao.get(board_of(bank)).status_code == 200
    people.impose_restriction(person=bank.zhao.id, duty=Duty.LOANS, reason="调查", source="合规部", by=SYSTEM)
    answer = send(zhao, "case_owner", made.id, board=bank.teams["loans"].id)
    assert answer.status_code == 403
    assert visits.case(made.id).owner is None


def test_the_page_shows_everything_and_its_parts_by_themselves(bank, zhao):
    made = visits.take_case(case=loan(bank, about="三年\n等额本息").id, by=bank.zhao)
    visits.comment_case(case=made.id, words="<b>@王芳</b>", by=bank.zhao)
    whole = words(zhao.get(at("case", made.id)))
    assert "三年<br>等额本息" in whole
    assert "&lt;b&gt;<mark>@王芳</mark>&lt;/b&gt;" in whole
    for part, mark in (("work", "case-work"), ("talk", "case-comments"), ("side", "case-side")):
        shown = words(zhao.get(at("case", made.id), {"part": part}, headers=HTMX))
        assert shown.strip().startswith(f'<div class="c-stack" id="{mark}"') or f'id="{mark}"' in shown[:60]
    assert f"signal:team:{made.team.id} from:body" in whole
    assert f"signal:branch:{BRANCH} from:body" in words(browser("080102").get(at("case", made.id)))


def test_a_thousand_comments_cost_the_page_no_query_more(bank, zhao):
    made = loan(bank)
    for _ in range(25):
        visits.comment_case(case=made.id, words="一条", by=bank.wang)
    zhao.get(at("case", made.id))
    with CaptureQueriesContext(connection) as few:
        zhao.get(at("case", made.id))
    CaseComment.objects.bulk_create(
        CaseComment(case_id=made.id, person_id=bank.wang.id, words="又一条") for _ in range(1_000)
    )
    with CaptureQueriesContext(connection) as many:
        shown = words(zhao.get(at("case", made.id)))
    assert len(many) == len(few)
    assert shown.count("又一条") == 20
    assert zhao.get(at("case", made.id), {"before": "x" * 40}).status_code == 200


def test_ticking_answers_with_the_page_and_a_second_tick_is_told(bank, zhao):
    made = visits.take_case(case=loan(bank).id, by=bank.zhao)
    line = visits.items_of(case=made.id)[0]
    assert send(zhao, "case_item", made.id, line.id, ticked="1").status_code == 200
    assert 'aria-checked="true"' in words(zhao.get(at("case", made.id)))
    again = send(zhao, "case_item", made.id, line.id, ticked="1")
    assert (again.status_code, 'data-refusal="case_item_stands"' in words(again)) == (409, True)


def test_papers_are_laid_refused_and_waived(bank, zhao):
    made = visits.take_case(case=loan(bank).id, by=bank.zhao)
    asked = need(made)
    assert send(zhao, "case_files", made.id, need=asked.id).status_code == 409
    for wrong in ({"need": asked.id, "files": ["x"]}, {"need": "x", "files": ["1"]}, {}):
        assert send(zhao, "case_files", made.id, **wrong).status_code == 422
    assert send(zhao, "case_files", made.id, need=asked.id, files=[scan(bank.zhao)]).status_code == 200
    assert "scan.png" in words(zhao.get(at("case", made.id)))
    assert send(zhao, "case_paper", made.id, asked.id, "refusal", reason="模糊").status_code == 200
    assert send(zhao, "case_paper", made.id, asked.id, "waiver", reason="x").status_code == 403
    assert (
        send(browser("080201"), "case_paper", made.id, asked.id, "waiver", reason="老客户").status_code == 200
    )
    assert send(zhao, "case_paper", made.id, asked.id, "burning", reason="x").status_code == 422
    assert send(zhao, "case_papers", made.id, name="结婚证").status_code == 200
    assert "结婚证" in words(zhao.get(at("case", made.id)))


def test_handing_out_of_sight_leads_to_the_own_cases(bank):
    made = inquiry(bank)
    liu = browser("080301")
    visits.take_case(case=made.id, by=bank.liu)
    version = visits.case(made.id).version
    form = {"team": bank.teams["back_office"].id, "note": "请总行处理", "version": version}
    assert send(liu, "case_team", made.id, **(form | {"note": ""})).status_code == 422
    assert "data-open-now" in words(send(liu, "case_team", made.id, **(form | {"note": ""})))
    assert send(liu, "case_team", made.id, **form).status_code == 200
    other = inquiry(bank)
    Case.objects.filter(pk=other.id).update(opener=bank.wang.id)
    other = visits.case(other.id)
    gone = send(liu, "case_team", other.id, **(form | {"version": other.version}))
    assert gone["HX-Redirect"] == at("cases")


def test_giving_it_to_a_colleague(bank, zhao):
    made = visits.take_case(case=loan(bank).id, by=bank.zhao)
    form = {"owner": bank.wang.id, "note": "", "version": made.version}
    assert send(zhao, "case_owner", made.id, **form).status_code == 422
    assert send(zhao, "case_owner", made.id, **(form | {"owner": bank.wu.id})).status_code == 200
    assert visits.case(made.id).owner == bank.wu.id


def test_changing_the_facts_keeps_what_was_typed_when_it_is_refused(bank, zhao):
    made, party = visits.take_case(case=loan(bank).id, by=bank.zhao), customer()
    number = customers.party(party).number
    form = {"title": "新名称", "about": "", "customer": number, "version": made.version}
    wrong = send(zhao, "case_facts", made.id, **(form | {"customer": "nobody"}))
    assert wrong.status_code == 422
    assert 'value="新名称"' in words(wrong)
    assert send(zhao, "case_facts", made.id, **form).status_code == 200
    assert (visits.case(made.id).title, visits.case(made.id).party) == ("新名称", party)
    stale = send(zhao, "case_facts", made.id, **form)
    assert 'data-refusal="case_changed"' in words(stale)


def test_comments_are_written_refused_and_withdrawn(bank, zhao):
    made, key = loan(bank), str(uuid4())
    for _ in range(2):
        assert (
            send(zhao, "case_comments", made.id, words="@王芳 请看", idempotency_key=key).status_code == 200
        )
    assert CaseMention.objects.count() == 1
    for wrong in ("", "@无此人", "x" * 2001):
        answer = send(zhao, "case_comments", made.id, words=wrong)
        assert answer.status_code == 422
        assert wrong[:20] in words(answer)
    id = CaseComment.objects.get().pk
    assert send(browser("080101"), "case_comment_withdrawal", made.id, id).status_code == 403
    assert send(zhao, "case_comment_withdrawal", made.id, id).status_code == 200
    assert "请看" not in words(zhao.get(at("case", made.id)))


def test_links_are_made_and_taken_away(bank, zhao):
    made, other = loan(bank), loan(bank, title="另一笔")
    for wrong in ({"kind": "case", "text": "C999999"}, {"kind": "case", "text": made.number}):
        assert send(zhao, "case_links", made.id, **wrong).status_code in (404, 422)
    assert send(zhao, "case_links", made.id, kind="nonsense", text="1").status_code == 422
    assert send(zhao, "case_links", made.id, kind="case", text=other.number).status_code == 200
    link = visits.links_of(case=made.id, by=bank.zhao)[0]
    assert link.label.label in words(zhao.get(at("case", made.id)))
    assert send(zhao, "case_link_removal", made.id, link.id).status_code == 200
    assert send(zhao, "case_link_removal", made.id, link.id).status_code == 404


def test_a_new_case_is_opened_once_and_knows_where_one_comes_from(bank):
    wang, party = browser("080101"), customer()
    shown = words(wang.get(at("case_new"), {"party": party, "kind": "missing_paper", "visit": "9" * 30}))
    assert 'value="missing_paper" selected' in shown
    assert re.search(r'name="customer" value="\d+"', shown)
    assert "branch_opening" not in shown
    form = {"kind": "missing_paper", "title": "补户口本", "about": "", "customer": "", "team": "",
            "idempotency_key": str(uuid4())}  # fmt: skip
    first = wang.post(at("case_new"), form)
    second = wang.post(at("case_new"), form)
    made = Case.objects.get()
    assert first["Location"] == second["Location"] == at("case", made.id)
    assert made.team.key == "counter"


@pytest.mark.parametrize(
    "change",
    [{"title": ""}, {"title": "x" * 121}, {"kind": "branch_opening"}, {"kind": "x"}, {"team": "999"},
     {"customer": "nobody"}, {"idempotency_key": "x"}, {"about": "x" * 2001}, {"title": "a\x00b"},
     {"visit": "999"}],
)  # fmt: skip
def test_what_cannot_be_opened_comes_back_as_it_was_typed(bank, change):
    form = {"kind": "loan_application", "title": "经营贷款", "about": "三年", "customer": "", "team": "",
            "idempotency_key": str(uuid4())} | change  # fmt: skip
    answer = browser("080101").post(at("case_new"), form)
    assert answer.status_code in (404, 422)
    assert "三年" in words(answer) or "about" in change
    assert Case.objects.count() == 0


def test_my_cases_are_those_in_hand_opened_and_named_in(bank, zhao):
    shown = words(zhao.get(at("cases")))
    assert "No case is in your hands" in shown
    mine = visits.take_case(case=loan(bank, title="我的").id, by=bank.zhao)
    named = loan(bank, title="提及我的", by=bank.li)
    visits.comment_case(case=named.id, words="@赵敏", by=bank.li)
    shown = words(zhao.get(at("cases"), headers=HTMX))
    assert mine.number in shown
    assert named.number in shown
    assert f"signal:person:{bank.zhao.id} from:body" in shown
    assert "提及我的" in words(browser("080102").get(at("cases")))


def test_the_pages_of_customers_show_their_cases(bank):
    party = customer()
    made = loan(bank, party=party)
    secret = visits.open_case(kind="inquiry", branch=BRANCH, title="核查", party=party, by=bank.liu)
    wang = browser("080101")
    shown = words(wang.get(at("cases_about", "party", party)))
    assert made.number in shown
    assert secret.number not in shown
    assert "No case has to do with this" in words(wang.get(at("cases_about", "account", 999)))
    assert wang.get(at("cases_about", "nonsense", 1)).status_code == 200
    page = words(wang.get(reverse("customers:page", args=[party])))
    assert at("cases_about", "party", party) in page


def test_a_stranger_and_who_has_nothing_to_do_with_cases(bank, client):
    assert client.get(at("cases")).status_code == 302
    assert browser("090301", HEAD).get(at("cases")).status_code == 403


def test_pages_of_cases_hear_of_the_teams_and_other_pages_do_not(bank, zhao):
    channel = f"team:{bank.teams['loans'].id}"
    for address in (at("cases"), board_of(bank), at("case", loan(bank).id)):
        assert channel in words(zhao.get(address))
    assert channel not in words(zhao.get(reverse("org:rules")))
    assert channel in zhao.get(reverse("ui:ticket")).json()["channels"]


def test_everything_is_said_in_chinese_too(bank):
    made = loan(bank)
    visits.take_case(case=made.id, by=bank.zhao)
    zhao = browser("080401", language="zh-hans")
    assert zhao.get(at("case", made.id)).status_code == 200
    assert "贷款申请" in words(zhao.get(board_of(bank)))
