"""The journal of everything: one event row a verb, and the sealed blocks over them."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now


class CurrentXid(models.Func):
    """The number of the writing transaction. ``xid8`` has no index of its own kind, so: bigint."""

    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()


class Event(models.Model):
    """What happened 事件: who, when, which verb, on what. Append-only by privilege and by trigger.

    A posting's event is at the same time its entry 分录: ``data["legs"]`` holds
    ``[account, amount, version, balance]`` for each leg, and ``key`` its idempotency key.
    ``actor`` is ``person:12``, ``machine:3`` or ``system:0``; ``subject`` is ``account:7`` and alike.
    ``xid`` is the writing transaction's number: a reader knows from it which rows are final.
    Personal data is referenced here, never copied, so that erasure does not break the chain.
    """

    append_only = True

    id = models.BigAutoField(primary_key=True)
    branch_id = models.IntegerField()
    business_date = models.DateField(null=True)
    at = models.DateTimeField(db_default=Now())
    verb = models.TextField()
    subject = models.TextField()
    actor = models.TextField()
    correlation = models.UUIDField(null=True)
    data = models.JSONField()
    key = models.UUIDField(null=True)
    digest = models.BinaryField(null=True)
    xid = models.BigIntegerField(db_default=CurrentXid())

    class Meta:
        constraints = [
            models.UniqueConstraint("key", name="kit_event_key", condition=models.Q(key__isnull=False)),
        ]
        indexes = [
            models.Index("branch_id", "id", name="kit_event_branch"),
            models.Index("subject", "id", name="kit_event_subject", condition=models.Q(key=None)),
            models.Index(
                "correlation", "id", name="kit_event_correlation",
                condition=models.Q(correlation__isnull=False),
            ),
            BrinIndex("xid", name="kit_event_xid", pages_per_range=32),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.id} {self.verb} {self.subject}"


class Block(models.Model):
    """Sealed events of one branch: a Merkle root, chained to the block before, signed 封存块.

    What each column means is said at ``blocks.Header``; ``places`` and ``hash`` are the list that
    names an altered row, and the hash of the header.
    """

    append_only = True

    id = models.BigAutoField(primary_key=True)
    branch_id = models.IntegerField()
    number = models.BigIntegerField()
    scheme = models.TextField()
    era = models.IntegerField()
    cluster = models.TextField()
    after_event = models.BigIntegerField()
    closes_at = models.BigIntegerField(null=True)
    after_xid = models.BigIntegerField()
    upto_xid = models.BigIntegerField()
    events = models.IntegerField()
    last_event = models.BigIntegerField()
    root = models.BinaryField()
    places = models.BinaryField()
    previous = models.BinaryField()
    at = models.DateTimeField()
    hash = models.BinaryField()
    signer = models.TextField()
    signature = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint("branch_id", "number", name="kit_block_number"),
        ]
        indexes = [
            models.Index("branch_id", "upto_xid", name="kit_block_upto"),
        ]

    def __str__(self) -> str:
        return f"{self.branch_id}/{self.number}"
