"""The screens: the dialog over any screen, my reports, the board, one item, ideas, the month, complaints."""

from decimal import Decimal

import pytest
from django.urls import reverse

from counterpoint.feedback import services as feedback
from counterpoint.feedback.data import Effect, ItemState
from counterpoint.feedback.data_complaints import ComplaintState
from counterpoint.feedback.models import Complaint, Item
from counterpoint.feedback.tests.bank import answered, browser, complained, idea, reported, taken
from counterpoint.kit import clock

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
FORM = {"kind": "problem", "title": "打印机卡纸", "text": "三号柜", "address": "/desk/", "operation": "1102"}


def at(name, *arguments):
    return reverse(f"feedback:{name}", args=arguments)


def words(answer):
    return answer.content.decode()


def test_the_key_is_on_every_screen_and_opens_the_dialog_over_it(bank):
    client = browser(bank.wang)
    page = words(client.get(at("mine")))
    assert 'data-key="Shift+F7"' in page
    here = HTMX | {"HX-Current-URL": "http://testserver/customers/?q=%E5%BC%A0%E4%B8%89"}
    dialog = words(client.get(at("new"), headers=here))
    assert 'id="report-dialog"' in dialog
    assert 'value="/customers/"' in dialog
    assert "%E5" not in dialog
    assert words(client.get(at("new"))).count("<html") == 1


def test_a_report_is_sent_from_the_dialog_and_the_screen_stays(bank):
    client = browser(bank.wang)
    answer = client.post(at("new"), FORM, headers=HTMX)
    assert (answer.status_code, answer.content) == (200, b"")
    assert "is reported" in answer.headers["HX-Trigger"]
    made = Item.objects.get()
    assert (made.operation, made.address, made.reporter_id) == ("1102", "/desk/", bank.wang.id)
    assert "打印机卡纸" in words(client.get(at("mine")))
    refused = client.post(at("new"), FORM | {"title": ""}, headers=HTMX)
    assert refused.status_code == 422
    assert "三号柜" in words(refused)
    assert client.post(at("new"), FORM).status_code == 302


def test_the_department_works_through_its_board(bank):
    made = reported(bank.wang)
    client = browser(bank.operations)
    page = words(client.get(at("board")))
    assert "开户表缺少职业栏" in page
    assert "signals throttle" in page
    assert client.get(at("waiting")).headers["Location"] == at("board")
    assert "Take it" in words(client.get(at("item", made.id)))
    assert client.post(at("act", made.id, "taking")).status_code == 302
    assert client.post(at("act", made.id, "taking")).status_code == 409
    assert client.post(at("act", made.id, "question"), {"text": "哪一版？"}).status_code == 302
    reporter = browser(bank.wang)
    assert "The department asks you" in words(reporter.get(at("item", made.id)))
    assert reporter.post(at("act", made.id, "reply"), {"text": "新版"}).status_code == 302
    assert client.post(at("act", made.id, "note"), {"text": "内部一句"}).status_code == 302
    assert client.post(at("act", made.id, "answer"), {"text": "已加上"}).status_code == 302
    page = words(reporter.get(at("item", made.id)))
    assert "已加上" in page
    assert "内部一句" not in page
    assert reporter.post(at("act", made.id, "rating"), {"score": "4", "words": ""}).status_code == 302
    assert reporter.post(at("act", made.id, "reopening"), {"reason": "还缺"}).status_code == 302
    assert Item.objects.get().state == ItemState.REPORTED


def test_what_was_typed_stays_when_it_is_refused(bank):
    made = answered(bank)
    client = browser(bank.operations)
    typed = {"effect": "退回少了许多", "before": "30", "after": "", "unit": "笔", "reason": ""}
    answer = client.post(at("act", made.id, "closure"), typed)
    assert answer.status_code == 422
    assert "退回少了许多" in words(answer)
    assert "with a figure before and after" in words(answer)
    assert client.post(at("act", made.id, "closure"), typed | {"after": "x"}).status_code == 422
    assert client.post(at("act", made.id, "closure"), typed | {"after": "12"}).status_code == 302


def test_an_item_is_planned_handed_on_and_merged(bank):
    client = browser(bank.operations)
    planned, other, same = taken(bank), taken(bank), reported(bank.li)
    day = clock.today().isoformat()
    assert client.post(at("act", planned.id, "plan"), {"text": "下版", "day": day}).status_code == 302
    assert client.post(at("act", same.id, "merging"), {"into": "x"}).status_code == 422
    assert client.post(at("act", same.id, "merging"), {"into": other.name}).status_code == 302
    assert other.name in words(browser(bank.li).get(at("item", same.id)))
    sent = client.post(at("act", other.id, "route"), {"department": "it", "note": "系统"})
    assert sent.headers["Location"] == at("board")
    assert "系统" in words(browser(bank.it).get(at("item", other.id)))
    assert client.post(at("act", planned.id, "nothing")).status_code == 409


def test_a_problem_of_others_does_not_exist(bank):
    made = reported(bank.wang)
    client = browser(bank.li)
    assert client.get(at("item", made.id)).status_code == 404
    assert client.post(at("act", made.id, "taking")).status_code == 404
    assert client.post(at("vote", made.id)).status_code == 404
    assert "开户表" not in words(client.get(at("board")))


def test_ideas_are_voted_for_and_the_vote_is_taken_back(bank):
    made = idea(bank.wang)
    client = browser(bank.li)
    assert f"Vote for {made.name}" in words(client.get(at("ideas")))
    assert client.post(at("vote", made.id), {"next": "list"}).headers["Location"] == at("ideas")
    assert f"Take back the vote for {made.name}" in words(client.get(at("ideas"), headers=HTMX))
    assert client.post(at("vote", made.id)).status_code == 409
    assert client.post(at("unvote", made.id, "withdrawal")).status_code == 302
    assert client.get(at("ideas"), {"show": "done", "page": "x"}).status_code == 200


