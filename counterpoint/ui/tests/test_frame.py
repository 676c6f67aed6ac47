"""The frame: what rooms register appears, for those who may see it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from counterpoint.kit import clock
from counterpoint.kit.data import NotAllowed, Refusal, Why
from counterpoint.kit.live import read_ticket
from counterpoint.ui import services, views
from counterpoint.ui.context import Frame
from counterpoint.ui.data import Me, PaletteItem, Place, Waiting

WANG = Me(12, "王芳", "080101", "柜员")
BRANCH = Place(3, "上海人民路支行", date(2026, 11, 24), True, 1, "01 号柜台")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame in which nothing is registered."""
    for name in ("_rooms", "_counters", "_palette", "_channels", "_scripts", "_sections", "_acts", "_home"):
        monkeypatch.setattr(services, name, {})
    for name in ("_me", "_place"):
        monkeypatch.setattr(services, name, [])


@pytest.fixture
def signed_in(bare: None) -> Iterator[None]:
    services.describe_me(lambda _: WANG)
    services.describe_place(lambda _: BRANCH)
    with translation.override("zh-hans"):
        yield


def asked(path: str = "/ui/guide/", **data: Any) -> HttpRequest:
    request = RequestFactory().get(path, data)
    request.user = AnonymousUser()
    return request


def drawn(template: str = "ui/page.html", path: str = "/ui/guide/", **context: Any) -> str:
    return render_to_string(template, context, asked(path))


def body_of(response: HttpResponse) -> Any:
    return json.loads(response.content)


def test_an_act_is_on_every_screen_for_those_who_may_do_it(signed_in: None) -> None:
    for key, may in (("report", True), ("hidden", False)):
        services.add_act(
            key=key, title=key, icon="message", url_name="ui:guide", shortcut="Shift+F7",
            allowed=lambda _, may=may: may,
        )  # fmt: skip
    html = drawn()
    assert 'data-key="Shift+F7" data-key-label="report"' in html
    assert 'id="act-dialog"' in html
    assert "hidden</span>" not in html


def test_the_top_bar_names_person_place_and_the_state_of_the_day(signed_in: None) -> None:
    html = drawn()
    for text in ("王芳", "080101", "上海人民路支行", "01 号柜台", "2026-11-24 周二", "营业中"):
        assert text in html
    services.describe_place(lambda _: Place(3, "上海人民路支行", date(2026, 11, 24), open=False))
    assert "已日结" in drawn()


def test_the_rail_shows_only_rooms_that_exist_and_that_one_may_use(signed_in: None) -> None:
    for key, url_name, allowed in (
        ("mine", "ui:guide", True), ("closed", "ui:palette", False), ("later", "nowhere:at_all", True),
    ):  # fmt: skip
        services.add_room(
            key=key, title=f"房间{key}", icon="cash", url_name=url_name, allowed=lambda _, a=allowed: a
        )
    html = drawn()
    assert "房间mine" in html
    assert "房间closed" not in html
    assert "房间later" not in html


def test_the_rail_marks_the_room_with_the_longest_fitting_address(signed_in: None) -> None:
    services.add_room(key="a", title="A", icon="cash", url_name="ui:guide", allowed=lambda _: True)
    services.add_room(key="b", title="B", icon="cash", url_name="ui:palette", allowed=lambda _: True)
    rail = Frame(asked("/ui/guide/deeper/")).rail
    assert [(line.room.key, line.current) for line in rail] == [("a", True), ("b", False)]
    assert not any(line.current for line in Frame(asked("/elsewhere/")).rail)


def test_a_counter_shows_how_many_wait_and_since_when(signed_in: None) -> None:
    waiting: list[Waiting | None] = [Waiting(2, clock.now() - timedelta(minutes=3, seconds=1))]
    services.add_counter(
        key="a", title="授权", icon="cash", url_name="ui:guide", waiting=lambda _: waiting[0]
    )
    html = drawn("ui/counters.html")
    assert 'c-counter-n">2<' in html
    assert "3 分钟" in html
    waiting[0] = None
    assert "授权" not in drawn("ui/counters.html")


def test_the_counts_are_fetched_again_on_their_own_channels_only(signed_in: None) -> None:
    services.add_channel_source("more", lambda _: ("queue:3",))
    assert "hx-get" not in drawn("ui/topbar.html").partition("c-counters")[2].partition(">")[0]
    services.add_counter(
        key="a", title="授权", icon="cash", url_name="ui:guide", waiting=lambda _: Waiting(1),
        channels=lambda _: ("queue:3",),
    )  # fmt: skip
    bar = drawn("ui/topbar.html").partition("c-counters")[2].partition(">")[0]
    assert 'hx-get="/ui/counters/"' in bar
    assert 'data-signals="queue:3" hx-trigger="signals throttle:2s"' in bar
    assert 'c-counter-n">1<' in views.counters(asked()).content.decode()


