"""The screens: my week, the form, a meeting with its record, the wall, my actions, calendars, the paper."""

from datetime import date
from io import BytesIO

import pypdfium2
import pytest
from django.urls import reverse

from counterpoint.meetings import queries
from counterpoint.meetings import services as meetings
from counterpoint.meetings.data import Audience, MeetingState
from counterpoint.meetings.models import Action, Attendance, Decision, Meeting, Minutes, Series
from counterpoint.meetings.tests.bank import browser, called, china, days, first, running

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
FORM = {
    "title": "柜面例会", "kind": "other", "day": "2026-11-25", "time": "16:30", "minutes": "30",
    "place": "大厅", "repeat": "weekly", "days": ["2", "4"], "rule": "", "until": "",
    "working_days": "on", "people": "080102",
}  # fmt: skip


def at(name, *arguments):
    return reverse(f"meetings:{name}", args=arguments)


def words(answer):
    return answer.content.decode()


def test_a_series_is_called_by_the_form_and_stands_in_the_week_of_its_people(bank):
    client = browser(bank.wang)
    assert "Call a meeting" in words(client.get(at("new")))
    answer = client.post(at("new"), FORM)
    assert answer.headers["Location"] == f"{at('week')}?day=2026-11-25"
    row = Series.objects.get()
    assert (row.rule, row.organiser_id, row.people) == ("FREQ=WEEKLY;BYDAY=WE,FR", bank.wang.id, [bank.li.id])
    page = words(browser(bank.li).get(at("week"), {"day": "2026-11-25"}))
    assert page.count("柜面例会") == 2
    assert "signals throttle" in page
    assert "柜面例会" not in words(browser(bank.chen).get(at("week")))


def test_a_form_that_is_wrong_keeps_what_was_typed(bank):
    client = browser(bank.wang)
    for wrong, said in (
        ({"people": "999999"}, "999999"), ({"title": ""}, "大厅"), ({"repeat": "own"}, "A rule is needed"),
        ({"repeat": "own", "rule": "FREQ=SECONDLY"}, "This repetition is not possible"),
        ({"day": "2020-01-01", "repeat": "once"}, "begin in the past"), ({"people": ""}, "Nobody is in"),
    ):  # fmt: skip
        answer = client.post(at("new"), FORM | wrong)
        assert answer.status_code == 422
        assert said in words(answer)
    assert not Series.objects.exists()


def test_any_week_is_shown_and_a_wrong_one_is_this_week(bank):
    called(bank.zhang)
    client = browser(bank.wang)
    for asked in ("", "x", "0001-01-01", "2026-11-24"):
        assert "网点晨会" in words(client.get(at("week"), {"day": asked}))
    assert "No meeting in this week" in words(client.get(at("week"), {"day": "2027-06-01"}))
    part = words(client.get(at("week"), headers=HTMX))
    assert part.lstrip().startswith('<div id="meetings-week"')


def test_the_week_and_a_meeting_ask_a_bounded_number_of_questions(bank, django_assert_max_num_queries):
    meeting = running(bank)
    for number in range(12):
        meetings.add_item(meeting=meeting, title=f"事 {number}", text="", minutes=2, by=bank.wang)
        meetings.assign(meeting=meeting, text=f"事 {number}", owner=bank.li.id, due=None, by=bank.zhang)
    client = browser(bank.wang)
    client.get(at("week"))
    with django_assert_max_num_queries(12):
        client.get(at("week"), headers=HTMX)
    with django_assert_max_num_queries(20):
        client.get(at("meeting", meeting), headers=HTMX)


def test_a_meeting_does_not_exist_for_who_is_not_invited(bank):
    meeting = first(called(bank.wang, audience=Audience(people=(bank.li.id,)))).pk
    client = browser(bank.chen)
    for name in ("meeting", "screen", "change", "invitation", "minutes"):
        assert client.get(at(name, meeting)).status_code == 404
    assert client.post(at("act", meeting, "start")).status_code == 404
    assert client.get(at("meeting", 99999)).status_code == 404


