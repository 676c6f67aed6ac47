"""Papers of the day 日终凭证: set once, kept as they were set, read again for ever."""

from __future__ import annotations

import json
import threading
from datetime import date as Date  # noqa: N812 - the verbs have a parameter called date
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import typst
import xlsxwriter
from pylopdf_fonts_zh_cn import sans_path

from counterpoint.org import queries
from counterpoint.org.data_closing import Phase
from counterpoint.org.data_papers import PDF_LINES, Cell, Column, ColumnKind, Paper, Sheet
from counterpoint.org.models_closing import DayPaper, DayRun

PAPERS = Path(__file__).parent.parent / "papers"
_lock = threading.Lock()


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(root=str(PAPERS), font_paths=[str(sans_path().parent)], ignore_system_fonts=True)


def keep_paper(*, branch: int, date: Date, paper: Paper) -> list[str]:
    """Set a paper and keep it with the day; one that is kept already stays as it is."""
    run = DayRun.objects.get(branch=branch, date=date, phase=Phase.CLOSE)
    names = []
    for ending, make in (("pdf", paper_pdf), ("xlsx", paper_xlsx)):
        name = f"{paper.name}.{ending}"
        names.append(name)
        if not DayPaper.objects.filter(run=run, name=name).exists():
            DayPaper.objects.create(
                run=run, name=name, title_zh=paper.title[0], title_en=paper.title[1],
                content=make(paper, date),
            )  # fmt: skip
    return names


def _shown(cell: Cell, column: Column) -> str:
    if cell is None:
        return ""
    if column.kind is ColumnKind.MONEY and isinstance(cell, int):
        whole, part = divmod(abs(cell), 10**column.decimals)
        text = f"{whole:,}" + (f".{part:0{column.decimals}d}" if column.decimals else "")
    elif isinstance(cell, int):
        text = f"{abs(cell):,}"
    else:
        return cell
    return f"−{text}" if cell < 0 else text


def _table(sheet: Sheet) -> dict[str, Any]:
    def line(row: Any) -> list[str]:
        return [_shown(cell, column) for cell, column in zip(row, sheet.columns, strict=True)]

    note = sheet.note
    if len(sheet.rows) > PDF_LINES:
        note = f"共 {len(sheet.rows):,} 行，此处列前 {PDF_LINES:,} 行，全部见同名 XLSX 文件。{note}"
    return {
        "title": sheet.title,
        "columns": [[column.zh, column.en] for column in sheet.columns],
        "widths": [column.width for column in sheet.columns],
        "right": [column.kind is not ColumnKind.TEXT for column in sheet.columns],
        "rows": [line(row) for row in sheet.rows[:PDF_LINES]],
        "totals": line(sheet.totals) if sheet.totals is not None else None,
        "note": note,
    }


def paper_pdf(paper: Paper, date: Date) -> bytes:
    """The paper as PDF/A-2b."""
    home = {unit.id: unit for unit in queries.units()}.get(queries.home())
    data = {
        "bank": [home.name_zh, home.name_en] if home else ["", ""],
        "title": paper.title, "number": paper.number, "head": paper.head, "signers": paper.signers,
        "wide": paper.wide, "date": {"year": date.year, "month": date.month, "day": date.day},
        "sheets": [_table(sheet) for sheet in paper.sheets if not sheet.xlsx_only],
    }  # fmt: skip
    with _lock:
        made = _compiler().compile(
            input=str(PAPERS / "day.typ"), format="pdf", pdf_standards="a-2b",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )  # fmt: skip
    if not isinstance(made, bytes):
        raise TypeError("a paper is one document")
    return made


def paper_xlsx(paper: Paper, date: Date) -> bytes:
    """The paper as a workbook, a sheet a table, figures as numbers; all lines."""
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"constant_memory": True, "strings_to_formulas": False, "in_memory": True}
    )
    # The same paper set again is the same file.
    book.set_properties({"title": paper.title[0], "created": datetime(date.year, date.month, date.day)})  # noqa: DTZ001
    bold = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bg_color": "#EEF5F4", "bottom": 1, "text_wrap": True})
    plain, total = book.add_format({}), book.add_format({"bold": True, "top": 1})
    money: dict[tuple[int, bool], Any] = {}
    for sheet in paper.sheets:
        for column in sheet.columns:
            for strong in (False, True):
                places = "#,##0" + ("." + "0" * column.decimals if column.decimals else "")
                extra = {"bold": True, "top": 1} if strong else {}
                money.setdefault((column.decimals, strong), book.add_format({"num_format": places, **extra}))
    for sheet in paper.sheets:
        page = book.add_worksheet(_sheet_name(sheet.title[0]))
        for at, column in enumerate(sheet.columns):
            page.set_column(at, at, max(10, round(column.width * 14)))
        page.write_string(0, 0, f"{paper.title[0]} {paper.title[1]}", bold)
        page.write_string(1, 0, "　".join(f"{zh} {value}" for zh, _en, value in paper.head))
        for at, column in enumerate(sheet.columns):
            page.write_string(3, at, f"{column.zh}\n{column.en}", head)
        page.freeze_panes(4, 0)
        lines = [(row, False) for row in sheet.rows]
        if sheet.totals is not None:
            lines.append((sheet.totals, True))
        for line, (row, strong) in enumerate(lines, start=4):
            for at, (cell, column) in enumerate(zip(row, sheet.columns, strict=True)):
                if isinstance(cell, int) and column.kind is ColumnKind.MONEY:
                    page.write_number(line, at, cell / 10**column.decimals, money[column.decimals, strong])
                elif isinstance(cell, int):
                    page.write_number(line, at, cell, total if strong else plain)
                elif cell:
                    page.write_string(line, at, cell, total if strong else plain)
    book.close()
    return out.getvalue()


def _sheet_name(title: str) -> str:
    return "".join(letter for letter in title if letter not in "[]:*?/\\")[:31]
