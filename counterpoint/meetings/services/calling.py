"""Calling meetings 召集: one or a series; moving, changing the following ones, cancelling, taking over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Why
from counterpoint.kit.verbs import verb
from counterpoint.meetings import queries, rules
from counterpoint.meetings.data import (
    Kind,
    MeetingMalformed,
    MeetingState,
    NotTheOrganiser,
    Plan,
    Reply,
    RuleRefused,
)
from counterpoint.meetings.data import Meeting as MeetingView
from counterpoint.meetings.models import Attendance, Invitation, Item, Meeting, Series
from counterpoint.meetings.services import occurring, parts
from counterpoint.org import services as org
from counterpoint.people.data import Role

LONGEST_TITLE = LONGEST_PLACE = 120
LONGEST_MINUTES = 720
RULE_WORDS = _lazy(
    "This repetition is not possible: it has to fall on whole days (daily, weekly, monthly or yearly),"
    " at least once, and to be written as RFC 5545 has it."
)
S = MeetingState


def _checked(plan: Plan, branch: int) -> Plan:
    """A plan as it is kept: words plain, the rule without its end, the first day one of the rule's."""
    title = parts.words(plan.title, field="title", longest=LONGEST_TITLE)
    place = parts.words(plan.place, field="place", longest=LONGEST_PLACE, needed=False)
    if not 1 <= plan.minutes <= LONGEST_MINUTES:
        raise MeetingMalformed(
            _("A meeting lasts 1 to %(n)s minutes.") % {"n": LONGEST_MINUTES}, field="minutes"
        )
    if set(plan.audience.roles) - set(Role):
        raise MeetingMalformed(_("There is no such post."), field="roles")
    org.branch(branch)
    start, rule, until = parts.local(plan.start), "", None
    if plan.rule:
        try:
            rule, start, until = rules.normal(plan.rule, start, plan.until)
        except RuleRefused as error:
            raise RuleRefused(RULE_WORDS, field="rule") from error
        today = clock.today()
        if start.date() < today:
            ahead = rules.starts(rule, start, until, today, today + timedelta(days=366 * 9), most=2)
            ahead = [one for one in ahead if parts.aware(one) > clock.now()]
            if not ahead:
                raise MeetingMalformed(_("Every meeting of this series would be in the past."), field="start")
            start = ahead[0]
    if parts.aware(start) <= clock.now():
        raise MeetingMalformed(_("The meeting would begin in the past."), field="start")
    return replace(
        plan, title=title, place=place, rule=rule, start=parts.aware(start), until=until,
        working_days=plan.working_days and bool(rule),
    )  # fmt: skip


def _made(plan: Plan, by: Actor, branch: int, organiser: int, **more: object) -> Series:
    wanted = occurring.reached(plan.audience, branch, organiser)
    rule = plan.audience
    row = Series(
        kind=Kind(plan.kind), title=plan.title, rule=plan.rule, first=plan.start, ends_on=plan.until,
        working_days=plan.working_days, minutes=plan.minutes, place=plan.place, organiser_id=organiser,
        branch_id=branch, whole_branch=rule.whole_branch, roles=list(rule.roles), people=list(rule.people),
        at=clock.now(), changed=clock.now(), **more,
    )  # fmt: skip
    occurring.fit(row)
    row.save()
    occurring.join(row, wanted)
    Invitation.objects.filter(series=row, person=organiser).update(reply=Reply.ACCEPTED, replied=clock.now())
    if (
        not occurring.plan(row)
        and row.rule
        and row.ends_on is not None
        and row.ends_on <= occurring.horizon()
    ):
        raise MeetingMalformed(_("No meeting of this series falls on a working day."), field="repeat")
    return Series.objects.select_related("organiser").get(pk=row.pk)


@verb("meetings.series.called")
def call(*, plan: Plan, by: Actor) -> int:
    """Call a meeting or a series of them 召集会议; the id of the series."""
    parts.check_person(by)
    branch = by.branch or org.home()
    row = _made(_checked(plan, branch), by, branch, by.id)
    parts.say_series(row, "request", {"rule": row.rule, "first": row.first.isoformat()})
    return row.pk


@verb("meetings.meeting.moved")
def move(*, meeting: int, start: datetime, minutes: int, place: str, note: str, by: Actor) -> None:
    """Move one meeting 改期: another time or place, the others stay."""
    row = parts.locked(meeting)
    parts.check_manages(row.series, by)
    parts.check_state(row, S.PLANNED)
    if start <= clock.now():
        raise MeetingMalformed(_("The meeting would begin in the past."), field="start")
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise MeetingMalformed(
            _("A meeting lasts 1 to %(n)s minutes.") % {"n": LONGEST_MINUTES}, field="minutes"
        )
    before = {"start": row.start.isoformat(), "place": row.place}
    row.start, row.minutes = start, minutes
    row.place = parts.words(place, field="place", longest=LONGEST_PLACE, needed=False)
    row.sequence, row.changed = max(row.sequence, row.series.sequence) + 1, clock.now()
    row.save(update_fields=["start", "minutes", "place", "sequence", "changed"])
    _ask_again(row)
    parts.stepped(row, by, parts.words(note, field="note", longest=parts.LONGEST_NOTE, needed=False))
    parts.say(row, {"change": "request", "before": before, "start": start.isoformat()})


