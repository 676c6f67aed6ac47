"""The door of the face: what the rooms above register, and the states a badge can show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, NamedTuple

from django.http import HttpRequest
from django.utils.functional import Promise

Words = str | Promise
Meaning = Literal["neutral", "accent", "success", "attention", "danger", "information"]
Check = Callable[[HttpRequest], bool]
ChannelSource = Callable[[HttpRequest], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Me:
    """The person signed in 当前人员, as the top bar shows it."""

    id: int
    name: str
    number: str
    role: Words = ""
    url_name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the person works now 所在: branch, desk, and the branch's business day 营业日."""

    branch: int
    branch_name: Words
    date: date | None = None
    open: bool = False
    desk: int | None = None
    desk_name: Words = ""


@dataclass(frozen=True, slots=True)
class Room:
    """One line of the rail 导航."""

    key: str
    title: Words
    icon: str
    url_name: str
    allowed: Check
    order: int = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait for me, and since when the oldest does."""

    count: int
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    """People needing me 待我处理: approvals, help, hand-offs, messages."""

    key: str
    title: Words
    icon: str
    url_name: str
    waiting: Callable[[HttpRequest], Waiting | None]
    order: int = 50
    channels: ChannelSource | None = None
    #: Not where the home page has the things themselves, line by line.
    at_home: bool = True


class Shown(NamedTuple):
    """A word for a kind or a state, with the meaning of its badge and the icon beside it."""

    words: Words
    meaning: Meaning
    icon: str


@dataclass(frozen=True, slots=True)
class Act:
    """Something that can be done from any screen, by one key: it opens a dialog over the screen."""

    key: str
    title: Words
    icon: str
    url_name: str
    shortcut: str
    allowed: Check


class Column(StrEnum):
    """Where something stands on the home page 首页."""

    READ = "read"
    DO = "do"
    DAY = "day"
    NEWS = "news"


@dataclass(frozen=True, slots=True)
class HomeLine:
    """One thing on the home page, and where it opens. ``at``: since when, or until when it is due."""

    title: Words
    url: str
    icon: str
    hint: Words = ""
    count: int = 0
    at: datetime | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class HomePart:
    """What a room puts on the home page: some lines, and the page with all of them."""

    column: Column
    order: int
    lines: Callable[[HttpRequest], Iterable[HomeLine]]
    channels: ChannelSource | None = None


@dataclass(frozen=True, slots=True)
class PaletteItem:
    """One thing that Ctrl+K finds 命令: a page, an operation, a customer.

    The browser ranks by code, title and ``words`` (pinyin is added). ``found`` says that the source
    itself has matched it, so that it stays even where its masked title does not show why.
    """

    title: Words
    url: str
    icon: str = "arrow-right"
    hint: Words = ""
    code: str = ""
    words: str = ""
    found: bool = False


PaletteSource = Callable[[HttpRequest, str], Iterable[PaletteItem]]

#: Icons that code names indirectly; the sprite holds these and all that it finds.
ICONS = (
    "circle", "circle-dot", "circle-check", "alert-triangle", "alert-octagon", "alert-circle",
    "info-circle", "inbox", "arrow-right", "user", "x", "check", "minus", "lock", "lock-open",
    "hand-stop", "eye", "eye-off", "snowflake", "hourglass", "clock", "ban", "archive", "player-pause",
    "cash", "cash-banknote", "coins", "building-bank", "users", "user-check", "id", "receipt", "printer",
    "file-text", "list-details", "book", "scale", "history", "arrows-exchange", "arrow-back-up",
    "arrow-down-left", "arrow-up-right", "transfer", "key", "shield-check", "calculator", "home",
    "device-desktop", "settings", "bell", "phone", "help", "message", "wallet", "credit-card",
    "calendar", "calendar-check", "chart-bar", "list-check", "plus", "trash", "edit", "download", "refresh",
    "heart",
)  # fmt: skip
