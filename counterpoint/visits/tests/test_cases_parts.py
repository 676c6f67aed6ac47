"""Papers, comments and links of cases."""

import io
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from counterpoint.customers import services as customers
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Malformed, NotAllowed, NotFound, Refusal
from counterpoint.kit.models import Event
from counterpoint.kit.testing import once
from counterpoint.org import services as org
from counterpoint.papers import services as papers
from counterpoint.people import services as people
from counterpoint.visits import services as visits
from counterpoint.visits.data import (
    CaseEnded,
    CaseMalformed,
    CaseState,
    CommentWithdrawn,
    LinkStands,
    NotYourCase,
    NotYourComment,
    PaperStands,
    PaperStatus,
    TooManyPapers,
    UnknownCase,
    UnknownComment,
    UnknownLink,
    UnknownMention,
    WaiverNotAllowed,
)
from counterpoint.visits.models_cases import CaseComment, CaseMention, CasePaperRow
from counterpoint.visits.services.cases_links import find_subject
from counterpoint.visits.tests.cases_bank import BRANCH, build, customer, inquiry, loan

pytestmark = pytest.mark.django_db


world = once(build)


@pytest.fixture
def bank(world):
    return world()


def event(verb):
    return Event.objects.filter(verb=verb).latest("id")


# Papers


