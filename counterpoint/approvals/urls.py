"""Addresses of the room. Included at ``approvals/``."""

from django.urls import URLPattern, path

from counterpoint.approvals.views import deciding, desk, interests, requests, statistics, waiting

app_name = "approvals"
urlpatterns: list[URLPattern] = [
    path("", desk.desk, name="desk"),
    path("queue/", desk.queue, name="queue"),
    path("next/", desk.following, name="next"),
    path("presence/", desk.presence, name="presence"),
    path("requests/", requests.requests, name="requests"),
    path("requests/<int:id>/", requests.request_page, name="request"),
    path("requests/<int:id>/panel/", desk.panel, name="panel"),
    path("requests/<int:id>/strip/", desk.strip, name="strip"),
    path("requests/<int:id>/claim/", deciding.claim, name="claim"),
    path("requests/<int:id>/approval/", deciding.approval, name="approval"),
    path("requests/<int:id>/return/", deciding.returning, name="returning"),
    path("requests/<int:id>/refusal/", deciding.refusing, name="refusing"),
    path("requests/<int:id>/colleague/", deciding.reassigning, name="reassigning"),
    path("requests/<int:id>/waiting/", waiting.waiting, name="waiting"),
    path("requests/<int:id>/withdrawal/", waiting.withdrawal, name="withdrawal"),
    path("concerning/party/<int:id>/", requests.concerning, {"kind": "party"}, name="party"),
    path("concerning/account/<int:id>/", requests.concerning, {"kind": "account"}, name="account"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("interests/", interests.interests, name="interests"),
    path("interests/customers/", interests.interest_parties, name="interest_parties"),
    path("interests/<int:interest>/end/", interests.interest_end, name="interest_end"),
]
