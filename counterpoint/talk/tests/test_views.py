"""The screens: two columns, sending, reading, threads beside the work, and what they refuse."""

import io
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from counterpoint.kit.data import SYSTEM
from counterpoint.notices import services as notices
from counterpoint.notices.data import Audience, Draft, Kind
from counterpoint.people import services as people
from counterpoint.talk import services as talk
from counterpoint.talk.models import Channel, Message
from counterpoint.talk.tests.bank import branch, browser, direct, group, say, texts, thread, visit
from counterpoint.visits import services as visits

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
CARD = "6222021001112345678"


def at(name, *arguments):
    return reverse(f"talk:{name}", args=arguments)


def words(answer):
    return answer.content.decode()


def message(text="请核对", **more):
    return {"text": text, "idempotency_key": str(uuid4())} | more


def test_a_message_is_sent_and_stands_on_the_other_page(bank):
    channel = direct(bank)
    wang, li = browser(bank.wang), browser(bank.li)
    assert wang.get(at("channel", channel)).status_code == 200
    sent = wang.post(at("messages", channel), message("第三号窗口缺印泥"), headers=HTMX)
    assert sent.status_code == 200
    assert "talk-said" in sent["HX-Trigger"]
    page = words(li.get(at("channel", channel)))
    assert page.count("第三号窗口缺印泥") == 2, "once in the list, once in the conversation, and nowhere else"
    assert f"signal:talk:{channel} from:body" in page
    line = words(li.get(at("talk")))
    assert "is-unread" in line
    last = Message.objects.get().pk
    assert li.post(at("read", channel), {"upto": last}).status_code == 204
    assert "is-unread" not in words(li.get(at("talk")))
    assert "Li Na" in words(wang.get(at("receipts", last), headers=HTMX))


@pytest.mark.parametrize(
    ("typed", "status"),
    [({"text": ""}, 422), ({"text": "字" * 4001}, 422), ({"idempotency_key": "x"}, 422),
     ({"answers": "x"}, 422), ({"answers": "999999"}, 404)],
)  # fmt: skip
def test_bad_input_is_said_beside_the_words_and_nothing_is_kept(bank, typed, status):
    channel = direct(bank)
    answer = browser(bank.wang).post(at("messages", channel), message() | typed, headers=HTMX)
    assert answer.status_code == status
    assert "c-refusal" in words(answer)
    assert Message.objects.count() == 0


