"""When a box may be taken: on an open day, the vault by two 双人开库, no box of the day before 交叉领用."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import F, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor, ActorKind, Why
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault.data_boxes import CrossIssue, OpeningPeople, WrongDay
from counterpoint.vault.data_counts import CountPeople
from counterpoint.vault.data_vouchers import Part
from counterpoint.vault.labels_vouchers import PARTS
from counterpoint.vault.models import Box, Custody
from counterpoint.vault.models_cash import CashCount
from counterpoint.vault.models_vouchers import Seal

SAME_BOX = "vault.same_box_next_day"
OPENING = "vault.opening_people"
#: Who may count a box again that another held yesterday.
COUNTERS = (Duty.CASH, Duty.AUTHORIZE, Duty.AUDIT)


def check_day(row: Box) -> date:
    """The branch's business date, which is open."""
    day = org.business_day(row.branch_id)
    if not day.open:
        raise WrongDay(
            format_lazy(
                _("The business day of box {box}'s branch is closed; it is not taken now."), box=row.number
            ),
            why=Why(since=day.date.isoformat(), remedy=str(_("Open the business day first."))),
        )
    return day.date


def had_it_yesterday(*, box: int, branch: int, person: int) -> bool:
    """Whether the person held this box on the branch's last business day before this one."""
    yesterday = _yesterday(branch)
    if yesterday is None:
        return False
    since, until = yesterday
    held = Custody.objects.filter(Q(until=None) | Q(until__gt=since), box=box, person=person, since__lt=until)
    return held.exists()


def _yesterday(branch: int) -> tuple[datetime, datetime] | None:
    """From when to when the business day before this one was: to the opening of this one."""
    opened = [change for change in org.day_history(branch) if change.opened]
    return (opened[1].at, opened[0].at) if len(opened) > 1 else None


def opened_by_two(*, kind: str, day: date) -> bool:
    """Whether this kind of box is opened by two together 双人开库; a dated rule says so of the vault."""
    return kind == "vault" and int(org.value(key=OPENING, at=day)) > 1


def check_opening(row: Box, day: date, by: Actor, second: Actor | None) -> None:
    """Two open the vault, and between them they hold its key and its combination 钥匙、密码分管."""
    if not opened_by_two(kind=row.kind, day=day):
        return
    if second is None:
        raise OpeningPeople(
            _("Two people open the vault together."),
            why=Why(rule=OPENING, remedy=str(_("A second person signs in at this screen."))),
            field="second_number",
        )  # fmt: skip
    check_second(row, by, second, OPENING)
    needed = Seal.objects.filter(
        branch_id=row.branch_id, retired=False, part__in=(Part.KEY, Part.COMBINATION)
    )
    for part, holder in needed.order_by("part", "pk").values_list("part", "custodian"):
        if not needed.filter(part=part, custodian__in=(by.id, second.id)).exists():
            raise OpeningPeople(
                format_lazy(_("Neither of you holds this part of the vault's lock: {part}."),
                            part=PARTS[Part(part)]),
                why=Why(rule=OPENING, helper=people.person(holder).name), part=part,
            )  # fmt: skip


def check_cross_issue(row: Box, day: date, by: Actor, second: Actor | None) -> None:
    """Not the same box on two days running, unless another person counted it again."""
    if second is not None:
        check_second(row, by, second, SAME_BOX)
        return
    if not needs_recount(box=row.pk, branch=row.branch_id, person=by.id, day=day, kind=row.kind):
        return
    raise CrossIssue(
        format_lazy(_("You had box {box} on the last business day too."), box=row.number),
        why=Why(rule=SAME_BOX, remedy=str(_("Take another box; or a second person counts it again."))),
        box=row.pk,
    )


def needs_recount(*, box: int, branch: int, person: int, day: date, kind: str) -> bool:
    """Whether this person takes this box only after another has counted it again today."""
    if kind != "teller" or org.value(key=SAME_BOX, at=day):
        return False
    if not had_it_yesterday(box=box, branch=branch, person=person):
        return False
    counted = CashCount.objects.filter(box=box, business_date=day, faces=F("expected_faces"))
    return not counted.exclude(person_id=person).exists()


def check_second(row: Box, by: Actor, second: Actor, rule: str) -> None:
    """Somebody else, a person, who may count."""
    if second.id == by.id or second.kind is not ActorKind.PERSON:
        raise CountPeople(_("The second person is somebody else."), why=Why(rule=rule))
    if not any(people.may(person=second.id, duty=duty, branch=row.branch_id) for duty in COUNTERS):
        people.check_may(person=second.id, duty=Duty.CASH, branch=row.branch_id)
