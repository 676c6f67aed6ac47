"""Comments on cases 留言: only added to, naming colleagues with ``@``, withdrawn by who wrote them."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from counterpoint.kit.data import Actor, ActorKind, NotAllowed, Why
from counterpoint.kit.verbs import verb
from counterpoint.people import services as people
from counterpoint.people.data import PersonView
from counterpoint.visits import queries_cases as queries
from counterpoint.visits import rules_cases as rules
from counterpoint.visits.data_cases import (
    CommentPage,
    CommentWithdrawn,
    NotYourComment,
    UnknownComment,
    UnknownMention,
)
from counterpoint.visits.models_cases import Case, CaseComment, CaseMention, CommentWithdrawal
from counterpoint.visits.services import cases_access as access
from counterpoint.visits.services import cases_parts as parts
from counterpoint.visits.services.teams import members, teams_of

LONGEST = 2000
MOST_MENTIONS = 20


def comments_of(*, case: int, before: int | None = None) -> CommentPage:
    """A page of comments, the newest first."""
    return queries.comments(case, before=before)


@verb("visits.comment.written")
def comment_case(*, case: int, words: str, by: Actor, key: UUID | None = None) -> int:
    """Write a comment 留言; whom it names with ``@number`` or ``@name`` hears of it. Returns its id."""
    if by.kind is not ActorKind.PERSON:
        raise NotAllowed(_("Only people write comments."))
    row = Case.objects.select_related("team", "visit").filter(pk=case).first()
    seen = access.check_sees(row, by)
    text = parts.text(words, LONGEST, "words", needed=_("Write something."))
    written, made = _write(seen, text, key, by)
    if not made:
        parts.say(seen, {"comment": written.pk, "again": True})
        return written.pk
    named = _named(seen, text)
    CaseMention.objects.bulk_create(CaseMention(comment=written, person_id=one.id) for one in named)
    ids = [one.id for one in named]
    parts.say(seen, {"comment": written.pk, "mentions": ids}, *(f"person:{id}" for id in ids))
    return written.pk


def _write(row: Case, text: str, key: UUID | None, by: Actor) -> tuple[CaseComment, bool]:
    """The comment; or the one that a first press of the same button has written."""
    mine = CaseComment.objects.filter(key=key, case=row, person=by.id)
    known = mine.first() if key else None
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            return CaseComment.objects.create(case=row, person_id=by.id, words=text, key=key), True
    except IntegrityError:
        known = mine.all().first() if key else None
        if known is None:
            raise
        return known, False


def _named(row: Case, text: str) -> list[PersonView]:
    """The people whom a comment names, all of whom may see the case."""
    if "@" not in text and "＠" not in text:
        return []
    colleagues = _colleagues(row)
    tokens, unknown = rules.mentions_in(text, colleagues)
    found = {one.id: one for one in (_person(token, colleagues, row) for token in tokens)}
    if unknown:
        raise _unknown(unknown[0])
    if len(found) > MOST_MENTIONS:
        raise UnknownMention(_("A comment names %(n)s people at most.") % {"n": MOST_MENTIONS}, field="words")
    return list(found.values())


def _colleagues(row: Case) -> dict[str, dict[int, PersonView]]:
    """Who can be named by name: the members of the branch's teams, by their Chinese and English names."""
    found: dict[str, dict[int, PersonView]] = {}
    teams = teams_of(branch=row.branch_id)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for one in (person for team in teams for person in members(team)):
                found.setdefault(one.name.casefold(), {})[one.id] = one
    return found


def _person(token: str, colleagues: dict[str, dict[int, PersonView]], row: Case) -> PersonView:
    if token.isascii() and token.isdigit():
        found = people.person_by_number(token)
    else:
        same = colleagues[token.casefold()]
        if len(same) > 1:
            raise UnknownMention(
                _("Several colleagues are called %(name)s.") % {"name": token},
                why=Why(remedy=_("Write the staff number after the @.")), field="words",
            )  # fmt: skip
        found = next(iter(same.values()))
    if found is None:
        raise _unknown(token)
    if not access.may_be_told(row, found):
        raise UnknownMention(
            _("%(name)s may not see this case.") % {"name": found.name},
            why=Why(remedy=_("Hand the case to the team of this colleague instead.")), field="words",
        )  # fmt: skip
    return found


def _unknown(token: str) -> UnknownMention:
    return UnknownMention(
        _("“@%(name)s” names nobody here.") % {"name": token},
        why=Why(remedy=_("Write the staff number after the @, or a space after it where nobody is meant.")),
        field="words",
    )


@verb("visits.comment.withdrawn")
def withdraw_comment(*, comment: int, by: Actor) -> None:
    """Withdraw one's own comment 撤回留言; that it stood there stays visible."""
    found = CaseComment.objects.select_related("case", "case__team", "case__visit").filter(pk=comment).first()
    if found is None or not access.sees(found.case, by):
        raise UnknownComment(_("There is no such comment."), comment=comment)
    if found.person_id != by.id:
        raise NotYourComment(_("Only who wrote a comment withdraws it."))
    try:
        with transaction.atomic():
            CommentWithdrawal.objects.create(comment=found, person_id=by.id)
    except IntegrityError as error:
        raise CommentWithdrawn(_("This comment is withdrawn already."), comment=comment) from error
    parts.say(found.case, {"comment": comment})