def scan(by, colour="white"):
    """A picture, kept as a paper."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return papers.keep(content=out.getvalue(), name="scan.png", kind="proof", branch=BRANCH, by=by).id


def need(case, kind="income_proof"):
    return next(one for one in visits.papers_of_case(case=case.id) if one.kind == kind)


def test_a_paper_comes_is_refused_and_a_better_one_counts(bank):
    made, first, second = loan(bank), scan(bank.zhao), scan(bank.wu, "red")
    assert need(made).status is PaperStatus.MISSING
    visits.hand_in(case=made.id, need=need(made).id, files=[first], by=bank.zhao)
    visits.refuse_paper(case=made.id, need=need(made).id, reason="看不清", by=bank.zhao)
    refused = need(made)
    assert (refused.status, refused.papers, refused.lacking) == (PaperStatus.REFUSED, (), True)
    visits.hand_in(case=made.id, need=refused.id, files=[second], by=bank.wu)
    assert need(made).papers == (second,)
    assert [row.note for row in need(made).rows] == ["", "看不清", ""]
    assert event("visits.case_paper.handed_in").data["papers"] == [second]
    assert "看不清" not in str(event("visits.case_paper.refused").data)


def test_several_files_make_one_paper_up_to_what_the_rule_lets(bank, monkeypatch):
    made = loan(bank)
    files = [scan(bank.zhao, colour) for colour in ("red", "green", "blue")]
    visits.hand_in(case=made.id, need=need(made).id, files=files[:2], by=bank.zhao)
    with pytest.raises(PaperStands):
        visits.hand_in(case=made.id, need=need(made).id, files=files[1:], by=bank.zhao)
    decided = org.value
    monkeypatch.setattr(
        org, "value", lambda *, key, at: 2 if key == "cases.papers_each" else decided(key=key, at=at)
    )
    with pytest.raises(TooManyPapers):
        visits.hand_in(case=made.id, need=need(made).id, files=files[2:], by=bank.zhao)
    assert need(made).papers == tuple(files[:2])


def test_what_cannot_be_handed_in(bank):
    made, theirs = loan(bank), scan(bank.li)
    for files in ([], [theirs], [999_999_999]):
        with pytest.raises(Refusal):
            visits.hand_in(case=made.id, need=need(made).id, files=files, by=bank.zhao)
    with pytest.raises(UnknownCase):
        visits.hand_in(case=made.id, need=999_999, files=[scan(bank.zhao)], by=bank.zhao)
    with pytest.raises(NotYourCase):
        visits.hand_in(case=made.id, need=need(made).id, files=[theirs], by=bank.li)
    assert CasePaperRow.objects.count() == 0


def test_a_required_paper_is_waived_by_who_may_authorize(bank):
    made = loan(bank)
    with pytest.raises(WaiverNotAllowed):
        visits.waive_paper(case=made.id, need=need(made).id, reason="老客户", by=bank.zhao)
    with pytest.raises(CaseMalformed):
        visits.waive_paper(case=made.id, need=need(made).id, reason=" ", by=bank.zhang)
    visits.waive_paper(case=made.id, need=need(made).id, reason="老客户", by=bank.zhang)
    waived = need(made)
    assert (waived.status, waived.lacking, waived.rows[-1].person) == (PaperStatus.WAIVED, False, "张伟")
    with pytest.raises(PaperStands):
        visits.waive_paper(case=made.id, need=waived.id, reason="again", by=bank.zhang)
    visits.waive_paper(case=made.id, need=need(made, "purpose_proof").id, reason="不涉及", by=bank.zhao)


def test_another_paper_is_asked_for_by_its_name(bank):
    made = loan(bank)
    visits.require_paper(case=made.id, name="结婚证", by=bank.zhao)
    asked = visits.papers_of_case(case=made.id)[-1]
    assert (asked.name, asked.required, asked.lacking) == ("结婚证", True, True)
    for name in ("结婚证", "", "x" * 81):
        with pytest.raises(Refusal):
            visits.require_paper(case=made.id, name=name, by=bank.zhao)
    assert visits.case(made.id).lacking == 5


def test_papers_are_shown_to_who_sees_the_case_and_to_nobody_else(bank):
    made = loan(bank)
    paper = scan(bank.zhao)
    visits.hand_in(case=made.id, need=need(made).id, files=[paper], by=bank.zhao)
    assert papers.subject_for(paper=paper, by=bank.wang) == f"case:{made.id}"
    assert papers.subject_for(paper=paper, by=bank.qian) is None


def test_nothing_is_handed_in_when_the_case_has_ended(bank):
    made = loan(bank)
    visits.move_case(case=made.id, state=CaseState.CANCELLED, note="x", by=bank.zhao)
    with pytest.raises(CaseEnded):
        visits.hand_in(case=made.id, need=need(made).id, files=[scan(bank.zhao)], by=bank.zhao)
    with pytest.raises(CaseEnded):
        visits.require_paper(case=made.id, name="x", by=bank.zhao)


# Comments


def test_a_comment_names_colleagues_and_they_hear_of_it(bank):
    made = loan(bank)
    visits.comment_case(case=made.id, words="请@李娜和 @080201 看一下，@赵敏", by=bank.wang)
    named = set(CaseMention.objects.values_list("person", flat=True))
    assert named == {bank.li.id, bank.zhang.id, bank.zhao.id}
    told = event("visits.comment.written").data
    assert set(told["mentions"]) == named
    assert "请" not in str(told)
    line = visits.comments_of(case=made.id).lines[0]
    assert {one.number for one in line.mentions} == {"080102", "080201", "080401"}


@pytest.mark.parametrize(
    "words",
    ["@nobody", "@999999 hello", "@070101 外行的人", "", " \n ", "x" * 2001, "a\x00b", "\ud800"],
)
def test_what_cannot_be_written(bank, words):
    made = loan(bank)
    with pytest.raises(Malformed):
        visits.comment_case(case=made.id, words=words, by=bank.wang)
    assert CaseComment.objects.count() == 0


def test_whoever_may_not_see_the_case_is_not_named(bank):
    with pytest.raises(UnknownMention):
        visits.comment_case(case=inquiry(bank).id, words="@080101", by=bank.liu)
    visits.comment_case(case=inquiry(bank).id, words="@080201", by=bank.liu)


def test_two_of_one_name_are_told_apart_by_number(bank):
    twin = people.add_staff(
        number="080105", name_zh="王芳", name_en="Wang Fang", branch=BRANCH, by=SYSTEM
    ).person
    people.assign_role(
        person=twin.id, role="lobby_manager", branch=BRANCH, valid_from=clock.today(), by=SYSTEM
    )
    made = loan(bank)
    with pytest.raises(UnknownMention):
        visits.comment_case(case=made.id, words="@王芳", by=bank.li)
    visits.comment_case(case=made.id, words="@080105", by=bank.li)


def test_the_same_press_writes_once(bank):
    made, key = loan(bank), uuid4()
    first, second = (visits.comment_case(case=made.id, words="一次", key=key, by=bank.wang) for _ in range(2))
    assert first == second
    other = visits.comment_case(case=made.id, words="一次", by=bank.wang)
    assert other != first


def test_the_author_withdraws_and_the_row_stays(bank):
    made = loan(bank)
    id = visits.comment_case(case=made.id, words="@080102 错了", by=bank.wang)
    with pytest.raises(NotYourComment):
        visits.withdraw_comment(comment=id, by=bank.li)
    with pytest.raises(UnknownComment):
        visits.withdraw_comment(comment=id, by=bank.qian)
    visits.withdraw_comment(comment=id, by=bank.wang)
    with pytest.raises(CommentWithdrawn):
        visits.withdraw_comment(comment=id, by=bank.wang)
    line = visits.comments_of(case=made.id).lines[0]
    assert (line.words, line.mentions, line.withdrawn is not None) == ("", (), True)
    assert CaseComment.objects.get(pk=id).words == "@080102 错了"


def test_a_stranger_and_the_system_write_nothing(bank):
    made = loan(bank)
    with pytest.raises(UnknownCase):
        visits.comment_case(case=made.id, words="hello", by=bank.qian)
    with pytest.raises(NotAllowed):
        visits.comment_case(case=made.id, words="hello", by=SYSTEM)


def test_a_thousand_comments_are_read_page_by_page_in_as_few_queries_as_one(bank):
    made = loan(bank)
    visits.comment_case(case=made.id, words="@080102 第一条", by=bank.wang)
    with CaptureQueriesContext(
        connection,
    ) as few:
        visits.comments_of(case=made.id)
    rows = [CaseComment(case_id=made.id, person_id=bank.wang.id, words=f"第{n}条") for n in range(1_000)]
    CaseComment.objects.bulk_create(rows)
    with CaptureQueriesContext(connection) as many:
        page = visits.comments_of(case=made.id)
    assert len(few) == len(many) == 2
    assert (len(page.lines), page.lines[0].words) == (20, "第999条")
    seen, cursor = [], None
    while True:
        page = visits.comments_of(case=made.id, before=cursor)
        seen += [one.id for one in page.lines]
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 1_001
    assert seen == sorted(seen, reverse=True)


# Links


def test_things_are_linked_by_the_numbers_that_people_know(bank):
    made, party = loan(bank), customer()
    second = loan(bank, title="另一笔")
    for kind, text, subject in (
        ("party", f" {customers.party(party).number} ", f"party:{party}"),
        ("case", second.number, f"case:{second.id}"),
        ("case", str(second.id), f"case:{second.id}"),
    ):
        assert find_subject(kind=kind, text=text, by=bank.zhao) == subject
    visits.link_case(case=made.id, subject=f"party:{party}", by=bank.zhao)
    visits.link_case(case=made.id, subject=f"case:{second.id}", by=bank.zhao)
    with pytest.raises(LinkStands):
        visits.link_case(case=made.id, subject=f"case:{second.id}", by=bank.zhao)
    links = visits.links_of(case=made.id, by=bank.zhao)
    assert [one.subject for one in links] == [f"party:{party}", f"case:{second.id}"]
    assert "另一笔" in links[1].label.label
    assert made.id in [one.id for one in visits.cases_of(f"case:{second.id}")]
    visits.unlink_case(case=made.id, link=links[0].id, by=bank.zhao)
    assert visits.cases_of(f"party:{party}") == []
    with pytest.raises(UnknownLink):
        visits.unlink_case(case=made.id, link=links[0].id, by=bank.zhao)
    visits.link_case(case=made.id, subject=f"party:{party}", by=bank.zhao)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("entry", "999999999"), ("entry", "x"), ("account", "6222"), ("party", "nobody"), ("visit", "V999999"),
     ("case", "C999999"), ("nonsense", "1"), ("case", "9" * 30), ("case", "")],
)  # fmt: skip
def test_what_is_not_there_cannot_be_linked(bank, kind, text):
    with pytest.raises(NotFound):
        find_subject(kind=kind, text=text, by=bank.zhao)


def test_a_case_is_not_linked_to_itself_nor_to_what_one_may_not_see(bank):
    made = loan(bank)
    with pytest.raises(CaseMalformed):
        visits.link_case(case=made.id, subject=made.subject, by=bank.zhao)
    with pytest.raises(UnknownLink):
        visits.link_case(case=made.id, subject=inquiry(bank).subject, by=bank.zhao)


def test_a_linked_case_that_one_may_not_see_shows_its_number_only(bank):
    made, secret = loan(bank), inquiry(bank)
    visits.link_case(case=made.id, subject=secret.subject, by=bank.zhang)
    assert visits.links_of(case=made.id, by=bank.zhang)[0].label.url
    shown = visits.links_of(case=made.id, by=bank.wang)[0].label
    assert (shown.label, shown.url) == (secret.number, "")
