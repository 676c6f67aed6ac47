"""What cases have to do with 关联: subjects such as ``entry:812``, each kind known by who registers it.

Rooms above register their own kinds; those of this room and of the rooms below stand in
``cases_subjects``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from counterpoint.kit.data import Actor
from counterpoint.kit.verbs import verb
from counterpoint.visits import queries_cases as queries
from counterpoint.visits.data_cases import CaseLinkView, CaseMalformed, LinkLabel, LinkStands, UnknownLink
from counterpoint.visits.models_cases import CaseLink
from counterpoint.visits.services import cases_parts as parts

MOST_LINKS = 30


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """A kind of thing that can be linked 关联对象.

    ``find`` turns what somebody typed into an id, ``None`` where there is no such thing. ``known`` says
    whether an id is one. ``describe`` names many at once; what it leaves out is shown by its id.
    """

    title: object
    find: Callable[[str, Actor], int | None]
    known: Callable[[int, Actor], bool]
    describe: Callable[[list[int], Actor], dict[int, LinkLabel]]


_kinds: dict[str, SubjectKind] = {}


def register_subject(kind: str, subject: SubjectKind) -> None:
    """Make a kind of subject known. Called from ``AppConfig.ready``; a kind once."""
    if kind in _kinds:
        raise ValueError(f"subject {kind!r} is registered twice")
    _kinds[kind] = subject


def subject_kinds() -> list[tuple[str, str]]:
    """The kinds that can be linked, for a form."""
    return [(key, str(one.title)) for key, one in _kinds.items()]


def whole(text: str) -> int | None:
    """A whole number of a size that an id can have."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 19 else None


def check_subject(subject: str, by: Actor) -> str:
    """The subject, if there is such a thing."""
    kind, _colon, text = subject.partition(":")
    found, id = _kinds.get(kind), whole(text)
    if found is None or id is None or not found.known(id, by):
        raise UnknownLink(_("There is nothing like this to link."), subject=subject[:40])
    return f"{kind}:{id}"


def find_subject(*, kind: str, text: str, by: Actor) -> str:
    """The subject of a kind that somebody typed: a number as people know it."""
    found = _kinds.get(kind)
    id = found.find(parts.text(text, 40, "text"), by) if found is not None else None
    if id is None:
        raise UnknownLink(_("There is nothing like this to link."), field="text")
    return f"{kind}:{id}"


def described(subjects: Iterable[str], by: Actor) -> dict[str, LinkLabel]:
    """What subjects are called and where they open, kind by kind."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for subject in subjects:
        kind, _colon, number = subject.partition(":")
        wanted[kind].append(int(number))
    labels: dict[str, LinkLabel] = {}
    for kind, ids in wanted.items():
        known = _kinds[kind].describe(ids, by) if kind in _kinds else {}
        for id in ids:
            labels[f"{kind}:{id}"] = known.get(id, LinkLabel(f"{kind} {id}"))
    return labels


def links_of(*, case: int, by: Actor) -> list[CaseLinkView]:
    """What is linked to a case now."""
    rows = queries.links(case)
    labels = described((subject for _, subject in rows), by)
    return [CaseLinkView(id, subject, labels[subject]) for id, subject in rows]


@verb("visits.case.linked")
def link_case(*, case: int, subject: str, by: Actor) -> None:
    """Link a case to an entry, an account, a customer, a visit or another case 关联."""
    row = parts.locked(case, by)
    checked = check_subject(subject, by)
    if checked == f"case:{row.pk}":
        raise CaseMalformed(_("A case is not linked to itself."), field="text")
    if CaseLink.objects.filter(case=row, ended=None).count() >= MOST_LINKS:
        raise CaseMalformed(_("A case has %(n)s links at most.") % {"n": MOST_LINKS}, field="text")
    try:
        with transaction.atomic():
            CaseLink.objects.create(case=row, subject=checked, person_id=parts.person_id(by))
    except IntegrityError as error:
        raise LinkStands(_("This is linked already."), subject=checked) from error
    parts.say(row, {"link": checked})


@verb("visits.case.unlinked")
def unlink_case(*, case: int, link: int, by: Actor) -> None:
    """Take a link away that was wrong 取消关联."""
    row = parts.locked(case, by)
    found = CaseLink.objects.filter(pk=link, case=row, ended=None)
    subject = found.values_list("subject", flat=True).first()
    if subject is None:
        raise UnknownLink(_("There is no such link."), link=link)
    found.update(ended=Now(), ender_id=by.id)
    parts.say(row, {"unlinked": subject})
