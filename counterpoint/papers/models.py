"""Tables of the papers: the row that never changes, its bytes, who looked, who discarded."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models.functions import Now

from counterpoint.papers.data import Media, PaperKind, Retention


def choices_of(kind: type[StrEnum]) -> list[tuple[str, str]]:
    return [(one.value, one.value) for one in kind]


class Paper(models.Model):
    """A paper 凭证影像 as it was kept. ``previews`` are the hashes of each page's previews, large and small.

    The row never changes: what the content and the previews must be is said here once.
    """

    append_only = True

    id = models.BigAutoField(primary_key=True)
    branch_id = models.IntegerField()
    name = models.CharField(max_length=120)
    media = models.CharField(max_length=80, choices=choices_of(Media))
    size = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=12, choices=choices_of(PaperKind))
    retention = models.CharField(max_length=12, choices=choices_of(Retention))
    pages = models.IntegerField()
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    previews = models.JSONField()
    person_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(size__gt=0, pages__gt=0), name="papers_paper_something"
            ),
            models.CheckConstraint(
                condition=models.Q(width=None, height=None)
                | models.Q(width__isnull=False, height__isnull=False),
                name="papers_paper_measured",
            ),
        ]
        indexes = [models.Index("person_id", "at", name="papers_paper_person")]

    def __str__(self) -> str:
        return f"{self.pk} {self.media}"


class PaperContent(models.Model):
    """The bytes as they came: apart from the row, so that no list reads them; gone when discarded."""

    paper = models.OneToOneField(Paper, models.PROTECT, related_name="+", primary_key=True)
    content = models.BinaryField()

    def __str__(self) -> str:
        return str(self.pk)


class PaperPreview(models.Model):
    """A page as it is seen, twice: to be read, and in a row of a list."""

    id = models.BigAutoField(primary_key=True)
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="+")
    page = models.IntegerField()
    large = models.BinaryField()
    small = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("paper", "page", name="papers_paperpreview_page")]

    def __str__(self) -> str:
        return f"{self.paper_id} {self.page}"


class Look(models.Model):
    """Somebody looked at a paper 调阅, for the sake of ``subject``."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="+")
    person_id = models.BigIntegerField()
    subject = models.CharField(max_length=80)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index("paper", "at", name="papers_look_paper")]

    def __str__(self) -> str:
        return f"{self.paper_id} {self.person_id}"


class Discard(models.Model):
    """The content of a paper was discarded 销毁 after its time, by whom and why."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    paper = models.OneToOneField(Paper, models.PROTECT, related_name="+")
    person_id = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.paper_id)
