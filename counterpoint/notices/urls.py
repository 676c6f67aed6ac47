"""Addresses of the room. Included at ``notices/``."""

from django.urls import URLPattern, path

from counterpoint.notices.views import reading, writing

app_name = "notices"
urlpatterns: list[URLPattern] = [
    path("", reading.notices, name="notices"),
    path("unread/", reading.unread, name="unread"),
    path("new/", writing.new, name="new"),
    path("<int:notice>/", reading.notice, name="notice"),
    path("versions/<int:version>/", reading.version, name="version"),
    path("versions/<int:version>/acknowledgement/", reading.acknowledgement, name="acknowledgement"),
    path("versions/<int:version>/override/", reading.override, name="override"),
    path("versions/<int:version>/readers/", reading.readers, name="readers"),
    path("versions/<int:version>/draft/", writing.change, name="change"),
    path("versions/<int:version>/submission/", writing.submission, name="submission"),
    path("versions/<int:version>/dropping/", writing.dropping, name="dropping"),
    path("versions/<int:version>/decision/<slug:what>/", writing.decision, name="decision"),
]
