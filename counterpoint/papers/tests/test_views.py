"""The upload, the page, the content: who gets in, and under which headers."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import reverse

from counterpoint.kit import clock
from counterpoint.papers import services
from counterpoint.papers.models import Paper, PaperContent
from counterpoint.papers.tests import samples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_readers")]
MINE = "/papers/"


def upload(browser, content=None, name="a.jpg", media="image/jpeg", headers=None, **more):
    content = samples.picture() if content is None else content
    file = SimpleUploadedFile(name, content, content_type=media)
    return browser.post(
        MINE, {"file": file, "kind": "photo", **more}, headers={"HX-Request": "true"} | (headers or {})
    )


def test_an_upload_answers_its_row(sign_in):
    answer = upload(sign_in("080101"), name="<b>证件</b>.jpg", field="papers")
    paper = Paper.objects.get()
    body = answer.content.decode()
    assert answer.status_code == 201
    assert f'name="papers" value="{paper.pk}"' in body
    assert "data-paper-remove" in body
    assert f"/papers/{paper.pk}/preview/1/?size=small" in body
    assert "<b>" not in body


@pytest.mark.parametrize("field", ["", '"><script>', "a" * 41])
def test_a_row_without_a_field_posts_nothing(sign_in, field):
    body = upload(sign_in("080101"), field=field).content.decode()
    assert "<input" not in body
    assert "data-paper-remove" not in body
    assert "script" not in body


def test_the_type_of_a_file_is_found_and_not_believed(sign_in):
    upload(sign_in("080101"), samples.pdf(), name="paper", media="text/html")
    assert (Paper.objects.get().media, Paper.objects.get().name) == ("application/pdf", "paper.pdf")


def test_a_machine_is_answered_in_json(sign_in):
    browser = sign_in("080101")
    answer = upload(browser, headers={"Accept": "application/json"})
    assert answer.status_code == 201
    kept = services.paper(answer.json()["id"])
    assert (answer.json()["sha256"], answer.json()["media"]) == (kept.sha256, "image/jpeg")
    refused = upload(browser, samples.zip_bomb(), headers={"Accept": "application/json"})
    assert (refused.status_code, refused.headers["Content-Type"]) == (422, "application/problem+json")
    assert (refused.json()["code"], refused.json()["details"]) == ("paper_refused", {"word": "archive"})


def test_a_refusal_is_a_part_of_the_page(sign_in):
    answer = upload(sign_in("080101"), samples.zip_bomb())
    assert answer.status_code == 422
    assert 'data-refusal="paper_refused"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_no_file_or_two_are_refused(sign_in):
    browser = sign_in("080101")
    answers = [
        browser.post(MINE, {"kind": "photo"}),
        browser.post(MINE, {"kind": "photo", "file": "words"}),
        upload(browser, other=SimpleUploadedFile("b.jpg", samples.picture())),
    ]
    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert not Paper.objects.exists()


class Unread(BytesIO):
    """A body that nobody may begin to read."""

    def read(self, *_):
        raise AssertionError("the body was read")


def test_a_hundred_megabytes_are_refused_before_they_are_read(sign_in):
    answer = sign_in("080101").generic(
        "POST", MINE, b"x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(100 << 20),
        headers={"HX-Request": "true"}, **{"wsgi.input": Unread()},
    )  # fmt: skip
    assert answer.status_code == 413
    assert 'data-refusal="paper_too_large"' in answer.content.decode()


def test_a_little_too_much_is_refused_as_well(sign_in):
    answer = upload(sign_in("080101"), samples.picture() + bytes(20 << 20))
    assert answer.status_code == 413


def test_an_upload_needs_its_token(staff, sign_in, settings):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = sign_in("080101").cookies
    assert upload(strict).status_code == 403
    token = "a" * 32
    strict.cookies[settings.CSRF_COOKIE_NAME] = token
    assert upload(strict, headers={"X-CSRFToken": token}).status_code == 201


def test_who_serves_nobody_keeps_nothing(sign_in):
    browser = sign_in("090301")
    assert upload(browser).status_code == 403
    assert browser.get(MINE).status_code == 403


def test_a_stranger_is_sent_to_sign_in(client, keep):
    paper = keep()
    for path in (MINE, f"/papers/{paper.id}/", f"/papers/{paper.id}/content/"):
        assert client.get(path).url.startswith("/sign-in/")


def test_todays_papers_stand_on_their_page(sign_in, keep):
    paper = keep(name="今日.jpg")
    body = sign_in("080101").get(MINE).content.decode()
    assert "今日.jpg" in body
    assert f"/papers/{paper.id}/" in body
    assert 'data-most="20971520"' in body


@pytest.mark.parametrize("place", ["", "content/", "preview/1/", "preview/1/?size=small"])
def test_a_paper_is_nothing_to_others(sign_in, keep, monkeypatch, place):
    paper = keep()
    path = f"/papers/{paper.id}/{place}"
    assert sign_in("080102").get(path).status_code == 404
    assert sign_in("080201").get(path).status_code == 404
    assert sign_in("080101").get(path).status_code == 200
    services.register_reader("visits", lambda by, id: "visit:7" if id == paper.id else None)
    assert sign_in("080102").get(path).status_code == 200
    monkeypatch.setattr("counterpoint.papers.services.readers._readers", {})
    later = clock.today() + timedelta(days=1)
    monkeypatch.setattr(clock, "today", lambda: later)
    assert sign_in("080101").get(path).status_code == 404


def test_what_is_not_there_is_not_found(sign_in, keep):
    browser = sign_in("080101")
    for place in ("999999/", f"{1 << 80}/", f"{keep().id}/preview/7/"):
        assert browser.get(f"/papers/{place}").status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "media", "place"),
    [
        (samples.picture(), "证件.jpg", "image/jpeg", "inline"),
        (samples.pdf(), 'a"b.pdf', "application/pdf", "attachment"),
        (samples.scans(1), "a.tif", "image/tiff", "attachment"),
    ],
)
def test_the_content_comes_sealed(sign_in, keep, content, name, media, place):
    paper = keep(content, name)
    answer = sign_in("080101").get(f"/papers/{paper.id}/content/")
    assert answer.content == content
    assert answer.headers["Content-Type"] == media
    assert answer.headers["Content-Disposition"].startswith(f"{place}; filename")
    assert answer.headers["Content-Security-Policy"] == "sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    preview = sign_in("080101").get(f"/papers/{paper.id}/preview/1/")
    assert (preview.headers["Content-Type"], preview.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert preview.headers["Content-Security-Policy"] == "sandbox"


def test_what_can_be_read_is_a_look_and_what_cannot_is_none(sign_in, keep):
    paper = keep()
    browser = sign_in("080101")

    def looks_after(path):
        browser.get(f"/papers/{paper.id}/{path}")
        return len(services.looks_of(paper.id))

    assert looks_after("preview/1/?size=small") == 0
    assert [looks_after(path) for path in ("", "preview/1/", "?page=1")] == [1, 1, 1]
    assert looks_after("content/") == 2
    assert {look.subject for look in services.looks_of(paper.id)} == {f"paper:{paper.id}"}


def test_who_looked_is_for_those_who_answer_for_it(sign_in, keep, wang):
    paper = keep()
    services.register_reader("visits", lambda by, id: "visit:7")
    services.look(paper=paper.id, subject="visit:7", by=wang)
    teller = sign_in("080102").get(f"/papers/{paper.id}/").content.decode()
    supervisor = sign_in("080201").get(f"/papers/{paper.id}/").content.decode()
    looks = supervisor.partition("papers-looks")[2]
    assert "papers-looks" not in teller
    assert "visit:7" in looks
    # The supervisor's own look stands there already.
    assert all(name in looks for name in ("王芳", "李娜", "张伟"))


def test_pages_are_turned_and_never_beyond_the_last(sign_in, keep):
    paper = keep(samples.printed(3), "a.pdf")
    browser = sign_in("080101")
    for asked, shown in (("2", 2), ("9", 3), ("0", 1), ("x", 1), ("9" * 40, 1)):
        answer = browser.get(f"/papers/{paper.id}/?page={asked}", headers={"HX-Request": "true"})
        body = answer.content.decode()
        assert f"/papers/{paper.id}/preview/{shown}/" in body
        assert "<html" not in body


def test_a_damaged_paper_says_so_in_its_place(sign_in, keep):
    paper = keep()
    PaperContent.objects.filter(pk=paper.id).update(content=b"other")
    answer = sign_in("080101").get(f"/papers/{paper.id}/")
    body = answer.content.decode()
    assert answer.status_code == 500
    assert 'data-refusal="paper_damaged"' in body
    assert paper.sha256 in body
    assert "preview/1" not in body


def test_a_form_shows_again_what_it_already_had(keep, sign_in):
    paper = keep()
    request = RequestFactory().get("/")
    page = engines["django"].from_string(
        '{% load papers %}{% papers_upload field="scans" kinds="id_copy" kept=kept %}{% papers_list kept %}'
    )
    body = page.render({"kept": [paper]}, request)
    assert body.count(f'name="scans" value="{paper.id}"') == 1
    assert 'data-papers-kind value="id_copy"' in body
    assert "<select" not in body
    assert body.count(f'href="{reverse("papers:paper", args=[paper.id])}"') == 2


def test_the_json_answer_has_no_content(sign_in):
    answer = upload(sign_in("080101"), headers={"Accept": "application/json"})
    assert "content" not in json.loads(answer.content)


def test_a_discarded_paper_still_says_what_it_was(sign_in, keep, zhang, monkeypatch):
    paper = keep(retention="work")
    services.register_reader("visits", lambda by, id: "visit:7")
    day = services.retained_until(paper) + timedelta(days=1)
    monkeypatch.setattr(clock, "today", lambda: day)
    services.discard(paper=paper.id, reason="its time is over", by=zhang)
    browser = sign_in("080101")
    answer = browser.get(f"/papers/{paper.id}/")
    assert answer.status_code == 410
    assert 'data-refusal="paper_discarded"' in answer.content.decode()
    assert paper.sha256 in answer.content.decode()
    assert browser.get(f"/papers/{paper.id}/content/").status_code == 410
