"""Tables of the lobby's devices 自助设备: which browser is which screen, and what was printed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from counterpoint.lobby.data import DeviceKind, SlipState, SlipTrouble


class Device(models.Model):
    """A kiosk or a display 自助设备, from when it was paired until it is ended."""

    id = models.BigAutoField(primary_key=True)
    branch_id = models.IntegerField()
    kind = models.CharField(max_length=8, choices=[(str(one), str(one)) for one in DeviceKind])
    name = models.CharField(max_length=40)
    printer = models.CharField(max_length=60, blank=True)
    paired_by = models.CharField(max_length=40)
    paired_at = models.DateTimeField()
    ended_by = models.CharField(max_length=40, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_by="", ended_at=None) | (~Q(ended_by="") & Q(ended_at__isnull=False)),
                name="lobby_device_ended",
            ),
        ]
        indexes = [models.Index("branch_id", name="lobby_device_branch", condition=Q(ended_at=None))]

    def __str__(self) -> str:
        return f"{self.branch_id} {self.kind} {self.name}"


class TakeCount(models.Model):
    """How many numbers one kiosk or one address took in a span of time 取号计数; forgotten soon after."""

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=60)
    span = models.DateTimeField()
    n = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("source", "span", name="lobby_takes_once")]
        indexes = [models.Index("span", name="lobby_takes_span")]

    def __str__(self) -> str:
        return f"{self.source} {self.n}"


class Slip(models.Model):
    """One print of a number 出票. The row stands before the printer is spoken to, so none prints twice."""

    id = models.BigAutoField(primary_key=True)
    ticket = models.ForeignKey("lobby.Ticket", models.PROTECT, related_name="slips")
    branch_id = models.IntegerField()
    device = models.ForeignKey(Device, models.PROTECT, related_name="+")
    copy = models.IntegerField()
    state = models.CharField(
        max_length=8, choices=[(str(one), str(one)) for one in SlipState], default=SlipState.SENDING
    )
    trouble = models.CharField(
        max_length=12, choices=[(str(one), str(one)) for one in SlipTrouble], blank=True
    )
    #: Where the phone's page is found: a later try prints the same code.
    origin = models.CharField(max_length=200)
    asked_by = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    #: Tried again by the clock, which nobody asked.
    by_clock = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("ticket", "copy", name="lobby_slip_copy"),
            models.CheckConstraint(condition=Q(copy__gte=1), name="lobby_slip_counted"),
            models.CheckConstraint(
                condition=Q(state=SlipState.FAILED) & ~Q(trouble="")
                | ~Q(state=SlipState.FAILED) & Q(trouble=""),
                name="lobby_slip_trouble",
            ),
        ]
        indexes = [
            models.Index("branch_id", "id", name="lobby_slip_branch"),
            models.Index("asked_at", name="lobby_slip_failed", condition=Q(state=SlipState.FAILED)),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.copy} {self.state}"
