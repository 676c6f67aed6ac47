"""Forms of the room."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.kit import clock
from counterpoint.meetings import rules
from counterpoint.meetings.data import Audience, Kind, MeetingMalformed, Plan, Presence
from counterpoint.meetings.labels import KINDS, PRESENCES
from counterpoint.people import services as people
from counterpoint.people.data import Role

PLAIN = {"autocomplete": "off"}
DAY = {"type": "date"}
REPEATS = [
    ("once", _("Once")), ("workdays", _("Every working day")), ("daily", _("Every day")),
    ("weekly", _("Every week")), ("monthly", _("Every month")), ("yearly", _("Every year")),
    ("own", _("By a rule of one's own")),
]  # fmt: skip
WEEKDAYS = [
    ("0", pgettext_lazy("weekday", "Mon")), ("1", pgettext_lazy("weekday", "Tue")),
    ("2", pgettext_lazy("weekday", "Wed")), ("3", pgettext_lazy("weekday", "Thu")),
    ("4", pgettext_lazy("weekday", "Fri")), ("5", pgettext_lazy("weekday", "Sat")),
    ("6", pgettext_lazy("weekday", "Sun")),
]  # fmt: skip
SCOPES = [("one", _("This meeting alone")), ("following", _("This meeting and all that follow"))]


def area(label: Any, *, rows: str = "3", longest: int = 4000, required: bool = True) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=longest, required=required, widget=widget)


def line(label: Any, *, longest: int = 120, required: bool = True, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs=PLAIN | more)
    return forms.CharField(label=label, max_length=longest, required=required, widget=widget)


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    # A browser's day field takes this form alone, whatever the language.
    return forms.DateField(
        label=label, required=required, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    )


class PlanForm(forms.Form):
    """When, where, how often, for whom."""

    title = line(pgettext_lazy("meeting", "Title"), autofocus=True)
    kind = forms.ChoiceField(
        label=pgettext_lazy("meeting", "Kind"), choices=[(str(one), KINDS[one].words) for one in Kind]
    )
    day = day_field(pgettext_lazy("meeting", "Day"))
    time = forms.TimeField(
        label=pgettext_lazy("meeting", "Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    minutes = forms.IntegerField(label=_("Minutes long"), min_value=1, max_value=720)
    place = line(pgettext_lazy("meeting", "Place"), required=False)
    repeat = forms.ChoiceField(label=_("How often"), choices=REPEATS)
    days = forms.MultipleChoiceField(
        label=_("On which days of the week"), required=False, choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    rule = line(_("Rule (RFC 5545)"), longest=200, required=False, placeholder="FREQ=MONTHLY;BYDAY=1MO")
    working_days = forms.BooleanField(label=_("Not on days when nobody works"), required=False, initial=True)
    until = day_field(_("Until the day"), required=False)
    whole_branch = forms.BooleanField(label=_("Everybody of my branch"), required=False)
    roles = forms.MultipleChoiceField(
        label=_("Posts of my branch"), required=False, widget=forms.CheckboxSelectMultiple
    )
    people = line(_("Staff numbers"), longest=400, required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        field = self.fields["roles"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(one), people.role_name(one)) for one in Role]

    def plan(self) -> Plan:
        """What was asked for; read after the form was found valid."""
        typed = self.cleaned_data
        start = datetime.combine(typed["day"], typed["time"].replace(tzinfo=None), clock.CHINA)
        return Plan(
            kind=Kind(typed["kind"]), title=typed["title"], start=start, minutes=typed["minutes"],
            place=typed["place"], rule=self._rule(start), until=typed["until"],
            working_days=typed["working_days"] or typed["repeat"] == "workdays",
            audience=Audience(typed["whole_branch"], tuple(typed["roles"]), self._people()),
        )  # fmt: skip

    def _rule(self, start: datetime) -> str:
        typed = self.cleaned_data
        days = [int(one) for one in typed["days"]] or [start.weekday()]
        own = typed["rule"].strip()
        if typed["repeat"] == "own" and not own:
            raise MeetingMalformed(_g("A rule is needed."), field="rule")
        rule: str = {
            "once": "", "workdays": rules.WORKDAYS, "daily": "FREQ=DAILY", "weekly": rules.weekly(days),
            "monthly": f"FREQ=MONTHLY;BYMONTHDAY={start.day}", "yearly": "FREQ=YEARLY", "own": own,
        }[typed["repeat"]]  # fmt: skip
        return rule

    def _people(self) -> tuple[int, ...]:
        numbers = [one for one in re.split(r"[\s,;，；、]+", self.cleaned_data["people"]) if one]
        found = []
        for number in numbers[:60]:
            person = people.person_by_number(number)
            if person is None or not person.active:
                raise MeetingMalformed(
                    _g("Nobody has the staff number %(number)s.") % {"number": number[:20]}, field="people"
                )
            found.append(person.id)
        return tuple(found)


class ChangeForm(PlanForm):
    """The same for a meeting that is planned: it alone, or it and all that follow."""

    scope = forms.ChoiceField(
        label=_("What is changed"), choices=SCOPES, widget=forms.RadioSelect, initial="one"
    )
    note = line(pgettext_lazy("meeting", "Why"), longest=500, required=False)


def initial(plan: Plan, numbers: list[str]) -> dict[str, Any]:
    """A plan as the form shows it."""
    repeat = "once" if not plan.rule else "workdays" if plan.rule == rules.WORKDAYS else "own"
    return {
        "title": plan.title, "kind": str(plan.kind), "day": plan.start.date(),
        "time": plan.start.time().replace(tzinfo=None), "minutes": plan.minutes, "place": plan.place,
        "repeat": repeat, "rule": plan.rule if repeat == "own" else "", "working_days": plan.working_days,
        "until": plan.until, "whole_branch": plan.audience.whole_branch, "roles": list(plan.audience.roles),
        "people": " ".join(numbers),
    }  # fmt: skip


class ItemForm(forms.Form):
    """An item of one's own."""

    title = line(pgettext_lazy("meeting", "Item"), longest=200)
    text = area(pgettext_lazy("meeting", "Words"), rows="2", required=False)
    minutes = forms.IntegerField(label=_("Minutes long"), min_value=1, max_value=240, initial=5)


