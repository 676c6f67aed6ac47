"""Papers of damaged notes and counterfeit money, in Chinese: the slip, the certificate, the hand-in list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from counterpoint.customers import services as customers
from counterpoint.customers.data import DocumentKind
from counterpoint.kit.money import Money
from counterpoint.kit.words import chinese
from counterpoint.org import services as org
from counterpoint.org.data import Column, ColumnKind, Paper, Sheet
from counterpoint.people import services as people
from counterpoint.vault.data import is_coin
from counterpoint.vault.data_cases import CaseView, ExchangeView
from counterpoint.vault.labels import face_name
from counterpoint.vault.labels_cases import MAKINGS_ZH, OUTCOMES_ZH, currency_zh
from counterpoint.vault.models_cases import CounterfeitCase, CounterfeitNote, DamagedExchange
from counterpoint.vault.paper import pdf


def face_zh(face: str, currency: str) -> str:
    with override("zh-hans"):
        return str(face_name(face, currency))


def _who(person: int) -> str:
    one = people.person(person)
    return f"{one.number} {one.name}"


def certificate(case: CounterfeitCase, count: int) -> bytes:
    """The holder's certificate 假币收缴凭证; ``count`` above zero is a copy and says so."""
    home = {unit.id: unit for unit in org.units()}[org.home()]
    notes = list(CounterfeitNote.objects.filter(case=case).order_by("id"))
    document = ""
    if case.identity_kind:
        with override("zh-hans"):
            document = customers.label(DocumentKind(case.identity_kind))
    local = timezone.localtime(case.at)
    return pdf("counterfeit", {
        "bank": [home.name_zh, home.name_en], "number": case.number, "reprint": count,
        "title": ["假币收缴凭证", "Certificate of seized counterfeit money"],
        "date": {"year": local.year, "month": local.month, "day": local.day},
        "head": [
            ["收缴网点", "Branch", org.branch(case.branch_id).name_zh],
            ["营业日期", "Business date", case.business_date.isoformat()],
            ["收缴时间", "Time", f"{local:%Y-%m-%d %H:%M:%S}"],
            ["鉴定申请截止", "Apply until", case.appraisal_until.isoformat()],
        ],
        "holder": [
            ["持有人", "Holder", case.holder], ["证件", "Document", document or "—"],
            ["证件号码", "Document number", case.identity or "—"], ["电话", "Telephone", case.phone or "—"],
        ],
        "notes": [_note_line(at, note) for at, note in enumerate(notes, 1)],
        "pieces": str(sum(note.pieces for note in notes)),
        "rights": _rights(case), "seizer": _who(case.seizer_id), "second": _who(case.second_id),
    })  # fmt: skip


def _note_line(at: int, note: CounterfeitNote) -> list[str]:
    mark = "已加盖“假币”戳记" if note.stamped else f"装袋加封 {note.bag}"
    return [
        str(at), currency_zh(note.currency), face_zh(note.face, note.currency), note.edition or "—",
        note.serial or ("硬币" if is_coin(note.face) else "—"), str(note.pieces),
        MAKINGS_ZH.get(note.making, "—"), mark,
    ]  # fmt: skip


def _rights(case: CounterfeitCase) -> list[str]:
    """What the holder has to be told; the days are those of the dated rule on the day of the case."""
    days = int(org.value(key="cash.counterfeit_appraisal_days", at=case.business_date))
    return [
        "一、上列假币已由本网点两名工作人员当面依法收缴，不予退还。",
        f"二、持有人对被收缴货币的真伪有异议的，可以自收缴之日起{days}个工作日内"
        f"（至{case.appraisal_until:%Y年%m月%d日}），持本凭证直接或者通过本网点"
        "向中国人民银行当地分支机构或者其授权的当地鉴定机构提出书面鉴定申请。",
        "三、经鉴定为真币的，人民币纸币按面额兑付，硬币及外币退还持有人，并收回本凭证；"
        "经鉴定为假币的，由鉴定单位或者本网点解缴中国人民银行。",
        "四、持有人对收缴程序有异议的，可以依法申请行政复议或者提起行政诉讼。",
    ]