def test_a_room_above_puts_its_part_into_a_page_below(signed_in: None) -> None:
    services.add_section(page="a.page", key="mine", source=lambda _, id: f"/part/{id}/")
    services.add_section(page="a.page", key="not-here", source=lambda _, id: None)
    services.add_section(page="another.page", key="mine", source=lambda _, id: "/elsewhere/")
    assert services.sections(asked(), "a.page", 5) == ["/part/5/"]
    assert services.sections(asked(), "third.page", 5) == []


def test_the_ticket_names_the_person_the_desk_and_what_the_page_may_hear(signed_in: None) -> None:
    services.add_channel_source("more", lambda _: ("queue:3", "branch:3"))
    ticket = read_ticket(Frame(asked()).ticket)
    assert (ticket.person, ticket.desk, ticket.branch) == (12, 1, 3)
    assert ticket.channels == ("person:12", "branch:3", "desk:1", "queue:3")
    assert body_of(views.ticket(asked()))["channels"] == list(ticket.channels)


def test_without_a_person_there_is_no_ticket_no_rail_and_no_guide(settings: Any) -> None:
    settings.DEMO = False
    services.add_room(key="a", title="房间", icon="cash", url_name="ui:guide", allowed=lambda _: True)
    assert views.ticket(asked()).status_code == 403
    assert body_of(views.ticket(asked())) == {"ticket": ""}
    assert Frame(asked()).rail == []
    with pytest.raises(NotAllowed):
        views.guide(asked())
    settings.DEMO = True
    assert views.guide(asked()).status_code == 200


def test_the_palette_offers_rooms_and_what_the_sources_find(signed_in: None) -> None:
    services.add_room(key="vault", title="现金", icon="coins", url_name="ui:guide", allowed=lambda _: True)
    services.add_room(key="secret", title="机密", icon="lock", url_name="ui:guide", allowed=lambda _: False)
    heard: list[str] = []

    def customers(_: HttpRequest, query: str) -> list[PaletteItem]:
        heard.append(query)
        hit = PaletteItem("张*明", "/customers/7/", "user", hint="尾号 1234", found=True)
        return [hit] if query else []

    services.add_palette_source("customers", customers)
    items = body_of(views.palette(asked("/ui/palette/", q="  1234 ")))["items"]
    assert [item["title"] for item in items] == ["现金", "张*明"]
    assert items[0]["words"] == "vault xj xianjin"
    assert items[1]["found"] is True
    body_of(views.palette(asked("/ui/palette/", q="x" * 500)))
    assert heard == ["1234", "x" * 80]


def test_a_refusal_has_its_four_lines_with_and_without_a_frame(signed_in: None) -> None:
    why = Why(rule="大额取款须双人", source="办法 §4", since="2026-01-01", remedy="申请授权", helper="张伟")
    refusal = Refusal("不能记账 <b>", why=why)
    for template in ("ui/refusal.html", "ui/refused.html"):
        html = drawn(template, refusal=refusal)
        for text in (
            "不能记账 &lt;b&gt;",
            "大额取款须双人",
            "办法 §4",
            "自 2026-01-01 起",
            "申请授权",
            "张伟",
        ):
            assert text in html
    assert "c-rail" in drawn("ui/refused.html", refusal=refusal)
    services._me.clear()
    assert "c-rail" not in drawn("ui/refused.html", refusal=refusal)
    bare_lines = drawn("ui/refusal.html", refusal=Refusal("x"))
    assert "原因" not in bare_lines
    assert "可找谁" not in bare_lines


@pytest.mark.parametrize("name", ["404.html", "500.html", "403_csrf.html"])
def test_the_pages_for_trouble_need_nothing_from_the_product(name: str) -> None:
    with translation.override("zh-hans"):
        html = render_to_string(name)
    assert "返回首页" in html
    assert html.count("<h1>") == 1


def test_a_part_that_breaks_is_a_note_and_not_a_page_within_a_page() -> None:
    part = views.server_error(RequestFactory().get("/x/", headers={"HX-Request": "true"}))
    assert part.status_code == 500
    assert b"<html" not in part.content
    assert b'role="alert"' in part.content
    assert b"<html" in views.server_error(RequestFactory().get("/x/")).content


def test_the_language_is_switched_by_post_only() -> None:
    assert views.language(asked("/ui/language/")).status_code == 405
    request = RequestFactory().post("/ui/language/", {"language": "en", "next": "/ui/guide/?a=1"})
    response = views.language(request)
    assert response.status_code == 302
    assert response["Location"] == "/ui/guide/?a=1"
    assert response.cookies["django_language"].value == "en"
    away = RequestFactory().post("/ui/language/", {"language": "en", "next": "https://evil.example/"})
    assert views.language(away)["Location"] == "/"


def test_an_answer_can_bring_a_notice_that_outlives_the_element_that_asked() -> None:
    response = services.toast(HttpResponse(), "已记账", "success")
    services.close_dialog(response, "approve")
    services.draft_done(response, "deposit")
    told = json.loads(response["HX-Trigger"])
    assert told == {
        "toast": {"target": "body", "text": "已记账", "meaning": "success"},
        "dialog-close": {"target": "body", "id": "approve"},
        "draft-done": {"target": "body", "name": "deposit"},
    }
    assert response["HX-Trigger"].isascii()
