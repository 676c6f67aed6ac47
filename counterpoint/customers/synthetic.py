"""Customers who do not exist, by a fixed seed: for the demo branch and for measuring.

Surnames are spread as in China. The numbers have right check digits and a county code that was
never given out, so none can be anybody's.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.cn import ric, uscc

from counterpoint.customers.data import Gender, PartyKind

#: The commonest surnames with how many of a thousand people bear them, then a long even tail.
COMMON = {
    "王": 72, "李": 71, "张": 68, "刘": 54, "陈": 46, "杨": 31, "赵": 23, "黄": 22, "周": 20, "吴": 20,
    "徐": 16, "孙": 15, "胡": 13, "朱": 12, "高": 12, "林": 12, "何": 11, "郭": 11, "马": 10, "罗": 9,
    "梁": 9, "宋": 8, "郑": 8, "谢": 8, "韩": 7, "唐": 7, "冯": 6, "于": 6, "董": 6, "萧": 6, "程": 6,
    "曹": 5, "袁": 5, "邓": 5, "许": 5, "傅": 5, "沈": 5, "曾": 5, "彭": 5, "吕": 5,
}  # fmt: skip
RARE = (
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤"
    "尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝"
    "左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强"
)  # fmt: skip
COMPOUND = ("欧阳", "司马", "上官", "诸葛", "尉迟", "长孙", "令狐", "司徒")
FEMALE = "芳娜敏静秀丽艳娟霞燕玲桂英红梅兰凤洁琳素云莲雪荣爱妹香月莺媛瑞凡佳嘉琼勤珍贞莉婷怡婕颖露瑶"
MALE = "伟强磊洋勇军杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林阳建国志文武斌海山仁波义兴良"
BOTH = "晓小文海春秋子一思雨天心安宇欣然乐佳明新永长世东方景书嘉瑞清和平泽梓诗语"
RARE_GIVEN = "䶮㛃𬭊𫖯𬱖𬀩𠅤"
PREFIXES = tuple("130 131 135 136 137 138 139 150 151 158 159 177 186 189 199".split())  # noqa: SIM905
PROVINCES = ("31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44", "51")
STREETS = ("人民路", "南京路", "解放路", "中山路", "建设路", "和平路", "新华路", "文化路")
TRADES = ("贸易", "餐饮", "物流", "科技", "建材", "服装", "食品", "电子")
AREAS = ("上海", "华东", "浦江", "申城")


@dataclass(frozen=True, slots=True)
class Made:
    """A made-up customer 虚构客户."""

    kind: PartyKind
    name: str
    gender: Gender | None
    birth_date: date | None
    number: str
    phone: str
    address: str
    account: str
    representative: str = ""


def people(count: int, *, seed: int, legal_every: int = 0) -> Iterator[Made]:
    """``count`` customers; every ``legal_every``-th is a firm. The same for the same seed."""
    draw = random.Random(seed)  # noqa: S311
    surnames = [*COMMON, *RARE, *COMPOUND]
    rest = 1000 - sum(COMMON.values())
    tail = max(rest, 120) / (len(RARE) + len(COMPOUND))
    weights = [*COMMON.values(), *([tail] * (len(RARE) + len(COMPOUND)))]
    chosen = draw.choices(surnames, weights, k=count)
    for at, surname in enumerate(chosen):
        if legal_every and at % legal_every == legal_every - 1:
            yield _firm(draw, at, surname)
        else:
            yield _person(draw, at, surname)


def _person(draw: random.Random, at: int, surname: str) -> Made:
    roll = draw.random
    female = roll() < 0.5
    pool = FEMALE if female else MALE
    given = pool[int(roll() * len(pool))]
    if roll() < 0.8:
        given = BOTH[int(roll() * len(BOTH))] + given
    if roll() < 0.002:
        given = given[:-1] + RARE_GIVEN[int(roll() * len(RARE_GIVEN))]
    # Each round of 24,000 has every day once, and the next one another order: no two numbers are equal.
    day = at * 7919 % 24000
    born = date(1940, 1, 1) + timedelta(days=day)
    order = 2 * (at // 24000 + day * 37) % 1000 + (0 if female else 1)
    province = PROVINCES[(at // 24000 // 500) % len(PROVINCES)]
    number = resident_number(f"{province}0199", born, order)
    return Made(
        kind=PartyKind.NATURAL,
        name=surname + given,
        gender=Gender.FEMALE if female else Gender.MALE,
        birth_date=born,
        number=number,
        phone=f"+86{PREFIXES[int(roll() * len(PREFIXES))]}{int(roll() * 10**8):08d}",
        address=f"上海市{STREETS[int(roll() * len(STREETS))]}{1 + int(roll() * 999)}号",
        account=account_number(at),
    )


def _firm(draw: random.Random, at: int, surname: str) -> Made:
    roll = draw.random
    word = surname + BOTH[int(roll() * len(BOTH))]
    body = f"9131019900{at % 10**7:07d}"
    return Made(
        kind=PartyKind.LEGAL,
        name=f"{AREAS[int(roll() * len(AREAS))]}{word}{TRADES[int(roll() * len(TRADES))]}有限公司",
        gender=None,
        birth_date=None,
        number=body + uscc.calc_check_digit(body),
        phone=f"+8621{60000000 + int(roll() * 9000000):08d}",
        address=f"上海市{STREETS[int(roll() * len(STREETS))]}{1 + int(roll() * 999)}号",
        account=account_number(at),
        representative=surname + MALE[int(roll() * len(MALE))],
    )


def resident_number(area: str, born: date, order: int) -> str:
    """An 18-digit number with its right check digit."""
    body = f"{area}{born:%Y%m%d}{order:03d}"
    return body + str(ric.calc_check_digit(body + "0"))


def account_number(at: int) -> str:
    """A number shaped like a card's; scattered, so that endings differ as true ones do."""
    return f"62{(at * 2654435761 + 12345) % 10**17:017d}"
