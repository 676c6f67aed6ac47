"""Invitations by mail 会议邀请邮件: each change once to each person, with the file for their calendar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.mail import services as mail
from counterpoint.meetings.data import Invitation
from counterpoint.meetings.models import Invitation as InvitationRow
from counterpoint.meetings.models import Meeting, Series
from counterpoint.meetings.services import inviting

#: So many series and meetings at once; what is left over is due the next time too.
PORTION = 50
#: A letter of a very large meeting has no file: its people find it by their calendar's address.
LONGEST_FILE = 60_000
GONE = -1
TEMPLATES = {"REQUEST": "meetings.invited", "CANCEL": "meetings.cancelled"}

#: Who was not written to yet of how a series is now, or of not being invited any longer.
DUE = Q(ended=None) & (Q(written=None) | Q(written__lt=F("series__sequence"))) | Q(
    ended__isnull=False, written__gte=0
)


def bring() -> None:
    mail.add_kind("meetings", _("Invitations to meetings"))
    for template in TEMPLATES.values():
        mail.add_template(template, kind="meetings")


def write_due(*, by: Actor = SYSTEM) -> int:
    """Write what calendars have to be told: of series and of single meetings; how many of both."""
    asked = InvitationRow.objects.filter(DUE).exclude(person=F("series__organiser"))
    done = 0
    for id in list(asked.order_by("series").values_list("series", flat=True).distinct()[:PORTION]):
        done += _once(Series, id, by)
    moved = Meeting.objects.filter(sequence__gt=F("written"), recurrence__gte=clock.now())
    for id in list(moved.order_by("pk").values_list("pk", flat=True)[:PORTION]):
        done += _once(Meeting, id, by)
    return done


def _once(table: type[Series] | type[Meeting], id: int, by: Actor) -> int:
    with transaction.atomic():
        # Another process may be at it.
        held = table.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(pk=id)
        row = held.first()
        if isinstance(row, Series):
            _write_series(row=row, by=by)
        elif row is not None:
            _write_meeting(row=row, by=by)
    return int(row is not None)


@verb("meetings.series.written_of")
def _write_series(*, row: Series, by: Actor) -> None:
    """Write to who is invited to a series, and to who is no longer 会议邀请邮件."""
    rows = InvitationRow.objects.filter(DUE, series=row)
    wanted = set(rows.values_list("person_id", flat=True))
    found = [one for one in inviting.series_invitations(row.pk) if one.person in wanted]
    _post(row, found, f"meetings.series:{row.pk}:{row.sequence}", reverse("meetings:week"), by)
    InvitationRow.objects.filter(series=row, ended=None).update(written=row.sequence)
    InvitationRow.objects.filter(series=row, ended__isnull=False).update(written=GONE)
    tell(Told(subject=f"meeting-series:{row.pk}", branch=row.branch_id, data={"people": len(found)}))


@verb("meetings.meeting.written_of")
def _write_meeting(*, row: Meeting, by: Actor) -> None:
    """Write to a meeting's people that it was moved or cancelled 会议变更邮件."""
    found = inviting.invitations(row.pk)
    link = reverse("meetings:meeting", args=[row.pk])
    _post(row.series, found, f"meetings.meeting:{row.pk}:{row.sequence}", link, by, meeting=row)
    Meeting.objects.filter(pk=row.pk).update(written=row.sequence)
    tell(Told(subject=f"meeting:{row.pk}", branch=row.series.branch_id, data={"people": len(found)}))


def _post(
    series: Series, found: Iterable[Invitation], key: str, link: str, by: Actor, *,
    meeting: Meeting | None = None,
) -> None:  # fmt: skip
    """One letter for everybody whose file is the same."""
    same: dict[tuple[str, bytes], list[int]] = defaultdict(list)
    for one in found:
        same[one.method, one.ics].append(one.person)
    start = (meeting.start if meeting else series.first).astimezone(clock.CHINA)
    data = {
        "title": series.title, "start": f"{start:%Y-%m-%d %H:%M}", "organiser": series.organiser.name_zh,
        "organiser_en": series.organiser.name_en or series.organiser.name_zh,
        "place": meeting.place if meeting else series.place, "repeats": bool(series.rule) and meeting is None,
    }  # fmt: skip
    for (method, content), people in same.items():
        text = content.decode()
        mail.post(
            to=people, template=TEMPLATES[method], data=data, key=f"{key}:{method}", link=link, by=by,
            about=f"meeting-series:{series.pk}", calendar=text if len(text) <= LONGEST_FILE else "",
        )  # fmt: skip
