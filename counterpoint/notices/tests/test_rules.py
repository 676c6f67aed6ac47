"""Pure decisions: questions as they are written, phases, audiences, pieces of a search."""

from datetime import UTC, datetime, timedelta

import pytest

from counterpoint.notices import rules
from counterpoint.notices.data import Audience, NoticeMalformed, Phase, VersionState
from counterpoint.notices.templatetags.notices import markdown

NOON = datetime(2026, 11, 27, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEXT = "? 须核对什么 | What is checked\n+ 证件 | The document\n- 不用 | Nothing\n! 见第三条 | See clause 3"


def test_questions_are_read_and_written_alike():
    (question,) = rules.questions_of(TEXT)
    assert question.en == "What is checked"
    assert question.is_right(0)
    assert not question.is_right(1)
    assert not question.is_right(7)
    assert rules.questions_text([question]) == TEXT
    assert rules.load(rules.dump([question])) == (question,)


@pytest.mark.parametrize(
    "text", ["+ 没有问题", "? 只有问题", "? 两个对\n+ 甲\n+ 乙", "? 一个选项\n+ 甲", "乱写", "? "]
)
def test_what_is_no_question_is_refused(text):
    with pytest.raises(NoticeMalformed):
        rules.questions_of(text)


@pytest.mark.parametrize(
    ("effective", "expires", "ends", "phase"),
    [
        (NOON + HOUR, None, None, Phase.SCHEDULED),
        (NOON, None, None, Phase.LIVE),
        (NOON - HOUR, NOON, None, Phase.EXPIRED),
        (NOON - HOUR, None, NOON, Phase.SUPERSEDED),
    ],
)
def test_the_clock_makes_a_phase(effective, expires, ends, phase):
    assert rules.phase(VersionState.PUBLISHED, effective, expires, ends, NOON) is phase


def test_branches_and_roles_narrow_each_other_and_persons_come_on_top():
    rule = Audience(branches=(3,), roles=("teller",), people=(9,))
    reaches = lambda person, branch, *roles: rules.reaches(rule, person=person, branch=branch, roles=roles)  # noqa: E731
    assert reaches(1, 3, "teller")
    assert not reaches(1, 4, "teller")
    assert not reaches(1, 3, "auditor")
    assert reaches(9, 4)
    assert not rules.reaches(Audience(), person=1, branch=3, roles=())


def test_what_changed_is_shown_by_lines():
    found = rules.difference("第一条\n五万元", "第一条\n三万元")
    assert ("same", "第一条") in found
    assert ("gone", "五万元") in found
    assert ("new", "三万元") in found


def test_a_search_is_made_of_pieces_that_the_text_has():
    text = rules.grams("现金取款 cash withdrawal 1102")
    for asked in ("现金", "取", "withdraw", "ca", "1102", "取款 cash"):
        assert rules.grams(asked, asked=True) <= text, asked
    assert not rules.grams("存款", asked=True) <= text


def test_a_hit_is_shown_with_what_is_around_it():
    found = rules.excerpt("一" * 100 + "核对身份证件" + "二" * 100, "身份证件")
    assert [text for text, hit in found if hit] == ["身份证件"]
    assert found[0][0].startswith("…")
    assert found[-1][0].endswith("…")


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "[x](javascript:alert(1))", "![x](https://e.x/p.png)", 
     "[x](data:text/html,x)", "<img src=x onerror=alert(1)>"],
)  # fmt: skip
def test_what_people_write_is_harmless(text):
    made = markdown(text)
    assert "<script" not in made
    assert "<img" not in made
    assert "href=" not in made or "https://e.x" in made
