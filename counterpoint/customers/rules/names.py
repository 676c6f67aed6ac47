"""Names 姓名: what one may look like, where the surname ends, and how it sounds.

pypinyin reads a surname like any word (曾 becomes ceng). So surnames that sound otherwise are in a
table, and where people or forms disagree both readings are kept: a search by either finds.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata

from django.utils.translation import gettext as _
from pypinyin import Style
from pypinyin import pinyin as read

from counterpoint.customers.data import NameInvalid
from counterpoint.customers.rules.text import DOT, dotted, is_han, readable

#: Surnames with a reading of their own first, then what a stranger may type.
SURNAMES: dict[str, tuple[str, ...]] = {
    "曾": ("zeng1", "ceng2"), "单": ("shan4", "dan1"), "仇": ("qiu2", "chou2"), "查": ("zha1", "cha2"),
    "解": ("xie4", "jie3"), "朴": ("piao2", "pu3"), "盖": ("ge3", "gai4"), "区": ("ou1", "qu1"),
    "任": ("ren2", "ren4"), "华": ("hua4", "hua2"), "尉": ("wei4", "yu4"), "员": ("yun4", "yuan2"),
    "缪": ("miao4", "mou2", "miu4"), "繁": ("po2", "fan2"), "乐": ("yue4", "le4"), "覃": ("qin2", "tan2"),
    "洗": ("xian3", "xi3"), "冼": ("xian3",), "召": ("shao4", "zhao4"), "秘": ("bi4", "mi4"),
    "重": ("chong2", "zhong4"), "折": ("she2", "zhe2"), "黑": ("he4", "hei1"), "牟": ("mu4", "mou2"),
    "翟": ("zhai2", "di2"), "宁": ("ning4", "ning2"), "纪": ("ji3", "ji4"), "盛": ("sheng4", "cheng2"),
    "种": ("chong2", "zhong3"), "祭": ("zhai4", "ji4"), "应": ("ying1", "ying4"), "石": ("shi2", "dan4"),
    "郇": ("xun2", "huan2"), "卜": ("bu3",), "令": ("ling2", "ling4"), "俞": ("yu2", "shu4"),
    "贾": ("jia3", "gu3"), "燕": ("yan1", "yan4"), "过": ("guo1", "guo4"), "哈": ("ha3", "ha1"),
    "柏": ("bai3", "bo2"), "薄": ("bo2", "bao2"), "车": ("che1", "ju1"), "都": ("du1", "dou1"),
    "逄": ("pang2",), "佴": ("nai4", "er4"), "能": ("nai4", "neng2"), "隗": ("wei3", "kui2"),
    "晁": ("chao2",), "訾": ("zi1", "zi3"), "么": ("yao1", "me5"), "幺": ("yao1",), "句": ("gou1", "ju4"),
    "相": ("xiang4", "xiang1"), "撒": ("sa3", "sa1"), "藏": ("zang4", "cang2"), "臧": ("zang1",),
    "谌": ("chen2", "shen4"), "褚": ("chu3", "zhu3"), "阚": ("kan4",), "郗": ("xi1", "chi1"),
    "葛": ("ge3", "ge2"), "阿": ("a1", "e1"), "吕": ("lv3", "lyu3", "lu3"), "闾": ("lv2", "lyu2", "lu2"),
    "麴": ("qu1",), "行": ("xing2", "hang2"), "殷": ("yin1", "yan1"), "会": ("gui4", "hui4"),
    "降": ("jiang4", "xiang2"), "宿": ("su4", "xiu3"), "参": ("shen1", "can1"), "朝": ("chao2", "zhao1"),
    "弹": ("tan2", "dan4"), "适": ("kuo4", "shi4"), "亓": ("qi2",), "乜": ("nie4", "mie1"),
    "万俟": ("mo4 qi2", "wan4 si4"), "尉迟": ("yu4 chi2", "wei4 chi2"), "单于": ("chan2 yu2", "dan1 yu2"),
    "长孙": ("zhang3 sun1", "chang2 sun1"), "澹台": ("tan2 tai2", "dan4 tai2"), "令狐": ("ling2 hu2",),
    "宰父": ("zai3 fu3", "zai3 fu4"), "亓官": ("qi2 guan1",), "鲜于": ("xian1 yu2", "xian3 yu2"),
}  # fmt: skip
COMPOUND = frozenset(
    re.findall(
        r"\S\S",
        "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 "
        "太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 "
        "漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 左丘 东门 西门 单于 达奚 "
        "第五 梁丘 贺兰 完颜 耶律 纳兰 叶赫",
    )
)
#: Characters of given names that two people read in two ways.
GIVEN: dict[str, tuple[str, ...]] = {
    "乐": ("le4", "yue4"), "长": ("chang2", "zhang3"), "朝": ("chao2", "zhao1"), "行": ("xing2", "hang2"),
    "重": ("chong2", "zhong4"), "传": ("chuan2", "zhuan4"), "盛": ("sheng4", "cheng2"),
    "茜": ("qian4", "xi1"), "莎": ("sha1", "suo1"), "祎": ("yi1", "hui1"), "晟": ("sheng4", "cheng2"),
    "朴": ("pu3", "piao2"), "曾": ("zeng1", "ceng2"), "藏": ("cang2", "zang4"), "吕": ("lv3", "lu3"),
    "绿": ("lv4", "lu4"), "律": ("lv4", "lu4"),
}  # fmt: skip
MOST_READINGS = 4


def chinese_name(text: str, *, legal: bool = False) -> str:
    """The name as stored, or ``NameInvalid``. Han characters and the dot; firms may have more."""
    name = readable(text, limit=200)
    if not name:
        return ""
    if legal:
        # Brackets in firms' names come in both widths; the register prints the wide ones.
        name = name.replace("(", "（").replace(")", "）")
        if not any(unicodedata.category(c)[0] == "L" for c in name):
            raise NameInvalid(_("A firm's name needs letters or characters."))
        return name
    name = dotted(name.replace(" ", ""))
    if not all(is_han(c) or c == DOT for c in name) or name.strip(DOT) != name or DOT * 2 in name:
        raise NameInvalid(_("A Chinese name has Chinese characters and the dot · only."))
    if not 2 <= len(name) <= 50:
        raise NameInvalid(_("A Chinese name has 2 to 50 characters."))
    return name


def latin_name(text: str) -> str:
    """The name in Latin letters as stored, or ``NameInvalid``."""
    name = readable(text, limit=200)
    if not all(unicodedata.category(c)[0] in "LM" or c in " '’-.," for c in name) or any(map(is_han, name)):
        raise NameInvalid(_("A Latin name has letters, spaces, hyphens and apostrophes only."))
    return name


@functools.lru_cache(maxsize=65536)
def split_surname(name: str) -> tuple[str, str]:
    """欧阳锋 → 欧阳 and 锋; 王芳 → 王 and 芳."""
    if len(name) > 2 and name[:2] in COMPOUND:
        return name[:2], name[2:]
    return name[:1], name[1:]


@functools.lru_cache(maxsize=65536)
def syllable(character: str) -> str:
    """The usual reading of one character with its tone digit, empty where none is known."""
    if not is_han(character):
        return character.lower() if character.isalnum() else ""
    found = read(character, style=Style.TONE3, errors="ignore", neutral_tone_with_five=True)
    return str(found[0][0]) if found else ""


def sort_key(name_zh: str, name_latin: str = "") -> str:
    """What lists are ordered by: the syllables with their tones, then the characters."""
    if not name_zh:
        return _plain_latin(name_latin, keep=" ")
    surname, given = split_surname(name_zh)
    first = SURNAMES[surname][0] if surname in SURNAMES else " ".join(map(syllable, surname))
    sound = " ".join(filter(None, [first, *map(syllable, given)]))
    return f"{sound} {name_zh}"


def toneless(name_zh: str) -> str:
    """How the name sounds, without tones: equal for 王芳 and 汪方 only where both are read alike."""
    return next(iter(readings(name_zh)), ("", ""))[0]


@functools.lru_cache(maxsize=65536)
def readings(name_zh: str) -> tuple[tuple[str, str], ...]:
    """Every (full pinyin, initials) under which the name may be looked for, at most four."""
    surname, given = split_surname(name_zh)
    heads = SURNAMES.get(surname) or (" ".join(map(syllable, surname)),)
    tails = [GIVEN.get(c) or (syllable(c),) for c in given]
    found: dict[tuple[str, str], None] = {}
    for head, *rest in itertools.product(heads, *tails):
        parts = [p.rstrip("12345") for p in (*head.split(), *rest) if p]
        found[("".join(parts), "".join(p[0] for p in parts if p))] = None
        if len(found) == MOST_READINGS:
            break
    return tuple(f for f in found if f[0])


def first_letters(name_zh: str) -> set[str]:
    """The letters with which any reading of the name can begin."""
    surname, _given = split_surname(name_zh)
    heads = SURNAMES.get(surname) or (" ".join(map(syllable, surname)).strip(),)
    found = {head[0] for head in heads if head}
    # A surname that nobody can read leaves the first sound to the given name.
    return found or {letter for full, _short in readings(name_zh) for letter in full[:1]}


def _plain_latin(text: str, *, keep: str = "") -> str:
    """Lower case without accents: Novák is found as novak."""
    bare = unicodedata.normalize("NFKD", text)
    return "".join(c for c in bare.lower() if c.isalnum() or c in keep)


def latin_keys(name: str) -> set[str]:
    """The name from each of its words on, and turned round, as letters only."""
    words = [w for w in (_plain_latin(w) for w in re.split(r"[\s,]+", name)) if w]
    starts = range(len(words))
    return {"".join(words[i:]) for i in starts} | {"".join(words[i:] + words[:i]) for i in starts}


def plain_letters(text: str) -> str:
    return _plain_latin(text)
