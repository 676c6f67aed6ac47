from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.berka import parser
from demo.berka.data import (
    Operation,
    Sex,
    SourceEncoding,
    SourceHeader,
    SourceLine,
    SourceMissing,
    Transaction,
)
from demo.berka.resequence import resequence
from demo.berka.tests.made import ROWS, TABLES, text_of, write

REAL = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "berka"


def test_every_table_is_read(tmp_path: Path) -> None:
    source = parser.read(write(tmp_path))
    assert (len(source.clients), len(source.accounts), len(source.dispositions)) == (3, 2, 3)
    assert (len(source.orders), len(source.loans), len(source.cards), len(source.transactions)) == (
        2,
        1,
        1,
        ROWS,
    )
    assert source.incomplete == []
    assert source.districts[69].figures[8] is None
    assert source.orders[0].amount == 245_200
    assert source.cards[0].issued == date(1993, 11, 7)


def test_the_sex_is_in_the_month_of_the_birth_number(tmp_path: Path) -> None:
    clients = parser.read(write(tmp_path)).clients
    assert [(c.sex, c.born) for c in clients[:2]] == [
        (Sex.FEMALE, date(1970, 12, 13)),
        (Sex.MALE, date(1945, 2, 4)),
    ]


def test_two_words_mean_a_debit(tmp_path: Path) -> None:
    rows = {t.id: t for t in parser.read(write(tmp_path)).transactions}
    assert (rows[1].signed, rows[2].signed, rows[3].signed) == (100_000, -10_000, -1_460)
    assert rows[7].balance == -870
    assert rows[7].operation is Operation.CARD


@given(st.integers(-(10**14), 10**14))
def test_amounts_are_read_to_the_heller(value: int) -> None:
    text = f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}"
    assert parser.hellers(text) == value


@pytest.mark.parametrize("cut", range(1, len(TABLES["trans"][-1]) + 3))
def test_a_file_that_ends_inside_its_last_row_loses_only_that_row(tmp_path: Path, cut: int) -> None:
    whole = text_of("trans")
    last = TABLES["trans"][-1]
    source = parser.read(write(tmp_path, trans=whole[:-cut]))
    # Without the line end alone, or with the last row gone altogether, nothing is cut.
    complete = cut <= 2
    gone = cut >= len(last) + 2
    assert len(source.transactions) == (ROWS if complete else ROWS - 1)
    assert [line.line for line in source.incomplete] == ([] if complete or gone else [ROWS + 1])


def test_a_broken_row_in_the_middle_is_an_error_with_its_place(tmp_path: Path) -> None:
    for wrong in (
        '2;10;930131;"VYBER";"VYBER";100.00;1414.50;"";',
        '2;10;930231;"VYBER";"VYBER";100.00;1414.50;"";;',
        '2;10;930131;"WHAT";"VYBER";100.00;1414.50;"";;',
        '2;10;930131;"VYBER";"VYBER";1e5;1414.50;"";;',
        '2;10;930131;"VYBER";"VYBER";-100.00;1414.50;"";;',
        '2;10;930131;"VYBER";"VYBER;100.00;1414.50;"";;',
        "",
    ):
        lines = list(TABLES["trans"])
        lines[2] = wrong
        with pytest.raises(SourceLine, match=r"trans\.asc, line 3"):
            parser.read(write(tmp_path, trans=lines))


def test_a_cut_row_with_a_line_end_after_it_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceLine):
        parser.read(write(tmp_path, trans=text_of("trans")[:-20] + "\r\n"))


@pytest.mark.parametrize("name", list(TABLES))
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceMissing, match=f"{name}.asc"):
        parser.read(write(tmp_path, **{name: None}))


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="nowhere"):
        parser.read(tmp_path / "nowhere")


@pytest.mark.parametrize("name", list(TABLES))
def test_a_wrong_header_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceHeader, match=f"{name}.asc"):
        parser.read(write(tmp_path, **{name: TABLES[name][1:]}))
    with pytest.raises(SourceHeader):
        parser.read(write(tmp_path, **{name: b""}))