class DecisionForm(forms.Form):
    """What was decided."""

    text = line(_("Decision"), longest=1000)


class ActionForm(forms.Form):
    """Who does what by when."""

    text = line(_("Action"), longest=500)
    owner = forms.TypedChoiceField(label=_("Who does it"), coerce=int)
    due = day_field(_("Done by"), required=False)

    def __init__(self, data: Any = None, *, owners: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        field = self.fields["owner"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = owners


class HandForm(forms.Form):
    """To whom, by when, and why."""

    number = line(_("Staff number"), longest=20)
    due = day_field(_("Done by"), required=False)
    reason = line(pgettext_lazy("meeting", "Why"), longest=500)


class ReasonForm(forms.Form):
    """Why."""

    reason = line(pgettext_lazy("meeting", "Why"), longest=500)


class NoteForm(forms.Form):
    """A word, if there is one."""

    note = line(pgettext_lazy("meeting", "Note"), longest=500, required=False)


class PresenceForm(forms.Form):
    """Whether somebody is there."""

    person = forms.IntegerField(min_value=1)
    presence = forms.ChoiceField(choices=[(str(one), PRESENCES[one].words) for one in Presence])
    reason = forms.CharField(required=False, max_length=200)


class MinutesForm(forms.Form):
    """The minutes as somebody has them, and the revision that they saw."""

    text = forms.CharField(required=False, max_length=20_000, strip=False)
    revision = forms.IntegerField(min_value=0)


class ReplyForm(forms.Form):
    """The file with which a calendar program answers."""

    file = forms.FileField(label=_("Answer of a calendar program (.ics)"))
