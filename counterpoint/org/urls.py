"""Addresses of the room. Included at ``org/``."""

from django.urls import path, register_converter

from counterpoint.org.converters import IsoDate
from counterpoint.org.views import days, places, rules

register_converter(IsoDate, "isodate")

app_name = "org"
urlpatterns = [
    path("", places.tree, name="tree"),
    path("desks/<int:desk>/claim/", places.desk_claim, name="desk_claim"),
    path("desks/<int:desk>/release/", places.desk_release, name="desk_release"),
    path("calendar/", places.calendar, name="calendar"),
    path("calendar/days/", places.calendar_day, name="calendar_day"),
    path("days/", days.day_list, name="days"),
    path("days/<int:branch>/", days.day, name="day"),
    path("days/<int:branch>/state/", days.day_state, name="day_state"),
    path("days/<int:branch>/opening/", days.day_opening, name="day_opening"),
    path("days/<int:branch>/closing/", days.day_closing, name="day_closing"),
    path("days/<int:branch>/<isodate:date>/", days.past_day, name="past_day"),
    path("days/<int:branch>/<isodate:date>/papers/<str:name>", days.paper, name="paper"),
    path("rules/", rules.rule_list, name="rules"),
    path("rules/versions/<int:version>/", rules.version, name="version"),
    path("rules/versions/<int:version>/trial/", rules.trial, name="trial"),
    path("rules/versions/<int:version>/approval/", rules.approval, name="approval"),
    path("rules/versions/<int:version>/refusal/", rules.refusal, name="refusal"),
    path("rules/versions/<int:version>/retirement/", rules.retirement, name="retirement"),
    path("rules/versions/<int:version>/replay/", rules.replay, name="replay"),
    path("rules/<str:key>/", rules.rule, name="rule"),
    path("rules/<str:key>/draft/", rules.draft, name="draft"),
]
