"""On which days a series falls 排期: planned some way ahead, around holidays, for whom it reaches."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor
from counterpoint.kit.verbs import verb
from counterpoint.meetings import queries, rules
from counterpoint.meetings.data import Audience, MeetingMalformed, MeetingState, NobodyInvited
from counterpoint.meetings.models import Invitation, Meeting, Series
from counterpoint.meetings.services import parts
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import PersonView

#: So far ahead a calendar program is told of holidays and make-up days.
CALENDAR_DAYS = 400


def reached(audience: Audience, branch: int, organiser: int) -> list[int]:
    """Everybody in an audience now, with who calls; the gone are left out."""
    found: list[PersonView] = people.staff_of(people=[organiser])
    if audience.whole_branch or audience.roles:
        roles = () if audience.whole_branch else audience.roles
        found += people.staff_of(branches=[branch], roles=roles)
    if audience.people:
        found += people.staff_of(people=audience.people)
    ids = list(dict.fromkeys(one.id for one in found))
    if not set(ids) - {organiser}:
        raise NobodyInvited(_("Nobody is in this audience today."), field="people")
    most = int(org.value(key="meetings.most_people", at=clock.today()))
    if len(ids) > most:
        raise MeetingMalformed(_("At most %(n)s people; for more, write a notice.") % {"n": most})
    return ids


def audience_of(row: Series) -> Audience:
    return Audience(row.whole_branch, tuple(row.roles), tuple(row.people))


def horizon() -> date:
    return clock.today() + timedelta(days=int(org.value(key="meetings.horizon_days", at=clock.today())))


def given(row: Series, since: date, before: date) -> list[datetime]:
    """When the series has a meeting in these days, holidays and make-up days considered."""
    first = parts.local(row.first)
    found = rules.starts(row.rule, first, row.ends_on, since, before)
    skipped = set(row.skipped)
    moments = {one for one in found if one.date() not in skipped}
    last = min(filter(None, (before, row.ends_on)))
    moments |= {datetime.combine(day, first.time()) for day in row.added if since <= day <= last}
    return sorted(moments)


def fit(row: Series) -> bool:
    """Reckon holidays and make-up days anew; did anything change that calendars have to be told?"""
    if not row.working_days or not row.rule:
        return False
    first = parts.local(row.first)
    start = max(first.date(), clock.today())
    end = min(filter(None, (start + timedelta(days=CALENDAR_DAYS), row.ends_on)))
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    found = rules.starts(row.rule, first, row.ends_on, start, end)
    skipped, added = rules.fitted(found, days, org.is_working_day, each=rules.each_workday(row.rule))
    before = [day for day in row.skipped if day < start], [day for day in row.added if day < start]
    changed = ([*before[0], *skipped], [*before[1], *added])
    if changed == (row.skipped, row.added):
        return False
    row.skipped, row.added = changed
    return True


def plan(row: Series) -> int:
    """Add the meetings that are missing up to the horizon; how many."""
    since = max(clock.today(), parts.local(row.first).date())
    wanted = given(row, since, horizon()) if row.rule else [parts.local(row.first)]
    known = set(Meeting.objects.filter(series=row).values_list("recurrence", flat=True))
    new = [
        Meeting(series=row, recurrence=start, start=start, minutes=row.minutes, place=row.place)
        for start in map(parts.aware, wanted)
        if start not in known
    ]
    Meeting.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def unplan(row: Series) -> int:
    """Cancel planned meetings on days that became holidays; how many."""
    gone = 0
    for one in Meeting.objects.filter(series=row, state=MeetingState.PLANNED, start__gte=clock.now()):
        if parts.local(one.recurrence).date() in row.skipped:
            one.series = row
            parts.enter(one, MeetingState.CANCELLED, SYSTEM, note=_("No working day"))
            gone += 1
    return gone


def join(row: Series, wanted: list[int]) -> tuple[list[int], list[int]]:
    """Bring the invitations up to the audience; who came to it and who fell out of it."""
    rows = {one.person_id: one for one in Invitation.objects.filter(series=row)}
    live = {person for person, one in rows.items() if one.ended is None}
    came, went = [id for id in wanted if id not in live], sorted(live - set(wanted))
    fresh = [Invitation(series=row, person_id=id, at=clock.now()) for id in came if id not in rows]
    Invitation.objects.bulk_create(fresh, ignore_conflicts=True)
    again = [id for id in came if id in rows]
    Invitation.objects.filter(series=row, person__in=again).update(ended=None)
    Invitation.objects.filter(series=row, person__in=went).update(ended=clock.now())
    return came, went


def extend_all() -> int:
    """Carry every series on: its days, its holidays, its people; how many changed."""
    today = clock.today()
    lasting = Series.objects.exclude(rule="").exclude(ends_on__lt=today).order_by("pk")
    changed = 0
    for id in lasting.values_list("pk", flat=True).iterator(chunk_size=500):
        changed += _needs(id) and _extend(series=id, by=SYSTEM)
    return changed


def _needs(id: int) -> bool:
    """Is there anything to carry on? Looked at before a verb is run, which would leave an event."""
    row = Series.objects.select_related("organiser").get(pk=id)
    if fit(row):
        return True
    wanted = given(row, max(clock.today(), parts.local(row.first).date()), horizon())
    planned = Meeting.objects.filter(series=row, recurrence__gte=clock.start_of(clock.today())).count()
    return planned < len(wanted) or set(queries.invited_ids(id)) != set(_audience(row))


def _audience(row: Series) -> list[int]:
    try:
        return reached(audience_of(row), row.branch_id, row.organiser_id)
    except NobodyInvited:
        return queries.invited_ids(row.pk)


@verb("meetings.series.extended")
def _extend(*, series: int, by: Actor) -> bool:
    """Carry a series on 顺延: more days, new holidays, who came to its audience and who left."""
    row = parts.locked_series(series)
    came, went = join(row, _audience(row))
    refit = fit(row)
    if refit or came or went:
        row.sequence, row.changed = row.sequence + 1, clock.now()
    row.save(update_fields=["skipped", "added", "sequence", "changed"])
    cancelled = unplan(row) if refit else 0
    data = {"added": plan(row), "cancelled": cancelled, "came": came, "went": went}
    parts.say_series(row, "request" if refit or came or went else "", data, *went)
    return True