def _ask_again(row: Meeting) -> None:
    """At another time everybody but who called it is asked anew."""
    asked = [id for id in queries.invited_ids(row.series_id) if id != row.series.organiser_id]
    Attendance.objects.bulk_create(
        [Attendance(meeting=row, person_id=id, reply=Reply.NEEDS_ACTION) for id in asked],
        update_conflicts=True, unique_fields=["meeting", "person"], update_fields=["reply"],
    )  # fmt: skip


@verb("meetings.meeting.cancelled")
def cancel(*, meeting: int, reason: str, by: Actor) -> None:
    """Cancel one meeting 取消; the others stay."""
    row = parts.locked(meeting)
    parts.check_manages(row.series, by)
    parts.check_state(row, S.PLANNED)
    said = parts.words(reason, field="reason", longest=parts.LONGEST_NOTE)
    sequence = max(row.sequence, row.series.sequence) + 1
    parts.enter(row, S.CANCELLED, by, said, sequence=sequence, changed=clock.now())
    parts.say(row, {"change": "cancel"})


def _cut(row: Meeting, by: Actor, state: MeetingState, note: str) -> list[Meeting]:
    """End a series before this meeting; the planned ones from here on enter ``state``."""
    series = parts.locked_series(row.series_id)
    day = parts.local(row.recurrence).date()
    series.ends_on, series.sequence = day - timedelta(days=1), series.sequence + 1
    series.changed = clock.now()
    series.skipped = [one for one in series.skipped if one < day]
    series.added = [one for one in series.added if one < day]
    series.save(update_fields=["ends_on", "sequence", "skipped", "added", "changed"])
    row.series = series
    found = Meeting.objects.select_for_update().filter(series=series, recurrence__gte=row.recurrence)
    following = list(found.filter(state=S.PLANNED).order_by("recurrence"))
    for one in following:
        one.series = series
        parts.enter(one, state, by, note)
    return following


@verb("meetings.series.ended")
def cancel_following(*, meeting: int, reason: str, by: Actor) -> None:
    """Cancel this meeting and all that follow 取消本次及以后; the series ends before it."""
    row = parts.locked(meeting)
    parts.check_manages(row.series, by)
    parts.check_state(row, S.PLANNED)
    said = parts.words(reason, field="reason", longest=parts.LONGEST_NOTE)
    gone = _cut(row, by, S.CANCELLED, said)
    change = "cancel" if begins_after_its_end(row.series) else "request"
    parts.say_series(row.series, change, {"cancelled": [one.pk for one in gone]})


def begins_after_its_end(row: Series) -> bool:
    """Was a series cancelled as a whole?"""
    return row.ends_on is not None and row.ends_on < parts.local(row.first).date()


@verb("meetings.series.changed")
def change_following(*, meeting: int, plan: Plan, by: Actor) -> int:
    """Change this meeting and all that follow 调整本次及以后: the series ends, and goes on as another.

    Calendar programs understand a shorter series and a new one; few know RANGE=THISANDFUTURE.
    """
    row = parts.locked(meeting)
    parts.check_manages(row.series, by)
    parts.check_state(row, S.PLANNED)
    old = row.series
    checked = _checked(plan, old.branch_id)
    gone = _cut(row, by, S.REPLACED, "")
    new = _made(checked, by, old.branch_id, old.organiser_id, chain=old.chain)
    for one in gone:
        _bring_along(one, new)
    parts.say_series(
        row.series, "cancel" if begins_after_its_end(row.series) else "request",
        {"goes_on_as": new.pk, "replaced": [one.pk for one in gone]}, *queries.invited_ids(new.pk),
    )  # fmt: skip
    return new.pk


def _bring_along(old: Meeting, new: Series) -> None:
    """What people put on the agenda of a meeting goes to the one that takes its place."""
    day = clock.start_of(parts.local(old.start).date())
    after = Meeting.objects.filter(series=new, start__gte=day).order_by("start").first()
    if after is not None:
        Item.objects.filter(meeting=old, kind="own").update(meeting=after)


@verb("meetings.series.taken_over")
def take_over(*, series: int, by: Actor) -> None:
    """Become who calls a series 接任召集人: of somebody who left, or by who answers for the branch."""
    row = parts.locked_series(series)
    parts.check_person(by)
    if row.organiser_id == by.id or not parts.manages(row, by):
        raise NotTheOrganiser(
            _("This meeting was called by %(name)s.") % {"name": row.organiser.name},
            why=Why(rule=_("It is taken over by who authorizes at its branch.")),
        )
    before, row.organiser_id, row.sequence = row.organiser_id, by.id, row.sequence + 1
    row.changed = clock.now()
    row.save(update_fields=["organiser", "sequence", "changed"])
    occurring.join(row, list(dict.fromkeys([*queries.invited_ids(row.pk), by.id])))
    parts.say_series(row, "request", {"before": before, "after": by.id}, before)


def plan_of(meeting: MeetingView) -> Plan:
    """The plan by which a meeting could be called again, from its day on."""
    row = Series.objects.get(pk=meeting.series)
    return Plan(
        kind=Kind(row.kind), title=row.title, start=meeting.start, minutes=meeting.minutes,
        place=meeting.place, audience=occurring.audience_of(row), rule=row.rule,
        working_days=row.working_days, until=row.ends_on,
    )  # fmt: skip