def test_a_wrong_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    bohemian = text_of("district").replace("Town", "Žďár").encode("cp1250")
    with pytest.raises(SourceEncoding, match=r"district\.asc, line 2: byte 0x8E"):
        parser.read(write(tmp_path, district=bohemian))
    with pytest.raises(SourceEncoding):
        parser.read(write(tmp_path, client=text_of("client").encode("utf-16")))
    with pytest.raises(SourceEncoding):
        parser.read(write(tmp_path, client=text_of("client").encode("utf-16-le")))


def test_utf8_with_or_without_a_mark_is_read(tmp_path: Path) -> None:
    for codec in ("utf-8", "utf-8-sig"):
        source = parser.read(
            write(tmp_path, district=text_of("district").replace("Town", "Žďár").encode(codec))
        )
        assert source.districts[1].name == "Žďár"


def test_line_ends_of_other_systems_are_read(tmp_path: Path) -> None:
    source = parser.read(write(tmp_path, trans=text_of("trans").replace("\r\n", "\n")))
    assert len(source.transactions) == ROWS


def test_references_into_nowhere_and_double_numbers_are_errors(tmp_path: Path) -> None:
    with pytest.raises(SourceLine, match="no account 99"):
        parser.read(
            write(tmp_path, trans=[*TABLES["trans"], TABLES["trans"][1].replace("1;10;", "99;99;", 1)])
        )
    with pytest.raises(SourceLine, match="stands twice"):
        parser.read(write(tmp_path, client=[*TABLES["client"], TABLES["client"][1]]))
    with pytest.raises(SourceLine, match="no client 9"):
        parser.read(write(tmp_path, disp=[*TABLES["disp"], '9;9;10;"DISPONENT"']))


def test_the_order_inside_a_day_is_found_again(tmp_path: Path) -> None:
    steps = resequence(parser.read(write(tmp_path)).transactions)
    assert [s.transaction.id for s in steps[10]] == [1, 4, 3, 2, 9, 10]
    assert [s.gap for s in steps[11]] == [0, 10, 0, 0]
    assert [s.transaction.id for s in steps[10] if s.breaks] == [9]


@given(
    st.lists(st.integers(-10_000, 10_000).filter(lambda n: abs(n) > 25), min_size=1, max_size=6), st.randoms()
)
def test_a_shuffled_day_loses_no_row_and_starts_where_the_one_before_ended(
    moves: list[int], random: object
) -> None:
    balance, rows = 0, []
    for n, move in enumerate(moves):
        balance += move
        rows.append(
            Transaction(n, 1, date(1993, 1, 1), move, balance, Operation.CASH_IN, "", "", "")
        )  # fmt: skip
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    line = resequence(shuffled)[1]
    assert sorted(s.transaction.id for s in line) == list(range(len(moves)))
    assert [s.place for s in line] == list(range(len(moves)))
    assert line[0].gap == line[0].transaction.balance - line[0].transaction.signed


@pytest.mark.skipif(not REAL.is_dir(), reason="the public data are not here")
class TestRealData:
    def test_the_counts_are_the_known_ones(self) -> None:
        source = parser.read(REAL)
        assert [len(x) for x in (source.clients, source.accounts, source.dispositions)] == [5369, 4500, 5369]
        assert [len(x) for x in (source.orders, source.loans, source.cards)] == [6471, 682, 892]
        assert len(source.transactions) == 49_102
        assert [line.file for line in source.incomplete] == ["trans_first3MiB.asc"]
        assert sum(c.sex is Sex.FEMALE for c in source.clients) == 2_645

    def test_the_known_number_of_rows_follows_from_the_one_before(self) -> None:
        steps = resequence(parser.read(REAL).transactions)
        breaks = [(account, s) for account, line in steps.items() for s in line if s.breaks]
        assert (len(breaks), len({account for account, _s in breaks}), len(steps)) == (31, 29, 1229)
