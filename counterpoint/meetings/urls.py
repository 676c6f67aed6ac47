"""Addresses of the room. Included at ``meetings/``."""

from django.urls import URLPattern, path

from counterpoint.meetings.views import acts, lists, meetings, minutes, subscription

app_name = "meetings"
urlpatterns: list[URLPattern] = [
    path("", lists.week, name="week"),
    path("actions/", lists.actions, name="actions"),
    path("actions/<int:action>/", lists.action, name="action"),
    path("actions/<int:action>/<slug:what>/", acts.act_on_action, name="act_on_action"),
    path("new/", meetings.new, name="new"),
    path("calendar/", subscription.subscription, name="calendar"),
    path("calendar/<slug:what>/", subscription.act, name="calendar_act"),
    path("feed/<str:secret>.ics", subscription.feed, name="feed"),
    path("<int:meeting>/", meetings.meeting, name="meeting"),
    path("<int:meeting>/screen/", meetings.screen, name="screen"),
    path("<int:meeting>/change/", meetings.change, name="change"),
    path("<int:meeting>/invitation.ics", subscription.invitation, name="invitation"),
    path("<int:meeting>/minutes/", minutes.minutes, name="minutes"),
    path("<int:meeting>/minutes/<int:version>.pdf", minutes.paper, name="paper"),
    path("<int:meeting>/<slug:what>/", acts.act, name="act"),
]
