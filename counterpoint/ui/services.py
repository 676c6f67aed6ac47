"""What the rooms above call to appear in the frame. Call it from ``AppConfig.ready``; twice is once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django_htmx.http import trigger_client_event

from counterpoint.kit.data import Why
from counterpoint.ui.data import (
    Act,
    ChannelSource,
    Check,
    Column,
    Counter,
    HomeLine,
    HomePart,
    Me,
    Meaning,
    PaletteItem,
    PaletteSource,
    Place,
    Room,
    Waiting,
    Words,
)
from counterpoint.ui.fields import MoneyField as MoneyField

MeSource = Callable[[HttpRequest], Me | None]
PlaceSource = Callable[[HttpRequest], Place | None]
ScriptData = Callable[[HttpRequest], dict[str, str] | None]
SectionSource = Callable[[HttpRequest, int], str | None]
ReasonSource = Callable[[str], Why | None]

#: ``vault.count_people``; whatever else stands there are words already.
_KEY = re.compile(r"[a-z_]+(\.[a-z_]+)+")

_rooms: dict[str, Room] = {}
_counters: dict[str, Counter] = {}
_palette: dict[str, PaletteSource] = {}
_channels: dict[str, ChannelSource] = {}
_acts: dict[str, Act] = {}
_scripts: dict[str, ScriptData] = {}
_home: dict[str, HomePart] = {}
_sections: dict[tuple[str, str], SectionSource] = {}
_reasons: dict[str, ReasonSource] = {}
_me: list[MeSource] = []
_place: list[PlaceSource] = []


def add_room(*, key: str, title: Words, icon: str, url_name: str, allowed: Check, order: int = 50) -> None:
    """Put a room into the rail 导航, for those whom ``allowed(request)`` lets in."""
    _rooms[key] = Room(key, title, icon, url_name, allowed, order)


def add_counter(
    *,
    key: str,
    title: Words,
    icon: str,
    url_name: str,
    waiting: Callable[[HttpRequest], Waiting | None],
    order: int = 50,
    channels: ChannelSource | None = None,
    at_home: bool = True,
) -> None:
    """Put a count of people needing me into the top bar; ``None`` hides it.

    It is counted again when one of ``channels(request)`` has news. ``at_home``: the home page counts it, too.
    """
    _counters[key] = Counter(key, title, icon, url_name, waiting, order, channels, at_home)


def add_palette_source(key: str, source: PaletteSource) -> None:
    """Let Ctrl+K find more: ``source(request, query)`` yields what fits (all of it when query is '')."""
    _palette[key] = source


def add_channel_source(key: str, source: ChannelSource) -> None:
    """Let the page listen to more live channels than its person, desk and branch."""
    _channels[key] = source


def add_home(
    key: str, *, column: Column, lines: Callable[[HttpRequest], Iterable[HomeLine]], order: int = 50,
    channels: ChannelSource | None = None,
) -> None:  # fmt: skip
    """Put lines on everybody's home page 首页; what one has no part in has no lines."""
    _home[key] = HomePart(column, order, lines, channels)


def home(request: HttpRequest) -> dict[Column, list[HomeLine]]:
    """The columns of the home page, each with the lines that the rooms put there."""
    columns: dict[Column, list[HomeLine]] = {column: [] for column in Column}
    for part in sorted(_home.values(), key=lambda part: part.order):
        columns[part.column].extend(part.lines(request))
    return columns


def home_channels(request: HttpRequest) -> tuple[str, ...]:
    """The live channels on which the home page depends."""
    found = [channel for part in _home.values() if part.channels for channel in part.channels(request)]
    return tuple(dict.fromkeys((*counter_channels(request), *found)))


def add_act(*, key: str, title: Words, icon: str, url_name: str, shortcut: str, allowed: Check) -> None:
    """Let something be done from any screen: its key opens the dialog that ``url_name`` answers with."""
    _acts[key] = Act(key, title, icon, url_name, shortcut, allowed)


def acts(request: HttpRequest) -> list[Act]:
    """What this person may do from any screen."""
    return [act for act in _acts.values() if _reachable(act.url_name) and act.allowed(request)]


def add_script(path: str, data: ScriptData) -> None:
    """Put a small script into every page; ``data(request)`` is its ``data-…``, or ``None``: not here."""
    _scripts[path] = data


def scripts(request: HttpRequest) -> list[tuple[str, dict[str, str]]]:
    """The scripts that rooms add to this page, with their data."""
    found = ((path, data(request)) for path, data in _scripts.items())
    return [(path, values) for path, values in found if values is not None]


def add_section(*, page: str, key: str, source: SectionSource) -> None:
    """Put a part of a room above into a page below, as ``customers.party``.

    ``source(request, id)`` is the address of the part for the thing with this id; ``None``: not here.
    """
    _sections[page, key] = source


