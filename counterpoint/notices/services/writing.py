"""Writing a notice 起草: a draft, its changes, handing it in, giving it up, a new version."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor
from counterpoint.kit.verbs import verb
from counterpoint.notices import queries, rules
from counterpoint.notices.data import (
    Draft,
    EditedMeanwhile,
    InThePast,
    Kind,
    NobodyReached,
    NoticeMalformed,
    StillOpen,
    Version,
    VersionState,
)
from counterpoint.notices.models import Notice, NoticeVersion, VersionPaper, VersionWords
from counterpoint.notices.services import parts
from counterpoint.notices.services.operations import operations
from counterpoint.org import services as org
from counterpoint.papers import services as papers
from counterpoint.people.data import Duty, Role

LONGEST_TEXT = 40_000
MOST_PAPERS = 10


@verb("notices.version.drafted")
def draft_notice(*, kind: Kind, draft: Draft, by: Actor) -> Version:
    """Begin a notice 起草通知."""
    branch = parts.check_duty(by, Duty.RULES_DRAFT)
    check_draft(draft)
    notice = Notice.objects.create(kind=Kind(kind), branch_id=branch)
    row = NoticeVersion(notice=notice, number=1, author_id=by.id)
    return _written(row, draft, by)


@verb("notices.version.revised")
def revise_notice(*, notice: int, draft: Draft, by: Actor) -> Version:
    """Begin the next version of a published notice 修订通知; the present one holds until it takes over."""
    parts.check_duty(by, Duty.RULES_DRAFT)
    check_draft(draft)
    known = parts.locked_notice(notice)
    last = known.versions.order_by("-number").first()
    if last is None or not known.versions.filter(published_at__isnull=False).exists():
        raise StillOpen(_("The first version of this notice is not published yet."))
    row = NoticeVersion(notice=known, number=last.number + 1, author_id=by.id)
    try:
        with transaction.atomic():
            return _written(row, draft, by)
    except IntegrityError as error:
        raise StillOpen(_("A version of this notice is being written already.")) from error


@verb("notices.version.changed")
def change_draft(*, version: int, draft: Draft, edition: int, by: Actor) -> Version:
    """Write on at a draft; ``edition`` is the one that was read, so that nobody's words get lost."""
    row = _own_draft(version, by)
    if row.edition != edition:
        raise EditedMeanwhile(_("This draft was changed in another window. Load it again."))
    check_draft(draft)
    row.edition += 1
    return _written(row, draft, by)


@verb("notices.version.submitted")
def submit(*, version: int, by: Actor) -> None:
    """Hand a draft in for approval 提交审批."""
    row = _own_draft(version, by)
    check_draft(queries.version(row).draft)
    parts.enter(row, VersionState.SUBMITTED, by)
    parts.say(row, {}, channels=("notices",))


@verb("notices.version.dropped")
def drop(*, version: int, by: Actor) -> None:
    """Give a draft up 放弃起草."""
    row = _own_draft(version, by)
    parts.enter(row, VersionState.DROPPED, by)
    parts.say(row, {}, channels=("notices",))


def check_draft(draft: Draft) -> None:
    """Refuse, in words, what could not be published."""
    if not draft.title_zh.strip() or not draft.text_zh.strip():
        raise NoticeMalformed(_("A notice needs a title and a text."), field="title_zh")
    if max(len(draft.text_zh), len(draft.text_en)) > LONGEST_TEXT:
        raise NoticeMalformed(_("The text is too long."), field="text_zh")
    check_audience(draft)
    check_dates(draft)
    unknown = [code for code in draft.operations if operations() and code not in operations()]
    if unknown:
        raise NoticeMalformed(
            _("There is no operation %(code)s.") % {"code": unknown[0][:8]}, field="operations"
        )
    if len(draft.papers) > MOST_PAPERS:
        raise NoticeMalformed(
            _("A notice has %(n)s attachments at most.") % {"n": MOST_PAPERS}, field="files"
        )


def check_audience(draft: Draft) -> None:
    """An audience of nobody, or of people who do not exist, is a mistake."""
    rule = draft.audience
    if rule.nobody:
        raise NobodyReached(_("Say for whom the notice is: nobody would get it."), field="everybody")
    for branch in rule.branches:
        org.branch(branch)
    if set(rule.roles) - set(Role):
        raise NoticeMalformed(_("There is no such role."), field="roles")
    if not parts.matching(rule):
        raise NobodyReached(_("Nobody is in this audience today."), field="everybody")


def check_dates(draft: Draft) -> None:
    """A rule cannot have held before anybody could know it."""
    now = clock.now()
    if draft.effective is not None and draft.effective < now:
        raise InThePast(_("The notice would take effect in the past."), field="effective")
    if draft.expires is not None and draft.expires <= (draft.effective or now):
        raise InThePast(_("The notice would end before it takes effect."), field="expires")


def _own_draft(version: int, by: Actor) -> NoticeVersion:
    parts.check_duty(by, Duty.RULES_DRAFT)
    row = parts.locked(version)
    parts.check_state(row, VersionState.DRAFT)
    parts.check_author(row, by)
    return row


def _written(row: NoticeVersion, draft: Draft, by: Actor) -> Version:
    first = row.pk is None
    rule = draft.audience
    row.title_zh, row.title_en = draft.title_zh.strip(), draft.title_en.strip()
    row.text_zh, row.text_en = draft.text_zh, draft.text_en
    row.operations, row.questions = sorted(set(draft.operations)), rules.dump(draft.questions)
    row.everybody, row.branches = rule.everybody, list(rule.branches)
    row.roles, row.people = list(rule.roles), list(rule.people)
    row.material, row.effective_at, row.expires_at = draft.material, draft.effective, draft.expires
    row.save()
    VersionWords.objects.update_or_create(version=row, paper_id=0, defaults={"grams": parts.index(row)})
    _attach(row, draft, by)
    if first:
        parts.enter(row, VersionState.DRAFT, by)
    parts.say(row, {"title": row.title_zh, "operations": row.operations}, channels=(by.key, "notices"))
    return queries.version(queries.rows().get(pk=row.pk))


def _attach(row: NoticeVersion, draft: Draft, by: Actor) -> None:
    known = set(row.papers.values_list("paper_id", flat=True))
    row.papers.exclude(paper_id__in=draft.papers).delete()
    row.words.exclude(paper_id__in=[0, *draft.papers]).delete()
    new = [one for one in dict.fromkeys(draft.papers) if one not in known]
    for paper in papers.papers_to_attach(ids=new, by=by):
        VersionPaper.objects.create(version=row, paper_id=paper.id)
