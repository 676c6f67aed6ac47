import json
from pathlib import Path

import pytest
from django.db import connection

from counterpoint.customers import services as customers
from counterpoint.customers.data import Relation
from counterpoint.kit.verifier import CHECKS
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind
from counterpoint.org import services as org
from demo.berka import importer
from demo.berka.booking import key_of
from demo.berka.tests.made import RECONCILED, ROWS, TABLES, write
from demo.berka.tests.test_parser import REAL

pytestmark = pytest.mark.django_db


def entries() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kit_event WHERE key IS NOT NULL")
        return int(cursor.fetchone()[0])


def books() -> dict[str, int]:
    return ledger.accounts_by_reference(["berka:account:10", "berka:account:11", "berka:loan:500"])


def last_line(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


def test_every_transaction_becomes_an_entry_and_every_balance_is_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert importer.run(write(tmp_path), json=True) == 0
    told = last_line(capsys)
    assert (told["transactions"], told["reconciled"], told["rounded"]) == (ROWS, RECONCILED, 1)
    assert (told["parties"], told["accounts"], told["incomplete_lines"]) == (3, 2, 0)
    assert [e["transaction"] for e in told["exceptions"]] == [9]  # type: ignore[attr-defined,index]
    assert entries() == ROWS
    # 1,000.00 is printed; the contradiction of 100.00 stays visible as a difference.
    assert ledger.account(books()["berka:account:10"]).balance == 110_000
    assert ledger.account(books()["berka:account:11"]).balance == -900


def test_each_kind_of_money_moves_against_its_own_subject(tmp_path: Path) -> None:
    importer.run(write(tmp_path))
    found = next(b.id for b in org.branches() if b.code == importer.BRANCH_CODE)
    trial = ledger.trial_balance(branch=found, date=org.business_day(found).date)
    # Debit is positive. The rounding leg is the tenth that transaction 6 prints too much.
    assert {line.gl: line.closing for line in trial.lines if line.closing} == {
        "1001": 100_000 - 10_000 + 5_000 - 6_000 + 10_000,
        "2001": -110_000 + 900,
        "3001": 52_910 - 41_450,
        "6011": -30,
        "6021": -1_460,
        "6301": 10,
        "6411": 120,
    }
    assert trial.balanced


def test_owners_disponents_loans_and_standing_orders_come_along(tmp_path: Path) -> None:
    importer.run(write(tmp_path))
    ids = books()
    linked = customers.parties_of_account(ids["berka:account:10"])
    assert [relation for _party, relation in linked] == [Relation.OWNER, Relation.AGENT]
    assert len(customers.mandates_of(ids["berka:account:10"])) == 1
    assert ledger.account(ids["berka:loan:500"]).kind is AccountKind.LOAN
    terms = ledger.agreement(ids["berka:account:10"])
    assert terms is not None
    assert [order["amount"] for order in terms.data["standing_orders"]] == [245_200, 7_270]
    assert terms.party == linked[0][0].id


def test_a_second_run_posts_nothing_and_says_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    importer.run(write(tmp_path), json=True)
    first = last_line(capsys)
    importer.run(tmp_path, json=True)
    again = last_line(capsys)
    assert (again["posted"], entries()) == (0, ROWS)
    same = {"transactions", "reconciled", "exceptions", "parties", "accounts"}
    assert {name: first[name] for name in same} == {name: again[name] for name in same}


def test_a_run_that_was_cut_off_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Killed(BaseException):
        pass

    whole = importer._post

    def cut(postings: list[object]) -> None:
        if entries() >= 4:
            whole(postings[:1])  # type: ignore[arg-type]
            raise Killed
        whole(postings)  # type: ignore[arg-type]

    monkeypatch.setattr(importer, "_post", cut)
    with pytest.raises(Killed):
        importer.run(write(tmp_path))
    assert 4 <= entries() < ROWS
    monkeypatch.setattr(importer, "_post", whole)
    assert importer.run(tmp_path, json=True) == 0
    told = last_line(capsys)
    assert (told["transactions"], told["reconciled"], entries()) == (ROWS, RECONCILED, ROWS)


def test_an_unknown_outcome_is_asked_again_with_the_same_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from counterpoint.kit.data import OutcomeUnknown

    post, lost = ledger.post_many, []

    def answer(postings: list[object]) -> list[object]:
        answers = list(post(postings))  # type: ignore[arg-type]
        if not lost:
            lost.append(answers[0])
            answers[0] = OutcomeUnknown("the line broke")  # posted, but nobody heard it
        return answers

    monkeypatch.setattr(importer.ledger, "post_many", answer)
    monkeypatch.setattr(importer.time, "sleep", lambda _seconds: None)
    assert importer.run(write(tmp_path)) == 0
    assert lost
    assert entries() == ROWS


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"trans": None}, "source_missing"),
        ({"loan": TABLES["loan"][1:]}, "source_header"),
        ({"client": b"\xff\xfe\x00"}, "source_encoding"),
        ({"disp": [*TABLES["disp"], "1;2", '4;2;11;"DISPONENT"']}, "source_line"),
    ],
)
def test_what_cannot_be_read_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changed: dict[str, object], code: str
) -> None:
    assert importer.run(write(tmp_path, **changed), json=True) == 2  # type: ignore[arg-type]
    assert last_line(capsys)["error"] == code
    assert entries() == 0
    assert org.branches() == []


def test_a_cut_last_line_is_told_and_the_rest_is_imported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = "".join(line + "\r\n" for line in TABLES["trans"])
    assert importer.run(write(tmp_path, trans=whole[:-30]), json=True) == 0
    told = last_line(capsys)
    assert (told["transactions"], told["incomplete_lines"]) == (ROWS - 1, 1)


def test_the_key_of_a_transaction_is_the_same_in_every_run() -> None:
    assert str(key_of(1)) == "f32b11af-cf1e-8eb7-8c36-249e3e315d16"


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="the public data are not here")
@pytest.mark.django_db(transaction=True)
def test_the_real_bank_reconciles_as_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        assert importer.run(REAL, json=True) == 0
    finally:
        ledger.stop_engine()
    told = last_line(capsys)
    assert (told["transactions"], told["reconciled"], told["incomplete_lines"]) == (49_102, 49_071, 1)
    assert len(told["exceptions"]) == 31  # type: ignore[arg-type]
    connection.ensure_connection()
    found = [finding for check in CHECKS.values() for finding in check(connection.connection)]
    assert found == []
