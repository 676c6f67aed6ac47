"""The ledger's part in the day's end: gates, interest, totals, the day book."""

from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import connection

from counterpoint.kit.data import SYSTEM
from counterpoint.ledger import closing, queries_day
from counterpoint.ledger import services as ledger
from counterpoint.ledger.day_book import day_book
from counterpoint.ledger.models import Accumulation
from counterpoint.ledger.tests.books import branch, cash, customer, deposit, findings, move, withdraw
from counterpoint.org import services as org
from counterpoint.org.data import PDF_LINES, Phase, StepStatus

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 3, 20)


@pytest.fixture
def books(monkeypatch):
    """Only the ledger's and the first step: what other rooms want of a day is theirs to test."""
    for name in ("_gates", "_steps"):
        kept = {k: v for k, v in getattr(org.closing, name).items() if k.split(".")[0] in ("ledger", "org")}
        kept = {k: v for k, v in kept.items() if not k.startswith("org.") or k == "org.shut"}
        monkeypatch.setattr(org.closing, name, kept)
    branch(opened=FRIDAY, code="first")
    org.load_shipped_rules(by=SYSTEM)
    return branch(opened=FRIDAY)


def test_a_day_is_closed_with_interest_totals_and_a_day_book(books):
    mine = customer(books)
    deposit(books, mine.id, 100_000_000)
    withdraw(books, mine.id, 5_000)
    run = org.close_branch(branch=books, by=SYSTEM)
    assert {s.key: s.status for s in run.steps} == dict.fromkeys(
        ["org.shut", "ledger.interest", "ledger.totals", "ledger.day_book"], StepStatus.DONE
    )
    result = {s.key: s.result for s in run.steps}
    assert result["ledger.interest"] == {"accounts": 1}
    assert result["ledger.totals"] == {"entries": 2, "legs": 4}
    assert Accumulation.objects.get().product == 99_995_000
    with connection.cursor() as db:
        db.execute("SELECT name, content FROM org_day_paper ORDER BY name")
        papers = dict(db.fetchall())
    assert bytes(papers["day_book.pdf"]).startswith(b"%PDF")
    sheets = ZipFile(BytesIO(bytes(papers["day_book.xlsx"]))).namelist()
    assert "xl/worksheets/sheet2.xml" in sheets


def test_interest_of_a_quarter_that_ended_on_the_last_day_before_a_weekend_is_booked_once(books):
    mine = customer(books)
    deposit(books, mine.id, 100_000_000)
    org.close_branch(branch=books, by=SYSTEM)
    monday = FRIDAY + timedelta(days=3)
    run = org.open_branch(branch=books, date=monday, by=SYSTEM)
    assert run.phase is Phase.OPEN
    assert next(s.result for s in run.steps if s.key == "ledger.settlement") == {"booked": 1, "left": 0}
    assert ledger.account(mine.id).balance == 100_000_139
    assert closing.settlement_step(books, monday, Quiet()) == {"booked": 0, "left": 0}
    org.close_branch(branch=books, by=SYSTEM)
    # Saturday and Sunday without, Monday with what was booked.
    assert Accumulation.objects.get().product == 100_000_000 * 2 + 100_000_100
    assert findings() == []


class Quiet:
    by = SYSTEM

    def __call__(self, done, total):
        pass


def test_the_day_book_lists_the_day_and_no_other(books):
    mine = customer(books)
    deposit(books, mine.id, 100_000)
    org.close_day(branch=books, by=SYSTEM)
    org.open_day(branch=books, date=FRIDAY + timedelta(1), by=SYSTEM, on_holiday=True)
    withdraw(books, mine.id, 1_000)
    withdraw(books, mine.id, 2_000)
    first, second = day_book(books, FRIDAY), day_book(books, FRIDAY + timedelta(1))
    assert [row[7:9] for row in first.sheets[1].rows] == [[100_000, None], [None, 100_000]]
    assert [row[0] for row in second.sheets[1].rows] == [1, 2, 3, 4]
    assert second.sheets[0].rows == [
        ["1001", "库存现金", "CNY", 0, 0, 2, 3_000], ["2001", "活期存款", "CNY", 2, 3_000, 0, 0]
    ]  # fmt: skip
    assert second.sheets[0].totals == ["合计", "Total", "CNY", 2, 3_000, 2, 3_000]


def test_a_long_table_is_cut_in_the_pdf_and_whole_in_the_workbook(books):
    deposit(books, customer(books).id, 100_000)
    paper = day_book(books, FRIDAY)
    row = paper.sheets[1].rows[0]
    paper.sheets[1].rows.extend([row] * PDF_LINES)
    sheet = ZipFile(BytesIO(org.paper_xlsx(paper, FRIDAY))).read("xl/worksheets/sheet2.xml").decode()
    assert sheet.count("<row ") == PDF_LINES + 2 + 4 - 1  # title, head, column names; one row stays empty
    assert org.paper_pdf(paper, FRIDAY).startswith(b"%PDF")
    assert org.paper_xlsx(paper, FRIDAY) == org.paper_xlsx(paper, FRIDAY)


def test_a_leg_that_is_not_filed_as_its_entry_says_stops_the_close(books):
    deposit(books, customer(books).id, 100_000)
    with connection.cursor() as db:
        db.execute("SET session_replication_role = replica")
        db.execute("UPDATE ledger_leg SET balance = balance + 1 WHERE amount > 0")
        db.execute("SET session_replication_role = origin")
    _entries, _legs, astray = queries_day.legs_astray(books, FRIDAY)
    assert len(astray) == 1


def test_an_account_out_of_balance_shuts_its_gate_and_not_the_other(books):
    deposit(books, customer(books).id, 100_000)
    assert closing.balance_gate(books, FRIDAY) == closing.off_balance_gate(books, FRIDAY) == []
    with connection.cursor() as db:
        db.execute("UPDATE ledger_account SET balance = balance + 1 WHERE gl = '1001'")
    assert len(closing.balance_gate(books, FRIDAY)) == 1
    assert closing.off_balance_gate(books, FRIDAY) == []


def test_suspense_is_aged_first_in_first_out(books):
    short = ledger.internal_account(branch=books, gl="1221", currency="CNY")
    move(books, short, cash(books), 100)
    org.close_day(branch=books, by=SYSTEM)
    later = FRIDAY + timedelta(days=31)
    org.open_day(branch=books, date=later, by=SYSTEM, on_holiday=True)
    assert len(closing.suspense_gate(books, later)) == 1
    assert closing.suspense_gate(books, later - timedelta(days=1)) == []
    move(books, short, cash(books), 40)
    move(books, cash(books), short, 100)
    # The old hundred is settled, what is open is of today.
    assert closing.suspense_gate(books, later + timedelta(days=30)) == []
