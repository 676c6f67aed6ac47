"""Tags and filters: the same figure looks the same everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from counterpoint.kit import clock
from counterpoint.kit.money import Money


def drawn(text: str, language: str = "zh-hans", **context: Any) -> str:
    with translation.override(language):
        return Template("{% load i18n ui %}" + text).render(Context(context))


def test_money_has_a_currency_separators_and_a_real_minus() -> None:
    assert "1,409.50" in drawn('{% money 140950 "CNY" %}')
    negative = drawn("{% money value %}", value=Money(-12_00))
    assert "is-negative" in negative
    assert negative.index("−") < negative.index("¥") < negative.index("12.00")
    assert "-" not in negative.split(">", 1)[1].split("<span", 1)[0]
    assert "is-negative" not in drawn("{% money 0 %}")
    assert "+" in drawn("{% money 5 sign=True %}")
    assert "—" in drawn("{% money nothing %}", nothing=None)
    assert "JP¥" in drawn('{% money 500 "JPY" %}')
    assert drawn('{{ value|figure:"CNY" }}', value=-140950) == "−1,409.50"


def test_an_amount_is_spelled_in_the_language_of_the_page() -> None:
    assert drawn("{% amount_words 140950 %}") == "人民币壹仟肆佰零玖元伍角"
    assert drawn("{% amount_words 140950 %}", "en") == "CNY one thousand four hundred and nine and 50/100"
    assert drawn('{% amount_words 100 "CNY" "zh" %}', "en") == "人民币壹元整"


def test_an_account_number_is_shown_in_groups_and_copied_without_gaps() -> None:
    html = drawn("{{ number|account_number }}", number="6222080100000012345")
    assert [part.split("<")[0] for part in html.split("<span>")[1:]] == [
        "6222",
        "0801",
        "0000",
        "0012",
        "345",
    ]
    assert "&lt;" not in html
    assert "<script>" not in drawn("{{ number|account_number }}", number="<script>x</script>")


def test_dates_and_times_are_chinas() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert ">2026-11-24 周二<" in drawn("{{ day|cdate }}", day=date(2026, 11, 24))
    assert ">2026-11-24 Tue<" in drawn("{{ day|cdate }}", "en", day=late)
    assert ">07:30<" in drawn("{{ at|clock }}", at=late)
    assert ">2026-11-24 07:30:00<" in drawn("{{ at|moment }}", at=late)
    for name in ("cdate", "clock", "moment"):
        assert drawn("{{ none|" + name + " }}", none=None) == "—"


def test_a_time_is_as_short_as_its_day_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 11, 24, 9, 0, tzinfo=clock.CHINA)
    monkeypatch.setattr("counterpoint.kit.clock.now", lambda: now)
    for at, said in (
        (now.replace(hour=10, minute=42), "10:42"), (now.replace(day=25, hour=8), "11-25 08:00"),
        (now.replace(day=25, hour=0), "11-25"), (now.replace(hour=0), "11-24"),
    ):  # fmt: skip
        assert f">{said}</time>" in drawn("{{ at|shortly }}", at=at)


def test_waiting_is_told_shortly() -> None:
    assert drawn("{{ at|waited }}", at=clock.now() - timedelta(minutes=3, seconds=5)) == "3 分钟"
    assert drawn("{{ at|waited }}", "en", at=clock.now() - timedelta(hours=2, minutes=5)) == "2 h"


def test_a_state_is_a_word_and_a_picture() -> None:
    html = drawn('{% badge "冻结" "danger" %}')
    assert "is-danger" in html
    assert "冻结" in html
    assert "icons.svg#alert-octagon" in html


def test_what_people_typed_is_escaped_in_every_part() -> None:
    evil = "<img src=x onerror=alert(1)>"
    for text in (
        "{% badge evil %}", "{% kbd evil %}", "{% masked evil '/x/' %}", "{% empty evil evil %}",
        "{% facts rows %}", "{% confirm_button evil key=evil %}", "{% icon 'cash' label=evil %}",
        "{% timeline items %}",
    ):  # fmt: skip
        html = drawn(
            text, evil=evil, rows=[(evil, evil)], items=[{"title": evil, "at": clock.now(), "who": evil}]
        )
        assert "<img" not in html, text
        assert "&lt;img" in html, text


class Form(forms.Form):
    amount = forms.CharField(label="Amount")
    note = forms.CharField(label="Note", required=False, help_text="Printed.")


def test_a_field_tells_a_screen_reader_its_help_and_its_mistake() -> None:
    form = Form(data={"amount": "", "note": "x"})
    amount, note = (drawn("{% field f %}", f=form[name]) for name in ("amount", "note"))
    assert 'aria-invalid="true"' in amount
    assert 'aria-describedby="id_amount_error"' in amount
    assert 'id="id_amount_error"' in amount
    assert 'for="id_amount"' in amount
    assert 'aria-describedby="id_note_hint"' in note
    assert 'id="id_note_hint"' in note
    assert "选填" in note
    assert 'value="x"' in note


def test_an_amount_field_brings_its_words_with_it() -> None:
    html = drawn('{% amount_field f "CNY" %}', f=Form()["amount"])
    assert 'data-amount="CNY"' in html
    assert 'data-amount-words="id_amount_words"' in html
    assert 'id="id_amount_words"' in html


@pytest.mark.parametrize(("language", "name"), [("zh-hans", "5 角"), ("en", "¥0.50")])
def test_faces_post_minor_units_under_names_that_people_use(language: str, name: str) -> None:
    html = drawn('{% faces "in" counts total_of="id_amount" available=box %}', language,
                 counts={"10000": 3}, box={"50": 18})  # fmt: skip
    assert 'name="in_10000" value="3"' in html
    assert 'data-faces-total="id_amount"' in html
    assert name in html
    assert "18" in html


def test_a_confirm_button_is_sent_once_and_has_its_key() -> None:
    html = drawn('{% confirm_button "记账" key="F10" %}')
    assert "data-once" in html
    assert 'data-key="F10"' in html
    assert 'data-busy="处理中…"' in html
