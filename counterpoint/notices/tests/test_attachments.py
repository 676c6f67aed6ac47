"""Attachments: their text is read apart and bounded, a search finds it, and who wrote it sees what is not."""

import io
import zipfile

import docx
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from counterpoint.notices import services as notices
from counterpoint.notices.data import Audience
from counterpoint.notices.models import NoticeVersion, PaperText, VersionWords
from counterpoint.notices.tests.bank import browser, published
from counterpoint.notices.tests.test_views import FORM, at, words
from counterpoint.papers import services as papers
from counterpoint.papers.data import PaperRefused

pytestmark = pytest.mark.django_db


def word_document(*paragraphs):
    made, out = docx.Document(), io.BytesIO()
    for one in paragraphs:
        made.add_paragraph(one)
    table = made.add_table(rows=1, cols=1)
    table.rows[0].cells[0].text = "表内文字"
    made.save(out)
    return out.getvalue()


def workbook():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.add_worksheet("费率").write_row(0, 0, ["跨境汇款", 0.15])
    book.close()
    return out.getvalue()


def pdf(text=b"Foreign remittance"):
    stream = b"BT /F1 12 Tf 72 700 Td (" + text + b") Tj ET" if text else b""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]  # fmt: skip
    body = b"%PDF-1.4\n"
    places = []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(body)
    return body + b"xref\n0 6\n0000000000 65535 f \n" + table + (
        b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start
    )  # fmt: skip


def kept(bank, name, content):
    return papers.keep(
        content=content, name=name, kind="other", branch=bank.writer.branch, by=bank.writer, office=True
    ).id


@pytest.fixture
def attached(bank):
    """A published notice with one attachment of each kind, read."""
    ids = tuple(
        kept(bank, name, content)
        for name, content in (
            ("细则.docx", word_document("外币兑换须登记护照号码")), ("费率.xlsx", workbook()),
            ("rules.pdf", pdf()), ("scan.pdf", pdf(b"")),
        )
    )  # fmt: skip
    made = published(bank, papers=ids)
    assert notices.read_attachments() == 4
    return made


@pytest.mark.parametrize(
    ("query", "name", "hit"),
    [
        ("护照号码", "细则.docx", "护照号码"), ("表内文字", "细则.docx", "表内文字"),
        ("跨境汇款", "费率.xlsx", "跨境汇款"), ("remittance", "rules.pdf", "remittance"),
    ],
)  # fmt: skip
def test_a_search_finds_what_stands_in_an_attachment_and_says_in_which(bank, attached, query, name, hit):
    (line,) = notices.search(by=bank.wang, query=query).lines
    assert line.id == attached.id
    assert line.attachment == name
    assert [text for text, marked in line.excerpt if marked] == [hit]
    page = words(browser(bank.wang).get(at("notices"), {"q": query}))
    assert f"<mark>{hit}</mark>" in page
    assert name in page


def test_what_stands_in_the_notice_itself_is_shown_from_there(bank, attached):
    (line,) = notices.search(by=bank.wang, query="身份证件").lines
    assert line.attachment == ""


def test_the_author_sees_what_a_search_will_not_find(bank, attached):
    page = words(browser(bank.writer).get(at("version", attached.id)))
    assert "A search does not find its text: it has no text, such as a scan" in page
    assert "characters can be searched" in page
    assert "A search does not find" not in words(browser(bank.wang).get(at("version", attached.id)))


def test_each_attachment_is_read_once(bank, attached):
    assert notices.read_attachments() == 0
    assert PaperText.objects.count() == 4
    assert VersionWords.objects.filter(version=attached.id).count() == 5


def test_a_mistyped_word_of_an_attachment_is_near(bank, attached):
    found = notices.search(by=bank.wang, query="登记护照号玛")
    assert found.fuzzy
    assert [one.id for one in found.lines] == [attached.id]


def test_only_who_may_read_the_notice_finds_its_attachment(bank):
    paper = kept(bank, "细则.docx", word_document("外币兑换须登记护照号码"))
    published(bank, papers=(paper,), audience=Audience(people=(bank.li.id,)))
    notices.read_attachments()
    assert notices.search(by=bank.wang, query="护照号码").lines == ()
    assert len(notices.search(by=bank.li, query="护照号码").lines) == 1


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<x/>")
        for number in range(3):
            packed.writestr(f"word/document.xml{number or ''}", b"\0" * (80 << 20))
    return out.getvalue()


def macros():
    out = io.BytesIO(word_document("x"))
    with zipfile.ZipFile(out, "a") as packed:
        packed.writestr("word/vbaProject.bin", b"x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.docx", bomb(), "huge"), ("a.docx", macros(), "macros"),
        ("a.docx", word_document("x")[:-400], "broken"), ("a.pdf", word_document("x"), "lies"),
        ("a.zip", b"PK\x03\x04x", "archive"),
    ],
)  # fmt: skip
def test_what_is_no_whole_harmless_document_is_not_kept(bank, name, content, word):
    with pytest.raises(PaperRefused) as refused:
        kept(bank, name, content)
    assert refused.value.details["word"] == word


def test_a_document_is_kept_only_where_it_is_asked_for(bank):
    with pytest.raises(PaperRefused):
        papers.keep(
            content=word_document("x"), name="a.docx", kind="other", branch=bank.writer.branch, by=bank.writer
        )


def test_a_long_text_is_searched_to_a_bound(bank):
    paper = kept(bank, "长.docx", word_document("甲" * 500, "乙丙丁" * 10))
    assert papers.text_of(paper=paper, pages=9, characters=100).text == "甲" * 100


def test_a_document_is_attached_on_the_page_and_saved_from_its_own(bank):
    client = browser(bank.writer)
    file = SimpleUploadedFile("细则.docx", word_document("外币兑换"))
    assert client.post(at("new"), FORM | {"files": [file]}).status_code == 302
    made = NoticeVersion.objects.get()
    assert "is being read for the search" in words(client.get(at("version", made.pk)))
    paper = made.papers.get().paper_id
    page = words(client.get(f"/papers/{paper}/"))
    assert "Save the file" in page
    assert "<img" not in page.partition("data-papers-sheet")[2].partition("</section>")[0]
    assert client.get(f"/papers/{paper}/preview/1/").status_code == 404
    assert client.get(f"/papers/{paper}/content/")["Content-Disposition"].startswith("attachment")
    changed = client.post(at("change", made.pk), FORM | {"edition": made.edition})
    assert changed.status_code == 302
    assert not made.papers.exists()
    notices.read_attachments()
    assert VersionWords.objects.filter(version=made.pk).count() == 1
