"""Pure decisions: when a letter may come, when it is tried again, what an address may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from counterpoint.mail.data import BotKind, Hours, LetterMalformed

CHINA = ZoneInfo("Asia/Shanghai")
IsWorkingDay = Callable[[date], bool]
#: What a mailbox may be called here: plain, so that no header can be made from it.
_MAILBOX = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?=.{1,180}\Z)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)


def mailbox(text: str) -> str:
    """An e-mail address, or a refusal: plain ASCII, no quotes, no comments, nothing after it."""
    plain = text.strip()
    if not _MAILBOX.fullmatch(plain) or ".." in plain or plain.startswith(".") or ".@" in plain:
        raise LetterMalformed(text[:80], word="address", field="email")
    return plain


def clock_time(text: str) -> time:
    return time.fromisoformat(text)


def when(at: datetime, hours: Hours, works: IsWorkingDay) -> datetime:
    """The first moment from ``at`` on that lies in the hours of a working day."""
    here = at.astimezone(CHINA)
    day = here.date()
    if works(day) and here.time() < hours.end:
        return at if here.time() >= hours.start else _moment(day, hours.start)
    return _moment(_next(day, works), hours.start)


def digest_at(at: datetime, hour: time, works: IsWorkingDay) -> datetime:
    """The next time at which digests go out."""
    here = at.astimezone(CHINA)
    if works(here.date()) and here.time() < hour:
        return _moment(here.date(), hour)
    return _moment(_next(here.date(), works), hour)


def _next(day: date, works: IsWorkingDay) -> date:
    for ahead in range(1, 60):
        following = day + timedelta(days=ahead)
        if works(following):
            return following
    return day + timedelta(days=1)


def _moment(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, CHINA)


def again(tries: int, minutes: Sequence[int], at: datetime) -> datetime:
    """When a letter that failed for the ``tries``-th time is tried again."""
    wait = minutes[min(tries, len(minutes)) - 1] if minutes else 60
    return at + timedelta(minutes=wait)


def plain_words(text: str, longest: int = 300) -> str:
    """What the other side said, on one line and bounded."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:longest]


_PATHS = {
    BotKind.FEISHU: re.compile(r"/open-apis/bot/v2/hook/([A-Za-z0-9_-]{8,80})/?"),
    BotKind.DINGTALK: re.compile(r"/robot/send"),
    BotKind.WECOM: re.compile(r"/cgi-bin/webhook/send"),
}
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,80}")
#: The makers' own hosts; the library speaks to these and to no other.
HOMES = {BotKind.FEISHU: "open.feishu.cn", BotKind.DINGTALK: "oapi.dingtalk.com"}


def bot_token(kind: BotKind, address: str, hosts: Sequence[str]) -> str:
    """The token in a robot's address; empty where it is no address to which the bank sends."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        return ""
    host = parts.hostname or ""
    known = host in hosts and host == HOMES.get(kind, host)
    if parts.scheme != "https" or parts.username or port not in (None, 443) or not known:
        return ""
    path = _PATHS[kind].fullmatch(parts.path)
    if path is None or parts.fragment:
        return ""
    if kind is BotKind.FEISHU:
        return path.group(1) if not parts.query else ""
    name = "access_token=" if kind is BotKind.DINGTALK else "key="
    token = parts.query.removeprefix(name)
    return token if parts.query.startswith(name) and _TOKEN.fullmatch(token) else ""