def test_a_conversation_of_others_does_not_exist(bank):
    channel = direct(bank)
    said = say(bank.wang, channel)
    client = browser(bank.chen)
    for address in (
        at("channel", channel), at("about", channel), at("message", said), at("receipts", said),
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address
    for address, data in (
        (at("messages", channel), message()), (at("read", channel), {"upto": said}),
        (at("message_act", said, "sign"), {"sign": "seen"}), (at("unmasked", said), {}),
        (at("act", channel, "leaving"), {}),
    ):  # fmt: skip
        assert client.post(address, data, headers=HTMX).status_code == 404, address


def test_a_script_is_shown_and_a_dangerous_address_is_no_link(bank):
    channel = direct(bank)
    say(bank.wang, channel, "<script>alert(1)</script> javascript:alert(2) https://bank.example/a?b=1.")
    page = words(browser(bank.li).get(at("channel", channel)))
    assert "&lt;script&gt;alert(1)" in page
    assert 'href="javascript' not in page
    assert 'href="https://bank.example/a?b=1" target="_blank" rel="noopener noreferrer nofollow"' in page


def test_a_number_is_masked_until_who_may_see_it_asks(bank):
    channel = direct(bank)
    said = say(bank.wang, channel, f"客户卡号 {CARD}")
    client = browser(bank.li)
    page = words(client.get(at("channel", channel)))
    assert CARD not in page
    assert "****5678" in page
    assert CARD not in words(client.get(at("talk")))
    assert CARD in words(client.post(at("unmasked", said), headers=HTMX))
    blind = next(
        one for one in bank.staff.values()
        if "customer_view" not in people.duties_held(person=one.id, branch=one.branch or 0)
    )  # fmt: skip
    other = talk.direct(person=blind.id, by=bank.wang)
    hidden = say(bank.wang, other, f"卡号 {CARD}")
    assert "Show the number" not in words(browser(blind).get(at("channel", other)))
    assert browser(blind).post(at("unmasked", hidden), headers=HTMX).status_code == 403


def test_the_first_word_beside_a_visit_opens_its_thread(bank):
    about = visit(bank)
    client = browser(bank.wang)
    page = words(client.get(reverse("visits:visit", args=[about])))
    assert at("on", "visit", about) in page
    panel = words(client.get(at("on", "visit", about), headers=HTMX))
    assert f"signal:talk:visit:{about} from:body" in panel
    assert Channel.objects.filter(kind="thread").count() == 0
    assert client.post(at("on_messages", "visit", about), message(""), headers=HTMX).status_code == 422
    assert Channel.objects.filter(kind="thread").count() == 0
    assert (
        client.post(at("on_messages", "visit", about), message("客户要换大钞"), headers=HTMX).status_code
        == 200
    )
    assert "客户要换大钞" in words(browser(bank.li).get(at("on", "visit", about), headers=HTMX))
    far = browser(bank.elsewhere)
    assert far.get(at("on", "visit", about), headers=HTMX).status_code == 404
    assert far.get(at("channel", Channel.objects.get(kind="thread").pk)).status_code == 404
    assert far.post(at("on_messages", "visit", about), message(), headers=HTMX).status_code == 404


def test_what_is_no_subject_has_no_thread(bank):
    client = browser(bank.wang)
    for kind, id in (("visit", 999999), ("case", 999999), ("request", 999999), ("notice", 999999), ("x", 1)):
        assert client.get(at("on", kind, id)).status_code == 404


def test_the_first_message_to_somebody_opens_the_conversation(bank):
    client = browser(bank.wang)
    assert "Nothing said yet" in words(client.get(at("with", bank.li.id)))
    assert Channel.objects.filter(kind="direct").count() == 0
    answer = client.post(at("first", bank.li.id), message("你好"), headers=HTMX)
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == at("channel", Channel.objects.get(kind="direct").pk)
    assert client.get(at("with", bank.li.id)).status_code == 302
    assert client.get(at("with", bank.wang.id)).status_code == 422
    assert client.get(at("with", 999999)).status_code == 404


def test_a_group_is_opened_and_looked_after_by_its_owner(bank):
    client = browser(bank.wang)
    assert client.get(at("new")).status_code == 200
    assert client.post(at("new"), {"people": "000000", "title": "x"}).status_code == 422
    assert client.post(at("new"), {"people": "080102 080201", "title": ""}).status_code == 422
    assert client.post(at("new"), {"people": "080102 080201", "title": "晨会"}).status_code == 302
    channel = Channel.objects.get(kind="group").pk
    assert "Li Na" in words(client.get(at("about", channel)))
    assert client.post(at("act", channel, "adding"), {"number": "080103"}).status_code == 302
    assert client.post(at("act", channel, "removal"), {"person": bank.li.id}).status_code == 302
    assert client.post(at("act", channel, "name"), {"title": "夕会"}).status_code == 302
    assert client.post(at("act", channel, "nonsense")).status_code == 422
    assert browser(bank.zhang).post(at("act", channel, "name"), {"title": "x"}).status_code == 403
    assert "夕会" in words(browser(bank.chen).get(at("talk")))
    left = words(browser(bank.li).get(at("channel", channel)))
    assert "You left this group" in left
    assert "data-talk-write" not in left
    assert "夕会" in words(browser(bank.li).get(at("list"), {"show": "left"}, headers=HTMX))


def test_a_message_is_worded_anew_withdrawn_and_answered_with_a_sign(bank):
    channel = direct(bank)
    said = say(bank.wang, channel, "三点开会")
    wang, li = browser(bank.wang), browser(bank.li)
    assert "三点开会" in words(wang.get(at("message", said), headers=HTMX))
    assert li.get(at("message", said), headers=HTMX).status_code == 403
    assert wang.post(at("message_act", said, "edit"), {"text": ""}, headers=HTMX).status_code == 422
    assert wang.post(at("message_act", said, "edit"), {"text": "四点开会"}, headers=HTMX).status_code == 200
    assert li.post(at("message_act", said, "edit"), {"text": "x"}, headers=HTMX).status_code == 403
    assert li.post(at("message_act", said, "sign"), {"sign": "agreed"}, headers=HTMX).status_code == 200
    assert li.post(at("message_act", said, "sign"), {"sign": "x"}, headers=HTMX).status_code == 422
    page = words(li.get(at("channel", channel)))
    assert "四点开会" in page
    assert "edited" in page
    assert "Agreed 1" in page
    assert "三点开会" in words(li.get(at("receipts", said), headers=HTMX))
    assert wang.post(at("message_act", said, "withdrawal"), headers=HTMX).status_code == 200
    assert "四点开会" not in words(li.get(at("channel", channel)))
    assert "三点开会" not in words(li.get(at("receipts", said), headers=HTMX))


def test_words_are_found_where_one_may_read_them(bank):
    channel = direct(bank)
    say(bank.wang, channel, "尾箱差额已查明，是零钞")
    found = words(browser(bank.li).get(at("search"), {"q": "差额"}))
    assert "<mark>差额</mark>" in found
    assert "Nothing found" in words(browser(bank.chen).get(at("search"), {"q": "差额"}))
    assert "is-found" in words(
        browser(bank.li).get(at("channel", channel), {"around": Message.objects.get().pk})
    )
    assert browser(bank.li).get(at("search"), {"q": "", "page": "x"}).status_code == 200


def test_news_come_for_who_is_free(bank):
    channel = direct(bank)
    say(bank.wang, channel, "有空吗")
    news = browser(bank.li).get(at("news")).json()
    assert [one["text"] for one in news["news"]] == ["Wang Fang: 有空吗"]
    assert browser(bank.li).get(at("news"), {"after": news["after"]}).json()["news"] == []


def test_the_pane_lists_conversations_over_any_screen(bank):
    channel = group(bank)
    say(bank.wang, channel, "八点半集合")
    pane = words(browser(bank.li).get(at("pane"), headers=HTMX))
    assert "八点半集合" in pane
    small = words(browser(bank.li).get(at("channel", channel), {"small": "1"}, headers=HTMX))
    assert 'id="talk-small-messages"' in small
    page = words(browser(bank.li).get(reverse("feedback:mine")))
    assert 'data-key="Shift+F8"' in page
    assert f"talk:person:{bank.li.id}" in page


def test_the_palette_finds_people_to_talk_with(bank):
    found = browser(bank.wang).get(reverse("ui:palette"), {"q": "080102"}).json()["items"]
    assert at("with", bank.li.id) in {one["url"] for one in found}


def test_who_examines_the_bank_holds_a_conversation_without_reading_it(bank):
    channel = direct(bank)
    say(bank.wang, channel, "秘密")
    client = browser(bank.auditor)
    assert browser(bank.wang).get(at("holds")).status_code == 403
    assert browser(bank.wang).post(at("keep", channel, "hold"), {"reason": "x"}).status_code == 403
    page = words(client.get(at("holds"), {"number": "080101"}))
    assert "Li Na" in page
    assert "秘密" not in page
    assert client.post(at("keep", channel, "hold"), {"reason": ""}).status_code == 422
    assert client.post(at("keep", channel, "hold"), {"reason": "案件 17"}).status_code == 302
    assert "案件 17" in words(client.get(at("holds")))
    assert "held" in words(browser(bank.wang).get(at("channel", channel)))
    assert client.get(at("channel", channel)).status_code == 404
    assert client.post(at("keep", channel, "class"), {"retention": "record"}).status_code == 302
    assert client.post(at("keep", channel, "release")).status_code == 302
    assert "案件 17" not in words(client.get(at("holds")))
    assert "案件 17" in words(client.get(at("holds"), {"show": "all"}))


def test_the_branch_talks_and_others_do_not_hear_it(bank):
    channel = branch(bank)
    say(bank.wang, channel, "今日提前十分钟开门")
    assert "今日提前十分钟开门" in words(browser(bank.li).get(at("talk")))
    assert browser(bank.elsewhere).get(at("channel", channel)).status_code == 404
    assert texts(bank, bank.li, channel) == ["今日提前十分钟开门"]


def test_a_thread_in_the_list_tells_nothing_of_what_was_said(bank):
    about = visit(bank)
    say(bank.wang, thread(bank, about), "客户身份证过期")
    assert "客户身份证过期" not in words(browser(bank.wang).get(at("talk")))


def photo():
    held = io.BytesIO()
    Image.new("RGB", (60, 40), (176, 196, 190)).save(held, "PNG")
    return SimpleUploadedFile("slip.png", held.getvalue(), "image/png")


def test_a_picture_comes_with_a_message_and_is_for_its_readers_only(bank):
    channel = direct(bank)
    client = browser(bank.wang)
    assert client.post(at("messages", channel), message("", files=[photo()]), headers=HTMX).status_code == 200
    paper = talk.messages(channel, by=bank.li)[1].messages[0].papers[0]
    assert paper.name == "slip.png"
    there = reverse("papers:paper", args=[paper.paper])
    assert browser(bank.li).get(there).status_code == 200
    assert browser(bank.staff["080301"]).get(there).status_code == 404
    talk.withdraw(message=Message.objects.get().pk, by=bank.wang)
    assert browser(bank.li).get(there).status_code == 404


def test_a_file_that_lies_is_refused_and_no_message_is_kept(bank):
    channel = direct(bank)
    lie = SimpleUploadedFile("slip.png", b"MZ\x90\x00 not a picture", "image/png")
    answer = browser(bank.wang).post(at("messages", channel), message("看图", files=[lie]), headers=HTMX)
    assert answer.status_code == 422
    assert Message.objects.count() == 0


def test_a_thread_beside_a_notice_is_for_whom_it_reached(bank):
    writer, approver = (
        next(
            one
            for one in bank.staff.values()
            if duty in people.duties_held(person=one.id, branch=one.branch or 0)
        )
        for duty in ("rules_draft", "rules_approve")
    )
    draft = Draft(title_zh="新规", text_zh="正文", audience=Audience(people=(bank.wang.id,)))
    made = notices.draft_notice(kind=Kind.POLICY, draft=draft, by=writer)
    notices.submit(version=made.id, by=writer)
    notices.publish(version=made.id, by=approver)
    client = browser(bank.wang)
    page = words(client.get(reverse("notices:version", args=[made.id])))
    assert at("on", "notice", made.notice) in page
    sent = client.post(at("on_messages", "notice", made.notice), message("何时起？"), headers=HTMX)
    assert sent.status_code == 200
    assert "何时起？" in words(client.get(at("on", "notice", made.notice), headers=HTMX))
    assert browser(bank.li).get(at("on", "notice", made.notice), headers=HTMX).status_code == 404


def test_a_thread_beside_a_case_is_for_who_sees_the_case(bank):
    visits.ensure_demo_teams(by=SYSTEM)
    kind = next(iter(visits.kinds()))
    case = visits.open_case(kind=kind, branch=3, title="补资料", by=bank.wang)
    client = browser(bank.wang)
    assert at("on", "case", case.id) in words(client.get(reverse("visits:case", args=[case.id])))
    assert client.post(at("on_messages", "case", case.id), message("差流水"), headers=HTMX).status_code == 200
    found = words(client.get(at("channel", Channel.objects.get(kind="thread").pk)))
    assert "差流水" in found
    assert reverse("visits:case", args=[case.id]) in found