def damaged_slip(exchange: ExchangeView) -> Paper:
    """The slip of an exchange 残缺污损人民币兑换单."""
    row = DamagedExchange.objects.get(pk=exchange.id)
    columns = (
        Column("券别", "Face"), Column("冠字号码", "Serial", width=1.3),
        Column("张数", "Pieces", ColumnKind.NUMBER, 0.6), Column("剩余面积", "Left", width=1.3),
        Column("认定", "Outcome", width=0.8), Column("兑付金额", "Paid", ColumnKind.MONEY, 1.0),
    )  # fmt: skip
    rows: list[list[Any]] = [
        [
            face_zh(note.face, exchange.currency), note.serial or "—", note.pieces,
            f"{note.left}%" + ("（十字形缺损）" if note.cross else ""), OUTCOMES_ZH[note.outcome], note.worth,
        ]
        for note in exchange.notes
    ]  # fmt: skip
    out: list[list[Any]] = [
        [face_zh(face, exchange.currency), n, n * int(face.removeprefix("c"))]
        for face, n in exchange.faces.items()
    ]
    money = Money(exchange.paid, exchange.currency)
    return Paper(
        name="damaged", title=("残缺污损人民币兑换单", "Exchange of damaged notes"), number=exchange.number,
        head=(
            ("网点", "Branch", org.branch(exchange.branch).name_zh),
            ("营业日期", "Business date", exchange.business_date.isoformat()),
            ("持有人", "Holder", row.customer or "—"), ("证件号码", "Document", exchange.identity or "—"),
            ("兑付金额", "Paid", f"¥{money.figure}"), ("大写", "In words", chinese(money)),
            ("经办", "Teller", _who(exchange.person)), ("复核", "Checked by", _who(exchange.second)),
        ),
        sheets=(
            Sheet(("残损币", "Damaged notes"), columns, rows,
                  ["合计 Total", "", exchange.pieces, "", "", exchange.paid],
                  note="依据《中国人民银行残缺污损人民币兑换办法》。不予兑换的退还持有人；半额兑换的装袋上缴。"),
            Sheet(("付出券别", "Paid out"),
                  (Column("券别", "Face"), Column("张（枚）数", "Pieces", ColumnKind.NUMBER),
                   Column("金额", "Amount", ColumnKind.MONEY)), out),
        ),
        signers=(("经办", "Teller"), ("复核", "Checked by"), ("持有人签字", "Holder's signature")),
    )  # fmt: skip


def hand_in_list(number: str, cases: Sequence[CaseView]) -> Paper:
    """The list with which counterfeit money goes to the central bank 假币解缴清单."""
    branch = org.branch(cases[0].branch)
    step = next(one for one in cases[0].steps if one.note == number)
    columns = (
        Column("序号", "No.", ColumnKind.NUMBER, 0.5), Column("凭证编号", "Certificate", width=1.7),
        Column("收缴日期", "Seized on", width=1.0), Column("币种", "Currency", width=0.7),
        Column("券别", "Face", width=0.9), Column("版别", "Edition", width=0.7),
        Column("冠字号码", "Serial", width=1.3), Column("张（枚）", "Pieces", ColumnKind.NUMBER, 0.6),
        Column("制作方式", "Making", width=0.8), Column("封袋号", "Bag", width=0.9),
    )  # fmt: skip
    rows: list[list[Any]] = []
    for case in cases:
        for note in case.notes:
            if note.id not in case.genuine:
                rows.append([
                    len(rows) + 1, case.number, case.business_date.isoformat(), currency_zh(note.currency),
                    face_zh(note.face, note.currency), note.edition or "—", note.serial or "—", note.pieces,
                    MAKINGS_ZH.get(note.making, "—"), note.bag or "—",
                ])  # fmt: skip
    pieces = sum(row[7] for row in rows)
    return Paper(
        name="counterfeit", title=("假币解缴清单", "Hand-in of counterfeit money"), number=number,
        head=(
            ("解缴网点", "Branch", f"{branch.code} {branch.name_zh}"),
            ("解缴时间", "At", f"{timezone.localtime(step.at):%Y-%m-%d %H:%M}"),
            ("案件数", "Cases", str(len(cases))), ("张（枚）数", "Pieces", str(pieces)),
        ),
        sheets=(Sheet(("假币明细", "Pieces"), columns, rows,
                      ["", "合计 Total", "", "", "", "", "", pieces, "", ""]),),
        signers=(("解缴人", "Handed in by"), ("复核", "Checked by"),
                 ("人民银行接收", "Received by the central bank")),
        wide=True,
    )  # fmt: skip
