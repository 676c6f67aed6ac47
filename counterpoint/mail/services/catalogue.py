"""Kinds of letters and their templates: the rooms above bring both, as this room does not know them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

#: The room's own letters: they come at once, whatever was chosen.
OWN = "mail"


@dataclass(frozen=True, slots=True)
class Template:
    """A letter as files: ``folder/letters/name.zh.txt`` and ``….en.txt``."""

    name: str
    kind: str

    def path(self, language: str) -> str:
        folder, _, name = self.name.partition(".")
        return f"{folder}/letters/{name}.{'en' if language.startswith('en') else 'zh'}.txt"


_kinds: dict[str, Promise | str] = {}
_announced: set[str] = set()
_templates: dict[str, Template] = {}


def add_kind(key: str, title: Promise | str, *, robots: bool = False) -> None:
    """Let people choose how letters of this kind come; the rule ``mail.way.<key>`` is the default.

    With ``robots``, it is also announced, so that a robot can be asked to say it.
    """
    _kinds[key] = title
    if robots:
        _announced.add(key)


def add_template(name: str, *, kind: str) -> None:
    """Bring a letter. Called from ``AppConfig.ready``; twice is once."""
    _templates[name] = Template(name, kind)


def kinds() -> dict[str, Promise | str]:
    """Every kind about which people choose, by key."""
    return dict(_kinds)


def announced_kinds() -> dict[str, Promise | str]:
    """The kinds that robots can say."""
    return {key: title for key, title in _kinds.items() if key in _announced}


def template(name: str) -> Template:
    return _templates[name]


def templates() -> list[Template]:
    return list(_templates.values())


for _name in ("verify", "digest", "trial", "bot_off"):
    add_template(f"mail.{_name}", kind=OWN)
