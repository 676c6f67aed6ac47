"""The screens: the list, reading and acknowledging, the refusal's way there, writing and approving."""

import pytest
from django.urls import reverse

from counterpoint.notices import services as notices
from counterpoint.notices.data import Audience, Phase
from counterpoint.notices.models import NoticeVersion, Override
from counterpoint.notices.tests.bank import QUESTION, browser, drafted, published, revised
from counterpoint.people import services as people

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def at(name, *arguments):
    return reverse(f"notices:{name}", args=arguments)


def words(answer):
    return answer.content.decode()


def test_the_list_shows_what_must_be_read_and_is_found_by_words(bank):
    published(bank)
    client = browser(bank.wang)
    page = words(client.get(at("notices")))
    assert "大额取款新规" in page
    assert "Must read" in page
    assert "<mark>身份证件</mark>" in words(client.get(at("notices"), {"q": "身份证件"}, headers=HTMX))
    assert "Nothing found" in words(client.get(at("notices"), {"q": "完全没有"}, headers=HTMX))
    assert "大额取款新规" in words(client.get(at("unread")))
    assert client.get(at("notices"), {"page": "x", "show": "?", "kind": "?"}).status_code == 200


def test_reading_it_counts_down_what_must_be_read(bank):
    made = published(bank)
    client = browser(bank.wang)
    assert "I have read it and work by it." in words(client.get(at("version", made.id)))
    answer = client.post(at("acknowledgement", made.id), headers=HTMX)
    assert answer.status_code == 200
    assert "You acknowledged it at" in words(answer)
    assert "You have read everything" in words(client.get(at("unread")))


def test_a_wrong_answer_is_explained_on_the_page(bank):
    made = published(bank, questions=(QUESTION,))
    client = browser(bank.wang)
    assert client.post(at("acknowledgement", made.id), headers=HTMX).status_code == 409
    page = words(client.post(at("acknowledgement", made.id), {"q0": "1"}, headers=HTMX))
    assert "Above 50,000 the identity document is checked." in page
    assert client.post(at("acknowledgement", made.id), {"q0": "x"}, headers=HTMX).status_code == 422
    assert client.post(at("acknowledgement", made.id), {"q0": "9"}, headers=HTMX).status_code == 422
    assert "You acknowledged" in words(client.post(at("acknowledgement", made.id), {"q0": "0"}, headers=HTMX))


def test_a_notice_for_others_does_not_exist(bank):
    made = published(bank, audience=Audience(people=(bank.li.id,)))
    client = browser(bank.wang)
    assert client.get(at("version", made.id)).status_code == 404
    assert client.post(at("acknowledgement", made.id)).status_code == 404
    assert client.get(at("notice", made.notice)).status_code == 404
    assert client.get(at("readers", made.id)).status_code == 403
    assert client.get(at("new")).status_code == 403
    assert browser(bank.li).get(at("notice", made.notice)).status_code == 302


def test_a_script_in_a_notice_is_shown_and_does_not_run(bank):
    made = published(bank, text="<script>alert(1)</script> **重要**")
    page = words(browser(bank.wang).get(at("version", made.id)))
    assert "&lt;script&gt;alert(1)" in page
    assert "<strong>重要</strong>" in page


def test_the_supervisor_signs_in_beside_and_lets_it_pass_once(bank):
    made = published(bank)
    client = browser(bank.wang)
    assert "A supervisor lets it pass once" in words(
        client.get(at("version", made.id), {"operation": "1102"})
    )
    typed = {"operation": "1102", "number": "080201", "password": "wrong", "code": "", "reason": "客户急需"}
    assert client.post(at("override", made.id), typed, headers=HTMX).status_code == 403
    answer = client.post(at("override", made.id), typed | {"password": "counterpoint"}, headers=HTMX)
    assert "let pass once" in words(answer)
    assert Override.objects.get().supervisor_id == bank.zhang.id
    people.check_operation(by=bank.wang, operation="1102")


def test_the_list_of_who_has_not_read_shrinks(bank):
    made = published(bank)
    client = browser(bank.zhang)
    page = words(client.get(at("readers", made.id)))
    assert f'id="reader-{bank.wang.id}"' in page
    assert f"signal:readers:{bank.zhang.branch} from:body" in page
    notices.acknowledge(version=made.id, by=bank.wang)
    assert f'id="reader-{bank.wang.id}"' not in words(client.get(at("readers", made.id), headers=HTMX))


FORM = {
    "kind": "policy", "title_zh": "新规", "text_zh": "正文", "operations": ["1102"], "everybody": "on",
    "questions": "? 问\n+ 对\n- 错", "material": "on",
}  # fmt: skip


def test_a_notice_is_written_handed_in_and_approved_by_somebody_else(bank):
    writer, approver = browser(bank.writer), browser(bank.approver)
    assert writer.get(at("new")).status_code == 200
    assert writer.post(at("new"), FORM).status_code == 302
    made = NoticeVersion.objects.get()
    assert "Hand in for approval" in words(writer.get(at("version", made.pk)))
    assert "新规" in words(writer.get(at("change", made.pk)))
    changed = writer.post(at("change", made.pk), FORM | {"title_zh": "新规二", "edition": made.edition})
    assert changed.status_code == 302
    assert writer.post(at("submission", made.pk)).status_code == 302
    assert writer.post(at("decision", made.pk, "publication")).status_code == 403
    assert approver.post(at("decision", made.pk, "return"), {"note": ""}).status_code == 422
    assert approver.post(at("decision", made.pk, "publication")).status_code == 302
    assert notices.version(made.pk, by=bank.wang).phase is Phase.LIVE
    assert approver.post(at("decision", made.pk, "withdrawal"), {"note": "有误"}).status_code == 302
    assert notices.version(made.pk, by=bank.writer).phase is Phase.WITHDRAWN


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"everybody": ""}, "nobody would get it"),
        ({"effective": "2020-01-01T09:00"}, "in the past"),
        ({"questions": "? 问"}, "exactly one right one"),
        ({"operations": ["9999"]}, "9999"),
        ({"people": "000000", "everybody": ""}, "000000"),
        ({"title_zh": ""}, "c-error"),
    ],
)
def test_bad_input_is_said_and_nothing_is_written(bank, changed, said):
    answer = browser(bank.writer).post(at("new"), FORM | changed)
    assert answer.status_code == 422
    assert said in words(answer)
    assert NoticeVersion.objects.count() == 0


def test_the_next_version_shows_what_changed(bank):
    first = published(bank)
    second = revised(bank, first, text_zh="三万元以上取款须核对身份证件。")
    page = words(browser(bank.wang, "zh").get(at("version", second.id)))
    assert "<del>− 五万元以上" in page
    assert "<ins>+ 三万元以上" in page


def test_a_draft_is_given_up_by_its_author_only(bank):
    made = drafted(bank)
    assert browser(bank.wang).post(at("dropping", made.id)).status_code == 403
    assert browser(bank.writer).post(at("dropping", made.id)).status_code == 302
    assert NoticeVersion.objects.get().state == "dropped"