@pytest.mark.parametrize("field", ["title", "text"])
def test_a_script_in_a_report_is_shown_and_does_not_run(bank, field):
    made = idea(bank.wang, **{field: "<script>alert(1)</script>"})
    for client in (browser(bank.operations), browser(bank.li)):
        page = words(client.get(at("item", made.id)))
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert(1)" not in page
    assert "<script>alert(1)" not in words(browser(bank.li).get(at("ideas")))


def test_a_script_in_an_answer_is_shown_on_the_monthly_page(bank):
    made = taken(bank)
    feedback.answer(item=made.id, text="<img src=x onerror=alert(1)>", by=bank.operations)
    effect = Effect(text="更快", before=Decimal("9.50"), after=Decimal(3), unit="<b>分钟")
    feedback.close(item=made.id, effect=effect, shown=True, by=bank.operations)
    page = words(browser(bank.wang).get(at("month")))
    assert "&lt;img src=x" in page
    assert "&lt;b&gt;分钟" in page
    assert "9.50" in page
    for month in ("2026-13", "x", "1999-01", "2026-01"):
        assert browser(bank.wang).get(at("month"), {"month": month}).status_code == 200


def test_the_answer_is_news_until_it_is_seen(bank):
    made = answered(bank)
    client = browser(bank.wang)
    assert "New answer" in words(client.get(at("mine")))
    assert client.get(at("waiting")).headers["Location"] == at("mine")
    client.get(at("item", made.id))
    assert "New answer" not in words(client.get(at("mine"), {"show": "open"}))


def test_a_signal_fetches_only_what_stands(bank):
    made = taken(bank)
    part = words(browser(bank.operations).get(at("item", made.id), headers=HTMX))
    assert part.startswith('<div class="c-stack" id="feedback-standing"')
    assert "textarea" not in part


REGISTER = {"channel": "phone", "text": "等候太久", "operation": "", "party": "", "concerned": "080101"}


def test_a_complaint_is_registered_handled_and_answered(bank):
    chen, liu = browser(bank.chen), browser(bank.liu)
    assert f'value="{clock.today().isoformat()}"' in words(chen.get(at("register")))
    typed = REGISTER | {"received": clock.today().isoformat()}
    assert chen.post(at("register"), typed | {"concerned": "1"}).status_code == 422
    assert chen.post(at("register"), typed | {"party": "C404"}).status_code == 422
    assert chen.post(at("register"), typed).status_code == 302
    made = Complaint.objects.get()
    assert "Whom it concerns" not in words(chen.get(at("complaint", made.pk)))
    assert "等候太久" in words(liu.get(at("complaints")))
    assert liu.post(at("complaint_act", made.pk, "taking")).status_code == 302
    assert liu.post(at("complaint_act", made.pk, "note"), {"text": "看过录像"}).status_code == 302
    assert "看过录像" not in words(chen.get(at("complaint", made.pk)))
    assert liu.post(at("complaint_act", made.pk, "extension"), {"reason": "复杂"}).status_code == 302
    refused = liu.post(at("complaint_act", made.pk, "answer"), {"finding": "?", "text": "我们致歉"})
    assert refused.status_code == 422
    assert "我们致歉" in words(refused)
    typed = {"finding": "upheld", "text": "我们致歉"}
    assert liu.post(at("complaint_act", made.pk, "answer"), typed).status_code == 302
    assert "我们致歉" in words(liu.get(at("complaint", made.pk)))
    assert liu.post(at("complaint_act", made.pk, "closure"), {"cause": "窗口不足"}).status_code == 302
    assert Complaint.objects.get().state == ComplaintState.CLOSED


def test_for_whom_it_concerns_there_is_no_page_of_it(bank):
    made = complained(bank, about=(bank.liu,))
    client = browser(bank.liu)
    assert client.get(at("complaint", made)).status_code == 404
    assert client.get(at("complaint", made), headers=HTMX).status_code == 404
    assert client.post(at("complaint_act", made, "taking")).status_code == 404
    assert "等候太久" not in words(client.get(at("complaints")))
    assert "等候太久" not in words(client.get(at("complaints"), headers=HTMX))


def test_naming_oneself_leads_back_to_the_list(bank):
    made = complained(bank)
    client = browser(bank.liu)
    assert client.post(at("complaint_act", made, "concerned"), {"number": "none"}).status_code == 422
    sent = client.post(at("complaint_act", made, "concerned"), {"number": "080301"})
    assert sent.headers["Location"] == at("complaints")
    boss = browser(bank.zhang)
    assert boss.post(at("complaint_act", made, "withdrawal"), {"reason": "客户撤回"}).status_code == 302
    assert boss.post(at("complaint_act", made, "nothing")).status_code == 409


def test_a_list_asks_a_bounded_number_of_questions(bank, django_assert_max_num_queries):
    for _ in range(12):
        reported(bank.wang)
    client = browser(bank.operations)
    client.get(at("board"), headers=HTMX)
    with django_assert_max_num_queries(16):
        client.get(at("board"), headers=HTMX)


def test_numbers_are_found_by_ctrl_k_for_who_may_see_them(bank):
    made = reported(bank.wang)
    found = words(browser(bank.wang).get(reverse("ui:palette"), {"q": made.name}))
    assert at("item", made.id) in found
    assert at("item", made.id) not in words(browser(bank.li).get(reverse("ui:palette"), {"q": made.name}))
