"""The life of a rule 规则生命周期: drafted by one, approved by another, ended by its successor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, Malformed, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.org import queries, rulebook, rules
from counterpoint.org.data import (
    AuthorMayNotApprove,
    Backdated,
    Confidence,
    NotADraft,
    NotInForce,
    OverlappingVersions,
    RuleStatus,
    UnknownRule,
)
from counterpoint.org.models import RuleChange, RuleTable, RuleVersion
from counterpoint.org.rulebook import VersionView
from counterpoint.people.data import Duty
from counterpoint.people.services import check_actor

LONGEST_SOURCE = 500
LONGEST_NOTE = 2000
LARGEST_BODY = 200_000


def _locked_table(key: str) -> RuleTable:
    # Every change of a rule takes this lock first, so that two never pass each other.
    row = RuleTable.objects.select_for_update(no_key=True).filter(key=key).first()
    if row is None:
        raise UnknownRule(f"no rule {key!r}", table=key)
    return row


def _locked(version: int) -> RuleVersion:
    key = RuleVersion.objects.filter(pk=version).values_list("table_id", flat=True).first()
    if key is None:
        raise UnknownRule(f"no rule version {version}", version=version)
    _locked_table(key)
    return RuleVersion.objects.select_for_update().get(pk=version)


def _told(row: RuleVersion, by: Actor, **data: Any) -> Told:
    return Told(
        subject=f"rule:{row.table_id}",
        branch=by.branch or queries.home(),
        data={"version": row.number, "version_id": row.pk, **data},
        channels=("rules",),
    )


def _add(table: RuleTable, body: Mapping[str, Any], by: Actor, **fields: Any) -> RuleVersion:
    last = RuleVersion.objects.filter(table=table).aggregate(last=Max("number"))["last"] or 0
    row = RuleVersion(table=table, number=last + 1, body=dict(body), drafted_by=by.key, **fields)
    rulebook.read(row)
    row.save(force_insert=True)
    RuleChange.objects.create(version=row, status=RuleStatus.DRAFT, by=by.key)
    return row


@verb("org.rule.drafted")
def draft_rule(
    *,
    table: str,
    body: Mapping[str, Any],
    effective_from: date,
    source: str,
    by: Actor,
    effective_to: date | None = None,
    confidence: Confidence = Confidence.CONFIRMED,
    scope: str = "bank",
    owner: str = "",
    note: str = "",
) -> VersionView:
    """Draft the next version of a rule 起草规则. It decides nothing until another person approves it."""
    if by.kind is not ActorKind.PERSON:
        raise AuthorMayNotApprove(_("Only a person drafts a rule."))
    check_actor(by=by, duty=Duty.RULES_DRAFT, branch=by.branch or 0)
    if not source.strip() or len(source) > LONGEST_SOURCE or len(note) > LONGEST_NOTE:
        raise Malformed(_("A rule needs a source of at most %(n)d characters.") % {"n": LONGEST_SOURCE})
    if len(str(body)) > LARGEST_BODY:
        raise Malformed(_("The rule is too long."))
    row = _add(
        _locked_table(table), body, by,
        effective_from=effective_from, effective_to=effective_to, source=source.strip(),
        confidence=confidence, scope=scope, owner=owner, note_zh=note, note_en=note,
    )  # fmt: skip
    tell(_told(row, by, effective_from=effective_from, effective_to=effective_to))
    row.refresh_from_db()
    return rulebook.version_view(row)


@verb("org.rule.approved")
def approve_rule(*, version: int, by: Actor, note: str = "") -> VersionView:
    """Put a draft into force from its date 批准规则: a second person, never the author.

    That holds for administrators too. An open-ended version before it ends on the day before; any
    other overlap is refused.
    """
    row = _locked(version)
    _check_approver(row, by)
    if row.effective_from is None or row.effective_from < clock.today():
        raise Backdated(
            _("A rule cannot begin in the past: %(date)s.") % {"date": row.effective_from},
            why=Why(remedy=str(_("Draft it again with a beginning of today or later."))),
        )
    ended = _end_predecessor(row, row.effective_from, by)
    RuleVersion.objects.filter(pk=row.pk).update(
        status=RuleStatus.APPROVED, approved_at=Now(), approved_by=by.key
    )
    RuleChange.objects.create(version=row, status=RuleStatus.APPROVED, by=by.key, note=note[:LONGEST_NOTE])
    queries.bump()
    tell(_told(row, by, effective_from=row.effective_from, ended=ended))
    row.refresh_from_db()
    return rulebook.version_view(row)


def _check_approver(row: RuleVersion, by: Actor) -> None:
    if row.status != RuleStatus.DRAFT:
        raise NotADraft(_("This version is no draft any more."), status=row.status)
    if by.kind is not ActorKind.PERSON or by.key == row.drafted_by:
        raise AuthorMayNotApprove(
            _("Whoever drafted a rule does not approve it."),
            why=Why(
                rule=str(_("Two people for every change of a rule")),
                remedy=str(_("Ask another person who approves rules.")),
            ),
        )
    check_actor(by=by, duty=Duty.RULES_APPROVE, branch=by.branch or 0)


def _end_predecessor(row: RuleVersion, begins: date, by: Actor) -> int | None:
    others = RuleVersion.objects.filter(table=row.table_id, status=RuleStatus.APPROVED)
    new, ended = rulebook.read(row), None
    for other in others:
        before_it = other.effective_from is None or other.effective_from < begins
        if other.effective_to is None and before_it:
            other.effective_to = begins - timedelta(days=1)
            ended = other
        if rules.overlaps([rulebook.read(other), new]):
            raise OverlappingVersions(
                _("Version %(n)d would hold on the same days.") % {"n": other.number}, version=other.number
            )
    if ended is None:
        return None
    RuleVersion.objects.filter(pk=ended.pk).update(effective_to=ended.effective_to)
    RuleChange.objects.create(
        version=ended, status=RuleStatus.RETIRED, by=by.key, note=f"→ {row.number}: {ended.effective_to}"
    )
    return ended.number


@verb("org.rule.refused")
def refuse_rule(*, version: int, reason: str, by: Actor) -> VersionView:
    """Turn a draft down, or take one's own back 退回规则草案; the record stays."""
    row = _locked(version)
    if row.status != RuleStatus.DRAFT:
        raise NotADraft(_("This version is no draft any more."), status=row.status)
    if not reason.strip():
        raise Malformed(_("Say why."))
    if by.key != row.drafted_by:
        check_actor(by=by, duty=Duty.RULES_APPROVE, branch=by.branch or 0)
    RuleVersion.objects.filter(pk=row.pk).update(status=RuleStatus.REFUSED)
    RuleChange.objects.create(
        version=row, status=RuleStatus.REFUSED, by=by.key, note=reason.strip()[:LONGEST_NOTE]
    )
    tell(_told(row, by, reason=reason.strip()[:LONGEST_NOTE]))
    row.refresh_from_db()
    return rulebook.version_view(row)