def test_a_meeting_is_run_from_its_page(bank):
    row = called(bank.zhang)
    meeting = first(row).pk
    client = browser(bank.zhang)
    assert client.post(at("act", meeting, "filling"), headers=HTMX).status_code == 200
    page = words(client.get(at("meeting", meeting)))
    assert "Yesterday in figures" in page
    assert 'data-key="F9"' in page
    assert client.post(at("act", meeting, "start")).status_code == 302
    page = words(client.get(at("meeting", meeting)))
    assert 'id="minutes-text"' in page
    for what, typed in (
        ("item", {"title": "议一件事", "text": "", "minutes": "3"}), ("decision", {"text": "午间不停"}),
        ("action", {"text": "报修", "owner": bank.li.id, "due": ""}), ("next", {}), ("previous", {}),
    ):  # fmt: skip
        answer = client.post(at("act", meeting, what), typed, headers=HTMX)
        assert answer.status_code == 200, what
        assert 'id="meeting-record"' in words(answer)
    absent = {"person": bank.chen.id, "presence": "absent", "reason": "休假"}
    assert client.post(at("act", meeting, "presence"), absent).status_code == 302
    assert Attendance.objects.get(meeting=meeting, person=bank.chen.id).reason == "休假"
    assert (Decision.objects.get().text, Action.objects.get().owner_id) == ("午间不停", bank.li.id)
    off = {"decision": Decision.objects.get().pk}
    assert client.post(at("act", meeting, "decision-off"), off, headers=HTMX).status_code == 200
    assert client.post(at("act", meeting, "decision"), {"text": ""}, headers=HTMX).status_code == 422
    assert client.post(at("act", meeting, "item-off"), {"item": "x"}, headers=HTMX).status_code == 422
    assert client.post(at("act", meeting, "nothing")).status_code == 404
    assert client.post(at("act", meeting, "final"), {"revision": "0"}).status_code == 302
    assert Meeting.objects.get(pk=meeting).state == MeetingState.FINALISED
    assert client.post(at("act", meeting, "decision"), {"text": "晚了"}, headers=HTMX).status_code == 409
    assert client.post(at("act", meeting, "reopening"), {"reason": "漏记"}).status_code == 302
    assert Minutes.objects.filter(meeting=meeting).count() == 2


def test_what_is_typed_into_the_minutes_is_kept_and_what_others_wrote_is_shown(bank):
    meeting = running(bank)
    wang, li = browser(bank.wang), browser(bank.li)
    kept = wang.post(at("minutes", meeting), {"text": "王芳记", "revision": "0"}, headers=HTMX)
    assert kept.status_code == 200
    assert "data-saved" in words(kept)
    refused = li.post(at("minutes", meeting), {"text": "李强记", "revision": "0"}, headers=HTMX)
    assert refused.status_code == 409
    assert "data-saved" not in words(refused)
    assert "王芳记" in words(refused)
    assert Minutes.objects.get().text == "王芳记"
    assert li.post(at("act", meeting, "writing")).status_code == 204
    assert "Li Na is writing" in words(wang.get(at("minutes", meeting), headers=HTMX))
    assert li.post(at("act", meeting, "written")).status_code == 204
    assert "is writing" not in words(wang.get(at("minutes", meeting), headers=HTMX))


