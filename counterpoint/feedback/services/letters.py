"""What is written to who follows a report 意见进展邮件: title and state; by digest, unless chosen."""

from __future__ import annotations

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from counterpoint.feedback.data import ItemState
from counterpoint.feedback.labels import STATES
from counterpoint.feedback.models import Follower, ItemStateRow
from counterpoint.feedback.models import Item as ItemRow
from counterpoint.kit.data import Actor
from counterpoint.mail import services as mail


def bring() -> None:
    mail.add_kind("feedback", _("News of reports"))
    mail.add_template("feedback.news", kind="feedback")


def of_news(row: ItemRow, by: Actor) -> None:
    """Write to everybody who follows the report but for who made the news."""
    followers = Follower.objects.filter(item=row).exclude(person=by.id).values_list("person_id", flat=True)
    last = ItemStateRow.objects.filter(item=row).order_by("-pk").values_list("pk", flat=True).first()
    words = STATES[ItemState(row.state)].words
    with translation.override("zh-hans"):
        data = {"title": row.title, "name": str(row), "state": str(words)}
    with translation.override("en"):
        data["state_en"] = str(words)
    mail.post(
        to=list(followers), template="feedback.news", data=data, key=f"feedback:{row.pk}:{last}",
        link=reverse("feedback:item", args=[row.pk]), about=f"feedback:{row.pk}", by=by,
    )  # fmt: skip
