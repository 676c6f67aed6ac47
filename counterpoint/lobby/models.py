"""Tables of the lobby. Arrival is written once; how long anything took stands in the periods alone."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import Q

from counterpoint.kit.keys import new_key
from counterpoint.lobby.data import (
    AT_DESK,
    IN_LINE,
    AppointmentState,
    RatingState,
    TicketChannel,
    TicketState,
)


def choices(kinds: type[StrEnum]) -> list[tuple[str, str]]:
    return [(str(one), str(one)) for one in kinds]


class TicketSeries(models.Model):
    """The last number given 号段, by branch, business date and letter. Its lock is the number's."""

    id = models.BigAutoField(primary_key=True)
    branch_id = models.IntegerField()
    business_date = models.DateField()
    series = models.CharField(max_length=4)
    last = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint("branch_id", "business_date", "series", name="lobby_series_once"),
        ]

    def __str__(self) -> str:
        return f"{self.branch_id} {self.business_date} {self.series}{self.last}"


class Ticket(models.Model):
    """A number in the line 排队号. ``state`` and ``since`` repeat the open period, for the line's index.

    Its order among others is ``id``: the clock may go back, a position cannot.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(default=new_key, unique=True)
    branch_id = models.IntegerField()
    business_date = models.DateField()
    series = models.CharField(max_length=4)
    number = models.IntegerField()
    service = models.CharField(max_length=40)
    priority = models.CharField(max_length=40)
    priority_reason = models.CharField(max_length=200, blank=True)
    group_size = models.IntegerField(default=1)
    channel = models.CharField(max_length=12, choices=choices(TicketChannel))
    kind = models.CharField(max_length=12, blank=True)
    party_id = models.BigIntegerField(null=True)
    arrived_at = models.DateTimeField()
    taken_by = models.CharField(max_length=40)
    taken_at = models.DateTimeField()
    client_key = models.UUIDField(null=True)
    digest = models.CharField(max_length=64)
    expires = models.DateTimeField()
    state = models.CharField(max_length=12, choices=choices(TicketState))
    since = models.DateTimeField()
    desk_id = models.IntegerField(null=True)
    person = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    wanted_desk_id = models.IntegerField(null=True)
    wanted_person = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    recalls = models.IntegerField(default=0)
    prework = models.JSONField(default=list)
    papers_missing = models.JSONField(default=list)
    due = models.DateTimeField(null=True)
    promise_low = models.IntegerField(null=True)
    promise_mid = models.IntegerField(null=True)
    promise_high = models.IntegerField(null=True)
    promise_basis = models.CharField(max_length=40, blank=True)
    promise_broken = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "branch_id", "business_date", "series", "number", name="lobby_ticket_number"
            ),
            models.UniqueConstraint(
                "branch_id", "client_key", name="lobby_ticket_key", condition=Q(client_key__isnull=False)
            ),
            models.UniqueConstraint("digest", name="lobby_ticket_token"),
            models.CheckConstraint(condition=Q(group_size__range=(1, 99)), name="lobby_ticket_group"),
            models.CheckConstraint(
                condition=Q(promise_low=None, promise_mid=None, promise_high=None)
                | Q(
                    promise_low__gte=0,
                    promise_mid__gte=models.F("promise_low"),
                    promise_high__gte=models.F("promise_mid"),
                ),
                name="lobby_ticket_promise",
            ),
        ]
        indexes = [
            models.Index("branch_id", "id", name="lobby_ticket_line", condition=Q(state__in=IN_LINE)),
            models.Index(
                "branch_id", "state", name="lobby_ticket_open",
                condition=Q(state__in=[*IN_LINE, *AT_DESK, TicketState.PARKED, TicketState.HANDED_OVER]),
            ),
            models.Index("branch_id", "business_date", name="lobby_ticket_day"),
            models.Index("party_id", "id", name="lobby_ticket_party", condition=Q(party_id__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.series}{self.number:03d}"


class Period(models.Model):
    """A time that a ticket spent in one state 状态时段, at which desk and with whom.

    An end before its beginning cannot be: where the clock went back, it is the beginning, ``clipped``.
    """

    id = models.BigAutoField(primary_key=True)
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="periods")
    branch_id = models.IntegerField()
    state = models.CharField(max_length=12, choices=choices(TicketState))
    service = models.CharField(max_length=40)
    start = models.DateTimeField()
    end = models.DateTimeField(null=True)
    clipped = models.BooleanField(default=False)
    desk_id = models.IntegerField(null=True)
    person = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("ticket", name="lobby_period_one", condition=Q(end=None)),
            models.UniqueConstraint(
                "desk_id", name="lobby_period_desk", condition=Q(end=None, state__in=AT_DESK)
            ),
            models.CheckConstraint(
                condition=Q(end=None) | Q(end__gte=models.F("start")), name="lobby_period_order"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=AT_DESK) | Q(desk_id__isnull=False, person__isnull=False),
                name="lobby_period_where",
            ),
        ]
        indexes = [
            models.Index("branch_id", "start", name="lobby_period_branch"),
            models.Index("desk_id", "id", name="lobby_period_at", condition=Q(state__in=AT_DESK)),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.state}"


class Window(models.Model):
    """That a desk serves customers 窗口: which services, which of them are its own, from when until when."""

    id = models.BigAutoField(primary_key=True)
    branch_id = models.IntegerField()
    desk = models.ForeignKey("org.Desk", models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    services = models.JSONField()
    own = models.JSONField()
    opened_by = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    closed_by = models.CharField(max_length=40, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("desk", name="lobby_window_desk", condition=Q(closed_at=None)),
            models.UniqueConstraint("person", name="lobby_window_person", condition=Q(closed_at=None)),
            models.CheckConstraint(
                condition=Q(closed_by="", closed_at=None) | (~Q(closed_by="") & Q(closed_at__isnull=False)),
                name="lobby_window_closed",
            ),
        ]
        indexes = [models.Index("branch_id", name="lobby_window_open", condition=Q(closed_at=None))]

    def __str__(self) -> str:
        return f"{self.desk_id} {self.services}"


class DurationStat(models.Model):
    """How long a service took 办理用时: of one person and one kind of customer, as logarithms of seconds.

    Count, mean and sum of squared differences (Welford): what is learned adds up in any order.
    """

    id = models.BigAutoField(primary_key=True)
    branch_id = models.IntegerField()
    service = models.CharField(max_length=40)
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, blank=True)
    n = models.IntegerField(default=0)
    mean = models.FloatField(default=0.0)
    m2 = models.FloatField(default=0.0)

    class Meta:
        constraints = [
            models.UniqueConstraint("branch_id", "service", "person", "kind", name="lobby_duration_once"),
            models.CheckConstraint(condition=Q(n__gte=0, m2__gte=0), name="lobby_duration_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.person_id} {self.n}"


class Appointment(models.Model):
    """An appointment 预约: a service at a time, perhaps with the vault's booking of large cash."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=12)
    branch_id = models.IntegerField()
    service = models.CharField(max_length=40)
    start = models.DateTimeField()
    party_id = models.BigIntegerField(null=True)
    group_size = models.IntegerField(default=1)
    booking_id = models.BigIntegerField(null=True)
    #: Where the customer wants to be reminded. Given for this one appointment, it is the consent to it.
    remind_to = models.CharField(max_length=200, blank=True)
    reminded_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    state = models.CharField(
        max_length=12, choices=choices(AppointmentState), default=AppointmentState.BOOKED
    )
    ended_by = models.CharField(max_length=40, blank=True)
    ended_at = models.DateTimeField(null=True)
    ticket = models.OneToOneField(Ticket, models.PROTECT, null=True, related_name="appointment")

    class Meta:
        constraints = [
            models.UniqueConstraint("code", name="lobby_appointment_code"),
            models.CheckConstraint(
                condition=Q(ended_by="", ended_at=None) | (~Q(ended_by="") & Q(ended_at__isnull=False)),
                name="lobby_appointment_ended",
            ),
            models.CheckConstraint(
                condition=Q(state="booked", ended_at=None) | (~Q(state="booked") & Q(ended_at__isnull=False)),
                name="lobby_appointment_state",
            ),
            models.CheckConstraint(
                condition=Q(state="checked_in", ticket__isnull=False)
                | (~Q(state="checked_in") & Q(ticket=None)),
                name="lobby_appointment_ticket",
            ),
        ]
        indexes = [
            models.Index("branch_id", "service", "start", name="lobby_appointment_slot"),
            # For the clock, which asks every few seconds who is to be reminded and who did not come.
            models.Index("start", name="lobby_appointment_booked", condition=Q(state="booked")),
        ]

    def __str__(self) -> str:
        return self.code