def add_reasons(key: str, source: ReasonSource) -> None:
    """Say in words what the rules of a room are: ``source(rule)``; ``None``: it does not know the key.

    A refusal carries the stable key, which belongs to the API; people read the words.
    """
    _reasons[key] = source


def in_words(why: Why) -> Why:
    """The same reason, its rule as people call it; source and date are added where they were left out."""
    for source in _reasons.values() if _KEY.fullmatch(str(why.rule)) else ():
        if found := source(str(why.rule)):
            return replace(
                why, rule=found.rule, source=why.source or found.source, since=why.since or found.since
            )
    return why


def sections(request: HttpRequest, page: str, id: int) -> list[str]:
    """The addresses of the parts that rooms above add to this page."""
    found = (source(request, id) for (where, _key), source in _sections.items() if where == page)
    return [address for address in found if address]


def describe_me(source: MeSource) -> None:
    """Say who is signed in. The room of people does."""
    _me[:] = [source]


def describe_place(source: PlaceSource) -> None:
    """Say where that person works. The room of the organisation does."""
    _place[:] = [source]


def me(request: HttpRequest) -> Me | None:
    return _me[0](request) if _me else None


def place(request: HttpRequest) -> Place | None:
    return _place[0](request) if _place else None


def _reachable(url_name: str) -> bool:
    try:
        reverse(url_name)
    except NoReverseMatch:
        return False
    return True


def rooms(request: HttpRequest) -> list[Room]:
    """The rooms that this person may use, in the rail's order."""
    ordered = sorted(_rooms.values(), key=lambda room: (room.order, room.key))
    return [room for room in ordered if _reachable(room.url_name) and room.allowed(request)]


def counters(request: HttpRequest) -> list[tuple[Counter, Waiting]]:
    """The counts of the top bar; counted once a request, as the home page shows them as well."""
    known: list[tuple[Counter, Waiting]] | None = request.__dict__.get("_counted")
    if known is not None:
        return known
    found = []
    for counter in sorted(_counters.values(), key=lambda counter: (counter.order, counter.key)):
        waiting = counter.waiting(request) if _reachable(counter.url_name) else None
        if waiting is not None:
            found.append((counter, waiting))
    request.__dict__["_counted"] = found
    return found


def counter_channels(request: HttpRequest) -> tuple[str, ...]:
    """The live channels on which the counts of the top bar depend."""
    found = [channel for one in _counters.values() if one.channels for channel in one.channels(request)]
    return tuple(dict.fromkeys(found))


def channels(request: HttpRequest) -> tuple[str, ...]:
    """The live channels of this page: the person, the desk, the branch, and what rooms add."""
    who, where = me(request), place(request)
    if who is None:
        return ()
    found = [f"person:{who.id}"]
    if where is not None:
        found.append(f"branch:{where.branch}")
        if where.desk is not None:
            found.append(f"desk:{where.desk}")
    for source in _channels.values():
        found.extend(source(request))
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=2048)
def pinyin(text: str) -> str:
    """``存款`` → ``ck cunkuan``, so that letters find Chinese words."""
    # Loading its dictionary takes a third of a second, which only the first search should pay.
    from pypinyin import Style, lazy_pinyin

    if text.isascii():
        return ""
    initials = "".join(lazy_pinyin(text, style=Style.FIRST_LETTER))
    return f"{initials} {''.join(lazy_pinyin(text))}"


def palette(request: HttpRequest, query: str) -> list[PaletteItem]:
    """Everything that Ctrl+K offers for ``query``: the rooms first, then what the sources give."""
    found = [
        PaletteItem(title=room.title, url=reverse(room.url_name), icon=room.icon, words=room.key)
        for room in rooms(request)
    ]
    for source in _palette.values():
        found.extend(source(request, query))
    return found


def _announce(response: HttpResponse, event: str, /, **detail: Any) -> HttpResponse:
    # The element that asked may be gone after the swap, so the body hears it.
    return trigger_client_event(response, event, {"target": "body", **detail})


def toast(response: HttpResponse, text: Words, meaning: Meaning = "success") -> HttpResponse:
    """Let the answer to an htmx request show a short notice 提示."""
    return _announce(response, "toast", text=str(text), meaning=meaning)


def close_dialog(response: HttpResponse, dialog: str = "") -> HttpResponse:
    """Let the answer close the dialog with this id, or the topmost one."""
    return _announce(response, "dialog-close", id=dialog)


def draft_done(response: HttpResponse, name: str = "") -> HttpResponse:
    """Let the answer forget what the browser kept of the form ``data-draft=name``."""
    return _announce(response, "draft-done", name=name)