def test_scripts_in_what_people_write_are_words(bank):
    meeting = running(bank, title="<script>alert(0)</script>")
    bad = "</textarea><script>alert(1)</script>"
    meetings.write(meeting=meeting, text=bad, revision=0, by=bank.wang)
    meetings.decide(meeting=meeting, text=bad, by=bank.wang)
    meetings.add_item(meeting=meeting, title=bad, text=bad, minutes=3, by=bank.wang)
    for name in ("meeting", "screen"):
        page = words(browser(bank.li).get(at(name, meeting)))
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_the_wall_shows_one_item_and_turns_to_the_next(bank):
    meeting = first(called(bank.zhang)).pk
    for title in ("第一件", "第二件"):
        meetings.add_item(meeting=meeting, title=title, text="", minutes=2, by=bank.wang)
    client = browser(bank.zhang)
    assert "第二件" in words(client.get(at("screen", meeting)))
    assert client.post(at("act", meeting, "start"), {"on": "stage"}).headers["Location"] == at(
        "screen", meeting
    )
    page = words(client.get(at("screen", meeting), headers=HTMX))
    assert "第一件" in page
    assert "第二件" not in page
    assert 'data-expected="120"' in page
    turned = words(client.post(at("act", meeting, "next"), {"on": "stage"}, headers=HTMX))
    assert "第二件" in turned
    assert 'id="meeting-stage"' in turned


def test_one_is_moved_and_the_following_ones_are_changed_by_one_form(bank):
    row = called(bank.zhang)
    client = browser(bank.zhang)
    page = words(client.get(at("change", first(row).pk)))
    assert 'value="2026-11-24"' in page
    one = {
        "scope": "one",
        "note": "",
        "repeat": "workdays",
        "day": "2026-11-24",
        "whole_branch": "on",
        "people": "",
    }
    assert client.post(at("change", first(row).pk), FORM | one).status_code == 302
    assert first(row).start == china("2026-11-24 16:30")
    following = one | {"scope": "following", "day": "2026-11-26", "time": "08:20"}
    assert client.post(at("change", first(row, 2).pk), FORM | following).status_code == 302
    assert days(row, "planned") == [date(2026, 11, 24), date(2026, 11, 25)]
    assert first(Series.objects.latest("pk")).start == china("2026-11-26 08:20")
    assert browser(bank.li).post(at("change", first(row).pk), FORM | one).status_code == 403


def test_a_meeting_and_all_that_follow_are_cancelled(bank):
    row = called(bank.zhang)
    client = browser(bank.zhang)
    assert client.post(at("act", first(row).pk, "cancelling"), {"reason": "台风"}).status_code == 302
    assert client.post(at("act", first(row, 2).pk, "ending"), {"reason": "改用通知"}).status_code == 302
    assert days(row, "planned") == [date(2026, 11, 25)]
    assert "台风" in words(client.get(at("meeting", first(row).pk)))


def test_an_invitation_is_answered_in_the_week(bank):
    row = called(bank.zhang)
    client = browser(bank.wang)
    accepted = {"reply": "accepted", "on": "week"}
    assert client.post(at("act", first(row).pk, "reply"), accepted).headers["Location"] == at("week")
    assert client.post(at("act", first(row).pk, "reply"), {"reply": "delegated"}).status_code == 422
    whole = {"reply": "declined", "whole": "1"}
    assert client.post(at("act", first(row, 1).pk, "reply"), whole).status_code == 302
    mine = {one.reply for one in meetings.week(date(2026, 11, 23), by=bank.wang)}
    assert mine == {"declined"}


