"""Problems and ideas from the report to the close: department, clock, answer, votes, merging."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from counterpoint.feedback import services as feedback
from counterpoint.feedback.data import (
    Context,
    Effect,
    ItemMalformed,
    ItemState,
    Kind,
    NotTheDepartment,
    NotTheReporter,
    OwnAnswer,
    PostKind,
    RatedAlready,
    ReopenedOnce,
    TooLate,
    UnknownItem,
    VotedAlready,
    WrongState,
)
from counterpoint.feedback.models import Closure, Escalation, Follower, Item, Post, Rating, Vote
from counterpoint.feedback.queries import news_count, steps
from counterpoint.feedback.tests.bank import REASON, answered, at, china, idea, reported, taken
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Refusal
from counterpoint.kit.models import Event
from counterpoint.mail import services as mail
from counterpoint.org import services as org
from counterpoint.org.data import DayKind

pytestmark = pytest.mark.django_db
S = ItemState
MEASURED = Effect(text="退回减少", before=Decimal(30), after=Decimal(12), unit="笔/月")


def state(item, by):
    return feedback.item(item.id, by=by).state


def test_a_report_goes_to_the_department_that_owns_the_operation(bank):
    assert reported(bank.wang).department == "operations"
    assert reported(bank.wang, operation="1401").department == "branch"
    assert reported(bank.wang, operation="").department == "operations"


def test_a_report_keeps_where_one_was_and_nobodys_data(bank):
    made = reported(
        bank.wang, address="https://bank.test/customers/?q=张三#top", operation="<b>", visit=7,
        text="账号 6222 0212 3456 7890 123 打不开，电话13812345678",
    )  # fmt: skip
    assert made.context == Context("/customers/", "", 7)
    assert "6222" not in made.text
    assert "****0123" in made.text
    assert "138" not in made.text
    written = Event.objects.filter(verb="feedback.item.reported").latest("id").data
    assert made.title not in str(written)


def test_what_cannot_be_a_report_is_refused_with_words(bank):
    for more in ({"title": " "}, {"title": "x" * 121}, {"text": "x" * 4001}):
        with pytest.raises(ItemMalformed):
            reported(bank.wang, **more)
    with pytest.raises(NotTheReporter):
        reported(SYSTEM)


def test_only_its_department_takes_an_item_and_only_once(bank):
    made = reported(bank.wang)
    for somebody in (bank.wang, bank.zhang, bank.it):
        with pytest.raises(NotTheDepartment):
            feedback.triage(item=made.id, by=somebody)
    feedback.triage(item=made.id, by=bank.operations)
    with pytest.raises(WrongState):
        feedback.triage(item=made.id, by=bank.operations)


def test_the_supervisor_answers_for_the_own_branch_alone(bank):
    here = reported(bank.wang, operation="1401")
    there = reported(bank.operations, operation="1401")
    feedback.triage(item=here.id, by=bank.zhang)
    with pytest.raises(NotTheDepartment):
        feedback.triage(item=there.id, by=bank.zhang)


def test_a_problem_of_others_does_not_exist_and_an_idea_is_for_everybody(bank):
    problem, thought = reported(bank.wang), idea(bank.wang)
    with pytest.raises(UnknownItem):
        feedback.item(problem.id, by=bank.li)
    assert feedback.item(thought.id, by=bank.li).id == thought.id
    with pytest.raises(UnknownItem):
        feedback.item(99999, by=bank.li)


def test_a_question_stops_the_clock_and_the_reply_lets_it_go_on(bank, monkeypatch):
    at(monkeypatch, china("2026-11-23 09:00"))
    made = taken(bank)
    assert made.due == china("2026-11-24 17:00")
    feedback.ask(item=made.id, text="哪一版表单？", by=bank.operations)
    waiting = feedback.item(made.id, by=bank.wang)
    assert (waiting.state, waiting.due) == (S.WAITING, None)
    at(monkeypatch, china("2026-11-26 09:00"))
    with pytest.raises(NotTheReporter):
        feedback.reply(item=made.id, text="新版", by=bank.li)
    feedback.reply(item=made.id, text="新版", by=bank.wang)
    assert feedback.item(made.id, by=bank.wang).due == china("2026-11-27 17:00")


def test_the_clock_stands_over_the_national_holiday(bank, monkeypatch):
    """30 September 2026 is a Wednesday; banks work again on the 8th, and on Saturday the 10th."""
    at(monkeypatch, china("2026-09-30 13:00"))
    assert reported(bank.wang).due == china("2026-10-09 12:00")
    at(monkeypatch, china("2026-10-09 13:00"))
    assert reported(bank.wang).due == china("2026-10-12 12:00")


def test_a_day_that_the_bank_takes_off_moves_the_time(bank, monkeypatch):
    at(monkeypatch, china("2026-11-23 09:00"))
    org.set_calendar_day(
        date=china("2026-11-24 00:00").date(), kind=DayKind.HOLIDAY, name_zh="停业", source="通知",
        by=bank.operations,
    )  # fmt: skip
    assert reported(bank.wang).due == china("2026-11-25 17:00")


def test_handing_it_on_does_not_start_the_clock_again(bank, monkeypatch):
    at(monkeypatch, china("2026-11-23 09:00"))
    made = taken(bank)
    at(monkeypatch, china("2026-11-24 09:00"))
    with pytest.raises(ItemMalformed):
        feedback.route(item=made.id, department="nobody", note="归口", by=bank.operations)
    with pytest.raises(WrongState):
        feedback.route(item=made.id, department="operations", note="归口", by=bank.operations)
    feedback.route(item=made.id, department="it", note="系统问题", by=bank.operations)
    found = feedback.item(made.id, by=bank.it)
    assert (found.state, found.owner, found.due) == (S.REPORTED, None, china("2026-11-24 17:00"))
    with pytest.raises(NotTheDepartment):
        feedback.triage(item=made.id, by=bank.operations)


def test_what_is_late_is_told_to_the_department_above_once(bank, monkeypatch):
    at(monkeypatch, china("2026-11-23 09:00"))
    made = reported(bank.wang, operation="9001")
    assert made.department == "it"
    assert feedback.escalate_due() == 0
    at(monkeypatch, china("2026-11-24 17:01"))
    assert feedback.escalate_due() == 1
    assert feedback.escalate_due() == 0
    event = Event.objects.filter(verb="feedback.item.escalated").get()
    assert event.data["items"] == [made.id]
    (line,) = board(bank.operations).lines
    assert line.item.escalated
    feedback.triage(item=made.id, by=bank.operations)
    feedback.ask(item=made.id, text="哪一版？", by=bank.operations)
    assert [one.item.id for one in board(bank.operations).lines] == [made.id]


def test_a_plan_is_due_on_its_day(bank, monkeypatch):
    at(monkeypatch, china("2026-11-23 09:00"))
    made = taken(bank)
    day = china("2026-12-01 00:00").date()
    with pytest.raises(ItemMalformed):
        feedback.plan(item=made.id, text="下版上线", day=china("2026-11-22 00:00").date(), by=bank.operations)
    feedback.plan(item=made.id, text="下版上线", day=day, by=bank.operations)
    assert feedback.item(made.id, by=bank.wang).due == china("2026-12-01 17:00")
    assert news_count(bank.wang.id)[0] == 1
    later = china("2026-12-08 00:00").date()
    feedback.plan(item=made.id, text="推迟一周", day=later, by=bank.operations)
    assert feedback.item(made.id, by=bank.wang).due == china("2026-12-08 17:00")


def test_the_answer_reaches_the_reporter_and_is_seen(bank):
    made = answered(bank)
    assert feedback.waiting(by=bank.wang, known={})[0] == 1
    feedback.see(item=made.id, by=bank.wang)
    assert Event.objects.filter(verb="feedback.news.seen").count() == 1
    assert feedback.waiting(by=bank.wang, known={})[0] == 0


def test_an_item_is_closed_with_a_measured_effect_or_a_reason(bank):
    made = answered(bank)
    for nothing in (Effect(), Effect(text="好多了"), Effect(text="好", before=Decimal(1)), Effect(unit="笔")):
        with pytest.raises(ItemMalformed):
            feedback.close(item=made.id, effect=nothing, shown=True, by=bank.operations)
    feedback.close(item=made.id, effect=MEASURED, shown=True, by=bank.operations)
    assert state(made, bank.wang) is S.CLOSED
    other = answered(bank)
    feedback.close(item=other.id, effect=REASON, shown=True, by=bank.operations)
    with pytest.raises(DatabaseError), transaction.atomic():
        Closure.objects.create(item_id=made.id, person_id=bank.wang.id)


REFUSED = {
    "triage": ("taken", lambda i, b: feedback.triage(item=i, by=b.operations)),
    "ask before it is taken": (
        "reported", lambda i, b: feedback.ask(item=i, text="?", by=b.operations)),
    "answer before it is taken": (
        "reported", lambda i, b: feedback.answer(item=i, text="!", by=b.operations)),
    "close before it is answered": (
        "taken", lambda i, b: feedback.close(item=i, effect=REASON, shown=True, by=b.operations)),
    "reply unasked": ("taken", lambda i, b: feedback.reply(item=i, text="!", by=b.wang)),
    "rate before the answer": ("taken", lambda i, b: feedback.rate(item=i, score=5, words="", by=b.wang)),
    "reopen before the answer": ("taken", lambda i, b: feedback.reopen(item=i, reason="?", by=b.wang)),
    "answer twice": ("answered", lambda i, b: feedback.answer(item=i, text="!", by=b.operations)),
    "hand on what is answered": (
        "answered", lambda i, b: feedback.route(item=i, department="it", note="!", by=b.operations)),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_may_not_follow_is_refused(bank, what):
    start, act = REFUSED[what]
    made = {"reported": lambda b: reported(b.wang), "taken": taken, "answered": answered}[start](bank)
    before = Item.objects.get(pk=made.id).state
    with pytest.raises(WrongState):
        act(made.id, bank)
    assert Item.objects.get(pk=made.id).state == before


def test_the_reporter_rates_the_answer_once_and_from_one_to_five(bank):
    made = answered(bank)
    with pytest.raises(ItemMalformed):
        feedback.rate(item=made.id, score=6, words="", by=bank.wang)
    with pytest.raises(NotTheReporter):
        feedback.rate(item=made.id, score=5, words="", by=bank.li)
    feedback.rate(item=made.id, score=4, words="很快", by=bank.wang)
    with pytest.raises(RatedAlready):
        feedback.rate(item=made.id, score=1, words="", by=bank.wang)
    assert Rating.objects.get().score == 4


def test_nobody_rates_an_answer_of_their_own(bank):
    made = reported(bank.operations)
    feedback.triage(item=made.id, by=bank.operations)
    feedback.answer(item=made.id, text="好", by=bank.operations)
    with pytest.raises(OwnAnswer):
        feedback.rate(item=made.id, score=5, words="", by=bank.operations)


def test_it_is_reopened_once_and_in_time(bank, monkeypatch):
    at(monkeypatch, china("2026-11-02 09:00"))
    late, made = answered(bank), answered(bank)
    feedback.reopen(item=made.id, reason="仍然没有", by=bank.wang)
    found = feedback.item(made.id, by=bank.wang)
    assert (found.state, found.owner, found.reopened) == (S.REPORTED, None, True)
    assert found.due == china("2026-11-03 17:00")
    feedback.triage(item=made.id, by=bank.operations)
    feedback.answer(item=made.id, text="真的好了", by=bank.operations)
    with pytest.raises(ReopenedOnce):
        feedback.reopen(item=made.id, reason="还没有", by=bank.wang)
    at(monkeypatch, china("2026-11-17 09:00"))
    with pytest.raises(TooLate):
        feedback.reopen(item=late.id, reason="晚了", by=bank.wang)


def test_a_duplicate_is_followed_and_its_reporter_hears_the_answer(bank):
    first, second = taken(bank), reported(bank.li)
    with pytest.raises(ItemMalformed):
        feedback.merge(item=second.id, into=second.id, by=bank.operations)
    with pytest.raises(ItemMalformed):
        feedback.merge(item=second.id, into=idea(bank.wang).id, by=bank.operations)
    feedback.merge(item=second.id, into=first.id, by=bank.operations)
    assert feedback.item(second.id, by=bank.li).merged_into == first.id
    assert feedback.item(second.id, by=bank.li).due is None
    feedback.answer(item=first.id, text="已加上", by=bank.operations)
    assert {one.item_id for one in Follower.objects.filter(person=bank.li.id, news_at__isnull=False)} == {
        first.id, second.id}  # fmt: skip
    assert feedback.item(first.id, by=bank.li).state is S.ANSWERED


def test_what_was_merged_twice_ends_in_the_last(bank):
    one, two, three = idea(bank.wang), idea(bank.li), idea(bank.chen)
    feedback.vote(item=one.id, by=bank.zhang)
    feedback.merge(item=one.id, into=two.id, by=bank.operations)
    feedback.merge(item=two.id, into=three.id, by=bank.operations)
    assert feedback.item(one.id, by=bank.wang).merged_into == three.id
    assert feedback.item(three.id, by=bank.wang).votes == 1
    assert Follower.objects.filter(item=three.id).count() == 4


def test_one_vote_a_person_and_it_can_be_taken_back(bank):
    made = idea(bank.wang)
    feedback.vote(item=made.id, by=bank.li)
    with pytest.raises(VotedAlready):
        feedback.vote(item=made.id, by=bank.li)
    assert feedback.item(made.id, by=bank.li).votes == 1
    feedback.take_back(item=made.id, by=bank.li)
    with pytest.raises(VotedAlready):
        feedback.take_back(item=made.id, by=bank.li)
    feedback.vote(item=made.id, by=bank.li)
    assert (feedback.item(made.id, by=bank.li).votes, Vote.objects.count()) == (1, 2)
    with pytest.raises(UnknownItem):
        feedback.vote(item=reported(bank.wang).id, by=bank.li)


def test_notes_of_the_department_stay_there(bank):
    made = taken(bank)
    feedback.note(item=made.id, text="供应商说下周", by=bank.operations)
    assert [one.text for one in steps(made.id, internal=True) if one.post is PostKind.NOTE]
    assert not [one for one in steps(made.id, internal=False) if one.post is PostKind.NOTE]


def test_what_was_said_does_not_change_even_for_the_owner(bank):
    answered(bank)
    with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
        Post.objects.update(text="别的")


def board(by, **more):
    given = {"query": "", "kind": "", "state": "", "department": "", "page": 1} | more
    return feedback.board(by=by, **given)


def test_the_board_has_the_most_urgent_first_and_is_filtered(bank, monkeypatch):
    at(monkeypatch, china("2026-11-23 09:00"))
    thought, problem = idea(bank.wang), reported(bank.wang)
    assert [one.item.id for one in board(bank.operations).lines] == [problem.id, thought.id]
    assert [one.item.id for one in board(bank.operations, kind="idea").lines] == [thought.id]
    assert [one.item.id for one in board(bank.operations, query=problem.name).lines] == [problem.id]
    assert [one.item.id for one in board(bank.operations, query="职业").lines] == [problem.id]
    assert board(bank.operations, state="closed").lines == ()
    assert board(bank.wang).lines == ()


def test_the_month_says_what_was_said_and_done(bank, monkeypatch):
    at(monkeypatch, china("2026-11-23 09:00"))
    made, hidden = answered(bank), answered(bank, title="不公开")
    feedback.rate(item=made.id, score=5, words="", by=bank.wang)
    feedback.close(item=made.id, effect=MEASURED, shown=True, by=bank.operations)
    feedback.close(item=hidden.id, effect=REASON, shown=False, by=bank.operations)
    figures, (line,), more = feedback.month(2026, 11, page=1)
    assert (line.item, line.answer, line.effect) == (made.id, "已加上职业栏", MEASURED)
    assert (figures.reported, figures.answered, figures.closed) == (2, 2, 2)
    assert (figures.scores, figures.satisfied, more) == (1, 1, False)
    assert feedback.month(2026, 12, page=1)[1] == []


def test_nothing_is_late_that_was_answered(bank, monkeypatch):
    at(monkeypatch, china("2026-11-23 09:00"))
    answered(bank)
    at(monkeypatch, clock.now() + timedelta(days=30))
    assert feedback.escalate_due() == 0
    assert not Escalation.objects.exists()


def test_a_refusal_says_which_rule_and_who_can_help(bank):
    made = reported(bank.wang)
    with pytest.raises(Refusal) as refused:
        feedback.triage(item=made.id, by=bank.zhang)
    assert refused.value.why.source == "feedback.departments"
    assert str(refused.value.why.remedy)


def test_an_idea_needs_no_operation(bank):
    made = idea(bank.wang, operation="")
    assert (made.kind, made.department) == (Kind.IDEA, "operations")


def test_an_answer_is_written_to_the_reporter_for_the_digest_and_to_nobody_else(bank):
    made = answered(bank)
    (line,) = mail.letters(person=bank.wang.id).lines
    assert line.digest
    assert line.subject == made.title
    assert mail.letters(person=bank.operations.id).lines == ()
