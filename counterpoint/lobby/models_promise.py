"""Tables of the learned promise 承诺模型: what was known as a number was taken, and what was learned."""

from __future__ import annotations

from django.db import models


class PromiseSample(models.Model):
    """The scene in numbers as a ticket was taken 取号时特征. The wait that followed stands in its periods."""

    id = models.BigAutoField(primary_key=True)
    ticket = models.OneToOneField("lobby.Ticket", models.PROTECT, related_name="promise_sample")
    branch_id = models.IntegerField()
    business_date = models.DateField()
    features = models.CharField(max_length=16)
    routing = models.CharField(max_length=16)
    numbers = models.JSONField()

    class Meta:
        indexes = [
            models.Index("branch_id", "features", "routing", "business_date", name="lobby_sample_learned"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.features}"


class PromiseModel(models.Model):
    """A model of a branch 承诺模型: its numbers packed, and the product's mark on them."""

    id = models.BigAutoField(primary_key=True)
    branch_id = models.IntegerField()
    version = models.IntegerField()
    features = models.CharField(max_length=16)
    routing = models.CharField(max_length=16)
    names = models.JSONField()
    body = models.BinaryField()
    mark = models.CharField(max_length=64)
    made_with = models.CharField(max_length=40)
    since = models.DateField()
    until = models.DateField()
    samples = models.IntegerField()
    held_out = models.IntegerField()
    mae = models.FloatField()
    coverage = models.FloatField()
    learned_by = models.CharField(max_length=40)
    learned_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("branch_id", "version", name="lobby_promise_version"),
            models.CheckConstraint(
                condition=models.Q(samples__gt=0, mae__gte=0, coverage__range=(0, 100)),
                name="lobby_promise_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch_id} {self.version}"