def test_my_actions_are_done_dropped_and_handed_on(bank):
    meeting = running(bank)
    ids = [
        meetings.assign(meeting=meeting, text=f"事 {n}", owner=bank.li.id, due=None, by=bank.zhang)
        for n in range(3)
    ]
    client, boss = browser(bank.li), browser(bank.zhang)
    assert words(client.get(at("actions"))).count("data-meetings-line") == 3
    assert client.post(at("act_on_action", ids[0], "done"), {"note": ""}).status_code == 302
    assert boss.post(at("act_on_action", ids[1], "dropped"), {"reason": "已无必要"}).status_code == 302
    handed = {"number": "080101", "due": "2026-11-30", "reason": "换人"}
    assert boss.post(at("act_on_action", ids[2], "handed"), handed).status_code == 302
    assert boss.post(at("act_on_action", ids[2], "handed"), handed | {"number": "x"}).status_code == 422
    assert browser(bank.auditor).post(at("act_on_action", ids[2], "done")).status_code == 404
    assert client.post(at("act_on_action", ids[0], "done")).status_code == 409
    assert "Nothing to do" in words(client.get(at("actions")))
    page = words(boss.get(at("action", ids[2])))
    assert "换人" in page
    assert "Another person or day" in page
    assert "Another person or day" not in words(browser(bank.wang).get(at("action", ids[2])))
    assert browser(bank.auditor).get(at("action", ids[2])).status_code == 404
    assert "已无必要" in words(client.get(at("actions"), {"show": "all", "page": "x"}))
    assert [one.id for one in queries.actions_for(bank.wang.id)[0]] == [ids[2]]


def test_the_supervisor_takes_a_meeting_over(bank):
    row = called(bank.wang)
    meeting = first(row).pk
    assert "Call it from now on" not in words(browser(bank.li).get(at("meeting", meeting)))
    boss = browser(bank.zhang)
    assert "Call it from now on" in words(boss.get(at("meeting", meeting)))
    assert boss.post(at("act", meeting, "taking-over")).status_code == 302
    row.refresh_from_db()
    assert row.organiser_id == bank.zhang.id


def test_finalised_minutes_are_a_paper_in_chinese(bank):
    meeting = running(bank, place='#place "A" \\ <x>')
    meetings.write(meeting=meeting, text='一、通报昨日等候\n#eval("1") $x$', revision=0, by=bank.wang)
    meetings.decide(meeting=meeting, text="二号窗午间不停", by=bank.zhang)
    meetings.assign(meeting=meeting, text="报修点钞机", owner=bank.li.id, due=None, by=bank.zhang)
    client = browser(bank.li)
    assert client.get(at("paper", meeting, 1)).status_code == 404
    meetings.finalise(meeting=meeting, revision=1, by=bank.zhang)
    answer = client.get(at("paper", meeting, 1))
    assert answer.headers["Content-Type"] == "application/pdf"
    page = pypdfium2.PdfDocument(BytesIO(answer.content))[0].get_textpage().get_text_range()
    for said in (
        "会议纪要",
        "网点晨会",
        "通报昨日等候",
        '#eval("1") $x$',
        "二号窗午间不停",
        "报修点钞机",
        "李娜",
    ):
        assert said in page, said
    assert client.get(at("paper", meeting, 2)).status_code == 404


def test_the_calendar_address_is_shown_once_and_answers_without_a_session(bank, client):
    called(bank.zhang)
    wang = browser(bank.wang)
    page = words(wang.post(at("calendar_act", "address")))
    address = page.partition("feed/")[2].partition(".ics")[0]
    assert address not in words(wang.get(at("calendar")))
    answer = client.get(at("feed", address))
    assert answer.status_code == 200
    assert b"BEGIN:VCALENDAR" in answer.content
    again = client.get(at("feed", address), headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert wang.post(at("calendar_act", "end")).status_code == 302
    assert client.get(at("feed", address)).status_code == 404
    assert wang.post(at("calendar_act", "end")).status_code == 409
    assert wang.post(at("calendar_act", "x")).status_code == 404


def test_an_answer_comes_in_as_a_file(bank):
    client = browser(bank.wang)
    refused = client.post(at("calendar_act", "reply"), {"file": BytesIO(b"no calendar")})
    assert refused.status_code == 422
    assert "no answer of a calendar program" in words(refused)
    assert client.post(at("calendar_act", "reply")).status_code == 422


def test_an_invitation_is_a_file_with_its_method(bank):
    answer = browser(bank.wang).get(at("invitation", first(called(bank.zhang)).pk))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8; method=REQUEST"
    assert answer.content.startswith(b"BEGIN:VCALENDAR")
