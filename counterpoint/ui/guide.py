"""What the style guide shows: each part with plausible content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.kit import clock
from counterpoint.kit.data import Refusal, Why
from counterpoint.ui.data import Meaning

MEANINGS = ("neutral", "accent", "success", "attention", "danger", "information")


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a timeline 时间线."""

    at: datetime
    title: str
    who: str = ""
    text: str = ""
    meaning: Meaning = "neutral"
    icon: str = "circle"


class SampleForm(forms.Form):
    """A cash deposit, to show the fields."""

    account = forms.CharField(label=gettext_lazy("Account"), initial="6222080100000012345")
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("own", gettext_lazy("By the owner")), ("agent", gettext_lazy("By an agent"))],
    )
    amount = forms.CharField(label=gettext_lazy("Amount"), initial="1,409.50")
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, help_text=gettext_lazy("Printed on the receipt.")
    )


def _rows() -> list[dict[str, Any]]:
    now = clock.now()
    return [
        {
            "id": 4021 - index,
            "at": now - timedelta(minutes=7 * index + 3),
            "kind": kind,
            "account": account,
            "who": who,
            "minor": minor,
            "state": state,
            "meaning": meaning,
        }
        for index, (kind, account, who, minor, state, meaning) in enumerate(
            [
                (_("Cash deposit"), "6222080100000012345", "张*明", 1_409_50, _("Posted"), "success"),
                (_("Cash withdrawal"), "6222080100000045678", "李*", -50_000_00, _("Approved"), "success"),
                (_("Transfer"), "6222080100000077120", "王**", -8_200_00, _("Waiting"), "attention"),
                (_("Cash withdrawal"), "6222080100000031907", "陈*", -300_00, _("Reversed"), "neutral"),
                (_("Cash deposit"), "6222080100000090055", "赵*", 20_000_00, _("Refused"), "danger"),
            ]
        )
    ]


def _moments() -> list[Moment]:
    now = clock.now()
    return [
        Moment(now, _("Approval asked for"), "王芳", _("Over 50,000 in cash"), "attention", "hourglass"),
        Moment(now - timedelta(minutes=2), _("Notes counted"), "王芳", "", "accent", "coins"),
        Moment(now - timedelta(minutes=4), _("Identity checked"), "王芳", "", "success", "id"),
        Moment(now - timedelta(minutes=5), _("Ticket called"), "", "A017", "information", "bell"),
    ]


def guide_context() -> dict[str, Any]:
    """Everything on the page of parts."""
    broken = SampleForm(data={"account": "6222", "kind": "own", "amount": "12.345", "note": ""})
    broken.is_valid()
    broken.add_error("account", _("The check digit is wrong."))
    refusal = Refusal(
        _("This withdrawal cannot be posted."),
        why=Why(
            rule=_("Withdrawals of 50,000 or more need a second person"),
            source="大额现金管理 §4",
            since="2026-01-01",
            remedy=_("Ask for an approval with F7, or pay out less."),
            helper=_("Zhang Wei, supervisor, desk 03"),
        ),
    )
    return {
        "form": SampleForm(auto_id="id_%s"),
        "broken": broken,
        "rows": _rows(),
        "moments": _moments(),
        "refusal": refusal,
        "meanings": [(meaning, word) for meaning, word in zip(MEANINGS, _meaning_words(), strict=True)],
        "facts": [
            (_("Charges"), "¥0.00"),
            (_("New balance"), "¥86,409.50"),
            (_("Approval"), _("Zhang Wei, waiting 2 min")),
        ],
        "counts": {"10000": 14, "500": 1, "100": 4, "50": 1},
        "box": {"10000": 212, "5000": 80, "2000": 40, "1000": 96, "500": 60, "100": 133, "50": 18, "10": 9},
        "tones": ["page", "surface", "surface-2", "surface-3", "line", "text-3", "text-2", "text"],
        "colours": ["accent", "accent-soft", "success", "success-soft", "attention", "attention-soft",
                    "danger", "danger-soft", "information", "information-soft"],
    }  # fmt: skip


def _meaning_words() -> list[str]:
    return [_("Draft"), _("In force"), _("Posted"), _("Waiting"), _("Frozen"), _("Reprint")]