class Rating(models.Model):
    """An invitation to rate 评价邀请, and what came of it. One a ticket; skipped ones stay to be seen."""

    id = models.BigAutoField(primary_key=True)
    ticket = models.OneToOneField(Ticket, models.PROTECT, related_name="rating")
    branch_id = models.IntegerField()
    desk_id = models.IntegerField(null=True)
    person = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=choices(RatingState), default=RatingState.INVITED)
    invited_at = models.DateTimeField()
    expires = models.DateTimeField()
    answered = models.DateTimeField(null=True)
    csat = models.IntegerField(null=True)
    nps = models.IntegerField(null=True)
    comment = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="invited", answered=None)
                | (~Q(state="invited") & Q(answered__isnull=False)),
                name="lobby_rating_answered",
            ),
            models.CheckConstraint(condition=Q(csat=None) | Q(csat__range=(1, 5)), name="lobby_rating_csat"),
            models.CheckConstraint(condition=Q(nps=None) | Q(nps__range=(0, 10)), name="lobby_rating_nps"),
            models.CheckConstraint(
                condition=Q(state="given", csat__isnull=False) | (~Q(state="given") & Q(csat=None, nps=None)),
                name="lobby_rating_given",
            ),
        ]
        indexes = [models.Index("branch_id", "invited_at", name="lobby_rating_branch")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.state}"


# Django looks for a room's tables here.
from counterpoint.lobby.models_devices import Device as Device  # noqa: E402
from counterpoint.lobby.models_devices import Slip as Slip  # noqa: E402
from counterpoint.lobby.models_devices import TakeCount as TakeCount  # noqa: E402
from counterpoint.lobby.models_promise import PromiseModel as PromiseModel  # noqa: E402
from counterpoint.lobby.models_promise import PromiseSample as PromiseSample  # noqa: E402
from counterpoint.lobby.models_suggestions import Suggestion as Suggestion  # noqa: E402