@verb("org.rule.retired")
def retire_rule(*, version: int, last_day: date, reason: str, by: Actor) -> VersionView:
    """Give a version in force its last day 终止规则. The past keeps it; one still to come goes altogether."""
    row = _locked(version)
    check_actor(by=by, duty=Duty.RULES_APPROVE, branch=by.branch or 0)
    if by.key == row.drafted_by and not row.shipped:
        raise AuthorMayNotApprove(_("Whoever drafted a rule does not end it."))
    if row.status != RuleStatus.APPROVED:
        raise NotInForce(_("This version is not in force."), status=row.status)
    if not reason.strip():
        raise Malformed(_("Say why."))
    today = clock.today()
    yet_to_come = row.effective_from is not None and row.effective_from > max(today, last_day)
    if last_day < today or (row.effective_to is not None and last_day >= row.effective_to):
        raise Backdated(
            _("The last day must be today or later, and before the end the version has now."),
            last_day=last_day.isoformat(),
        )
    if yet_to_come:
        RuleVersion.objects.filter(pk=row.pk).update(status=RuleStatus.RETIRED)
    else:
        RuleVersion.objects.filter(pk=row.pk).update(effective_to=last_day)
    RuleChange.objects.create(
        version=row, status=RuleStatus.RETIRED, by=by.key, note=f"{last_day}: {reason.strip()}"[:LONGEST_NOTE]
    )
    queries.bump()
    tell(_told(row, by, last_day=last_day, reason=reason.strip()[:LONGEST_NOTE]))
    row.refresh_from_db()
    return rulebook.version_view(row)


@verb("org.rules.shipped")
def _ship(*, missing: list[tuple[dict[str, Any], list[dict[str, Any]]]], by: Actor) -> list[str]:
    """Take over rules that come with the product 载入随附规则, approved as shipped."""
    RuleTable.objects.bulk_create(RuleTable(**about, added_by=by.key) for about, _versions in missing)
    rows = [
        RuleVersion(
            table_id=about["key"], number=number, shipped=True, status=RuleStatus.APPROVED,
            drafted_by=by.key, approved_by=by.key, approved_at=clock.now(), **fields,
        )
        for about, versions in missing
        for number, fields in enumerate(versions, start=1)
    ]  # fmt: skip
    for row in rows:
        rulebook.read(row)
    RuleVersion.objects.bulk_create(rows)
    RuleChange.objects.bulk_create(
        RuleChange(version=row, status=RuleStatus.APPROVED, by=by.key, note="shipped") for row in rows
    )
    loaded = [f"{row.table_id}@{row.number}" for row in rows]
    queries.bump()
    tell(Told(subject="rule:shipped", branch=queries.home(), data={"versions": loaded}, channels=("rules",)))
    return loaded


def ship(missing: list[tuple[dict[str, Any], list[dict[str, Any]]]], by: Actor) -> list[str]:
    """Load what is missing, all or nothing; a rule that overlaps names itself."""
    if not missing:
        return []
    try:
        with transaction.atomic():
            return _ship(missing=missing, by=by)
    except IntegrityError as error:
        raise OverlappingVersions(str(error)) from error
