from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from counterpoint.kit import clock
from counterpoint.org import rulebook, services
from counterpoint.org.data import RuleStatus
from counterpoint.org.services import drafts
from counterpoint.org.tests.test_rulebook import draft

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def page(client, name, *args, **query):
    answer = client.get(reverse(f"org:{name}", args=args), query)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.content.decode()


def post(client, name, *args, **fields):
    return client.post(reverse(f"org:{name}", args=args), fields)


@pytest.mark.parametrize("name", ["tree", "calendar", "days", "rules"])
def test_nobody_sees_anything_without_signing_in(bank, client, name):
    answer = client.get(reverse(f"org:{name}"))
    assert answer.status_code in (302, 401, 403)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_shipped_rule_has_a_page_in_both_languages(sign_in, language):
    client = sign_in("080101")
    client.cookies["django_language"] = language
    for table in rulebook.tables(TODAY)[::6]:
        text = page(client, "rule", table.key)
        assert table.key in text
        assert table.current.source.split("；")[0] in text


def test_the_list_shows_chapter_source_and_mark(sign_in):
    text = page(sign_in("080101"), "rules")
    for word in ("柜面", "大额交易报告", "银发〔2018〕16号", "未核实", "二手资料"):
        assert word in text
    assert "大额交易报告" not in page(sign_in("080101"), "rules", show="drafts")
    assert "R14" not in page(sign_in("080101"), "rules", show="doubtful")


def test_trying_facts_shows_the_outcome_and_why(sign_in):
    client = sign_in("080101")
    version = rulebook.table("teller.cash_recount", TODAY).current.id
    good = post(client, "trial", version, fact_amount_minor="50,000.00").content.decode()
    assert "现金达到5万元须换人复点" in good
    assert "是" in good
    none = post(client, "trial", version, fact_amount_minor="49,999.99").content.decode()
    assert "没有命中" in none
    bad = post(client, "trial", version, fact_amount_minor="viel").content.decode()
    assert "不是金额" in bad


def form(**more):
    import json

    body = rulebook.table("teller.cash_recount", TODAY).current.body
    return {
        "effective_from": "2026-11-24", "effective_to": "", "source": "本行通知", "confidence": "confirmed",
        "owner": "", "note": "", "body": json.dumps(body).replace("5000000", "3000000"),
    } | more  # fmt: skip


def test_one_drafts_another_approves_on_screen(sign_in):
    client = sign_in("090101")
    assert "本行" in page(client, "draft", "teller.approval")
    answer = post(client, "draft", "teller.cash_recount", **form())
    made = rulebook.table("teller.cash_recount", TODAY).versions[0]
    assert answer.headers["Location"] == reverse("org:version", args=[made.id])
    text = page(client, "version", made.id)
    assert "30,000.00" in text
    assert "须由他人批准" in text
    assert reverse("org:approval", args=[made.id]) not in text
    assert post(client, "approval", made.id).status_code == 403
    client = sign_in("080201")
    assert reverse("org:approval", args=[made.id]) in page(client, "version", made.id)
    assert post(client, "approval", made.id).status_code == 302
    assert rulebook.version(made.id).in_force(TODAY)


