"""Pure decisions: hours, digests, addresses of people and of robots, words of the other side."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from counterpoint.mail import rules
from counterpoint.mail.data import BotKind, Hours, LetterMalformed

HOURS = Hours(time(8), time(19))
HOSTS = ("open.feishu.cn", "oapi.dingtalk.com", "qyapi.weixin.qq.com")


def works(day: date) -> bool:
    return day.weekday() < 5


def china(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-11-27T10:00", "2026-11-27T10:00"),
        ("2026-11-27T06:30", "2026-11-27T08:00"),
        ("2026-11-27T19:00", "2026-11-30T08:00"),
        ("2026-11-28T10:00", "2026-11-30T08:00"),
        ("2026-11-26T23:59", "2026-11-27T08:00"),
    ],
)
def test_a_letter_waits_for_the_hours_of_a_working_day(at, due):
    assert rules.when(china(at), HOURS, works) == china(due)


def test_the_digest_goes_out_at_its_time():
    assert rules.digest_at(china("2026-11-27T10:00"), time(16, 30), works) == china("2026-11-27T16:30")
    assert rules.digest_at(china("2026-11-27T16:30"), time(16, 30), works) == china("2026-11-30T16:30")


def test_the_waits_grow_and_the_last_one_stays():
    now = datetime(2026, 11, 27, tzinfo=UTC)
    waits = [(rules.again(tries, [1, 5, 60], now) - now) // timedelta(minutes=1) for tries in (1, 2, 3, 9)]
    assert waits == [1, 5, 60, 60]


@pytest.mark.parametrize("text", ["wang@bank.example", " wang.fang+x@a-b.bank.example "])
def test_a_plain_mailbox_is_taken(text):
    assert rules.mailbox(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    ["", "wang", "wang@bank", "a@b.example\r\nBcc: x@y.example", "a@b.example, c@d.example", "<a@b.example>",
     '"a b"@b.example', "a..b@c.example", ".a@b.example", "王@bank.example", "a@" + "b" * 200 + ".example"],
)  # fmt: skip
def test_what_is_no_plain_mailbox_is_refused(text):
    with pytest.raises(LetterMalformed):
        rules.mailbox(text)


FEISHU = "https://open.feishu.cn/open-apis/bot/v2/hook/aaaabbbb-cccc-dddd"
DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef"
WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=aaaabbbb-cccc-dddd"


@pytest.mark.parametrize(
    ("kind", "address", "token"),
    [
        (BotKind.FEISHU, FEISHU, "aaaabbbb-cccc-dddd"),
        (BotKind.DINGTALK, DINGTALK, "0123456789abcdef"),
        (BotKind.WECOM, WECOM, "aaaabbbb-cccc-dddd"),
    ],
)
def test_a_robots_address_holds_its_token(kind, address, token):
    assert rules.bot_token(kind, address, HOSTS) == token


@pytest.mark.parametrize(
    "address",
    [
        WECOM.replace("https", "http"), WECOM.replace("qyapi.weixin.qq.com", "127.0.0.1"),
        WECOM.replace("qyapi.weixin.qq.com", "169.254.169.254"), WECOM.replace(".com/", ".com:8443/"),
        WECOM.replace("qyapi.weixin.qq.com", "qyapi.weixin.qq.com.evil.example"),
        WECOM.replace("https://", "https://evil.example@"), WECOM.replace("https://", "https://[::1]#"),
        WECOM.replace("/cgi-bin/webhook/send", "/cgi-bin/../admin"), WECOM + "&to=all", WECOM + "#x",
        WECOM.replace("aaaabbbb", "a/../b"), FEISHU, "https://[", "", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_any_other_address_is_none(address):
    assert rules.bot_token(BotKind.WECOM, address, HOSTS) == ""


def test_a_host_that_the_bank_does_not_allow_is_none():
    assert rules.bot_token(BotKind.WECOM, WECOM, HOSTS[:2]) == ""
    assert rules.bot_token(BotKind.FEISHU, FEISHU.replace("open.feishu", "qyapi.weixin.qq"), HOSTS) == ""


def test_the_other_sides_words_come_on_one_line():
    said = rules.plain_words("550 no\r\n such\x00user\x1b[31m " + "x" * 400)
    assert said.startswith("550 no such user [31m x")
    assert len(said) == 300
