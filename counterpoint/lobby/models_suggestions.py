"""The table of suggestions for windows 开窗建议."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from counterpoint.lobby.data_suggestions import SuggestionState


class Suggestion(models.Model):
    """What was proposed for a window, on which figures, and what became of it. One open a branch."""

    id = models.BigAutoField(primary_key=True)
    branch_id = models.IntegerField()
    desk = models.ForeignKey("org.Desk", models.PROTECT, related_name="+")
    services = models.JSONField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    p90_before = models.IntegerField()
    p90_after = models.IntegerField()
    gain_low = models.IntegerField()
    gain_high = models.IntegerField()
    runs = models.IntegerField()
    state = models.CharField(max_length=8, choices=[(str(one), str(one)) for one in SuggestionState])
    suggested_by = models.CharField(max_length=40)
    suggested_at = models.DateTimeField()
    expires = models.DateTimeField()
    answered_by = models.CharField(max_length=40, blank=True)
    answered_at = models.DateTimeField(null=True)
    before = models.JSONField(default=list)
    before_own = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint("branch_id", name="lobby_suggestion_one", condition=Q(state="open")),
            models.CheckConstraint(
                condition=Q(until__gt=models.F("since"), p90_after__lt=models.F("p90_before")),
                name="lobby_suggestion_sane",
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_by="", answered_at=None)
                | (~Q(state="open") & ~Q(answered_by="") & Q(answered_at__isnull=False)),
                name="lobby_suggestion_answered",
            ),
        ]
        indexes = [
            models.Index(
                "branch_id", name="lobby_suggestion_live", condition=Q(state__in=["open", "accepted"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.desk_id} {self.services} {self.state}"