def test_the_author_with_the_right_to_approve_is_still_refused(sign_in, supervisor, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(drafts, "check_actor", lambda **_: None)
        made = draft(supervisor)
    answer = post(sign_in("080201"), "approval", made.id)
    assert answer.status_code == 403
    assert "起草人不得批准" in answer.content.decode()
    assert rulebook.version(made.id).status is RuleStatus.DRAFT


@pytest.mark.parametrize("wrong", [
    {"body": "{"}, {"body": "[]"},
    {"body": '{"value": 1, "value": 2, "type": "int"}'}, {"body": '{"rows": []}'},
    {"source": ""}, {"effective_from": "morgen"},
    {"confidence": "sure"}, {"effective_to": "2020-01-01"},
])  # fmt: skip
def test_a_draft_that_is_wrong_comes_back_with_what_was_typed(sign_in, wrong):
    client = sign_in("090101")
    answer = post(client, "draft", "teller.cash_recount", **form(**wrong))
    assert answer.status_code == 422
    assert "c-error" in answer.content.decode() or "alert" in answer.content.decode()
    assert len(rulebook.table("teller.cash_recount", TODAY).versions) == 1


def test_refusing_and_ending_a_version_on_screen(sign_in, author):
    made = draft(author)
    client = sign_in("080201")
    assert post(client, "refusal", made.id, reason="").status_code == 422
    assert post(client, "refusal", made.id, reason="来源不足").status_code == 302
    assert rulebook.version(made.id).status is RuleStatus.REFUSED
    current = rulebook.table("teller.cash_recount", TODAY).current
    assert post(client, "retirement", current.id, reason="停用", last_day="2026-11-30").status_code == 302
    assert rulebook.version(current.id).effective_to == date(2026, 11, 30)


def test_a_teller_drafts_nothing(sign_in):
    client = sign_in("080101")
    assert client.get(reverse("org:draft", args=["teller.approval"])).status_code == 403
    assert "起草修改" not in page(client, "rule", "teller.approval")


def test_the_year_is_a_picture_with_words_for_what_differs(sign_in):
    text = page(sign_in("080101"), "calendar", year="2026")
    assert text.count('class="org-month"') == 12
    assert text.count("is-make-up") == 6
    assert "春节" in text
    assert "班" in text
    assert "未经官方公布" not in text
    assert "未经官方公布" in page(sign_in("080101"), "calendar", year="2027")
    page(sign_in("080101"), "calendar", year="99999999999")


def test_operations_changes_the_calendar_and_a_teller_does_not(sign_in):
    fields = {"date": "2026-11-25", "kind": "holiday", "name_zh": "临时放假", "source": "通知"}
    assert post(sign_in("080101"), "calendar_day", **fields).status_code == 403
    assert post(sign_in("090101"), "calendar_day", **fields).status_code == 302
    assert not services.is_working_day(date(2026, 11, 25))


def test_the_days_page_turns_as_a_whole_when_the_day_does(sign_in):
    client = sign_in("080201")
    state = reverse("org:day_state", args=[3])
    seen = client.get(state).context["seen"]
    assert "HX-Refresh" not in client.get(state, {"seen": seen})
    assert f'name="seen" value="{seen}"' in page(client, "day", 3)
    assert post(client, "day_closing", 3).status_code == 302
    assert client.get(state, {"seen": seen})["HX-Refresh"] == "true"


def test_a_closed_day_is_told_in_figures_and_has_one_line_of_history(sign_in):
    client = sign_in("080201")
    assert post(client, "day_closing", 3).status_code == 302
    answer = client.get(reverse("org:day", args=[3]))
    run = answer.context["run"]
    assert run.figures
    assert all(figure in answer.content.decode() for _words, figure in run.figures)
    lines = answer.context["history"]
    assert [line["date"] for line in lines] == sorted({line["date"] for line in lines}, reverse=True)
    assert lines[0]["run"]
    assert lines[0]["opened"] <= lines[0]["closed"]
    old = services.day_run(branch=3, date=lines[0]["date"])
    assert old.figures == run.figures


def test_the_day_is_closed_and_opened_on_screen(sign_in):
    client = sign_in("080201")
    assert "上海人民路支行" in page(client, "days")
    assert reverse("org:day_closing", args=[3]) in page(client, "day", 3)
    assert post(client, "day_closing", 3).status_code == 302
    assert 'value="2026-11-25"' in page(client, "day", 3)
    assert post(client, "day_opening", 3, date="2026-11-24").status_code == 409
    assert post(client, "day_opening", 3, date="").status_code == 422
    assert post(client, "day_opening", 3, date="2026-11-25").status_code == 302
    assert post(client, "day_closing", 4).status_code == 403
    assert post(sign_in("080101"), "day_closing", 3).status_code == 403


def test_working_at_a_desk_is_remembered_by_the_session(sign_in):
    client = sign_in("080101")
    desk = services.desks(3)[0].id
    assert reverse("org:desk_claim", args=[desk]) in page(client, "tree")
    assert post(client, "desk_claim", desk, next="//evil.example").headers["Location"] == reverse("org:tree")
    assert client.session["desk"] == desk
    assert "现金柜台一" in page(client, "tree")
    assert post(client, "desk_release", desk).status_code == 302
    assert "desk" not in client.session


def test_the_bar_shows_branch_and_business_date(sign_in):
    text = page(sign_in("080101"), "tree")
    assert "上海人民路支行" in text
    assert "2026-11-24" in text


def test_what_does_not_exist_is_not_found(sign_in):
    client = sign_in("080101")
    assert client.get(reverse("org:rule", args=["no.such"])).status_code == 404
    assert client.get(reverse("org:version", args=[999_999])).status_code == 404
    assert client.get(reverse("org:day", args=[99])).status_code in (403, 404)
    assert post(client, "trial", 999_999).status_code == 404


def test_pages_need_few_queries_however_many_rows(sign_in, django_assert_max_num_queries):
    client = sign_in("080101")
    for name, args in (("tree", []), ("rules", []), ("rule", ["teller.approval"]), ("calendar", [])):
        with django_assert_max_num_queries(40):
            page(client, name, *args)


def test_every_word_of_the_room_is_in_both_languages():
    with translation.override("zh-hans"):
        from counterpoint.org import labels

        for names in (labels.KINDS, labels.EQUIPMENT, labels.CONFIDENCE, labels.STATUS, labels.CHAPTERS):
            assert [str(name) for name in names.values() if str(name).isascii()] == []
