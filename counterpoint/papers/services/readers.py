"""Who may see a paper: the rooms above say so, as this room does not know what its papers are for."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor
from counterpoint.papers import data
from counterpoint.papers.data import UnknownPaper
from counterpoint.papers.services.reading import papers_of

#: For whose sake the actor may see the paper, such as ``visit:12``; ``None``: this room knows no reason.
Reader = Callable[[Actor, int], str | None]

_readers: dict[str, Reader] = {}


def register_reader(name: str, reader: Reader) -> None:
    """Let a room above say who may see its papers. Called from ``AppConfig.ready``; a name once."""
    if name in _readers:
        raise ValueError(f"reader {name!r} is registered twice")
    _readers[name] = reader


def subject_for(*, paper: int, by: Actor) -> str | None:
    """For whose sake ``by`` may see this paper now; ``None``: not at all.

    Who kept a paper sees it for the rest of the day, so that a wrong scan is noticed.
    """
    return _subject(papers_of([paper])[0], by)


def papers_to_attach(*, ids: Iterable[int], by: Actor) -> list[data.Paper]:
    """The papers that a form names, if ``by`` may use them; a room above asks before it links any.

    Whoever can link a paper decides who sees it. So the ids of a form count only for papers that the
    person kept today or may see anyway.
    """
    found = papers_of(ids)
    for one in found:
        if _subject(one, by) is None:
            raise UnknownPaper(_("There is no such paper here."), paper=one.id)
    return found


def _subject(paper: data.Paper, by: Actor) -> str | None:
    for reader in _readers.values():
        subject = reader(by, paper.id)
        if subject is not None:
            return subject
    own = paper.person == by.id and paper.at >= clock.start_of(clock.today())
    return f"paper:{paper.id}" if own else None
